#pragma once
// Reads a Release, and the references by which other documents name a Release.
#include <optional>
#include <string_view>

#include "inventories/document/document.hpp"
#include "inventories/firmware/release.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater {

/// Refuses a Release that shares its file: its signatures cover the file's exact bytes.
Result<Release, Diagnostics> read_release(const Document& document);

/// As much of it as could be read, with every fault noted.
Release read_release(const Document& document, DocumentFaults& faults);

/// Reads `name@sha256:<digest of the image>`; nothing for any other text.
std::optional<ReleaseRef> parse_release_ref(std::string_view text);

/// The same in a document.
std::optional<ReleaseRef> as_release_ref(const YamlValue& value);

}  // namespace breakwater
