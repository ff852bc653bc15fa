#pragma once
// Inventories that others keep, read once: a CSV file, and what `ansible-inventory` says. What comes out is an
// Inventory of our own, to be kept by hand from then on.
#include <string>
#include <string_view>
#include <vector>

#include "inventories/vocabulary/diagnostic.hpp"
#include "orchestrator/operations/problem.hpp"
#include "orchestrator/views/skeleton.hpp"

namespace breakwater::operations {

/// Rows under a line of column names, in upper or lower case: `name`, `address`, `serial`, `uuid`; every other column
/// is a label, in lower case. Empty cells say nothing. Quotes as in RFC 4180. Every row that cannot be taken is a fault
/// with its line.
Result<std::vector<views::ImportedHost>, Diagnostics> hosts_in_csv(const std::string& file, std::string_view text);

struct AnsibleNames {
  std::string address;              ///< the variable that holds a BMC's address; without it the host's name is taken
  std::vector<std::string> labels;  ///< variables that become labels
};
/// The output of `ansible-inventory --list`: groups become labels with the value `true`.
Result<std::vector<views::ImportedHost>, Diagnostics> hosts_of_ansible(const std::string& file, std::string_view json,
                                                                       const AnsibleNames& names);

/// Runs `ansible-inventory -i FILE --list`, within a minute, and returns what it prints.
Result<std::string, Problem> ask_ansible(const std::string& file);

struct Import {
  std::string out;  ///< where the Inventory goes; nothing is replaced
  std::string name;
  std::string credentials;
  std::string ca_bundle;  ///< empty where keys are pinned
};
Result<void, Problem> write_imported(const Import& import, std::vector<views::ImportedHost> hosts);

/// The whole file; a problem that names it where it cannot be read, or is larger than 16 MiB.
Result<std::string, Problem> read_whole(const std::string& file);

}  // namespace breakwater::operations
