#include "orchestrator/operations/looking.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "inventories/document/document.hpp"
#include "inventories/document/files.hpp"
#include "inventories/hosts/selector.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/crews/bmc/survey.hpp"
#include "orchestrator/log.hpp"
#include "orchestrator/operations/bmc_access.hpp"
#include "orchestrator/operations/preflight.hpp"
#include "policies/label_check.hpp"

namespace breakwater::operations {

Result<Documents, Problem> load_inventories(const std::vector<std::string>& paths) {
  Sources sources = read_sources(paths);
  std::error_code ignored;
  if (paths.size() == 1 && std::filesystem::is_regular_file(paths.front(), ignored)) {
    for (SourceText& beside : read_rollout_sources(paths.front()).texts) {
      const std::vector<Document> found = parse_documents(beside).documents;
      const bool keys = !found.empty() && found.front().kind == DocumentKind::bmc_keys;
      if (keys && beside.file != sources.texts.front().file) sources.texts.push_back(std::move(beside));
    }
  }
  auto documents = load_documents(sources);
  if (!documents) return fail(document_problem(documents.error()));
  return std::move(*documents);
}

Result<std::vector<Host>, Problem> select_hosts(const Documents& documents, const std::string& selector,
                                                const std::string& path) {
  const auto wanted = parse_selector(selector);
  if (!wanted) return fail(problem(Problem::Kind::bad_argument, "--selector: " + wanted.error().message));
  std::vector<Host> hosts;
  for (const Host& host : documents.hosts) {
    if (wanted->matches(host.labels)) hosts.push_back(host);
  }
  if (hosts.empty()) {
    Problem none =
        problem(Problem::Kind::no_host, path + ": none of " + count_of(documents.hosts.size(), "host") + " is selected",
                "breakwater validate " + path);
    std::ranges::move(unknown_labels(*wanted, documents.hosts), std::back_inserter(none.messages));
    return fail(std::move(none));
  }
  return hosts;
}

std::vector<Sight> look_at_hosts(Installation& installation, std::vector<Host> hosts, const Fleet& fleet, int at_once,
                                 const std::atomic<int>& interrupts, const LookProgress& progress) {
  for (Host& host : hosts) host.bmc.tls.pins = fleet.pins_of(host.bmc);
  progress(0, hosts.size());
  std::vector<Sight> sights = survey(installation.bmcs().for_looking(interrupts), hosts, at_once,
                                     [&](std::size_t done) { progress(done, hosts.size()); });
  for (std::size_t i = 0; i < sights.size(); ++i) {
    if (!sights[i].seen) log_info("host " + hosts[i].name + ": " + harmless(sights[i].fault));
  }
  return sights;
}

namespace {

std::string joined(const std::vector<std::string>& faults) {
  std::string text;
  for (const std::string& fault : faults) text += (text.empty() ? "" : "; ") + fault;
  return text;
}

}  // namespace

Looked look_where_able(Installation& installation, const std::vector<Host>& hosts, const Fleet& fleet, int at_once,
                       const std::atomic<int>& interrupts, const LookProgress& progress) {
  Preflight own(installation.bmcs());
  Looked looked{std::vector<Sight>(hosts.size())};
  std::vector<Host> asked;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    Sight& sight = looked.sights[i];
    sight.fault = joined(own.faults_of(hosts[i].name, hosts[i].bmc));
    sight.silence = Sight::Silence::not_asked;
    if (!sight.fault.empty()) continue;
    asked.push_back(hosts[i]);
    places.push_back(i);
  }
  looked.own_faults = own.faults();
  if (asked.empty()) return looked;
  std::vector<Sight> sights = look_at_hosts(installation, std::move(asked), fleet, at_once, interrupts, progress);
  for (std::size_t i = 0; i < sights.size(); ++i) looked.sights[places[i]] = std::move(sights[i]);
  return looked;
}

Result<ResolvedPlan, Problem> look_and_plan(Installation& installation, const RolloutDocuments& loaded,
                                            ImageStore& images, const Fleet& fleet, const std::atomic<int>& interrupts,
                                            const LookProgress& progress, OwnFaults own_faults) {
  Preflight preflight(installation.bmcs());
  const HostSurvey look = [&](const std::vector<Host>& hosts) {
    if (own_faults == OwnFaults::end && !preflight.works()) return std::vector<Sight>(hosts.size());
    return look_at_hosts(installation, hosts, fleet, kLooksAtOnce, interrupts, progress);
  };
  const auto own_fault = [&preflight](const Host& host) { return joined(preflight.faults_of(host.name, host.bmc)); };
  auto plan = make_plan(loaded, images, fleet, look, wall_now(), own_fault);
  if (own_faults == OwnFaults::end && !preflight.works())
    return fail(preflight.problem("apply again", "breakwater apply " + loaded.file));
  if (interrupts > 0) {
    return fail(problem(Problem::Kind::try_later, "asked to leave while looking; nothing was touched"));
  }
  return plan;
}

}  // namespace breakwater::operations
