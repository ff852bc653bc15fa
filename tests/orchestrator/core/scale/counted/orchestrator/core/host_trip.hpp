#pragma once
// The product's HostTrip, and in the place of its vector one that counts: every look at a host, by index or in a row.
#define HostTrips UncountedHostTrips
#include UNCOUNTED
#undef HostTrips

namespace breakwater {

class HostTrips {
 public:
  void resize(std::size_t size) { trips_.resize(size); }
  std::size_t size() const { return trips_.size(); }
  HostTrip& operator[](std::size_t host) { return ++visited_, trips_[host]; }
  const HostTrip& operator[](std::size_t host) const { return ++visited_, trips_[host]; }
  HostTrip& at(std::size_t host) { return ++visited_, trips_.at(host); }
  const HostTrip& at(std::size_t host) const { return ++visited_, trips_.at(host); }
  auto begin() { return visited_ += trips_.size(), trips_.begin(); }
  auto begin() const { return visited_ += trips_.size(), trips_.begin(); }
  auto end() { return trips_.end(); }
  auto end() const { return trips_.end(); }

  std::uint64_t visited() const { return visited_; }

 private:
  std::vector<HostTrip> trips_;
  mutable std::uint64_t visited_ = 0;
};

}  // namespace breakwater
