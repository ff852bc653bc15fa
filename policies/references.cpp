#include "policies/references.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "inventories/document/object.hpp"

namespace breakwater {
namespace {

template <class T>
const References::Entry<T>* find(const References::Known<T>& known, const std::string& name) {
  const auto found = known.find(name);
  return found == known.end() ? nullptr : &found->second;
}

/// `name`, and the nearest name that is known.
template <class T>
std::string missing(std::string_view kind, const std::string& name, const std::map<std::string, T>& known) {
  std::vector<std::string_view> names;
  for (const auto& each : known) names.push_back(each.first);
  const std::string meant = nearest(name, names);
  return "there is no " + std::string(kind) + " '" + name + "'" +
         (meant.empty() ? "" : "; did you mean '" + meant + "'?");
}

class ReferenceCheck {
 public:
  explicit ReferenceCheck(const References& all) : all_(all) {}

  Diagnostics run() {
    for (const auto& [name, entry] : all_.releases) {
      check_release(*entry.document, *entry.value, entry.whole);
    }
    check_circles();
    for (const auto& [name, entry] : all_.rollouts) {
      check_rollout(*entry.document, *entry.value, entry.whole);
    }
    return std::move(faults_);
  }

 private:
  void fault(const Document& document, const std::string& path, std::string message) {
    faults_.push_back({document.mark_of(path), path, std::move(message)});
  }

  /// The Release that `ref` names, with a fault where it is not there or holds another image. Nothing is said of a
  /// reference that could not be read, or of a Release that has faults.
  const Release* follow(const Document& document, const std::string& path, const ReleaseRef& ref) {
    if (ref.name.empty()) return nullptr;
    const auto* entry = find(all_.releases, ref.name);
    if (entry == nullptr) {
      fault(document, path, missing("Release", ref.name, all_.releases));
      return nullptr;
    }
    if (!entry->whole) return nullptr;
    if (entry->value->image.digest == ref.digest) return entry->value;
    const Mark at = entry->document->mark_of("spec.files[0].sha256");
    fault(document, path,
          "Release '" + ref.name + "' (" + at.file + ":" + std::to_string(at.line) +
              ") has the image sha256:" + to_hex(entry->value->image.digest));
    return nullptr;
  }

  void check_release(const Document& document, const Release& release, bool whole) {
    for (std::size_t i = 0; i < release.edges.size(); ++i) {
      const std::string path = "spec.edges[" + std::to_string(i) + "].release";
      if (release.edges[i].through) follow(document, path, *release.edges[i].through);
    }
    if (!release.back_to) return;
    const Release* target = follow(document, "spec.rollback.to", *release.back_to);
    if (target == nullptr || !whole) return;
    if (target->component != release.component || target->vendor != release.vendor) {
      fault(document, "spec.rollback.to", "Release '" + target->name + "' is for another component or vendor");
    }
    const Edge* edge = find_edge(*target, release);
    if (edge == nullptr || edge->verdict != Edge::Verdict::ok) {
      fault(document, "spec.rollback.to",
            "Release '" + target->name + "' has no edge with verdict ok from version '" + release.version + "'");
    }
  }

  /// A Release that is reached from itself over `via` could never be installed.
  void check_circles() {
    std::map<std::string, int> state;
    for (const auto& [name, entry] : all_.releases) walk(name, state);
  }

  /// States: 0 not seen, 1 on the way, 2 done.
  void walk(const std::string& name, std::map<std::string, int>& state) {
    const auto* entry = find(all_.releases, name);
    if (entry == nullptr || state[name] == 2) return;
    if (state[name] == 1) return fault(*entry->document, "spec.edges", "goes in a circle over verdict via");
    state[name] = 1;
    for (const Edge& edge : entry->value->edges) {
      if (edge.through) walk(edge.through->name, state);
    }
    state[name] = 2;
  }

  void check_rollout(const Document& document, const Rollout& rollout, bool whole) {
    const auto* policy = find(all_.policies, rollout.policy);
    if (policy == nullptr && !rollout.policy.empty()) {
      fault(document, "spec.policy", missing("Policy", rollout.policy, all_.policies));
    } else if (policy != nullptr && policy->whole) {
      check_gates(document, rollout, *policy->value);
    }
    for (std::size_t i = 0; i < rollout.components.size(); ++i) {
      const std::string path = "spec.components[" + std::to_string(i) + "]";
      const RolloutComponent& component = rollout.components[i];
      const Release* release = follow(document, path + ".release", component.release);
      if (release == nullptr || component.irreversible_acknowledged || !whole) continue;
      if (release->way_back == WayBack::none) {
        fault(document, path,
              "Release '" + release->name + "' has no way back (rollback method none): say irreversible: acknowledged");
      }
    }
    for (std::size_t i = 0; whole && all_.all_hosts_known && i < rollout.excluded_hosts.size(); ++i) {
      if (all_.hosts.contains(rollout.excluded_hosts[i])) continue;
      fault(document, "spec.targets.exclude.hosts[" + std::to_string(i) + "]",
            "there is no host '" + rollout.excluded_hosts[i] + "' in the Inventory");
    }
  }

  void check_gates(const Document& document, const Rollout& rollout, const Policy& policy) {
    for (std::size_t i = 0; i < rollout.waves.size(); ++i) {
      const std::string& gate = rollout.waves[i].gate;
      if (gate.empty() || policy.gates.contains(gate)) continue;
      fault(document, "spec.waves[" + std::to_string(i) + "].gate",
            missing("gate", gate, policy.gates) + " (in Policy '" + policy.name + "')");
    }
  }

  const References& all_;
  Diagnostics faults_;
};

}  // namespace

Diagnostics check_references(const References& references) {
  return ReferenceCheck(references).run();
}

}  // namespace breakwater
