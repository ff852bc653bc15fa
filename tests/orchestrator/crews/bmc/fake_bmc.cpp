#include "tests/orchestrator/crews/bmc/fake_bmc.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace breakwater {
namespace {

using boost::asio::awaitable;

class FakeBmc final : public Bmc {
 public:
  explicit FakeBmc(FakeMachine& machine) : machine_(machine) {}

  BmcResult<void> open(SessionOpened opened) override {
    if (in_) co_return Result<void, Fault>{};
    const bool vouched = std::find(trusted_.begin(), trusted_.end(), machine_.key) != trusted_.end();
    if (machine_.key != machine_.pinned && !vouched) co_return fail(fault_of(Fault::Kind::tls_pin_mismatch));
    ++machine_.logins_tried;
    if (machine_.on_login) machine_.on_login(machine_);
    if (const auto met = next(machine_.logins)) co_return fail(*met);
    in_ = machine_.in = true;
    co_await opened("/s/own");
    co_return Result<void, Fault>{};
  }
  BmcResult<void> delete_session(std::string session_uri) override {
    if (const auto met = next(machine_.deletes)) co_return fail(*met);
    co_return act("delete " + session_uri);
  }
  BmcResult<Identity> identify() override {
    if (const auto met = next(machine_.introductions)) co_return fail(*met);
    co_return machine_.shown.identity;
  }
  BmcResult<Observation> observe() override {
    for (int i = 0; i < machine_.turns; ++i) {
      co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    }
    ++machine_.looks;
    if (machine_.on_look) machine_.on_look(machine_);
    if (machine_.silent) {
      silence_.emplace(co_await boost::asio::this_coro::executor);
      silence_->expires_at(std::chrono::steady_clock::time_point::max());
      boost::system::error_code dropped;
      co_await silence_->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, dropped));
      co_return fail(fault_of(Fault::Kind::cancelled));
    }
    if (const auto met = next(machine_.weather)) co_return fail(*met);
    co_return machine_.shown;
  }
  BmcResult<UpdateAbility> update_ability() override { co_return machine_.ability; }
  BmcResult<StageReceipt> stage(VerifiedImage, StageRequest request, BodySent sent) override {
    if (const auto met = kept()) co_return fail(unsent(*met));
    machine_.upload_within = request.deadline;
    co_await sent();
    act("upload");
    if (machine_.upload) co_return fail(*machine_.upload);
    co_return machine_.receipt;
  }
  BmcResult<TaskView> read_task(StageReceipt receipt) override {
    if (machine_.on_task) machine_.on_task(machine_);
    if (const auto met = next(machine_.weather)) co_return fail(*met);
    const auto found = machine_.tasks.find(receipt.task_uri.empty() ? receipt.monitor_uri : receipt.task_uri);
    if (found == machine_.tasks.end()) co_return fail(fault_of(Fault::Kind::task_gone, 404));
    co_return found->second;
  }
  BmcResult<StageReceipt> start_staged() override { co_return started("start"); }
  BmcResult<void> cancel_staged(std::string staged_uri, std::string task_uri) override {
    if (const auto met = next(machine_.own_faults)) co_return fail(*met);
    if (const auto met = next(machine_.refusals)) co_return fail(*met);
    co_return act("cancel " + staged_uri + " " + task_uri);
  }
  BmcResult<StageReceipt> activate_previous(InstalledComponent) override { co_return started("switch"); }
  BmcResult<void> reset_bmc() override { co_return reset("reset_bmc"); }
  BmcResult<void> reset_host() override { co_return reset("reset_host"); }
  std::optional<Sha256> peer_key() const override { return machine_.key; }
  void trust(Sha256 key) override { trusted_.emplace_back(key); }
  void ask_first(MayLeave may_leave) override { may_leave_ = std::move(may_leave); }
  void until(std::chrono::steady_clock::time_point end) override { machine_.until = end; }
  void drop() override {
    in_ = machine_.in = false;
    if (silence_) silence_->cancel();
  }
  awaitable<void> close(Duration) override {
    drop();
    co_return;
  }

 private:
  static std::optional<Fault> next(std::deque<Fault>& from) {
    if (from.empty()) return std::nullopt;
    const Fault met = from.front();
    from.pop_front();
    return met;
  }
  /// What keeps a request that begins something from leaving.
  std::optional<Fault> kept() {
    if (const auto met = next(machine_.own_faults)) return met;
    if (machine_.before_act) machine_.before_act(machine_);
    if (may_leave_ && !may_leave_()) return withdrawn_fault("test");
    return next(machine_.refusals);
  }
  Result<void, Fault> act(const std::string& name) {
    machine_.acts.push_back(name);
    if (machine_.on_act) machine_.on_act(machine_, name);
    return {};
  }
  Result<void, Fault> reset(const std::string& name) {
    if (const auto met = kept()) return fail(*met);
    if (machine_.reset) return fail(*machine_.reset);
    return act(name);
  }
  Result<StageReceipt, Fault> started(const std::string& name) {
    if (const auto met = kept()) return fail(*met);
    if (machine_.reset) return fail(*machine_.reset);
    act(name);
    return machine_.receipt;
  }

  FakeMachine& machine_;
  MayLeave may_leave_;
  std::optional<boost::asio::steady_timer> silence_;
  std::vector<std::optional<Sha256>> trusted_;
  bool in_ = false;
};

}  // namespace

std::unique_ptr<Bmc> fake_bmc(FakeMachine& machine) {
  return std::make_unique<FakeBmc>(machine);
}

bool FakeMachine::did(const std::string& act) const {
  return std::find(acts.begin(), acts.end(), act) != acts.end();
}

Fault own_fault(const std::string& text) {
  return make_fault(Fault::Kind::own_side, "test", text);
}

Fault fault_of(Fault::Kind kind, int http_status, bool body_sent) {
  Fault fault;
  fault.kind = kind;
  fault.step = "test";
  fault.http_status = http_status;
  fault.body_sent = body_sent;
  return fault;
}

}  // namespace breakwater
