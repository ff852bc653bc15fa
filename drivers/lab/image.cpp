#include "drivers/lab/image.hpp"

#include <algorithm>
#include <cstdint>

#include "inventories/vocabulary/text.hpp"

namespace breakwater::lab {
namespace {

constexpr std::string_view kFirstLine = "BREAKWATER-LAB-IMAGE 1";

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view item = trimmed(text.substr(0, comma));
    if (!item.empty()) items.emplace_back(item);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return items;
}

// What is wrong with the line; empty if nothing is.
std::string take_line(std::string_view line, ImageHeader& header) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "a header line is not `key: value`";
  const std::string_view key = trimmed(line.substr(0, colon));
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (key == "component") {
    header.component = value;
  } else if (key == "version") {
    header.version = value;
  } else if (key == "models") {
    header.models = split_at_commas(value);
  } else if (key == "fault") {
    const auto fault = from_string<LabFault>(value);
    if (!fault) return "no fault is called " + std::string(value);
    header.faults.push_back(*fault);
  } else {
    return "no header key is called " + std::string(key);
  }
  return {};
}

}  // namespace

std::string_view image_in(std::string_view first_bytes) {
  constexpr std::string_view kMagic = "PICMGFWU";
  constexpr std::size_t kOemLengthAt = 32;
  constexpr std::size_t kActionBytes = 3;
  constexpr std::size_t kUploadBytes = kActionBytes + 6 + 21 + 4;  // version, name, length
  constexpr unsigned char kUpload = 2;
  if (!first_bytes.starts_with(kMagic)) return first_bytes;
  const auto byte = [&](std::size_t at) {
    return at < first_bytes.size() ? static_cast<unsigned char>(first_bytes[at]) : 0xFFU;
  };
  const std::size_t oem_bytes = byte(kOemLengthAt) | (byte(kOemLengthAt + 1) << 8U);
  std::size_t at = kOemLengthAt + 2 + oem_bytes + 1;
  while (byte(at) < kUpload) at += kActionBytes;
  if (byte(at) != kUpload || at + kUploadBytes > first_bytes.size()) return {};
  return first_bytes.substr(at + kUploadBytes);
}

Result<ImageHeader, std::string> parse_image(std::string_view first_bytes) {
  first_bytes = image_in(first_bytes.substr(0, kImageHeaderBytesMax));
  ImageHeader header;
  for (bool first = true;; first = false) {
    const std::size_t end = first_bytes.find('\n');
    if (end == std::string_view::npos) return fail(std::string("the file is no lab image"));
    const std::string_view line = trimmed(first_bytes.substr(0, end));
    first_bytes.remove_prefix(end + 1);
    if (first) {
      if (line != kFirstLine) return fail(std::string("the file is no lab image"));
      continue;
    }
    if (line.empty()) break;
    if (std::string wrong = take_line(line, header); !wrong.empty()) return fail(std::move(wrong));
  }
  if (header.component.empty()) return fail(std::string("the header names no component"));
  if (header.version.empty()) return fail(std::string("the header names no version"));
  return header;
}

bool fits(const ImageHeader& header, std::string_view model) {
  if (header.models.empty()) return true;
  return std::ranges::any_of(header.models,
                             [&](const std::string& pattern) { return matches_pattern(pattern, model); });
}

std::string make_image(const ImageHeader& header, std::size_t size) {
  std::string image;
  image.reserve(size);
  const auto line = [&image](std::string_view key, std::string_view value) {
    image.append(key).append(": ").append(value).push_back('\n');
  };
  image.append(kFirstLine).push_back('\n');
  line("component", header.component);
  line("version", header.version);
  std::string models;
  for (const std::string& model : header.models) models.append(models.empty() ? "" : ", ").append(model);
  if (!models.empty()) line("models", models);
  for (const LabFault fault : header.faults) line("fault", to_string(fault));
  image.push_back('\n');
  std::uint64_t seed = 0x9e3779b97f4a7c15ULL;
  for (const char letter : image) seed = (seed ^ static_cast<unsigned char>(letter)) * 0x100000001b3ULL;
  while (image.size() < size) {
    // Marsaglia's xorshift64: any bytes will do that no proxy can compress.
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    image.push_back(static_cast<char>(seed & 0xffU));
  }
  return image;
}

}  // namespace breakwater::lab
