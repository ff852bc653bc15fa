// What only several processes on one journal can show.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <iostream>
#include <random>
#include <set>
#include <utility>

#include "orchestrator/journal/export.hpp"
#include "orchestrator/journal/sqlite_store.hpp"
#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::journal::sqlite_processes_test {
namespace {

using Access = SqliteStore::Access;

/// A child that runs `body` and leaves; its exit status is what `body` returns. To be started while this process has no
/// journal open: SQLite's knowledge of its own locks must not be carried over a fork.
template <class Body>
pid_t start_child(Body body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body());
  return pid;
}

int status_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

struct Pipe {
  int ends[2] = {-1, -1};
  Pipe() { EXPECT_EQ(::pipe(ends), 0); }
  ~Pipe() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  void close_writer() { ::close(std::exchange(ends[1], -1)); }
  bool read(std::uint64_t& value) const { return ::read(ends[0], &value, sizeof value) == sizeof value; }
  bool write(std::uint64_t value) const { return ::write(ends[1], &value, sizeof value) == sizeof value; }
};

TEST(SqliteProcesses, another_process_is_refused_with_this_ones_number) {
  const StateFolder folder;
  const Pipe locked;
  const pid_t parent = ::getpid();
  const pid_t child = start_child([&] {
    std::uint64_t go = 0;
    if (!locked.read(go)) return 1;
    const auto other = SqliteStore::open(folder.path(), Access::write);
    if (!other) return 2;
    const auto refused = (*other)->lock({::getpid(), "second", at_ms(0)});
    const bool named = !refused && refused.error().holder && refused.error().holder->pid == parent &&
                       refused.error().holder->rollout == "x13";
    return named ? 0 : 3;
  });
  const auto store = open_sqlite(folder.path());
  ASSERT_TRUE(store->lock({parent, "x13", at_ms(0)}));
  ASSERT_TRUE(locked.write(1));
  EXPECT_EQ(status_of(child), 0);
}

TEST(SqliteProcesses, many_processes_may_make_the_journal_at_once) {
  const StateFolder folder;
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    children.push_back(start_child([&] {
      const auto store = SqliteStore::open(folder.path() / "state", Access::write);
      return store && (*store)->add_request(at_ms(0), "pause", "{}", "ann") ? 0 : 1;
    }));
  }
  for (const pid_t child : children) EXPECT_EQ(status_of(child), 0);
  EXPECT_EQ(open_sqlite(folder.path() / "state")->waiting_requests(100).value().size(), 8U);
}

TEST(SqliteProcesses, operators_ask_and_read_while_the_conductor_writes) {
  constexpr std::size_t kRequests = 200;
  const StateFolder folder;
  const pid_t child = start_child([&] {
    const auto store = SqliteStore::open(folder.path(), Access::write);
    const auto reader = SqliteStore::open(folder.path(), Access::read);
    if (!store || !reader) return 1;
    std::uint64_t last = 0;
    for (std::size_t i = 0; i < kRequests; ++i) {
      const auto id = (*store)->add_request(at_ms(0), "pause", "{}", "ann");
      const auto seen = verify(**reader);  // the whole chain holds at whatever moment it is read
      if (!id || !seen || seen->seq < last) {
        std::cerr << (id ? "" : id.error().message) << (seen ? "" : seen.error().message) << '\n';
        return 2;
      }
      last = seen->seq;
    }
    return 0;
  });
  const auto conductor = open_sqlite(folder.path());
  ASSERT_TRUE(conductor->lock(kHolder));
  std::set<std::uint64_t> answered;
  std::optional<int> ended;
  while (answered.size() < kRequests && ended.value_or(0) == 0) {
    int status = 0;
    if (!ended && ::waitpid(child, &status, WNOHANG) == child) ended = status;
    const auto waiting = conductor->waiting_requests(16);
    ASSERT_TRUE(waiting) << waiting.error().message;
    std::vector<std::uint64_t> ids;
    for (const auto& request : *waiting) ids.push_back(request.id);
    if (ids.empty()) continue;
    const auto appended = conductor->append(drafts(ids.size() + 1), ids);
    ASSERT_TRUE(appended) << appended.error().message;
    answered.insert(ids.begin(), ids.end());
  }
  EXPECT_EQ(ended ? *ended : status_of(child), 0);
  EXPECT_TRUE(verify(*conductor));
}

// POSIX drops a process's locks on a file when it closes any descriptor of it; SQLite then loses its log to the next
// process that leaves. So no second descriptor is ever opened.
TEST(SqliteProcesses, a_second_store_in_this_process_does_not_cost_the_first_its_locks) {
  const StateFolder folder;
  const Pipe opened;
  const pid_t child = start_child([&] {
    std::uint64_t go = 0;
    if (!opened.read(go)) return 1;
    const auto store = SqliteStore::open(folder.path(), Access::write);
    return store && (*store)->add_request(at_ms(0), "pause", "{}", "ann") ? 0 : 2;
  });
  const auto first = open_sqlite(folder.path());
  ASSERT_TRUE(first->lock(kHolder));
  ASSERT_TRUE(first->append(drafts(3)));
  open_sqlite(folder.path()).reset();
  ASSERT_TRUE(opened.write(1));
  EXPECT_EQ(status_of(child), 0);
  ASSERT_TRUE(first->append(drafts(3)));
  const auto reader = open_sqlite(folder.path(), Access::read);
  EXPECT_EQ(verify(*reader).value().seq, 6U);
  EXPECT_EQ(reader->waiting_requests(10).value().size(), 1U);
}

// I8: an acknowledged record survives kill -9.
TEST(SqliteProcesses, every_acknowledged_record_survives_a_kill) {
  const StateFolder folder;
  std::mt19937 random(20261122);
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 25; ++round) {
    Pipe acknowledgements;
    const pid_t child = start_child([&] {
      const auto store = SqliteStore::open(folder.path(), Access::write);
      if (!store || !(*store)->lock({::getpid(), "x13", at_ms(0)})) return 1;
      for (std::size_t size = 1;; size = size % 40 + 1) {
        const auto appended = (*store)->append(drafts(size, std::string(size * 37, 'b')));
        if (!appended || !acknowledgements.write(appended->head.seq)) return 2;
      }
    });
    acknowledgements.close_writer();
    const int awaited = 1 + static_cast<int>(random() % 60);
    for (int i = 0; i < awaited; ++i) ASSERT_TRUE(acknowledgements.read(acknowledged)) << "the child ended by itself";
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (acknowledgements.read(acknowledged)) {
    }
    EXPECT_TRUE(WIFSIGNALED(status_of(child)));

    const auto store = open_sqlite(folder.path());
    EXPECT_FALSE(store->holder().value()) << "the lock outlived its process";
    const auto head = verify(*store);
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_GE(head->seq, acknowledged);
    ASSERT_TRUE(store->lock(kHolder));
    ASSERT_TRUE(store->append(drafts(1)));
  }
}

}  // namespace
}  // namespace breakwater::journal::sqlite_processes_test
