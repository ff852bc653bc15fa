// The control endpoint: what another process sees of a lab, and does to it.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "inventories/trust/digest.hpp"
#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab::control_test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using nlohmann::json;

// A port that was free a moment ago: the control endpoint takes a number, as its users know it beforehand.
std::uint16_t free_port() {
  asio::io_context io;
  asio::ip::tcp::acceptor probe(io, {asio::ip::address_v4::loopback(), 0});
  return probe.local_endpoint().port();
}

class ControlTest : public LabTest {
 protected:
  void start() {
    config_.control_port = free_port();
    LabTest::start();
  }

  std::pair<unsigned, json> ask(http::verb method, const std::string& target, const std::string& body = "") {
    asio::io_context io;
    beast::tcp_stream stream(io);
    stream.connect({asio::ip::address_v4::loopback(), config_.control_port});
    http::request<http::string_body> request(method, target, 11);
    request.body() = body;
    request.prepare_payload();
    http::write(stream, request);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(stream, buffer, response);
    return {response.result_int(), json::parse(response.body())};
  }
};

TEST_F(ControlTest, shows_what_every_bmc_saw) {
  start();
  const auto bmc = client();
  const std::string content = image("bios", "3.4");
  wait_for_task(*bmc, push(*bmc, content, "Immediate"), "Completed");
  const auto [status, hosts] = ask(http::verb::get, "/lab/hosts");
  EXPECT_EQ(status, 200U);
  ASSERT_EQ(hosts.size(), 1U);
  const json& host = hosts.at(0);
  EXPECT_EQ(host.at("name"), "n1");
  EXPECT_EQ(host.at("address"), state().address);
  EXPECT_EQ(host.at("versions").at("bios"), "3.4");
  EXPECT_EQ(host.at("previous").at("bios"), "3.2");
  EXPECT_EQ(host.at("ipmiPort"), state().ipmi_port);
  for (const char* counter : {"ipmiSessionsOpened", "ipmiSessionsOpen", "ipmiLoginsRefused", "hpmUploadsBegun",
                              "hpmUploads", "hpmActivations", "hpmRollbacks", "hpmAborts"})
    EXPECT_EQ(host.at("counters").at(counter), 0) << counter;
  EXPECT_EQ(host.at("health"), "OK");
  EXPECT_EQ(host.at("counters").at("uploads"), 1);
  EXPECT_EQ(host.at("counters").at("sessionsOpened"), 1);
  EXPECT_EQ(host.at("counters").at("sessionsOpen"), 1);
  EXPECT_EQ(host.at("counters").at("activations").at("bios"), 1);
  EXPECT_EQ(host.at("images").at(0).at("sha256"), to_hex(sha256(content)));
  EXPECT_EQ(host.at("activations").at(0).at("sha256"), to_hex(sha256(content)));
  EXPECT_EQ(host.at("activations").at(0).at("outcome"), "activated");
  EXPECT_EQ(ask(http::verb::get, "/lab/hosts/n1").second.at("serial"), "LAB-N1");
}

TEST_F(ControlTest, disturbs_and_heals) {
  start();
  const auto bmc = client();
  EXPECT_EQ(
      ask(http::verb::post, "/lab/hosts/n1", R"({"fault":"unchanged","component":"bios","times":1,"every":1})").first,
      200U);
  wait_for_task(*bmc, push(*bmc, image("bios", "3.4"), "Immediate"), "Completed");
  EXPECT_EQ(state().versions.at("bios"), "3.2");
  EXPECT_EQ(ask(http::verb::post, "/lab/hosts/n1", R"({"power":"off"})").second.at("power"), "Off");
  EXPECT_EQ(ask(http::verb::post, "/lab/hosts/n1", R"({"power":"on"})").second.at("power"), "On");
  EXPECT_EQ(ask(http::verb::post, "/lab/hosts/n1", R"({"health":"Critical"})").second.at("health"), "Critical");
  EXPECT_EQ(ask(http::verb::post, "/lab/hosts/n1", R"({"heal":true})").second.at("health"), "OK");
}

TEST_F(ControlTest, refuses_what_it_does_not_know) {
  start();
  for (const char* body : {"", "[]", R"({"fault":"gremlins"})", R"({"colour":"red"})", R"({"times":"many","fault":7})",
                           R"({"power":"sideways"})"})
    EXPECT_EQ(ask(http::verb::post, "/lab/hosts/n1", body).first, 400U) << body;
  EXPECT_EQ(ask(http::verb::get, "/lab/hosts/n2").first, 404U);
  EXPECT_EQ(ask(http::verb::get, "/lab").first, 404U);
  EXPECT_EQ(ask(http::verb::delete_, "/lab/hosts/n1").first, 405U);
}

}  // namespace
}  // namespace breakwater::lab::control_test
