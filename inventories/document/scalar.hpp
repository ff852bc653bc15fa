#pragma once
// Scalars with their types. Text that another YAML reader would read as a number, a date or a boolean must be quoted;
// integers are decimal; only `true` and `false` are booleans.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inventories/document/object.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/words.hpp"

namespace breakwater {

/// True for plain text that YAML 1.1 or YAML 1.2 reads as a null, boolean, number (also `1_000`, `0o7`, `22:31`),
/// date, merge key or default key.
bool is_ambiguous(std::string_view plain);

/// `^[a-z0-9][a-z0-9.-]{0,62}$`: names of documents, waves, gates, components, windows.
bool is_name(std::string_view text);

/// `^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$`
bool is_host_name(std::string_view text);

/// The scalar's text as written; adds a fault for lists, mappings and missing values.
const std::string* scalar_of(const YamlValue& value, std::string_view expected);

/// One line of text, not empty, without control characters, at most 4,096 bytes; quoted if it is ambiguous.
std::optional<std::string> as_text(const YamlValue& value);

std::optional<std::string> as_name(const YamlValue& value);
std::optional<std::string> as_host_name(const YamlValue& value);

/// Text that may end in `*`, but not contain it elsewhere.
std::optional<std::string> as_pattern(const YamlValue& value);

std::optional<std::int64_t> as_integer(const YamlValue& value, std::int64_t least, std::int64_t most);

/// A reader of whole numbers from `least` to `most`.
template <class T = int>
auto integer_in(std::int64_t least, std::int64_t most) {
  return [least, most](const YamlValue& value) -> std::optional<T> {
    const auto number = as_integer(value, least, most);
    if (!number) return std::nullopt;
    return static_cast<T>(*number);
  };
}

std::optional<bool> as_boolean(const YamlValue& value);

/// `90s`, `15m`: no leading zero.
std::optional<Duration> as_duration(const YamlValue& value);
std::optional<Duration> as_positive_duration(const YamlValue& value);

/// `5%` or `2.5%` as hundredths of a percent, more than 0 and at most 10,000.
std::optional<int> as_basis_points(const YamlValue& value);

/// 64 lower-case hexadecimal digits.
std::optional<Sha256> as_sha256(const YamlValue& value);

/// A moment with its offset, in quotes: "2026-12-02T09:00:00+01:00".
std::optional<Instant> as_instant(const YamlValue& value);

/// `file:PATH`, as a path: relative ones start from `directory`.
std::optional<std::string> as_file(const YamlValue& value, const std::string& directory);

/// The place of the value's text in `words`; a fault names all words and the nearest one. A word that is ambiguous
/// stands in quotes, except `true` and `false`, which every YAML reader takes for the same.
std::optional<std::size_t> find_word(const YamlValue& value, const std::vector<std::string_view>& words);

/// A reader of one of these words, as T.
template <class T>
auto one_of(std::vector<std::pair<std::string_view, T>> words) {
  return [words = std::move(words)](const YamlValue& value) -> std::optional<T> {
    std::vector<std::string_view> texts;
    for (const auto& [text, meaning] : words) texts.push_back(text);
    const auto at = find_word(value, texts);
    if (!at) return std::nullopt;
    return words[*at].second;
  };
}

/// Reads a value of the enum by its word.
template <HasWords E>
std::optional<E> as_word(const YamlValue& value) {
  std::vector<std::string_view> texts;
  for (const Word<E>& word : kWords<E>) texts.push_back(word.text);
  const auto at = find_word(value, texts);
  if (!at) return std::nullopt;
  return static_cast<E>(*at);
}

}  // namespace breakwater
