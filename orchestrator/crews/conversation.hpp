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
  boost::asio::awaitable<Result<Look, Fault>> look_through_weather(Clock::time_point deadline);
  boost::asio::awaitable<bool> take_new_key();
  boost::asio::awaitable<void> record(Evidence::Kind kind, std::string text);
  boost::asio::awaitable<void> rest(Clock::time_point since);
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

  // What makes a version run, in conversation_activate.cpp.
  Step activate();
  Step roll_back();
  Step reflash(std::uint32_t update, Look before);
  boost::asio::awaitable<Result<Look, Outcome>> quiet_look();
  Step settle(Started started);
  boost::asio::awaitable<Result<StageReceipt, Fault>> run_staged(std::uint32_t update, ApplyTime apply, Look before);
  boost::asio::awaitable<bool> never_left(std::uint32_t update, Look first);
  Step disarm(std::uint32_t update, Outcome outcome);
  boost::asio::awaitable<void> follow_task(const Started& started, Course& course);
  std::optional<Outcome> judge(const Started& started, Course& course, const Look& seen) const;

  bool has_evidence(Evidence::Kind kind) const;
  std::string evidence(Evidence::Kind kind) const;
  const PlannedHost& host() const { return order_.plan->hosts[order_.command.host]; }
  const PlannedUpdate& update(std::uint32_t index) const { return host().updates[index]; }
  const PlannedComponent& component(std::uint32_t index) const {
    return order_.plan->components[update(index).component];
  }
  const Timeouts& timeouts() const { return order_.plan->timeouts; }
  Duration longest(std::uint32_t update, bool back) const;

  Order order_;
  std::unique_ptr<Bmc> bmc_;
  Hands& hands_;
  boost::asio::any_io_executor executor_;
  std::optional<Clock::time_point> forward_deadline_;
};

/// An outcome with its cause and text; versions are added where a look is at hand.
Outcome outcome(Outcome::Verdict verdict, Cause cause, std::string detail);
Outcome outcome(Outcome::Verdict verdict, Cause cause, std::string detail, const Look& seen);

/// The cause that stands for a fault met before anything was done.
Cause cause_of(const Fault& fault);
/// `upload: closed_before_reply: ...`
std::string describe(const Fault& fault);

}  // namespace breakwater
