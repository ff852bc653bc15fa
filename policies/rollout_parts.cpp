#include "policies/rollout_parts.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "inventories/document/scalar.hpp"
#include "inventories/firmware/release_document.hpp"
#include "policies/reading.hpp"

namespace breakwater {
namespace {

std::optional<ComponentSelect> as_select(const YamlValue& value) {
  Object object(value);
  ComponentSelect select;
  object.optional("softwareId", select.software_id, as_text);
  object.optional("partNumber", select.part_number, as_text);
  object.optional("relatedItem", select.related_item, as_pattern);
  object.optional("name", select.name, as_text);
  if (object.is_mapping() && value.node->entries.empty()) value.fault("selects nothing: name a key of the component");
  object.finish();
  return select;
}

std::optional<RolloutComponent> as_component(const YamlValue& value) {
  Object object(value);
  RolloutComponent component;
  component.at = value.mark();
  object.required("id", component.id, as_name);
  object.required("release", component.release, as_release_ref);
  object.optional("select", component.select, as_select);
  object.optional("after", component.after, list_of(1, as_name));
  object.optional("irreversible", component.irreversible_acknowledged, one_of<bool>({{"acknowledged", true}}));
  object.finish();
  return component;
}

/// The order that `after` asks for, checked by walking it. States: 0 not seen, 1 on the way, 2 done.
class OrderCheck {
 public:
  OrderCheck(const YamlValue& list, const std::vector<RolloutComponent>& components) : list_(list), all_(components) {
    for (std::size_t i = 0; i < all_.size(); ++i) index_.try_emplace(all_[i].id, i);
  }

  void run() {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      for (std::size_t k = 0; k < all_[i].after.size(); ++k) {
        if (!index_.contains(all_[i].after[k])) {
          fault(i, "after[" + std::to_string(k) + "]", "there is no component '" + all_[i].after[k] + "'");
        }
      }
    }
    state_.assign(all_.size(), 0);
    for (std::size_t i = 0; i < all_.size(); ++i) walk(i);
  }

 private:
  void walk(std::size_t i) {
    if (state_[i] == 2) return;
    if (state_[i] == 1) return fault(i, "after", "goes in a circle: '" + all_[i].id + "' would wait for itself");
    state_[i] = 1;
    for (const std::string& id : all_[i].after) {
      const auto found = index_.find(id);
      if (found != index_.end()) walk(found->second);
    }
    state_[i] = 2;
  }

  void fault(std::size_t i, const std::string& key, std::string message) {
    const YamlEntry* after = find_entry(list_.node->items[i], "after");
    list_.faults->add(after == nullptr ? list_.node->items[i].at : after->value.at,
                      join_path(join_path(list_.path, i), key), std::move(message));
  }

  const YamlValue& list_;
  const std::vector<RolloutComponent>& all_;
  std::map<std::string, std::size_t> index_;
  std::vector<int> state_;
};

std::optional<WaveSpec> as_wave(const YamlValue& value) {
  Object object(value);
  WaveSpec wave;
  wave.at = value.mark();
  object.required("name", wave.name, as_name);
  object.required("size", wave.size, as_count_or_share);
  object.optional("spread", wave.spread, list_of(1, as_text));
  object.optional("soak", wave.soak, as_duration);
  object.required("gate", wave.gate, as_name);
  for (const std::string& label : wave.spread) {
    if (!is_label_key(label)) object.fault("spread", "'" + label + "' is no name of a label");
  }
  object.finish();
  return wave;
}

void check_sizes(const YamlValue& list, const std::vector<WaveSpec>& waves) {
  constexpr Share kAll{10'000};
  const Share* before = nullptr;
  for (std::size_t i = 0; i < waves.size(); ++i) {
    const auto complain = [&](std::string message) {
      const YamlEntry* size = find_entry(list.node->items[i], "size");
      list.faults->add(size == nullptr ? list.node->items[i].at : size->value.at,
                       join_path(join_path(list.path, i), "size"), std::move(message));
    };
    const Share* share = std::get_if<Share>(&waves[i].size);
    if (before != nullptr && *before == kAll) {
      complain("overlaps: the waves before it take 100% of the hosts");
    } else if (before != nullptr && share != nullptr && !(*before < *share)) {
      complain("overlaps: shares are of the whole list and must rise from wave to wave");
    }
    if (share != nullptr) before = share;
  }
}

/// One row of the checks that a Rollout may ask for.
struct CheckReader {
  std::string_view name;
  std::function<void(Object&, Checks&)> read;
};

const std::vector<CheckReader>& check_readers() {
  static const std::vector<CheckReader> kReaders{
      {"redfish.serviceReady",
       [](Object& object, Checks& checks) {
         object.optional("consecutive", checks.ready_reads, integer_in<int>(1, 100));
         object.optional("every", checks.ready_every, as_positive_duration);
       }},
      {"inventory.versionEquals", [](Object&, Checks&) {}},
      {"inventory.noComponentLost", [](Object&, Checks& checks) { checks.no_component_lost = true; }},
      {"redfish.healthRollup",
       [](Object& object, Checks& checks) {
         object.required("noWorse", checks.health_no_worse, as_boolean);
         if (object.find("noWorse") && !checks.health_no_worse) object.fault("noWorse", "can only be true");
       }},
      {"power.restored", [](Object&, Checks& checks) { checks.power_restored = true; }},
      {"host.booted", [](Object&, Checks& checks) { checks.host_booted = true; }},
      {"sel.newCritical",
       [](Object& object, Checks& checks) {
         object.required("atMost", checks.new_critical_most, integer_in<int>(0, 1000));
       }},
  };
  return kReaders;
}

/// Reads one check into `checks`; its name, where it has one that is known.
std::optional<std::string> read_check(const YamlValue& value, Checks& checks) {
  Object object(value);
  std::vector<std::pair<std::string_view, const CheckReader*>> names;
  for (const CheckReader& reader : check_readers()) names.emplace_back(reader.name, &reader);
  const CheckReader* reader = nullptr;
  object.required("check", reader, one_of<const CheckReader*>(names));
  if (reader == nullptr) return std::nullopt;
  reader->read(object, checks);
  object.finish();
  return std::string(reader->name);
}

}  // namespace

std::optional<std::vector<RolloutComponent>> as_components(const YamlValue& value) {
  auto components = read_list(value, 1, as_component);
  if (!components || components->size() != value.node->items.size()) return components;
  std::vector<std::string> ids;
  for (const RolloutComponent& component : *components) ids.push_back(component.id);
  refuse_twins(value, ids, "component");
  OrderCheck(value, *components).run();
  return components;
}

std::optional<std::vector<WaveSpec>> as_waves(const YamlValue& value) {
  auto waves = read_list(value, 1, as_wave);
  if (!waves || waves->size() != value.node->items.size()) return waves;
  std::vector<std::string> names;
  for (const WaveSpec& wave : *waves) names.push_back(wave.name);
  refuse_twins(value, names, "wave");
  check_sizes(value, *waves);
  if (const YamlEntry* soak = find_entry(value.node->items.back(), "soak")) {
    value.faults->add(
        soak->value.at, join_path(join_path(value.path, waves->size() - 1), "soak"),
        "has no effect on the last wave: no wave waits for it; stableFor is how long a host must be well");
  }
  return waves;
}

std::optional<Checks> as_checks(const YamlValue& value) {
  Object object(value);
  Checks checks;
  object.optional("stableFor", checks.stable_for, as_duration);
  if (const auto list = object.require("list")) {
    const auto names = read_list(*list, 1, [&](const YamlValue& item) { return read_check(item, checks); });
    if (names) refuse_twins(*list, *names, "check");
    for (const std::string_view needed : {"redfish.serviceReady", "inventory.versionEquals"}) {
      if (names && std::find(names->begin(), names->end(), needed) == names->end()) {
        list->fault("must hold " + std::string(needed) + ": without it nobody knows that the update worked");
      }
    }
  }
  object.finish();
  return checks;
}

std::optional<Attempts> as_attempts(const YamlValue& value) {
  Object object(value);
  Attempts attempts;
  if (const auto found = object.find("upload")) {
    Object upload(*found);
    upload.required("most", attempts.upload, integer_in<int>(1, 10));
    if (const auto pause = upload.find("backoff")) {
      Object backoff(*pause);
      backoff.required("first", attempts.backoff_first, as_positive_duration);
      backoff.required("most", attempts.backoff_most, as_positive_duration);
      if (attempts.backoff_most < attempts.backoff_first) backoff.fault("most", "is less than first");
      backoff.finish();
    }
    upload.finish();
  }
  int activations = 1;
  object.optional("activate", activations, integer_in<int>(1, 1));
  object.finish();
  return attempts;
}

std::optional<Timeouts> as_timeouts(const YamlValue& value) {
  Object object(value);
  Timeouts timeouts;
  object.optional("upload", timeouts.upload, as_positive_duration);
  object.optional("task", timeouts.task, as_positive_duration);
  object.optional("bmcReturn", timeouts.bmc_return, as_positive_duration);
  object.optional("hostReturn", timeouts.host_return, as_positive_duration);
  object.optional("host", timeouts.host, as_positive_duration);
  object.optional("noProgress", timeouts.no_progress, as_positive_duration);
  object.finish();
  return timeouts;
}

std::optional<RolloutSchedule> as_schedule(const YamlValue& value) {
  Object object(value);
  RolloutSchedule schedule;
  object.required("timeZone", schedule.time_zone, as_time_zone);
  // A zone that is missing or unknown is one fault, not one for each window as well.
  const std::string zone = schedule.time_zone.empty() ? "UTC" : schedule.time_zone;
  if (const auto windows = object.find("windows")) {
    if (auto list = read_windows(*windows, 1, zone)) schedule.windows = std::move(*list);
  }
  if (const auto freezes = object.find("freezes")) {
    if (auto list = read_freezes(*freezes, 1, zone)) schedule.freezes = std::move(*list);
  }
  object.optional("lastStart", schedule.last_start, as_positive_duration);
  if (object.find("lastStart") && !object.find("windows")) {
    object.fault("lastStart", "says how long before a window closes, and there is no window");
  }
  object.finish();
  return schedule;
}

}  // namespace breakwater
