#include "tests/orchestrator/crews/bmc/conversation_fixture.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <fstream>

#include "inventories/trust/image_store.hpp"

namespace breakwater {
namespace {

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
  store_image(plan_.images[1]);
}

void ConversationTest::store_image(PlannedImage& image) {
  const std::filesystem::path file = folder_ / image.image.name;
  std::ofstream(file, std::ios::binary) << "BIOS " << image.version;
  ImageStore store = std::move(*ImageStore::open(folder_ / "store"));
  const auto imported = store.import(file);
  ASSERT_TRUE(imported);
  image.image.digest = imported->image.digest;
  image.image.size = std::filesystem::file_size(file);
}

void ConversationTest::show_task(const std::string& uri, TaskState state) {
  TaskView view;
  view.uri = uri;
  view.state = state;
  view.state_text = state == TaskState::pending ? "Pending" : state == TaskState::failed ? "Exception" : "Running";
  hide_task(uri);
  machine_.tasks[uri] = view;
  if (state == TaskState::running || state == TaskState::pending) machine_.shown.tasks.push_back(view);
}

void ConversationTest::hide_task(const std::string& uri) {
  std::erase_if(machine_.shown.tasks, [&uri](const TaskView& one) { return one.uri == uri; });
  machine_.tasks.erase(uri);
}

InstalledComponent& ConversationTest::entry(Slot slot) {
  return *std::find_if(machine_.shown.inventory.begin(), machine_.shown.inventory.end(),
                       [slot](const InstalledComponent& one) { return one.slot == slot; });
}

void ConversationTest::hide_entry(Slot slot) {
  const InstalledComponent one = entry(slot);
  std::erase_if(machine_.shown.inventory, [&one](const InstalledComponent& other) { return other.uri == one.uri; });
  machine_.shown.unread.push_back({one.uri, one.uri + " answered HTTP 500"});
  hidden_.push_back(one);
}

void ConversationTest::show_entries() {
  for (const InstalledComponent& one : std::exchange(hidden_, {})) machine_.shown.inventory.push_back(one);
  machine_.shown.unread.clear();
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

MakeBmc ConversationTest::make_fake() {
  return [this]() -> Result<std::unique_ptr<Bmc>, std::string> {
    if (unmade_ == 0) return fake_bmc(machine_);
    --unmade_;
    return fail(std::string("env:BMC is not set in the environment"));
  };
}

Outcome ConversationTest::run(Action action, std::vector<Evidence> evidence, bool upload) {
  Order order;
  order.command.action = action;
  order.command.upload = upload;
  order.command.ran = order.command.well = well_;
  order.command.beside = beside_;
  if (action == Action::check || action == Action::watch) order.command.update = touched_;
  order.plan = std::make_shared<const ResolvedPlan>(plan_);
  order.baseline = baseline_;
  order.resumed = !evidence.empty();
  order.evidence = std::move(evidence);
  order.task = task_;
  FakeHands hands(recorded_, folder_);
  hands_ = &hands;
  hands.withdrawn_at = &withdrawn_at_;
  hands.refuses = refuses_;
  hands.record_takes = record_takes_;
  hands.vouches = [&](const Sha256&) { return vouches_after_ && hands.now() - kBegin >= *vouches_after_; };
  Conversation conversation(std::move(order), make_fake(), hands, bounds_);
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
