#include "drivers/ipmi/asking.hpp"

namespace breakwater::ipmi {

BmcResult<Bytes> ask(Session& session, Request request, std::string step) {
  Call call;
  call.request = std::move(request);
  call.step = step;
  Result<Response, Fault> reply = co_await session.call(std::move(call));
  if (!reply) co_return fail(reply.error());
  if (reply->completion != kCompleted) co_return fail(refused(*reply, step));
  co_return std::move(reply->data);
}

}  // namespace breakwater::ipmi
