// `inventory import csv|ansible`: an Inventory that others keep, read once.
#include <filesystem>

#include "orchestrator/cli/access_options.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/operations/first_documents.hpp"
#include "orchestrator/operations/importing.hpp"

namespace breakwater::cli {
namespace {

namespace fs = std::filesystem;

constexpr Option kFrom{.name = "file", .does = "What to read", .value = "FILE", .required = true};
constexpr Option kInto{
    .name = "--out", .does = "Where the Inventory goes", .value = "FILE", .unless_given = "inventory.yaml"};
constexpr Option kInventoryName{.name = "--name", .does = "Of the Inventory (default: its folder's)", .value = "NAME"};
constexpr Option kAddressVariable{.name = "--address",
                                  .does = "The variable with a BMC's address; a host without it is its own address",
                                  .value = "VARIABLE",
                                  .unless_given = "bmc_address"};
constexpr Option kLabelVariables{.name = "--label",
                                 .does = "A variable that becomes a label; as often as needed",
                                 .value = "VARIABLE",
                                 .takes = Option::Takes::texts};

Exit write_down(const Console& console, const Given& given, Result<std::vector<ImportedHost>, Diagnostics> hosts) {
  if (!hosts) return report(console, document_problem(hosts.error()));
  const std::string& out = given.text(kInto);
  std::error_code ignored;
  const std::string folder = fs::weakly_canonical(fs::absolute(out), ignored).parent_path().filename().string();
  const std::string name = given.text(kInventoryName).empty() ? to_document_name(folder) : given.text(kInventoryName);
  const std::size_t many = hosts->size();
  const auto written = write_imported({out, name, given.text(kLogin), given.text(kBundle)}, std::move(*hosts));
  if (!written) return report(console, written.error());
  console.out << harmless(out) << '\n';
  console.note(count_of(many, "host") + "; limits go by labels, `rack` unless told otherwise");
  const std::string beside = fs::path(out).parent_path().empty() ? "." : fs::path(out).parent_path().string();
  console.next(holds(beside, DocumentKind::policy) ? "breakwater validate " + beside
                                                   : "breakwater init " + beside + "  # a Policy and a key");
  return Exit::done;
}

Exit import_csv(const Console& console, Installation&, const Given& given) {
  const std::string& file = given.text(kFrom);
  const auto text = read_whole(file);
  if (!text) return report(console, text.error());
  return write_down(console, given, hosts_in_csv(file, *text));
}

void say_named_only(const Console& console, const std::vector<ImportedHost>& hosts, const std::string& variable) {
  constexpr std::size_t kShown = 5;
  std::vector<std::string> names;
  for (const ImportedHost& host : hosts) {
    if (host.named_only) names.push_back(host.name);
  }
  if (names.empty()) return;
  console.warn(count_of(names.size(), "host") + " without the variable " + variable +
               ", whose own name stands for the address of the BMC: " + list_some(names, kShown));
}

Exit import_ansible(const Console& console, Installation&, const Given& given) {
  const std::string& file = given.text(kFrom);
  const auto json = ask_ansible(file);
  if (!json) return report(console, json.error());
  const std::string& variable = given.text(kAddressVariable);
  auto hosts = hosts_of_ansible(file, *json, {variable, given.texts(kLabelVariables)});
  if (hosts) say_named_only(console, *hosts, variable);
  return write_down(console, given, std::move(hosts));
}

}  // namespace

CliVerb inventory_verb() {
  return {
      .name = "inventory",
      .does = "Inventories that others keep.",
      .example = "breakwater inventory import csv fleet.csv",
      .verbs = {
          {.name = "import",
           .does = "Read one once, and write an Inventory that is kept by hand from then on.",
           .example = "breakwater inventory import csv fleet.csv --out fleet/inventory.yaml",
           .verbs = {
               {.name = "csv",
                .does = "A table with the columns name and address, and, where known, serial and uuid, in upper or\n"
                        "lower case; every other column is a label, in lower case.",
                .example = "breakwater inventory import csv fleet.csv --out fleet/inventory.yaml",
                .next = "breakwater pin fleet",
                .act = import_csv,
                .stateless = true,
                .options = {kFrom, kInto, kInventoryName, kLogin, kBundle}},
               {.name = "ansible",
                .does = "What `ansible-inventory -i FILE --list` says: every group becomes a label "
                        "with the value true.",
                .example = "breakwater inventory import ansible hosts.ini --address oob_ip --label rack",
                .next = "breakwater pin fleet",
                .act = import_ansible,
                .stateless = true,
                .options = {kFrom, kInto, kInventoryName, kLogin, kBundle, kAddressVariable, kLabelVariables}}}}}};
}

}  // namespace breakwater::cli
