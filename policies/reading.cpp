#include "policies/reading.hpp"

#include <algorithm>
#include <map>

#include "inventories/document/scalar.hpp"
#include "inventories/hosts/selector.hpp"

namespace breakwater {
namespace {

constexpr int kHostsMost = 1'000'000;

/// A day on which windows are tried out where no real one is known.
Instant trial_moment() {
  return Instant(std::chrono::sys_days(std::chrono::year(2026) / 1 / 15).time_since_epoch());
}

/// `2026-11-26T00:00:00`, with or without an offset.
bool is_time(std::string_view text, bool offset_allowed) {
  static constexpr std::string_view kLocal = "dddd-dd-ddTdd:dd:dd";
  static constexpr std::string_view kOffset = "dd:dd";
  const auto fits = [](std::string_view part, std::string_view shape) {
    return part.size() == shape.size() && std::equal(part.begin(), part.end(), shape.begin(), [](char c, char wanted) {
             return wanted == 'd' ? c >= '0' && c <= '9' : c == wanted;
           });
  };
  if (!fits(text.substr(0, kLocal.size()), kLocal)) return false;
  const std::string_view rest = text.substr(kLocal.size());
  if (rest.empty()) return true;
  if (!offset_allowed) return false;
  return rest == "Z" || ((rest.front() == '+' || rest.front() == '-') && fits(rest.substr(1), kOffset));
}

std::optional<std::string> as_time(const YamlValue& value, bool offset_allowed) {
  auto text = as_text(value);
  if (!text) return std::nullopt;
  if (is_time(*text, offset_allowed)) return text;
  value.fault("'" + *text + "' is no time such as \"2026-11-26T00:00:00\"");
  return std::nullopt;
}

std::optional<std::string> as_local_time(const YamlValue& value) {
  return as_time(value, false);
}
std::optional<std::string> as_any_time(const YamlValue& value) {
  return as_time(value, true);
}

std::optional<std::string> as_rule(const YamlValue& value) {
  auto text = as_text(value);
  if (!text) return std::nullopt;
  if (text->starts_with("FREQ=")) return text;
  value.fault("is no RRULE of RFC 5545, which starts with FREQ=");
  return std::nullopt;
}

/// A duration as it is written: a day is a day of the calendar here.
std::optional<std::string> as_duration_text(const YamlValue& value) {
  return as_positive_duration(value) ? std::optional(value.node->text) : std::nullopt;
}

std::optional<WindowSpec> as_window(const YamlValue& value) {
  Object object(value);
  WindowSpec window;
  object.required("name", window.name, as_name);
  object.required("rrule", window.rrule, as_rule);
  object.required("duration", window.duration, as_duration_text);
  object.optional("timeZone", window.time_zone, as_time_zone);
  object.optional("start", window.start, as_local_time);
  object.finish();
  return window;
}

std::optional<FreezeSpec> as_freeze(const YamlValue& value) {
  Object object(value);
  FreezeSpec freeze;
  object.required("name", freeze.name, as_name);
  object.optional("from", freeze.from, as_any_time);
  object.optional("to", freeze.to, as_any_time);
  object.optional("rrule", freeze.rrule, as_rule);
  object.optional("duration", freeze.duration, as_duration_text);
  object.optional("timeZone", freeze.time_zone, as_time_zone);
  object.optional("start", freeze.start, as_local_time);
  const auto has = [&object](std::string_view key) { return object.find(key).has_value(); };
  const bool stretch = has("from") || has("to");
  const bool rule = has("rrule") || has("duration") || has("start");
  if (object.is_mapping() && stretch == rule) {
    value.fault("is either a stretch (from, to) or a rule (rrule, duration)");
  } else if (stretch && !(has("from") && has("to"))) {
    value.fault("needs both from and to");
  } else if (rule && !(has("rrule") && has("duration"))) {
    value.fault("needs both rrule and duration");
  }
  object.finish();
  return freeze;
}

void note_problems(const YamlValue& list, const WindowProblems& problems) {
  for (const WindowProblem& problem : problems) {
    if (problem.index >= list.node->items.size()) continue;
    const YamlNode& item = list.node->items[problem.index];
    const YamlEntry* entry = find_entry(item, problem.key);
    list.faults->add(entry == nullptr ? item.at : entry->value.at,
                     join_path(join_path(list.path, problem.index), problem.key), problem.message);
  }
}

/// A list whose items are read, named once each, and tried out by `expand`.
template <class Reader, class Expand>
auto read_calendar(const YamlValue& value, std::size_t least, Reader read, Expand expand) {
  const std::size_t faults_before = value.faults->size();
  auto specs = read_list(value, least, read);
  if (!specs || value.faults->size() != faults_before) return specs;
  std::vector<std::string> names;
  for (const auto& spec : *specs) names.push_back(spec.name);
  refuse_twins(value, names, "name");
  const auto expanded = expand(*specs);
  if (!expanded) note_problems(value, expanded.error());
  return specs;
}

}  // namespace

std::optional<Share> as_share(const YamlValue& value) {
  const auto points = as_basis_points(value);
  return points ? std::optional(Share{*points}) : std::nullopt;
}

std::optional<CountOrShare> as_count_or_share(const YamlValue& value) {
  if (value.node->kind == YamlNode::Kind::scalar && value.node->text.ends_with('%')) {
    const auto share = as_share(value);
    return share ? std::optional<CountOrShare>(*share) : std::nullopt;
  }
  const auto count = as_integer(value, 1, kHostsMost);
  return count ? std::optional<CountOrShare>(static_cast<int>(*count)) : std::nullopt;
}

std::optional<Limits> as_limits(const YamlValue& value) {
  Object object(value);
  Limits limits;
  object.optional("global", limits.global, integer_in<int>(1, kHostsMost));
  if (const auto global = object.find("global")) limits.stated_at["global"] = global->mark();
  if (const auto per = object.find("per")) {
    for_each_entry(*per, "name of a label", is_label_key, [&](const std::string& label, const YamlValue& limit) {
      const auto most = as_count_or_share(limit);
      if (!most) return;
      limits.per[label] = *most;
      limits.stated_at["per." + label] = limit.mark();
    });
  }
  object.finish();
  return limits;
}

std::optional<Gate> as_gate(const YamlValue& value) {
  Object object(value);
  Gate gate;
  if (const auto rate = object.require("successRate")) {
    Object success(*rate);
    success.required("atLeast", gate.success_at_least, as_share);
    success.optional("minHosts", gate.min_hosts, integer_in<int>(1, kHostsMost));
    success.finish();
  }
  object.finish();
  return gate;
}

void refuse_twins(const YamlValue& list, const std::vector<std::string>& names, std::string_view what) {
  if (names.size() != list.node->items.size()) return;  // an item was refused already
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto [at, fresh] = first.try_emplace(names[i], i);
    if (fresh || names[i].empty()) continue;
    list.faults->add(list.node->items[i].at, join_path(list.path, i),
                     "the " + std::string(what) + " '" + names[i] + "' stands twice; the first is in line " +
                         std::to_string(list.node->items[at->second].at.line));
  }
}

std::optional<std::string> as_time_zone(const YamlValue& value) {
  auto zone = as_text(value);
  if (!zone) return std::nullopt;
  const FreezeSpec moment{"", "2026-01-15T00:00:00", "2026-01-15T00:01:00", "", "", *zone, ""};
  if (expand_freezes(std::span(&moment, 1), "", trial_moment(), 1)) return zone;
  value.fault("'" + *zone + "' is no IANA time zone such as Europe/Berlin");
  return std::nullopt;
}

std::optional<std::vector<WindowSpec>> read_windows(const YamlValue& value, std::size_t least,
                                                    const std::string& time_zone) {
  return read_calendar(value, least, as_window, [&](const std::vector<WindowSpec>& windows) {
    return expand_windows(windows, time_zone, trial_moment(), 1);
  });
}

std::optional<std::vector<FreezeSpec>> read_freezes(const YamlValue& value, std::size_t least,
                                                    const std::string& time_zone) {
  return read_calendar(value, least, as_freeze, [&](const std::vector<FreezeSpec>& freezes) {
    return expand_freezes(freezes, time_zone, trial_moment(), 1);
  });
}

}  // namespace breakwater
