#include "drivers/lab/multipart.hpp"

#include <algorithm>

#include "inventories/vocabulary/text.hpp"

namespace breakwater::lab {
namespace {

constexpr std::size_t kBoundaryBytesMax = 70;  // RFC 2046, 5.1.1

// Takes `text` or `"te\"xt"` off the front; what follows it stays in rest.
std::string take_value(std::string_view& rest) {
  std::string value;
  if (!rest.starts_with('"')) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    value = trimmed(rest.substr(0, end));
    rest.remove_prefix(end);
    return value;
  }
  rest.remove_prefix(1);
  while (!rest.empty() && rest.front() != '"') {
    if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
    value.push_back(rest.front());
    rest.remove_prefix(1);
  }
  if (!rest.empty()) rest.remove_prefix(1);
  return value;
}

// The parameter of `kind; name=value; name="value"`.
std::optional<std::string> parameter(std::string_view text, std::string_view name) {
  std::size_t semicolon = text.find(';');
  while (semicolon != std::string_view::npos) {
    text.remove_prefix(semicolon + 1);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = trimmed(text.substr(0, equals));
    text = trimmed(text.substr(equals + 1));
    std::string value = take_value(text);
    if (to_lower(key) == to_lower(name)) return value;
    semicolon = text.find(';');
  }
  return std::nullopt;
}

Part parse_part(std::string_view header) {
  Part part;
  while (!header.empty()) {
    const std::size_t end = header.find("\r\n");
    const std::string_view line = header.substr(0, end);
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view key = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(std::min(colon + 1, line.size())));
    if (to_lower(key) == "content-disposition") {
      part.name = parameter(value, "name").value_or("");
      part.file_name = parameter(value, "filename").value_or("");
    } else if (to_lower(key) == "content-type") {
      part.content_type = value;
    }
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 2);
  }
  return part;
}

}  // namespace

// A delimiter at the very start has no line end before it; one is added so that all delimiters look alike.
MultipartReader::MultipartReader(std::string_view boundary, Sink sink)
    : delimiter_("\r\n--" + std::string(boundary)), sink_(std::move(sink)), pending_("\r\n") {}

bool MultipartReader::feed(std::string_view piece) {
  pending_.append(piece);
  while (step()) continue;
  return state_ != State::broken;
}

// True while the pending bytes allow another step.
bool MultipartReader::step() {
  switch (state_) {
    case State::preamble:
    case State::data:
      return find_delimiter();
    case State::after_delimiter:
      return take_after_delimiter();
    case State::header:
      return take_header();
    case State::epilogue:
    case State::broken:
      pending_.clear();
      return false;
  }
  return false;
}

bool MultipartReader::find_delimiter() {
  const std::size_t found = pending_.find(delimiter_);
  if (found == std::string::npos) {
    // The end may be the beginning of a delimiter: wait for more.
    if (pending_.size() >= delimiter_.size()) hand_on(pending_.size() - delimiter_.size() + 1);
    return false;
  }
  hand_on(found);
  pending_.erase(0, delimiter_.size());
  state_ = State::after_delimiter;
  return true;
}

bool MultipartReader::take_after_delimiter() {
  const std::size_t start = std::min(pending_.find_first_not_of(" \t"), pending_.size());
  if (start > kPartHeaderBytesMax) {
    state_ = State::broken;
    return true;
  }
  if (pending_.size() < start + 2) return false;
  const std::string_view next = std::string_view(pending_).substr(start, 2);
  if (next == "--") {
    state_ = State::epilogue;
  } else if (next == "\r\n") {
    // Keep the line end: a part without header lines then ends its header like every other part.
    pending_.erase(0, start);
    state_ = State::header;
  } else {
    state_ = State::broken;
  }
  return true;
}

bool MultipartReader::take_header() {
  const std::size_t end = pending_.find("\r\n\r\n");
  if (end == std::string::npos || end > kPartHeaderBytesMax) {
    if (pending_.size() <= kPartHeaderBytesMax) return false;
    state_ = State::broken;
    return true;
  }
  sink_.on_part(parse_part(std::string_view(pending_).substr(0, end).substr(std::min<std::size_t>(2, end))));
  pending_.erase(0, end + 4);
  state_ = State::data;
  return true;
}

void MultipartReader::hand_on(std::size_t count) {
  if (state_ == State::data && count > 0) sink_.on_data(std::string_view(pending_).substr(0, count));
  pending_.erase(0, count);
}

std::optional<std::string> multipart_boundary(std::string_view content_type) {
  const std::string_view kind = trimmed(content_type.substr(0, content_type.find(';')));
  if (to_lower(kind) != "multipart/form-data") return std::nullopt;
  auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > kBoundaryBytesMax) return std::nullopt;
  return boundary;
}

}  // namespace breakwater::lab
