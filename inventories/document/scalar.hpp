#pragma once
// Scalars with their types. Text that another YAML reader would take for a number, a date or a boolean must stand in
// quotes; integers are decimal; only `true` and `false` are booleans.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inventories/document/object.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"

namespace breakwater {

/// True for plain text that YAML 1.1 or YAML 1.2 takes for a null, boolean, number (also `1_000`, `0o7`, `22:31`),
/// date, merge key or default key.
bool is_ambiguous(std::string_view plain);

/// `^[a-z0-9][a-z0-9.-]{0,62}$`: names of documents, waves, gates, components, windows.
bool is_name(std::string_view text);

/// `^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$`
bool is_host_name(std::string_view text);

/// The scalar's text as it stands, with a fault for lists, mappings and nothing.
const std::string* scalar_of(const Value& value, std::string_view expected);

/// One line of text, not empty, without control characters, at most 4,096 bytes; in quotes where it is ambiguous.
std::optional<std::string> as_text(const Value& value);

std::optional<std::string> as_name(const Value& value);
std::optional<std::string> as_host_name(const Value& value);

/// Text that may end in `*`, which may stand nowhere else.
std::optional<std::string> as_pattern(const Value& value);

std::optional<std::int64_t> as_integer(const Value& value, std::int64_t least, std::int64_t most);

/// A reader of whole numbers from `least` to `most`.
template <class T = int>
auto integer_in(std::int64_t least, std::int64_t most) {
  return [least, most](const Value& value) -> std::optional<T> {
    const auto number = as_integer(value, least, most);
    if (!number) return std::nullopt;
    return static_cast<T>(*number);
  };
}

std::optional<bool> as_boolean(const Value& value);

/// `90s`, `15m`: no leading zero.
std::optional<Duration> as_duration(const Value& value);
std::optional<Duration> as_positive_duration(const Value& value);

/// Hundredths of a percent of `5%`, `2.5%`, more than nothing and at most 100 %.
std::optional<int> as_basis_points(const Value& value);

/// 64 lower-case hexadecimal digits.
std::optional<Sha256> as_sha256(const Value& value);

/// A moment with its offset, in quotes: "2026-12-02T09:00:00+01:00".
std::optional<Instant> as_instant(const Value& value);

/// `file:PATH`, as a path: relative ones start from `directory`.
std::optional<std::string> as_file(const Value& value, const std::string& directory);

/// The text of a word out of a fixed set; in quotes where it is ambiguous, but for `true` and `false`, which every
/// reader takes for the same.
const std::string* word_of(const Value& value);

/// One of the words, as T.
template <class T>
auto one_of(std::vector<std::pair<std::string_view, T>> words) {
  return [words = std::move(words)](const Value& value) -> std::optional<T> {
    const std::string* text = word_of(value);
    if (text == nullptr) return std::nullopt;
    std::string all;
    std::vector<std::string_view> known;
    for (const auto& [word, meaning] : words) {
      if (word == *text) return meaning;
      all += (all.empty() ? "" : ", ") + std::string(word);
      known.push_back(word);
    }
    const std::string meant = nearest(*text, known);
    value.fault("'" + *text + "' is not one of " + all +
                (meant.empty() || known.size() == 1 ? "" : "; did you mean '" + meant + "'?"));
    return std::nullopt;
  };
}

}  // namespace breakwater
