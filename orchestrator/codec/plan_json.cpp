#include "orchestrator/codec/plan_json.hpp"

#include "inventories/trust/digest.hpp"
#include "orchestrator/codec/plan_value.hpp"

namespace breakwater::codec {

Sha256 plan_digest(const ResolvedPlan& plan) {
  return sha256(compact(plan_value(plan)));
}

std::string encode_plan(const ResolvedPlan& plan) {
  Json value = plan_value(plan);
  Json document = Json::object();
  document["breakwater"] = "plan";
  document["format"] = kPlanFormat;
  document["digest"] = to_hex(sha256(compact(value)));
  document["plan"] = std::move(value);
  return document.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string plan_document(const ResolvedPlan& plan) {
  nlohmann::ordered_json document{{"apiVersion", "breakwater/v1"}, {"kind", "RolloutPlan"}};
  Json value = plan_value(plan);
  document["digest"] = to_hex(sha256(compact(value)));
  document["plan"] = std::move(value);
  return document.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

Result<ResolvedPlan, std::string> decode_plan(std::string_view text) {
  const auto tape = JsonTape::read(text, kPlanBounds);
  if (!tape) return fail("this is no plan file: " + tape.error().what);
  const JsonTape::Value document = tape->root();
  const auto text_of = [&document](std::string_view key) {
    const auto member = document.member(key);
    return member && member->kind() == JsonTape::Kind::text ? member->text() : std::string_view();
  };
  if (text_of("breakwater") != "plan") return fail(std::string("this is no plan file"));
  const auto format = document.member("format");
  const bool known = format && format->kind() == JsonTape::Kind::natural;
  if (!known || format->natural() != std::uint64_t{kPlanFormat}) {
    return fail("this plan file has format " + (known ? std::to_string(format->natural()) : std::string("unknown")) +
                ", this program reads format " + std::to_string(kPlanFormat));
  }
  const auto value = document.member("plan");
  const std::string_view stated = text_of("digest");
  if (!value || stated.empty() || document.size() != 4) return fail(std::string("this plan file is not whole"));
  auto plan = read_plan_value(*value);
  if (!plan) return fail("this plan file is wrong: " + plan.error());
  if (to_hex(plan_digest(*plan)) != stated) {
    return fail(std::string("this plan file was changed after it was made: its content does not have the digest ") +
                "it states");
  }
  return plan;
}

}  // namespace breakwater::codec
