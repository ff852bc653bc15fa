#pragma once
// A lab image: a few header lines that say what it is and what it does to the BMC that takes it, then any bytes.
//
//   BREAKWATER-LAB-IMAGE 1
//   component: bios
//   version: 3.4
//   models: Lab-2U, Lab-1U*        (optional: which models it is for)
//   fault: health_critical         (optional, may stand more than once)
//                                  (an empty line ends the header)
//
// It may stand in a firmware file of PICMG HPM.1 as the firmware of its first upload: one signed file then serves IPMI,
// whose driver takes the file apart, and Redfish, to which it is pushed as it is.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/lab/fault.hpp"
#include "inventories/vocabulary/result.hpp"

namespace breakwater::lab {

struct ImageHeader {
  std::string component;
  std::string version;
  std::vector<std::string> models;  ///< empty: any; a trailing * stands for any rest
  std::vector<LabFault> faults;
};

/// The header stands within this many first bytes.
constexpr std::size_t kImageHeaderBytesMax = 4096;

/// The part of a file's first bytes that is the image: what follows the records of HPM.1, or everything if the file is
/// not of that format. Empty if the first bytes do not reach that far.
std::string_view image_in(std::string_view first_bytes);

/// Reads the header from a file's first bytes; the error says what is wrong.
Result<ImageHeader, std::string> parse_image(std::string_view first_bytes);

/// Whether the header allows this model.
bool fits(const ImageHeader& header, std::string_view model);

/// An image of exactly `size` bytes, or of its header alone where that is longer. The filler does not compress and is
/// the same for the same header.
std::string make_image(const ImageHeader& header, std::size_t size);

}  // namespace breakwater::lab
