// `journal verify|export`: the record of everything that was done, checked and written out.
#include <CLI/CLI.hpp>
#include <fstream>

#include "orchestrator/cli/face.hpp"
#include "orchestrator/journal/export.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

Exit verify(const Console& console, Installation installation) {
  const auto store = installation.open_to_read();
  if (!store) return report(console, store.error());
  const auto head = journal::verify(**store);
  if (!head) return report(console, journal_problem(head.error()));
  // The chain shows what was changed; that its end was cut off shows only against a head that somebody wrote down.
  console.out << count_of(head->seq, "record") << ", each fits its hash and its neighbour\nhead " << head->seq
              << " sha256:" << to_hex(head->hash) << '\n';
  console.note("write the head down elsewhere: a chain cannot see that its end was cut off and replaced");
  return Exit::done;
}

Exit export_to(const Console& console, Installation installation, const std::string& file) {
  const auto store = installation.open_to_read();
  if (!store) return report(console, store.error());
  std::ofstream out;
  if (!file.empty()) {
    out.open(file, std::ios::binary | std::ios::trunc);
    if (!out) return report(console, problem(Problem::Kind::failed, file + ": cannot be written"));
  }
  std::ostream& into = file.empty() ? console.out : out;
  const auto head = journal::export_json_lines(**store, into);
  if (!head) return report(console, journal_problem(head.error()));
  into.flush();
  if (!into) {
    return report(console, problem(Problem::Kind::failed,
                                   (file.empty() ? "stdout" : file) + ": not everything could be written"));
  }
  console.note(count_of(head->seq, "record") + ", head sha256:" + to_hex(head->hash));
  return Exit::done;
}

}  // namespace

void add_journal_verbs(CLI::App& app, Face& face) {
  CLI::App& group =
      add_verb(app, "journal", "The record of everything that was done.", "breakwater journal verify", "");
  group.require_subcommand(1);
  CLI::App& verifies = add_verb(group, "verify", "Check every record against its hash and its neighbour.",
                                "breakwater journal verify", "breakwater journal export --out journal.jsonl");
  on_chosen(verifies, face, [&face](const Console& console) { return verify(console, face.installation()); });
  CLI::App& exports = add_verb(group, "export", "Write every record as a line of JSON, checked on the way.",
                               "breakwater journal export --out journal.jsonl", "");
  const auto file = std::make_shared<std::string>();
  exports.add_option("--out", *file, "Into this file; stdout unless told")->option_text("FILE");
  on_chosen(exports, face,
            [&face, file](const Console& console) { return export_to(console, face.installation(), *file); });
}

}  // namespace breakwater::cli
