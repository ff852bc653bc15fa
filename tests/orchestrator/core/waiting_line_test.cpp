#include "orchestrator/core/waiting_line.hpp"

#include <gtest/gtest.h>

namespace breakwater::waiting_line_test {
namespace {

WaitingLine line_of(std::initializer_list<HostIndex> hosts) {
  WaitingLine line;
  for (const HostIndex host : hosts) line.add(host, host);
  return line;
}

TEST(WaitingLine, HostsStandInOrder) {
  WaitingLine line = line_of({3, 1, 2});
  EXPECT_EQ(line.front(), 1u);
  line.remove(1, 1);
  EXPECT_EQ(line.front(), 2u);
  line.add(-5, 9);
  EXPECT_EQ(line.front(), 9u);
}

TEST(WaitingLine, AHostStandsInItOnce) {
  WaitingLine line = line_of({1, 1});
  line.remove(1, 1);
  EXPECT_TRUE(line.empty());
  for (int i = 0; i < 2; ++i) {
    line.add(1, 1);
    line.park_front(7);
  }
  line.remove(1, 1);
  EXPECT_TRUE(line.empty()) << "it was set aside while it was set aside";
}

TEST(WaitingLine, ParkedHostsAreNotInTheWay) {
  WaitingLine line = line_of({1, 2});
  line.park_front(7);
  EXPECT_EQ(line.front(), 2u);
  line.remove(2, 2);
  EXPECT_EQ(line.front(), std::nullopt);
  EXPECT_FALSE(line.empty());
}

TEST(WaitingLine, RoomBringsBackSoManyFirstOnesFirst) {
  WaitingLine line = line_of({1, 2, 3});
  line.park_front(7);
  line.park_front(7);
  line.park_front(8);
  line.unpark(7, 1);
  EXPECT_EQ(line.front(), 1u);
  line.remove(1, 1);
  EXPECT_EQ(line.front(), std::nullopt);
  line.unpark(9, 5);
  EXPECT_EQ(line.front(), std::nullopt);
  line.unpark(7, 5);
  line.unpark(8, 5);
  EXPECT_EQ(line.front(), 2u);
}

TEST(WaitingLine, AParkedHostCanBeTakenOut) {
  WaitingLine line = line_of({1});
  line.park_front(7);
  line.remove(1, 1);
  EXPECT_TRUE(line.empty());
  line.unpark(7, 1);
  EXPECT_EQ(line.front(), std::nullopt);
}

TEST(WaitingLine, TakingOutAStrangerChangesNothing) {
  WaitingLine line = line_of({1});
  line.remove(2, 2);
  line.remove(1, 2);
  EXPECT_EQ(line.front(), 1u);
}

}  // namespace
}  // namespace breakwater::waiting_line_test
