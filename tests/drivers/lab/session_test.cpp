// Who gets in: certificates, sessions, passwords, and what is counted of them.
#include <gmock/gmock.h>

#include "tests/drivers/lab/lab_fixture.hpp"

namespace breakwater::lab::session_test {
namespace {

using boost::beast::http::verb;
using nlohmann::json;

constexpr const char* kSessions = "/redfish/v1/SessionService/Sessions";
constexpr const char* kSystemUri = "/redfish/v1/Systems/1";

class SessionTest : public LabTest {
 protected:
  /// Whether a client that trusts the lab's authority and checks the address connects.
  bool connects() {
    const auto visitor = client_without_session();
    try {
      visitor->connect();
      return true;
    } catch (const boost::system::system_error&) {
      return false;
    }
  }
};

TEST_F(SessionTest, every_hosts_certificate_leads_to_the_labs_authority_and_names_its_address) {
  start();
  const auto visitor = client_without_session();
  visitor->connect();
  EXPECT_EQ(visitor->spki(), to_hex(state().spki));
}

TEST_F(SessionTest, the_authority_is_the_same_after_a_restart_the_keys_are_not) {
  start();
  const auto before = state().spki;
  lab_ = nullptr;
  lab_ = std::make_unique<RunningLab>(config_);
  EXPECT_TRUE(connects());
  EXPECT_NE(state().spki, before);
}

TEST_F(SessionTest, bad_certificates_are_refused_by_a_client_that_checks) {
  host_.certificate = Certificate::expired;
  start();
  EXPECT_FALSE(connects());
  for (const Certificate kind : {Certificate::self_signed, Certificate::wrong_name}) {
    lab_ = nullptr;
    config_.hosts[0].certificate = kind;
    lab_ = std::make_unique<RunningLab>(config_);
    EXPECT_FALSE(connects());
  }
}

TEST_F(SessionTest, a_session_lives_from_its_post_to_its_delete) {
  start();
  const auto bmc = client_without_session();
  EXPECT_EQ(bmc->send(verb::get, kSystemUri).status, 401U);
  const Response opened = bmc->post(kSessions, {{"UserName", "admin"}, {"Password", "lab-password"}});
  ASSERT_EQ(opened.status, 201U);
  const std::string token = opened.headers.at("x-auth-token");
  const std::string location = opened.headers.at("location");
  const Headers with_token{{"X-Auth-Token", token}};
  EXPECT_EQ(bmc->send(verb::get, kSystemUri, "", with_token).status, 200U);
  EXPECT_EQ(bmc->send(verb::get, location, "", with_token).body.at("UserName"), "admin");
  EXPECT_EQ(bmc->send(verb::get, kSessions, "", with_token).body.at("Members").size(), 1U);
  EXPECT_EQ(state().sessions_open, 1);
  EXPECT_EQ(bmc->send(verb::delete_, location, "", with_token).status, 204U);
  EXPECT_EQ(bmc->send(verb::get, kSystemUri, "", with_token).status, 401U);
  EXPECT_EQ(state().sessions_open, 0);
  EXPECT_EQ(state().counters.sessions_opened, 1);
  EXPECT_EQ(state().counters.logins_refused, 0);
}

TEST_F(SessionTest, a_password_with_each_request_opens_no_session) {
  start();
  const auto bmc = client_without_session();
  bmc->use_password("admin", "lab-password");
  EXPECT_EQ(bmc->send(verb::get, kSystemUri).status, 200U);
  EXPECT_EQ(state().counters.sessions_opened, 0);
}

TEST_F(SessionTest, wrong_passwords_are_counted_stale_tokens_are_not) {
  start();
  const auto bmc = client_without_session();
  EXPECT_EQ(bmc->post(kSessions, {{"UserName", "admin"}, {"Password", "guess"}}).status, 401U);
  EXPECT_EQ(bmc->post(kSessions, {{"UserName", "admin"}}).status, 400U);
  EXPECT_EQ(bmc->send(verb::get, kSystemUri, "", {{"X-Auth-Token", "stale"}}).status, 401U);
  bmc->use_password("admin", "guess");
  EXPECT_EQ(bmc->send(verb::get, kSystemUri).status, 401U);
  EXPECT_EQ(state().counters.logins_refused, 2);
}

TEST_F(SessionTest, a_full_table_answers_503) {
  host_.persona.sessions_max = 2;
  start();
  const auto bmc = client_without_session();
  const json login = {{"UserName", "admin"}, {"Password", "lab-password"}};
  EXPECT_EQ(bmc->post(kSessions, login).status, 201U);
  EXPECT_EQ(bmc->post(kSessions, login).status, 201U);
  const Response refused = bmc->post(kSessions, login);
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(refused.headers.count("retry-after"), 1U);
  EXPECT_EQ(refused.body.at("error").at("@Message.ExtendedInfo").at(0).at("MessageId"),
            "Base.1.18.SessionLimitExceeded");
}

}  // namespace
}  // namespace breakwater::lab::session_test
