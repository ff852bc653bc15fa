#pragma once
// One command played against the model, as a BMC conversation would carry it out: the same evidence at the same places,
// durable before the side effect, and the same verdicts from what is read afterwards. A resumed order looks first and
// adopts what is there. Steps follow each other; between two of them virtual time passes or the journal is written.
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/look.hpp"
#include "orchestrator/crews/crew.hpp"
#include "orchestrator/crews/rehearsal/model_fleet.hpp"

namespace breakwater::rehearsal {

class Script {
 public:
  /// What a script wants before it goes on.
  struct Next {
    enum class Kind { again, rest, offer, end };
    Kind kind = Kind::again;
    Duration rest{0};
    Evidence evidence;
    Outcome outcome;
  };

  /// `host` is its place in the model; `deadline` bounds the whole forward trip, in true time.
  Script(ModelFleet& fleet, std::uint32_t host, Order order, std::optional<Instant> deadline);

  /// Called when the rest is over, or the evidence is durable.
  Next go();
  const Command& command() const { return order_.command; }

 private:
  using Step = Next (Script::*)();

  // Shared, in script.cpp.
  Step first_step() const;
  Reach look();
  bool is_final(Reach reach);
  Next login();
  Next offer(Evidence::Kind kind, std::string text, Step next_step);
  Next rest(Duration length, Step next_step);
  Next poll();
  Next then(Step step);
  Next end(Outcome::Verdict verdict, Cause cause, std::string detail = {});
  Next end(Outcome outcome);
  Outcome made(Outcome::Verdict verdict, Cause cause, std::string detail) const;
  void begin_wait(Duration most);
  bool late() const { return fleet_.now() >= deadline_; }

  // Looking, in script.cpp.
  Next prepare();
  Next check();
  std::optional<Finding> failing(std::uint32_t touched) const;

  // Uploads and what is staged, in script_stage.cpp.
  Next stage();
  Next send();
  Next upload();
  Next uploaded();
  Next task_named();
  Next after_upload();
  Next begin_settle_stage();
  Next settle_stage();
  Next arrived(Outcome found);
  Next cancel();
  Next take_back();
  Next prove_gone();
  Next taken_back();
  Next still_old();

  // What makes a version run, in script_run.cpp.
  Next activate();
  Next quiet(Duration most, Step next_step);
  Next wait_quiet();
  Next run_staged();
  Next ask();
  Next begin_settle();
  Next settle();
  std::optional<Outcome> judge();
  Next never_left(Step if_so);
  Next prove_never_left();
  Next disarm(Outcome found);
  Next roll_back();
  Next back();
  Next switch_bank();
  Next reflash();

  const ModelHost& host() const { return fleet_.hosts[at_]; }
  const ModelComponent& component() const { return host().components[order_.command.update]; }
  const PlannedHost& planned() const { return order_.plan->hosts[order_.command.host]; }
  const PlannedUpdate& update() const { return planned().updates[order_.command.update]; }
  const PlannedComponent& planned_component() const { return order_.plan->components[update().component]; }
  const PlannedImage& image() const;
  const Timeouts& timeouts() const { return order_.plan->timeouts; }
  bool is_back() const { return order_.command.action == Action::roll_back; }
  bool immediate() const { return is_back() ? !host().stages : order_.command.upload; }
  bool by_bmc() const { return planned_component().activate_by == ActivateBy::bmc_reset; }
  Runs wanted() const { return is_back() ? Runs::old_version : Runs::new_version; }
  Runs runs(std::uint32_t update) const;
  Runs runs() const { return runs(order_.command.update); }
  Duration longest() const;
  Duration quiet_most() const { return timeouts().task + timeouts().bmc_return; }
  bool has(Evidence::Kind kind) const;
  std::string evidence(Evidence::Kind kind) const;
  bool asked_before() const;
  bool was_answered() const;

  ModelFleet& fleet_;
  std::uint32_t at_;
  Order order_;
  std::optional<Instant> forward_deadline_;
  Step step_;
  bool touched_;
  bool in_ = false;        ///< logged in
  std::uint32_t key_ = 0;  ///< the certificate that is believed
  int logins_refused_ = 0;
  Instant since_;     ///< when the present wait began
  Instant deadline_;  ///< of the present wait
  Step after_ = nullptr;
  Outcome found_;      ///< what is told once a staged image was taken back
  std::string task_;   ///< known to be ours
  bool sent_ = false;  ///< in this conversation
  int reads_ = 0;
  bool was_away_ = false;
  std::string times_before_;
  std::optional<Instant> holding_;
  Instant progress_at_;
  Finding missing_{Cause::lost, "the BMC has not answered yet"};
};

}  // namespace breakwater::rehearsal
