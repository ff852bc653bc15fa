#include "drivers/look_up.hpp"

#include <fcntl.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <memory>
#include <optional>

#include "inventories/vocabulary/descriptor.hpp"

namespace breakwater {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

struct LookUp {
  explicit LookUp(const asio::any_io_executor& executor) : resolver(executor), over(executor) {}
  tcp::resolver resolver;
  asio::steady_timer over;
  std::optional<boost::system::error_code> error;
  std::vector<asio::ip::address> found;
};

}  // namespace

BmcResult<std::vector<asio::ip::address>> look_up(asio::any_io_executor executor, std::string name, std::string step,
                                                  std::chrono::steady_clock::time_point end) {
  boost::system::error_code error;
  const asio::ip::address literal = asio::ip::make_address(name, error);
  if (!error) {
    std::vector<asio::ip::address> one;
    one.push_back(literal);
    co_return one;
  }
  const auto asked = std::make_shared<LookUp>(executor);
  asked->over.expires_at(end);
  asked->resolver.async_resolve(
      name, "", [asked](const boost::system::error_code& failed, const tcp::resolver::results_type& entries) {
        asked->error = failed;
        for (const auto& entry : entries) asked->found.push_back(entry.endpoint().address());
        asked->over.cancel();
      });
  co_await asked->over.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (!asked->error) {
    co_return fail(make_fault(Fault::Kind::deadline, step, "the total deadline passed during: the look-up of " + name));
  }
  // The resolver does not say that it had no descriptor to ask with.
  if (*asked->error && !Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)) && is_shortage(errno)) {
    co_return fail(make_fault(Fault::Kind::own_side, step, "look up " + name + ": no descriptors are left"));
  }
  if (*asked->error || asked->found.empty()) {
    co_return fail(make_fault(Fault::Kind::name_not_resolved, step, name + ": " + asked->error->message()));
  }
  co_return asked->found;
}

}  // namespace breakwater
