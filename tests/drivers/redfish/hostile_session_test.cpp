// BMCs that attack the conversation itself: who they are, sessions that die, places that are not theirs.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/drivers/redfish/hostile_crowd.hpp"
#include "tests/drivers/redfish/hostile_fixture.hpp"

namespace breakwater::redfish::hostile_session_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPush = "POST /redfish/v1/UpdateService/push";

class HostileSession : public Hostile {
 protected:
  /// Pushes an image and returns what the answer named.
  Result<StageReceipt, Fault> push() {
    one_ = bmc();
    EXPECT_TRUE(run(one_->open(remember())));
    StageRequest request;
    request.deadline = Duration(10'000);
    request.no_progress = Duration(2'000);
    return run(one_->stage(image("bios", "3.3", 1'000), request, count()));
  }
  std::unique_ptr<Bmc> one_;
};

TEST_F(HostileSession, another_key_on_the_next_connection_is_told_nothing) {
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  server_.on("GET /redfish/v1/Systems/1", [this](const auto& write) {
    write(HostileServer::reply(R"({"@odata.id":"/redfish/v1/Systems/1","Id":"1"})"));
    server_.change_key();
    server_.hang_up();
  });
  ASSERT_TRUE(run(one->identify()));
  const std::size_t before = server_.requests().size();
  const auto seen = run(one->identify());
  ASSERT_FALSE(seen);
  EXPECT_EQ(seen.error().kind, Fault::Kind::tls_pin_mismatch) << seen.error().message;
  EXPECT_EQ(server_.requests().size(), before) << "no token to a stranger";
  run(one->close());
  EXPECT_EQ(server_.requests().size(), before) << "not with the logout either";
}

TEST_F(HostileSession, a_key_under_another_ca_is_told_nothing) {
  server_.greet();
  BmcEndpoint endpoint = attacker();
  endpoint.tls.mode = TlsPolicy::Mode::ca;
  endpoint.tls.pins.clear();
  const lab::Authority other(folder_ / "other");
  endpoint.tls.ca_bundle = folder_ / "other" / "ca.pem";
  auto one = RedfishTest::bmc(endpoint);
  const auto in = run(one->open(remember()));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().kind, Fault::Kind::tls_untrusted);
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(HostileSession, a_handshake_that_is_never_answered_ends) {
  const lab::Authority authority(folder_ / "crowd");
  const HostileCrowd crowd(authority.issue("crowd", "127.0.0.1", lab::Certificate::valid), "127.210.2.1", 0,
                           {Hostility::unshaken});
  auto one = open_redfish(runner_.io().get_executor(), crowd.endpoints().front(), credentials_, *shared_,
                          {Duration(5000), Duration(100)});
  const auto in = run(one->open(remember()));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().kind, Fault::Kind::no_progress);
  EXPECT_THAT(in.error().message, HasSubstr("handshake"));
}

TEST_F(HostileSession, sessions_that_die_again_and_again_are_not_opened_for_ever) {
  server_.json(kInventory, list_of(100));
  server_.json(std::string(kInventory) + "/", R"({"Id":"x","Name":"x","Version":"1"})");
  int asked = 0;
  // The first time each thing is asked, the session is said to be dead; the second time all is well.
  for (const std::string request : {"GET /redfish/v1/Systems/1", "GET /redfish/v1/UpdateService/FirmwareInventory/"}) {
    server_.on(request, [&asked](const auto& write) {
      write(++asked % 2 == 1
                ? HostileServer::reply("{}", "401 Unauthorized")
                : HostileServer::reply(R"({"Id":"1","Links":{"ManagedBy":[{"@odata.id":"/redfish/v1/Managers/1"}]}})"));
    });
  }
  const Fault fault = look_fails();
  EXPECT_EQ(fault.kind, Fault::Kind::unauthorized) << fault.message;
  EXPECT_LE(server_.count("POST"), 10) << "each one is a record in the journal and a place in the BMC's table";
  EXPECT_EQ(static_cast<int>(sessions_.size()), server_.count("POST"));
}

TEST_F(HostileSession, a_session_whose_place_is_no_path_of_ours_is_no_session) {
  for (const std::string& location :
       {std::string("/redfish/v1/../../etc"), std::string("/redfish/v1/S/1\r\n /2"), std::string("/redfish/v1/S 1"),
        std::string("/redfish/v1/%0d%0aX-Evil:1"), std::string("https://u@127.0.0.1/redfish/v1/S/1"), std::string()}) {
    server_.on("POST /redfish/v1/SessionService/Sessions", [&location](const auto& write) {
      write(HostileServer::reply("{}", "201 Created", "X-Auth-Token: t\r\nLocation: " + location + "\r\n"));
    });
    auto one = bmc();
    const auto in = run(one->open(remember()));
    ASSERT_FALSE(in) << location;
    EXPECT_EQ(in.error().kind, Fault::Kind::malformed_reply) << location;
    run(one->close());
  }
  EXPECT_THAT(sessions_, IsEmpty());
  for (const std::string& line : server_.requests()) EXPECT_FALSE(line.starts_with("DELETE")) << line;
}

TEST_F(HostileSession, lengths_past_every_number_are_refused) {
  for (const char* length : {"9223372036854775807", "18446744073709551615", "18446744073709551616",
                             "99999999999999999999999999", "0x10", "2, 3", "+2"}) {
    server_.on("GET /redfish/v1/Systems/1", [this, length](const auto& write) {
      write(std::string("HTTP/1.1 200 OK\r\nContent-Length: ") + length + "\r\n\r\n{}");
      server_.hang_up();
    });
    const Fault::Kind kind = look_fails().kind;
    EXPECT_TRUE(kind == Fault::Kind::bound_exceeded || kind == Fault::Kind::malformed_reply) << length;
  }
}

TEST_F(HostileSession, what_comes_behind_a_short_length_is_not_the_next_reply) {
  server_.on("GET /redfish/v1/Systems/1", [](const auto& write) {
    const std::string system = R"({"@odata.id":"/redfish/v1/Systems/1","Id":"1","SerialNumber":"REAL"})";
    write(HostileServer::reply(system) + HostileServer::reply(R"({"Id":"1","SerialNumber":"SMUGGLED"})"));
  });
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  for (int i = 0; i < 2; ++i) {
    const auto who = run(one->identify());
    ASSERT_TRUE(who) << who.error().message;
    EXPECT_EQ(who->serial, "REAL");
  }
  run(one->close());
}

TEST_F(HostileSession, a_task_on_another_host_is_no_task) {
  server_.on(kPush, [this](const auto& write) {
    const std::string task = decoy_.url() + "/redfish/v1/TaskService/Tasks/1";
    write(HostileServer::reply(
        R"({"@odata.type":"#Task.v1_4_3.Task","@odata.id":")" + task + R"(","TaskMonitor":")" + task + R"("})",
        "202 Accepted", "Connection: close\r\nLocation: " + task + "\r\n"));
  });
  const auto receipt = push();
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->task_uri, "");
  EXPECT_EQ(receipt->monitor_uri, "");
  const auto task = run(one_->read_task(*receipt));
  ASSERT_FALSE(task);
  EXPECT_EQ(task.error().kind, Fault::Kind::task_gone);
  run(one_->close());
  EXPECT_FALSE(decoy_.was_visited());
}

TEST_F(HostileSession, a_task_that_hands_over_to_another_host_is_not_followed) {
  server_.on("GET /redfish/v1/TaskService/Tasks/1", [this](const auto& write) {
    write(HostileServer::reply(
        R"({"Id":"1","TaskState":"Completed","Messages":[{"MessageId":"Base.1.0.OperationTransitionedToJob",)"
        R"("MessageArgs":[")" +
        decoy_.url() + R"(/redfish/v1/JobService/Jobs/1"]}]})"));
  });
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  StageReceipt receipt;
  receipt.task_uri = "/redfish/v1/TaskService/Tasks/1";
  const auto handed_over = run(one->read_task(receipt));
  ASSERT_FALSE(handed_over);
  EXPECT_EQ(handed_over.error().kind, Fault::Kind::foreign_link);
  receipt.task_uri = decoy_.url() + "/redfish/v1/TaskService/Tasks/1";
  const auto elsewhere = run(one->read_task(receipt));
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().kind, Fault::Kind::foreign_link);
  run(one->close());
  EXPECT_FALSE(decoy_.was_visited());
}

TEST_F(HostileSession, an_upload_does_not_go_to_another_host) {
  server_.json("GET /redfish/v1/UpdateService", R"({"@odata.id":"/redfish/v1/UpdateService",
        "MultipartHttpPushUri":")" + decoy_.url() + R"(/redfish/v1/UpdateService/push"})");
  const auto receipt = push();
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().kind, Fault::Kind::foreign_link);
  EXPECT_FALSE(receipt.error().body_sent);
  EXPECT_EQ(bodies_sent_, 0);
  run(one_->close());
  EXPECT_FALSE(decoy_.was_visited());
}

TEST_F(HostileSession, an_upload_that_is_redirected_is_not_sent_again) {
  server_.on(kPush, [this](const auto& write) {
    write(
        HostileServer::reply("", "307 Temporary Redirect",
                             "Connection: close\r\nLocation: " + decoy_.url() + "/redfish/v1/UpdateService/push\r\n"));
  });
  const auto receipt = push();
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().kind, Fault::Kind::foreign_link);
  EXPECT_EQ(server_.count(kPush), 1);
  run(one_->close());
  EXPECT_FALSE(decoy_.was_visited());
}

TEST_F(HostileSession, a_wait_that_a_task_asks_for_ends_with_our_own_time) {
  StageReceipt receipt;
  receipt.task_uri = "/redfish/v1/TaskService/Tasks/1";
  server_.on("GET " + receipt.task_uri, [](const auto& write) {
    write(HostileServer::reply(R"({"Id":"1","TaskState":"Running"})", "200 OK", "Retry-After: 3600\r\n"));
  });
  auto one = bmc();
  ASSERT_TRUE(run(one->open(remember())));
  ASSERT_TRUE(run(one->read_task(receipt)));
  const auto begun = std::chrono::steady_clock::now();
  one->until(begun + 100ms);
  const auto late = run(one->read_task(receipt));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, Fault::Kind::deadline);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 30s) << "the wait of a minute that the driver grants was sat out";
  run(one->close());
}

}  // namespace
}  // namespace breakwater::redfish::hostile_session_test
