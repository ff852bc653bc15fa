#include "orchestrator/core/waiting_line.hpp"

#include <gtest/gtest.h>

namespace breakwater::waiting_line_test {
namespace {

WaitingLine line_of(std::initializer_list<HostIndex> hosts) {
  WaitingLine line;
  for (const HostIndex host : hosts) line.add(host, host);
  return line;
}

TEST(WaitingLine, hosts_stand_in_order) {
  WaitingLine line = line_of({3, 1, 2});
  EXPECT_EQ(line.front(), 1u);
  line.remove(1, 1);
  EXPECT_EQ(line.front(), 2u);
  line.add(-5, 9);
  EXPECT_EQ(line.front(), 9u);
}

TEST(WaitingLine, a_host_stands_in_it_once) {
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

TEST(WaitingLine, parked_hosts_are_not_in_the_way) {
  WaitingLine line = line_of({1, 2});
  line.park_front(7);
  EXPECT_EQ(line.front(), 2u);
  line.remove(2, 2);
  EXPECT_EQ(line.front(), std::nullopt);
  EXPECT_FALSE(line.empty());
}

TEST(WaitingLine, room_brings_back_so_many_first_ones_first) {
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

TEST(WaitingLine, names_the_shared_domains_that_hosts_are_parked_at) {
  using Domains = std::set<DomainId>;
  WaitingLine line = line_of({1, 2, 3});
  EXPECT_EQ(line.full_domains(), Domains());
  line.park_front(7);
  line.park_front(7);
  line.park_front(8);
  EXPECT_EQ(line.full_domains(), (Domains{7, 8}));
  line.unpark(7, 1);
  EXPECT_EQ(line.full_domains(), (Domains{7, 8})) << "one is there still";
  line.remove(2, 2);
  EXPECT_EQ(line.full_domains(), Domains{8});
  line.unpark(8, 1);
  EXPECT_EQ(line.full_domains(), Domains());
}

TEST(WaitingLine, those_whose_own_machine_is_away_stand_apart) {
  WaitingLine line = line_of({1, 2, 3});
  line.park_front(7, WaitingLine::Room::own);
  line.park_front(9);
  line.park_front(8, WaitingLine::Room::own);
  EXPECT_EQ(line.parked_at_own(), (std::set<WaitingLine::Place>{{1, 1}, {3, 3}}));
  EXPECT_EQ(line.full_domains(), std::set<DomainId>{9});
  EXPECT_EQ(line.parked(), 3u);
  line.unpark(8, 1);
  line.remove(1, 1);
  EXPECT_TRUE(line.parked_at_own().empty());
  EXPECT_EQ(line.front(), 3u);
}

TEST(WaitingLine, a_parked_host_can_be_taken_out) {
  WaitingLine line = line_of({1});
  line.park_front(7);
  line.remove(1, 1);
  EXPECT_TRUE(line.empty());
  line.unpark(7, 1);
  EXPECT_EQ(line.front(), std::nullopt);
}

TEST(WaitingLine, taking_out_a_stranger_changes_nothing) {
  WaitingLine line = line_of({1});
  line.remove(2, 2);
  line.remove(1, 2);
  EXPECT_EQ(line.front(), 1u);
}

}  // namespace
}  // namespace breakwater::waiting_line_test
