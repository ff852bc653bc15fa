// `validate` and `schema`: are the documents right, and what would be?
#include <map>

#include "drivers/lab/lab_document.hpp"
#include "inventories/document/document.hpp"
#include "inventories/document/files.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/operations/missing_here.hpp"
#include "orchestrator/views/text.hpp"
#include "policies/documents.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kPath{.name = "path",
                       .does = "Files and directories",
                       .value = "PATH...",
                       .takes = Option::Takes::texts,
                       .required = true};
constexpr Option kStrict{
    .name = "--strict", .does = "Leave with 65 where there is a warning", .takes = Option::Takes::flag};
constexpr Option kKind{
    .name = "kind", .does = "Inventory, BmcKeys, Policy, Release, Rollout or Lab", .value = "KIND", .required = true};

/// One file is taken with the documents beside it, since it cannot stand without them.
Sources sources_of(const std::vector<std::string>& paths) {
  std::error_code error;
  const bool one_file = paths.size() == 1 && std::filesystem::is_regular_file(paths.front(), error);
  return one_file ? read_rollout_sources(paths.front()) : read_sources(paths);
}

void append(Diagnostics& all, const Diagnostics& more) {
  all.insert(all.end(), more.begin(), more.end());
}

Exit validate(const Console& console, Installation& installation, const Given& given) {
  const Sources sources = sources_of(given.texts(kPath));
  Diagnostics of_labs;
  std::map<std::string_view, std::size_t> counts;
  for (const SourceText& source : sources.texts) {
    for (const Document& document : parse_documents(source).documents) {
      ++counts[to_string(document.kind)];
      if (document.kind != DocumentKind::lab || source.neighbour) continue;
      if (const auto lab = lab::read_lab(document); !lab) append(of_labs, lab.error());
    }
  }
  CheckedDocuments checked = check_documents(sources);
  if (checked.faults.empty()) {
    const MissingHere missing = missing_here(checked.documents, installation);
    append(checked.faults, missing.faults);
    append(checked.doubts, missing.doubts);
  }
  append(checked.faults, of_labs);
  for (const Diagnostic& doubt : checked.doubts) console.warn(harmless(to_string(doubt)));
  if (!checked.faults.empty()) return report(console, document_problem(checked.faults));
  if (counts.empty())
    return report(console, problem(Problem::Kind::bad_document, "there is no document in what was named"));
  for (const auto& [kind, count] : counts) console.out << count << ' ' << kind << '\n';
  if (given.has(kStrict) && !checked.doubts.empty()) {
    return report(console, problem(Problem::Kind::bad_document,
                                   count_of(checked.doubts.size(), "warning") + ", and --strict lets none through"));
  }
  console.note("every document is right; " + count_of(checked.documents.hosts.size(), "host"));
  if (!checked.documents.rollouts.empty()) {
    console.next("breakwater plan " + checked.documents.rollouts.begin()->second.file);
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
           .does = "Check documents, and what they say of each other; every fault with its line. What is allowed, and "
                   "most likely\n"
                   "not meant, is a warning.\n"
                   "A directory stands for its *.yaml, a single file for itself and what it names of those beside it.",
           .example = "breakwater validate .",
           .next = "breakwater plan rollout.yaml",
           .act = validate,
           .stateless = true,
           .options = {kPath, kStrict}},
          {.name = "schema",
           .does = "Print the JSON Schema of a kind of document, for editors.",
           .example = "breakwater schema Rollout > rollout.schema.json",
           .act = show_schema,
           .stateless = true,
           .options = {kKind}}};
}

}  // namespace breakwater::cli
