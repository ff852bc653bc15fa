#include "inventories/hosts/ranges.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

namespace breakwater {
namespace {

using Names = std::vector<std::string>;
using Expanded = Result<Names, std::string>;

/// More digits than any fleet needs, few enough for 64 bits.
constexpr std::size_t kDigitsMax = 12;

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  if (digits.empty() || digits.size() > kDigitsMax) return std::nullopt;
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string padded(std::uint64_t number, std::size_t width) {
  std::string digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
}

/// `07` or `01-03`.
Expanded expand_item(std::string_view item, std::size_t most) {
  const std::size_t dash = item.find('-');
  const std::string_view first = item.substr(0, dash);
  const std::string_view last = dash == std::string_view::npos ? first : item.substr(dash + 1);
  const auto from = parse_number(first);
  const auto to = parse_number(last);
  const std::string quoted = "'" + std::string(item) + "'";
  if (!from || !to) return fail(quoted + " is no number and no range of numbers such as 01-40");
  if (*to < *from) return fail(quoted + " runs backwards");
  const bool zeros = (first.size() > 1 && first.front() == '0') || (last.size() > 1 && last.front() == '0');
  if (zeros && first.size() != last.size()) return fail(quoted + " needs the same number of digits on both sides");
  if (*to - *from >= most) return fail(quoted + " stands for more than " + std::to_string(most) + " hosts");
  Names names;
  for (std::uint64_t number = *from; number <= *to; ++number) names.push_back(padded(number, zeros ? first.size() : 1));
  return names;
}

tl::unexpected<std::string> too_many(std::size_t most) {
  return fail("stands for more than " + std::to_string(most) + " hosts");
}

/// What stands between brackets: items with commas between them, counted before they are kept.
Expanded expand_bracket(std::string_view bracket, std::size_t most) {
  Names names;
  while (true) {
    const std::size_t comma = bracket.find(',');
    auto item = expand_item(bracket.substr(0, comma), most);
    if (!item) return item;
    if (names.size() + item->size() > most) return too_many(most);
    for (std::string& name : *item) names.push_back(std::move(name));
    if (comma == std::string_view::npos) return names;
    bracket.remove_prefix(comma + 1);
  }
}

}  // namespace

Expanded expand_range(std::string_view range, std::size_t most) {
  Names names{""};
  while (!range.empty()) {
    const std::size_t open = range.find('[');
    const std::string_view literal = range.substr(0, open);
    if (literal.find(']') != std::string_view::npos) return fail(std::string("']' without '[' before it"));
    for (std::string& name : names) name += literal;
    if (open == std::string_view::npos) break;
    const std::size_t close = range.find(']', open);
    if (close == std::string_view::npos) return fail(std::string("'[' without ']' behind it"));
    const auto bracket = expand_bracket(range.substr(open + 1, close - open - 1), most);
    if (!bracket) return bracket;
    if (names.size() * bracket->size() > most) return too_many(most);
    Names product;
    product.reserve(names.size() * bracket->size());
    for (const std::string& name : names) {
      for (const std::string& digits : *bracket) product.push_back(name + digits);
    }
    names = std::move(product);
    range.remove_prefix(close + 1);
  }
  return names;
}

}  // namespace breakwater
