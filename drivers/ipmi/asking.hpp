#pragma once
// A request and its decoded reply: what is no success is a Fault.
#include <string>
#include <utility>

#include "drivers/ipmi/ipmi_fault.hpp"
#include "drivers/ipmi/session.hpp"
#include "drivers/ipmi/wire/completion.hpp"

namespace breakwater::ipmi {

/// The reply's data; a completion code other than 0 is a Fault.
BmcResult<Bytes> ask(Session& session, Request request, std::string step);

/// Whatever `decode` makes of the reply's data.
template <class T>
BmcResult<T> ask_for(Session& session, Request request, std::string step, Decoded<T> (*decode)(ByteView)) {
  const Result<Bytes, Fault> data = co_await ask(session, std::move(request), step);
  if (!data) co_return fail(data.error());
  Decoded<T> decoded = decode(*data);
  if (!decoded) co_return fail(malformed_reply(decoded.error(), step));
  co_return std::move(*decoded);
}

}  // namespace breakwater::ipmi
