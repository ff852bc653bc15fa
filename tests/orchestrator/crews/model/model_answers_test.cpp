// How a modelled BMC takes requests that act: the menu of answers, each with its effect and its reply.
#include <gmock/gmock.h>

#include <functional>

#include "tests/orchestrator/crews/model/model_fixture.hpp"

namespace breakwater::model::model_answers_test {
namespace {

using testing::IsEmpty;
using Kind = Fault::Kind;

/// What is said of an answer: whether the request takes effect, and how the reply reads.
struct Row {
  Answer answer;
  const char* name;
  bool acts;
  int http_status;  ///< of the reply; 0 where it is lost, 200 where all is well
};

constexpr Row kMenu[] = {
    {Answer::proper, "proper", true, 200},
    {Answer::lost_before, "lost_before", false, 0},
    {Answer::lost_after, "lost_after", true, 0},
    {Answer::refused, "refused", false, 400},
    {Answer::refused_yet_done, "refused_yet_done", true, 400},
    {Answer::precondition, "precondition", false, 412},
    {Answer::gave_up, "gave_up", false, 408},
    {Answer::gave_up_yet_done, "gave_up_yet_done", true, 408},
    {Answer::busy, "busy", false, 503},
    {Answer::failed, "failed", false, 500},
    {Answer::failed_yet_done, "failed_yet_done", true, 500},
};

class ModelAnswers : public ModelTest {
 protected:
  template <class T>
  void expect_reply(const Row& row, const Result<T, Fault>& said) {
    EXPECT_EQ(said.has_value(), row.http_status == 200);
    if (said) return;
    EXPECT_EQ(said.error().kind, row.http_status == 0     ? Kind::closed_before_reply
                                 : row.http_status == 503 ? Kind::busy
                                                          : Kind::http_status);
    EXPECT_EQ(said.error().http_status, row.http_status);
    EXPECT_TRUE(said.error().body_sent) << "the request had left: only a look can tell what came of it";
  }
  /// For every answer of the menu: a fresh host, and a request that meets it. `to` is which fault it is.
  void for_each_answer(Answer Faults::*to, const std::function<void(const Row&)>& asks) {
    const ModelHost fresh = host();
    for (const Row& row : kMenu) {
      SCOPED_TRACE(row.name);
      host() = fresh;
      host().faults.*to = row.answer;
      bmc_.drop();
      ASSERT_TRUE(log_in());
      asks(row);
      EXPECT_EQ(host().faults.*to, Answer::proper) << "it is given once";
      pass(std::chrono::hours(1));
    }
  }
  Result<StageReceipt, Fault> upload(Duration deadline = std::chrono::hours(1), const std::string& target = "/fw/0") {
    StageRequest request;
    request.target_uri = target;
    request.deadline = deadline;
    BodySent sent = [this] { return note_sent(); };
    return ask(bmc_.upload(body(), std::move(request), std::move(sent)));
  }

  int bodies_sent_ = 0;

 private:
  boost::asio::awaitable<void> note_sent() {
    ++bodies_sent_;
    co_return;
  }
};

TEST_F(ModelAnswers, to_an_upload) {
  for_each_answer(&Faults::to_upload, [this](const Row& row) {
    bodies_sent_ = 0;
    const Result<StageReceipt, Fault> said = upload();
    expect_reply(row, said);
    EXPECT_EQ(bodies_sent_, 1) << "the whole body left before the answer was due";
    EXPECT_EQ(said && !said->task_uri.empty(), row.http_status == 200);
    EXPECT_EQ(host().job.has_value(), row.acts);
    pass(host().times.verify);
    EXPECT_EQ(bios().staged, row.acts ? "3.4" : "");
  });
}

TEST_F(ModelAnswers, to_a_reset_of_the_host) {
  for_each_answer(&Faults::to_run, [this](const Row& row) {
    expect_reply(row, ask(bmc_.reset_host()));
    EXPECT_EQ(host().host_resets, row.acts ? 1U : 0U);
    EXPECT_EQ(acts_.back().in_vain, !row.acts);
  });
}

TEST_F(ModelAnswers, one_that_is_given_again_is_given_twice) {
  host().faults.to_run = Answer::failed;
  host().faults.answers_again = true;
  ASSERT_TRUE(log_in());
  EXPECT_FALSE(ask(bmc_.reset_host()));
  EXPECT_FALSE(ask(bmc_.reset_host()));
  EXPECT_TRUE(ask(bmc_.reset_host()));
}

TEST_F(ModelAnswers, to_a_reset_of_the_bmc) {
  for_each_answer(&Faults::to_run, [this](const Row& row) {
    expect_reply(row, ask(bmc_.reset_bmc()));
    EXPECT_EQ(host().bmc_resets, row.acts ? 1U : 0U);
    EXPECT_EQ(host().host_resets, 0U);
  });
}

TEST_F(ModelAnswers, to_a_start_of_what_waits) {
  host().starts_by_request = true;
  bios().staged = "3.4";
  for_each_answer(&Faults::to_run, [this](const Row& row) {
    const Result<StageReceipt, Fault> said = ask(bmc_.start_staged());
    expect_reply(row, said);
    EXPECT_EQ(said && !said->task_uri.empty(), row.http_status == 200);
    EXPECT_EQ(bios().staged, row.acts ? "" : "3.4");
    pass(host().times.flash);
    EXPECT_EQ(bios().running, row.acts ? "3.4" : "3.2");
  });
}

TEST_F(ModelAnswers, to_a_bank_switch) {
  for_each_answer(&Faults::to_switch, [this](const Row& row) {
    InstalledComponent previous;
    previous.uri = "/fw/0/old";
    expect_reply(row, ask(bmc_.activate_previous(std::move(previous))));
    EXPECT_EQ(bios().running, row.acts ? "3.1" : "3.2");
    EXPECT_EQ(bios().other, row.acts ? "3.2" : "3.1");
  });
}

TEST_F(ModelAnswers, to_a_cancel) {
  bios().staged = "3.4";
  for_each_answer(&Faults::to_cancel, [this](const Row& row) {
    expect_reply(row, ask(bmc_.cancel_staged("/fw/0/new", "")));
    EXPECT_EQ(bios().staged, row.acts ? "" : "3.4");
  });
}

TEST_F(ModelAnswers, a_cancel_that_is_ignored_says_yes_and_keeps_the_image) {
  ASSERT_TRUE(log_in());
  bios().staged = "3.4";
  host().faults.cancel_ignored = true;
  EXPECT_TRUE(ask(bmc_.cancel_staged("/fw/0/new", "")));
  EXPECT_EQ(bios().staged, "3.4");
}

TEST_F(ModelAnswers, what_does_not_exist_is_neither_cancelled_nor_switched_to) {
  ASSERT_TRUE(log_in());
  InstalledComponent nowhere;
  nowhere.uri = "/fw/9/old";
  EXPECT_EQ(ask(bmc_.cancel_staged("/fw/9/new", "")).error().http_status, 404);
  EXPECT_EQ(ask(bmc_.activate_previous(std::move(nowhere))).error().http_status, 404);
  EXPECT_THAT(acts_, IsEmpty());
}

TEST_F(ModelAnswers, a_host_that_is_off_refuses_a_reset) {
  ASSERT_TRUE(log_in());
  fleet_.switch_off(fleet_.now() + Duration(1), 0);
  pass(Duration(1));
  EXPECT_EQ(ask(bmc_.reset_host()).error().http_status, 400);
  EXPECT_EQ(host().host_resets, 0U);
  EXPECT_TRUE(ask(bmc_.reset_bmc()));
}

// ---- uploads that come to nothing

TEST_F(ModelAnswers, an_upload_that_breaks_off_sends_no_whole_body) {
  ASSERT_TRUE(log_in());
  host().faults.upload_errors = 1;
  const Result<StageReceipt, Fault> broken = upload();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, Kind::closed_before_reply);
  EXPECT_FALSE(broken.error().body_sent);
  EXPECT_EQ(bodies_sent_, 0);
  EXPECT_FALSE(host().job);
  ASSERT_TRUE(log_in());
  EXPECT_TRUE(upload()) << "only so many break off";
}

TEST_F(ModelAnswers, an_upload_that_takes_longer_than_its_deadline_ends_there) {
  ASSERT_TRUE(log_in());
  host().times.upload = Duration(60'000);
  const Result<StageReceipt, Fault> late = upload(Duration(59'999));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, Kind::deadline);
  EXPECT_EQ(fleet_.now(), kBegin + Duration(59'999));
  EXPECT_FALSE(host().job);
  EXPECT_TRUE(upload(Duration(60'000)));
}

TEST_F(ModelAnswers, an_upload_whose_bmc_falls_silent_breaks_off) {
  ASSERT_TRUE(log_in());
  fleet_.silence(fleet_.now() + Duration(1'000), 0, std::chrono::hours(1));
  const Result<StageReceipt, Fault> broken = upload();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, Kind::closed_before_reply);
  EXPECT_EQ(count(Act::Kind::bytes_left), 1);
  EXPECT_EQ(count(Act::Kind::body_taken), 0);
}

TEST_F(ModelAnswers, a_service_at_work_takes_no_second_image) {
  ASSERT_TRUE(log_in());
  host().times.verify = std::chrono::hours(2);
  EXPECT_TRUE(upload());
  const Result<StageReceipt, Fault> second = upload();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().http_status, 500);
  EXPECT_EQ(bodies_sent_, 2);
  EXPECT_EQ(count(Act::Kind::body_taken), 1);
}

TEST_F(ModelAnswers, an_upload_goes_to_the_component_it_names) {
  host().components.push_back(bios());
  host().components[1].id = "BMC";
  ASSERT_TRUE(log_in());
  EXPECT_TRUE(upload(std::chrono::hours(1), "/fw/1"));
  pass(host().times.verify);
  EXPECT_EQ(host().components[0].staged, "");
  EXPECT_EQ(host().components[1].staged, "3.4");
}

}  // namespace
}  // namespace breakwater::model::model_answers_test
