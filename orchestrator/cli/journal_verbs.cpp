// `journal verify|export`: the record of everything that was done, checked and written out.
#include <fstream>

#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/journal/export.hpp"
#include "orchestrator/operations/installation.hpp"
#include "orchestrator/operations/new_file.hpp"
#include "orchestrator/views/fleet_json.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {
namespace {

constexpr Option kExportFile{.name = "--out", .does = "Into this file; stdout unless told", .value = "FILE"};

Problem snapshot_problem(const std::vector<std::string>& misfits) {
  Problem made = problem(Problem::Kind::failed, "the journal holds, and a snapshot beside it does not");
  made.messages.insert(made.messages.end(), misfits.begin(), misfits.end());
  made.messages.push_back(
      "a verb that begins at it may show what is not so: remove STATE/snapshots, then every verb "
      "replays the journal");
  return made;
}

Exit verify(const Console& console, Installation& installation, const Given& given) {
  const auto store = installation.open_to_read();
  if (!store) return report(console, store.error());
  const auto replayed = replay_whole(**store);
  if (!replayed) return report(console, journal_problem(replayed.error()));
  const journal::Head& head = replayed->head;
  if (wants_json(given)) {
    console.out << journal_json({head.seq, head.hash, replayed->fit.size(), replayed->misfits});
    return replayed->misfits.empty() ? Exit::done : report(console, snapshot_problem(replayed->misfits));
  }
  // The chain shows what was changed; that its end was cut off shows only against a head that somebody wrote down.
  console.out << count_of(head.seq, "record") << ", each fits its hash and its neighbour\nhead " << head.seq
              << " sha256:" << to_hex(head.hash) << '\n';
  if (!replayed->misfits.empty()) return report(console, snapshot_problem(replayed->misfits));
  if (!replayed->fit.empty()) {
    console.out << count_of(replayed->fit.size(), "snapshot") << ", as the records before come to\n";
  }
  console.note("write the head down elsewhere: a chain cannot see that its end was cut off and replaced");
  return Exit::done;
}

Exit write_out(const Console& console, Installation& installation, const Given& given) {
  const std::string& file = given.text(kExportFile);
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
          .verbs = {
              {.name = "verify",
               .does = "Check every record against its hash and its neighbour, and every snapshot against the records.",
               .example = "breakwater journal verify",
               .next = "breakwater journal export --out journal.jsonl",
               .act = verify,
               .options = {kTextOrJson}},
              {.name = "export",
               .does = "Write every record as a line of JSON, checked on the way.",
               .example = "breakwater journal export --out journal.jsonl",
               .act = write_out,
               .options = {kExportFile}}}};
}

}  // namespace breakwater::cli
