#include "tests/orchestrator/operations/estate.hpp"

#include <stdexcept>

#include "drivers/lab/image.hpp"
#include "inventories/trust/image_store.hpp"
#include "orchestrator/codec/event_json.hpp"

namespace breakwater::operations {
namespace {

const std::vector<std::string> kHosts{"n1", "n2", "n3", "n4"};

lab::LabConfig lab_config(const std::filesystem::path& certificates) {
  lab::LabConfig config;
  config.port = 0;
  config.ipmi_port = 0;
  config.certificates = certificates;
  for (const std::string& name : kHosts) {
    lab::HostConfig host;
    host.name = name;
    host.flash = host.host_boot = Duration{50};
    host.ipmi = false;
    config.hosts.push_back(std::move(host));
  }
  return config;
}

std::string key_id(const minisign::SecretKey& key) {
  return minisign::to_string(key.public_key().id());
}

}  // namespace

Estate::Estate() {
  for (const std::string person : {"vendor", "qa"}) {
    auto key = minisign::generate_secret_key();
    folder_.write(person + ".pub", minisign::to_text(key->public_key()));
    people_.emplace(person, std::move(*key));
  }
  write_release("3.2", "*", "{method: none}");
  write_release("3.4", "3.2", "{method: reflash, to: \"" + refs_.at("3.2") + "\"}");
  for (const std::string release : {"bios-3.2", "bios-3.4"}) {
    for (const auto& [person, key] : people_) sign(release, person);
  }
  write_inventory();
  write_policy();
  write_rollout();
}

std::string Estate::write_release(const std::string& version, const std::string& edges, const std::string& way_back) {
  const std::string name = "bios-" + version;
  const std::string bytes = lab::make_image({"bios", version, {}, {}}, 4096);
  const auto image = folder_.write(name + ".bin", bytes);
  const auto imported = images().import(image);
  if (!imported) ADD_FAILURE() << imported.error().message;
  const std::string digest = to_hex(imported->image.digest);
  folder_.write(name + ".yaml", "apiVersion: breakwater/v1\nkind: Release\nmetadata: {name: " + name + "}\nspec:\n" +
                                    "  component: bios\n  vendor: Breakwater\n  models: [\"Lab-2U\"]\n  version: \"" +
                                    version + "\"\n  reportedAs: [\"" + version +
                                    "\"]\n  files: [{role: image, name: " + name + ".bin, sha256: \"" + digest +
                                    "\", size: 4096}]\n  edges: [{from: [\"" + edges + "\"], verdict: ok}]\n" +
                                    "  apply: {activate: hostReboot, duration: {typical: 1s, most: 20s}}\n" +
                                    "  rollback: " + way_back + "\n");
  return refs_[version] = name + "@sha256:" + digest;
}

void Estate::sign(const std::string& release, const std::string& person) {
  const minisign::SecretKey& key = people_.at(person);
  folder_.write(release + ".yaml." + key_id(key) + ".minisig",
                minisign::sign(text_of(file(release + ".yaml")), key, "signed by " + person));
}

void Estate::write_inventory(const std::string& defaults, const std::string& host_n1) {
  const auto login = folder_.write("bmc.login", "admin:" + password_ + "\n");
  std::filesystem::permissions(login, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const bool lab = lab_ != nullptr;
  const std::string tls =
      lab ? "{mode: ca, bundle: \"file:pki/ca.pem\"}" : "{mode: pin, sha256: [\"" + std::string(64, 'a') + "\"]}";
  std::string text =
      "apiVersion: breakwater/v1\nkind: Inventory\nmetadata: {name: lab}\nspec:\n  defaults:\n    bmc: " +
      std::string("{credentials: \"file:bmc.login\", tls: ") + tls + "}\n    labels: {site: lab}\n" + defaults +
      "  hosts:\n";
  for (std::size_t i = 0; i < kHosts.size(); ++i) {
    const std::string& name = kHosts[i];
    // Nothing listens at port 1.
    std::string address = "127.0.0." + std::to_string(i + 1) + ":1";
    if (lab) address = lab_->state(name).address + ':' + std::to_string(lab_->state(name).port);
    text += "    " + name + ":\n      labels: {rack: r" + std::to_string(1 + i / 2) + "}\n      bmc: {address: \"" +
            address + "\"}\n" + (i == 0 ? host_n1 : "");
  }
  folder_.write("inventory.yaml", text);
}

void Estate::write_policy(const std::string& also) {
  folder_.write("policy.yaml",
                "apiVersion: breakwater/v1\nkind: Policy\nmetadata: {name: lab}\nspec:\n  trust:\n    signers:\n"
                "      vendor: {key: \"file:vendor.pub\", components: [bios]}\n"
                "      qa: {key: \"file:qa.pub\", components: [\"*\"]}\n"
                "    require: {signers: 2}\n  ceilings: {global: 10, per: {rack: 50%}}\n"
                "  gates: {strict: {successRate: {atLeast: 100%}}}\n" +
                    also);
}

void Estate::write_rollout(const std::string& also, const std::string& selector) {
  folder_.write("rollout.yaml",
                "apiVersion: breakwater/v1\nkind: Rollout\nmetadata: {name: bios-3.4}\nspec:\n  policy: lab\n"
                "  targets: {selector: \"" +
                    selector + "\"}\n  components: [{id: bios, release: \"" + refs_.at("3.4") +
                    "\"}]\n  waves:\n    - {name: canary, size: 1, gate: strict}\n"
                    "    - {name: rest, size: 100%, gate: strict}\n"
                    "  checks:\n    stableFor: 100ms\n    list: [{check: redfish.serviceReady, consecutive: 1, every: "
                    "20ms}, {check: inventory.versionEquals}]\n"
                    "  rollback: {host: {most: 1}}\n" +
                    also);
}

void Estate::replace(const std::string& name, const std::string& what, const std::string& by) {
  std::string text = text_of(file(name));
  const std::size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << name << " holds no " << what;
  folder_.write(name, text.replace(at, what.size(), by));
}

lab::RunningLab& Estate::turn_on_lab() {
  lab_ = std::make_unique<lab::RunningLab>(lab_config(folder_ / "pki"));
  write_inventory();
  return *lab_;
}

RolloutDocuments Estate::loaded() {
  auto read = load_rollout(file("rollout.yaml").string());
  if (!read) throw std::runtime_error(read.error().messages.front());
  return std::move(*read);
}

ImageStore Estate::images() {
  return std::move(*installation_.open_images());
}

Sight Estate::seen(const std::string& host) {
  Sight sight;
  sight.seen.emplace();
  sight.seen->identity = {"Breakwater", "Lab-2U", "LAB-" + host, "uuid-" + host};
  sight.seen->inventory.push_back({"BIOS", "/redfish/v1/bios", {"LAB-BIOS", "", {}, "BIOS"}, "3.2", Slot::running});
  sight.seen->power = Power::on;
  sight.seen->health = Health::ok;
  return sight;
}

Result<ResolvedPlan, Problem> Estate::planned(Instant now) {
  const HostSurvey look = [this](const std::vector<Host>& hosts) {
    std::vector<Sight> sights;
    for (const Host& host : hosts) {
      looked_at_.push_back(host.name);
      const auto told = sights_.find(host.name);
      sights.push_back(told == sights_.end() ? seen(host.name) : told->second);
    }
    return sights;
  };
  ImageStore store = images();
  return make_plan(loaded(), store, fleet_, look, now);
}

std::map<std::string, std::string> Estate::left_out(const ResolvedPlan& plan) const {
  std::map<std::string, std::string> reasons;
  for (const LeftOut& host : plan.left_out) reasons[host.host] = host.reason;
  return reasons;
}

void Estate::record(const Event& event) {
  const auto store = installation_.open_to_write();
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->lock(journal::Holder{1, "", views::kBegin}));
  const std::vector<journal::Draft> drafts{
      journal::Draft{Now{views::kBegin, views::kBegin}, codec::kind_of(event), codec::encode(event)}};
  ASSERT_TRUE((*store)->append(drafts));
}

void Estate::begin_rollout(bool finished) {
  RolloutStarted started;
  started.by = "lena";
  started.plan = views::made_plan();
  record(Event(std::move(started)));
  if (finished) record(Event(RolloutFinished{1}));
}

std::vector<Event> Estate::events() const {
  std::vector<Event> all;
  const auto read = installation_.read_journal([&](const Recorded& one) { all.push_back(one.event); });
  if (!read) ADD_FAILURE() << read.error().messages.front();
  return all;
}

}  // namespace breakwater::operations
