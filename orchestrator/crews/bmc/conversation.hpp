#pragma once
// One command carried out at one BMC: observe, act, observe. The conversation decides nothing about the rollout; it
// does what was ordered, at most once, and reports what it then reads. Evidence is durable before it is waited upon.
// Each action has a file of its own; all of them wait in settle.cpp for what they started.
#include <memory>
#include <set>
#include <string>

#include "orchestrator/crews/bmc/aftermath.hpp"
#include "orchestrator/crews/bmc/contact.hpp"

namespace breakwater {

/// Between the two looks that prove that nothing arrived.
inline constexpr Duration kProofApart{10'000};

class Conversation {
 public:
  /// The order's two moments on the clock of the hands. Neither bounds a roll-back.
  struct Bounds {
    std::optional<Clock::time_point> trip_ends{};  ///< the whole trip of the host
    std::optional<Clock::time_point> act_until{};  ///< past it no image is sent forward and none is made to run
  };
  /// `hands` outlives the conversation.
  Conversation(Order order, MakeBmc make, Hands& hands, Bounds bounds);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// Once. Leaving passes through it.
  boost::asio::awaitable<Outcome> run();
  /// The command was withdrawn. On the thread of run(), while that goes on.
  void hear_withdrawal() { contact_.hear_withdrawal(); }

 private:
  using Step = boost::asio::awaitable<Outcome>;

  /// What settle() waits for after something was sent or started.
  struct Awaited {
    enum class Goal {
      waiting,  ///< the image is seen waiting for its activation
      running,  ///< the version is seen running
    };
    Goal goal = Goal::running;
    std::uint32_t update = 0;
    Runs wanted = Runs::new_version;  ///< old_version: for a roll-back
    StageReceipt receipt;
    Clock::time_point deadline;
    std::string host_reset_time;  ///< before it was started
    std::string bmc_reset_time;
    bool sent = false;  ///< an image was sent: every update task that appears is ours
    /// From here on a BMC that shows nothing of an image proves that none arrived.
    Clock::time_point nothing_from = Clock::time_point::max();

    bool has_task() const { return !receipt.task_uri.empty() || !receipt.monitor_uri.empty(); }
  };
  /// What settle() has seen so far.
  struct Course {
    std::optional<TaskView> task;  ///< as it was read last
    bool task_unread = false;      ///< its last read failed
    bool task_over = false;
    bool task_gone = false;
    bool was_away = false;                           ///< the BMC fell silent or something restarted since
    int reads = 0;                                   ///< in a row, of an end that nothing speaks against
    std::optional<Clock::time_point> nothing_since;  ///< every look since showed nothing of an image
    std::optional<Clock::time_point> steady_since;
    Clock::time_point written_by;  ///< what was begun has been written by then, whatever is shown of it
    Clock::time_point progress_at;
    std::string progress;
    std::string last = "nothing was read";  ///< what the last look met, for people
    Cause unread = Cause::lost;             ///< what it means that the last look did not come to its end
  };

  Step carry_out();
  Step prepare();
  Step stage();
  Step activate();
  Step check(std::uint32_t touched);
  Step watch();
  Step cancel();
  Step roll_back();

  /// What came of sending an image.
  struct Sent {
    StageReceipt receipt;
    Aftermath aftermath = Aftermath::look_late;  ///< where it was not accepted: what that proves
    Cause cause = Cause::none;
    std::string fault;               ///< empty where it was accepted
    std::optional<Fault> own_fault;  ///< our own side failed: nothing was sent, and nothing is known

    bool accepted() const { return fault.empty(); }
  };

  // Checks, in check.cpp, and while a wave soaks in watch.cpp.

  /// What the looks so far mean now: only an unbroken row of the same kind counts, and each other look ends it.
  struct Reading {
    std::optional<Clock::time_point> holding;  ///< every look since found all checks holding
    std::optional<Clock::time_point> unread;   ///< no look since came to its end
    int ready = 0;                             ///< looks in a row that came to their end
    int wrong_version = 0;                     ///< of those, in a row, that read another version than the wanted one
  };
  Step check_current(Look seen);
  std::optional<Outcome> read_checks(Reading& reading, const Look& seen, std::uint32_t touched) const;
  Outcome unread_in_soak(Outcome against, const Look& seen) const;
  Outcome not_read(Reading& reading, const Fault& fault) const;

  // Sending an image, in stage.cpp.
  boost::asio::awaitable<Sent> upload(std::uint32_t update, const PlannedImage& image, ApplyTime apply,
                                      std::string target_uri);
  boost::asio::awaitable<bool> may_send(std::string digest);
  Step send_to_stage(std::uint32_t update, Look seen);
  Step follow_upload(std::uint32_t update, Sent sent, Look seen);
  Step disarm_failed(std::uint32_t update, Outcome found);
  Step settle_stage(std::uint32_t update, Sent sent, Runs brings);
  Clock::time_point nothing_from(std::uint32_t update, Aftermath aftermath) const;

  // What makes a version run, in activate.cpp.
  Step upload_and_run(Awaited awaited, Look seen);
  Step follow_run(Awaited awaited, Sent sent, Look seen);
  void doubt(Awaited& awaited, Aftermath aftermath) const;
  Step run_staged(Awaited awaited, ApplyTime apply);
  boost::asio::awaitable<std::optional<Outcome>> try_to_run_staged(Awaited awaited, ApplyTime apply);
  boost::asio::awaitable<Result<StageReceipt, Fault>> ask_to_run(std::uint32_t update, ApplyTime apply, Look before);
  bool may_ask_again(const Fault& fault);
  boost::asio::awaitable<bool> may_ask(Evidence::Kind kind, std::string before);
  boost::asio::awaitable<std::string> why_not(Awaited awaited, Look before);
  boost::asio::awaitable<bool> never_left(std::uint32_t update, Runs brings, Look first);
  boost::asio::awaitable<Result<Look, Outcome>> quiet_look(Clock::time_point deadline);
  boost::asio::awaitable<Result<Look, Outcome>> unwritten_look(Clock::time_point deadline);

  // What is staged, and no longer wanted, in cancel.cpp.
  boost::asio::awaitable<Result<void, Outcome>> cancel_ours(std::uint32_t update, Look seen);
  boost::asio::awaitable<Result<void, Outcome>> prove_cancelled(std::uint32_t update, Result<void, Fault> asked);
  Outcome left_alone(std::uint32_t update, const Look& seen) const;
  Step disarm(std::uint32_t update, Outcome outcome);
  boost::asio::awaitable<void> name_ours(Look seen);
  bool waits(std::uint32_t update, const Look& seen, Runs brings) const;
  bool accounted_for(std::uint32_t update, const Look& seen) const;
  const TaskView* our_task(std::uint32_t update, const Look& seen) const;
  bool ours_waits(std::uint32_t update, const Look& seen) const;
  bool hides_ours(std::uint32_t update, const Look& seen) const;
  boost::asio::awaitable<Result<Look, Outcome>> whole_look(std::uint32_t update);
  boost::asio::awaitable<bool> may_wait_unseen(std::uint32_t update, Look seen);
  std::string foreign(std::uint32_t update, const Look& seen) const;
  boost::asio::awaitable<void> tell_apart(std::uint32_t update, Look seen);

  // Waiting for what was started, in settle.cpp.
  Step settle(Awaited awaited);
  boost::asio::awaitable<bool> follow_task(const Awaited& awaited, Course& course);
  boost::asio::awaitable<void> adopt(Awaited& awaited, Course& course, const Look& seen);
  std::optional<Outcome> fall_silent(Course& course, const Fault& fault);
  std::optional<Outcome> judge(const Awaited& awaited, Course& course, const Look& seen) const;
  std::optional<Outcome> judge_waiting(const Awaited& awaited, Course& course, const Look& seen) const;
  std::optional<Outcome> judge_running(const Awaited& awaited, Course& course, const Look& seen) const;
  bool proved_nothing(const Awaited& awaited, Course& course, bool nothing) const;
  static Clock::time_point last_look(const Awaited& awaited, const Course& course);
  std::optional<Outcome> out_of_time(const Awaited& awaited, const Course& course, bool answers) const;
  void note_progress(Course& course, const TaskView& task) const;

  // Rolling back, in roll_back.cpp.
  Step bring_back();
  Step prove_untouched(Outcome found);
  std::optional<Outcome> not_ours(const Look& seen) const;
  std::optional<Outcome> without_power(const Look& seen) const;
  bool hides_bank(std::uint32_t update, const Look& seen) const;
  Outcome unseen(Outcome found) const;
  Step switch_bank(std::uint32_t update, Look seen);
  Step reflash(std::uint32_t update, Look seen);
  Step adopt_reflash(Awaited awaited, ApplyTime apply);
  Step follow_back(Awaited awaited, ApplyTime apply, Sent sent);

  // What an earlier process left, in conversation.cpp.
  bool has_evidence(Evidence::Kind kind) const;
  std::string evidence(Evidence::Kind kind) const;
  bool asked_before() const;
  bool was_answered() const;

  Awaited running(std::uint32_t update, Runs wanted, const Look& seen) const;
  Clock::time_point now() const { return contact_.now(); }
  Clock::time_point within(Duration length) const;
  Bmc& bmc() { return contact_.bmc(); }
  const PlannedHost& host() const { return order_.plan->hosts[order_.command.host]; }
  const PlannedUpdate& update(std::uint32_t index) const { return host().updates[index]; }
  const PlannedComponent& component(std::uint32_t index) const {
    return order_.plan->components[update(index).component];
  }
  const Timeouts& timeouts() const { return order_.plan->timeouts; }
  Duration longest(std::uint32_t update, bool back) const;
  std::optional<Outcome> too_late(std::uint32_t update, const Look& seen) const;
  /// How long a BMC may write an image without showing anything of it.
  Duration longest_write(std::uint32_t update, bool back) const;
  /// How long something that is being written is waited for before the BMC is interrupted.
  Duration quiet_most() const { return timeouts().task + timeouts().bmc_return; }

  Order order_;
  Contact contact_;
  std::optional<Clock::time_point> forward_deadline_;
  std::optional<Clock::time_point> act_until_;
  std::optional<Clock::time_point> busy_since_;  ///< of the BMC that would not begin what it was asked for
  bool run_asked_ = false;                       ///< by this conversation or before it
  bool cancel_asked_ = false;                    ///< the same
  bool cancelled_before_ = false;                ///< an earlier process asked for the cancel
  Runs brings_ = Runs::new_version;              ///< what the image that may wait as ours brings
  std::set<std::string> beside_;                 ///< tasks that waited beside ours: of others
};

/// Nothing was done, because a pause or a stop came first.
Outcome withdrawn();

/// An outcome with its cause and text; versions are added where a look is at hand.
Outcome outcome(Outcome::Verdict verdict, Cause cause, std::string detail);
Outcome outcome(Outcome::Verdict verdict, Cause cause, std::string detail, const Look& seen);

/// The host may hold an image that a later restart runs: hands are needed, whatever else is known.
Outcome armed(std::string detail);

/// The name by which a receipt's task can be followed: its own, else that of its monitor; empty where it names neither.
const std::string& name_of(const StageReceipt& receipt);

/// The task that was read by this receipt, in what the list of tasks shows; nullptr where it is not known to be there.
const TaskView* listed_as(const Look& seen, const StageReceipt& receipt, const TaskView& read);

/// What changes when the host or its BMC restarts, as evidence keeps it.
std::string reset_times(const Look& seen);

/// How the service lets an image wait; meant only where it stages.
ApplyTime staged_apply(const UpdateAbility& ability);
bool stages(const UpdateAbility& ability);

}  // namespace breakwater
