#include "drivers/redfish/discovery.hpp"

#include <algorithm>

#include "drivers/redfish/collection.hpp"
#include "drivers/redfish/fault_text.hpp"
#include "drivers/redfish/tasks.hpp"
#include "inventories/firmware/component_match.hpp"

namespace breakwater::redfish {
namespace {

constexpr std::size_t kSystemsMax = 16;
constexpr std::size_t kTasksMax = 100;           // the newest; services keep their tasks in order
constexpr std::size_t kEntryTextBytesMax = 256;  // of what an inventory entry says of itself
constexpr std::size_t kAdaptersMax = 64;         // whose part numbers are read; the largest captured host has twelve
constexpr std::string_view kAdapters = "/NetworkAdapters/";

Fault missing(const std::string& step, const std::string& what) {
  return make_fault(Fault::Kind::not_supported, step, "the service names no " + what);
}

std::optional<Fault> too_long(const InstalledComponent& entry) {
  const std::pair<const char*, const std::string*> texts[] = {
      {"Version", &entry.version}, {"Name", &entry.key.name}, {"SoftwareId", &entry.key.software_id}};
  for (const auto& [name, text] : texts) {
    if (text->size() <= kEntryTextBytesMax) continue;
    return make_fault(Fault::Kind::bound_exceeded, "read inventory",
                      std::string("the ") + name + " of " + sanitised(entry.uri, 200) + " has more than " +
                          std::to_string(kEntryTextBytesMax) + " bytes");
  }
  return std::nullopt;
}

bool is_of_manager(const SoftwareEntry& entry) {
  const std::vector<std::string>& related = entry.component.key.related_items;
  return related.empty() || std::any_of(related.begin(), related.end(), [](const std::string& uri) {
           return uri.find("/Managers/") != std::string::npos;
         });
}

/// Where the entry that the manager names as its running image cannot be read, the entries of the BMC's banks look
/// alike: which of them runs is unknown.
void leave_out_banks(Software& software, const std::vector<std::string>& active_images) {
  const auto active = std::find_if(software.unread.begin(), software.unread.end(),
                                   [&](const UnreadEntry& one) { return has(active_images, one.uri); });
  if (active == software.unread.end()) return;
  const std::string why = "which bank runs is unknown: " + active->why;
  for (const SoftwareEntry& entry : software.entries) {
    if (is_of_manager(entry)) software.unread.push_back({entry.component.uri, why});
  }
  std::erase_if(software.entries, is_of_manager);
}

bool may_be_twins(const SoftwareEntry& one, const SoftwareEntry& other) {
  return one.component.slot == Slot::running && other.component.slot == Slot::running &&
         same_component(one.component.key, other.component.key) && one.component.version != other.component.version;
}

/// The same where the manager itself cannot be read: entries of one component that name different versions may be its
/// banks.
void leave_out_twins(Software& software, const std::string& manager_unread) {
  if (manager_unread.empty()) return;
  std::vector<std::string> banks;
  for (const SoftwareEntry& entry : software.entries) {
    const bool bank = is_of_manager(entry) &&
                      std::any_of(software.entries.begin(), software.entries.end(),
                                  [&entry](const SoftwareEntry& other) { return may_be_twins(entry, other); });
    if (bank) banks.push_back(entry.component.uri);
  }
  for (const std::string& uri : banks) {
    software.unread.push_back({uri, "which bank runs is unknown: " + manager_unread});
  }
  std::erase_if(software.entries, [&banks](const SoftwareEntry& entry) { return has(banks, entry.component.uri); });
}

/// It may be an update at work, so it counts as one.
TaskView unread_task(const Fault& fault) {
  TaskView task;
  task.state = TaskState::running;
  task.state_text = std::string(kUnreadTask) + fault.message;
  return task;
}

Fault too_many_adapters() {
  return make_fault(Fault::Kind::bound_exceeded, "read network adapter",
                    "the inventory names more than " + std::to_string(kAdaptersMax) + " network adapters");
}

}  // namespace

void Discovery::forget() {
  system_.clear();
  manager_.clear();
  tasks_.clear();
  no_tasks_ = false;
  expand_.reset();
  part_numbers_.clear();
  over_.clear();
  findings_.clear();
}

void Discovery::tell(const char* what, const std::vector<Fault>& gone) {
  for (const Fault& fault : gone) findings_.push_back(std::string(what) + " is not there: " + fault.message);
}

char Discovery::expand() {
  if (!expand_) expand_ = session_.root().expand;
  return *expand_;
}

BmcResult<SystemFacts> Discovery::system() {
  const std::string step = "read system";
  if (!system_.empty()) {
    const Result<Json, Fault> body = co_await session_.read(system_, step);
    if (body) co_return read_system(*body, quirks());
    if (body.error().http_status != 404) co_return fail(body.error());
  }
  if (session_.root().systems.empty()) co_return fail(missing(step, "systems"));
  std::vector<Fault> gone;
  const Result<std::vector<Json>, Fault> bodies =
      co_await read_members(session_, session_.root().systems, step, kSystemsMax, gone);
  if (!bodies) co_return fail(bodies.error());
  std::vector<SystemFacts> systems;
  for (const Json& body : *bodies) systems.push_back(read_system(body, quirks()));
  const SystemFacts* const chosen = choose_system(systems);
  if (chosen == nullptr) co_return fail(gone.empty() ? missing(step, "system") : gone.front());
  tell("system", gone);
  system_ = chosen->uri;
  co_return *chosen;
}

BmcResult<ManagerFacts> Discovery::manager(SystemFacts system) {
  const std::string step = "read manager";
  std::vector<Fault> gone;
  const std::string linked = !manager_.empty()            ? manager_
                             : !system.managed_by.empty() ? system.managed_by.front()
                                                          : session_.root().manager_providing;
  if (!linked.empty()) {
    const Result<Json, Fault> body = co_await session_.read(linked, step);
    if (body) {
      manager_ = linked;
      co_return read_manager(*body);
    }
    if (body.error().http_status != 404) co_return fail(body.error());
    if (manager_.empty()) gone.push_back(body.error());  // else it was renamed since
  }
  std::vector<Json> members;
  if (!session_.root().managers.empty()) {
    Result<std::vector<Json>, Fault> read =
        co_await read_members(session_, session_.root().managers, step, kSystemsMax, gone);
    const bool linked_bad = !gone.empty() && !read && is_of_one_resource(read.error());
    if (!read) co_return fail(linked_bad ? gone.front() : read.error());
    members = std::move(*read);
  }
  std::vector<ManagerFacts> managers;
  for (const Json& body : members) managers.push_back(read_manager(body));
  const ManagerFacts* const chosen = choose_manager(managers, system, session_.root());
  if (chosen == nullptr && !gone.empty()) co_return fail(gone.front());
  if (chosen == nullptr) co_return ManagerFacts{};
  tell("manager", gone);
  manager_ = chosen->uri;
  co_return *chosen;
}

BmcResult<UpdateFacts> Discovery::update_service() {
  const std::string step = "read update service";
  if (session_.root().update_service.empty()) {
    UpdateFacts none;
    none.ability.closed = std::string(kTakesNoImage);
    co_return none;
  }
  const Result<Json, Fault> body = co_await session_.read(session_.root().update_service, step);
  if (!body) co_return fail(body.error());
  co_return read_update_service(*body, quirks());
}

/// Whatever stands against the reading leaves the part unknown, a link to nothing (404) too: while a host boots, its
/// BMC does not know the adapters yet.
BmcResult<void> Discovery::read_adapter(std::string link, Software& software) {
  if (part_numbers_.contains(link)) co_return Result<void, Fault>{};
  if (part_numbers_.size() == kAdaptersMax) co_return fail(too_many_adapters());
  Result<Json, Fault> body = co_await session_.read(link, "read network adapter");
  if (body && tells_nothing(*body)) {
    body = fail(make_fault(Fault::Kind::malformed_reply, "read network adapter", link + " tells nothing of itself"));
  }
  if (!body && !is_of_one_resource(body.error())) co_return fail(body.error());
  if (!body) {
    UnreadEntry unread;
    unread.uri = link;
    unread.why = body.error().message;
    unread.part_number_only = true;
    software.unread.push_back(std::move(unread));
  }
  part_numbers_[link] = body ? json_text(*body, "PartNumber").value_or("").substr(0, kEntryTextBytesMax) : "";
  co_return Result<void, Fault>{};
}

BmcResult<void> Discovery::add_part_numbers(Software& software) {
  for (SoftwareEntry& entry : software.entries) {
    for (const std::string& link : entry.component.key.related_items) {
      if (link.find(kAdapters) == std::string::npos) continue;
      const Result<void, Fault> read = co_await read_adapter(link, software);
      if (!read) co_return read;
      if (entry.component.key.part_number.empty()) entry.component.key.part_number = part_numbers_[link];
    }
  }
  // An adapter that could not be read is tried again with the next look.
  for (const UnreadEntry& one : software.unread) part_numbers_.erase(one.uri);
  co_return Result<void, Fault>{};
}

BmcResult<Software> Discovery::software(std::vector<std::string> active_images, std::string manager_unread) {
  Software software;
  const Result<UpdateFacts, Fault> service = co_await update_service();
  if (!service) co_return fail(service.error());
  software.ability = service->ability;
  if (service->inventory.empty()) co_return software;
  char how = expand();
  Result<ReadInventory, Fault> read = co_await read_inventory(session_, service->inventory, how);
  expand_ = how;
  if (!read) co_return fail(read.error());
  for (const Json& body : read->bodies) {
    software.entries.push_back(read_software(body, quirks()));
    if (const auto fault = too_long(software.entries.back().component)) co_return fail(*fault);
  }
  software.unread = std::move(read->unread);
  leave_out_banks(software, active_images);
  software.entries = settle_slots(std::move(software.entries), quirks(), active_images);
  std::erase_if(software.entries, [](const SoftwareEntry& entry) { return !entry.known; });
  leave_out_twins(software, manager_unread);
  const Result<void, Fault> parts = co_await add_part_numbers(software);
  if (!parts) co_return fail(parts.error());
  co_return software;
}

BmcResult<std::string> Discovery::tasks_link() {
  if (!tasks_.empty() || no_tasks_) co_return tasks_;
  if (!session_.root().task_service.empty()) {
    const Result<Json, Fault> body = co_await session_.read(session_.root().task_service, "read task service");
    if (!body) co_return fail(body.error());
    tasks_ = json_text(json_object(*body, "Tasks"), "@odata.id").value_or("");
  }
  no_tasks_ = tasks_.empty();
  co_return tasks_;
}

BmcResult<std::vector<std::string>> Discovery::task_links() {
  const Result<std::string, Fault> link = co_await tasks_link();
  if (!link) co_return fail(link.error());
  std::vector<std::string> links;
  if (link->empty()) co_return links;
  const Result<std::vector<Page::Member>, Fault> members = co_await list_members(session_, *link, "read tasks");
  if (!members) co_return fail(members.error());
  for (const Page::Member& member : *members) links.push_back(member.uri);
  co_return links;
}

/// A task may end and be forgotten between the list and its reading: only one that is still listed is a finding.
BmcResult<void> Discovery::tell_of_listed(std::vector<std::string> gone) {
  if (gone.empty()) co_return Result<void, Fault>{};
  const Result<std::vector<std::string>, Fault> links = co_await task_links();
  if (!links) co_return fail(links.error());
  for (const std::string& link : gone) {
    if (has(*links, link)) findings_.push_back("task " + link + " is listed and not there (HTTP 404)");
  }
  co_return Result<void, Fault>{};
}

BmcResult<std::vector<TaskView>> Discovery::tasks() {
  std::vector<TaskView> open;
  Result<std::vector<std::string>, Fault> links = co_await task_links();
  if (!links && !is_of_one_resource(links.error())) co_return fail(links.error());
  if (!links) {
    open.push_back(unread_task(links.error()));  // without a URI: it stands for whatever tasks there are
    co_return open;
  }
  if (links->size() > kTasksMax) links->erase(links->begin(), links->end() - kTasksMax);
  std::erase_if(over_, [&links](const auto& known) {
    return std::find(links->begin(), links->end(), known.first) == links->end();
  });
  std::vector<std::string> gone;
  for (const std::string& link : *links) {
    if (over_.contains(link)) continue;
    const Result<Json, Fault> body = co_await session_.read(link, "read task");
    if (!body && !is_of_one_resource(body.error())) co_return fail(body.error());
    if (!body && body.error().http_status == 404) {
      gone.push_back(link);
      continue;
    }
    TaskView task = body ? read_task(*body) : unread_task(body.error());
    task.uri = link;
    if (is_over(task)) {
      over_.emplace(link, std::move(task));
    } else {
      open.push_back(std::move(task));
    }
  }
  const Result<void, Fault> told = co_await tell_of_listed(std::move(gone));
  if (!told) co_return fail(told.error());
  co_return open;
}

BmcResult<std::vector<std::string>> Discovery::reset_types(ResetAction action) {
  if (!action.reset_types.empty() || action.action_info.empty()) co_return action.reset_types;
  const Result<Json, Fault> body = co_await session_.read(action.action_info, "read reset types");
  if (!body) co_return fail(body.error());
  co_return read_action_info(*body);
}

}  // namespace breakwater::redfish
