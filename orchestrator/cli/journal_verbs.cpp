// `journal verify|export`: the record of everything that was done, checked and written out.
#include <fstream>

#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/journal/export.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/new_file.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kOut{.name = "--out", .does = "Into this file; stdout unless told", .value = "FILE"};

Exit verify(const Console& console, Installation& installation, const Given&) {
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

Exit write_out(const Console& console, Installation& installation, const Given& given) {
  const std::string& file = given.text(kOut);
  const auto store = installation.open_to_read();
  if (!store) return report(console, store.error());
  std::ofstream out;
  if (!file.empty()) {
    if (const auto allowed = may_replace(file, "{\"seq\":"); !allowed) return report(console, allowed.error());
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

CliVerb journal_verb() {
  return {.name = "journal",
          .does = "The record of everything that was done.",
          .example = "breakwater journal verify",
          .verbs = {{.name = "verify",
                     .does = "Check every record against its hash and its neighbour.",
                     .example = "breakwater journal verify",
                     .next = "breakwater journal export --out journal.jsonl",
                     .act = verify},
                    {.name = "export",
                     .does = "Write every record as a line of JSON, checked on the way.",
                     .example = "breakwater journal export --out journal.jsonl",
                     .act = write_out,
                     .options = {kOut}}}};
}

}  // namespace breakwater::cli
