#pragma once
// A pushed file as it arrives: hashed and not stored; only its header is kept.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/lab/machine.hpp"
#include "drivers/lab/multipart.hpp"
#include "inventories/trust/digest.hpp"

namespace breakwater::lab {

class Upload {
 public:
  static constexpr std::size_t kParametersBytesMax = 64 * 1024;

  /// With a boundary the body is multipart, without one it is the file itself.
  explicit Upload(const std::optional<std::string>& boundary);
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  /// Takes the next piece of the body; false, for good, once it is no valid push.
  bool feed(std::string_view piece);

  /// Whether the body is whole: the closing delimiter was read and a file was in it.
  bool whole() const;
  std::uint64_t file_bytes() const { return file_bytes_; }
  /// The JSON text of the part UpdateParameters; nothing if there was none.
  const std::optional<std::string>& parameters() const { return parameters_; }
  /// Whether the image, as far as it was read, brings this fault.
  bool brings(LabFault fault) const;
  /// The component the image names, as far as it was read.
  std::string component() const;
  /// The file; the upload is spent afterwards.
  PushedFile finish();

 private:
  enum class Into { nowhere, parameters, file };
  void begin_part(const Part& part);
  void take(std::string_view bytes);

  std::optional<MultipartReader> reader_;
  Into into_ = Into::nowhere;
  bool broken_ = false;
  bool file_seen_ = false;
  std::optional<std::string> parameters_;
  std::string first_bytes_;
  std::uint64_t file_bytes_ = 0;
  Sha256Stream hash_;
};

}  // namespace breakwater::lab
