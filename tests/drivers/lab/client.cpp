#include "tests/drivers/lab/client.hpp"

#include <openssl/x509.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cctype>
#include <stdexcept>

#include "inventories/trust/digest.hpp"

namespace breakwater::lab {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr const char* kBoundary = "lab-test-boundary";

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& letter : made) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return made;
}

}  // namespace

const std::string multipart_type = std::string("multipart/form-data; boundary=") + kBoundary;

std::string multipart_body(const std::string& parameters, const std::string& image) {
  const std::string line = std::string("--") + kBoundary;
  return line +
         "\r\nContent-Disposition: form-data; name=\"UpdateParameters\"\r\nContent-Type: application/json\r\n\r\n" +
         parameters + "\r\n" + line +
         "\r\nContent-Disposition: form-data; name=\"UpdateFile\"; filename=\"image.bin\"\r\n" +
         "Content-Type: application/octet-stream\r\n\r\n" + image + "\r\n" + line + "--\r\n";
}

Client::Client(const HostState& host, const std::filesystem::path& ca_file)
    : host_(host), tls_(asio::ssl::context::tls_client) {
  tls_.load_verify_file(ca_file.string());
  tls_.set_verify_mode(asio::ssl::verify_peer);
}

Client::~Client() {
  disconnect();
}

void Client::use_password(const std::string& user, const std::string& password) {
  const std::string plain = user + ":" + password;
  std::string encoded(beast::detail::base64::encoded_size(plain.size()), '\0');
  encoded.resize(beast::detail::base64::encode(encoded.data(), plain.data(), plain.size()));
  authorization_ = "Basic " + encoded;
}

void Client::log_in(const std::string& user, const std::string& password) {
  token_.clear();
  const Response opened = post("/redfish/v1/SessionService/Sessions", {{"UserName", user}, {"Password", password}});
  if (opened.status != 201) throw std::runtime_error("log-in: " + std::to_string(opened.status) + opened.text);
  token_ = opened.headers.at("x-auth-token");
}

void Client::connect() {
  disconnect();
  stream_ = std::make_unique<Stream>(io_, tls_);
  const asio::ip::tcp::endpoint at(asio::ip::make_address(host_.address), host_.port);
  beast::get_lowest_layer(*stream_).connect(at);
  stream_->set_verify_callback(asio::ssl::host_name_verification(host_.address));
  stream_->handshake(asio::ssl::stream_base::client);
}

void Client::disconnect() {
  if (!stream_) return;
  beast::error_code ignored;
  beast::get_lowest_layer(*stream_).socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.reset();
  buffer_.clear();
}

Client::Message Client::message(http::verb method, const std::string& target, const std::string& body) const {
  Message request(method, target, 11);
  request.set(http::field::host, host_.address);
  if (!token_.empty()) request.set("X-Auth-Token", token_);
  if (!authorization_.empty()) request.set(http::field::authorization, authorization_);
  if (!body.empty()) request.set(http::field::content_type, "application/json");
  request.body() = body;
  return request;
}

Response Client::send(http::verb method, const std::string& target, const std::string& body, const Headers& headers) {
  Message request = message(method, target, body);
  for (const auto& [name, value] : headers) request.set(name, value);
  request.prepare_payload();
  return exchange(request);
}

Response Client::send_chunked(const std::string& target, const std::string& body) {
  Message request = message(http::verb::post, target, body);
  request.set(http::field::content_type, multipart_type);
  request.chunked(true);
  return exchange(request);
}

Response Client::exchange(Message& request) {
  if (!stream_) connect();
  http::response_parser<http::string_body> parser;
  parser.skip(request.method() == http::verb::head);
  // A server that refuses a body answers before it has read it: the answer counts, not the broken write.
  beast::error_code write_failed;
  http::write(*stream_, request, write_failed);
  try {
    http::read(*stream_, buffer_, parser);
  } catch (const boost::system::system_error&) {
    disconnect();
    throw;
  }
  Response response;
  response.status = parser.get().result_int();
  for (const auto& field : parser.get()) response.headers[lower(field.name_string())] = field.value();
  response.text = parser.get().body();
  response.body = nlohmann::json::parse(response.text, nullptr, false);
  if (write_failed || !parser.get().keep_alive()) disconnect();
  return response;
}

nlohmann::json Client::get(const std::string& target) {
  return send(http::verb::get, target).body;
}

Response Client::post(const std::string& target, const nlohmann::json& body) {
  return send(http::verb::post, target, body.dump());
}

Response Client::push(const std::string& image, const std::string& apply, const std::string& target) {
  nlohmann::json parameters = {{"Targets", nlohmann::json::array()}, {"@Redfish.OperationApplyTime", apply}};
  if (!target.empty()) parameters["Targets"].push_back(target);
  return send(http::verb::post, "/redfish/v1/UpdateService/update-multipart", multipart_body(parameters.dump(), image),
              {{"Content-Type", multipart_type}});
}

std::string Client::spki() const {
  X509* certificate = SSL_get1_peer_certificate(stream_->native_handle());
  unsigned char* bytes = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
  const std::string hex = to_hex(sha256({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)}));
  OPENSSL_free(bytes);
  X509_free(certificate);
  return hex;
}

}  // namespace breakwater::lab
