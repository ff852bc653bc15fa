#pragma once
// Contact with one BMC: getting in, looking, waiting, and noting down what a successor would need. It knows whose BMC
// it is and through which faults waiting may help; it changes nothing.
#include <functional>
#include <memory>
#include <string>

#include "drivers/bmc.hpp"
#include "orchestrator/core/look.hpp"
#include "orchestrator/crews/bmc/hands.hpp"
#include "orchestrator/crews/crew.hpp"

namespace breakwater {

/// Makes the driver for a conversation's BMC, or says what of our own side is in the way: credentials, for one.
using MakeBmc = std::function<Result<std::unique_ptr<Bmc>, std::string>()>;

/// A fault of our own side (a credential, a CA file) is waited out here, and the caller never sees it. There are two
/// exceptions: what the caller asks of bmc() itself, and a command that was withdrawn before anything was begun.
/// The wait is recorded once in the evidence. The contact's clock stands still meanwhile, as it does while a record
/// waits for the journal. It waits in the same way where a host was touched and its BMC shows a key that nobody vouched
/// for.
class Contact {
 public:
  /// `order` and `hands` outlive the contact. The driver is made at the first look. Sessions that an earlier process
  /// left are taken out of the order's evidence as they are deleted.
  Contact(Order& order, MakeBmc make, Hands& hands);

  /// Only after the first look.
  Bmc& bmc() { return *bmc_; }
  /// The hands' time, less what was waited for our own side, or for an operator's word on a key.
  Clock::time_point now() const { return hands_.now() - stood_still_; }
  /// The hands' time itself: what a calendar says holds by it.
  Clock::time_point true_now() const { return hands_.now(); }

  /// One look at everything, bounded in time, by a login where there is none. Fault wrong_identity where another
  /// machine answers.
  boost::asio::awaitable<Result<Look, Fault>> look();
  boost::asio::awaitable<Result<UpdateAbility, Fault>> update_ability();
  boost::asio::awaitable<Result<TaskView, Fault>> read_task(StageReceipt receipt);
  /// After a request that acts, or an upload, met a fault of our own side, and so was not sent: records the reason
  /// where it is a new one, and pauses. The caller then looks anew before it asks again.
  boost::asio::awaitable<void> wait_for_mend(Fault fault);
  /// That request was sent: our own side works.
  boost::asio::awaitable<void> mended();
  /// Looks until one succeeds, waiting cannot help any more, the deadline has passed, or the conversation leaves.
  boost::asio::awaitable<Result<Look, Fault>> look_until_answered(Clock::time_point deadline);
  /// Whether waiting may help. A host that was touched is waited for through everything that a restarting BMC may
  /// show; only what waiting cannot mend, or what must not be tried again, is final. The driver spaces refused logins
  /// by `retry_after`; once its budget is used up (logins_exhausted) that is final too.
  bool may_pass(const Fault& fault) const;
  BmcResult<StageReceipt> prove_and_send(const PlannedImage& image, StageRequest request, AboutToSend about_to_send,
                                         BodySent sent) {
    return hands_.prove_and_send(*bmc_, *order_.plan, image, std::move(request), std::move(about_to_send),
                                 std::move(sent));
  }
  /// Something is about to be sent to the host, or was sent before this conversation.
  void touch() { touched_ = awaits_word_ = true; }
  /// The host runs what we brought, and is only read: its silence is not waited for, an operator's word on its key is.
  void await_word_on_key() { awaits_word_ = true; }
  /// What this command was given is begun, or is to be undone: from here on it is brought to an end, whatever is
  /// withdrawn.
  void see_through() { begun_ = begun_before_ = true; }
  /// The request that left last was answered: the BMC has not begun it.
  void not_begun() { begun_ = begun_before_; }
  bool withdrawn() const { return hands_.withdrawn(order_.command.id); }
  /// Nothing was begun, and nothing is to be any more.
  bool leaves() const { return !begun_ && withdrawn(); }

  /// A withdrawal came: where nothing was begun, what is being read is not waited for.
  void hear_withdrawal();
  /// Logs out, where it ever got as far as a driver.
  boost::asio::awaitable<void> close();
  boost::asio::awaitable<void> record(Evidence::Kind kind, std::string text);
  /// Sleeps until the next poll of a wait that began at `since`: a tenth of the time waited so far, as long as the BMC
  /// asks for, never beyond the deadline. At the deadline there is one more look.
  boost::asio::awaitable<void> rest(Clock::time_point since, Clock::time_point deadline);
  /// Sleeps so long, or until the conversation leaves.
  boost::asio::awaitable<void> sleep(Duration length);

 private:
  Result<void, Fault> make_driver();
  bool may_leave();
  boost::asio::awaitable<Result<void, Fault>> enter();
  boost::asio::awaitable<Result<Look, Fault>> look_once();
  boost::asio::awaitable<Result<Look, Fault>> read_all();
  boost::asio::awaitable<void> pause_for(Fault fault);
  boost::asio::awaitable<void> stand_still(Duration length);
  bool is_untrusted(const Fault& fault) const;
  boost::asio::awaitable<void> wait_for_trust();
  bool is_expected(const Sha256& key) const;
  boost::asio::awaitable<void> note_key(bool proved);
  Result<void, Fault> same_machine(const Identity& who) const;
  const PlannedHost& host() const { return order_.plan->hosts[order_.command.host]; }

  Order& order_;
  MakeBmc make_;
  std::unique_ptr<Bmc> bmc_;
  Hands& hands_;
  bool touched_ = false;
  bool awaits_word_ = false;
  bool begun_ = false;
  bool begun_before_ = false;           ///< the last request left
  std::optional<Sha256> key_expected_;  ///< the driver took it by the Policy's word; recorded once it is proved
  std::string key_shown_;               ///< that nobody vouched for yet, as it was recorded; empty where none is
  Duration asked_to_wait_{0};           ///< by the fault of the last look
  std::string own_fault_;               ///< what is waited for on our own side; empty where nothing is
  bool own_fault_acts_ = false;  ///< it was met by a request that acts: that a look gets through does not mend it
  Duration mend_pause_{0};
  Duration stood_still_{0};
};

/// The cause that stands for a fault met before anything was done.
Cause cause_of(const Fault& fault);
/// The cause that stands for a look that failed at a host that was touched: `lost` only where the BMC answers nothing.
Cause cause_unread(const Fault& fault);
/// The cause that stands for a request that provably did nothing.
Cause cause_of_refusal(const Fault& fault);
/// `upload: closed_before_reply: ...`
std::string describe(const Fault& fault);

}  // namespace breakwater
