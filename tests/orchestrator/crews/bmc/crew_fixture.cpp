#include "tests/orchestrator/crews/bmc/crew_fixture.hpp"

#include <fstream>
#include <stdexcept>

#include "inventories/trust/minisign.hpp"

namespace breakwater {

CrewTest::CrewTest() : store_(std::move(*ImageStore::open(folder_ / "store"))) {
  other_ = machine_;
  other_.shown.identity.serial = "LAB-N2";
  plan_.hosts.push_back(plan_.hosts[0]);
  plan_.hosts[1].name = "n2";
  plan_.hosts[1].identity = other_.shown.identity;
  plan_.hosts[0].bmc.address = "n1.example";
  plan_.hosts[1].bmc.address = "n2.example";
}

CrewTest::~CrewTest() = default;

BmcCrew& CrewTest::up(Instant not_before, int threads) {
  const auto reach = [this](boost::asio::any_io_executor,
                            const BmcEndpoint& endpoint) -> Result<std::unique_ptr<Bmc>, std::string> {
    const std::lock_guard lock(mutex_);
    endpoints_.push_back(endpoint);
    if (!own_fault_.empty()) return fail(own_fault_);
    return fake_bmc(endpoint.address == "n1.example" ? machine_ : other_);
  };
  return crew_.emplace(reach, store_, not_before, threads);
}

void CrewTest::fail_own_side(const std::string& text) {
  const std::lock_guard lock(mutex_);
  own_fault_ = text;
}

std::vector<BmcEndpoint> CrewTest::endpoints() {
  const std::lock_guard lock(mutex_);
  return endpoints_;
}

Order CrewTest::order(Action action, HostIndex host) {
  Order made;
  made.command.id = ++last_;
  made.command.rollout = 40;
  made.command.host = host;
  made.command.action = action;
  made.plan = std::make_shared<const ResolvedPlan>(plan_);
  made.task = task_;
  return made;
}

void CrewTest::image_is_signed() {
  const std::filesystem::path file = folder_ / "bios-3.4.bin";
  std::ofstream(file, std::ios::binary) << "BIOS 3.4";
  const auto imported = store_.import(file);
  ASSERT_TRUE(imported);
  PlannedImage& image = plan_.images[0];
  image.image.digest = imported->image.digest;
  image.image.size = imported->image.size;
  image.release_text = "sha256: " + to_hex(image.image.digest) + "\n";
  const auto key = minisign::generate_secret_key();
  image.signatures = {{"bios-3.4.yaml.minisig", minisign::sign(image.release_text, *key, "")}};
  plan_.keys = {TrustedKey{"qa", minisign::to_text(key->public_key()), {}, {}}};
}

CrewEvent CrewTest::next() {
  if (arrived_.empty()) {
    for (CrewEvent& event : crew().wait_until(crew().now().steady + kPatience)) arrived_.push_back(std::move(event));
  }
  if (arrived_.empty()) throw std::runtime_error("nothing came of it");
  CrewEvent first = std::move(arrived_.front());
  arrived_.pop_front();
  return first;
}

EvidenceOffered CrewTest::offered() {
  return std::get<EvidenceOffered>(next());
}

Outcome CrewTest::ended(CommandId command) {
  const Instant until = crew().now().steady + kPatience;
  while (crew().now().steady < until) {
    const CrewEvent event = next();
    if (const auto* offer = std::get_if<EvidenceOffered>(&event)) {
      recorded_.push_back(offer->evidence.evidence);
      crew().durable(offer->ticket);
    } else if (const auto& end = std::get<CommandEnded>(event); end.command == command) {
      return end.outcome;
    }
  }
  throw std::runtime_error("it does not end");
}

Outcome CrewTest::carry_out(Order order) {
  const CommandId command = order.command.id;
  crew().start(std::move(order));
  return ended(command);
}

}  // namespace breakwater
