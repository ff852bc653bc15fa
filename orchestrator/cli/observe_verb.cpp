// `observe`: what the hosts of an Inventory are and run, now, without a rollout. Changes nothing.
#include <algorithm>

#include "inventories/document/json.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/redraw.hpp"
#include "orchestrator/core/resolve.hpp"
#include "orchestrator/operations/looking.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

constexpr std::string_view kDrivers[] = {"redfish", "ipmi"};

constexpr Option kInventory{.name = "inventory",
                            .does = "Files or directories with Inventories",
                            .value = "PATH...",
                            .takes = Option::Takes::texts,
                            .required = true};
constexpr Option kHosts{.name = "--selector,-l", .does = "Only hosts with these labels: rack=r07,role!=db"};
constexpr Option kDriver{.name = "--driver", .does = "Ask by this driver alone", .one_of = kDrivers};
constexpr Option kAtOnce{.name = "--at-once",
                         .does = "Hosts asked at the same time",
                         .takes = Option::Takes::number,
                         .least = 1,
                         .most = 5000,
                         .unless_given = "64"};
static_assert(kLooksAtOnce == 64);

Ink ink_of(Health health) {
  switch (health) {
    case Health::unknown:
      return Ink::dim;
    case Health::ok:
      return Ink::good;
    case Health::warning:
      return Ink::warn;
    case Health::critical:
      return Ink::bad;
  }
  return Ink::plain;
}

std::string name_of(const InstalledComponent& entry) {
  return entry.key.name.empty() ? entry.id : entry.key.name;
}

/// `BIOS 3.4, BMC 2.10`: what runs.
std::string versions_of(const Observation& seen) {
  std::string text;
  for (const InstalledComponent& entry : seen.inventory) {
    if (entry.slot != Slot::running) continue;
    text += (text.empty() ? "" : ", ") + name_of(entry) + ' ' + entry.version;
  }
  return harmless(text);
}

/// Images that wait and updates that are under way, whoever sent them: a restart may run them.
std::string pending_of(const Observation& seen) {
  std::string text;
  for (const InstalledComponent& entry : seen.inventory) {
    if (entry.slot != Slot::staged) continue;
    text += (text.empty() ? "" : "; ") + name_of(entry) + ' ' + entry.version + " waits to be activated";
  }
  for (const TaskView& task : seen.tasks) {
    if (!task.update) continue;
    text += (text.empty() ? "" : "; ") + ("update under way: " + task.uri) + " (" + task.state_text + ')';
  }
  return text;
}

std::string remarks_of(const Observation& seen) {
  std::string text = pending_of(seen);
  if (!seen.health_text.empty()) text += (text.empty() ? "" : "; ") + seen.health_text;
  if (seen.critical_events && *seen.critical_events > 0) {
    text += (text.empty() ? "" : "; ") + count_of(*seen.critical_events, "critical event") + " logged";
  }
  for (const std::string& finding : seen.findings) text += (text.empty() ? "" : "; ") + finding;
  return harmless(text);
}

/// Why a host showed nothing, as the table begins its remark.
std::string_view remark_for(Sight::Silence silence) {
  switch (silence) {
    case Sight::Silence::no_answer:
      return "no answer";
    case Sight::Silence::login_refused:
      return "login refused";
    case Sight::Silence::not_asked:
      break;
  }
  return "not asked";
}

void show_table(const Console& console, const std::vector<Host>& hosts, const std::vector<Sight>& sights) {
  Table table;
  table.row({"HOST", "MODEL", "SERIAL", "POWER", "HEALTH", "VERSIONS", "REMARKS"});
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const std::string name = harmless(hosts[i].name);
    if (!sights[i].seen) {
      const std::string why = console.paint(Ink::bad, remark_for(sights[i].silence));
      table.row({name, "-", "-", "-", "-", "-", why + ": " + harmless(sights[i].fault)});
      continue;
    }
    const Observation& seen = *sights[i].seen;
    table.row({name, harmless(seen.identity.model), harmless(seen.identity.serial), std::string(to_string(seen.power)),
               console.paint(ink_of(seen.health), to_string(seen.health)), versions_of(seen), remarks_of(seen)});
  }
  console.out << table.text();
}

using Document = nlohmann::ordered_json;

Document json_of(const Host& host, const Sight& sight) {
  Document item{{"name", host.name}};
  if (!sight.seen) {
    item["reason"] = left_out_as(sight.silence);
    item["fault"] = sight.fault;
    return item;
  }
  const Observation& seen = *sight.seen;
  item["identity"] = Document{{"vendor", seen.identity.vendor},
                              {"model", seen.identity.model},
                              {"serial", seen.identity.serial},
                              {"uuid", seen.identity.uuid}};
  item["power"] = to_string(seen.power);
  item["health"] = to_string(seen.health);
  if (!seen.health_text.empty()) item["healthText"] = seen.health_text;
  if (seen.critical_events) item["criticalEvents"] = *seen.critical_events;
  item["components"] = Document::array();
  for (const InstalledComponent& entry : seen.inventory) {
    const std::string_view slot = entry.slot == Slot::running    ? "running"
                                  : entry.slot == Slot::previous ? "previous"
                                                                 : "staged";
    item["components"].push_back(Document{{"id", entry.id},
                                          {"name", entry.key.name},
                                          {"softwareId", entry.key.software_id},
                                          {"version", entry.version},
                                          {"slot", slot}});
  }
  for (const TaskView& task : seen.tasks) {
    Document one{{"uri", task.uri}, {"state", task.state_text}, {"update", task.update}};
    if (task.percent >= 0) one["percent"] = task.percent;
    item["tasks"].push_back(std::move(one));
  }
  Document by = Document::object();
  for (const DoneBy& part : seen.done_by) by[part.what] = part.driver;
  item["drivers"] = std::move(by);
  if (!seen.findings.empty()) item["findings"] = seen.findings;
  return item;
}

void show_json(const Console& console, const std::vector<Host>& hosts, const std::vector<Sight>& sights) {
  Document items = Document::array();
  for (std::size_t i = 0; i < hosts.size(); ++i) items.push_back(json_of(hosts[i], sights[i]));
  const Document all{{"apiVersion", "breakwater/v1"}, {"kind", "ObservationList"}, {"items", std::move(items)}};
  console.out << all.dump(2, ' ', false, Document::error_handler_t::replace) << '\n';
}

/// The hosts that were asked for, with the one driver that was.
Result<std::vector<Host>, Problem> hosts_for(const Given& given) {
  const auto documents = load_inventories(given.texts(kInventory));
  if (!documents) return fail(documents.error());
  auto hosts = select_hosts(*documents, given.text(kHosts), given.texts(kInventory).front());
  if (!hosts || given.text(kDriver).empty()) return hosts;
  const Driver driver = given.text(kDriver) == "ipmi" ? Driver::ipmi : Driver::redfish;
  for (Host& host : *hosts) host.bmc.drivers = {driver};
  return hosts;
}

/// The journal knows keys that were vouched for; only pins ask for them. Without it the Inventory's keys count.
Fleet fleet_with_keys(const Console& console, const Installation& installation, const std::vector<Host>& hosts) {
  const bool pinned = std::any_of(hosts.begin(), hosts.end(),
                                  [](const Host& host) { return host.bmc.tls.mode == TlsPolicy::Mode::pin; });
  if (!pinned) return {};
  auto fleet = installation.read_fleet();
  if (fleet) return std::move(*fleet);
  console.warn("the journal cannot be read, so only the Inventory's keys count, and none that trust-key vouched for: " +
               fleet.error().messages.front());
  return {};
}

/// The code that says it, too: our own side comes first, since nothing is known of what it kept from being asked.
Exit say_who_showed_nothing(const Console& console, const Looked& looked) {
  const auto some = [&looked](Sight::Silence silence) {
    const auto is_it = [silence](const Sight& sight) { return !sight.seen && sight.silence == silence; };
    return static_cast<std::size_t>(std::count_if(looked.sights.begin(), looked.sights.end(), is_it));
  };
  const std::size_t silent = some(Sight::Silence::no_answer);
  const std::size_t refused = some(Sight::Silence::login_refused);
  if (silent > 0) console.warn(count_of(silent, "host") + " did not answer");
  if (refused > 0) console.warn(count_of(refused, "host") + " answered and refused the login");
  for (const std::string& fault : looked.own_faults) console.error(harmless(fault));
  if (some(Sight::Silence::not_asked) > 0) {
    console.note("no BMC of those hosts was asked");
    console.next(std::string(kSame) + "  # once that is mended on this machine");
    return Exit::try_later;
  }
  return silent + refused == 0 ? Exit::done : Exit::failed;
}

Exit observe(const Console& console, Installation& installation, const Given& given) {
  const auto hosts = hosts_for(given);
  if (!hosts) return report(console, hosts.error());
  const Fleet fleet = fleet_with_keys(console, installation, *hosts);
  catch_interrupts(Work::looking);
  const auto at_once = static_cast<int>(given.number(kAtOnce));
  const Looked looked = look_where_able(installation, *hosts, fleet, at_once, interrupts(), look_teller(console));
  const std::vector<Sight>& sights = looked.sights;
  if (wants_json(given)) {
    show_json(console, *hosts, sights);
  } else {
    show_table(console, *hosts, sights);
  }
  if (interrupts() > 0) return Exit::try_later;
  return say_who_showed_nothing(console, looked);
}

}  // namespace

CliVerb observe_verb() {
  return {.name = "observe",
          .does =
              "Show what the hosts of an Inventory are and run: identity, power, health, versions.\n"
              "Needs no rollout and changes nothing. Leaves with 1 where a host does not answer, with 75 where a file\n"
              "of this machine kept it from being asked.",
          .example = "breakwater observe inventory.yaml --selector rack=r07",
          .next = "breakwater plan ROLLOUT.yaml",
          .act = observe,
          .options = {kInventory, kHosts, kDriver, kAtOnce, kTableOrJson}};
}

}  // namespace breakwater::cli
