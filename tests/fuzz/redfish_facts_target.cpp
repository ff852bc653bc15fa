// The body of a reply, by every reader of resources, tasks and errors. What was read is in the body, and what people
// see of it is fit for a terminal.
#include <algorithm>
#include <iterator>

#include "drivers/redfish/facts.hpp"
#include "drivers/redfish/fault_text.hpp"
#include "drivers/redfish/tasks.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace breakwater::fuzz::redfish_facts_target {

using namespace breakwater::redfish;

namespace {

constexpr Family kFamilies[] = {Family::generic,    Family::dell,   Family::hpe, Family::lenovo,
                                Family::supermicro, Family::nvidia, Family::ami};

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

void read_error(std::string_view body) {
  require(sanitised(body, 100).size() <= 100 + 3 && is_printable(sanitised(body, 100)),
          "text is bounded and printable");
  constexpr unsigned kStatuses[] = {400, 401, 403, 404, 503};
  const unsigned status = kStatuses[body.size() % std::size(kStatuses)];
  const Fault fault = status_fault(status, body, "step", "/redfish/v1/x");
  require(is_printable(fault.message) && fault.message.size() < 500, "an error is short and can be shown");
  require(fault.http_status == static_cast<int>(status), "an error keeps its status");
  const auto wait = parse_retry_after(body, Instant{});
  require(!wait || (*wait >= Duration(0) && *wait <= std::chrono::hours(1)), "a wait is bounded");
}

std::size_t count_nodes(const Json& value, std::size_t depth) {
  require(depth <= 64, "no deeper than its bound");
  std::size_t nodes = 1;
  if (value.is_structured()) {
    for (const Json& item : value) nodes += count_nodes(item, depth + 1);
  }
  return nodes;
}

void read_host(const Json& value, const Quirks& quirks) {
  const ServiceRoot root = read_service_root(value);
  std::vector<SystemFacts> systems{read_system(value, quirks)};
  std::vector<ManagerFacts> managers{read_manager(value)};
  for (const Json& member : json_array(value, "Members")) {
    systems.push_back(read_system(member, quirks));
    managers.push_back(read_manager(member));
  }
  const SystemFacts* const system = choose_system(systems);
  require(system != nullptr, "of several systems one is chosen");
  const ManagerFacts* const manager = choose_manager(managers, *system, root);
  require(manager == nullptr || (manager >= &managers.front() && manager <= &managers.back()),
          "a manager is one of them");
  if (system->reset && !choose_restart(system->reset->reset_types)) {
    require(!system->reset->reset_types.empty(), "where nothing is said, a restart is found");
  }
  read_update_service(value, quirks);
}

void read_inventory(const Json& value, const Quirks& quirks) {
  std::vector<SoftwareEntry> entries{read_software(value, quirks)};
  for (const Json& member : json_array(value, "Members")) entries.push_back(read_software(member, quirks));
  const std::size_t before = entries.size();
  const auto settled = settle_slots(std::move(entries), quirks, {read_manager(value).active_image});
  require(settled.size() <= before, "settling adds no entry");
}

void read_links(const Json& value) {
  const Origin origin{"bmc.example", 443};
  const TaskLinks links = find_task(json_text(value, "Location").value_or(""), value, origin);
  for (const std::string& link : {links.task, links.monitor}) {
    require(link.empty() || same_origin_path(link, origin).has_value(), "a task is on this BMC");
  }
  const TaskView task = read_task(value);
  require(!is_over(task) || task.state == TaskState::succeeded || task.state == TaskState::failed,
          "only what ended is over");
  static_cast<void>(next_job(value));
  const Page page = read_page(value);
  require(page.members.size() <= json_array(value, "Members").size(), "a page has no more members than it lists");
  for (const Page::Member& member : page.members) require(!member.uri.empty(), "a member has a link");
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const std::string_view body = text_of(data, size);
  read_error(body);
  const auto value = parse_json(body);
  if (!value) {
    require(!value.error().what.empty(), "a refusal says why");
    return;
  }
  require(count_nodes(*value, 0) <= JsonBounds{}.nodes_max, "no more nodes than its bound");
  const auto again = parse_json(value->dump());
  require(again && *again == *value, "what was read and written reads the same");
  const Quirks& quirks = quirks_of(kFamilies[size % std::size(kFamilies)]);
  read_host(*value, quirks);
  read_inventory(*value, quirks);
  read_links(*value);
  read_action_info(*value);
}

}  // namespace breakwater::fuzz::redfish_facts_target
