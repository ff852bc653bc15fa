#pragma once
// multipart/form-data (RFC 7578), read as it arrives: parts are passed on piece by piece and never stored here. How the
// input is cut into pieces makes no difference.
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::lab {

/// What a part's header says about it.
struct Part {
  std::string name;
  std::string file_name;
  std::string content_type;
};

class MultipartReader {
 public:
  /// Called in the order of the input: on_part, on_data any number of times, on_part, ...
  struct Sink {
    std::function<void(const Part&)> on_part;
    std::function<void(std::string_view)> on_data;
  };

  static constexpr std::size_t kPartHeaderBytesMax = 8192;

  MultipartReader(std::string_view boundary, Sink sink);

  /// Takes the next piece; false once the input is broken, for good.
  bool feed(std::string_view piece);

  /// True when the closing delimiter was read.
  bool complete() const { return state_ == State::epilogue; }

 private:
  enum class State { preamble, after_delimiter, header, data, epilogue, broken };

  bool step();
  bool find_delimiter();
  bool take_after_delimiter();
  bool take_header();
  void hand_on(std::size_t count);

  std::string delimiter_;
  Sink sink_;
  State state_ = State::preamble;
  std::string pending_;
};

/// The boundary of a `multipart/form-data; boundary=...` content type.
std::optional<std::string> multipart_boundary(std::string_view content_type);

}  // namespace breakwater::lab
