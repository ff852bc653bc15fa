// What plain text other YAML readers would not take for text. The forms are those of YAML 1.1's type repository and of
// YAML 1.2's core schema; where implementations of 1.1 go further (`1e3`, `0o7`), their union counts.
#include <algorithm>
#include <array>
#include <string_view>

#include "inventories/document/scalar.hpp"
#include "inventories/vocabulary/text.hpp"

namespace breakwater {
namespace {

constexpr std::array<std::string_view, 13> kSpecialWords{"",  "~", "null", "true", "false", "yes", "no",
                                                         "y", "n", "on",   "off",  "<<",    "="};
constexpr std::string_view kDigits = "0123456789";

/// Eats the longest run of bytes out of `set`; says how many.
std::size_t take_run(std::string_view& text, std::string_view set) {
  const std::size_t length = std::min(text.find_first_not_of(set), text.size());
  text.remove_prefix(length);
  return length;
}

bool take_one(std::string_view& text, std::string_view set) {
  if (text.empty() || set.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

bool is_radix_number(std::string_view text) {
  const std::string_view prefix = text.substr(0, 2);
  text.remove_prefix(prefix.size());
  if (text.empty()) return false;
  if (prefix == "0b") return text.find_first_not_of("01_") == std::string_view::npos;
  if (prefix == "0o") return text.find_first_not_of("01234567_") == std::string_view::npos;
  return prefix == "0x" && text.find_first_not_of("0123456789abcdef_") == std::string_view::npos;
}

/// `22:31`, `190:20:30.15`: base 60.
bool is_sexagesimal(std::string_view text) {
  if (take_run(text, "0123456789_") == 0) return false;
  std::size_t parts = 0;
  for (; take_one(text, ":"); ++parts) {
    const std::size_t digits = take_run(text, kDigits);
    if (digits == 0 || digits > 2) return false;
  }
  if (take_one(text, ".")) take_run(text, "0123456789_");
  return parts > 0 && text.empty();
}

/// Integers and floats: `1_000`, `3.40`, `.5`, `1e3`, `1.e+3`.
bool is_decimal(std::string_view text) {
  const bool point_first = take_one(text, ".");
  if (!take_one(text, kDigits)) return false;
  take_run(text, "0123456789_");
  if (!point_first && take_one(text, ".")) take_run(text, "0123456789_");
  if (take_one(text, "e")) {
    take_one(text, "+-");
    if (take_run(text, kDigits) == 0) return false;
  }
  return text.empty();
}

/// `2026-12-01`, alone or with a time behind `T` or blanks.
bool is_date(std::string_view text) {
  const auto part = [&text](std::size_t least, std::size_t most) {
    const std::size_t digits = take_run(text, kDigits);
    return digits >= least && digits <= most;
  };
  if (!part(4, 4) || !take_one(text, "-") || !part(1, 2) || !take_one(text, "-") || !part(1, 2)) return false;
  if (text.empty()) return true;
  if (!take_one(text, "t \t")) return false;
  take_run(text, " \t");
  return part(1, 2) && take_one(text, ":");
}

}  // namespace

bool is_ambiguous(std::string_view plain) {
  const std::string text = to_lower(plain);
  if (std::find(kSpecialWords.begin(), kSpecialWords.end(), text) != kSpecialWords.end()) return true;
  std::string_view rest = text;
  if (is_date(rest)) return true;
  take_one(rest, "+-");
  return rest == ".inf" || rest == ".nan" || is_radix_number(rest) || is_sexagesimal(rest) || is_decimal(rest);
}

}  // namespace breakwater
