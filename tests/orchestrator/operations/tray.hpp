#pragma once
// Two processes over one journal in memory: ours, and a conductor that acts while we sleep.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "orchestrator/codec/event_json.hpp"
#include "orchestrator/journal/memory_store.hpp"
#include "orchestrator/operations/request.hpp"
#include "tests/orchestrator/views/made_plan.hpp"

namespace breakwater::operations {

class Tray : public testing::Test {
 protected:
  Tray() {
    clock_.now = [this] { return now_; };
    clock_.sleep = [this](Duration length) {
      now_ += length;
      if (meanwhile_) meanwhile_();
    };
  }

  void conductor_runs(const std::string& rollout = "bios-3.4") {
    ASSERT_TRUE(conductor_.lock(journal::Holder{7, rollout, views::kBegin}));
  }
  void conductor_writes(const std::string& kind, const std::string& body, std::vector<std::uint64_t> taken = {}) {
    const std::vector<journal::Draft> drafts{journal::Draft{Now{now_, now_}, kind, body}};
    ASSERT_TRUE(conductor_.append(drafts, taken));
  }
  void conductor_writes(const Event& event, std::vector<std::uint64_t> taken = {}) {
    conductor_writes(codec::kind_of(event), codec::encode(event), std::move(taken));
  }

  Instant now_ = views::kBegin;
  Clockwork clock_;
  std::function<void()> meanwhile_;
  std::shared_ptr<journal::MemoryDisk> disk_ = std::make_shared<journal::MemoryDisk>();
  journal::MemoryStore conductor_{disk_};
  journal::MemoryStore ours_{disk_};
};

}  // namespace breakwater::operations
