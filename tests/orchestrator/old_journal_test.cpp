// Journals that earlier versions wrote still fold, to the states that they folded to then, whatever today's rules say.
// tests/orchestrator/journals/NAME holds a record a line, as the version of its format wrote it: steady and wall time
// in milliseconds, kind, hash, body. NAME.ends holds the hosts and their states. Those of format 4 are of the
// simulation: several rollouts over the same hosts, with faults, operators and processes that died.
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "inventories/trust/digest.hpp"
#include "orchestrator/codec/fleet_archive.hpp"
#include "orchestrator/folding.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "tests/source_tree.hpp"

namespace breakwater::old_journal_test {
namespace {

std::shared_ptr<journal::MemoryDisk> read_journal(const std::string& name, int format) {
  const auto disk = std::make_shared<journal::MemoryDisk>();
  std::ifstream in(source_tree("tests/orchestrator/journals/" + name));
  std::int64_t steady_ms = 0;
  std::int64_t wall_ms = 0;
  std::string hash;
  journal::Record record;
  while (in >> steady_ms >> wall_ms >> record.kind >> hash && in.get() == ' ' && std::getline(in, record.body)) {
    record.seq = disk->records.size() + 1;
    record.format = format;
    record.at = {Instant(Duration(steady_ms)), Instant(Duration(wall_ms))};
    record.previous = disk->records.empty() ? Sha256() : disk->records.back().hash;
    record.hash = parse_sha256(hash).value();
    disk->records.push_back(record);
  }
  return disk;
}

std::string read_ends(const std::string& name) {
  std::ifstream in(source_tree("tests/orchestrator/journals/" + name + ".ends"));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string ends_of(const RolloutState& rollout) {
  std::string text;
  for (HostIndex i = 0; i < rollout.hosts.size(); ++i) {
    text += rollout.plan->hosts[i].name + ' ' + std::string(to_string(rollout.hosts[i].state)) + '\n';
  }
  return text;
}

class OldJournal : public testing::TestWithParam<const char*> {};

TEST_P(OldJournal, of_format_1_folds_to_the_states_of_then) {
  journal::MemoryStore store(read_journal(GetParam(), 1));
  std::set<Input> inputs;
  const auto fleet = fold(store, [&inputs](const Recorded& record) {
    const auto* ended = std::get_if<CommandEnded>(&record.event);
    if (ended && ended->input) inputs.insert(*ended->input);
  });
  ASSERT_TRUE(fleet) << fleet.error().message;
  ASSERT_EQ(fleet->rollouts().size(), 1U);
  EXPECT_TRUE(fleet->rollouts().begin()->second.finished);
  EXPECT_EQ(ends_of(fleet->rollouts().begin()->second), read_ends(GetParam()));
  EXPECT_GE(inputs.size(), 7U) << "a journal in which less happens proves less";
}

struct Pinned {
  const char* name;
  int format;
  const char* digest;  ///< of what the journal folds to
};

class FoldVersion : public testing::TestWithParam<Pinned> {};

/// A snapshot is read by the program that folds as the one that wrote it did.
TEST_P(FoldVersion, counts_up_when_the_fold_of_a_kept_journal_changes) {
  journal::MemoryStore store(read_journal(GetParam().name, GetParam().format));
  const auto fleet = fold(store);
  ASSERT_TRUE(fleet) << fleet.error().message;
  EXPECT_EQ(to_hex(sha256(codec::pack(*fleet))), GetParam().digest)
      << "count kFoldVersion up, and write down both here";
  EXPECT_EQ(kFoldVersion, 15U);
}

INSTANTIATE_TEST_SUITE_P(
    Kept, FoldVersion,
    testing::Values(
        Pinned{"format_1_rolled_back", 1, "bce24118aa46feb8e449710de93bea53eea9c59cb9cbac91f1e0b86584ed3acd"},
        Pinned{"format_1_quarantined", 1, "0642aac0c006a60a01a057ec659907fd33632c8c3cfb9b74b42fd3af81f3a1fc"},
        Pinned{"format_4_crowd", 4, "9f7fb37a9c2dde419f623b243ac65889a2776f15d912d4649af1f54c187280e4"},
        Pinned{"format_4_abandoned", 4, "188f6081eb80d02a7b18bba8287743ce4d9b3f87b8f6fc529dde61ab24f8e2f7"}),
    [](const auto& param) { return std::string(param.param.name); });

/// What is said is believed, and not found again by a rule: else a mended rule would change what was.
TEST(Journal, the_recorded_input_moves_the_host) {
  const auto disk = read_journal("format_1_rolled_back", 1);
  Fleet fleet;
  for (const journal::Record& record : disk->records) {
    const bool ends = record.kind == "CommandEnded";
    journal::Record said = record;
    if (ends) {
      said.format = journal::kFormat;
      said.body.pop_back();
      said.body += R"(,"input":"turned_away"})";
    }
    const auto folded = fold_in(said, fleet);
    ASSERT_TRUE(folded) << folded.error().message;
    if (!ends) continue;
    const auto& host = fleet.rollouts().begin()->second.hosts[std::get<CommandEnded>(folded->event).host];
    EXPECT_EQ(host.state, State::refused);
    return;
  }
  FAIL() << "no command ended";
}

INSTANTIATE_TEST_SUITE_P(Kept, OldJournal, testing::Values("format_1_rolled_back", "format_1_quarantined"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace breakwater::old_journal_test
