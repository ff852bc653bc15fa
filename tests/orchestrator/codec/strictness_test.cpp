// Every member of every event and plan, one by one: taken away, made of another type, joined by a stranger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/codec/plan_value.hpp"
#include "tests/orchestrator/codec/samples.hpp"

namespace breakwater::codec::strictness_test {
namespace {

using testing::EndsWith;
using testing::StartsWith;

/// A place in a JSON value, as the Reader's faults spell it.
struct Place {
  Json::json_pointer pointer;
  std::string spelt;
};

/// Calls `visit` for each value under `value` and for that one.
void walk(const Json& value, const Place& at, const std::function<void(const Place&, const Json&)>& visit) {
  visit(at, value);
  if (!value.is_structured()) return;
  for (const auto& [key, member] : value.items()) {
    const bool listed = value.is_array();
    Json::json_pointer pointer = at.pointer;
    listed ? pointer /= static_cast<std::size_t>(std::stoul(key)) : pointer /= key;
    walk(member, {pointer, at.spelt + (listed ? "[" + key + "]" : "." + key)}, visit);
  }
}

/// Labels are the author's own keys: any may come and go.
bool is_label_map(const Place& place) {
  return place.spelt.ends_with(".labels");
}

/// A value of a type that nothing here is written in beside `value`.
Json of_another_type(const Json& value) {
  if (value.is_boolean()) return 1;
  if (value.is_number()) return "1";
  if (value.is_string()) return 7;
  return value.is_array() ? Json::object() : Json::array();
}

/// One body of a kind, and how it is read.
struct Sample {
  std::string kind;
  Json body;
};

std::vector<Sample> samples() {
  std::vector<Sample> made;
  for (const Event& event : every_event()) made.push_back({kind_of(event), Json::parse(encode(event))});
  return made;
}

std::string fault_of(const std::string& kind, const Json& body) {
  const auto read = decode(kind, compact(body));
  return read ? std::string() : read.error();
}

TEST(Strictness, no_member_takes_a_value_of_another_type) {
  for (const Sample& sample : samples()) {
    walk(sample.body, {Json::json_pointer(), sample.kind}, [&](const Place& place, const Json& value) {
      Json wrong = sample.body;
      wrong[place.pointer] = of_another_type(value);
      EXPECT_THAT(fault_of(sample.kind, wrong), StartsWith(place.spelt + " is not "));
    });
  }
}

TEST(Strictness, no_object_takes_a_member_that_nobody_asked_for) {
  for (const Sample& sample : samples()) {
    walk(sample.body, {Json::json_pointer(), sample.kind}, [&](const Place& place, const Json& value) {
      if (!value.is_object() || is_label_map(place)) return;
      Json wrong = sample.body;
      wrong[place.pointer]["stranger"] = 1;
      EXPECT_EQ(fault_of(sample.kind, wrong), place.spelt + " has a member that this format does not know");
    });
  }
}

/// A member that may be missing has its default then, which is not written again; any other one is missed by name.
TEST(Strictness, a_member_that_is_gone_is_missed_or_has_its_default) {
  int missed = 0;
  int defaulted = 0;
  for (const Sample& sample : samples()) {
    walk(sample.body, {Json::json_pointer(), sample.kind}, [&](const Place& place, const Json&) {
      if (place.pointer.empty() || sample.body.at(place.pointer.parent_pointer()).is_array()) return;
      if (place.spelt.find(".labels.") != std::string::npos) return;
      Json less = sample.body;
      less.at(place.pointer.parent_pointer()).erase(place.pointer.back());
      const auto read = decode(sample.kind, compact(less));
      if (!read) {
        // What the types cannot say comes after them, in words of its own.
        EXPECT_TRUE(read.error() == place.spelt + " is missing" || read.error().starts_with("RolloutStarted.plan: "))
            << read.error();
        ++missed;
        return;
      }
      EXPECT_TRUE(Json::parse(encode(*read)) == less) << place.spelt;
      ++defaulted;
    });
  }
  EXPECT_GT(missed, 60);
  EXPECT_GT(defaulted, 60);
}

TEST(Strictness, a_value_that_is_the_default_of_another_member_is_kept) {
  ResolvedPlan plan = full_plan();
  plan.timeouts = Timeouts();
  plan.timeouts.task = Timeouts().upload;
  plan.timeouts.host = Timeouts().upload;
  plan.attempts.backoff_most = Attempts().backoff_first;
  const auto read = decode_plan(encode_plan(plan));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->timeouts.task, Timeouts().upload);
  EXPECT_EQ(read->timeouts.host, Timeouts().upload);
  EXPECT_EQ(read->attempts.backoff_most, Attempts().backoff_first);
}

TEST(Strictness, numbers_end_where_their_meaning_ends) {
  struct Case {
    const char* pointer;
    std::int64_t last;
  };
  for (const Case& each : {Case{"/calendar/windows/0/begin", kInstant_ms_max}, Case{"/waves/0/soak", kDuration_ms_max},
                           Case{"/waves/0/gate/success_at_least", 10'000}, Case{"/hosts/0/bmc/port", 65'535},
                           Case{"/global_limit", std::numeric_limits<int>::max()}}) {
    Json value = plan_value(full_plan());
    const auto read = [&value] {
      const auto tape = JsonTape::read(compact(value));
      const auto plan = read_plan_value(tape->root());
      return plan ? std::string() : plan.error();
    };
    const Json::json_pointer at(each.pointer);
    value[at] = each.last;
    EXPECT_EQ(read(), "") << each.pointer;
    value[at] = each.last + 1;
    EXPECT_THAT(read(), EndsWith(" is out of range")) << each.pointer;
    value[at] = -1;
    EXPECT_THAT(read(), EndsWith(" is out of range")) << each.pointer;
  }
}

TEST(Strictness, every_choice_of_a_halt_comes_back) {
  for (const Undo& undo : {kUndoNone, kUndoAll, Undo::of_wave(0), Undo::of_wave(2'147'483'647)}) {
    const auto read = decode("RolloutHalted", encode(RolloutHalted{4, "gate", undo}));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(std::get<RolloutHalted>(*read).undo, undo);
  }
  EXPECT_FALSE(decode("RolloutHalted", R"({"rollout":4,"undo_wave":2147483648})"));
}

/// One look reads up to 10,000 entries of a firmware inventory (4 MiB of replies). What is written of it must be read
/// again, or one BMC makes the journal of the whole installation unreadable.
TEST(Strictness, the_largest_inventory_that_a_look_brings_home_is_read_back) {
  CommandEnded ended{5, 4, 17, full_outcome()};
  InstalledComponent entry = ended.outcome.baseline.inventory.at(0);
  entry.uri += std::string(200, 'x');
  entry.version = std::string(20, '\x01');  // six bytes each in JSON
  ended.outcome.baseline.inventory.assign(10'000, entry);
  const auto read = decode("CommandEnded", encode(ended));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(std::get<CommandEnded>(*read).outcome.baseline.inventory.size(), 10'000U);
}

TEST(PlanFile, states_its_digest_as_the_text_of_its_bytes) {
  Json file = Json::parse(encode_plan(full_plan()));
  for (const Json& stated : {Json(""), Json(std::string(64, '0')), Json(7), Json()}) {
    file["digest"] = stated;
    EXPECT_FALSE(decode_plan(file.dump())) << stated;
  }
  file["digest"] = to_hex(plan_digest(full_plan()));
  EXPECT_TRUE(decode_plan(file.dump()));
  for (const Json& format : {Json(0), Json(-1), Json("1"), Json(1.0)}) {
    Json other = file;
    other["format"] = format;
    EXPECT_THAT(decode_plan(other.dump()).error(), StartsWith("this plan file has format ")) << format;
  }
  file["breakwater"] = "journal";
  EXPECT_EQ(decode_plan(file.dump()).error(), "this is no plan file");
}

}  // namespace
}  // namespace breakwater::codec::strictness_test
