#include "drivers/two_drivers.hpp"

#include <algorithm>
#include <iterator>

namespace breakwater {

namespace {

constexpr std::string_view kIpmiUris = "ipmi:";

/// The IPMI driver makes its own URIs, which begin with its name; all other URIs are Redfish's.
bool is_of(Driver driver, std::string_view uri) {
  return uri.starts_with(kIpmiUris) == (driver == Driver::ipmi);
}

/// True if nothing there speaks this driver's protocol.
bool is_absent(const Fault& fault) {
  return fault.kind == Fault::Kind::refused || fault.kind == Fault::Kind::unreachable ||
         fault.kind == Fault::Kind::connect_timeout || fault.kind == Fault::Kind::not_supported;
}

/// True if this driver's login does not work here, however often it is tried.
bool is_no_entry(const Fault& fault) {
  return fault.kind == Fault::Kind::login_refused || fault.kind == Fault::Kind::user_unknown ||
         fault.kind == Fault::Kind::suite_refused || fault.kind == Fault::Kind::logins_exhausted ||
         fault.kind == Fault::Kind::not_supported;
}

/// One driver did not answer, and `why` says so: what only it could read is unknown.
void tell_silence(Observation& seen, const std::string& why) {
  if (why.empty()) return;
  add_finding(seen, why);
  if (!seen.critical_events && seen.log_unread.empty()) seen.log_unread = why;
}

std::string said_by(Driver driver, const Fault& fault) {
  return std::string(to_string(driver)) + ": " + std::string(to_string(fault.kind)) +
         (fault.message.empty() ? "" : ": " + fault.message);
}

bool other_serial(const Identity& one, const Identity& other) {
  return !one.serial.empty() && !other.serial.empty() && one.serial != other.serial;
}

/// BMCs disagree about the order of a GUID's bytes: as SMBIOS has it (the first three fields little-endian), as
/// received, or back to front (IPMI 2.0 section 20.8). An unknown one equals any.
bool same_uuid(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty() || one == other) return true;
  const auto digits_of = [](const std::string& text) {
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != '-'; });
    return digits;
  };
  const std::string left = digits_of(one);
  const std::string right = digits_of(other);
  if (left.size() != 32 || right.size() != 32) return false;
  std::string swapped;
  for (const std::size_t i : {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15}) swapped += left.substr(2 * i, 2);
  const auto back_to_front = [](const std::string& digits) {
    std::string turned;
    for (std::size_t i = 16; i > 0; --i) turned += digits.substr(2 * (i - 1), 2);
    return turned;
  };
  return right == swapped || right == back_to_front(left) || right == back_to_front(swapped);
}

class TwoDrivers final : public Bmc {
 public:
  TwoDrivers(DriverBmc preferred, DriverBmc other, Occasion occasion)
      : preferred_(std::move(preferred)), other_(std::move(other)), occasion_(occasion) {}

  BmcResult<void> open(SessionOpened opened) override;
  BmcResult<void> delete_session(std::string session_uri) override;
  BmcResult<Identity> identify() override { return main().bmc->identify(); }
  BmcResult<Observation> observe() override;
  BmcResult<UpdateAbility> update_ability() override;
  BmcResult<StageReceipt> stage(VerifiedImage image, StageRequest request, BodySent sent) override {
    return updater().stage(std::move(image), std::move(request), std::move(sent));
  }
  BmcResult<TaskView> read_task(StageReceipt receipt) override;
  BmcResult<StageReceipt> start_staged() override { return updater().start_staged(); }
  BmcResult<void> cancel_staged(std::string staged_uri, std::string task_uri) override;
  BmcResult<StageReceipt> activate_previous(InstalledComponent previous) override;
  BmcResult<void> reset_bmc() override { return main().bmc->reset_bmc(); }
  BmcResult<void> reset_host() override { return main().bmc->reset_host(); }
  std::optional<Sha256> peer_key() const override;
  void trust(Sha256 key) override;
  void ask_first(MayLeave may_leave) override;
  void until(std::chrono::steady_clock::time_point end) override;
  void drop() override;
  boost::asio::awaitable<void> close(Duration most) override;

 private:
  enum class Alone { neither, preferred, other };

  DriverBmc& main() { return alone_ == Alone::other ? other_ : preferred_; }
  Bmc& updater() { return updated_by_other_ ? *other_.bmc : *main().bmc; }
  BmcResult<Bmc*> owner(std::string uri);
  BmcResult<void> open_other();
  BmcResult<void> who_updates();
  void tell(Observation& seen, const Observation* second) const;

  DriverBmc preferred_;
  DriverBmc other_;
  Occasion occasion_;
  SessionOpened opened_;
  Alone alone_ = Alone::neither;
  std::string silent_;  ///< the driver that did not answer, and why
  std::optional<UpdateAbility> ability_;
  bool updated_by_other_ = false;
};

BmcResult<void> TwoDrivers::open(SessionOpened opened) {
  if (opened) opened_ = std::move(opened);
  SessionOpened each = opened_;
  if (alone_ != Alone::other) {
    const Result<void, Fault> in = co_await preferred_.bmc->open(std::move(each));
    if (!in && (occasion_ == Occasion::for_plan || !is_absent(in.error()))) co_return fail(in.error());
    if (!in) {
      alone_ = Alone::other;
      silent_ = said_by(preferred_.driver, in.error());
    }
  }
  if (alone_ == Alone::other) {
    SessionOpened instead = opened_;
    co_return co_await other_.bmc->open(std::move(instead));
  }
  if (occasion_ == Occasion::for_plan || alone_ == Alone::preferred) co_return Result<void, Fault>{};
  const Result<void, Fault> both = co_await open_other();
  if (!both) {
    alone_ = Alone::preferred;
    silent_ = said_by(other_.driver, both.error());
  }
  co_return Result<void, Fault>{};
}

BmcResult<void> TwoDrivers::open_other() {
  SessionOpened each = opened_;
  return other_.bmc->open(std::move(each));
}

/// The driver that the URI belongs to, opened.
BmcResult<Bmc*> TwoDrivers::owner(std::string uri) {
  if (is_of(main().driver, uri)) co_return main().bmc.get();
  if (alone_ != Alone::neither) {
    co_return fail(
        make_fault(Fault::Kind::not_supported, "talk", uri + " belongs to a driver that does not answer here"));
  }
  const Result<void, Fault> in = co_await open_other();
  if (!in) co_return fail(in.error());
  co_return other_.bmc.get();
}

BmcResult<void> TwoDrivers::delete_session(std::string session_uri) {
  const Result<Bmc*, Fault> whose = co_await owner(session_uri);
  if (!whose) co_return fail(whose.error());
  co_return co_await (*whose)->delete_session(std::move(session_uri));
}

/// The preferred driver updates where its service takes images; else the other one does, where it can.
BmcResult<void> TwoDrivers::who_updates() {
  if (ability_) co_return Result<void, Fault>{};
  Result<UpdateAbility, Fault> able = co_await main().bmc->update_ability();
  if (!able && able.error().kind != Fault::Kind::not_supported && able.error().http_status != 404) {
    co_return fail(able.error());
  }
  const bool takes = able && (able->multipart || able->http_push || main().driver == Driver::ipmi);
  if (takes) {
    ability_ = *able;
    co_return Result<void, Fault>{};
  }
  if (alone_ != Alone::neither) {
    co_return fail(make_fault(Fault::Kind::not_supported, "read update service",
                              "it takes no pushed images, and no other driver answers"));
  }
  const Result<void, Fault> in = co_await open_other();
  if (!in) co_return fail(in.error());
  Result<UpdateAbility, Fault> instead = co_await other_.bmc->update_ability();
  if (!instead) co_return fail(instead.error());
  updated_by_other_ = true;
  ability_ = *instead;
  co_return Result<void, Fault>{};
}

BmcResult<UpdateAbility> TwoDrivers::update_ability() {
  const Result<void, Fault> known = co_await who_updates();
  if (!known) co_return fail(known.error());
  co_return *ability_;
}

/// Compares what both report, and takes from the second what the first does not report.
void TwoDrivers::tell(Observation& seen, const Observation* second) const {
  const std::string first_name(to_string(alone_ == Alone::other ? other_.driver : preferred_.driver));
  const std::string second_name(to_string(other_.driver));
  std::string power = first_name;
  std::string health = first_name;
  std::string inventory = first_name;
  std::string event_log = first_name;
  if (second != nullptr) {
    if (other_serial(seen.identity, second->identity)) {
      add_finding(seen, "serial: " + first_name + " says " + seen.identity.serial + ", " + second_name + " " +
                            second->identity.serial);
    }
    const bool both_know = seen.power != Power::unknown && second->power != Power::unknown;
    if (both_know && seen.power != second->power) {
      add_finding(seen, "power: " + first_name + " and " + second_name + " disagree");
    }
    if (seen.power == Power::unknown && second->power != Power::unknown) {
      seen.power = second->power;
      power = second_name;
    }
    if (seen.health == Health::unknown && second->health != Health::unknown) {
      seen.health = second->health;
      seen.health_text = second->health_text;
      health = second_name;
    }
    if (!seen.critical_events && second->critical_events) {
      seen.critical_events = second->critical_events;
      seen.critical_marks = second->critical_marks;
      event_log = second_name;
    }
    if (!second->log_unread.empty()) seen.log_unread = second->log_unread;
    for (const std::string& finding : second->findings) add_finding(seen, second_name + ": " + finding);
    if (updated_by_other_ || (seen.inventory.empty() && seen.unread.empty())) {
      seen.inventory = second->inventory;
      seen.unread = second->unread;
      seen.tasks.insert(seen.tasks.end(), second->tasks.begin(), second->tasks.end());
      inventory = second_name;
    }
  }
  seen.done_by = {{"identity", first_name}, {"power", power}, {"health", health}, {"inventory", inventory}};
  if (seen.critical_events) seen.done_by.push_back({std::string(kEventLogPart), event_log});
  if (!ability_) return;
  const Driver by = updated_by_other_ || alone_ == Alone::other ? other_.driver : preferred_.driver;
  seen.done_by.push_back({"update", by == Driver::ipmi ? "ipmi (HPM.1)" : "redfish"});
}

/// The UUIDs decide if both have one: vendors put different serial numbers into FRU and SMBIOS.
std::optional<Fault> other_machine(const Identity& one, const Identity& other, Driver first, Driver second) {
  const bool uuids = !one.uuid.empty() && !other.uuid.empty();
  const bool differ = uuids ? !same_uuid(one.uuid, other.uuid) : other_serial(one, other);
  if (!differ) return std::nullopt;
  return make_fault(Fault::Kind::wrong_identity, "identify",
                    std::string(to_string(first)) + " says serial " + one.serial + " uuid " + one.uuid + ", " +
                        std::string(to_string(second)) + " says serial " + other.serial + " uuid " + other.uuid);
}

BmcResult<Observation> TwoDrivers::observe() {
  Result<Observation, Fault> first = co_await main().bmc->observe();
  if (!first) co_return fail(first.error());
  const Result<void, Fault> known = co_await who_updates();
  if (!known && known.error().kind != Fault::Kind::not_supported) co_return fail(known.error());
  Observation seen = std::move(*first);
  if (ability_) seen.ability = ability_;
  if (alone_ != Alone::neither) {
    tell(seen, nullptr);
    tell_silence(seen, silent_);
    co_return seen;
  }
  Result<Observation, Fault> second = fail(Fault{});
  const Result<void, Fault> in = co_await open_other();
  if (in) {
    second = co_await other_.bmc->observe();
  } else {
    second = fail(in.error());
  }
  if (!in && is_own_side(in.error())) co_return fail(in.error());
  if (!in && is_no_entry(in.error())) {
    // A login that is refused once more with every look would lock the account for both.
    alone_ = Alone::preferred;
    silent_ = said_by(other_.driver, in.error());
  }
  // What does not depend on the second driver is seen all the same; its own update does depend on it.
  if (!second && updated_by_other_) co_return fail(second.error());
  if (!second) {
    tell(seen, nullptr);
    tell_silence(seen, said_by(other_.driver, second.error()));
    co_return seen;
  }
  if (auto differs = other_machine(seen.identity, second->identity, preferred_.driver, other_.driver)) {
    co_return fail(std::move(*differs));
  }
  tell(seen, &*second);
  co_return seen;
}

BmcResult<TaskView> TwoDrivers::read_task(StageReceipt receipt) {
  const std::string uri = receipt.task_uri.empty() ? receipt.monitor_uri : receipt.task_uri;
  const Result<Bmc*, Fault> whose = co_await owner(uri);
  if (!whose) co_return fail(whose.error());
  co_return co_await (*whose)->read_task(std::move(receipt));
}

BmcResult<void> TwoDrivers::cancel_staged(std::string staged_uri, std::string task_uri) {
  const Result<Bmc*, Fault> whose = co_await owner(staged_uri.empty() ? task_uri : staged_uri);
  if (!whose) co_return fail(whose.error());
  co_return co_await (*whose)->cancel_staged(std::move(staged_uri), std::move(task_uri));
}

BmcResult<StageReceipt> TwoDrivers::activate_previous(InstalledComponent previous) {
  const Result<Bmc*, Fault> whose = co_await owner(previous.uri);
  if (!whose) co_return fail(whose.error());
  co_return co_await (*whose)->activate_previous(std::move(previous));
}

std::optional<Sha256> TwoDrivers::peer_key() const {
  const std::optional<Sha256> key = preferred_.bmc->peer_key();
  return key ? key : other_.bmc->peer_key();
}

void TwoDrivers::trust(Sha256 key) {
  preferred_.bmc->trust(key);
  other_.bmc->trust(key);
}

void TwoDrivers::ask_first(MayLeave may_leave) {
  preferred_.bmc->ask_first(may_leave);
  other_.bmc->ask_first(std::move(may_leave));
}

void TwoDrivers::until(std::chrono::steady_clock::time_point end) {
  preferred_.bmc->until(end);
  other_.bmc->until(end);
}

void TwoDrivers::drop() {
  preferred_.bmc->drop();
  other_.bmc->drop();
}

boost::asio::awaitable<void> TwoDrivers::close(Duration most) {
  co_await preferred_.bmc->close(most);
  co_await other_.bmc->close(most);
}

}  // namespace

std::unique_ptr<Bmc> use_both(DriverBmc preferred, DriverBmc other, Occasion occasion) {
  return std::make_unique<TwoDrivers>(std::move(preferred), std::move(other), occasion);
}

}  // namespace breakwater
