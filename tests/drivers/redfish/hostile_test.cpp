// BMCs that attack: links and redirects that lead elsewhere, lengths that lie, replies without end, storms of 401.
// Nothing of it may reach another host, stall, or grow without bound.
#include <gmock/gmock.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/drivers/redfish/hostile_fixture.hpp"

namespace breakwater::redfish::hostile_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(Hostile, a_redirect_is_a_fault_that_names_its_target_and_is_not_followed) {
  for (const char* status :
       {"301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"}) {
    server_.on(kInventory, [this, status](const auto& write) {
      write(HostileServer::reply("", status, "Location: " + decoy_.url() + "/redfish/v1/UpdateService\r\n"));
    });
    const Fault fault = look_fails();
    EXPECT_EQ(fault.kind, Fault::Kind::foreign_link) << status;
    EXPECT_THAT(fault.message, HasSubstr(decoy_.url()));
  }
}

TEST_F(Hostile, the_login_is_not_redirected_either) {
  server_.on("POST /redfish/v1/SessionService/Sessions", [this](const auto& write) {
    write(HostileServer::reply("", "307 Temporary Redirect", "Location: " + decoy_.url() + "/redfish/v1/Sessions\r\n"));
  });
  auto one = bmc();
  const auto in = run(one->open(remember()));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().kind, Fault::Kind::foreign_link);
  run(one->close());
  EXPECT_FALSE(decoy_.was_visited());
}

TEST_F(Hostile, links_that_lead_elsewhere_are_not_followed) {
  for (const std::string& link :
       {decoy_.url() + "/redfish/v1/x", std::string("//127.0.0.1/redfish/v1/x"), std::string("/etc/passwd"),
        std::string("/redfish/../x"), std::string("/redfish/v1/%2e%2e/x")}) {
    server_.json(kInventory, R"({"Members":[{"@odata.id":")" + link + R"("}]})");
    EXPECT_EQ(look_fails().kind, Fault::Kind::foreign_link) << link;
  }
  server_.json(kInventory, R"({"Members":[],"Members@odata.nextLink":")" + decoy_.url() + R"(/redfish/v1/x"})");
  EXPECT_EQ(look_fails().kind, Fault::Kind::foreign_link);
  server_.json(kInventory, R"({"Members":[{"@odata.id":"/redfish/v1/x\r\nX-Evil: 1"}]})");
  EXPECT_EQ(look_fails().kind, Fault::Kind::foreign_link);
}

TEST_F(Hostile, a_session_that_lives_elsewhere_is_no_session) {
  server_.on("POST /redfish/v1/SessionService/Sessions", [this](const auto& write) {
    write(HostileServer::reply("{}", "201 Created",
                               "X-Auth-Token: t\r\nLocation: " + decoy_.url() + "/redfish/v1/S/1\r\n"));
  });
  auto one = bmc();
  const auto in = run(one->open(remember()));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().kind, Fault::Kind::malformed_reply);
  run(one->close());
  EXPECT_FALSE(decoy_.was_visited());
}

TEST_F(Hostile, pages_that_lead_in_a_circle_end) {
  server_.json(kInventory,
               R"({"Members":[],"Members@odata.nextLink":"/redfish/v1/UpdateService/FirmwareInventory?page=2"})");
  server_.json(std::string(kInventory) + "?page=2",
               R"({"Members":[],"Members@odata.nextLink":"/redfish/v1/UpdateService/FirmwareInventory"})");
  EXPECT_EQ(look_fails().kind, Fault::Kind::bound_exceeded);
  EXPECT_EQ(server_.count(kInventory), 2);
}

TEST_F(Hostile, members_that_point_to_their_collection_are_left_out) {
  server_.json(kInventory, R"({"Members":[{"@odata.id":"/redfish/v1/UpdateService/FirmwareInventory"}]})");
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  EXPECT_TRUE(run(one->observe()));
  EXPECT_EQ(server_.count(kInventory), 1);
  run(one->close());
}

TEST_F(Hostile, a_collection_without_end_stops_at_its_bounds) {
  int page = 0;
  server_.on(kInventory, [&page](const auto& write) {
    write(HostileServer::reply(
        R"({"Members":[],"Members@odata.nextLink":"/redfish/v1/UpdateService/FirmwareInventory?p=)" +
        std::to_string(++page) + R"("})"));
  });
  const Fault fault = look_fails();
  EXPECT_EQ(fault.kind, Fault::Kind::bound_exceeded);
  EXPECT_THAT(fault.message, HasSubstr("256 pages"));
  EXPECT_EQ(server_.count(kInventory), 256);
}

TEST_F(Hostile, a_body_past_its_bound_is_refused) {
  server_.on("GET /redfish/v1/Systems/1", [](const auto& write) {
    write("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n");
    while (write(std::string(65536, ' '))) {
    }
  });
  const Fault lengthy = look_fails();
  EXPECT_EQ(lengthy.kind, Fault::Kind::bound_exceeded);
  EXPECT_THAT(lengthy.message, HasSubstr("1048576"));
  server_.on("GET /redfish/v1/Systems/1", [](const auto& write) {
    write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (write("10000\r\n" + std::string(65536, ' ') + "\r\n")) {
    }
  });
  EXPECT_EQ(look_fails().kind, Fault::Kind::bound_exceeded);
  server_.on("GET /redfish/v1/Systems/1", [](const auto& write) {
    write("HTTP/1.1 200 OK\r\n\r\n");
    while (write(std::string(65536, ' '))) {
    }
  });
  EXPECT_EQ(look_fails().kind, Fault::Kind::bound_exceeded);
}

TEST_F(Hostile, a_header_without_end_is_refused) {
  server_.on("GET /redfish/v1/Systems/1", [](const auto& write) {
    write("HTTP/1.1 200 OK\r\n");
    while (write("X-Flood: " + std::string(1000, 'a') + "\r\n")) {
    }
  });
  EXPECT_EQ(look_fails().kind, Fault::Kind::bound_exceeded);
  server_.on("GET /redfish/v1/Systems/1", [](const auto& write) {
    write("HTTP/1.1 200 OK\r\nX-Flood: ");
    while (write(std::string(4096, 'a'))) {
    }
  });
  EXPECT_EQ(look_fails().kind, Fault::Kind::bound_exceeded);
}

TEST_F(Hostile, lengths_that_lie_are_malformed) {
  for (const char* raw :
       {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}", "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}", "<html>oops</html>\r\n\r\n",
        "SSH-2.0-dropbear\r\n"}) {
    server_.on("GET /redfish/v1/Systems/1", [this, raw](const auto& write) {
      write(raw);
      server_.hang_up();
    });
    EXPECT_EQ(look_fails().kind, Fault::Kind::malformed_reply) << raw;
  }
}

TEST_F(Hostile, a_reply_that_drips_is_ended_by_the_total_deadline) {
  server_.on("GET /redfish/v1/Systems/1", [](const auto& write) {
    write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (write(" ")) std::this_thread::sleep_for(50ms);
  });
  const Fault fault = look_fails({Duration(700), Duration(300)});
  EXPECT_EQ(fault.kind, Fault::Kind::deadline) << fault.message;
  EXPECT_GE(took_, 600ms);
  EXPECT_LT(took_, 3s);
}

TEST_F(Hostile, silence_is_no_progress) {
  std::atomic<bool> done = false;
  server_.on("GET /redfish/v1/Systems/1", [&done](const auto&) {
    while (!done) std::this_thread::sleep_for(10ms);
  });
  auto one = bmc({Duration(5000), Duration(200)});
  ASSERT_TRUE(run(one->open(remember())));
  const auto seen = run(one->observe());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::no_progress);
  EXPECT_THAT(seen.error().message, HasSubstr("first byte"));
  done = true;
  run(one->close());
}

TEST_F(Hostile, a_storm_of_401_is_met_by_one_login) {
  for (const char* request : {"GET /redfish/v1/Systems", "GET /redfish/v1/Systems/1"}) {
    server_.on(request, [](const auto& write) { write(HostileServer::reply("{}", "401 Unauthorized")); });
  }
  const Fault fault = look_fails();
  EXPECT_EQ(fault.kind, Fault::Kind::unauthorized);
  EXPECT_EQ(server_.count("POST"), 2) << "the first login and one more";
  EXPECT_EQ(server_.count("GET /redfish/v1/Systems"), 2);
}

TEST_F(Hostile, a_kept_connection_that_closed_is_opened_again_for_a_read_and_once) {
  std::atomic<int> asked = 0;
  server_.on("GET /redfish/v1/Systems/1", [this, &asked](const auto& write) {
    if (++asked > 1)
      write(HostileServer::reply(R"({"@odata.id":"/redfish/v1/Systems/1","Id":"1"})"));
    else
      server_.hang_up();
  });
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  EXPECT_TRUE(run(one->identify()));
  EXPECT_EQ(asked, 2);
  asked = 0;
  server_.on("GET /redfish/v1/Systems/1", [this, &asked](const auto&) {
    ++asked;
    server_.hang_up();
  });
  const auto who = run(one->identify());
  ASSERT_FALSE(who);
  EXPECT_EQ(who.error().kind, Fault::Kind::closed_before_reply);
  EXPECT_LE(asked, 2);
  run(one->close());
}

TEST_F(Hostile, an_answer_in_the_middle_of_an_upload_is_read) {
  server_.on("POST /redfish/v1/UpdateService/push", [this](const auto& write) {
    write(HostileServer::reply(
        R"({"error":{"@Message.ExtendedInfo":[{"MessageId":"Update.1.0.Busy","Message":"not now"}]}})", "409 Conflict",
        "Connection: close\r\n"));
    std::this_thread::sleep_for(300ms);
    server_.hang_up();
  });
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  StageRequest request;
  request.deadline = Duration(10'000);
  request.no_progress = Duration(2'000);
  const auto refused = run(one->stage(image("bios", "3.3", 20'000'000), request, count()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().http_status, 409) << refused.error().message;
  EXPECT_THAT(refused.error().message, HasSubstr("not now"));
  EXPECT_FALSE(refused.error().body_sent);
  EXPECT_EQ(server_.count("POST /redfish/v1/UpdateService/push"), 1);
  run(one->close());
}

TEST_F(Hostile, errors_of_a_bmc_are_fit_for_a_terminal) {
  server_.on("GET /redfish/v1/Systems/1", [](const auto& write) {
    write(HostileServer::reply(R"({"error":{"@Message.ExtendedInfo":[{"Message":"\u001b]0;owned\u0007\nsecond )" +
                                   std::string(1000, 'x') + R"("}]}})",
                               "500 Internal Server Error"));
  });
  const Fault fault = look_fails();
  EXPECT_EQ(fault.kind, Fault::Kind::http_status);
  EXPECT_EQ(fault.http_status, 500);
  for (const char c : fault.message) EXPECT_TRUE(c >= ' ' && c < 0x7f);
  EXPECT_LT(fault.message.size(), 500u);
}

TEST_F(Hostile, json_bombs_are_refused) {
  server_.json("GET /redfish/v1/Systems/1", std::string(70, '[') + std::string(70, ']'));
  EXPECT_EQ(look_fails().kind, Fault::Kind::bound_exceeded);
  server_.json("GET /redfish/v1/Systems/1", R"({"Id":"1","Id":"2"})");
  EXPECT_EQ(look_fails().kind, Fault::Kind::malformed_reply);
  server_.json("GET /redfish/v1/Systems/1", R"(["no object"])");
  EXPECT_EQ(look_fails().kind, Fault::Kind::malformed_reply);
}

TEST_F(Hostile, a_look_ends_when_its_time_is_over_however_many_members_there_are) {
  server_.json(kInventory, list_of(2'000));
  server_.on(std::string(kInventory) + "/", [](const auto& write) {
    std::this_thread::sleep_for(50ms);
    write(HostileServer::reply(R"({"Id":"x","Name":"x","Version":"1"})"));
  });
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  const auto end = std::chrono::steady_clock::now() + 700ms;
  one->until(end);
  const auto seen = run(one->observe());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::deadline) << seen.error().message;
  EXPECT_LT(std::chrono::steady_clock::now() - end, 10s) << "members alone would take 100 s";
  run(one->close());
  EXPECT_EQ(server_.count("DELETE /redfish/v1/SessionService/Sessions/"), 1) << "the session is given back";
}

TEST_F(Hostile, a_look_up_is_under_the_deadline_too) {
  BmcEndpoint endpoint;
  endpoint.address = "localhost";
  endpoint.port = server_.port();
  endpoint.tls.mode = TlsPolicy::Mode::pin;
  endpoint.tls.pins = {server_.spki()};
  const Deadlines none{Duration(1), Duration(1)};
  auto one = open_redfish(runner_.io().get_executor(), endpoint, credentials_, *shared_, none);
  one->until(std::chrono::steady_clock::now());  // a millisecond is enough where all of it was asked before
  const auto late = run(one->open(remember()));
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().kind, Fault::Kind::name_not_resolved) << late.error().message;
  auto other = open_redfish(runner_.io().get_executor(), endpoint, credentials_, *shared_);
  EXPECT_TRUE(run(other->open(remember())));
  run(other->close());
}

TEST_F(Hostile, a_task_is_read_no_sooner_than_the_service_asks) {
  StageReceipt receipt;
  receipt.task_uri = "/redfish/v1/TaskService/Tasks/1";
  server_.on("GET " + receipt.task_uri, [](const auto& write) {
    write(HostileServer::reply(R"({"Id":"1","TaskState":"Running"})", "200 OK", "Retry-After: 1\r\n"));
  });
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  ASSERT_TRUE(run(one->read_task(receipt)));
  const auto begun = std::chrono::steady_clock::now();
  ASSERT_TRUE(run(one->read_task(receipt)));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, 900ms);
  run(one->close());
}

TEST_F(Hostile, one_walk_brings_four_mebibytes_at_most) {
  server_.json(kInventory, list_of(40));
  const std::string body = R"({"Id":"x","Name":"x","Version":"1","Fill":")" + std::string(200'000, 'x') + R"("})";
  server_.json(std::string(kInventory) + "/", body);
  const Fault fault = look_fails();
  EXPECT_EQ(fault.kind, Fault::Kind::bound_exceeded);
  EXPECT_THAT(fault.message, HasSubstr("4 MiB"));
  EXPECT_LE(server_.count(std::string(kInventory) + "/"), 21);
}

TEST_F(Hostile, what_an_entry_says_of_itself_is_short) {
  for (const std::string key : {"Version", "Name", "SoftwareId"}) {
    server_.json(kInventory, list_of(1));
    for (const std::size_t bytes : {std::size_t{256}, std::size_t{257}}) {
      server_.json(std::string(kInventory) + "/",
                   R"({"@odata.id":"/redfish/v1/UpdateService/FirmwareInventory/0","Id":"x",")" + key + R"(":")" +
                       std::string(bytes, 'v') + R"("})");
      auto one = bmc();
      ASSERT_TRUE(run(one->open(remember())));
      const auto seen = run(one->observe());
      const bool bounded = !seen && seen.error().kind == Fault::Kind::bound_exceeded;
      EXPECT_EQ(bounded, bytes > 256) << key << " " << (seen ? "" : seen.error().message);
      if (bounded) {
        EXPECT_THAT(seen.error().message, HasSubstr(key));
      }
      run(one->close());
    }
  }
}

}  // namespace
}  // namespace breakwater::redfish::hostile_test
