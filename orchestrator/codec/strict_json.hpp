#pragma once
// Structs as JSON, both ways from one description, without loss and without leniency. A struct is described once:
//
//     template <class Io>
//     void fields(Io& io, Of<Io, Point>& point) {
//       io.must("x", point.x);                // always written, and missing is a fault
//       io.may("label", point, &Point::label);  // left out where it is what Point{} has
//     }
//
// Writer and Reader are the two Ios. The Reader keeps its first fault, with the path to it, and nothing is thrown.
#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "inventories/document/json_tape.hpp"
#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"
#include "inventories/vocabulary/words.hpp"
#include "orchestrator/core/plan.hpp"

namespace breakwater::codec {

/// The words of a closed enumeration; specialise where the journal's differ from those that stand beside the enum.
template <class E>
inline constexpr auto kStoredWords = kWords<E>;

/// A value that is stored as one number: specialise with `least`, `most`, `of(value)` and `from(number)`.
template <class T>
struct AsNumber {};

template <class T>
concept Numbered = requires(const T& value) {
  AsNumber<T>::of(value);
};

template <class Io, class T>
using Of = typename Io::template Of<T>;

/// 9999-12-31T23:59:59.999Z: no instant in a journal is later, so that sums of instants and durations stay in range.
inline constexpr std::int64_t kInstant_ms_max = 253'402'300'799'999;
/// 36,500 days, as parse_duration has it.
inline constexpr std::int64_t kDuration_ms_max = std::int64_t{36'500} * 86'400'000;

/// Items of a list that room is made for before the first one is found to be what it should.
inline constexpr std::size_t kReservedMost = 1'024;

/// The compact text of a JSON value. Keys stand in their byte order; bytes that are no UTF-8 become U+FFFD.
inline std::string compact(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Writer {
 public:
  template <class T>
  using Of = const T;

  template <class T>
  void must(const char* key, const T& value) {
    object_[key] = json(value);
  }

  template <class S, class M>
  void may(const char* key, const S& owner, M S::*member) {
    static const S made_by_default{};  // one a struct: members of one type share this function
    Json value = json(owner.*member);
    if (value != json(made_by_default.*member)) object_[key] = std::move(value);
  }

  template <class T>
  static Json json(const T& value) {
    if constexpr (std::same_as<T, bool> || std::integral<T> || std::same_as<T, std::string>) {
      return value;
    } else if constexpr (std::is_enum_v<T>) {
      return kStoredWords<T>[value];
    } else if constexpr (std::same_as<T, Duration>) {
      return value.count();
    } else if constexpr (std::same_as<T, Instant>) {
      return value.time_since_epoch().count();
    } else if constexpr (std::same_as<T, Sha256>) {
      return to_hex(value);
    } else if constexpr (std::same_as<T, Share>) {
      return value.basis_points;
    } else if constexpr (Numbered<T>) {
      return AsNumber<T>::of(value);
    } else {
      return structured(value);
    }
  }

  Json take() { return std::move(object_); }

 private:
  template <class T>
  static Json structured(const std::vector<T>& list) {
    Json array = Json::array();
    for (const T& item : list) array.push_back(json(item));
    return array;
  }
  static Json structured(const std::map<std::string, std::string>& texts) { return texts; }
  template <class T>
  static Json structured(const std::optional<T>& value) {
    return value ? json(*value) : Json();
  }
  template <class S>
  static Json structured(const S& value) {
    Writer inner;
    fields(inner, value);
    return inner.take();
  }

  Json object_ = Json::object();
};

/// The way from the outermost value to the present one; text is made of it only where there is a fault.
struct Trail {
  const Trail* up = nullptr;
  std::string_view key;   ///< of the object around this value; empty in a list
  std::size_t index = 0;  ///< in the list around this value
};
std::string to_string(const Trail& trail);

class Reader {
 public:
  template <class T>
  using Of = T;

  using Value = JsonTape::Value;
  using Kind = JsonTape::Kind;

  /// Reads members of `object`, a JSON object. `fault` keeps the first fault's text.
  Reader(Value object, const Trail& trail, std::string& fault) : object_(object), trail_(trail), fault_(fault) {}

  template <class T>
  void must(const char* key, T& to) {
    const auto found = object_.member(key);
    if (!found) return refuse(Trail{&trail_, key}, "is missing");
    ++known_;
    read(*found, Trail{&trail_, key}, to);
  }

  template <class S, class M>
  void may(const char* key, S& owner, M S::*member) {
    const auto found = object_.member(key);
    if (!found) return;
    ++known_;
    read(*found, Trail{&trail_, key}, owner.*member);
  }

  /// Refuses an object with members that nobody asked for.
  void finish() {
    if (known_ != object_.size()) refuse(trail_, "has a member that this format does not know");
  }

  template <class T>
  void read(Value value, const Trail& trail, T& to) {
    if (!fault_.empty()) return;
    if constexpr (std::same_as<T, bool>) {
      value.kind() == Kind::boolean ? void(to = value.boolean()) : refuse(trail, "is not true or false");
    } else if constexpr (std::integral<T>) {
      integer(value, trail, to, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    } else if constexpr (std::same_as<T, std::string>) {
      value.kind() == Kind::text ? void(to = value.text()) : refuse(trail, "is not a text");
    } else if constexpr (std::is_enum_v<T>) {
      word(value, trail, to);
    } else if constexpr (std::same_as<T, Sha256>) {
      const auto digest = value.kind() == Kind::text ? parse_sha256(value.text()) : std::nullopt;
      digest ? void(to = *digest) : refuse(trail, "is not a SHA-256");
    } else if constexpr (std::same_as<T, Duration>) {
      std::int64_t count = to.count();
      integer(value, trail, count, std::int64_t{0}, kDuration_ms_max);
      to = Duration(count);
    } else if constexpr (std::same_as<T, Instant>) {
      std::int64_t count = 0;
      integer(value, trail, count, std::int64_t{0}, kInstant_ms_max);
      to = Instant(Duration(count));
    } else if constexpr (std::same_as<T, Share>) {
      integer(value, trail, to.basis_points, 0, 10'000);
    } else if constexpr (Numbered<T>) {
      std::int64_t number = 0;
      integer(value, trail, number, AsNumber<T>::least, AsNumber<T>::most);
      to = AsNumber<T>::from(number);
    } else {
      structured(value, trail, to);
    }
  }

 private:
  void refuse(const Trail& trail, std::string_view why) {
    if (fault_.empty()) fault_ = to_string(trail) + ' ' + std::string(why);
  }

  template <std::integral T>
  void integer(Value value, const Trail& trail, T& to, T least, T most) {
    if (!value.is_integer()) return refuse(trail, "is not a whole number");
    const auto take = [&](auto number) {
      if (std::cmp_less(number, least) || std::cmp_greater(number, most)) return refuse(trail, "is out of range");
      to = static_cast<T>(number);
    };
    value.kind() == Kind::natural ? take(value.natural()) : take(value.negative());
  }

  template <class E>
  void word(Value value, const Trail& trail, E& to) {
    if (value.kind() != Kind::text) return refuse(trail, "is not a text");
    if (const auto found = kStoredWords<E>.find(value.text())) return void(to = *found);
    refuse(trail, "is no word that this format knows");
  }

  template <class T>
  void structured(Value value, const Trail& trail, std::vector<T>& to) {
    if (value.kind() != Kind::array) return refuse(trail, "is not a list");
    to.clear();
    to.reserve(std::min(value.size(), kReservedMost));
    value.each([&](std::string_view, Value item) {
      if (!fault_.empty()) return;
      const Trail at{&trail, {}, to.size()};
      read(item, at, to.emplace_back());
    });
  }

  void structured(Value value, const Trail& trail, std::map<std::string, std::string>& to) {
    if (value.kind() != Kind::object) return refuse(trail, "is not an object");
    value.each([&](std::string_view key, Value text) { read(text, Trail{&trail, key}, to[std::string(key)]); });
  }

  template <class T>
  void structured(Value value, const Trail& trail, std::optional<T>& to) {
    read(value, trail, to.emplace());
  }

  template <class S>
  void structured(Value value, const Trail& trail, S& to) {
    if (value.kind() != Kind::object) return refuse(trail, "is not an object");
    Reader inner(value, trail, fault_);
    fields(inner, to);
    inner.finish();
  }

  Value object_;
  const Trail& trail_;
  std::string& fault_;
  std::size_t known_ = 0;
};

}  // namespace breakwater::codec
