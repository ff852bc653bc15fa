#pragma once
// The lines of minisign's files: bounded, no control characters, base64 of an exact length.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventories/trust/refusal.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater::minisign {

constexpr std::size_t kFileBytesMax = 16 << 10;
constexpr std::size_t kCommentBytesMax = 1024;         ///< minisign's COMMENTMAXBYTES
constexpr std::size_t kTrustedCommentBytesMax = 8192;  ///< minisign's TRUSTEDCOMMENTMAXBYTES

constexpr std::string_view kUntrusted = "untrusted comment: ";
constexpr std::string_view kTrusted = "trusted comment: ";

/// How to refuse a text that does not have the format: the reason, and the file to name.
struct FormatRefusal {
  Refusal::Reason reason;
  const std::string& file;
  tl::unexpected<Refusal> broken(const std::string& what) const { return fail(Refusal{reason, file + ": " + what}); }
};

/// Exactly `count` lines. As minisign reads them: lines end in LF or CR LF, the last end may be missing, and empty
/// lines may follow. Anything else behind the last line is refused, where minisign would not look at it.
Result<std::vector<std::string_view>, Refusal> split_lines(std::string_view text, std::size_t count,
                                                           const FormatRefusal& format);

/// What follows `prefix` on a comment line.
Result<std::string_view, Refusal> comment(std::string_view line, std::string_view prefix, std::size_t bytes_max,
                                          const FormatRefusal& format);

/// The bytes of a base64 line, which must be `size`.
Result<std::vector<std::uint8_t>, Refusal> blob(std::string_view line, std::size_t size, const FormatRefusal& format);

}  // namespace breakwater::minisign
