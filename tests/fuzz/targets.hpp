#pragma once
// Every fuzz target, by name. Each takes one input and ends the process where a promise does not hold.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace breakwater::fuzz {

namespace documents_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace hpm_images_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace ipmi_commands_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace ipmi_handshake_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace ipmi_packets_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace ipmi_records_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace journal_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace minisign_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace redfish_facts_target {
void one_input(const std::uint8_t* data, std::size_t size);
}
namespace redfish_links_target {
void one_input(const std::uint8_t* data, std::size_t size);
}

struct Target {
  std::string_view name;  ///< of its corpus; NAME_target.cpp is its source
  void (*one_input)(const std::uint8_t* data, std::size_t size);
};

constexpr Target kTargets[] = {
    {"documents", documents_target::one_input},
    {"hpm_images", hpm_images_target::one_input},
    {"ipmi_commands", ipmi_commands_target::one_input},
    {"ipmi_handshake", ipmi_handshake_target::one_input},
    {"ipmi_packets", ipmi_packets_target::one_input},
    {"ipmi_records", ipmi_records_target::one_input},
    {"journal", journal_target::one_input},
    {"minisign", minisign_target::one_input},
    {"redfish_facts", redfish_facts_target::one_input},
    {"redfish_links", redfish_links_target::one_input},
};

}  // namespace breakwater::fuzz
