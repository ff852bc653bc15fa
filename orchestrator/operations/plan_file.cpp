#include "orchestrator/operations/plan_file.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "inventories/document/json.hpp"
#include "orchestrator/codec/plan_json.hpp"
#include "orchestrator/operations/new_file.hpp"

namespace breakwater::operations {
namespace {

constexpr std::string_view kOpening = R"({"breakwater":"plan file")";
constexpr std::uintmax_t kPlanBytesMax = std::uintmax_t{1} << 29;

Problem broken(const std::string& file, const std::string& why) {
  return problem(Problem::Kind::bad_document, file + ": " + why, "breakwater plan ROLLOUT --out " + file);
}

}  // namespace

std::string to_text(const FrozenPlan& frozen) {
  const Json head{{"breakwater", "plan file"}, {"rollout", frozen.rollout_file}};
  return head.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n' + codec::encode_plan(frozen.plan);
}

Result<FrozenPlan, Problem> parse_plan_file(const std::string& text, const std::string& file) {
  const std::size_t end = text.find('\n');
  if (!text.starts_with(kOpening) || end == std::string::npos) return fail(broken(file, "this is no plan file"));
  const auto head = parse_json(std::string_view(text).substr(0, end));
  const auto rollout = head ? json_text(*head, "rollout") : std::nullopt;
  if (!rollout) return fail(broken(file, "its first line does not say which Rollout it was made from"));
  auto plan = codec::decode_plan(std::string_view(text).substr(end + 1));
  if (!plan) return fail(broken(file, plan.error()));
  if (plan->nonce.empty()) return fail(broken(file, "it has no nonce, by which it is applied once: make it again"));
  return FrozenPlan{std::move(*plan), *rollout};
}

std::string new_nonce() {
  std::array<std::uint8_t, 16> bytes{};
  if (::getentropy(bytes.data(), bytes.size()) != 0) throw std::runtime_error("the system gives no random bytes");
  return to_hex(bytes);
}

Result<void, Problem> write_plan_file(const FrozenPlan& frozen, const std::string& file) {
  return write_new_file(file, to_text(frozen), kOpening);
}

Result<FrozenPlan, Problem> read_plan_file(const std::string& file) {
  std::error_code error;
  if (std::filesystem::file_size(file, error) > kPlanBytesMax || error) {
    return fail(broken(file, error ? error.message() : "is larger than any plan"));
  }
  std::ifstream in(file, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in.bad()) return fail(broken(file, "cannot be read"));
  return parse_plan_file(text, file);
}

bool is_plan_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string opening(kOpening.size(), '\0');
  return in.read(opening.data(), static_cast<std::streamsize>(opening.size())) && opening == kOpening;
}

}  // namespace breakwater::operations
