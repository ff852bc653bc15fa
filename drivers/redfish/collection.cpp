#include "drivers/redfish/collection.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "drivers/redfish/fault_text.hpp"

namespace breakwater::redfish {
namespace {

Fault bound_fault(const std::string& step, const std::string& link, const std::string& bound) {
  return make_fault(Fault::Kind::bound_exceeded, step, "the collection " + sanitised(link, 200) + " has " + bound);
}

std::string with_expand(const std::string& link, char expand) {
  if (expand == 0 || link.find('?') != std::string::npos) return link;
  return link + "?$expand=" + expand;
}

/// What a service may answer that does not know $expand, or cannot serialise one of the members: the plain link is
/// read instead.
bool turned_down(const Fault& fault) {
  return is_of_one_resource(fault) || fault.kind == Fault::Kind::closed_before_reply ||
         fault.kind == Fault::Kind::no_progress;
}

std::size_t count_values(const Json& value) {
  std::size_t values = 1;
  if (value.is_structured()) {
    for (const Json& item : value) values += count_values(item);
  }
  return values;
}

/// What a walk may still read. A reply that exceeds it is refused while it is being read.
struct Budget {
  std::size_t bytes = kWalkBytesMax;
  std::size_t values = kWalkValuesMax;
};

/// Reads one reply of a walk and takes it off the budget.
BmcResult<Json> read_within(RedfishSession& session, std::string link, std::string step, Budget& budget,
                            std::size_t reply_bytes_max, Json* beside = nullptr) {
  const std::uint64_t before = session.bytes_read();
  const std::size_t bytes_max = std::min(budget.bytes, reply_bytes_max);
  const std::size_t values_max = std::min(budget.values, kReplyValuesMax);
  Result<Json, Fault> body = co_await session.read(link, step, bytes_max, values_max, beside);
  const auto bytes = static_cast<std::size_t>(session.bytes_read() - before);
  budget.bytes -= std::min(budget.bytes, bytes);
  if (body) budget.values -= std::min(budget.values, count_values(*body));
  if (!body && body.error().kind == Fault::Kind::bound_exceeded) {
    body.error().message += "; all replies of one walk have 4 MiB and 50000 values at most";
  }
  co_return body;
}

/// `partly`, where it is given, takes the fault of a page whose members are listed all the same.
BmcResult<std::vector<Page::Member>> list_within(RedfishSession& session, std::string link, std::string step,
                                                 char expand, Budget& budget, std::optional<Fault>* partly = nullptr) {
  std::vector<Page::Member> members;
  std::set<std::string> pages;
  std::set<std::string> seen{link};
  std::string next = with_expand(link, expand);
  while (!next.empty()) {
    if (pages.size() >= kPagesMax) co_return fail(bound_fault(step, link, "more than 256 pages"));
    if (!pages.insert(next).second) co_return fail(bound_fault(step, link, "a page that leads back to " + next));
    Json beside = Json::object();
    Json* const shown = partly == nullptr ? nullptr : &beside;
    Result<Json, Fault> body = co_await read_within(session, next, step, budget, kWalkBytesMax, shown);
    Page page = read_page(body ? std::move(*body) : std::move(beside));
    if (!body && (page.members.empty() || !is_of_one_resource(body.error()))) co_return fail(body.error());
    if (!body) *partly = body.error();
    for (Page::Member& member : page.members) {
      if (!seen.insert(member.uri).second) continue;
      if (members.size() >= kMembersMax) co_return fail(bound_fault(step, link, "more than 10000 members"));
      members.push_back(std::move(member));
    }
    next = std::move(page.next);
  }
  co_return members;
}

/// A walk that reads each member, and goes on behind a bad one.
class InventoryWalk {
 public:
  InventoryWalk(RedfishSession& session, std::string step) : session_(session), step_(std::move(step)) {}

  BmcResult<void> list(std::string link, char& expand);
  BmcResult<void> read();
  /// The bad ones once more: a BMC that was busy with itself may be over it.
  BmcResult<void> read_again();
  ReadInventory take() { return std::move(found_); }

 private:
  BmcResult<void> read_one(std::string uri, std::vector<std::pair<std::string, Fault>>& bad);

  RedfishSession& session_;
  std::string step_;
  Budget budget_;
  std::vector<Page::Member> members_;
  std::vector<std::pair<std::string, Fault>> bad_;
  ReadInventory found_;
};

BmcResult<void> InventoryWalk::list(std::string link, char& expand) {
  std::optional<Fault> partly;
  Result<std::vector<Page::Member>, Fault> listed = fail(Fault{});
  if (expand != 0) {
    listed = co_await list_within(session_, link, step_, expand, budget_);
    if (!listed && !turned_down(listed.error())) co_return fail(listed.error());
    if (!listed) expand = 0;
  }
  if (!listed) {
    budget_ = Budget();
    listed = co_await list_within(session_, link, step_, expand, budget_, &partly);
  }
  if (!listed) co_return fail(listed.error());
  members_ = std::move(*listed);
  if (partly) found_.unread.push_back({link, "the inventory may not be listed whole: " + partly->message});
  co_return Result<void, Fault>{};
}

BmcResult<void> InventoryWalk::read_one(std::string uri, std::vector<std::pair<std::string, Fault>>& bad) {
  Result<Json, Fault> body = co_await read_within(session_, uri, step_, budget_, kReplyBytesMax);
  if (body && tells_nothing(*body)) {
    body = fail(make_fault(Fault::Kind::malformed_reply, step_, sanitised(uri, 200) + " tells nothing of itself"));
  }
  if (body) {
    found_.bodies.push_back(std::move(*body));
  } else if (!is_of_one_resource(body.error()) || bad.size() == kUnreadMax) {
    co_return fail(body.error());
  } else {
    bad.emplace_back(std::move(uri), body.error());
  }
  co_return Result<void, Fault>{};
}

BmcResult<void> InventoryWalk::read() {
  for (Page::Member& member : members_) {
    if (member.expanded && json_member(member.body, "Version") != nullptr) {
      found_.bodies.push_back(std::move(member.body));
      continue;
    }
    const Result<void, Fault> read = co_await read_one(std::move(member.uri), bad_);
    if (!read) co_return read;
  }
  co_return Result<void, Fault>{};
}

BmcResult<void> InventoryWalk::read_again() {
  std::vector<std::pair<std::string, Fault>> still;
  for (auto& [uri, fault] : bad_) {
    const Result<void, Fault> read = co_await read_one(std::move(uri), still);
    if (!read) co_return read;
  }
  if (!still.empty() && found_.bodies.empty()) co_return fail(still.back().second);
  for (auto& [uri, fault] : still) found_.unread.push_back({std::move(uri), std::move(fault.message)});
  co_return Result<void, Fault>{};
}

}  // namespace

BmcResult<std::vector<Page::Member>> list_members(RedfishSession& session, std::string link, std::string step) {
  Budget budget;
  co_return co_await list_within(session, std::move(link), std::move(step), 0, budget);
}

BmcResult<std::vector<Json>> read_members(RedfishSession& session, std::string link, std::string step,
                                          std::size_t members_max, std::vector<Fault>& gone) {
  Budget budget;
  Result<std::vector<Page::Member>, Fault> listed = co_await list_within(session, link, step, 0, budget);
  if (!listed) co_return fail(listed.error());
  const std::size_t skipped = listed->size() > members_max ? listed->size() - members_max : 0;
  std::vector<Json> bodies;
  for (std::size_t i = skipped; i < listed->size(); ++i) {
    Page::Member& member = (*listed)[i];
    if (member.expanded) {
      bodies.push_back(std::move(member.body));
      continue;
    }
    Result<Json, Fault> body = co_await read_within(session, member.uri, step, budget, kReplyBytesMax);
    if (!body && body.error().http_status != 404) co_return fail(body.error());
    body ? bodies.push_back(std::move(*body)) : gone.push_back(body.error());
  }
  co_return bodies;
}

BmcResult<ReadInventory> read_inventory(RedfishSession& session, std::string link, char& expand) {
  InventoryWalk walk(session, "read inventory");
  Result<void, Fault> done = co_await walk.list(std::move(link), expand);
  if (done) done = co_await walk.read();
  if (done) done = co_await walk.read_again();
  if (!done) co_return fail(done.error());
  co_return walk.take();
}

}  // namespace breakwater::redfish
