#pragma once
// Values as bytes, both ways from one description (see Anatomy), for what is read whole and often: a snapshot of the
// fold. Numbers take as many bytes as they need, texts and lists have their length before them. Equal values make equal
// bytes. It is no format to keep: a program reads what its own kFoldVersion wrote, and nothing else.
//
// The Unpacker keeps in mind that something was wrong, and then makes default values. What it allocates is bounded by
// the bytes that it was given.
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "orchestrator/codec/anatomy.hpp"
#include "orchestrator/codec/stored_words.hpp"

namespace breakwater::codec {

/// A text as a journal gives it back: bytes that are no UTF-8 are U+FFFD.
std::string as_stored(const std::string& text);

class Packer {
 public:
  template <class T>
  using Of = const T;

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  std::string take() { return std::move(bytes_); }

 private:
  void natural(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
    bytes_ += static_cast<char>(value);
  }
  /// Small numbers take few bytes, whatever their sign.
  void integer(std::int64_t value) {
    natural((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }

  template <class T>
  void put(const T& value) {
    if constexpr (std::unsigned_integral<T>) {
      natural(value);
    } else if constexpr (std::integral<T>) {
      integer(value);
    } else if constexpr (std::is_enum_v<T>) {
      natural(static_cast<std::uint64_t>(value));
    } else if constexpr (std::same_as<T, Duration>) {
      integer(value.count());
    } else if constexpr (std::same_as<T, Instant>) {
      integer(value.time_since_epoch().count());
    } else if constexpr (std::same_as<T, Share>) {
      integer(value.basis_points);
    } else if constexpr (std::same_as<T, Sha256>) {
      bytes_.append(value.bytes.begin(), value.bytes.end());
    } else {
      structured(value);
    }
  }

  template <class List>
  void list(const List& values) {
    natural(values.size());
    for (const auto& value : values) put(value);
  }
  void structured(const std::string& text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
    const std::string& stored = plain ? text : as_stored(text);
    natural(stored.size());
    bytes_ += stored;
  }
  template <class A, class B>
  void structured(const std::pair<A, B>& both) {
    put(both.first);
    put(both.second);
  }
  template <class T>
  void structured(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void structured(const std::vector<T>& values) {
    list(values);
  }
  template <class T>
  void structured(const std::set<T>& values) {
    list(values);
  }
  template <class K, class V, class C>
  void structured(const std::map<K, V, C>& values) {
    list(values);
  }
  template <class K, class V>
  void structured(const std::multimap<K, V>& values) {
    list(values);
  }
  template <class K, class V>
  void structured(const std::unordered_map<K, V>& values) {
    std::vector<const std::pair<const K, V>*> in_order;
    in_order.reserve(values.size());
    for (const auto& value : values) in_order.push_back(&value);
    std::sort(in_order.begin(), in_order.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    natural(values.size());
    for (const auto* value : in_order) put(*value);
  }
  template <class S>
  void structured(const std::shared_ptr<const S>& value) {
    put(*value);
  }
  template <class S>
  void structured(const S& value) {
    Anatomy::members(*this, value);
  }

  std::string bytes_;
};

class Unpacker {
 public:
  template <class T>
  using Of = T;

  explicit Unpacker(std::string_view bytes) : left_(bytes) {}

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  /// Everything was as it should be, and nothing is left.
  bool done() const { return !wrong_ && left_.empty(); }

 private:
  std::string_view bytes(std::uint64_t count) {
    if (count > left_.size()) wrong_ = true;
    if (wrong_) return {};
    const std::string_view taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }

  std::uint64_t natural() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !left_.empty() && !wrong_; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(left_.front());
      left_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80) return value;
    }
    wrong_ = true;
    return 0;
  }
  std::int64_t integer() {
    const std::uint64_t value = natural();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  template <std::integral T, std::integral N>
  void within(T& to, N value) {
    if (std::cmp_less(value, std::numeric_limits<T>::min()) || std::cmp_greater(value, std::numeric_limits<T>::max())) {
      wrong_ = true;
    } else {
      to = static_cast<T>(value);
    }
  }

  template <class T>
  void get(T& to) {
    if constexpr (std::same_as<T, bool>) {
      const std::uint64_t value = natural();
      if (value > 1) wrong_ = true;
      to = value == 1;
    } else if constexpr (std::unsigned_integral<T>) {
      within(to, natural());
    } else if constexpr (std::integral<T>) {
      within(to, integer());
    } else if constexpr (std::is_enum_v<T>) {
      const std::uint64_t value = natural();
      if (value >= kStoredWords<T>.size()) wrong_ = true;
      if (!wrong_) to = static_cast<T>(value);
    } else if constexpr (std::same_as<T, Duration>) {
      to = Duration(integer());
    } else if constexpr (std::same_as<T, Instant>) {
      to = Instant(Duration(integer()));
    } else if constexpr (std::same_as<T, Share>) {
      within(to.basis_points, integer());
    } else if constexpr (std::same_as<T, Sha256>) {
      const std::string_view taken = bytes(to.bytes.size());
      std::copy(taken.begin(), taken.end(), to.bytes.begin());
    } else {
      structured(to);
    }
  }

  /// How many items follow. Each takes a byte at least, so no more than are left.
  std::uint64_t count() {
    const std::uint64_t items = natural();
    if (items > left_.size()) wrong_ = true;
    return wrong_ ? 0 : items;
  }
  void structured(std::string& text) { text = bytes(natural()); }
  template <class A, class B>
  void structured(std::pair<A, B>& both) {
    get(const_cast<std::remove_const_t<A>&>(both.first));
    get(both.second);
  }
  template <class T>
  void structured(std::optional<T>& value) {
    bool there = false;
    get(there);
    if (there) get(value.emplace());
  }
  template <class T>
  void structured(std::vector<T>& values) {
    const std::uint64_t items = count();
    values.clear();                                                                // a default may have some
    values.reserve(std::min<std::uint64_t>(items, left_.size() / sizeof(T) + 1));  // not for what turns out untrue
    for (std::uint64_t i = 0; i < items && !wrong_; ++i) get(values.emplace_back());
  }
  template <class T>
  void structured(std::set<T>& values) {
    for (std::uint64_t left = count(); left > 0 && !wrong_; --left) {
      T value{};
      get(value);
      values.insert(values.end(), std::move(value));
    }
  }
  template <class K, class V, class C>
  void structured(std::map<K, V, C>& values) {
    for (std::uint64_t left = count(); left > 0 && !wrong_; --left) {
      K key{};
      get(key);
      get(values.try_emplace(values.end(), std::move(key))->second);
    }
  }
  template <class K, class V>
  void structured(std::multimap<K, V>& values) {
    for (std::uint64_t left = count(); left > 0 && !wrong_; --left) {
      K key{};
      get(key);
      get(values.emplace_hint(values.end(), std::move(key), V{})->second);
    }
  }
  template <class K, class V>
  void structured(std::unordered_map<K, V>& values) {
    std::uint64_t left = count();
    values.reserve(std::min<std::uint64_t>(left, left_.size() / sizeof(std::pair<K, V>) + 1));
    for (; left > 0 && !wrong_; --left) {
      K key{};
      get(key);
      get(values.try_emplace(std::move(key)).first->second);
    }
  }
  template <class S>
  void structured(std::shared_ptr<const S>& value) {
    auto made = std::make_shared<S>();
    get(*made);
    value = std::move(made);
  }
  template <class S>
  void structured(S& value) {
    Anatomy::members(*this, value);
  }

  std::string_view left_;
  bool wrong_ = false;
};

}  // namespace breakwater::codec
