// One BMC through two drivers: who does what, and what is left where one does not answer.
#include "drivers/two_drivers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

namespace breakwater::two_drivers_test {
namespace {

using boost::asio::awaitable;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = Fault::Kind;

using Calls = std::vector<std::string>;

/// What one driver answers, and a list of what it was asked that both drivers share.
struct Script {
  std::string name;
  Calls* calls = nullptr;
  Result<void, Fault> open{};
  Result<UpdateAbility, Fault> ability = UpdateAbility{};
  Result<Observation, Fault> seen = Observation{};
  std::optional<Sha256> key{};
};

/// Answers by its script. What changes something is only noted.
class ScriptedBmc final : public Bmc {
 public:
  explicit ScriptedBmc(const Script& script) : script_(script) {}

  BmcResult<void> open(SessionOpened) override {
    note("open");
    co_return script_.open;
  }
  BmcResult<void> delete_session(std::string uri) override {
    note("delete " + uri);
    co_return Result<void, Fault>{};
  }
  BmcResult<Identity> identify() override {
    note("identify");
    co_return Identity{};
  }
  BmcResult<Observation> observe() override {
    note("observe");
    co_return script_.seen;
  }
  BmcResult<UpdateAbility> update_ability() override {
    note("ability");
    co_return script_.ability;
  }
  BmcResult<StageReceipt> stage(VerifiedImage, StageRequest, BodySent) override { return noted("stage"); }
  BmcResult<TaskView> read_task(StageReceipt receipt) override {
    note("task " + receipt.task_uri + receipt.monitor_uri);
    co_return TaskView{};
  }
  BmcResult<StageReceipt> start_staged() override { return noted("start"); }
  BmcResult<void> cancel_staged(std::string staged, std::string task) override {
    note("cancel " + staged + "," + task);
    co_return Result<void, Fault>{};
  }
  BmcResult<StageReceipt> activate_previous(InstalledComponent previous) override {
    return noted("switch " + previous.uri);
  }
  BmcResult<void> reset_bmc() override {
    note("reset bmc");
    co_return Result<void, Fault>{};
  }
  BmcResult<void> reset_host() override {
    note("reset host");
    co_return Result<void, Fault>{};
  }
  std::optional<Sha256> peer_key() const override { return script_.key; }
  void trust(Sha256) override { note("trust"); }
  void ask_first(MayLeave) override { note("ask first"); }
  void until(std::chrono::steady_clock::time_point) override { note("until"); }
  void drop() override { note("drop"); }
  awaitable<void> close(Duration) override {
    note("close");
    co_return;
  }

 private:
  void note(const std::string& what) { script_.calls->push_back(script_.name + ": " + what); }
  BmcResult<StageReceipt> noted(std::string what) {
    note(what);
    co_return StageReceipt{};
  }
  const Script& script_;
};

Fault fault(Kind kind, int status = 0) {
  Fault made = make_fault(kind, "step", "because");
  made.http_status = status;
  return made;
}

class TwoDriversOfOneBmc : public testing::Test {
 protected:
  TwoDriversOfOneBmc() {
    redfish_.ability->multipart = true;
    redfish_.seen->identity.serial = ipmi_.seen->identity.serial = "S1";
    redfish_.seen->inventory = {InstalledComponent{"r", "/redfish/v1/r", {}, "1"}};
    ipmi_.seen->inventory = {InstalledComponent{"i", "ipmi:hpm/1", {}, "1"}};
  }

  std::unique_ptr<Bmc> both(Occasion occasion, Driver preferred = Driver::redfish) {
    DriverBmc one{Driver::redfish, std::make_unique<ScriptedBmc>(redfish_)};
    DriverBmc two{Driver::ipmi, std::make_unique<ScriptedBmc>(ipmi_)};
    if (preferred == Driver::ipmi) std::swap(one, two);
    return use_both(std::move(one), std::move(two), occasion);
  }
  template <class T>
  Result<T, Fault> run(BmcResult<T> work) {
    std::optional<Result<T, Fault>> answer;
    boost::asio::io_context io;
    boost::asio::co_spawn(io, std::move(work), [&answer](std::exception_ptr error, Result<T, Fault> value) {
      if (!error) answer = std::move(value);
    });
    io.run();
    if (!answer) throw std::runtime_error("no answer");
    return std::move(*answer);
  }
  /// Opens and looks once.
  Result<Observation, Fault> look(Bmc& bmc) {
    const auto in = run(bmc.open({}));
    if (!in) return fail(in.error());
    return run(bmc.observe());
  }
  /// What both were asked since the last time.
  Calls asked() { return std::exchange(calls_, {}); }

  Calls calls_;
  Script redfish_{"redfish", &calls_};
  Script ipmi_{"ipmi", &calls_};
};

TEST_F(TwoDriversOfOneBmc, both_are_opened_before_a_plan_and_the_other_only_when_it_is_needed_for_one) {
  ASSERT_TRUE(run(both(Occasion::before_plan)->open({})));
  EXPECT_THAT(asked(), ElementsAre("redfish: open", "ipmi: open"));
  ASSERT_TRUE(run(both(Occasion::for_plan)->open({})));
  EXPECT_THAT(asked(), ElementsAre("redfish: open"));
}

TEST_F(TwoDriversOfOneBmc, one_that_is_not_there_leaves_the_other_alone_before_a_plan) {
  for (const Kind kind : {Kind::refused, Kind::unreachable, Kind::connect_timeout, Kind::not_supported}) {
    redfish_.open = fail(fault(kind));
    const auto bmc = both(Occasion::before_plan);
    const auto seen = look(*bmc);
    ASSERT_TRUE(seen) << to_string(kind);
    EXPECT_EQ(seen->inventory.at(0).id, "i");
    EXPECT_THAT(seen->findings, ElementsAre("redfish: " + std::string(to_string(kind)) + ": because"));
    EXPECT_THAT(seen->done_by, Contains(DoneBy{"update", "ipmi (HPM.1)"}));
    EXPECT_THAT(asked(), ElementsAre("redfish: open", "ipmi: open", "ipmi: observe", "ipmi: ability"));
  }
}

TEST_F(TwoDriversOfOneBmc, a_driver_that_turns_us_away_is_no_driver_that_is_not_there) {
  for (const Kind kind : {Kind::login_refused, Kind::tls_pin_mismatch, Kind::deadline, Kind::logins_exhausted}) {
    redfish_.open = fail(fault(kind));
    const auto in = run(both(Occasion::before_plan)->open({}));
    ASSERT_FALSE(in) << to_string(kind);
    EXPECT_EQ(in.error().kind, kind);
    EXPECT_THAT(asked(), ElementsAre("redfish: open")) << "the other one would look at a BMC that nobody may trust";
  }
}

TEST_F(TwoDriversOfOneBmc, for_a_plan_the_preferred_one_must_answer) {
  redfish_.open = fail(fault(Kind::refused));
  EXPECT_EQ(run(both(Occasion::for_plan)->open({})).error().kind, Kind::refused);
  EXPECT_THAT(asked(), ElementsAre("redfish: open"));
}

TEST_F(TwoDriversOfOneBmc, the_preferred_one_goes_on_without_the_other_and_says_so) {
  ipmi_.open = fail(fault(Kind::login_refused));
  const auto bmc = both(Occasion::before_plan);
  const auto seen = look(*bmc);
  ASSERT_TRUE(seen);
  EXPECT_THAT(seen->findings, ElementsAre("ipmi: login_refused: because"));
  asked();
  EXPECT_EQ(run(bmc->activate_previous({"i", "ipmi:hpm/1", {}, "1"})).error().kind, Kind::not_supported);
  EXPECT_THAT(asked(), IsEmpty()) << "it did not answer, and is not asked again";
}

TEST_F(TwoDriversOfOneBmc, the_one_that_takes_images_updates) {
  struct Case {
    const char* what;
    Driver preferred;
    Result<UpdateAbility, Fault> redfish;
    const char* starts;
  };
  UpdateAbility push;
  push.http_push = true;
  const Case kCases[] = {
      {"Redfish takes a multipart push", Driver::redfish, redfish_.ability, "redfish: start"},
      {"Redfish takes a bare push", Driver::redfish, push, "redfish: start"},
      {"Redfish takes none", Driver::redfish, UpdateAbility{}, "ipmi: start"},
      {"Redfish has no update service", Driver::redfish, fail(fault(Kind::not_supported)), "ipmi: start"},
      {"its update service is not found", Driver::redfish, fail(fault(Kind::http_status, 404)), "ipmi: start"},
      {"IPMI is preferred, whatever it says of itself", Driver::ipmi, redfish_.ability, "ipmi: start"},
  };
  for (const Case& each : kCases) {
    redfish_.ability = each.redfish;
    const auto bmc = both(Occasion::for_plan, each.preferred);
    ASSERT_TRUE(run(bmc->open({}))) << each.what;
    ASSERT_TRUE(run(bmc->update_ability())) << each.what;
    asked();
    ASSERT_TRUE(run(bmc->start_staged())) << each.what;
    EXPECT_THAT(asked(), ElementsAre(each.starts)) << each.what;
  }
}

TEST_F(TwoDriversOfOneBmc, a_service_that_fails_is_not_one_that_takes_no_images) {
  redfish_.ability = fail(fault(Kind::busy, 503));
  const auto bmc = both(Occasion::for_plan);
  ASSERT_TRUE(run(bmc->open({})));
  EXPECT_EQ(run(bmc->update_ability()).error().kind, Kind::busy);
  EXPECT_THAT(asked(), ElementsAre("redfish: open", "redfish: ability"));
  redfish_.ability = UpdateAbility{};
  ASSERT_TRUE(run(bmc->update_ability())) << "a fault is no answer to keep";
  EXPECT_THAT(asked(), ElementsAre("redfish: ability", "ipmi: open", "ipmi: ability"));
  ASSERT_TRUE(run(bmc->update_ability()));
  EXPECT_THAT(asked(), IsEmpty()) << "an answer is kept";
}

TEST_F(TwoDriversOfOneBmc, a_uri_goes_to_the_driver_that_made_it) {
  const auto bmc = both(Occasion::for_plan);
  ASSERT_TRUE(run(bmc->open({})));
  asked();
  ASSERT_TRUE(run(bmc->delete_session("/redfish/v1/SessionService/Sessions/1")));
  ASSERT_TRUE(run(bmc->read_task({"", "ipmi:task/1"})));
  ASSERT_TRUE(run(bmc->read_task({"/t/1", "ipmi:task/1"})));
  ASSERT_TRUE(run(bmc->cancel_staged("ipmi:hpm/1", "/t/1")));
  ASSERT_TRUE(run(bmc->cancel_staged("", "/t/1")));
  ASSERT_TRUE(run(bmc->activate_previous({"i", "ipmi:hpm/1", {}, "1"})));
  EXPECT_THAT(asked(), ElementsAre("redfish: delete /redfish/v1/SessionService/Sessions/1", "ipmi: open",
                                   "ipmi: task ipmi:task/1", "redfish: task /t/1ipmi:task/1", "ipmi: open",
                                   "ipmi: cancel ipmi:hpm/1,/t/1", "redfish: cancel ,/t/1", "ipmi: open",
                                   "ipmi: switch ipmi:hpm/1"));
}

TEST_F(TwoDriversOfOneBmc, what_the_first_does_not_tell_is_taken_from_the_second) {
  ipmi_.seen->power = Power::on;
  ipmi_.seen->health = Health::critical;
  ipmi_.seen->health_text = "PSU 1";
  ipmi_.seen->critical_events = 3;
  auto seen = look(*both(Occasion::before_plan));
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->power, Power::on);
  EXPECT_EQ(seen->health, Health::critical);
  EXPECT_EQ(seen->health_text, "PSU 1");
  EXPECT_EQ(seen->critical_events, 3U);
  EXPECT_EQ(seen->inventory.at(0).id, "r");
  EXPECT_THAT(seen->done_by, ElementsAre(DoneBy{"identity", "redfish"}, DoneBy{"power", "ipmi"},
                                         DoneBy{"health", "ipmi"}, DoneBy{"inventory", "redfish"},
                                         DoneBy{std::string(kEventLogPart), "ipmi"}, DoneBy{"update", "redfish"}));
  redfish_.seen->health = Health::ok;
  redfish_.seen->inventory.clear();
  redfish_.seen->unread = {{"/redfish/v1/r", "HTTP 500 for /redfish/v1/r"}};
  EXPECT_TRUE(look(*both(Occasion::before_plan))->inventory.empty()) << "an unread entry is no missing inventory";
  redfish_.seen->unread.clear();
  seen = look(*both(Occasion::before_plan));
  EXPECT_EQ(seen->health, Health::ok) << "the first one's word counts where it has one";
  EXPECT_EQ(seen->health_text, "");
  EXPECT_EQ(seen->inventory.at(0).id, "i");
}

TEST_F(TwoDriversOfOneBmc, a_second_that_fails_hides_nothing_of_the_first) {
  ipmi_.seen = fail(fault(Kind::no_progress));
  for (const Occasion occasion : {Occasion::before_plan, Occasion::for_plan}) {
    const auto seen = look(*both(occasion));
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->inventory.at(0).id, "r");
    EXPECT_EQ(seen->power, Power::unknown) << "the second one alone could tell";
    EXPECT_EQ(seen->critical_events, std::nullopt);
    EXPECT_EQ(seen->log_unread, "ipmi: no_progress: because");
    EXPECT_THAT(seen->findings, ElementsAre("ipmi: no_progress: because"));
  }
  redfish_.ability = UpdateAbility{};
  EXPECT_EQ(look(*both(Occasion::before_plan)).error().kind, Kind::no_progress) << "it does the update";
}

TEST_F(TwoDriversOfOneBmc, a_second_whose_login_is_refused_is_not_asked_with_every_look) {
  ipmi_.open = fail(fault(Kind::login_refused));
  const auto bmc = both(Occasion::for_plan);
  ASSERT_TRUE(look(*bmc));
  EXPECT_THAT(asked(), Contains("ipmi: open"));
  const auto again = look(*bmc);
  ASSERT_TRUE(again);
  EXPECT_THAT(asked(), testing::Not(Contains("ipmi: open"))) << "three refusals would lock the account for both";
  EXPECT_THAT(again->findings, ElementsAre("ipmi: login_refused: because"));
  EXPECT_EQ(again->log_unread, "ipmi: login_refused: because");
}

TEST_F(TwoDriversOfOneBmc, what_the_second_could_not_read_is_told_as_its_own) {
  ipmi_.seen->findings = {"event log: it is full"};
  ipmi_.seen->log_unread = "it is full";
  const auto seen = look(*both(Occasion::before_plan));
  ASSERT_TRUE(seen);
  EXPECT_THAT(seen->findings, ElementsAre("ipmi: event log: it is full"));
  EXPECT_EQ(seen->log_unread, "it is full");
}

TEST_F(TwoDriversOfOneBmc, what_they_disagree_on_is_told_and_the_first_counts) {
  redfish_.seen->power = Power::off;
  ipmi_.seen->power = Power::on;
  redfish_.seen->identity.uuid = ipmi_.seen->identity.uuid = "00112233-4455-6677-8899-aabbccddeeff";
  ipmi_.seen->identity.serial = "S2";
  const auto seen = look(*both(Occasion::before_plan));
  ASSERT_TRUE(seen) << "one UUID: one machine, whatever the serials are";
  EXPECT_EQ(seen->power, Power::off);
  EXPECT_THAT(seen->findings, ElementsAre("serial: redfish says S1, ipmi S2", "power: redfish and ipmi disagree"));
}

TEST_F(TwoDriversOfOneBmc, a_uuid_is_the_same_in_every_order_that_bmcs_send_it) {
  struct Case {
    const char* ipmi;
    bool same;
  };
  redfish_.seen->identity.uuid = "00112233-4455-6677-8899-aabbccddeeff";
  for (const Case& each :
       {Case{"00112233-4455-6677-8899-aabbccddeeff", true}, Case{"33221100-5544-7766-8899-aabbccddeeff", true},
        Case{"ffeeddcc-bbaa-9988-7766-554433221100", true}, Case{"ffeeddcc-bbaa-9988-6677-445500112233", true},
        Case{"", true}, Case{"00112233-4455-6677-8899-aabbccddeefe", false},
        Case{"33221100-4455-6677-8899-aabbccddeeff", false}, Case{"0011", false}}) {
    ipmi_.seen->identity.uuid = each.ipmi;
    const auto seen = look(*both(Occasion::before_plan));
    EXPECT_EQ(seen.has_value(), each.same) << each.ipmi;
    if (!seen) {
      EXPECT_EQ(seen.error().kind, Kind::wrong_identity) << each.ipmi;
    }
  }
}

TEST_F(TwoDriversOfOneBmc, without_uuids_the_serials_decide_and_an_unknown_one_is_no_other) {
  ipmi_.seen->identity.serial = "S2";
  const auto other = look(*both(Occasion::before_plan));
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, HasSubstr("redfish says serial S1 uuid , ipmi says serial S2"));
  ipmi_.seen->identity.serial = "";
  EXPECT_TRUE(look(*both(Occasion::before_plan)));
}

TEST_F(TwoDriversOfOneBmc, resets_and_identity_are_the_preferred_ones_and_keys_of_both) {
  ipmi_.key = Sha256{};
  const auto bmc = both(Occasion::for_plan);
  EXPECT_TRUE(bmc->peer_key()) << "only the other one has a key";
  ASSERT_TRUE(run(bmc->identify()));
  ASSERT_TRUE(run(bmc->reset_bmc()));
  ASSERT_TRUE(run(bmc->reset_host()));
  EXPECT_THAT(asked(), ElementsAre("redfish: identify", "redfish: reset bmc", "redfish: reset host"));
  bmc->trust(Sha256{});
  bmc->until({});
  bmc->drop();
  EXPECT_THAT(asked(), ElementsAre("redfish: trust", "ipmi: trust", "redfish: until", "ipmi: until", "redfish: drop",
                                   "ipmi: drop"));
}

}  // namespace
}  // namespace breakwater::two_drivers_test
