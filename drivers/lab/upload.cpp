#include "drivers/lab/upload.hpp"

#include <algorithm>

namespace breakwater::lab {

Upload::Upload(const std::optional<std::string>& boundary) {
  if (!boundary) {
    into_ = Into::file;
    file_seen_ = true;
    return;
  }
  MultipartReader::Sink sink{.on_part = [this](const Part& part) { begin_part(part); },
                             .on_data = [this](std::string_view bytes) { take(bytes); }};
  reader_.emplace(*boundary, std::move(sink));
}

bool Upload::feed(std::string_view piece) {
  if (reader_) {
    if (!reader_->feed(piece)) broken_ = true;
  } else {
    take(piece);
  }
  return !broken_;
}

bool Upload::whole() const {
  return !broken_ && file_seen_ && (!reader_ || reader_->complete());
}

// Other parts (Oem...) are skipped.
void Upload::begin_part(const Part& part) {
  into_ = Into::nowhere;
  if (part.name == "UpdateParameters") {
    broken_ = broken_ || parameters_.has_value();
    parameters_.emplace();
    into_ = Into::parameters;
  } else if (part.name == "UpdateFile") {
    broken_ = broken_ || file_seen_;
    file_seen_ = true;
    into_ = Into::file;
  }
}

void Upload::take(std::string_view bytes) {
  if (broken_ || into_ == Into::nowhere) return;
  if (into_ == Into::parameters) {
    broken_ = parameters_->size() + bytes.size() > kParametersBytesMax;
    if (!broken_) parameters_->append(bytes);
    return;
  }
  file_bytes_ += bytes.size();
  hash_.update(bytes);
  first_bytes_.append(bytes.substr(0, kImageHeaderBytesMax - first_bytes_.size()));
}

bool Upload::brings(LabFault fault) const {
  const auto header = parse_image(first_bytes_);
  return header && std::ranges::find(header->faults, fault) != header->faults.end();
}

std::string Upload::component() const {
  const auto header = parse_image(first_bytes_);
  return header ? header->component : "";
}

PushedFile Upload::finish() {
  return {parse_image(first_bytes_), hash_.finish(), file_bytes_};
}

}  // namespace breakwater::lab
