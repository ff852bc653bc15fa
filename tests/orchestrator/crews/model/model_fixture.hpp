#pragma once
// One modelled host, and its BMC spoken to in virtual time.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "orchestrator/crews/model/model_bmc.hpp"

namespace breakwater::model {

/// 2026-11-02T22:00:00Z
inline constexpr Instant kBegin{Duration{1'793'656'800'000}};

/// A host with a BIOS in two banks, 3.2 running and 3.1 in the other; its service stages.
class ModelTest : public testing::Test {
 protected:
  ModelTest() {
    ModelHost host;
    host.name = "n1";
    host.identity = Identity{"Acme", "A-1", "S-1", "u-1"};
    ModelComponent bios;
    bios.id = "BIOS";
    bios.running = "3.2";
    bios.other = "3.1";
    bios.two_banks = true;
    host.components = {bios};
    fleet_.hosts = {host};
    fleet_.on_act = [this](const Act& act) { acts_.push_back(act); };
  }

  ModelHost& host() { return fleet_.hosts[0]; }
  ModelComponent& bios() { return host().components[0]; }
  int count(Act::Kind kind) const {
    return static_cast<int>(
        std::count_if(acts_.begin(), acts_.end(), [kind](const Act& one) { return one.kind == kind; }));
  }

  /// Waits for an answer, as long as it takes in virtual time.
  template <class T>
  T ask(boost::asio::awaitable<T> question) {
    std::optional<T> answer;
    time_.spawn(keep(std::move(question), answer));
    while (!answer) {
      if (!time_.next()) throw std::runtime_error("nobody ever answers");
      pass(*time_.next() - fleet_.now());
    }
    return std::move(*answer);
  }
  Result<void, Fault> log_in() { return log_in(bmc_); }
  Result<void, Fault> log_in(ModelBmc& bmc) {
    SessionOpened opened = [this](std::string uri) { return note(std::move(uri)); };
    return ask(bmc.open(std::move(opened)));
  }
  void pass(Duration length) {
    fleet_.run_to(fleet_.now() + length);
    time_.run_due();
  }
  /// An image of version 3.4 waits, sent under task 1.
  void stage_image() {
    fleet_.last_byte(0, body());
    pass(host().times.verify);
    ASSERT_EQ(bios().staged, "3.4");
  }
  static ModelFleet::Body body() {
    ModelFleet::Body body;
    body.version = "3.4";
    body.command = kCommand;
    return body;
  }

  static constexpr std::uint64_t kCommand = 7;

  std::vector<Act> acts_;
  std::vector<std::string> sessions_;  ///< that were opened
  ModelFleet fleet_{kBegin, Dice(1)};
  VirtualTime time_{fleet_};
  ModelBmc bmc_{time_, fleet_, 0, kCommand};

 private:
  template <class T>
  static boost::asio::awaitable<void> keep(boost::asio::awaitable<T> question, std::optional<T>& into) {
    into.emplace(co_await std::move(question));
  }
  boost::asio::awaitable<void> note(std::string uri) {
    sessions_.push_back(std::move(uri));
    co_return;
  }
};

}  // namespace breakwater::model
