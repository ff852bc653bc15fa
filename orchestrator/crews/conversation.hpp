#pragma once
// One command carried out at one BMC: observe, act, observe. The conversation decides nothing about the rollout; it
// does what was ordered, at most once, and reports what it then reads. Evidence is durable before it is waited upon.
#include <chrono>
#include <memory>
#include <string>

#include "drivers/bmc.hpp"
#include "inventories/trust/refusal.hpp"
#include "orchestrator/core/look.hpp"
#include "orchestrator/crews/crew.hpp"

namespace breakwater {

/// What a conversation needs of its crew.
class Hands {
 public:
  virtual ~Hands() = default;
  /// Returns once the evidence is durable; throws Leaving where the crew leaves first.
  virtual boost::asio::awaitable<void> record(const Command& command, Evidence evidence) = 0;
  /// The image, its Release's signatures and its bytes checked anew, off the I/O threads.
  virtual boost::asio::awaitable<Result<VerifiedImage, Refusal>> image(const ResolvedPlan& plan,
                                                                       const PlannedImage& wanted) = 0;
};

/// Thrown through a conversation whose crew leaves: nothing more is sent, and a successor looks at the evidence.
struct Leaving {};

using Clock = std::chrono::steady_clock;

/// While a task says that it is at work, what runs is read this often and no more: a look is a dozen requests.
inline constexpr Duration kLookWhileAtWork{2'000};

class Conversation {
 public:
  /// `forward_deadline` ends the whole trip of the host; it does not bound its way back.
  Conversation(Order order, std::unique_ptr<Bmc> bmc, Hands& hands, boost::asio::any_io_executor executor,
               std::optional<Clock::time_point> forward_deadline);

  boost::asio::awaitable<Outcome> run();

 private:
  using Step = boost::asio::awaitable<Outcome>;

  /// What settle() waits for after something was started.
  struct Started {
    std::uint32_t update = 0;
    Runs wanted = Runs::new_version;
    StageReceipt receipt;
    Clock::time_point deadline;
    std::string host_reset_time;  ///< before
    std::string bmc_reset_time;
  };
  /// What settle() has seen so far.
  struct Course {
    bool task_over = false;
    bool task_unread = false;        ///< its last read failed
    bool self_test_pending = false;  ///< as its last read said
    std::optional<TaskView> failed_task;
    bool was_away = false;  ///< it fell silent or restarted since
    int reads = 0;          ///< in a row, of the same wrong version, with nothing running
    std::optional<Clock::time_point> steady_since;
    Clock::time_point progress_at;
    std::string progress;
    int new_keys = 0;
  };

  // Getting through, in conversation.cpp.
  boost::asio::awaitable<Result<void, Fault>> enter();
  Result<void, Fault> same_machine(const Identity& who) const;
  boost::asio::awaitable<Result<Look, Fault>> look();
  boost::asio::awaitable<Result<Look, Fault>> read_all();
  bool passes(const Fault& fault) const;
  boost::asio::awaitable<Result<Look, Fault>> look_through_weather(Clock::time_point deadline);
  boost::asio::awaitable<bool> take_new_key();
  boost::asio::awaitable<void> record(Evidence::Kind kind, std::string text);
  boost::asio::awaitable<void> rest(Clock::time_point since, Clock::time_point deadline);
  boost::asio::awaitable<void> sleep(Duration length);
  Clock::time_point within(Duration length) const;
  Step carry_out();
  Step prepare();
  Step check(bool back);

  // Uploads and what is staged, in conversation_stage.cpp.
  Step stage();
  Step cancel();
  Step settle_stage(std::uint32_t update, StageReceipt receipt, bool back);
  boost::asio::awaitable<Result<StageReceipt, Outcome>> upload(std::uint32_t update, const PlannedImage& image,
                                                               ApplyTime apply, std::string target_uri);
  boost::asio::awaitable<Result<void, Outcome>> take_back(std::uint32_t update, Look seen);
  bool waits(std::uint32_t update, const Look& seen, Runs brings) const;
  bool ours_waits(std::uint32_t update, const Look& seen) const;
  const TaskView* foreign_task(const Look& seen) const;

  // What makes a version run, in conversation_activate.cpp.
  Step activate();
  Step upload_and_run(Started started, Look seen);
  Step run_staged(Started started, ApplyTime apply);
  boost::asio::awaitable<Result<StageReceipt, Fault>> ask_to_run(std::uint32_t update, ApplyTime apply, Look before);
  boost::asio::awaitable<std::string> why_not(Started started, Look before);
  boost::asio::awaitable<bool> never_left(std::uint32_t update, Runs brings, Look first);
  boost::asio::awaitable<Result<Look, Outcome>> quiet_look(Clock::time_point deadline);
  Step disarm(std::uint32_t update, Outcome outcome);

  // Waiting for what was started, in conversation_settle.cpp.
  Step settle(Started started);
  boost::asio::awaitable<bool> follow_task(const Started& started, Course& course);
  std::optional<Outcome> judge(const Started& started, Course& course, const Look& seen) const;

  // The way back, in conversation_back.cpp.
  Step roll_back();
  Step switch_bank(std::uint32_t update, Look seen);
  Step reflash(std::uint32_t update, Look seen);
  Step adopt_reflash(Started started, ApplyTime apply);
  Step upload_back(Started started, ApplyTime apply, std::string target_uri);

  bool has_evidence(Evidence::Kind kind) const;
  std::string evidence(Evidence::Kind kind) const;
  bool asked_before() const;
  bool was_answered() const;
  Started start_of(std::uint32_t update, Runs wanted, const Look& seen) const;
  const PlannedHost& host() const { return order_.plan->hosts[order_.command.host]; }
  const PlannedUpdate& update(std::uint32_t index) const { return host().updates[index]; }
  const PlannedComponent& component(std::uint32_t index) const {
    return order_.plan->components[update(index).component];
  }
  const Timeouts& timeouts() const { return order_.plan->timeouts; }
  Duration longest(std::uint32_t update, bool back) const;
  /// How long something that is being written is waited for before the BMC is interrupted.
  Duration quiet_most() const { return timeouts().task + timeouts().bmc_return; }

  Order order_;
  std::unique_ptr<Bmc> bmc_;
  Hands& hands_;
  boost::asio::any_io_executor executor_;
  std::optional<Clock::time_point> forward_deadline_;
  bool touched_;               ///< something was sent to the host, by this command or before it
  Duration asked_to_wait_{0};  ///< by the fault of the last look
};

/// An outcome with its cause and text; versions are added where a look is at hand.
Outcome outcome(Outcome::Verdict verdict, Cause cause, std::string detail);
Outcome outcome(Outcome::Verdict verdict, Cause cause, std::string detail, const Look& seen);

/// What changes when the host or its BMC restarts, as evidence keeps it.
std::string reset_times(const Look& seen);

/// The cause that stands for a fault met before anything was done.
Cause cause_of(const Fault& fault);
/// `upload: closed_before_reply: ...`
std::string describe(const Fault& fault);

}  // namespace breakwater
