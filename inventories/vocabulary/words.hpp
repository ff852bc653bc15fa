#pragma once
// The words of closed enumerations. One table stands beside each enum, as a specialisation of kWords, and is read both
// ways:
//
//   template <> inline constexpr auto kWords<Power> = words<Power>({{Power::on, "on"}, {Power::off, "off"}});
//   to_string(Power::off) == "off";  from_string<Power>("on") == Power::on;
//
// A table that leaves out a value does not compile. Values must count up from 0.
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace breakwater {

template <class E>
struct Word {
  E value;
  std::string_view text;
};

template <class E, std::size_t kCount>
class Words {
 public:
  constexpr explicit Words(const std::array<Word<E>, kCount>& rows) : rows_(rows) {}

  /// `unknown` for a number that is none of the enum's values.
  constexpr std::string_view operator[](E value) const {
    const auto row = static_cast<std::size_t>(value);
    return row < kCount ? rows_[row].text : "unknown";
  }
  constexpr std::optional<E> find(std::string_view text) const {
    for (const Word<E>& row : rows_) {
      if (row.text == text) return row.value;
    }
    return std::nullopt;
  }
  /// Rows in the order of their values.
  constexpr auto begin() const { return rows_.begin(); }
  constexpr auto end() const { return rows_.end(); }
  static constexpr std::size_t size() { return kCount; }

 private:
  std::array<Word<E>, kCount> rows_;
};

/// Whether the enum names this value. Compilers spell any other one as a cast: `(breakwater::Power)7`.
template <auto kValue>
constexpr bool is_named() {
  const std::string_view spelt = __PRETTY_FUNCTION__;
  for (std::size_t i = 1; i < spelt.size(); ++i) {
    if (spelt[i - 1] == ')' && spelt[i] >= '0' && spelt[i] <= '9') return false;
  }
  return true;
}

/// What is wrong with a table; empty if nothing is.
template <class E, std::size_t kCount>
constexpr std::string_view fault_of(const Word<E> (&rows)[kCount]) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (static_cast<std::size_t>(rows[i].value) != i) return "a row is missing or out of order";
    if (rows[i].text.empty()) return "a word is empty";
    for (std::size_t j = 0; j < i; ++j) {
      if (rows[j].text == rows[i].text) return "two values share a word";
    }
  }
  return is_named<static_cast<E>(kCount)>() ? "the last value has no row" : "";
}

/// A table whose every value has a word of its own; any other does not compile.
template <class E, std::size_t kCount>
consteval Words<E, kCount> words(const Word<E> (&rows)[kCount]) {
  if (const std::string_view fault = fault_of<E>(rows); !fault.empty()) throw fault;
  return Words<E, kCount>(std::to_array(rows));
}

/// The table of an enum, given beside it.
template <class E>
inline constexpr auto kWords = nullptr;

template <class E>
concept HasWords = std::is_enum_v<E> && !std::is_null_pointer_v<std::remove_cv_t<decltype(kWords<E>)>>;

/// For an enum of a nested namespace say `using breakwater::to_string;` there.
template <HasWords E>
constexpr std::string_view to_string(E value) {
  return kWords<E>[value];
}

/// Nothing for a text that is none of the enum's words.
template <HasWords E>
constexpr std::optional<E> from_string(std::string_view text) {
  return kWords<E>.find(text);
}

}  // namespace breakwater
