#include "drivers/lab/fault.hpp"

#include <array>
#include <utility>

namespace breakwater::lab {
namespace {

constexpr std::array names{
    std::pair{Fault::task_exception, std::string_view{"task_exception"}},
    std::pair{Fault::unchanged, std::string_view{"unchanged"}},
    std::pair{Fault::task_gone, std::string_view{"task_gone"}},
    std::pair{Fault::failed_back, std::string_view{"failed_back"}},
    std::pair{Fault::wrong_version, std::string_view{"wrong_version"}},
    std::pair{Fault::health_critical, std::string_view{"health_critical"}},
    std::pair{Fault::component_lost, std::string_view{"component_lost"}},
    std::pair{Fault::host_never_boots, std::string_view{"host_never_boots"}},
    std::pair{Fault::slow_boot, std::string_view{"slow_boot"}},
    std::pair{Fault::bmc_never_returns, std::string_view{"bmc_never_returns"}},
    std::pair{Fault::unavailable, std::string_view{"unavailable"}},
    std::pair{Fault::regenerate_certificate, std::string_view{"regenerate_certificate"}},
    std::pair{Fault::regenerate_self_signed, std::string_view{"regenerate_self_signed"}},
    std::pair{Fault::rollback_fails, std::string_view{"rollback_fails"}},
    std::pair{Fault::cut_upload, std::string_view{"cut_upload"}},
    std::pair{Fault::cut_after_body, std::string_view{"cut_after_body"}},
    std::pair{Fault::cut_after_body_lost, std::string_view{"cut_after_body_lost"}},
    std::pair{Fault::garbage, std::string_view{"garbage"}},
    std::pair{Fault::session_table_full, std::string_view{"session_table_full"}},
    std::pair{Fault::ipmi_drop_request, std::string_view{"ipmi_drop_request"}},
    std::pair{Fault::ipmi_drop_reply, std::string_view{"ipmi_drop_reply"}},
    std::pair{Fault::ipmi_delay_reply, std::string_view{"ipmi_delay_reply"}},
    std::pair{Fault::ipmi_duplicate_reply, std::string_view{"ipmi_duplicate_reply"}},
    std::pair{Fault::ipmi_reorder_reply, std::string_view{"ipmi_reorder_reply"}},
    std::pair{Fault::hpm_block_refused, std::string_view{"hpm_block_refused"}},
    std::pair{Fault::self_test_failed, std::string_view{"self_test_failed"}},
};

}  // namespace

std::string_view to_string(Fault fault) {
  for (const auto& [value, name] : names)
    if (value == fault) return name;
  return {};
}

std::vector<std::string_view> fault_names() {
  std::vector<std::string_view> all;
  for (const auto& known : names) all.push_back(known.second);
  return all;
}

std::optional<Fault> parse_fault(std::string_view name) {
  for (const auto& [value, known] : names)
    if (known == name) return value;
  return std::nullopt;
}

}  // namespace breakwater::lab
