#pragma once
// A small synchronous HTTPS client on one kept connection, and what the lab's tests say with it.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "drivers/lab/host_state.hpp"

namespace breakwater::lab {

struct Response {
  unsigned status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string text;
  nlohmann::json body;  ///< discarded where the text is no JSON
};

using Headers = std::map<std::string, std::string>;

class Client {
 public:
  /// Trusts the authority alone, and checks the certificate's address.
  Client(const HostState& host, const std::filesystem::path& ca_file);
  ~Client();

  /// Logs in by every request's password.
  void use_password(const std::string& user, const std::string& password);
  /// Opens a session; throws where that is refused.
  void log_in(const std::string& user = "admin", const std::string& password = "lab-password");

  /// Throws boost::system::system_error where the connection fails; the next request then makes a new one.
  Response send(boost::beast::http::verb method, const std::string& target, const std::string& body = "",
                const Headers& headers = {});
  /// A POST without Content-Length.
  Response send_chunked(const std::string& target, const std::string& body);
  nlohmann::json get(const std::string& target);
  Response post(const std::string& target, const nlohmann::json& body);
  Response push(const std::string& image, const std::string& apply, const std::string& target = "");

  /// The SHA-256 of the public key the server showed last, as hexadecimal digits.
  std::string spki() const;
  const std::string& token() const { return token_; }
  void connect();
  void disconnect();

 private:
  using Stream = boost::beast::ssl_stream<boost::beast::tcp_stream>;
  using Message = boost::beast::http::request<boost::beast::http::string_body>;

  Message message(boost::beast::http::verb method, const std::string& target, const std::string& body) const;
  Response exchange(Message& request);

  HostState host_;
  boost::asio::io_context io_;
  boost::asio::ssl::context tls_;
  std::unique_ptr<Stream> stream_;
  boost::beast::flat_buffer buffer_;
  std::string token_;
  std::string authorization_;
};

/// The body of a multipart push, and the content type that goes with it.
std::string multipart_body(const std::string& parameters, const std::string& image);
extern const std::string multipart_type;

}  // namespace breakwater::lab
