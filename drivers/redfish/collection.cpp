#include "drivers/redfish/collection.hpp"

#include <algorithm>
#include <set>

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

/// A service that does not know $expand answers one of these; the plain link is read instead.
bool turned_down(const Fault& fault) {
  return fault.kind == Fault::Kind::http_status &&
         (fault.http_status == 400 || fault.http_status == 404 || fault.http_status == 501);
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
                            std::size_t reply_bytes_max) {
  const std::uint64_t before = session.bytes_read();
  const std::size_t bytes_max = std::min(budget.bytes, reply_bytes_max);
  const std::size_t values_max = std::min(budget.values, kReplyValuesMax);
  Result<Json, Fault> body = co_await session.read(link, step, bytes_max, values_max);
  const auto bytes = static_cast<std::size_t>(session.bytes_read() - before);
  budget.bytes -= std::min(budget.bytes, bytes);
  if (body) budget.values -= std::min(budget.values, count_values(*body));
  if (!body && body.error().kind == Fault::Kind::bound_exceeded) {
    body.error().message += "; all replies of one walk have 4 MiB and 50000 values at most";
  }
  co_return body;
}

BmcResult<std::vector<Page::Member>> list_within(RedfishSession& session, std::string link, std::string step,
                                                 char expand, Budget& budget) {
  std::vector<Page::Member> members;
  std::set<std::string> pages;
  std::set<std::string> seen{link};
  std::string next = with_expand(link, expand);
  while (!next.empty()) {
    if (pages.size() >= kPagesMax) co_return fail(bound_fault(step, link, "more than 256 pages"));
    if (!pages.insert(next).second) co_return fail(bound_fault(step, link, "a page that leads back to " + next));
    Result<Json, Fault> body = co_await read_within(session, next, step, budget, kWalkBytesMax);
    if (!body) co_return fail(body.error());
    Page page = read_page(std::move(*body));
    for (Page::Member& member : page.members) {
      if (!seen.insert(member.uri).second) continue;
      if (members.size() >= kMembersMax) co_return fail(bound_fault(step, link, "more than 10000 members"));
      members.push_back(std::move(member));
    }
    next = std::move(page.next);
  }
  co_return members;
}

}  // namespace

BmcResult<std::vector<Page::Member>> list_members(RedfishSession& session, std::string link, std::string step,
                                                  char expand) {
  Budget budget;
  co_return co_await list_within(session, std::move(link), std::move(step), expand, budget);
}

BmcResult<std::vector<Json>> read_members(RedfishSession& session, std::string link, std::string step, char& expand,
                                          std::size_t members_max) {
  Budget budget;
  Result<std::vector<Page::Member>, Fault> listed = co_await list_within(session, link, step, expand, budget);
  if (!listed && expand != 0 && turned_down(listed.error())) {
    expand = 0;
    budget = Budget();
    listed = co_await list_within(session, link, step, expand, budget);
  }
  if (!listed) co_return fail(listed.error());
  const std::size_t skipped = listed->size() > members_max ? listed->size() - members_max : 0;
  std::vector<Json> bodies;
  bodies.reserve(listed->size() - skipped);
  for (std::size_t i = skipped; i < listed->size(); ++i) {
    Page::Member& member = (*listed)[i];
    if (member.expanded) {
      bodies.push_back(std::move(member.body));
      continue;
    }
    Result<Json, Fault> body = co_await read_within(session, member.uri, step, budget, kReplyBytesMax);
    if (body) bodies.push_back(std::move(*body));
    if (!body && body.error().http_status != 404) co_return fail(body.error());
  }
  co_return bodies;
}

}  // namespace breakwater::redfish
