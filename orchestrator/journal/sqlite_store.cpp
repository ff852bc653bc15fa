#include "orchestrator/journal/sqlite_store.hpp"

#include <utility>

#include "orchestrator/journal/chain.hpp"
#include "orchestrator/journal/conductor_lock.hpp"
#include "orchestrator/journal/folder_shelf.hpp"
#include "orchestrator/journal/sqlite_schema.hpp"
#include "orchestrator/journal/sqlite_statement.hpp"

namespace breakwater::journal {

namespace fs = std::filesystem;
using Reason = StoreFault::Reason;

namespace {

constexpr std::string_view kSelectRecords =
    "SELECT seq, format, steady_ms, wall_ms, kind, body, previous, hash FROM record WHERE seq >= ?1 ORDER BY seq";

/// False where a hash is not one, which a file that was edited by hand may hold.
bool read_record(const Statement& row, Record& into) {
  into.seq = row.number(0);
  const std::int64_t format = row.integer(1);
  into.format = std::in_range<int>(format) ? static_cast<int>(format) : -1;
  into.at = {Instant(Duration(row.integer(2))), Instant(Duration(row.integer(3)))};
  row.text(4, into.kind);
  row.text(5, into.body);
  return row.digest(6, into.previous) && row.digest(7, into.hash);
}

}  // namespace

struct SqliteStore::Open {
  Open(const fs::path& dir, Access how, Database opened)
      : file(dir / "journal.db"),
        access(how),
        db(std::move(opened)),
        conductor(dir),
        successor(dir),
        askers(dir),
        shelf(dir) {}

  fs::path file;
  Access access;
  Database db;
  ConductorLock conductor;
  SuccessorLock successor;
  AskerLocks askers;
  FolderShelf shelf;
  Chain chain;                       ///< its head is the journal's, while the lock is held
  std::optional<StoreFault> failed;  ///< the first fatal fault; no further write is tried

  Statement begin{db.get(), "BEGIN IMMEDIATE"};
  Statement commit{db.get(), "COMMIT"};
  Statement insert{db.get(), "INSERT INTO record VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
  Statement set_head{db.get(), "UPDATE head SET seq = ?1, hash = ?2"};
  Statement get_head{db.get(), "SELECT seq, hash FROM head"};
  Statement answer_request{db.get(), "UPDATE request SET answer_seq = ?2 WHERE id = ?1 AND answer_seq IS NULL"};
  Statement add_request{db.get(), "INSERT INTO request (at_ms, verb, body, asked_by) VALUES (?1, ?2, ?3, ?4)"};
  Statement waiting{
      db.get(), "SELECT id, at_ms, verb, body, asked_by FROM request WHERE answer_seq IS NULL ORDER BY id LIMIT ?1"};
  Statement withdraw{db.get(), "DELETE FROM request WHERE id = ?1 AND answer_seq IS NULL"};
  Statement get_answer{db.get(), "SELECT answer_seq FROM request WHERE id = ?1"};

  StoreFault fault(int code) const { return sqlite_fault(db.get(), code, file); }

  /// Gives a transaction up. What it wrote is gone; a fatal fault ends the use of this store.
  tl::unexpected<StoreFault> give_up(StoreFault why) {
    if (sqlite3_get_autocommit(db.get()) == 0) sqlite3_exec(db.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    if (why.reason == Reason::fatal) failed = why;
    return fail(std::move(why));
  }

  /// Runs a statement that returns no row.
  Result<void, StoreFault> execute(Statement& statement) {
    if (const int code = statement.step(); code != SQLITE_DONE) return fail(fault(code));
    return {};
  }

  Result<Head, StoreFault> read_head();
  Result<void, StoreFault> may_write(bool needs_lock) const;
  Result<void, StoreFault> write_record(const Record& record);
  Result<void, StoreFault> mark_answered(std::span<const std::uint64_t> taken, std::uint64_t seq);
  Result<void, StoreFault> start_after(std::uint64_t from, Chain& walk);
  Result<Head, StoreFault> walk_records(std::uint64_t from, const Visitor& visit);
};

Result<Head, StoreFault> SqliteStore::Open::read_head() {
  if (const int code = get_head.step(); code != SQLITE_ROW) {
    if (code != SQLITE_DONE) return fail(fault(code));
    return fail(StoreFault{Reason::changed, file.string() + ": the head of the journal was deleted"});
  }
  Head head;
  head.seq = get_head.number(0);
  const bool whole = get_head.digest(1, head.hash);
  get_head.reset();
  if (!whole) return fail(StoreFault{Reason::changed, file.string() + ": the head of the journal was changed"});
  return head;
}

Result<void, StoreFault> SqliteStore::Open::may_write(bool needs_lock) const {
  if (failed) return fail(*failed);
  if (access == Access::read) {
    return fail(StoreFault{Reason::unreadable, file.string() + ": opened for reading only"});
  }
  int moved = 0;
  if (sqlite3_file_control(db.get(), nullptr, SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0) {
    return fail(StoreFault{Reason::fatal, file.string() + ": was moved or deleted while this process had it open; what "
                                                          "it would write now, nobody would find"});
  }
  if (needs_lock && !conductor.held()) {
    return fail(StoreFault{Reason::not_locked, file.string() + ": no append without the conductor's lock"});
  }
  return {};
}

Result<void, StoreFault> SqliteStore::Open::write_record(const Record& record) {
  insert.bind(1, record.seq);
  insert.bind(2, std::int64_t{record.format});
  insert.bind(3, std::int64_t{record.at.steady.time_since_epoch().count()});
  insert.bind(4, std::int64_t{record.at.wall.time_since_epoch().count()});
  insert.bind(5, record.kind);
  insert.bind(6, record.body);
  insert.bind(7, record.previous);
  insert.bind(8, record.hash);
  return execute(insert);
}

Result<void, StoreFault> SqliteStore::Open::mark_answered(std::span<const std::uint64_t> taken, std::uint64_t seq) {
  for (const std::uint64_t id : taken) {
    answer_request.bind(1, id);
    answer_request.bind(2, seq);
    if (auto done = execute(answer_request); !done) return done;
    if (sqlite3_changes(db.get()) != 1) {
      return fail(StoreFault{Reason::unknown_request, "no request " + std::to_string(id) + " waits for an answer"});
    }
  }
  return {};
}

SqliteStore::SqliteStore(std::unique_ptr<Open> open) : open_(std::move(open)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>, StoreFault> SqliteStore::open(const fs::path& dir, Access access) {
  auto db = access == Access::write ? open_to_write(dir) : open_to_read(dir);
  if (!db) return fail(db.error());
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::make_unique<Open>(dir, access, std::move(*db))));
}

Result<void, StoreFault> SqliteStore::lock(const Holder& holder) {
  if (auto may = open_->may_write(false); !may) return may;
  if (auto taken = open_->conductor.take(holder); !taken) return taken;
  open_->successor.let_go();
  // The end of the chain is checked before anything is chained to it; the rest is, when it is replayed.
  const auto end = head();
  const auto last = end ? replay(end->seq, [](const Record&) { return true; }) : end;
  if (!last) {
    unlock();
    return fail(last.error());
  }
  open_->chain = Chain(*last);
  return {};
}

void SqliteStore::unlock() {
  open_->conductor.release();
}

Result<std::optional<Holder>, StoreFault> SqliteStore::holder() {
  return open_->conductor.holder();
}

Result<void, StoreFault> SqliteStore::say(Leaving leaving, const Lacks& lacks) {
  return open_->conductor.say(leaving, lacks);
}

Result<void, StoreFault> SqliteStore::stand_by() {
  return open_->successor.hold();
}

bool SqliteStore::has_successor() {
  return open_->successor.held();
}

Result<Appended, StoreFault> SqliteStore::append(std::span<const Draft> drafts, std::span<const std::uint64_t> taken) {
  Open& journal = *open_;
  if (auto may = journal.may_write(true); !may) return fail(may.error());
  const Head before = journal.chain.head();
  if (drafts.empty()) {
    if (taken.empty()) return Appended{before.seq + 1, before};
    return fail(StoreFault{Reason::unknown_request, "a request is answered by a record, and there is none"});
  }
  const auto give_up = [&](StoreFault why) {
    journal.chain = Chain(before);
    return journal.give_up(std::move(why));
  };
  if (auto begun = journal.execute(journal.begin); !begun) return give_up(begun.error());
  for (const auto& draft : drafts) {
    const Record record = journal.chain.seal(draft);
    if (auto written = journal.write_record(record); !written) return give_up(written.error());
  }
  const Head head = journal.chain.head();
  if (auto marked = journal.mark_answered(taken, head.seq); !marked) return give_up(marked.error());
  journal.set_head.bind(1, head.seq);
  journal.set_head.bind(2, head.hash);
  if (auto set = journal.execute(journal.set_head); !set) return give_up(set.error());
  if (auto done = journal.execute(journal.commit); !done) return give_up(done.error());
  return Appended{before.seq + 1, head};
}

/// Sets the chain to the record before `from`, whose own hash is taken at its word.
Result<void, StoreFault> SqliteStore::Open::start_after(std::uint64_t from, Chain& walk) {
  if (from <= 1) return {};
  Statement before(db.get(), "SELECT seq, hash FROM record WHERE seq < ?1 ORDER BY seq DESC LIMIT 1");
  before.bind(1, from);
  const int code = before.step();
  if (code == SQLITE_DONE) return {};
  if (code != SQLITE_ROW) return fail(fault(code));
  Head head;
  head.seq = before.number(0);
  if (!before.digest(1, head.hash)) {
    return fail(StoreFault{
        Reason::changed, "journal record " + std::to_string(head.seq) + " was changed: its hash is not one", head.seq});
  }
  walk = Chain(head);
  return {};
}

Result<Head, StoreFault> SqliteStore::Open::walk_records(std::uint64_t from, const Visitor& visit) {
  Chain walk;
  if (auto started = start_after(from, walk); !started) return fail(started.error());
  Statement rows(db.get(), kSelectRecords);
  rows.bind(1, from);
  Record record;
  while (true) {
    const int code = rows.step();
    if (code == SQLITE_DONE) break;
    if (code != SQLITE_ROW) return fail(fault(code));
    if (!read_record(rows, record)) {
      return fail(StoreFault{Reason::changed,
                             "journal record " + std::to_string(record.seq) + " was changed: its hash is not one",
                             record.seq});
    }
    if (auto checked = walk.check(record); !checked) return fail(checked.error());
    if (!visit(record)) return walk.head();
  }
  const auto written = read_head();
  if (!written) return fail(written.error());
  if (auto ended = walk.check_end(*written); !ended) return fail(ended.error());
  return walk.head();
}

Result<Head, StoreFault> SqliteStore::replay(std::uint64_t from, const Visitor& visit) {
  Open& journal = *open_;
  // One read transaction: records and head are seen as of one moment, whatever is appended meanwhile.
  Statement begin(journal.db.get(), "BEGIN");
  if (auto begun = journal.execute(begin); !begun) return fail(begun.error());
  auto head = journal.walk_records(from, visit);
  sqlite3_exec(journal.db.get(), "ROLLBACK", nullptr, nullptr, nullptr);  // nothing was written
  return head;
}

Result<Head, StoreFault> SqliteStore::head() {
  return open_->read_head();
}

Result<std::uint64_t, StoreFault> SqliteStore::add_request(Instant at, const std::string& verb, const std::string& body,
                                                           const std::string& by) {
  if (auto may = open_->may_write(false); !may) return fail(may.error());
  // Attended before anybody sees it: its number is known before it is there.
  if (auto begun = open_->execute(open_->begin); !begun) return open_->give_up(begun.error());
  Statement& add = open_->add_request;
  add.bind(1, std::int64_t{at.time_since_epoch().count()});
  add.bind(2, verb);
  add.bind(3, body);
  add.bind(4, by);
  if (auto added = open_->execute(add); !added) return open_->give_up(added.error());
  const auto id = static_cast<std::uint64_t>(sqlite3_last_insert_rowid(open_->db.get()));
  if (auto held = open_->askers.hold(id); !held) return open_->give_up(held.error());
  if (auto done = open_->execute(open_->commit); !done) {
    open_->askers.let_go(id);
    return open_->give_up(done.error());
  }
  return id;
}

Result<std::vector<Request>, StoreFault> SqliteStore::waiting_requests(std::size_t at_most) {
  Statement& row = open_->waiting;
  row.bind(1, static_cast<std::uint64_t>(at_most));
  std::vector<Request> requests;
  int code = SQLITE_DONE;
  while ((code = row.step()) == SQLITE_ROW) {
    Request& request = requests.emplace_back();
    request.id = row.number(0);
    request.at = Instant(Duration(row.integer(1)));
    row.text(2, request.verb);
    row.text(3, request.body);
    row.text(4, request.by);
  }
  if (code != SQLITE_DONE) return fail(open_->fault(code));
  for (Request& request : requests) {
    const auto held = open_->askers.held(request.id);
    if (!held) return fail(held.error());
    request.attended = *held;
  }
  return requests;
}

Result<bool, StoreFault> SqliteStore::withdraw(std::uint64_t request) {
  if (auto may = open_->may_write(false); !may) return fail(may.error());
  open_->withdraw.bind(1, request);
  if (auto done = open_->execute(open_->withdraw); !done) return open_->give_up(done.error());
  return sqlite3_changes(open_->db.get()) == 1;
}

Result<std::optional<std::uint64_t>, StoreFault> SqliteStore::answer(std::uint64_t request) {
  Statement& row = open_->get_answer;
  row.bind(1, request);
  const int code = row.step();
  if (code == SQLITE_DONE) return fail(StoreFault{Reason::unknown_request, "no request " + std::to_string(request)});
  if (code != SQLITE_ROW) return fail(open_->fault(code));
  std::optional<std::uint64_t> seq;
  if (!row.is_null(0)) seq = row.number(0);
  row.reset();
  return seq;
}

Shelf* SqliteStore::shelf() {
  return &open_->shelf;
}

}  // namespace breakwater::journal
