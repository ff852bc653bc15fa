#include "tests/drivers/redfish/hostile_server.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace breakwater::redfish {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

HostileServer::HostileServer(const std::filesystem::path& folder)
    : authority_(folder),
      identity_(authority_.issue("hostile", "127.0.0.1", lab::Certificate::valid)),
      acceptor_(io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      port_(acceptor_.local_endpoint().port()),
      thread_([this] { serve(); }) {}

HostileServer::~HostileServer() {
  stopping_ = true;
  if (const int open = open_; open >= 0) ::shutdown(open, SHUT_RDWR);
  tcp::socket knock(io_);
  error_code ignored;
  knock.connect(tcp::endpoint(asio::ip::address_v4::loopback(), port_), ignored);
  thread_.join();
}

void HostileServer::on(const std::string& request, Answer answer) {
  const std::lock_guard lock(mutex_);
  answers_[request] = std::move(answer);
}

void HostileServer::json(const std::string& request, const std::string& body) {
  on(request, [body](const Write& write) { write(reply(body)); });
}

void HostileServer::greet() {
  json("GET /redfish/v1/ ", R"({"@odata.id":"/redfish/v1/","UUID":"aaaaaaaa-0000-0000-0000-000000000001",
        "Systems":{"@odata.id":"/redfish/v1/Systems"},"Managers":{"@odata.id":"/redfish/v1/Managers"},
        "UpdateService":{"@odata.id":"/redfish/v1/UpdateService"},
        "Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}}})");
  on("POST /redfish/v1/SessionService/Sessions", [](const Write& write) {
    write(reply("{}", "201 Created", "X-Auth-Token: token-1\r\nLocation: /redfish/v1/SessionService/Sessions/1\r\n"));
  });
  on("DELETE /redfish/v1/SessionService/Sessions/1", [](const Write& write) { write(reply("", "204 No Content")); });
  json("GET /redfish/v1/Systems", R"({"Members":[{"@odata.id":"/redfish/v1/Systems/1"}]})");
  json("GET /redfish/v1/Systems/1",
       R"({"@odata.id":"/redfish/v1/Systems/1","Id":"1","SerialNumber":"S1","PowerState":"On",
        "Links":{"ManagedBy":[{"@odata.id":"/redfish/v1/Managers/1"}]}})");
  json("GET /redfish/v1/Managers/1", R"({"@odata.id":"/redfish/v1/Managers/1","Id":"1"})");
  json("GET /redfish/v1/UpdateService", R"({"@odata.id":"/redfish/v1/UpdateService",
        "MultipartHttpPushUri":"/redfish/v1/UpdateService/push",
        "FirmwareInventory":{"@odata.id":"/redfish/v1/UpdateService/FirmwareInventory"}})");
  json("GET /redfish/v1/UpdateService/FirmwareInventory", R"({"Members":[]})");
}

void HostileServer::change_key() {
  lab::ShownCertificate other = authority_.issue("hostile", "127.0.0.1", lab::Certificate::valid);
  const std::lock_guard lock(mutex_);
  identity_ = std::move(other);
}

Sha256 HostileServer::spki() const {
  const std::lock_guard lock(mutex_);
  return identity_.spki;
}

std::vector<std::string> HostileServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int HostileServer::count(const std::string& beginning) const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(std::count_if(requests_.begin(), requests_.end(),
                                        [&](const std::string& line) { return line.starts_with(beginning); }));
}

std::string HostileServer::reply(const std::string& body, const std::string& status, const std::string& fields) {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

void HostileServer::serve() {
  while (!stopping_) {
    error_code error;
    tcp::socket socket(io_);
    acceptor_.accept(socket, error);
    if (error || stopping_) return;
    open_ = socket.native_handle();
    const auto tls = [this] {
      const std::lock_guard lock(mutex_);
      return identity_.tls;
    }();
    Stream stream(std::move(socket), *tls);
    stream.handshake(Stream::server, error);
    if (!error) serve(stream);
    open_ = -1;
  }
}

/// Reads a head and as much body as it promises; `left` keeps what came after.
bool HostileServer::take_request(Stream& stream, std::string& first_line, std::string& left) {
  error_code error;
  while (left.find("\r\n\r\n") == std::string::npos) {
    char piece[4096];
    const std::size_t got = stream.read_some(asio::buffer(piece), error);
    if (error) return false;
    left.append(piece, got);
  }
  const std::size_t head = left.find("\r\n\r\n") + 4;
  first_line = left.substr(0, left.find("\r\n"));
  std::size_t length = 0;
  if (const std::size_t field = left.find("Content-Length: "); field < head)
    length = std::stoul(left.substr(field + 16));
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(first_line);
  }
  if (first_line.starts_with("POST /redfish/v1/UpdateService/push")) {
    left.clear();  // an upload is for its answer to read, or not
    return true;
  }
  while (left.size() < head + length) {
    char piece[4096];
    const std::size_t got = stream.read_some(asio::buffer(piece), error);
    if (error) return false;
    left.append(piece, got);
  }
  left.erase(0, head + length);
  return true;
}

void HostileServer::serve(Stream& stream) {
  std::string first_line;
  std::string left;
  while (!stopping_ && take_request(stream, first_line, left)) {
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      std::size_t longest = 0;
      for (const auto& [beginning, made] : answers_) {
        if (!first_line.starts_with(beginning) || beginning.size() < longest) continue;
        longest = beginning.size();
        answer = made;
      }
    }
    bool alive = true;
    keep_ = true;
    const Write write = [&](const std::string& text) {
      error_code error;
      asio::write(stream, asio::buffer(text), error);
      alive = alive && !error && !stopping_;
      return alive;
    };
    if (answer) {
      answer(write);
    } else {
      write(reply("{}", "404 Not Found"));
    }
    if (!alive || !keep_) return;
  }
}

}  // namespace breakwater::redfish
