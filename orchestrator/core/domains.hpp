#pragma once
// Domains: racks, power feeds, sites and every other label value, with how many of their hosts are away. A permit to
// start a host is read off these counts.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/core/command.hpp"

namespace breakwater {

struct Anatomy;  // takes apart what a snapshot of the fold holds; the codec knows it

using DomainId = std::uint32_t;

/// One value of one label, over all rollouts: a host counts in every label it has, so that a limit sees also the hosts
/// of rollouts that do not have it. A host is a domain of its own, without a label, and of that one is away at most:
/// no two rollouts work on a host at once, and one that is quarantined in any is started by none.
struct Domain {
  std::string label;  ///< empty: `value` is a host
  std::string value;
  int away = 0;         ///< hosts in flight, quarantined, or known to be down before their rollout began
  int quarantined = 0;  ///< of `away`: until a person releases them
  int discounted = 0;   ///< of `quarantined`: hosts that an operator took out of the count
  int limit = 0;        ///< the tightest of the unfinished rollouts; 0: none
  int ceiling = 0;      ///< the tightest of their Policies, which no discount loosens; 0: none
  int claims = 0;       ///< ways back that wait: they go before any start

  bool is_host() const { return label.empty(); }
  /// What is away and counts against the limit.
  int counted() const { return away - discounted; }
  /// Whether one more discount would give room, or would be a step on the way to it.
  bool may_discount() const { return ceiling == 0 || ceiling - away > std::max(0, limit - counted()); }
  /// Whether no way back would have room though nobody were away but those who are quarantined.
  bool is_full_for_good() const {
    Domain rest = *this;
    rest.away = quarantined;
    return rest.is_full(true);
  }
  /// For so many hosts more, that start or that go back.
  int room(bool back) const {
    if (limit == 0) return std::numeric_limits<int>::max();
    const int within_limit = limit - counted();
    const int within = ceiling == 0 ? within_limit : std::min(within_limit, ceiling - away);
    return within - (back ? 0 : claims);
  }
  /// No host more may start or go back, where `taken` hosts have been given room already.
  bool is_full(bool back, int taken = 0) const { return room(back) <= taken; }
};

/// `rack r07 1/1`; `more` hosts are to count as away too.
std::string figures_of(const Domain& domain, int more = 0);

class Domains {
 public:
  /// Numbers count up from 0 and stay; a new label value gets the next one.
  DomainId id_of(const std::string& label, const std::string& value);
  std::vector<DomainId> ids_of(const Labels& labels);
  /// The domain that a host is by itself.
  DomainId host_id(const std::string& host);

  const Domain& operator[](DomainId id) const { return all_[id]; }
  const std::vector<Domain>& all() const { return all_; }

  /// So many hosts more (or less) are away from each of these domains.
  void count_away(const std::vector<DomainId>& ids, int change);
  /// So many of those that are away more (or less) are quarantined.
  void quarantine(const std::vector<DomainId>& ids, int change);
  /// So many quarantined hosts more (or less) are away and do not count. A host's own domain is as full as before: it
  /// is not touched.
  void discount(const std::vector<DomainId>& ids, int change);
  /// So many more ways back (or less) wait for this host.
  void claim(DomainId host, int change);
  /// A rollout found this host down before it began. It counts as away for as long as one of those rollouts is
  /// unfinished, or until a later plan has read it; once, however many rollouts found it so.
  void find_down(const LeftOut& host, RolloutId by);
  void forget_down(const LeftOut& host, RolloutId by);
  /// A plan has this host in it, so it answered.
  void find_up(const std::string& host, RolloutId by);

  void clear_limits();
  /// Of several limits the tightest counts, and so of ceilings; a ceiling of 0 is none.
  void tighten(DomainId id, int limit, int ceiling);
  /// Hosts parked at this domain are to be looked at again.
  void look_again(const std::vector<DomainId>& ids) { freed_.insert(ids.begin(), ids.end()); }
  /// The limited domains whose hosts are to be looked at again, since this was last asked.
  std::set<DomainId> take_freed() { return std::exchange(freed_, {}); }

 private:
  friend struct Anatomy;

  struct Down {
    std::set<RolloutId> rollouts;  ///< unfinished ones that found it down
    RolloutId read_by = 0;         ///< the last one that has it in its plan, and so found it up
    std::vector<DomainId> domains;
  };

  std::map<std::pair<std::string, std::string>, DomainId> ids_;
  std::vector<Domain> all_;
  std::map<std::string, Down> down_;
  std::set<DomainId> freed_;
};

}  // namespace breakwater
