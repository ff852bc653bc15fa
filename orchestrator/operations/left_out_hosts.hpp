#pragma once
// Which hosts a plan leaves out, in one line for people, and how many of them may be away. A host is away where nothing
// is known of it: its BMC did not answer, or refused the login. A plan goes on without such hosts unless the caller
// says how many there may be.
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/plan.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::operations {

using HostsByReason = std::map<std::string, std::vector<std::string>, std::less<>>;

/// The hosts whose reason `counts`.
HostsByReason left_out_where(const std::vector<LeftOut>& left_out, bool (*counts)(std::string_view reason));
/// `1 login refused (n3), 2 unreachable (n1, n2)`
std::string to_words(const HostsByReason& hosts);

/// The most hosts that may be away: so many, or a share of those that the Rollout's selector takes.
class AwayAllowed {
 public:
  /// `3` or `2.5%`, 0 included; nothing where it is neither.
  static std::optional<AwayAllowed> parse(std::string_view text);

  bool lets(std::size_t away, std::size_t selected) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t most_ = 0;  ///< hosts, or hundredths of a percent
  bool is_share_ = false;
};

/// `2 of 4 hosts did not answer or refused the login: 1 login refused (n3), 1 unreachable (n2)`; empty where none is
/// away.
std::string away_words(const ResolvedPlan& plan);

/// What asks the hosts of a Rollout's documents, by its file.
std::string observe_command(const std::string& rollout_file);

/// More hosts are away than may be. Nothing where `allowed` says nothing.
std::optional<Problem> too_many_away(const ResolvedPlan& plan, const std::optional<AwayAllowed>& allowed,
                                     const std::string& rollout_file);

}  // namespace breakwater::operations
