#include "orchestrator/codec/plan_json.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "orchestrator/codec/plan_value.hpp"
#include "tests/orchestrator/codec/samples.hpp"

namespace breakwater::codec::plan_json_test {
namespace {

struct Anything {
  template <class T>
  operator T() const;
};

/// How many members an aggregate has: the most initializers it takes.
template <class T, class... Members>
constexpr std::size_t members() {
  if constexpr (requires { T{Members{}..., Anything{}}; }) {
    return members<T, Members..., Anything>();
  } else {
    return sizeof...(Members);
  }
}

Result<ResolvedPlan, std::string> read_back(const Json& value) {
  const auto tape = JsonTape::read(compact(value));
  if (!tape) return fail(tape.error().what);
  return read_plan_value(tape->root());
}

TEST(PlanJson, writes_every_member_of_every_struct) {
  const Json plan = plan_value(full_plan());
  const std::pair<const char*, std::size_t> kStructs[] = {
      {"", members<ResolvedPlan>()},
      {"/images/0", members<PlannedImage>()},
      {"/images/0/release", members<ReleaseRef>()},
      {"/images/0/image", members<ImageFile>()},
      {"/images/0/signatures/0", members<SignatureFile>()},
      {"/components/0", members<PlannedComponent>()},
      {"/components/0/select", members<ComponentSelect>()},
      {"/waves/0", members<PlannedWave>()},
      {"/waves/0/gate", members<Gate>()},
      {"/hosts/1", members<PlannedHost>()},
      {"/hosts/1/bmc", members<BmcEndpoint>()},
      {"/hosts/1/bmc/tls", members<TlsPolicy>()},
      {"/hosts/1/identity", members<Identity>()},
      {"/hosts/1/updates/0", members<PlannedUpdate>()},
      {"/left_out/0", members<LeftOut>()},
      {"/domain_limits/0", members<DomainLimit>()},
      {"/calendar", members<Calendar>()},
      {"/calendar/windows/0", members<Interval>()},
      {"/checks", members<Checks>()},
      {"/attempts", members<Attempts>()},
      {"/timeouts", members<Timeouts>()},
      {"/wave_failure", members<WaveFailure>()},
      {"/keys/0", members<TrustedKey>()},
      {"/require", members<SignatureRule>()},
  };
  for (const auto& [pointer, count] : kStructs)
    EXPECT_EQ(plan.at(Json::json_pointer(pointer)).size(), count) << pointer;
}

TEST(PlanJson, reads_back_what_it_wrote) {
  const std::string text = encode_plan(full_plan());
  const auto plan = decode_plan(text);
  ASSERT_TRUE(plan) << plan.error();
  EXPECT_EQ(encode_plan(*plan), text);
  EXPECT_EQ(plan_value(*plan), plan_value(full_plan()));
  EXPECT_EQ(plan->hosts[1].bmc, full_plan().hosts[1].bmc);
  EXPECT_EQ(plan->hosts[1].labels, full_plan().hosts[1].labels);
  EXPECT_EQ(plan->calendar.windows, full_plan().calendar.windows);
  EXPECT_EQ(plan->last_start, full_plan().last_start);
  EXPECT_EQ(plan->wave_failure.failed_share, full_plan().wave_failure.failed_share);
  EXPECT_EQ(plan_digest(*plan), plan_digest(full_plan()));
}

TEST(PlanJson, leaves_defaults_out) {
  ResolvedPlan plan = full_plan();
  plan.calendar = Calendar();
  plan.timeouts = Timeouts();
  plan.last_start.reset();
  const Json value = plan_value(plan);
  EXPECT_EQ(value["calendar"], Json({{"always_open", true}}));
  EXPECT_FALSE(value.contains("timeouts"));
  const auto back = read_back(value);
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(back->calendar.horizon, Instant::max());
  EXPECT_EQ(back->timeouts.host, Timeouts().host);
  EXPECT_FALSE(back->last_start);
}

TEST(PlanJson, every_change_of_the_plan_changes_its_digest) {
  ResolvedPlan plan = full_plan();
  plan.hosts[1].updates[0].from_version = "3.2b";
  EXPECT_NE(plan_digest(plan), plan_digest(full_plan()));
}

TEST(PlanJson, refuses_an_edited_file) {
  std::string text = encode_plan(full_plan());
  const std::size_t at = text.find("\"global_limit\": 31");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 18, "\"global_limit\": 99");
  const auto plan = decode_plan(text);
  ASSERT_FALSE(plan);
  EXPECT_NE(plan.error().find("was changed after it was made"), std::string::npos) << plan.error();
}

TEST(PlanJson, refuses_what_is_no_plan_file) {
  const std::string whole = encode_plan(full_plan());
  for (const std::string& text : {std::string(), std::string("{}"), std::string("[1]"), std::string("kind: Rollout"),
                                  whole.substr(0, whole.size() / 2), whole + whole}) {
    const auto plan = decode_plan(text);
    ASSERT_FALSE(plan);
    EXPECT_NE(plan.error().find("no plan file"), std::string::npos) << plan.error();
  }
  Json other = Json::parse(whole);
  other["format"] = 2;
  EXPECT_EQ(decode_plan(other.dump()).error(), "this plan file has format 2, this program reads format 1");
  other["format"] = 1;
  other["note"] = "by hand";
  EXPECT_EQ(decode_plan(other.dump()).error(), "this plan file is not whole");
}

struct Wrong {
  const char* pointer;
  const char* value;  ///< empty: the member is taken away
  const char* fault;
};

constexpr Wrong kWrong[] = {
    {"/hosts/1/wave", "", "plan.hosts[1].wave is missing"},
    {"/hosts/0/x", "1", "plan.hosts[0] has a member that this format does not know"},
    {"/global_limit", "\"31\"", "plan.global_limit is not a whole number"},
    {"/global_limit", "3.5", "plan.global_limit is not a whole number"},
    {"/rollout", "null", "plan.rollout is not a text"},
    {"/waves", "{}", "plan.waves is not a list"},
    {"/checks", "[]", "plan.checks is not an object"},
    {"/roll_back_host", "0", "plan.roll_back_host is not true or false"},
    {"/hosts/0/bmc/port", "65536", "plan.hosts[0].bmc.port is out of range"},
    {"/hosts/0/wave", "-1", "plan.hosts[0].wave is out of range"},
    {"/waves/0/gate/success_at_least", "10001", "plan.waves[0].gate.success_at_least is out of range"},
    {"/waves/0/soak", "-1", "plan.waves[0].soak is out of range"},
    {"/calendar/horizon", "9223372036854775808", "plan.calendar.horizon is out of range"},
    {"/components/0/way_back", "\"magic\"", "plan.components[0].way_back is no word that this format knows"},
    {"/images/0/image/digest", "\"12\"", "plan.images[0].image.digest is not a SHA-256"},
    {"/hosts/0/labels/rack", "7", "plan.hosts[0].labels.rack is not a text"},
    {"/components/0/image", "2", "component bios names no image"},
    {"/components/0/back_image", "9", "component bios names no image"},
    {"/hosts/0/updates/0/component", "1", "host fra1-r07-n00 names no component"},
    {"/hosts/0/wave", "2", "host fra1-r07-n00 is in no wave"},
    {"/hosts/0/wave", "1", "wave canary miscounts its hosts"},
    {"/hosts/0/updates", "[]", "host fra1-r07-n00 has nothing to take"},
    {"/hosts/1/name", "\"fra1-r07-n00\"", "host fra1-r07-n00 stands twice"},
    {"/global_limit", "0", "global_limit is out of range"},
    {"/attempts/upload", "0", "attempts.upload is out of range"},
    {"/domain_limits/0/most", "0", "the limit of rack r07 is out of range"},
};

TEST(PlanJson, names_the_first_thing_that_is_wrong) {
  for (const Wrong& wrong : kWrong) {
    Json value = plan_value(full_plan());
    const Json::json_pointer at(wrong.pointer);
    if (*wrong.value) {
      value[at] = Json::parse(wrong.value);
    } else {
      value.at(at.parent_pointer()).erase(at.back());
    }
    const auto plan = read_back(value);
    ASSERT_FALSE(plan) << wrong.pointer;
    EXPECT_EQ(plan.error(), wrong.fault);
  }
}

}  // namespace
}  // namespace breakwater::codec::plan_json_test
