// What only SQLite's file can show.
#include "orchestrator/journal/sqlite_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "orchestrator/journal/export.hpp"
#include "tests/orchestrator/journal/faulty_disk.hpp"
#include "tests/orchestrator/journal/journals.hpp"

namespace breakwater::journal::sqlite_store_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Access = SqliteStore::Access;
using Reason = StoreFault::Reason;

/// A journal of 30 records, and a hand that edits it as an operator with `sqlite3` would.
class SqliteFile : public testing::Test {
 protected:
  SqliteFile() {
    faulty_disk::set(faulty_disk::Fault::none);
    const auto store = open_sqlite(folder_.path());
    EXPECT_TRUE(store->lock(kHolder));
    EXPECT_TRUE(store->append(drafts(30)));
  }
  ~SqliteFile() override { faulty_disk::set(faulty_disk::Fault::none); }

  void edit(const std::string& sql) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  fs::path file() const { return folder_.path() / "journal.db"; }
  StoreFault fault_after(const std::string& sql) const {
    edit(sql);
    const auto store = open_sqlite(folder_.path(), Access::read);
    const auto head = verify(*store);
    EXPECT_FALSE(head) << "accepted after " << sql;
    return head ? StoreFault{} : head.error();
  }
  StateFolder folder_;
};

TEST_F(SqliteFile, a_record_edited_by_hand_is_refused_with_its_number) {
  const auto fault = fault_after("UPDATE record SET body = replace(body, 'n01', 'n02') WHERE seq = 17");
  EXPECT_EQ(fault.reason, Reason::changed);
  EXPECT_EQ(fault.record, 17U);
  EXPECT_THAT(fault.message, HasSubstr("journal record 17 was changed"));
}

TEST_F(SqliteFile, every_column_is_guarded) {
  for (const std::string change :
       {"steady_ms = steady_ms + 1", "wall_ms = 0", "kind = 'Other'", "body = body || ' '", "previous = zeroblob(32)",
        "hash = zeroblob(32)", "hash = x'00'", "previous = x''"}) {
    edit("CREATE TABLE kept AS SELECT * FROM record WHERE seq = 17");
    const auto fault = fault_after("UPDATE record SET " + change + " WHERE seq = 17");
    EXPECT_EQ(fault.reason, Reason::changed) << change;
    EXPECT_EQ(fault.record, 17U) << change;
    edit("DELETE FROM record WHERE seq = 17; INSERT INTO record SELECT * FROM kept; DROP TABLE kept");
  }
  EXPECT_EQ(fault_after("UPDATE record SET format = 7 WHERE seq = 17").reason, Reason::unknown_format);
  EXPECT_EQ(fault_after("UPDATE record SET format = 1 << 40 WHERE seq = 17").reason, Reason::unknown_format);
}

TEST_F(SqliteFile, a_deleted_record_is_missed) {
  const auto fault = fault_after("DELETE FROM record WHERE seq = 17");
  EXPECT_EQ(fault.reason, Reason::changed);
  EXPECT_EQ(fault.record, 17U);
  EXPECT_THAT(fault.message, HasSubstr("record 17 is missing"));
}

TEST_F(SqliteFile, a_deleted_beginning_is_missed) {
  EXPECT_EQ(fault_after("DELETE FROM record WHERE seq < 5").record, 1U);
}

TEST_F(SqliteFile, a_tail_that_was_cut_off_is_missed) {
  const auto fault = fault_after("DELETE FROM record WHERE seq > 28");
  EXPECT_EQ(fault.reason, Reason::changed);
  EXPECT_EQ(fault.record, 29U);
  EXPECT_THAT(fault.message, HasSubstr("ends with record 28"));
}

TEST_F(SqliteFile, a_record_added_by_hand_is_refused) {
  EXPECT_EQ(
      fault_after("INSERT INTO record SELECT 31, format, steady_ms, wall_ms, kind, body, previous, hash FROM record "
                  "WHERE seq = 30")
          .record,
      31U);
}

TEST_F(SqliteFile, a_journal_without_its_head_is_refused) {
  EXPECT_EQ(fault_after("UPDATE head SET hash = x'00'").reason, Reason::changed);
  EXPECT_EQ(fault_after("DELETE FROM head").reason, Reason::changed);
  const auto store = open_sqlite(folder_.path());
  EXPECT_FALSE(store->lock(kHolder));
  EXPECT_FALSE(store->holder().value());
}

TEST_F(SqliteFile, the_lock_is_not_given_on_a_damaged_end) {
  edit("UPDATE record SET body = 'x' WHERE seq = 30");
  const auto store = open_sqlite(folder_.path());
  const auto refused = store->lock(kHolder);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().record, 30U);
  EXPECT_FALSE(store->holder().value());
}

TEST_F(SqliteFile, a_replay_from_the_middle_also_finds_the_gap) {
  edit("DELETE FROM record WHERE seq = 16");
  const auto store = open_sqlite(folder_.path(), Access::read);
  const auto head = store->replay(17, [](const Record&) { return true; });
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().record, 16U);
}

TEST_F(SqliteFile, files_are_their_owners_alone) {
  const auto store = open_sqlite(folder_.path());
  ASSERT_TRUE(store->lock(kHolder));
  ASSERT_TRUE(store->append(drafts(1)));
  int files = 0;
  for (const auto& at : fs::directory_iterator(folder_.path())) {
    struct ::stat now {};
    ASSERT_EQ(::stat(at.path().c_str(), &now), 0);
    EXPECT_EQ(now.st_mode & 0777, 0600U) << at.path();
    ++files;
  }
  EXPECT_EQ(files, 4);  // journal.db, its log, its index, conductor.lock
  const auto made = open_sqlite(folder_.path() / "new" / "state");
  struct ::stat now {};
  ASSERT_EQ(::stat((folder_.path() / "new" / "state").c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 0777, 0700U);
}

StoreFault refused_to_open(const fs::path& dir, Access access) {
  const auto store = SqliteStore::open(dir, access);
  EXPECT_FALSE(store) << "opened";
  return store ? StoreFault{} : store.error();
}

TEST_F(SqliteFile, what_is_no_journal_is_refused) {
  EXPECT_EQ(refused_to_open(folder_.path() / "nothing", Access::read).reason, Reason::missing);
  EXPECT_FALSE(fs::exists(folder_.path() / "nothing"));

  ASSERT_EQ(::chmod(folder_.path().c_str(), 0777), 0);
  EXPECT_THAT(refused_to_open(folder_.path(), Access::write).message, HasSubstr("chmod 700"));
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0700), 0);

  edit("PRAGMA user_version = 2");
  for (const auto access : {Access::write, Access::read}) {
    EXPECT_EQ(refused_to_open(folder_.path(), access).reason, Reason::unknown_format);
  }
  edit("PRAGMA application_id = 0");
  EXPECT_EQ(refused_to_open(folder_.path(), Access::write).reason, Reason::unreadable);

  const StateFolder other;
  std::ofstream(other.path() / "journal.db") << std::string(5000, 'x');
  EXPECT_EQ(refused_to_open(other.path(), Access::write).reason, Reason::unreadable);
  EXPECT_EQ(refused_to_open(other.path(), Access::read).reason, Reason::unreadable);
  fs::remove(other.path() / "journal.db");
  std::ofstream(other.path() / "journal.db") << "";
  EXPECT_EQ(refused_to_open(other.path(), Access::read).reason, Reason::missing);

  fs::remove(other.path() / "journal.db");
  fs::create_directory(other.path() / "journal.db");
  EXPECT_THAT(refused_to_open(other.path(), Access::read).message, testing::EndsWith("journal.db: Is a directory"));
  fs::create_directory_symlink(other.path() / "ring", other.path() / "ring");
  EXPECT_THAT(refused_to_open(other.path() / "ring", Access::read).message,
              testing::EndsWith("journal.db: Too many levels of symbolic links"));

  std::ofstream(other.path() / "a-file") << "";
  EXPECT_EQ(refused_to_open(other.path() / "a-file", Access::write).reason, Reason::unreadable);
}

TEST_F(SqliteFile, a_reader_changes_nothing) {
  const auto reader = open_sqlite(folder_.path(), Access::read);
  EXPECT_EQ(reader->lock(kHolder).error().reason, Reason::unreadable);
  EXPECT_EQ(reader->append(drafts(1)).error().reason, Reason::unreadable);
  EXPECT_EQ(reader->add_request(at_ms(0), "pause", "{}", "ann").error().reason, Reason::unreadable);
  EXPECT_EQ(verify(*reader).value().seq, 30U);
}

/// What is written into a file without a name, nobody finds after the process.
TEST_F(SqliteFile, nothing_is_written_into_a_file_that_was_deleted_or_moved_meanwhile) {
  const auto store = open_sqlite(folder_.path());
  ASSERT_TRUE(store->lock(kHolder));
  fs::rename(file(), folder_.path() / "aside");
  const auto moved = store->append(drafts(1));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().reason, Reason::fatal);
  EXPECT_THAT(moved.error().message, HasSubstr("was moved or deleted"));
  EXPECT_EQ(store->add_request(Instant(), "pause", "{}", "lena").error().reason, Reason::fatal);
  fs::copy_file(folder_.path() / "aside", file());
  EXPECT_FALSE(store->append(drafts(1))) << "another file of that name";
}

TEST_F(SqliteFile, a_failed_read_is_fatal_and_no_signal) {
  const auto store = open_sqlite(folder_.path());
  faulty_disk::set(faulty_disk::Fault::read_fails);
  const auto head = verify(*store);
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().reason, Reason::fatal) << head.error().message;
}

TEST_F(SqliteFile, a_failed_write_is_fatal) {
  const auto store = open_sqlite(folder_.path());
  ASSERT_TRUE(store->lock(kHolder));
  faulty_disk::set(faulty_disk::Fault::write_fails);
  const auto appended = store->append(drafts(1));
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().reason, Reason::fatal);
  faulty_disk::set(faulty_disk::Fault::none);
  EXPECT_FALSE(store->add_request(at_ms(0), "pause", "{}", "ann"));
  EXPECT_EQ(verify(*store).value().seq, 30U);
}

TEST_F(SqliteFile, a_torn_file_is_refused) {
  std::fstream torn(file(), std::ios::in | std::ios::out | std::ios::binary);
  torn.seekp(4096);
  torn << std::string(8192, '\xff');
  torn.close();
  const auto store = SqliteStore::open(folder_.path(), Access::read);
  EXPECT_FALSE(store && verify(**store));
}

// Somebody deletes the lock file under a running conductor, and a second one started.
TEST_F(SqliteFile, a_lock_file_that_is_deleted_lets_no_second_writer_in) {
  const auto first = open_sqlite(folder_.path());
  ASSERT_TRUE(first->lock(kHolder));
  fs::remove(folder_.path() / "conductor.lock");
  const auto second = open_sqlite(folder_.path());
  EXPECT_EQ(second->lock({4712, "other", at_ms(0)}).error().reason, Reason::locked);
  EXPECT_TRUE(first->append(drafts(1)));
  first->unlock();
  EXPECT_TRUE(second->lock({4712, "other", at_ms(0)}));
}

/// Where a file system has no lock for folders, the numbers are its fence.
TEST_F(SqliteFile, a_writer_behind_the_locks_back_is_stopped_by_the_numbers) {
  const auto store = open_sqlite(folder_.path());
  ASSERT_TRUE(store->lock(kHolder));
  edit(
      "INSERT INTO record SELECT 31, format, steady_ms, wall_ms, kind, body, previous, hash FROM record WHERE seq = "
      "30");
  const auto stale = store->append(drafts(1));
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().reason, Reason::fatal);
  EXPECT_THAT(stale.error().message, testing::Not(testing::IsEmpty()));
}

TEST_F(SqliteFile, a_holder_that_does_not_say_who_it_is_still_holds) {
  const auto first = open_sqlite(folder_.path());
  ASSERT_TRUE(first->lock(kHolder));
  const auto second = open_sqlite(folder_.path());
  for (const std::string said : {"", "{", "[]", "{\"pid\":1}", "{\"pid\":1,\"rollout\":\"r\",\"started\":\"then\"}"}) {
    std::ofstream(folder_.path() / "conductor.lock") << said;
    const auto refused = second->lock(kHolder);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::locked);
    EXPECT_FALSE(refused.error().holder);
    EXPECT_EQ(second->holder().value(), Holder{});
  }
}

}  // namespace
}  // namespace breakwater::journal::sqlite_store_test
