// `validate` and `schema`: are the documents right, and what would be?
#include <map>
#include <set>

#include "drivers/lab/lab_document.hpp"
#include "inventories/document/document.hpp"
#include "inventories/document/files.hpp"
#include "inventories/hosts/credentials.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/operations/proof.hpp"
#include "orchestrator/views/text.hpp"
#include "policies/documents.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kPath{.name = "path",
                       .does = "Files and directories",
                       .value = "PATH...",
                       .takes = Option::Takes::texts,
                       .required = true};
constexpr Option kKind{
    .name = "kind", .does = "Inventory, Policy, Release, Rollout or Lab", .value = "KIND", .required = true};

/// One file is taken with the documents beside it, since it cannot stand without them.
Sources sources_of(const std::vector<std::string>& paths) {
  std::error_code error;
  const bool one_file = paths.size() == 1 && std::filesystem::is_regular_file(paths.front(), error);
  return one_file ? read_rollout_sources(paths.front()) : read_sources(paths);
}

/// What is read only when it is needed may well be missing where documents are written: worth a word, and no fault.
void warn_of_logins(const Console& console, const std::vector<Host>& hosts) {
  std::set<std::string> references;
  for (const Host& host : hosts) references.insert(host.bmc.credentials);
  for (const std::string& reference : references) {
    if (const auto read = resolve_credentials(reference); !read)
      console.warn("on this machine, " + harmless(read.error()));
  }
}

Exit validate(const Console& console, Installation&, const Given& given) {
  const Sources sources = sources_of(given.texts(kPath));
  Diagnostics faults;
  std::map<std::string_view, std::size_t> counts;
  for (const SourceText& source : sources.texts) {
    for (const Document& document : parse_documents(source).documents) {
      ++counts[to_string(document.kind)];
      if (document.kind != DocumentKind::lab) continue;
      if (auto lab = lab::read_lab(document); !lab) {
        faults.insert(faults.end(), lab.error().begin(), lab.error().end());
      }
    }
  }
  const auto documents = load_documents(sources);
  if (!documents) faults.insert(faults.begin(), documents.error().begin(), documents.error().end());
  if (documents) {
    for (const auto& [name, policy] : documents->policies) {
      const Diagnostics keys = key_faults(policy);
      faults.insert(faults.end(), keys.begin(), keys.end());
    }
  }
  if (!faults.empty()) return report(console, document_problem(faults));
  if (counts.empty())
    return report(console, problem(Problem::Kind::bad_document, "there is no document in what was named"));
  for (const auto& [kind, count] : counts) console.out << count << ' ' << kind << '\n';
  console.note("every document is right; " + count_of(documents->hosts.size(), "host"));
  warn_of_logins(console, documents->hosts);
  if (!documents->rollouts.empty()) {
    console.next("breakwater plan " + documents->rollouts.begin()->second.file);
  }
  return Exit::done;
}

Exit show_schema(const Console& console, Installation&, const Given& given) {
  const std::string& kind = given.text(kKind);
  const std::string_view text = schema_text(kind);
  if (!text.empty()) {
    console.out << text;
    return Exit::done;
  }
  std::vector<std::string> kinds;
  for (const std::string_view known : schema_kinds()) kinds.emplace_back(known);
  return report(console, problem(Problem::Kind::bad_argument,
                                 "there is no kind '" + kind + "'; there are " + list_some(kinds, 16)));
}

}  // namespace

std::vector<CliVerb> document_verbs() {
  return {{.name = "validate",
           .does = "Check documents, and what they say of each other; every fault with its line.\n"
                   "A directory stands for its *.yaml, a single file for itself and those beside it.",
           .example = "breakwater validate .",
           .next = "breakwater plan rollout.yaml",
           .act = validate,
           .stateless = true,
           .options = {kPath}},
          {.name = "schema",
           .does = "Print the JSON Schema of a kind of document, for editors.",
           .example = "breakwater schema Rollout > rollout.schema.json",
           .act = show_schema,
           .stateless = true,
           .options = {kKind}}};
}

}  // namespace breakwater::cli
