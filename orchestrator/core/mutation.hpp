#pragma once
// The rules that the simulation breaks on purpose, one at a time, to prove that its checker would notice. Only the
// simulation's own build defines BREAKWATER_MUTATIONS; everywhere else nothing is ever broken, at compile time.
#include <cstdint>

namespace breakwater {

enum class Rule : std::uint8_t {
  none,
  one_command_at_a_time,      ///< I1
  domain_limit,               ///< I2
  away_while_quarantined,     ///< I2
  end_before_finish,          ///< I4
  proof_before_updated,       ///< I4
  quarantine_rests,           ///< I5
  gate_before_next_wave,      ///< I6
  intent_first,               ///< I7
  evidence_first,             ///< I7
  look_before_resuming,       ///< I7
  proven_way_back,            ///< I9
  one_way_back,               ///< I10
  window,                     ///< I11
  quiet_before_interrupting,  ///< I12
  plan_as_approved,           ///< I14
  steady_soak,                ///< I15
  stop_starts_nothing,        ///< I17
  retry_wakes,                ///< I18
  halt_at_failure,            ///< I19
};

#ifdef BREAKWATER_MUTATIONS
inline Rule broken_rule = Rule::none;
inline bool broken(Rule rule) {
  return rule == broken_rule;
}
#else
constexpr bool broken(Rule) {
  return false;
}
#endif

}  // namespace breakwater
