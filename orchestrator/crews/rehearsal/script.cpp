#include "orchestrator/crews/rehearsal/script.hpp"

#include <algorithm>

namespace breakwater::rehearsal {

using Verdict = Outcome::Verdict;

namespace {

constexpr Duration kFirstContact{30'000};
constexpr Duration kPollFirst{1'000};
constexpr Duration kPollMost{30'000};
constexpr int kLoginsMost = 3;

Cause cause_of(Reach reach) {
  switch (reach) {
    case Reach::login_refused:
      return Cause::login_refused;
    case Reach::other_key:
      return Cause::tls_refused;
    case Reach::other_machine:
      return Cause::identity_mismatch;
    case Reach::answers:
    case Reach::silent:
      break;
  }
  return Cause::unreachable;
}

}  // namespace

Script::Script(ModelFleet& fleet, std::uint32_t host, Order order, std::optional<Instant> deadline)
    : fleet_(fleet), at_(host), order_(std::move(order)), forward_deadline_(deadline) {
  const Command& command = order_.command;
  const bool sends = command.action == Action::stage || (command.action == Action::activate && command.upload);
  const bool first = command.action == Action::prepare || (sends && command.update == 0);
  touched_ = !first || has(Evidence::Kind::sending);
  if (order_.pin) key_ = order_.pin->bytes.back();
  task_ = evidence(Evidence::Kind::task);
  step_ = first_step();
  begin_wait(timeouts().bmc_return);
  if (command.action == Action::prepare) begin_wait(kFirstContact);
  if (command.action == Action::check || command.action == Action::check_back) {
    begin_wait(timeouts().host_return + order_.plan->checks.stable_for);
  }
  if (command.action == Action::activate && (has(Evidence::Kind::sending) || asked_before())) begin_wait(longest());
}

Script::Step Script::first_step() const {
  switch (order_.command.action) {
    case Action::prepare:
      return &Script::prepare;
    case Action::stage:
      return &Script::stage;
    case Action::activate:
      return &Script::activate;
    case Action::check:
    case Action::check_back:
      return &Script::check;
    case Action::cancel:
      return &Script::cancel;
    case Action::roll_back:
      return &Script::roll_back;
  }
  return &Script::prepare;
}

Script::Next Script::go() {
  for (;;) {
    Next next = (this->*step_)();
    if (next.kind != Next::Kind::again) return next;
  }
}

// ---- what every step is made of

Reach Script::look() {
  const Reach reach = fleet_.reach(at_, key_);
  if (reach != Reach::answers) in_ = false;
  return reach;
}

/// Whether waiting may help no more. A host that was touched is waited for through everything but a wrong key, another
/// machine and a login that was refused too often.
bool Script::is_final(Reach reach) {
  if (reach == Reach::other_key || reach == Reach::other_machine) return true;
  return reach == Reach::login_refused && (!touched_ || ++logins_refused_ >= kLoginsMost);
}

/// The present step comes again once the session is durable.
Script::Next Script::login() {
  in_ = true;
  return offer(Evidence::Kind::session, "/sessions/" + std::to_string(order_.command.id), step_);
}

Script::Next Script::offer(Evidence::Kind kind, std::string text, Step next_step) {
  step_ = next_step;
  Next next;
  next.kind = Next::Kind::offer;
  next.evidence.kind = kind;
  next.evidence.text = std::move(text);
  return next;
}

Script::Next Script::rest(Duration length, Step next_step) {
  step_ = next_step;
  Next next;
  next.kind = Next::Kind::rest;
  next.rest = std::max(Duration(1), length);
  return next;
}

/// The present step again, after a tenth of the time waited so far.
Script::Next Script::poll() {
  const Duration waited = std::clamp((fleet_.now() - since_) / 10, kPollFirst, kPollMost);
  return rest(std::min(waited, std::max(Duration(0), deadline_ - fleet_.now())), step_);
}

Script::Next Script::then(Step step) {
  step_ = step;
  return Next();
}

Outcome Script::made(Verdict verdict, Cause cause, std::string detail) const {
  Outcome outcome;
  outcome.verdict = verdict;
  outcome.cause = cause;
  outcome.detail = std::move(detail);
  if (!in_) return outcome;
  for (const ModelComponent& one : host().components) outcome.versions.push_back(one.lost ? "" : one.running);
  return outcome;
}

Script::Next Script::end(Verdict verdict, Cause cause, std::string detail) {
  return end(made(verdict, cause, std::move(detail)));
}

Script::Next Script::end(Outcome outcome) {
  Next next;
  next.kind = Next::Kind::end;
  next.outcome = std::move(outcome);
  return next;
}

void Script::begin_wait(Duration most) {
  since_ = fleet_.now();
  deadline_ = since_ + most;
  if (forward_deadline_) deadline_ = std::min(deadline_, *forward_deadline_);
}

const PlannedImage& Script::image() const {
  return is_back() ? back_image_of(*order_.plan, update()) : image_of(*order_.plan, update());
}

Runs Script::runs(std::uint32_t index) const {
  const ModelComponent& one = host().components[index];
  const PlannedUpdate& planned_update = planned().updates[index];
  if (one.lost) return Runs::unreadable;
  if (one.running == image_of(*order_.plan, planned_update).version) return Runs::new_version;
  return one.running == planned_update.from_version ? Runs::old_version : Runs::other;
}

Duration Script::longest() const {
  const Duration declared = is_back() ? planned_component().back_most : planned_component().most;
  const Duration returns = timeouts().task + (by_bmc() ? timeouts().bmc_return : timeouts().host_return);
  return declared > Duration(0) ? std::min(declared, returns) : returns;
}

bool Script::has(Evidence::Kind kind) const {
  return std::any_of(order_.evidence.begin(), order_.evidence.end(),
                     [kind](const Evidence& seen) { return seen.kind == kind; });
}

std::string Script::evidence(Evidence::Kind kind) const {
  std::string last;
  for (const Evidence& seen : order_.evidence) {
    if (seen.kind == kind) last = seen.text;
  }
  return last;
}

bool Script::asked_before() const {
  return has(Evidence::Kind::start_asked) || has(Evidence::Kind::reset_asked);
}

/// Whether a task was named after that: the BMC took it.
bool Script::was_answered() const {
  bool asked = false;
  bool answered = false;
  for (const Evidence& seen : order_.evidence) {
    if (seen.kind == Evidence::Kind::start_asked || seen.kind == Evidence::Kind::reset_asked) {
      asked = true;
      answered = false;
    }
    answered = answered || (asked && seen.kind == Evidence::Kind::task);
  }
  return answered;
}

// ---- looking

Script::Next Script::prepare() {
  const Reach reach = look();
  if (reach != Reach::answers) {
    if (is_final(reach) || late()) return end(Verdict::untouched, cause_of(reach), "it does not let us in");
    return poll();
  }
  if (!in_) return login();
  bool current = true;
  for (std::uint32_t i = 0; i < planned().updates.size(); ++i) current = current && runs(i) == Runs::new_version;
  if (current) return end(Verdict::current, Cause::none);
  for (std::uint32_t i = 0; i < planned().updates.size(); ++i) {
    if (runs(i) != Runs::old_version) return end(Verdict::untouched, Cause::drifted, "make a new plan");
    if (!host().components[i].staged.empty()) return end(Verdict::untouched, Cause::foreign_task, "an image waits");
  }
  if (host().job) return end(Verdict::untouched, Cause::foreign_task, "another update is under way");
  Outcome ready = made(Verdict::done, Cause::none, "");
  ready.stages = host().stages;
  ready.baseline.health = fleet_.health(at_);
  ready.baseline.power = host().power;
  ready.baseline.boot = fleet_.booting(at_) ? Boot::booting : Boot::booted;
  return end(std::move(ready));
}

std::optional<Finding> Script::failing(std::uint32_t touched) const {
  const Checks& checks = order_.plan->checks;
  for (std::uint32_t i = 0; i < planned().updates.size(); ++i) {
    const Runs want = i < touched ? Runs::new_version : Runs::old_version;
    const Runs now = runs(i);
    if (now == want) continue;
    if (now == Runs::unreadable) return Finding{Cause::component_lost, "a component is gone"};
    const bool fell_back = want == Runs::new_version && now == Runs::old_version;
    return Finding{fell_back ? Cause::failed_back : Cause::version_mismatch, "it reports another version"};
  }
  if (checks.host_booted && fleet_.booting(at_)) return Finding{Cause::host_not_booted, "the host has not come up yet"};
  if (checks.health_no_worse && fleet_.health(at_) > order_.baseline.health) {
    return Finding{Cause::unhealthy, "its health is worse than before"};
  }
  return std::nullopt;
}

Script::Next Script::check() {
  const Checks& checks = order_.plan->checks;
  const bool back = order_.command.action == Action::check_back;
  const Reach reach = look();
  if (reach == Reach::answers && !in_) return login();
  if (reach != Reach::answers) {
    reads_ = 0;
    holding_.reset();
    missing_ = Finding{Cause::lost, "the BMC does not answer"};
    if (is_final(reach)) return end(Verdict::lost, cause_of(reach), "it does not let us in");
  } else {
    ++reads_;
    const std::optional<Finding> found = failing(back ? 0 : order_.command.update);
    if (found) {
      missing_ = *found;
      holding_.reset();
      const bool version = found->cause == Cause::version_mismatch || found->cause == Cause::failed_back;
      if (version && reads_ >= checks.ready_reads) return end(Verdict::failed, found->cause, found->text);
    } else if (!holding_) {
      holding_ = fleet_.now();
    }
    const bool held = holding_ && fleet_.now() - *holding_ >= checks.stable_for;
    if (held && reads_ >= checks.ready_reads) return end(Verdict::done, Cause::none);
  }
  if (late()) {
    const bool lost = missing_.cause == Cause::lost;
    return end(lost ? Verdict::lost : Verdict::failed, missing_.cause, missing_.text);
  }
  if (in_ && reads_ < checks.ready_reads) return rest(checks.ready_every, step_);
  return poll();
}

}  // namespace breakwater::rehearsal
