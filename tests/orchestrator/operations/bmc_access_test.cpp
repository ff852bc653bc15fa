// What one process learns of a BMC holds for the next, and what it never gets is a login for nothing.
#include "orchestrator/operations/bmc_access.hpp"

#include <gmock/gmock.h>

#include "orchestrator/crews/bmc/survey.hpp"
#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::bmc_access_test {
namespace {

using testing::HasSubstr;

class Access : public Estate {
 protected:
  /// A process of its own that looks at n1 once.
  Sight look_once() {
    BmcAccess access(state_);
    const std::vector<Host> n1{loaded().documents.hosts.front()};
    return survey(access.for_looking(interrupts_), n1, 1, {}).front();
  }
};

TEST_F(Access, a_wrong_password_is_tried_three_times_an_hour_over_all_processes) {
  password_ = "wrong";
  lab::RunningLab& lab = turn_on_lab();
  for (int i = 0; i < 3; ++i) EXPECT_THAT(look_once().fault, HasSubstr("login_refused"));
  const std::string refused = look_once().fault;
  EXPECT_THAT(refused, HasSubstr("logins_exhausted"));
  EXPECT_THAT(refused, HasSubstr(", until 20"));
  EXPECT_THAT(refused, HasSubstr("/logins keeps them"));
  EXPECT_EQ(lab.state("n1").counters.logins_refused, 3) << "a fourth might lock the account";
}

TEST_F(Access, a_password_that_is_put_right_meanwhile_is_read_anew) {
  password_ = "wrong";
  turn_on_lab();
  BmcAccess access(state_);
  const std::vector<Host> n1{loaded().documents.hosts.front()};
  EXPECT_FALSE(survey(access.for_looking(interrupts_), n1, 1, {}).front().seen);
  password_ = "lab-password";
  write_inventory();
  EXPECT_TRUE(survey(access.for_looking(interrupts_), n1, 1, {}).front().seen) << "credentials are kept nowhere";
}

TEST_F(Access, a_credentials_file_that_is_gone_is_named_and_costs_no_login) {
  lab::RunningLab& lab = turn_on_lab();
  const RolloutDocuments documents = loaded();
  std::filesystem::remove(file("bmc.login"));
  BmcAccess access(state_);
  const Sight sight = survey(access.for_looking(interrupts_), {documents.documents.hosts.front()}, 1, {}).front();
  EXPECT_FALSE(sight.seen);
  EXPECT_THAT(sight.fault, HasSubstr("bmc.login"));
  EXPECT_EQ(lab.state("n1").counters.requests, 0);
}

TEST_F(Access, what_of_our_own_side_fails_is_named_without_asking_the_bmc) {
  BmcAccess access(state_);
  BmcEndpoint endpoint;
  endpoint.drivers = {Driver::redfish, Driver::ipmi};
  endpoint.credentials = "env:BREAKWATER_NO_SUCH_LOGIN";
  endpoint.ipmi.k_g = "file:/no/such/kg";
  endpoint.tls = TlsPolicy{TlsPolicy::Mode::ca, "/no/such/ca.pem", {}};
  const std::vector<OwnFault> faults = access.own_faults(endpoint);
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_THAT(faults[0].what, HasSubstr("env:BREAKWATER_NO_SUCH_LOGIN is not set"));
  EXPECT_THAT(faults[1].what, HasSubstr("file:/no/such/kg cannot be read"));
  EXPECT_THAT(faults[2].what, HasSubstr("/no/such/ca.pem cannot be read"));
  EXPECT_TRUE(faults[0].for_good) << "no process is given another environment";
  EXPECT_FALSE(faults[1].for_good || faults[2].for_good);
  endpoint.drivers = {Driver::redfish};
  EXPECT_EQ(access.own_faults(endpoint).size(), 2U) << "no K_G is needed";
  endpoint.tls.mode = TlsPolicy::Mode::pin;
  EXPECT_EQ(access.own_faults(endpoint).size(), 1U) << "and no bundle";
}

TEST_F(Access, a_certificate_of_another_authority_gets_no_login) {
  lab::RunningLab& lab = turn_on_lab();
  std::filesystem::remove(folder_ / "pki" / "ca.pem");
  std::filesystem::remove(folder_ / "pki" / "ca.key");
  lab::LabConfig other;
  other.certificates = folder_ / "pki";
  other.port = other.ipmi_port = 0;
  const lab::RunningLab maker(other);  // a new authority in the place of the old one
  EXPECT_THAT(look_once().fault, HasSubstr("tls"));
  EXPECT_EQ(lab.state("n1").counters.requests, 0) << "no byte of ours reached it";
}

}  // namespace
}  // namespace breakwater::operations::bmc_access_test
