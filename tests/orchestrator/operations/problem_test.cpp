#include "orchestrator/operations/problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace breakwater::operations::problem_test {
namespace {

using journal::StoreFault;
using testing::ElementsAre;
using testing::HasSubstr;

StoreFault fault(StoreFault::Reason reason) {
  StoreFault made;
  made.reason = reason;
  made.message = "told";
  made.record = 7;
  return made;
}

TEST(Problem, each_fault_of_the_journal_has_its_kind) {
  using Reason = StoreFault::Reason;
  using Kind = Problem::Kind;
  const std::pair<Reason, Kind> kRows[] = {
      {Reason::fatal, Kind::journal_broken}, {Reason::disk_full, Kind::try_later},    {Reason::busy, Kind::try_later},
      {Reason::changed, Kind::failed},       {Reason::unknown_format, Kind::failed},  {Reason::locked, Kind::try_later},
      {Reason::not_locked, Kind::failed},    {Reason::unknown_request, Kind::failed}, {Reason::missing, Kind::failed},
      {Reason::unreadable, Kind::failed},
  };
  for (const auto& [reason, kind] : kRows) {
    EXPECT_EQ(journal_problem(fault(reason)).kind, kind) << to_string(reason);
    EXPECT_THAT(journal_problem(fault(reason)).messages.front(), HasSubstr("told")) << to_string(reason);
  }
}

TEST(Problem, a_lock_names_the_rollout_to_look_at) {
  StoreFault locked = fault(StoreFault::Reason::locked);
  EXPECT_EQ(journal_problem(locked).next, "breakwater status");
  locked.holder = journal::Holder{7, "bios-3.4", Instant()};
  EXPECT_EQ(journal_problem(locked).next, "breakwater status bios-3.4");
}

TEST(Problem, a_journal_that_was_changed_names_the_record) {
  EXPECT_THAT(journal_problem(fault(StoreFault::Reason::changed)).messages,
              ElementsAre("journal: told", HasSubstr("at record 7; refusing to act")));
}

TEST(Problem, what_comes_next_after_a_refusal_would_help) {
  using Reason = Refusal::Reason;
  const std::pair<Reason, const char*> kRows[] = {
      {Reason::not_in_store, "breakwater firmware import IMAGE"},
      {Reason::digest_mismatch, "breakwater firmware import IMAGE  # replaces a damaged copy"},
      {Reason::size_mismatch, "breakwater firmware import IMAGE  # replaces a damaged copy"},
      {Reason::signature_missing, "breakwater firmware sign RELEASE.yaml --key SECRET"},
      {Reason::threshold_unmet, "breakwater firmware sign RELEASE.yaml --key SECRET"},
      {Reason::unreadable, ""},
      {Reason::key_malformed, ""},
      {Reason::signature_malformed, ""},
  };
  for (const auto& [reason, next] : kRows)
    EXPECT_EQ(refusal_problem({{reason, "told"}}).next, next) << to_string(reason);
  EXPECT_THAT(refusal_problem({{Reason::signature_invalid, "told"}}).next,
              testing::StartsWith("put the Release back as it was signed;"))
      << "not: sign what somebody changed";
}

TEST(Problem, a_changed_journal_is_not_sent_back_to_the_check_that_found_it) {
  EXPECT_THAT(journal_problem(fault(StoreFault::Reason::changed)).next, testing::Not(HasSubstr("journal verify")));
}

TEST(Problem, several_faults_of_documents_are_counted) {
  Diagnostic one;
  one.message = "wrong";
  EXPECT_EQ(document_problem({one}).messages.size(), 1U);
  EXPECT_THAT(document_problem({one, one}).messages, ElementsAre(HasSubstr("wrong"), HasSubstr("wrong"), "2 faults"));
}

TEST(Problem, a_refusal_says_its_reason_by_name) {
  const Problem made = refusal_problem({Refusal{Refusal::Reason::not_in_store, "no such image"}});
  EXPECT_EQ(made.kind, Problem::Kind::refused);
  EXPECT_THAT(made.messages, ElementsAre("not_in_store: no such image"));
}

}  // namespace
}  // namespace breakwater::operations::problem_test
