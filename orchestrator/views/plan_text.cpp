#include "orchestrator/views/plan_text.hpp"

#include <algorithm>
#include <set>

#include "orchestrator/core/trip_time.hpp"
#include "orchestrator/views/plan_figures.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::views {
namespace {

constexpr std::size_t kHostsShown = 12;

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? std::string() : std::string(between)) + part;
  return text;
}

std::string changes(const PlanFigures& figures, const Paint& paint) {
  if (figures.steps.empty()) return {};
  Table table;
  for (const auto& [step, hosts] : figures.steps) {
    table.row({step.downgrade ? paint(Ink::warn, "↓") : "~", step.component,
               harmless(step.from) + " → " + harmless(step.to), count_of(hosts, "host"),
               step.downgrade ? paint(Ink::warn, "DOWNGRADE") : ""});
  }
  return heading(paint, "changes") + table.text("  ");
}

std::string gate_words(const PlannedWave& wave) {
  const int basis_points = wave.gate.success_at_least.basis_points;
  std::string percent = std::to_string(basis_points / 100);
  if (basis_points % 100 != 0) percent += '.' + std::to_string(100 + basis_points % 100).substr(1);
  std::string text =
      "gate " + wave.gate_name + " (" + percent + "% of at least " + std::to_string(wave.gate.min_hosts) + ")";
  if (wave.soak.count() > 0) text += ", soaks " + rough(wave.soak);
  return text;
}

std::string waves(const ResolvedPlan& plan, const PlanFigures& figures, const Paint& paint) {
  if (plan.waves.empty()) return {};
  Table table;
  for (std::size_t i = 0; i < plan.waves.size(); ++i) {
    table.row({std::to_string(i + 1), harmless(plan.waves[i].name), count_of(plan.waves[i].hosts, "host"),
               gate_words(plan.waves[i]), list_some(figures.hosts_per_wave[i], kHostsShown)});
  }
  std::string text = heading(paint, "waves") + table.text("  ");
  if (plan.unasked_change == UnaskedChange::failure) {
    text += "  a host fails where another component changes though nobody asked, by the Policy\n";
  }
  return text;
}

std::string left_out(const ResolvedPlan& plan, const PlanFigures& figures, const Paint& paint) {
  if (plan.left_out.empty()) return {};
  Table table;
  for (const LeftOutGroup& group : figures.left_out) {
    table.row({"!", count_of(group.hosts.size(), "host"), group.reason, harmless(group.detail),
               list_some(group.hosts, group.hosts.size())});
  }
  return heading(paint, "left out: " + count_of(plan.left_out.size(), "host")) + table.text("  ");
}

/// The images that the plan sends, then those it keeps for the way back.
std::string images(const ResolvedPlan& plan, const Paint& paint) {
  if (plan.images.empty()) return {};
  std::set<std::uint32_t> forwards;
  for (const PlannedComponent& component : plan.components) forwards.insert(component.image);
  Table table;
  for (std::uint32_t i = 0; i < plan.images.size(); ++i) {
    const PlannedImage& image = plan.images[i];
    table.row({paint(Ink::good, "✔"), image.release.name, "sha256:" + to_hex(image.image.digest).substr(0, 12) + "…",
               count_of(image.image.size, "byte"),
               "signed by " + joined(image.signers, ", ") + " (" + std::to_string(plan.require.signers) + " needed)",
               forwards.contains(i) ? "" : "way back"});
  }
  std::string text = heading(paint, "images, verified") + table.text("  ");
  if (const std::size_t keys = plan.new_bmc_keys.size(); keys > 0) {
    text += "  the Policy expects " + count_of(keys, "new key") + " of BMCs\n";
  }
  return text;
}

std::string ways_back(const PlanFigures& figures, const Paint& paint) {
  if (figures.ways_back.empty()) return {};
  Table table;
  for (const auto& [back, hosts] : figures.ways_back) {
    std::string way;
    switch (back.way) {
      case WayBack::bank_switch:
        way = "bank switch to " + harmless(back.to);
        break;
      case WayBack::reflash:
        way = "reflash to " + harmless(back.to) + ", in the store and verified";
        break;
      case WayBack::none:
        way = paint(Ink::warn, "NONE, irreversible acknowledged") + ": a host that fails is quarantined";
        break;
    }
    table.row({back.component, count_of(hosts, "host"), way});
  }
  return heading(paint, "way back") + table.text("  ");
}

/// Which driver does what, where Redfish does not do everything.
std::string drivers(const ResolvedPlan& plan, const Paint& paint) {
  if (plan.hosts.empty()) return {};
  std::map<std::string, std::vector<std::string>> by_parts;
  for (const PlannedHost& host : plan.hosts) {
    std::map<std::string, std::vector<std::string>> by_driver;
    for (const DoneBy& part : host.done_by) by_driver[part.driver].push_back(part.what);
    std::vector<std::string> parts;
    for (const auto& [driver, what] : by_driver) parts.push_back(driver + ": " + joined(what, ", "));
    by_parts[parts.empty() ? "redfish: everything" : joined(parts, "; ")].push_back(host.name);
  }
  if (by_parts.size() == 1 && plan.hosts.front().done_by.empty()) return {};
  Table table;
  for (const auto& [parts, hosts] : by_parts) {
    table.row({count_of(hosts.size(), "host"), harmless(parts), list_some(hosts, kHostsShown)});
  }
  return heading(paint, "drivers") + table.text("  ");
}

/// What could not be read of hosts that are updated all the same, and what their drivers disagree on.
std::string findings(const ResolvedPlan& plan, const Paint& paint) {
  std::map<std::string, std::vector<std::string>> by_finding;
  for (const PlannedHost& host : plan.hosts) {
    for (const std::string& finding : host.findings) by_finding[finding].push_back(host.name);
  }
  if (by_finding.empty()) return {};
  Table table;
  for (const auto& [finding, hosts] : by_finding) {
    table.row({"!", count_of(hosts.size(), "host"), harmless(finding), list_some(hosts, kHostsShown)});
  }
  return heading(paint, "findings") + table.text("  ");
}

std::string restarts(const PlanFigures& figures, const Paint& paint) {
  if (figures.restarts.empty()) return {};
  Table table;
  for (const auto& [restart, hosts] : figures.restarts) {
    std::vector<std::string> kinds;
    if (restart.host_reboots > 0) kinds.push_back(count_of(static_cast<std::uint64_t>(restart.host_reboots), "reboot"));
    if (restart.bmc_resets > 0) kinds.push_back(count_of(static_cast<std::uint64_t>(restart.bmc_resets), "BMC reset"));
    table.row({count_of(hosts, "host"), joined(kinds, " and ") + " each"});
  }
  return heading(paint, "restarts") + table.text("  ");
}

/// One line a label where all of its domains are alike, else one for each number.
std::string most_down(const ResolvedPlan& plan, const PlanFigures& figures, const Paint& paint) {
  if (plan.hosts.empty()) return {};
  Table table;
  for (const auto& [label, domains] : figures.domains) {
    std::map<int, std::vector<std::string>, std::greater<>> by_most;
    for (const DomainWorst& domain : domains) by_most[domain.most].push_back(domain.value);
    for (const auto& [most, values] : by_most) {
      table.row({std::to_string(most), "of any one " + label, list_some(values, kHostsShown)});
    }
  }
  for (const auto& [label, domains] : figures.domains) {
    for (const DomainWorst& domain : domains) {
      if (domain.value == kNoDomain) {
        table.row({paint(Ink::warn, "!"), count_of(static_cast<std::uint64_t>(domain.hosts), "host"),
                   "without label " + label + " count as one domain"});
      }
      if (domain.down < domain.limit) continue;
      table.row({paint(Ink::warn, "!"), label + ' ' + harmless(domain.value),
                 "full: " + std::to_string(domain.down) + " down already of at most " + std::to_string(domain.limit) +
                     "; none of its " + count_of(static_cast<std::uint64_t>(domain.hosts), "host") + " starts before"});
    }
  }
  const auto hosts = static_cast<int>(plan.hosts.size());
  table.row({std::to_string(std::min(plan.global_limit, hosts)), "in all",
             figures.down_already == 0
                 ? ""
                 : "besides " + count_of(static_cast<std::uint64_t>(figures.down_already), "host") + " down already"});
  return heading(paint, "most hosts down at once") + table.text("  ");
}

std::string words_of(const TripParts& parts) {
  std::vector<std::string> words;
  for (const TripPart& part : parts) words.push_back(std::string(part.what) + ' ' + rough_most(part.most));
  return joined(words, " + ");
}

/// The sums that windows are asked for, each with its parts, of the host and the component that need most.
std::string host_times(const ResolvedPlan& plan, const PlannedHost& host) {
  const TripParts update = update_parts(plan, host);
  const Duration needed = update_time(plan, host);
  const auto longer = [&plan](const PlannedUpdate& one, const PlannedUpdate& other) {
    return activation_time(plan, one, false) < activation_time(plan, other, false);
  };
  const TripParts activation =
      activation_parts(plan, *std::max_element(host.updates.begin(), host.updates.end(), longer));
  const TripParts back = way_back_parts(plan, host);
  Table table;
  table.row({"update", "at most " + rough_most(needed),
             words_of(update) + (sum_of(update) > needed ? "; timeouts.host ends it" : "") + " (" + host.name + ')'});
  table.row({"activation", "at most " + rough_most(sum_of(activation)), words_of(activation)});
  if (!back.empty()) table.row({"way back", "at most " + rough_most(sum_of(back)), words_of(back)});
  return table.text("  ");
}

std::string time_words(const ResolvedPlan& plan, const PlanFigures& figures, const Paint& paint) {
  if (!figures.longest_host) return {};
  const PlannedHost& longest = plan.hosts[*figures.longest_host];
  std::string text = heading(paint, "time") + host_times(plan, longest);
  if (!plan.calendar.always_open || !plan.calendar.freezes.empty()) {
    text += "  a start needs that much of its window for the update, a reset that much for its activation";
    const Duration back = sum_of(way_back_parts(plan, longest));
    if (back > Duration(0)) text += "; a way back may end " + rough_most(back) + " after it";
    text += '\n';
  }
  if (!plan.calendar.always_open) {
    text += "  starts only inside maintenance windows";
    if (!plan.calendar.windows.empty()) {
      const Interval& next = plan.calendar.windows.front();
      text += "; the next one: " + harmless(next.name) + ", " + date_time(next.begin) + " to " + date_time(next.end);
    }
    text += '\n';
  }
  if (!plan.calendar.freezes.empty()) {
    const Interval& next = plan.calendar.freezes.front();
    text += "  no starts in freezes; the next one: " + harmless(next.name) + ", " + date_time(next.begin) + " to " +
            date_time(next.end) + '\n';
  }
  return text;
}

}  // namespace

std::string plan_text(const ResolvedPlan& plan, const Sha256& digest, const Paint& paint) {
  const PlanFigures figures = figures_of(plan);
  std::string text = heading(paint, plan.rollout + ": " + count_of(plan.hosts.size(), "host") + " in " +
                                        count_of(plan.waves.size(), "wave") + ", policy " + plan.policy);
  text += changes(figures, paint);
  text += waves(plan, figures, paint);
  text += left_out(plan, figures, paint);
  text += images(plan, paint);
  text += ways_back(figures, paint);
  text += drivers(plan, paint);
  text += findings(plan, paint);
  text += restarts(figures, paint);
  text += most_down(plan, figures, paint);
  text += time_words(plan, figures, paint);
  text += paint(Ink::bold, "plan") + " sha256:" + to_hex(digest) + '\n';
  return text;
}

}  // namespace breakwater::views
