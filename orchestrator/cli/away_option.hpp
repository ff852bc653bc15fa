#pragma once
// `--allow-unreachable`, of the verbs that make a plan.
#include <optional>

#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/operations/left_out_hosts.hpp"

namespace breakwater::cli {

/// Read as texts, so that an empty one is not taken for none.
inline constexpr Option kAllowUnreachable{
    .name = "--allow-unreachable",
    .does = "The most hosts that may not answer or refuse the login, in all or of those selected",
    .value = "N|SHARE%",
    .takes = Option::Takes::texts};

/// What was given; a problem where that is neither a number nor a share.
inline Result<std::optional<AwayAllowed>, Problem> away_allowed(const Given& given) {
  const std::vector<std::string>& texts = given.texts(kAllowUnreachable);
  if (texts.empty()) return std::optional<AwayAllowed>();
  auto allowed = texts.size() == 1 ? AwayAllowed::parse(texts.front()) : std::nullopt;
  if (allowed) return allowed;
  return fail(
      problem(Problem::Kind::bad_argument, "--allow-unreachable takes one number of hosts, or a share such as 5%"));
}

}  // namespace breakwater::cli
