#include "orchestrator/operations/left_out_hosts.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/core/left_out.hpp"

namespace breakwater::operations {
namespace {

constexpr std::size_t kHostsNamed = 8;
constexpr std::size_t kWhole = 10'000;  ///< hundredths of a percent

std::size_t selected_by(const ResolvedPlan& plan) {
  return plan.hosts.size() + plan.left_out.size();
}

std::size_t away_in(const ResolvedPlan& plan) {
  const auto away = [](const LeftOut& host) { return counts_as_away(host.reason); };
  return static_cast<std::size_t>(std::count_if(plan.left_out.begin(), plan.left_out.end(), away));
}

/// The number that `text` is, without a sign and with nothing behind it.
std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool all = error == std::errc() && end == text.data() + text.size();
  return all ? std::optional(number) : std::nullopt;
}

/// `2.5` as 250.
std::optional<std::size_t> hundredths(std::string_view text) {
  const std::size_t point = text.find('.');
  const auto whole = whole_number(text.substr(0, point));
  if (!whole || *whole > kWhole) return std::nullopt;
  if (point == std::string_view::npos) return *whole * 100;
  std::string decimals(text.substr(point + 1));
  if (decimals.empty() || decimals.size() > 2) return std::nullopt;
  decimals.resize(2, '0');
  const auto part = whole_number(decimals);
  return part ? std::optional(*whole * 100 + *part) : std::nullopt;
}

}  // namespace

HostsByReason left_out_where(const std::vector<LeftOut>& left_out, bool (*counts)(std::string_view reason)) {
  HostsByReason hosts;
  for (const LeftOut& host : left_out) {
    if (counts(host.reason)) hosts[host.reason].push_back(host.host);
  }
  return hosts;
}

std::string to_words(const HostsByReason& hosts) {
  std::string text;
  for (const auto& [reason, names] : hosts) {
    std::string word = reason;
    std::replace(word.begin(), word.end(), '_', ' ');
    text += (text.empty() ? "" : ", ") + std::to_string(names.size()) + ' ' + word + " (" +
            list_some(names, kHostsNamed) + ')';
  }
  return text;
}

std::optional<AwayAllowed> AwayAllowed::parse(std::string_view text) {
  AwayAllowed allowed;
  allowed.text_ = text;
  allowed.is_share_ = text.ends_with('%');
  const auto most = allowed.is_share_ ? hundredths(text.substr(0, text.size() - 1)) : whole_number(text);
  if (!most || (allowed.is_share_ && *most > kWhole)) return std::nullopt;
  allowed.most_ = *most;
  return allowed;
}

bool AwayAllowed::lets(std::size_t away, std::size_t selected) const {
  return is_share_ ? away * kWhole <= most_ * selected : away <= most_;
}

std::string away_words(const ResolvedPlan& plan) {
  const std::size_t away = away_in(plan);
  if (away == 0) return {};
  return std::to_string(away) + " of " + count_of(selected_by(plan), "host") +
         " did not answer or refused the login: " + to_words(left_out_where(plan.left_out, counts_as_away));
}

std::string observe_command(const std::string& rollout_file) {
  const std::string folder = std::filesystem::path(rollout_file).parent_path().string();
  return "breakwater observe " + (folder.empty() ? "." : folder);
}

std::optional<Problem> too_many_away(const ResolvedPlan& plan, const std::optional<AwayAllowed>& allowed,
                                     const std::string& rollout_file) {
  if (!allowed || allowed->lets(away_in(plan), selected_by(plan))) return std::nullopt;
  return problem(Problem::Kind::no_host,
                 plan.rollout + ": " + away_words(plan) + "; --allow-unreachable is " + allowed->text(),
                 observe_command(rollout_file) + "  # what each BMC answers");
}

}  // namespace breakwater::operations
