// A record's kind, a line, then its body. What decodes encodes to the same bytes for ever, and the chain takes no
// record but the one that was sealed. The kind `Plan` stands for a frozen plan's file.
#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/journal/chain.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace breakwater::fuzz::journal_target {
namespace {

const journal::Record& genuine() {
  static const journal::Record record = journal::Chain().seal({Now{}, "RolloutFinished", R"({"rollout":4})"});
  return record;
}

void check_chain(std::string_view kind, std::string_view body) {
  journal::Record record = genuine();
  record.kind = kind;
  record.body = body;
  const bool taken = journal::Chain().check(record).has_value();
  require(taken == (record == genuine()), "the chain takes the sealed record and no other");
}

void read_event(std::string_view kind, std::string_view body) {
  const auto event = codec::decode(kind, body);
  if (!event) {
    require(!event.error().empty(), "a refusal says why");
    return;
  }
  require(codec::kind_of(*event) == kind, "an event is of its kind");
  const std::string written = codec::encode(*event);
  const auto again = codec::decode(kind, written);
  require(again.has_value(), "what was written can be read");
  require(again->index() == event->index() && codec::encode(*again) == written, "and is written the same");
}

void read_plan(std::string_view text) {
  const auto plan = codec::decode_plan(text);
  if (!plan) {
    require(!plan.error().empty(), "a refusal says why");
    return;
  }
  const std::string digest = to_hex(codec::plan_digest(*plan));
  require(text.find(digest) != std::string_view::npos, "a plan has the digest that its file states");
  const auto again = codec::decode_plan(codec::encode_plan(*plan));
  require(again && to_hex(codec::plan_digest(*again)) == digest, "a plan that was written keeps its digest");
}

}  // namespace

void one_input(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return;
  const std::string_view kind = text.substr(0, line);
  const std::string_view body = text.substr(line + 1);
  check_chain(kind, body);
  read_event(kind, body);
  if (kind == "Plan") read_plan(body);
}

}  // namespace breakwater::fuzz::journal_target
