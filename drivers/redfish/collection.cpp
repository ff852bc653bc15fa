#include "drivers/redfish/collection.hpp"

#include <set>

#include "drivers/redfish/fault_text.hpp"

namespace breakwater::redfish {
namespace {

constexpr const char* kTooManyBytes = "more than 8 MiB in all its replies";

Fault bound_fault(const std::string& step, const std::string& link, const std::string& bound) {
  return make_fault(Fault::Kind::bound_exceeded, step, "the collection " + sanitised(link, 200) + " has " + bound);
}

std::string with_expand(const std::string& link, char expand) {
  if (expand == 0 || link.find('?') != std::string::npos) return link;
  return link + "?$expand=" + expand;
}

/// A service that turns $expand down answers one of these; the plain link is asked instead.
bool turned_down(const Fault& fault) {
  return fault.kind == Fault::Kind::http_status &&
         (fault.http_status == 400 || fault.http_status == 404 || fault.http_status == 501);
}

}  // namespace

BmcResult<std::vector<Page::Member>> list_members(Session& session, std::string link, std::string step, char expand) {
  std::vector<Page::Member> members;
  std::set<std::string> pages;
  std::set<std::string> seen{link};
  std::string next = with_expand(link, expand);
  const std::uint64_t before = session.bytes_read();
  while (!next.empty()) {
    if (pages.size() >= kPagesMax) co_return fail(bound_fault(step, link, "more than 256 pages"));
    if (!pages.insert(next).second) co_return fail(bound_fault(step, link, "a page that leads back to " + next));
    Result<Json, Fault> body = co_await session.read(next, step, kInventoryBytesMax);
    if (!body) co_return fail(body.error());
    if (session.bytes_read() - before > kWalkBytesMax) co_return fail(bound_fault(step, link, kTooManyBytes));
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

BmcResult<std::vector<Json>> read_members(Session& session, std::string link, std::string step, char& expand,
                                          std::size_t members_max) {
  const std::uint64_t before = session.bytes_read();
  Result<std::vector<Page::Member>, Fault> listed = co_await list_members(session, link, step, expand);
  if (!listed && expand != 0 && turned_down(listed.error())) {
    expand = 0;
    listed = co_await list_members(session, link, step);
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
    Result<Json, Fault> body = co_await session.read(member.uri, step);
    if (body) bodies.push_back(std::move(*body));
    if (!body && body.error().http_status != 404) co_return fail(body.error());
    if (session.bytes_read() - before > kWalkBytesMax) co_return fail(bound_fault(step, link, kTooManyBytes));
  }
  co_return bodies;
}

}  // namespace breakwater::redfish
