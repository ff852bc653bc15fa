#include "drivers/lab/control.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <set>
#include <stdexcept>

#include "drivers/lab/http.hpp"

namespace breakwater::lab {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using nlohmann::json;
using tcp = asio::ip::tcp;
using ControlReply = http::response<http::string_body>;

constexpr std::string_view kHostsPath = "/lab/hosts";
constexpr std::uint64_t kOrderBytesMax = 64 * 1024;
constexpr std::chrono::seconds kDeadline{30};
constexpr Duration kNoDescriptorPause{10};

ControlReply answer_of(http::status status, const json& body) {
  ControlReply answer(status, 11);
  answer.set(http::field::content_type, "application/json");
  answer.body() = body.dump() + "\n";
  return answer;
}

ControlReply wrong(http::status status, const std::string& text) {
  return answer_of(status, {{"error", text}});
}

// The fault that the order asks for; throws std::invalid_argument if there is no such fault.
FaultRule rule_of(const json& order) {
  const auto fault = from_string<LabFault>(order.at("fault").get<std::string>());
  if (!fault) throw std::invalid_argument("no fault is called " + order.at("fault").get<std::string>());
  FaultRule rule{.fault = *fault};
  rule.component = order.value("component", "");
  rule.times = order.value("times", 0);
  rule.every = order.value("every", rule.every);
  rule.factor = order.value("factor", rule.factor);
  rule.code = order.value("code", rule.code);
  rule.lasting = Duration(order.value("lastingMs", rule.lasting.count()));
  return rule;
}

bool is_on(const std::string& power) {
  if (power != "on" && power != "off") throw std::invalid_argument("power is on or off");
  return power == "on";
}

void obey(Lab& lab, const std::string& host, const json& order) {
  static const std::set<std::string> known{"fault", "component", "times", "every",  "factor",
                                           "code",  "lastingMs", "heal",  "health", "power"};
  if (!order.is_object()) throw std::invalid_argument("an order is a JSON object");
  for (const auto& item : order.items())
    if (!known.contains(item.key())) throw std::invalid_argument("no key is called " + item.key());
  if (order.value("heal", false)) lab.heal(host);
  if (order.contains("fault")) lab.add_fault(host, rule_of(order));
  if (order.contains("health")) lab.set_health(host, order.at("health").get<std::string>());
  if (order.contains("power")) lab.set_power(host, is_on(order.at("power").get<std::string>()));
}

ControlReply answer_to(Lab& lab, const http::request<http::string_body>& request) {
  const std::string_view target = request.target();
  const bool reading = request.method() == http::verb::get;
  try {
    if (target == kHostsPath && reading) {
      json all = json::array();
      for (const std::string& name : lab.names()) all.push_back(to_json(lab.state(name)));
      return answer_of(http::status::ok, all);
    }
    if (!target.starts_with(kHostsPath) || target.size() <= kHostsPath.size() + 1)
      return wrong(http::status::not_found, "there is only /lab/hosts and /lab/hosts/NAME");
    const std::string host(target.substr(kHostsPath.size() + 1));
    const HostState before = lab.state(host);
    if (reading) return answer_of(http::status::ok, to_json(before));
    if (request.method() != http::verb::post)
      return wrong(http::status::method_not_allowed, "only GET and POST are allowed");
    obey(lab, host, json::parse(request.body()));
    return answer_of(http::status::ok, to_json(lab.state(host)));
  } catch (const std::out_of_range& error) {
    return wrong(http::status::not_found, error.what());
  } catch (const std::exception& error) {
    return wrong(http::status::bad_request, error.what());
  }
}

}  // namespace

json to_json(const HostState& state) {
  const Counters& seen = state.counters;
  json activations_by_component = json::object();
  json activations = json::array();
  for (const Activation& activation : state.activations) {
    activations_by_component[activation.component] = state.activations_of(activation.component);
    activations.push_back({{"component", activation.component},
                           {"version", activation.version},
                           {"sha256", to_hex(activation.sha256)},
                           {"outcome", activation.outcome},
                           {"time", breakwater::to_string(activation.at)}});
  }
  json images = json::array();
  for (const ReceivedImage& image : state.images)
    images.push_back({{"sha256", to_hex(image.sha256)},
                      {"bytes", image.bytes},
                      {"component", image.component},
                      {"version", image.version}});
  return {{"name", state.name},
          {"group", state.group},
          {"address", state.address},
          {"port", state.port},
          {"ipmiPort", state.ipmi_port},
          {"spki", to_hex(state.spki)},
          {"serial", state.serial},
          {"uuid", state.uuid},
          {"counters",
           {{"requests", seen.requests},
            {"uploadsBegun", seen.uploads_begun},
            {"uploads", seen.uploads},
            {"tasks", seen.tasks},
            {"sessionsOpened", seen.sessions_opened},
            {"sessionsOpen", state.sessions_open},
            {"loginsRefused", seen.logins_refused},
            {"resetsOfManager", seen.resets_of_manager},
            {"resetsOfSystem", seen.resets_of_system},
            {"bmcBoots", seen.bmc_boots},
            {"hostBoots", seen.host_boots},
            {"writesInterrupted", seen.writes_interrupted},
            {"ipmiRequests", seen.ipmi_requests},
            {"ipmiSessionsOpened", seen.ipmi_sessions_opened},
            {"ipmiSessionsOpen", state.ipmi_sessions_open},
            {"ipmiLoginsRefused", seen.ipmi_logins_refused},
            {"hpmUploadsBegun", seen.hpm_uploads_begun},
            {"hpmUploads", seen.hpm_uploads},
            {"hpmActivations", seen.hpm_activations},
            {"hpmRollbacks", seen.hpm_rollbacks},
            {"hpmAborts", seen.hpm_aborts},
            {"activations", activations_by_component}}},
          {"versions", state.versions},
          {"previous", state.previous},
          {"staged", state.staged},
          {"power", state.power},
          {"health", state.health},
          {"bootProgress", state.boot_progress},
          {"bmcUp", state.bmc_up},
          {"images", images},
          {"activations", activations}};
}

struct Control::Server {
  Server(asio::io_context& context, Lab& watched) : io(context), lab(&watched), acceptor(context) {}

  static asio::awaitable<void> accept_all(std::shared_ptr<Server> self);
  static asio::awaitable<void> serve(std::shared_ptr<Server> self, std::shared_ptr<beast::tcp_stream> stream);

  asio::io_context& io;
  Lab* lab;  ///< nullptr once the lab is stopped
  tcp::acceptor acceptor;
  std::set<beast::tcp_stream*> streams;
};

asio::awaitable<void> Control::Server::accept_all(std::shared_ptr<Server> self) {
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto ignore = [](std::exception_ptr) {};  // a broken control connection concerns only its client
  asio::steady_timer pause(self->io);
  while (self->lab != nullptr) {
    tcp::socket socket(self->io);
    co_await self->acceptor.async_accept(socket, token);
    if (self->lab == nullptr) break;
    if (error) {
      pause.expires_after(kNoDescriptorPause);
      co_await pause.async_wait(token);
      continue;
    }
    auto stream = std::make_shared<beast::tcp_stream>(std::move(socket));
    asio::co_spawn(self->io, serve(self, std::move(stream)), ignore);
  }
}

asio::awaitable<void> Control::Server::serve(std::shared_ptr<Server> self, std::shared_ptr<beast::tcp_stream> stream) {
  boost::system::error_code error;
  self->streams.insert(stream.get());
  beast::flat_buffer buffer(2 * kOrderBytesMax);
  for (bool going_on = true; going_on;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kOrderBytesMax);
    stream->expires_after(kDeadline);
    error = co_await read_until(&RequestParser::is_done, *stream, buffer, parser);
    if (error || self->lab == nullptr) break;
    ControlReply answer = answer_to(*self->lab, parser.get());
    answer.keep_alive(parser.get().keep_alive());
    answer.prepare_payload();
    stream->expires_after(kDeadline);
    std::string text = to_text(answer);
    error = co_await write_all(*stream, std::move(text));
    going_on = !error && answer.keep_alive();
  }
  self->streams.erase(stream.get());
  stream->close();
}

Control::Control(asio::io_context& io, Lab& lab, std::uint16_t port) : server_(std::make_shared<Server>(io, lab)) {
  const tcp::endpoint at(asio::ip::address_v4::loopback(), port);
  try {
    server_->acceptor.open(at.protocol());
    server_->acceptor.set_option(asio::socket_base::reuse_address(true));
    server_->acceptor.bind(at);
    server_->acceptor.listen();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("lab: cannot listen on 127.0.0.1:" + std::to_string(port) + ": " + error.code().message());
  }
  asio::co_spawn(io, Server::accept_all(server_), [](std::exception_ptr) {});
}

Control::~Control() {
  boost::system::error_code ignored;
  server_->lab = nullptr;
  server_->acceptor.close(ignored);
  for (beast::tcp_stream* stream : server_->streams) stream->close();
}

std::uint16_t Control::port() const {
  return server_->acceptor.local_endpoint().port();
}

}  // namespace breakwater::lab
