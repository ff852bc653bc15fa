// Who a BMC proves to be: every refusal has its own reason, and nothing is asked of a BMC that was refused.
#include "drivers/redfish/tls.hpp"

#include <gmock/gmock.h>

#include "tests/drivers/redfish/redfish_fixture.hpp"

namespace breakwater::redfish::tls_test {
namespace {

using testing::HasSubstr;

class Tls : public RedfishTest {
 protected:
  Fault refused(BmcEndpoint endpoint) {
    auto one = bmc(std::move(endpoint));
    const auto in = run(one->open(remember()));
    EXPECT_FALSE(in);
    run(one->close());
    EXPECT_EQ(state().counters.requests, 0) << "something was asked of a BMC that was refused";
    return in ? Fault{} : in.error();
  }
  void expect_in(BmcEndpoint endpoint) {
    auto one = bmc(std::move(endpoint));
    const auto in = run(one->open(remember()));
    EXPECT_TRUE(in) << in.error().message;
    EXPECT_EQ(one->peer_key(), state().spki);
    run(one->close());
    EXPECT_EQ(state().sessions_open, 0);
  }
};

TEST_F(Tls, the_ca_vouches_for_name_and_address) {
  start();
  expect_in(endpoint());
  expect_in(endpoint());  // resumes the first one's TLS session
}

TEST_F(Tls, a_pin_needs_no_ca) {
  host_.certificate = lab::Certificate::self_signed;
  start();
  expect_in(pinned());
  BmcEndpoint rotating = pinned();
  rotating.tls.pins.insert(rotating.tls.pins.begin(), Sha256{});
  expect_in(rotating);
}

TEST_F(Tls, a_pin_needs_no_valid_date_or_name) {
  host_.certificate = lab::Certificate::expired;
  start();
  expect_in(pinned());
}

TEST_F(Tls, another_ca_is_untrusted) {
  start();
  lab::LabConfig other;
  other.certificates = folder_ / "other";
  boost::asio::io_context io;
  const lab::Lab stranger(io, other);
  BmcEndpoint host = endpoint();
  host.tls.ca_bundle = stranger.ca_file();
  const Fault fault = refused(host);
  EXPECT_EQ(fault.kind, Fault::Kind::tls_untrusted) << fault.message;
  EXPECT_THAT(fault.message, HasSubstr(to_hex(state().spki)));
  EXPECT_THAT(fault.message, HasSubstr(host.tls.ca_bundle));
}

TEST_F(Tls, a_self_signed_certificate_is_untrusted) {
  host_.certificate = lab::Certificate::self_signed;
  start();
  EXPECT_EQ(refused(endpoint()).kind, Fault::Kind::tls_untrusted);
}

TEST_F(Tls, an_expired_certificate_is_called_expired) {
  host_.certificate = lab::Certificate::expired;
  start();
  EXPECT_EQ(refused(endpoint()).kind, Fault::Kind::tls_expired);
}

TEST_F(Tls, a_certificate_for_somebody_else_is_called_that) {
  host_.certificate = lab::Certificate::wrong_name;
  start();
  const Fault fault = refused(endpoint());
  EXPECT_EQ(fault.kind, Fault::Kind::tls_wrong_name);
  EXPECT_THAT(fault.message, HasSubstr(state().address));
}

TEST_F(Tls, another_key_than_the_pin_is_named_with_both) {
  start();
  BmcEndpoint host = pinned();
  Sha256 other;
  other.bytes[0] = 7;
  host.tls.pins = {other};
  const Fault fault = refused(host);
  EXPECT_EQ(fault.kind, Fault::Kind::tls_pin_mismatch);
  EXPECT_THAT(fault.message, HasSubstr(to_hex(other)));
  EXPECT_THAT(fault.message, HasSubstr(to_hex(state().spki)));
}

TEST_F(Tls, a_pin_that_changed_is_not_got_round_by_a_resumed_session) {
  start();
  expect_in(pinned());
  const int requests = state().counters.requests;
  BmcEndpoint host = pinned();
  host.tls.pins = {Sha256{}};
  auto one = bmc(host);
  const auto in = run(one->open(remember()));
  ASSERT_FALSE(in);
  EXPECT_EQ(in.error().kind, Fault::Kind::tls_pin_mismatch);
  EXPECT_EQ(state().counters.requests, requests);
}

TEST_F(Tls, a_bundle_that_cannot_be_read_is_no_trust) {
  start();
  BmcEndpoint host = endpoint();
  host.tls.ca_bundle = folder_ / "nothing.pem";
  const Fault missing = refused(host);
  EXPECT_EQ(missing.kind, Fault::Kind::own_side);
  EXPECT_THAT(missing.message, HasSubstr("nothing.pem cannot be read: No such file or directory"));
  host.tls.ca_bundle.clear();
  EXPECT_EQ(refused(host).kind, Fault::Kind::own_side) << "the system's own roots are never taken";
}

/// A host whose key changes with the reset of its BMC.
class NewKey : public Tls {
 protected:
  NewKey() { host_.faults = {lab::FaultRule{lab::LabFault::regenerate_self_signed, "", 1}}; }
  void SetUp() override {
    start();
    old_ = state().spki;
    host_at_ = pinned();
    bmc_ = bmc(host_at_);
    ASSERT_TRUE(run(bmc_->open(remember())));
    ASSERT_TRUE(run(bmc_->reset_bmc()));
    ASSERT_TRUE(
        lab_->wait_until("n1", [this](const lab::HostState& host) { return host.spki != old_ && host.bmc_up; }));
    const auto answers = run(bmc_->observe());
    ASSERT_FALSE(answers);
    ASSERT_EQ(answers.error().kind, Fault::Kind::tls_pin_mismatch);
  }
  Sha256 old_;
  BmcEndpoint host_at_;
  std::unique_ptr<Bmc> bmc_;
};

/// Not even the service root is read: no request leaves.
TEST_F(NewKey, gets_neither_a_password_nor_a_token_before_it_is_trusted) {
  const int requests = state().counters.requests;
  EXPECT_EQ(bmc_->peer_key(), state().spki) << "it is known all the same";
  bmc_->drop();
  for (int i = 0; i < 3; ++i) {
    const auto in = run(bmc_->open(remember()));
    const auto read = run(bmc_->observe());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().kind, Fault::Kind::tls_pin_mismatch);
  }
  run(bmc_->close());
  EXPECT_EQ(state().counters.requests, requests);
}

TEST_F(NewKey, counts_beside_the_old_one_once_it_is_trusted) {
  bmc_->trust(*bmc_->peer_key());
  EXPECT_TRUE(run(bmc_->observe()));
  bmc_->drop();
  EXPECT_TRUE(run(bmc_->observe())) << "and on the next connection";
  run(bmc_->close());
  EXPECT_EQ(state().sessions_open, 0);
}

TEST_F(NewKey, is_none_of_the_others_that_are_trusted) {
  bmc_->trust(old_);
  Sha256 another;
  another.bytes.fill(9);
  bmc_->trust(another);
  const auto read = run(bmc_->observe());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Fault::Kind::tls_pin_mismatch);
  run(bmc_->close());
}

TEST_F(Tls, a_ca_stays_the_judge_of_a_new_key) {
  host_.faults = {lab::FaultRule{lab::LabFault::regenerate_self_signed, "", 1}};
  start();
  auto one = opened();
  const Sha256 old = state().spki;
  ASSERT_TRUE(run(one->reset_bmc()));
  ASSERT_TRUE(lab_->wait_until("n1", [old](const lab::HostState& host) { return host.spki != old && host.bmc_up; }));
  one->trust(state().spki);
  const auto answers = run(one->observe());
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().kind, Fault::Kind::tls_untrusted);
  run(one->close());
}

TEST_F(Tls, a_key_that_the_ca_certified_anew_is_simply_taken) {
  host_.faults = {lab::FaultRule{lab::LabFault::regenerate_certificate, "", 1}};
  start();
  auto one = opened();
  const Sha256 old = state().spki;
  ASSERT_TRUE(run(one->reset_bmc()));
  ASSERT_TRUE(lab_->wait_until("n1", [old](const lab::HostState& host) { return host.spki != old && host.bmc_up; }));
  EXPECT_TRUE(run(one->observe()));
  EXPECT_NE(one->peer_key(), old);
  run(one->close());
  EXPECT_EQ(state().sessions_open, 0);
}

}  // namespace
}  // namespace breakwater::redfish::tls_test
