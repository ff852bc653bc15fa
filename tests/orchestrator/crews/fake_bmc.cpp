#include "tests/orchestrator/crews/fake_bmc.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <fstream>
#include <stdexcept>

#include "inventories/trust/digest.hpp"
#include "inventories/trust/image_store.hpp"

namespace breakwater {
namespace {

using boost::asio::awaitable;

class FakeBmc final : public Bmc {
 public:
  explicit FakeBmc(FakeMachine& machine) : machine_(machine) {}

  BmcResult<void> open(SessionOpened opened) override {
    if (in_) co_return Result<void, Fault>{};
    ++machine_.logins_tried;
    if (const auto met = next(machine_.logins)) co_return fail(*met);
    in_ = true;
    co_await opened("/s/own");
    co_return Result<void, Fault>{};
  }
  BmcResult<void> delete_session(std::string session_uri) override { co_return act("delete " + session_uri); }
  BmcResult<Identity> identify() override { co_return machine_.shown.identity; }
  BmcResult<Observation> observe() override {
    ++machine_.looks;
    if (machine_.on_look) machine_.on_look(machine_);
    if (const auto met = next(machine_.weather)) co_return fail(*met);
    co_return machine_.shown;
  }
  BmcResult<UpdateAbility> update_ability() override { co_return machine_.ability; }
  BmcResult<StageReceipt> stage(VerifiedImage, StageRequest, BodySent sent) override {
    co_await sent();
    act("upload");
    co_return machine_.receipt;
  }
  BmcResult<TaskView> read_task(StageReceipt receipt) override {
    if (machine_.on_task) machine_.on_task(machine_);
    if (const auto met = next(machine_.weather)) co_return fail(*met);
    const auto found = machine_.tasks.find(receipt.task_uri);
    if (found == machine_.tasks.end()) co_return fail(fault_of(Fault::Kind::task_gone, 404));
    co_return found->second;
  }
  BmcResult<StageReceipt> start_staged() override { co_return started("start"); }
  BmcResult<void> cancel_staged(std::string staged_uri, std::string task_uri) override {
    co_return act("cancel " + staged_uri + " " + task_uri);
  }
  BmcResult<StageReceipt> activate_previous(InstalledComponent) override { co_return started("switch"); }
  BmcResult<void> reset_bmc() override { co_return reset("reset_bmc"); }
  BmcResult<void> reset_host() override { co_return reset("reset_host"); }
  std::optional<Sha256> peer_key() const override { return std::nullopt; }
  void expect_new_key() override {}
  void pin(Sha256) override {}
  void until(std::chrono::steady_clock::time_point end) override { machine_.until = end; }
  void drop() override { in_ = false; }
  awaitable<void> close() override { co_return; }

 private:
  static std::optional<Fault> next(std::deque<Fault>& from) {
    if (from.empty()) return std::nullopt;
    const Fault met = from.front();
    from.pop_front();
    return met;
  }
  Result<void, Fault> act(const std::string& name) {
    machine_.acts.push_back(name);
    if (machine_.on_act) machine_.on_act(machine_, name);
    return {};
  }
  Result<void, Fault> reset(const std::string& name) {
    if (machine_.reset) return fail(*machine_.reset);
    return act(name);
  }
  Result<StageReceipt, Fault> started(const std::string& name) {
    if (machine_.reset) return fail(*machine_.reset);
    act(name);
    return machine_.receipt;
  }

  FakeMachine& machine_;
  bool in_ = false;
};

/// Everything is durable at once, and a sleep is over at once: time is what was slept.
class FakeHands final : public Hands {
 public:
  FakeHands(std::vector<Evidence>& recorded, std::filesystem::path folder)
      : recorded_(recorded), folder_(std::move(folder)) {}
  awaitable<void> record(const Command&, Evidence evidence) override {
    recorded_.push_back(std::move(evidence));
    co_return;
  }
  Clock::time_point now() override { return now_; }
  awaitable<void> sleep(Duration length) override {
    if (length <= Duration(0) && ++polls_at_once_ > kPollsAtOnceMost) throw std::runtime_error("it polls without rest");
    now_ += length;
    co_return;
  }
  BmcResult<StageReceipt> prove_and_send(Bmc& bmc, const ResolvedPlan&, const PlannedImage& wanted,
                                         StageRequest request, AboutToSend about_to_send, BodySent sent) override {
    const auto key = minisign::generate_secret_key();
    const std::string release = "sha256: " + to_hex(wanted.image.digest) + "\n";
    const std::vector<SignatureFile> files{{"r.minisig", minisign::sign(release, *key, "")}};
    const std::vector<Signer> signers{{"qa", key->public_key()}};
    const auto approval = approve(release, files, signers, {}, {"r.yaml", "Breakwater", "bios"});
    ImageStore store = std::move(*ImageStore::open(folder_ / "store"));
    auto image = store.verify(*approval, wanted.image.digest, wanted.image.size, wanted.image.name);
    if (!image) co_return fail(fault_of(Fault::Kind::image_refused));
    co_await about_to_send();
    co_return co_await bmc.stage(std::move(*image), std::move(request), std::move(sent));
  }

 private:
  static constexpr int kPollsAtOnceMost = 10;

  std::vector<Evidence>& recorded_;
  std::filesystem::path folder_;
  Clock::time_point now_ = ConversationTest::kBegin;
  int polls_at_once_ = 0;
};

InstalledComponent bios(const std::string& id, const std::string& version, Slot slot) {
  InstalledComponent entry;
  entry.id = id;
  entry.uri = "/redfish/v1/UpdateService/FirmwareInventory/" + id;
  entry.key.software_id = "LAB-BIOS";
  entry.key.name = "BIOS";
  entry.version = version;
  entry.slot = slot;
  return entry;
}

PlannedImage planned_image(const std::string& version) {
  PlannedImage image;
  image.version = version;
  image.reported_as = {version};
  image.image.name = "bios-" + version + ".bin";
  return image;
}

}  // namespace

bool FakeMachine::did(const std::string& act) const {
  return std::find(acts.begin(), acts.end(), act) != acts.end();
}

Fault fault_of(Fault::Kind kind, int http_status, bool body_sent) {
  Fault fault;
  fault.kind = kind;
  fault.step = "test";
  fault.http_status = http_status;
  fault.body_sent = body_sent;
  return fault;
}

Evidence evidence_of(Evidence::Kind kind, std::string text) {
  Evidence evidence;
  evidence.kind = kind;
  evidence.text = std::move(text);
  return evidence;
}

ConversationTest::ConversationTest() {
  folder_ = std::filesystem::temp_directory_path() / ("breakwater-crews-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder_);
  machine_.ability.multipart = true;
  machine_.ability.stage_on_reset = true;
  machine_.shown.identity = Identity{"Breakwater", "Lab-2U", "LAB-N1", "u-1"};
  machine_.shown.inventory = {bios("BIOS", "3.2", Slot::running), bios("BIOS-Previous", "3.1", Slot::previous)};
  machine_.shown.power = Power::on;
  machine_.shown.health = Health::ok;
  machine_.shown.boot = Boot::booted;
  machine_.shown.host_reset_time = "H0";
  machine_.shown.bmc_reset_time = "B0";

  plan_.images = {planned_image("3.4"), planned_image("3.2")};
  PlannedComponent component;
  component.id = "bios";
  component.kind = ComponentKind::bios;
  component.activate_by = ActivateBy::host_reboot;
  component.way_back = WayBack::bank_switch;
  component.back_image = 1;
  plan_.components = {component};
  PlannedHost host;
  host.name = "n1";
  host.identity = machine_.shown.identity;
  host.updates = {PlannedUpdate{0, "3.2", WayBack::bank_switch}};
  plan_.hosts = {host};
  plan_.checks.stable_for = Duration(100);
  plan_.checks.ready_reads = 2;
  plan_.checks.ready_every = Duration(20);
  plan_.timeouts.upload = Duration(2'000);
  plan_.timeouts.task = Duration(1'000);
  plan_.timeouts.bmc_return = Duration(500);
  plan_.timeouts.host_return = Duration(500);
  plan_.timeouts.no_progress = Duration(300);
}

ConversationTest::~ConversationTest() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void ConversationTest::way_back_is_a_reflash() {
  plan_.components[0].way_back = WayBack::reflash;
  plan_.hosts[0].updates[0].way_back = WayBack::reflash;
  const std::filesystem::path file = folder_ / "bios-3.2.bin";
  std::ofstream(file, std::ios::binary) << "BIOS 3.2, as it was before";
  ImageStore store = std::move(*ImageStore::open(folder_ / "store"));
  const auto imported = store.import(file);
  ASSERT_TRUE(imported);
  plan_.images[1].image.digest = imported->image.digest;
  plan_.images[1].image.size = std::filesystem::file_size(file);
}

InstalledComponent& ConversationTest::entry(Slot slot) {
  return *std::find_if(machine_.shown.inventory.begin(), machine_.shown.inventory.end(),
                       [slot](const InstalledComponent& one) { return one.slot == slot; });
}

void ConversationTest::stage_image(const std::string& version, TaskState state, const std::string& task) {
  machine_.shown.inventory.push_back(bios("BIOS-Staged", version, Slot::staged));
  TaskView view;
  view.uri = task;
  view.state = state;
  view.state_text = "Pending";
  machine_.shown.tasks.push_back(view);
  machine_.tasks[task] = view;
}

void ConversationTest::unstage() {
  std::erase_if(machine_.shown.inventory, [](const InstalledComponent& one) { return one.slot == Slot::staged; });
  std::erase_if(machine_.shown.tasks, [](const TaskView& one) { return one.state == TaskState::pending; });
}

void ConversationTest::runs_after(const std::string& act, const std::string& version) {
  machine_.on_act = [this, act, version](FakeMachine& machine, const std::string& done) {
    if (done.starts_with("cancel")) unstage();
    if (done != act) return;
    unstage();
    entry(Slot::running).version = version;
    machine.shown.host_reset_time = "H1";
  };
}

std::vector<std::string> ConversationTest::recorded(Evidence::Kind kind) const {
  std::vector<std::string> texts;
  for (const Evidence& one : recorded_) {
    if (one.kind == kind) texts.push_back(one.text);
  }
  return texts;
}

Outcome ConversationTest::run(Action action, std::vector<Evidence> evidence, bool upload) {
  Order order;
  order.command.action = action;
  order.command.upload = upload;
  order.plan = std::make_shared<const ResolvedPlan>(plan_);
  order.baseline = baseline_;
  order.resumed = !evidence.empty();
  order.evidence = std::move(evidence);
  order.task = task_;
  FakeHands hands(recorded_, folder_);
  Conversation conversation(std::move(order), std::make_unique<FakeBmc>(machine_), hands, {});
  std::optional<Outcome> ended;
  std::exception_ptr thrown;
  boost::asio::co_spawn(io_, conversation.run(), [&](std::exception_ptr error, Outcome outcome) {
    thrown = error;
    ended = std::move(outcome);
  });
  io_.restart();
  io_.run();
  if (thrown) std::rethrow_exception(thrown);
  took_ = std::chrono::duration_cast<Duration>(hands.now() - kBegin);
  return std::move(*ended);
}

}  // namespace breakwater
