#include "orchestrator/views/recall.hpp"

#include "inventories/document/json.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::views {

std::string recall_text(const Fleet& fleet, const std::vector<Recalled>& covered) {
  if (covered.empty()) return {};
  Table table;
  table.row({"HOST", "RUN", "VERSIONS", "WOULD BE"});
  for (const Recalled& one : covered) {
    const RolloutState& run = *fleet.find(one.rollout);
    const PlannedHost& host = run.plan->hosts[one.host];
    std::string versions;
    for (const std::uint32_t i : one.updates) {
      const PlannedUpdate& update = host.updates[i];
      versions += (versions.empty() ? "" : ", ") + run.plan->components[update.component].id + ' ' +
                  image_of(*run.plan, update).version + " -> " + update.from_version;
    }
    table.row({host.name, run.name, harmless(versions), std::string(to_string(one.fate))});
  }
  return table.text();
}

std::string recall_json(const Fleet& fleet, const std::vector<Recalled>& covered) {
  using Document = nlohmann::ordered_json;
  Document items = Document::array();
  for (const Recalled& one : covered) {
    const RolloutState& run = *fleet.find(one.rollout);
    const PlannedHost& host = run.plan->hosts[one.host];
    Document updates = Document::array();
    for (const std::uint32_t i : one.updates) {
      const PlannedUpdate& update = host.updates[i];
      updates.push_back(Document{{"component", run.plan->components[update.component].id},
                                 {"runs", image_of(*run.plan, update).version},
                                 {"goesBackTo", update.from_version}});
    }
    items.push_back(
        Document{{"host", host.name}, {"run", run.name}, {"fate", to_string(one.fate)}, {"updates", updates}});
  }
  const Document list{{"apiVersion", "breakwater/v1"}, {"kind", "RollBackPlan"}, {"items", std::move(items)}};
  return list.dump(2, ' ', false, Document::error_handler_t::replace) + '\n';
}

}  // namespace breakwater::views
