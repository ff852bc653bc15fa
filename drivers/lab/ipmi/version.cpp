// Versions of lab firmware as IPMI carries them.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>

#include "drivers/lab/ipmi/bmc.hpp"
#include "inventories/trust/digest.hpp"

namespace breakwater::lab {
namespace {

constexpr unsigned kMajorMax = 127;
constexpr unsigned kMinorMax = 99;
constexpr std::size_t kAuxDigits = 8;

// Takes a decimal number of at most `most` off the front of `rest`; nothing if there is none.
std::optional<unsigned> take_number(std::string_view& rest, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{} || number > most) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

// The bytes of `.01020304`; nothing if the text is anything else.
std::optional<std::array<std::uint8_t, 4>> aux_in(std::string_view text) {
  if (text.size() != kAuxDigits + 1 || text.front() != '.') return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  std::array<std::uint8_t, 4> aux{};
  for (std::size_t i = 0; i < aux.size(); ++i) aux[i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return aux;
}

}  // namespace

ipmi::Version ipmi_version(std::string_view text) {
  ipmi::Version version;
  std::string_view rest = text;
  if (const auto major = take_number(rest, kMajorMax)) {
    version.major = static_cast<std::uint8_t>(*major);
    if (rest.starts_with('.')) {
      std::string_view behind = rest.substr(1);
      if (const auto minor = take_number(behind, kMinorMax)) {
        version.minor = static_cast<std::uint8_t>(*minor / 10 * 16 + *minor % 10);
        rest = behind;
        if (rest.empty()) return version;
      }
    }
  }
  if (const auto aux = aux_in(rest)) {
    version.aux = *aux;
  } else {
    std::ranges::copy_n(sha256(text).bytes.begin(), 4, version.aux.begin());
  }
  return version;
}

}  // namespace breakwater::lab
