#include "orchestrator/views/fleet_json.hpp"

#include <map>

#include "inventories/document/json.hpp"
#include "orchestrator/core/quarantined_as.hpp"
#include "orchestrator/core/report.hpp"
#include "orchestrator/core/way_on.hpp"
#include "orchestrator/views/wave_tree.hpp"

namespace breakwater::views {
namespace {

using Document = nlohmann::ordered_json;

std::string written(const Document& document) {
  return document.dump(2, ' ', false, Document::error_handler_t::replace) + '\n';
}

Document list_of(std::string_view kind, Document items) {
  return Document{{"apiVersion", "breakwater/v1"}, {"kind", kind}, {"items", std::move(items)}};
}

Document counts_of(const std::map<std::string_view, std::size_t>& counts) {
  Document document = Document::object();
  for (const auto& [state, count] : counts) document[std::string(state)] = count;
  return document;
}

/// Whoever only writes down an operator's wish names no rollout.
bool conducts(const std::optional<ConductorShown>& one) {
  return one && (one->process == 0 || !one->rollout.empty());
}

Document summary_of(const RolloutState& rollout, bool conducted) {
  std::map<std::string_view, std::size_t> counts;
  for (const HostTrip& trip : rollout.hosts) ++counts[to_string(trip.state)];
  return Document{{"name", rollout.name},
                  {"rollout", rollout.plan->rollout},
                  {"id", rollout.id},
                  {"standing", standing_of(rollout, conducted).word},
                  {"started", to_string(rollout.started)},
                  {"by", rollout.by},
                  {"plan", to_hex(rollout.digest)},
                  {"next", rollout.finished || conducted ? Document() : Document(way_on(rollout))},
                  {"paused", rollout.paused},
                  {"stopping", rollout.stopping},
                  {"heldBy", rollout.bound_by},
                  {"heldReason", rollout.bound_why},
                  {"halted", rollout.halted},
                  {"finished", rollout.finished},
                  {"haltReason", rollout.halt_reason},
                  {"rollbacksHeld", rollout.ways_back.held_why},
                  {"inFlight", rollout.in_flight},
                  {"states", counts_of(counts)}};
}

Document waves_of(const RolloutState& rollout) {
  std::vector<std::map<std::string_view, std::size_t>> counts(rollout.waves.size());
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    ++counts[rollout.plan->hosts[host].wave][to_string(rollout.hosts[host].state)];
  }
  Document waves = Document::array();
  for (std::size_t i = 0; i < rollout.waves.size(); ++i) {
    waves.push_back(Document{{"name", rollout.plan->waves[i].name},
                             {"hosts", rollout.plan->waves[i].hosts},
                             {"open", !rollout.finished && i == rollout.open_wave},
                             {"judged", rollout.waves[i].judged},
                             {"undone", is_undone(rollout, static_cast<std::uint32_t>(i))},
                             {"states", counts_of(counts[i])}});
  }
  return waves;
}

Document hosts_of(const RolloutState& rollout) {
  Document hosts = Document::array();
  for (HostIndex host = 0; host < rollout.hosts.size(); ++host) {
    const HostTrip& trip = rollout.hosts[host];
    const PlannedHost& planned = rollout.plan->hosts[host];
    hosts.push_back(Document{{"name", planned.name},
                             {"wave", rollout.plan->waves[planned.wave].name},
                             {"state", to_string(trip.state)},
                             {"cause", to_string(trip.cause)},
                             {"detail", trip.detail},
                             {"since", to_string(trip.since)},
                             {"versions", trip.versions}});
    if (is_back_in_part(trip)) hosts.back()["inPart"] = true;
    if (!trip.own_fault.empty()) hosts.back()["ownFault"] = trip.own_fault;
    if (trip.key_shown) hosts.back()["keyNotTrusted"] = to_hex(*trip.key_shown);
  }
  return hosts;
}

Document conductor_of(const std::optional<ConductorShown>& conductor) {
  if (!conductor) return nullptr;
  if (conductor->process == 0) return Document{{"process", nullptr}, {"rollout", ""}, {"since", nullptr}};
  return Document{
      {"process", conductor->process}, {"rollout", conductor->rollout}, {"since", to_string(conductor->since)}};
}

Document requests_of(const std::vector<RequestShown>& requests) {
  Document waiting = Document::array();
  for (const RequestShown& one : requests) {
    waiting.push_back(Document{{"request", one.number},
                               {"at", to_string(one.at)},
                               {"by", one.by},
                               {"what", one.what},
                               {"attended", one.attended}});
  }
  return waiting;
}

}  // namespace

std::string rollouts_json(const Fleet& fleet, const std::optional<ConductorShown>& conductor,
                          const std::vector<RequestShown>& requests) {
  Document items = Document::array();
  for (auto it = fleet.rollouts().rbegin(); it != fleet.rollouts().rend(); ++it)
    items.push_back(summary_of(it->second, conducts(conductor)));
  Document list = list_of("RolloutList", std::move(items));
  list["conductor"] = conductor_of(conductor);
  list["requests"] = requests_of(requests);
  return written(list);
}

std::string rollout_json(const RolloutState& rollout, const std::vector<Blocker>& waits,
                         const std::optional<ConductorShown>& conductor, const std::vector<RequestShown>& requests) {
  Document document{{"apiVersion", "breakwater/v1"}, {"kind", "RolloutStatus"}};
  document.update(summary_of(rollout, conducts(conductor)));
  document["conductor"] = conductor_of(conductor);
  document["requests"] = requests_of(requests);
  document["waves"] = waves_of(rollout);
  document["waits"] = Document::array();
  for (const Blocker& wait : waits) {
    Document one{{"word", row_of(wait.rule).word}, {"text", wait.text}};
    const std::string command = what_to_type(wait, rollout.name);
    if (!command.empty()) one["command"] = command;
    if (wait.until) one["until"] = to_string(*wait.until);
    document["waits"].push_back(std::move(one));
  }
  document["hosts"] = hosts_of(rollout);
  return written(document);
}

std::string quarantine_json(const Fleet& fleet) {
  Document items = Document::array();
  auto others = other_names(fleet);
  for (const auto& [name, held] : fleet.quarantines()) {
    const RolloutState* rollout = fleet.find(held.rollout);
    const Identity& who = rollout->plan->hosts[held.index].identity;
    const HostTrip& trip = rollout->hosts[held.index];
    items.push_back(Document{{"host", name},
                             {"serial", who.serial},
                             {"uuid", who.uuid},
                             {"since", to_string(held.since)},
                             {"rollout", rollout->name},
                             {"cause", to_string(held.cause)},
                             {"detail", held.detail},
                             {"firstCause", to_string(trip.first_cause)},
                             {"firstDetail", trip.first_detail},
                             {"discounted", held.discounted},
                             {"alsoKnownAs", others[name]}});
  }
  return written(list_of("QuarantineList", std::move(items)));
}

std::string images_json(const std::vector<StoredImage>& images) {
  Document items = Document::array();
  for (const StoredImage& image : images) {
    items.push_back(Document{{"sha256", to_hex(image.digest)}, {"size", image.size}});
  }
  return written(list_of("ImageList", std::move(items)));
}

std::string explanation_json(const std::string& host, const Explanation& explanation) {
  Document reasons = Document::array();
  for (const Reason& reason : explanation.reasons) {
    reasons.push_back(Document{{"word", reason.word}, {"text", reason.text}, {"command", reason.command}});
  }
  return written(Document{{"apiVersion", "breakwater/v1"},
                          {"kind", "HostExplanation"},
                          {"host", host},
                          {"rollout", explanation.rollout},
                          {"headline", explanation.headline},
                          {"reasons", std::move(reasons)},
                          {"wouldPass", explanation.would_pass}});
}

std::string journal_json(const JournalShown& journal) {
  return written(Document{{"apiVersion", "breakwater/v1"},
                          {"kind", "JournalVerified"},
                          {"records", journal.records},
                          {"head", to_hex(journal.head)},
                          {"snapshots", journal.snapshots},
                          {"misfits", journal.misfits}});
}

std::string verified_json(const ProvenRelease& proven, std::size_t needed) {
  const Release& release = proven.release;
  return written(Document{{"apiVersion", "breakwater/v1"},
                          {"kind", "ReleaseVerified"},
                          {"release", release.name},
                          {"version", release.version},
                          {"signers", proven.signers},
                          {"signersNeeded", needed},
                          {"image", Document{{"sha256", to_hex(release.image.digest)}, {"size", release.image.size}}}});
}

}  // namespace breakwater::views
