#pragma once
// A server that keeps to no rule: TLS as it should be, HTTP as the test writes it. One thread, one connection at a
// time.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "drivers/lab/authority.hpp"

namespace breakwater::redfish {

class HostileServer {
 public:
  using Stream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket>;
  /// What is written for a request, raw. `write` sends a piece and is false once the client is gone.
  using Write = std::function<bool(const std::string&)>;
  using Answer = std::function<void(const Write&)>;

  explicit HostileServer(const std::filesystem::path& folder);
  ~HostileServer();

  /// What is answered to requests that begin so: `GET /redfish/v1/Systems`. The longest that fits.
  void on(const std::string& request, Answer answer);
  /// A JSON body with status 200 and an honest length.
  void json(const std::string& request, const std::string& body);
  /// To be called from an answer: the connection is closed after it.
  void hang_up() { keep_ = false; }
  /// The service root, a login that works, a logout.
  void greet();
  /// From the next connection on another key is shown, certified by the same authority.
  void change_key();

  std::uint16_t port() const { return port_; }
  Sha256 spki() const;
  /// First lines of the requests so far.
  std::vector<std::string> requests() const;
  int count(const std::string& beginning) const;

  static std::string reply(const std::string& body, const std::string& status = "200 OK",
                           const std::string& fields = "");

 private:
  void serve();
  void serve(Stream& stream);
  bool take_request(Stream& stream, std::string& first_line, std::string& left);

  const lab::Authority authority_;
  lab::ShownCertificate identity_;  ///< guarded by mutex_ once the thread runs
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<std::string> requests_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> keep_{true};
  std::atomic<int> open_{-1};  ///< the connection being served, for the destructor to cut
  std::thread thread_;
};

}  // namespace breakwater::redfish
