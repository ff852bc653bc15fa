#pragma once
// Picks hosts by their labels, in kubectl's words: `rack=r07,tier in (web,cache),gpu!=yes,zone notin (x),canary,!old`.
// All requirements must be true. As in kubectl, `!=` and `notin` are also true for a host without the label.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/hosts/host.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// One condition on one label.
struct Requirement {
  enum class Test { in, not_in, exists, absent };
  std::string key;
  Test test = Test::exists;
  std::vector<std::string> values;  ///< of in and not_in; sorted, at least one
  bool operator==(const Requirement&) const = default;
};

/// What is wrong in a selector's text, and at which of its bytes, counted from 0.
struct SelectorFault {
  std::size_t at = 0;
  std::string message;
};

struct Selector {
  std::vector<Requirement> requirements;  ///< none: every host

  bool matches(const Labels& labels) const;
  bool operator==(const Selector&) const = default;
};

/// Reads a selector; empty text selects every host.
Result<Selector, SelectorFault> parse_selector(std::string_view text);

/// The selector in one canonical spelling that parse_selector reads back.
std::string to_string(const Selector& selector);

/// True for a label's key: letters, digits, `.`, `_`, `-` and `/`, starting and ending with a letter or digit, at most
/// 253.
bool is_label_key(std::string_view text);

/// True for a label's value: as a key but without `/`, at most 253 bytes; may be empty.
bool is_label_value(std::string_view text);

}  // namespace breakwater
