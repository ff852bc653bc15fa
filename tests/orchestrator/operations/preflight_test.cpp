// What of our own side is in the way is found before a BMC is asked, read once for all hosts that share it, and named
// with them.
#include "orchestrator/operations/preflight.hpp"

#include <gmock/gmock.h>

#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::preflight_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class PreflightTest : public Estate {
 protected:
  BmcEndpoint endpoint(const std::string& credentials) {
    BmcEndpoint bmc = loaded().documents.hosts.front().bmc;
    bmc.credentials = credentials;
    return bmc;
  }

  BmcAccess bmcs_{state_};
  Preflight preflight_{bmcs_};
};

TEST_F(PreflightTest, nothing_is_in_the_way_of_an_estate_that_is_whole) {
  for (const Host& host : loaded().documents.hosts) EXPECT_THAT(preflight_.faults_of(host.name, host.bmc), SizeIs(0));
  EXPECT_TRUE(preflight_.works());
}

TEST_F(PreflightTest, a_fault_is_named_once_with_its_hosts_and_nobody_else) {
  const BmcEndpoint gone = endpoint("file:/no/such.login");
  EXPECT_THAT(preflight_.faults_of("n2", gone), ElementsAre(HasSubstr("/no/such.login")));
  EXPECT_THAT(preflight_.faults_of("n1", gone), SizeIs(1));
  EXPECT_THAT(preflight_.faults_of("n1", gone), SizeIs(1)) << "asked again, the same";
  EXPECT_THAT(preflight_.faults_of("n3", loaded().documents.hosts[2].bmc), SizeIs(0));
  EXPECT_FALSE(preflight_.works());
  const Problem problem = preflight_.problem("apply again", "breakwater apply again.yaml");
  EXPECT_EQ(problem.kind, Problem::Kind::try_later);
  EXPECT_EQ(problem.next, "breakwater apply again.yaml");
  ASSERT_THAT(problem.messages, SizeIs(2));
  EXPECT_THAT(problem.messages[0], HasSubstr("/no/such.login"));
  EXPECT_THAT(problem.messages[0], HasSubstr(", for n1, n2"));
  EXPECT_THAT(problem.messages[0], testing::Not(HasSubstr("n3")));
  EXPECT_THAT(problem.messages[1], HasSubstr("no BMC was asked"));
}

TEST_F(PreflightTest, two_faults_have_a_line_each_and_a_host_may_stand_in_both) {
  BmcEndpoint both = endpoint("env:BREAKWATER_NO_SUCH_LOGIN");
  both.tls = TlsPolicy{TlsPolicy::Mode::ca, "/no/such/ca.pem", {}};
  BmcEndpoint one = both;
  one.credentials = loaded().documents.hosts.front().bmc.credentials;
  EXPECT_THAT(preflight_.faults_of("n1", both), SizeIs(2));
  EXPECT_THAT(preflight_.faults_of("n2", one), ElementsAre(HasSubstr("/no/such/ca.pem")));
  EXPECT_THAT(preflight_.for_good(), ElementsAre(HasSubstr("env:BREAKWATER_NO_SUCH_LOGIN is not set in the "
                                                           "environment, for n1")));
  const std::vector<std::string> lines = preflight_.problem("apply again", "").messages;
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines, testing::Contains(testing::AllOf(HasSubstr("/no/such/ca.pem"), HasSubstr(", for n1, n2"))));
  EXPECT_THAT(lines,
              testing::Contains(testing::AllOf(HasSubstr("BREAKWATER_NO_SUCH_LOGIN"), testing::EndsWith(", for n1"))));
}

TEST_F(PreflightTest, what_hosts_share_is_read_once) {
  const BmcEndpoint late = endpoint("file:" + file("late.login").string());
  EXPECT_THAT(preflight_.faults_of("n1", late), SizeIs(1));
  std::filesystem::copy_file(file("bmc.login"), file("late.login"));
  EXPECT_THAT(preflight_.faults_of("n2", late), SizeIs(1)) << "one look for both: the same word about both";
  Preflight next(bmcs_);
  EXPECT_THAT(next.faults_of("n2", late), SizeIs(0));
  EXPECT_TRUE(next.works());
}

TEST_F(PreflightTest, of_many_hosts_five_are_named) {
  const BmcEndpoint gone = endpoint("file:/no/such.login");
  for (int i = 1; i <= 9; ++i) preflight_.faults_of("h" + std::to_string(i), gone);
  const std::string line = preflight_.problem("apply again", "").messages.front();
  EXPECT_THAT(line, HasSubstr("h5"));
  EXPECT_THAT(line, testing::Not(HasSubstr("h6")));
  EXPECT_THAT(line, HasSubstr("4 more"));
}

}  // namespace
}  // namespace breakwater::operations::preflight_test
