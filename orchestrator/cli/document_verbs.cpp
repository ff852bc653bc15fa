// `validate` and `schema`: are the documents right, and what would be?
#include <CLI/CLI.hpp>
#include <map>

#include "drivers/lab/lab_document.hpp"
#include "inventories/document/document.hpp"
#include "orchestrator/cli/face.hpp"
#include "orchestrator/operations/problem.hpp"
#include "orchestrator/views/text.hpp"
#include "policies/documents.hpp"

namespace breakwater::cli {
namespace {

/// One file is taken with the documents beside it, since it cannot stand without them.
Sources sources_of(const std::vector<std::string>& paths) {
  std::error_code error;
  const bool one_file = paths.size() == 1 && std::filesystem::is_regular_file(paths.front(), error);
  return one_file ? read_rollout_sources(paths.front()) : read_sources(paths);
}

Exit validate(const Console& console, const std::vector<std::string>& paths) {
  const Sources sources = sources_of(paths);
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
  if (!faults.empty()) return report(console, document_problem(faults));
  if (counts.empty())
    return report(console, problem(Problem::Kind::bad_document, "there is no document in what was named"));
  for (const auto& [kind, count] : counts) console.out << count << ' ' << kind << '\n';
  console.note("every document is right; " + count_of(documents->hosts.size(), "host"));
  if (!documents->rollouts.empty()) {
    console.next("breakwater plan " + documents->rollouts.begin()->second.file);
  }
  return Exit::done;
}

Exit show_schema(const Console& console, const std::string& kind) {
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

void add_document_verbs(CLI::App& app, Face& face) {
  CLI::App& validates = add_verb(app, "validate",
                                 "Check documents, and what they say of each other; every fault with its line.\n"
                                 "A directory stands for its *.yaml, a single file for itself and those beside it.",
                                 "breakwater validate .", "breakwater plan rollout.yaml");
  const auto paths = std::make_shared<std::vector<std::string>>();
  validates.add_option("path", *paths, "Files and directories")->required()->option_text("PATH...");
  on_chosen(validates, face, [paths](const Console& console) { return validate(console, *paths); });
  CLI::App& shows = add_verb(app, "schema", "Print the JSON Schema of a kind of document, for editors.",
                             "breakwater schema Rollout > rollout.schema.json", "");
  const auto kind = std::make_shared<std::string>();
  shows.add_option("kind", *kind, "Inventory, Policy, Release, Rollout or Lab")->required()->option_text("KIND");
  on_chosen(shows, face, [kind](const Console& console) { return show_schema(console, *kind); });
}

}  // namespace breakwater::cli
