#include "policies/label_check.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "inventories/document/object.hpp"
#include "inventories/vocabulary/plain_text.hpp"

namespace breakwater {
namespace {

constexpr std::string_view kModel = "model";  ///< in `spread`: what the BMC reports, and no label

/// Labels of some hosts, with their values.
using LabelsOfHosts = std::map<std::string_view, std::set<std::string_view>>;

void add_labels(const Host& host, LabelsOfHosts& known) {
  for (const auto& [key, value] : host.labels) known[key].insert(value);
}

std::string did_you_mean(const std::string& near) {
  return near.empty() ? std::string() : "; did you mean '" + near + "'?";
}

std::string near_key(std::string_view key, const LabelsOfHosts& known) {
  std::vector<std::string_view> keys;
  for (const auto& each : known) keys.push_back(each.first);
  return nearest(key, keys);
}

std::string near_value(std::string_view value, const std::set<std::string_view>& known) {
  return nearest(value, {known.begin(), known.end()});
}

/// What no host has of a requirement, one text each. One that asks for hosts without a label, or without a value, may
/// well be about one that nobody has any more: there only a name close by makes it a slip.
std::vector<std::string> strange_in(const Requirement& requirement, const LabelsOfHosts& known) {
  using Test = Requirement::Test;
  const bool wants = requirement.test == Test::in || requirement.test == Test::exists;
  std::vector<std::string> texts;
  const auto note = [&](const std::string& what, const std::string& near) {
    if (!wants && near.empty()) return;
    texts.push_back("no host has " + what + (wants ? "" : ", so this leaves nobody out") + did_you_mean(near));
  };
  const auto label = known.find(requirement.key);
  if (label == known.end()) {
    note("a label '" + requirement.key + "'", near_key(requirement.key, known));
    return texts;
  }
  for (const std::string& value : requirement.values) {
    if (!label->second.contains(value)) note(requirement.key + "=" + value, near_value(value, label->second));
  }
  return texts;
}

class LabelCheck {
 public:
  LabelCheck(const References& all, std::span<const Host> hosts) : all_(all), hosts_(hosts) {
    for (const Host& host : hosts) add_labels(host, known_);
  }

  LabelFindings run() {
    for (const auto& [name, entry] : all_.rollouts) {
      if (!all_.any_inventory) {
        found_.faults.push_back({entry.document->mark_of("spec.targets"), "spec.targets",
                                 "there is no Inventory among these documents, so there is no host to update"});
      } else if (all_.all_hosts_known && entry.whole) {
        check_rollout(*entry.document, *entry.value);
      }
    }
    for (const auto& [name, entry] : all_.policies) {
      if (!all_.all_hosts_known || !entry.whole || hosts_.empty()) continue;
      check_limits(entry.value->ceilings, "spec.ceilings.", known_, "of the Inventory");
    }
    return std::move(found_);
  }

 private:
  void check_rollout(const Document& document, const Rollout& rollout) {
    LabelsOfHosts selected;
    std::size_t count = 0;
    for (const Host& host : hosts_) {
      if (!rollout.targets.matches(host.labels)) continue;
      ++count;
      add_labels(host, selected);
    }
    check_selector(document, rollout.targets, count);
    if (count == 0) return;
    check_spread(document, rollout, selected);
    check_limits(rollout.limits, "spec.limits.", selected, "that it selects");
  }

  void check_selector(const Document& document, const Selector& selector, std::size_t count) {
    const std::string path = "spec.targets.selector";
    Diagnostics& into = count == 0 ? found_.faults : found_.doubts;
    const std::size_t before = into.size();
    for (std::string& text : unknown_labels(selector, hosts_)) {
      into.push_back({document.mark_of(path), path, std::move(text)});
    }
    if (count > 0 || into.size() > before) return;
    into.push_back(
        {document.mark_of(path), path, "selects none of the " + count_of(hosts_.size(), "host") + " of the Inventory"});
  }

  void check_spread(const Document& document, const Rollout& rollout, const LabelsOfHosts& selected) {
    for (std::size_t wave = 0; wave < rollout.waves.size(); ++wave) {
      const std::vector<std::string>& spread = rollout.waves[wave].spread;
      for (std::size_t i = 0; i < spread.size(); ++i) {
        if (spread[i] == kModel || selected.contains(spread[i])) continue;
        const std::string path = "spec.waves[" + std::to_string(wave) + "].spread[" + std::to_string(i) + "]";
        found_.doubts.push_back(
            {document.mark_of(path), path,
             "no host that it selects has a label '" + spread[i] + "'" + did_you_mean(near_key(spread[i], selected))});
      }
    }
  }

  void check_limits(const Limits& limits, const std::string& path, const LabelsOfHosts& known,
                    const std::string& which) {
    for (const auto& [label, most] : limits.per) {
      const auto stated = limits.stated_at.find("per." + label);
      if (known.contains(label) || stated == limits.stated_at.end()) continue;
      found_.doubts.push_back({stated->second, path + "per." + label,
                               "no host " + which + " has a label '" + label + "', so they all count together" +
                                   did_you_mean(near_key(label, known))});
    }
  }

  const References& all_;
  std::span<const Host> hosts_;
  LabelsOfHosts known_;  ///< of every host
  LabelFindings found_;
};

}  // namespace

std::vector<std::string> unknown_labels(const Selector& selector, std::span<const Host> hosts) {
  LabelsOfHosts known;
  for (const Host& host : hosts) add_labels(host, known);
  std::vector<std::string> texts;
  for (const Requirement& requirement : selector.requirements)
    std::ranges::move(strange_in(requirement, known), std::back_inserter(texts));
  return texts;
}

LabelFindings check_labels(const References& references, std::span<const Host> hosts) {
  return LabelCheck(references, hosts).run();
}

}  // namespace breakwater
