// A rollout carried out in this process: real journal, real image store, BMCs of a lab.
#include "orchestrator/operations/conducting.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/operations/bmc_access.hpp"
#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::conducting_test {
namespace {

using journal::Holder;
using journal::SqliteStore;
using journal::StoreFault;
using testing::ElementsAre;
using testing::HasSubstr;

/// A journal whose disk gives up at an append that is told.
class BreakingStore final : public journal::Store {
 public:
  BreakingStore(journal::Store& below, int good_appends) : below_(below), left_(good_appends) {}
  Result<void, StoreFault> lock(const Holder& holder) override { return below_.lock(holder); }
  void unlock() override { below_.unlock(); }
  Result<std::optional<Holder>, StoreFault> holder() override { return below_.holder(); }
  Result<journal::Appended, StoreFault> append(std::span<const journal::Draft> drafts,
                                               std::span<const std::uint64_t> taken) override {
    if (left_-- <= 0) return fail(StoreFault{StoreFault::Reason::fatal, "fsync: I/O error"});
    return below_.append(drafts, taken);
  }
  Result<void, StoreFault> say(journal::Leaving leaving, const journal::Lacks& lacks) override {
    return below_.say(leaving, lacks);
  }
  Result<void, StoreFault> stand_by() override { return below_.stand_by(); }
  bool has_successor() override { return below_.has_successor(); }
  Result<journal::Head, StoreFault> replay(std::uint64_t from, const Visitor& visit) override {
    return below_.replay(from, visit);
  }
  Result<journal::Head, StoreFault> head() override { return below_.head(); }
  Result<std::uint64_t, StoreFault> add_request(Instant at, const std::string& verb, const std::string& body,
                                                const std::string& by) override {
    return below_.add_request(at, verb, body, by);
  }
  Result<std::vector<journal::Request>, StoreFault> waiting_requests(std::size_t most) override {
    return below_.waiting_requests(most);
  }
  Result<bool, StoreFault> withdraw(std::uint64_t request) override { return below_.withdraw(request); }
  Result<std::optional<std::uint64_t>, StoreFault> answer(std::uint64_t request) override {
    return below_.answer(request);
  }
  journal::Shelf* shelf() override { return below_.shelf(); }

 private:
  journal::Store& below_;
  int left_;
};

class Conducting : public Estate {
 protected:
  Conducting() : lab_(turn_on_lab()) {
    store_ = std::move(*installation_.open_to_write());
    EXPECT_TRUE(store_->lock(Holder{1, "bios-3.4", views::kBegin}));
  }

  ResolvedPlan looked_up_plan() {
    ImageStore store = images();
    auto plan = look_and_plan(
        installation_, loaded(), store, fleet_, interrupts_, [](std::size_t, std::size_t) {}, OwnFaults::end);
    if (!plan) ADD_FAILURE() << plan.error().messages.front();
    return plan ? std::move(*plan) : ResolvedPlan();
  }
  Result<Conducted, Problem> carry_out(RolloutToConduct what, journal::Store& store) {
    ImageStore bytes = images();
    Watcher watcher;
    watcher.on_record = [this](const Recorded& record) {
      seen_.push_back(record);
      if (on_record_) on_record_(record);
    };
    watcher.on_lack = [this](const RolloutState&, const std::string& why) { lacks_.push_back(why); };
    return conduct(Workplace{installation_.bmcs(), store, bytes, fleet_, interrupts_, watcher,
                             [this](const Problem& problem) { on_broken(problem); }},
                   std::move(what));
  }
  Result<Conducted, Problem> carry_out(RolloutToConduct what) { return carry_out(std::move(what), *store_); }
  void on_broken(const Problem& problem) {
    broken_.push_back(problem.messages.front());
    for (const std::string name : {"n1", "n2", "n3", "n4"}) sessions_ += lab_.state(name).sessions_open;
  }
  std::size_t issued(Action action) const {
    return static_cast<std::size_t>(std::count_if(seen_.begin(), seen_.end(), [action](const Recorded& one) {
      const auto* command = std::get_if<CommandIssued>(&one.event);
      return command && command->command.action == action;
    }));
  }

  lab::RunningLab& lab_;
  std::unique_ptr<SqliteStore> store_;
  std::vector<Recorded> seen_;
  std::function<void(const Recorded&)> on_record_;
  std::vector<std::string> broken_;
  std::vector<std::string> lacks_;
  int sessions_ = 0;  ///< open when the journal broke
};

TEST_F(Conducting, a_new_rollout_runs_on_every_host_and_every_record_is_shown_once_it_is_durable) {
  std::vector<std::uint64_t> durable;
  on_record_ = [&](const Recorded& record) { durable.push_back(store_->head()->seq - record.seq); };
  const auto ended = carry_out(NewRollout{looked_up_plan(), "lena"});
  ASSERT_TRUE(ended) << ended.error().messages.front();
  EXPECT_EQ(ended->end, Conductor::End::finished);
  EXPECT_EQ(ended->rollout, 1U);
  EXPECT_EQ(fleet_.find(ended->rollout)->by, "lena");
  for (const std::string name : {"n1", "n2", "n3", "n4"}) {
    const lab::HostState host = lab_.state(name);
    EXPECT_EQ(host.versions.at("bios"), "3.4") << name;
    EXPECT_EQ(host.counters.uploads, 1) << name;
    EXPECT_EQ(host.activations_of("bios"), 1) << name;
    EXPECT_EQ(host.sessions_open, 0) << name;
  }
  EXPECT_EQ(seen_.size(), store_->head()->seq);
  EXPECT_THAT(durable, testing::Each(testing::Lt(64U))) << "nothing is shown that the journal does not hold";
  EXPECT_THAT(broken_, testing::IsEmpty());
}

TEST_F(Conducting, without_its_credentials_a_rollout_neither_begins_nor_goes_on) {
  const ResolvedPlan plan = looked_up_plan();
  std::filesystem::rename(file("bmc.login"), file("away"));
  const auto begun = carry_out(NewRollout{plan, "lena"});
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().kind, Problem::Kind::try_later);
  EXPECT_THAT(begun.error().messages.front(), HasSubstr("bmc.login cannot be read"));
  EXPECT_EQ(store_->head()->seq, 0U) << "nothing is recorded";
  std::filesystem::rename(file("away"), file("bmc.login"));
  EXPECT_TRUE(carry_out(NewRollout{plan, "lena"}));
}

TEST_F(Conducting, what_was_interrupted_goes_on_from_the_journal_and_sends_nothing_twice) {
  on_record_ = [this](const Recorded& record) {
    const auto* issued_now = std::get_if<CommandIssued>(&record.event);
    if (issued_now && issued_now->command.action == Action::check) interrupts_ = 2;
  };
  const auto left = carry_out(NewRollout{looked_up_plan(), "lena"});
  ASSERT_TRUE(left) << left.error().messages.front();
  EXPECT_EQ(left->end, Conductor::End::left);
  on_record_ = {};
  interrupts_ = 0;
  std::filesystem::remove(file("rollout.yaml"));
  const auto ended = carry_out(left->rollout);
  ASSERT_TRUE(ended) << ended.error().messages.front();
  EXPECT_EQ(ended->end, Conductor::End::finished);
  for (const std::string name : {"n1", "n2", "n3", "n4"}) {
    EXPECT_EQ(lab_.state(name).versions.at("bios"), "3.4") << name;
    EXPECT_EQ(lab_.state(name).counters.uploads_begun, 1) << name;
  }
}

TEST_F(Conducting, a_first_interrupt_starts_no_further_host_and_finishes_the_one_in_flight) {
  on_record_ = [this](const Recorded& record) {
    if (std::holds_alternative<CommandIssued>(record.event)) interrupts_ = 1;
  };
  const auto rests = carry_out(NewRollout{looked_up_plan(), "lena"});
  ASSERT_TRUE(rests) << rests.error().messages.front();
  EXPECT_EQ(rests->end, Conductor::End::at_rest);
  EXPECT_EQ(issued(Action::prepare), 1U) << "of the canary wave";
  int updated = 0;
  for (const std::string name : {"n1", "n2", "n3", "n4"}) updated += lab_.state(name).versions.at("bios") == "3.4";
  EXPECT_EQ(updated, 1);
}

TEST_F(Conducting, a_journal_that_breaks_is_told_before_any_conversation_says_goodbye) {
  BreakingStore breaking(*store_, 3);  // the first session is open, and its record is the next
  const auto ended = carry_out(NewRollout{looked_up_plan(), "lena"}, breaking);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, Problem::Kind::journal_broken);
  EXPECT_THAT(broken_, ElementsAre(HasSubstr("fsync: I/O error")));
  EXPECT_EQ(sessions_, 1) << "the session stands, and the next process finds it in the journal";
  EXPECT_EQ(lab_.state("n1").counters.uploads, 0);
}

TEST_F(Conducting, a_rollout_that_cannot_be_recorded_never_begins) {
  BreakingStore breaking(*store_, 0);
  const auto ended = carry_out(NewRollout{looked_up_plan(), "lena"}, breaking);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, Problem::Kind::journal_broken);
  EXPECT_TRUE(fleet_.rollouts().empty());
}

/// Rack r1 has a login of its own, and a rollout that was left with a host waiting; r2 was updated before.
class BesideAnother : public Conducting {
 protected:
  BesideAnother() {
    write_login();
    for (int i = 0; i < 2; ++i) {  // of n1, then of n2
      replace("inventory.yaml", "      bmc: {address: ", "      bmc: {credentials: \"file:r1.login\", address: ");
    }
    write_rollout("", "rack=r2");
    mine_ = carry_out(NewRollout{looked_up_plan(), "lena"})->rollout;
    write_rollout("", "rack=r1");
    on_record_ = [this](const Recorded& record) {
      if (std::holds_alternative<CommandIssued>(record.event)) interrupts_ = 1;
    };
    other_ = carry_out(NewRollout{looked_up_plan(), "lena"})->rollout;
    on_record_ = {};
    interrupts_ = 0;
  }
  void write_login() {
    const auto login = folder_.write("r1.login", "admin:" + password_ + "\n");
    std::filesystem::permissions(login, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  OperatorAsked ask(Verb verb, RolloutId run) {
    OperatorAsked asked;
    asked.verb = verb;
    asked.rollout = run;
    asked.by = "omar";
    const Event event(asked);
    const Now now{fleet_.last_at(), fleet_.last_at()};
    const std::vector<journal::Draft> drafts{{now, codec::kind_of(event), codec::encode(event)}};
    const auto appended = store_->append(drafts, {});
    fleet_.apply({appended->first, now.steady, event});
    return asked;
  }
  std::size_t in(RolloutId run, State state) const {
    const std::vector<HostTrip>& hosts = fleet_.find(run)->hosts;
    return static_cast<std::size_t>(
        std::count_if(hosts.begin(), hosts.end(), [state](const HostTrip& trip) { return trip.state == state; }));
  }

  RolloutId mine_ = 0;
  RolloutId other_ = 0;
};

TEST_F(BesideAnother, a_rollback_needs_no_login_but_those_of_the_hosts_that_it_meant) {
  ASSERT_EQ(in(other_, State::waiting), 1U);
  std::filesystem::remove(file("r1.login"));
  const auto ended = carry_out(RollBacks{{ask(Verb::roll_back, mine_)}});
  ASSERT_TRUE(ended) << ended.error().messages.front();
  EXPECT_EQ(in(mine_, State::rolled_back), 2U);
  EXPECT_EQ(in(other_, State::waiting), 1U);
}

TEST_F(BesideAnother, a_rollback_without_a_login_that_it_needs_says_so_and_names_no_apply) {
  const OperatorAsked asked = ask(Verb::roll_back, other_);
  std::filesystem::remove(file("r1.login"));
  const auto refused = carry_out(RollBacks{{asked}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Problem::Kind::try_later);
  EXPECT_THAT(refused.error().messages.front(), HasSubstr("r1.login cannot be read"));
  EXPECT_THAT(refused.error().next, testing::Not(HasSubstr("apply"))) << "that takes hosts forward";
  EXPECT_EQ(in(other_, State::rolled_back), 0U);
  write_login();
  ASSERT_TRUE(carry_out(RollBacks{{asked}}));
  EXPECT_EQ(in(other_, State::rolled_back), 1U);
}

// It ended with 75 for a host that only waited in another rollout.
TEST_F(BesideAnother, an_apply_needs_no_login_of_a_host_that_waits_in_another_rollout) {
  ask(Verb::roll_back, mine_);
  std::filesystem::remove(file("r1.login"));
  const auto ended = carry_out(mine_);
  ASSERT_TRUE(ended) << ended.error().messages.front();
  EXPECT_EQ(in(mine_, State::rolled_back), 2U);
  EXPECT_EQ(in(other_, State::waiting), 1U);
  EXPECT_THAT(lacks_, ElementsAre(HasSubstr("r1.login cannot be read")));
  EXPECT_FALSE(carry_out(other_)) << "its own";
  ask(Verb::pause, other_);
  EXPECT_FALSE(carry_out(other_)) << "whatever holds it";
}

TEST_F(BesideAnother, an_apply_needs_the_logins_of_what_is_in_flight_in_another_rollout) {
  on_record_ = [this](const Recorded& record) {
    const auto* issued_now = std::get_if<CommandIssued>(&record.event);
    if (issued_now && issued_now->command.action == Action::check) interrupts_ = 2;
  };
  ASSERT_TRUE(carry_out(other_));
  on_record_ = {};
  interrupts_ = 0;
  ASSERT_EQ(in(other_, State::waiting), 0U);
  ask(Verb::roll_back, mine_);
  std::filesystem::remove(file("r1.login"));
  const auto refused = carry_out(mine_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().messages.front(), HasSubstr("r1.login cannot be read"));
  EXPECT_EQ(in(mine_, State::rolled_back), 0U);
}

}  // namespace
}  // namespace breakwater::operations::conducting_test
