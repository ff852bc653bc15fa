#include "tests/drivers/redfish/hostile_fixture.hpp"

#include <algorithm>
#include <cstdint>

// Every sanitizer of g++ has them; its headers leave them out, and a build without one has none.
extern "C" {
[[gnu::weak]] int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, std::size_t),
                                                            void (*free_hook)(const volatile void*));
[[gnu::weak]] std::size_t __sanitizer_get_allocated_size(const volatile void* block);
}

namespace breakwater::redfish {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

thread_local bool watched = false;
thread_local std::int64_t held = 0;
thread_local std::int64_t most = 0;

void taken(const volatile void*, std::size_t bytes) {
  if (!watched) return;
  held += static_cast<std::int64_t>(bytes);
  most = std::max(most, held);
}

void given_back(const volatile void* block) {
  if (watched && block != nullptr) held -= static_cast<std::int64_t>(__sanitizer_get_allocated_size(block));
}

}  // namespace

Decoy::Decoy() : acceptor_(io_, tcp::endpoint(asio::ip::make_address_v4("127.0.0.2"), 0)) {
  acceptor_.non_blocking(true);
}

std::string Decoy::url() const {
  return "https://127.0.0.2:" + std::to_string(acceptor_.local_endpoint().port());
}

bool Decoy::was_visited() {
  boost::system::error_code error;
  tcp::socket visitor(io_);
  acceptor_.accept(visitor, error);
  return !error;
}

HeapWatch::HeapWatch() {
  static const int hooks = __sanitizer_install_malloc_and_free_hooks == nullptr
                               ? 0
                               : __sanitizer_install_malloc_and_free_hooks(taken, given_back);
  EXPECT_GT(hooks, 0) << "nothing is counted";
  held = most = 0;
  watched = true;
}

HeapWatch::~HeapWatch() {
  watched = false;
}

std::size_t HeapWatch::peak() const {
  return static_cast<std::size_t>(most);
}

Hostile::Hostile() : server_(folder_ / "hostile") {
  server_.greet();
}

BmcEndpoint Hostile::attacker() const {
  BmcEndpoint endpoint;
  endpoint.address = "127.0.0.1";
  endpoint.port = server_.port();
  endpoint.tls.mode = TlsPolicy::Mode::pin;
  endpoint.tls.pins = {server_.spki()};
  return endpoint;
}

std::unique_ptr<Bmc> Hostile::bmc(Deadlines deadlines) {
  return open_redfish(runner_.io().get_executor(), attacker(), credentials_, *shared_, deadlines);
}

Fault Hostile::look_fails(Deadlines deadlines) {
  auto one = bmc(deadlines);
  EXPECT_TRUE(run(one->open(remember())));
  const auto began = std::chrono::steady_clock::now();
  const auto seen = run(one->observe());
  took_ = std::chrono::steady_clock::now() - began;
  EXPECT_FALSE(seen);
  run(one->close());
  EXPECT_FALSE(decoy_.was_visited());
  return seen ? Fault{} : seen.error();
}

std::string list_of(std::size_t members) {
  std::string body = R"({"Members":[)";
  for (std::size_t i = 0; i < members; ++i) {
    if (i > 0) body += ",";
    body += R"({"@odata.id":"/redfish/v1/UpdateService/FirmwareInventory/)" + std::to_string(i) + R"("})";
  }
  return body + "]}";
}

}  // namespace breakwater::redfish
