#pragma once
// What IPMI tells about a machine beside its firmware: identity, power, health, event log. Reading changes nothing: the
// log is never cleared, the SDR repository never written.
#include <optional>
#include <string>
#include <vector>

#include "drivers/ipmi/session.hpp"
#include "drivers/ipmi/wire/fru.hpp"
#include "drivers/ipmi/wire/sdr.hpp"
#include "drivers/ipmi/wire/sel.hpp"
#include "inventories/hosts/observation.hpp"

namespace breakwater::ipmi {

class MachineFacts {
 public:
  explicit MachineFacts(IpmiSession& session) : session_(session) {}

  /// From the FRU's product area, else its board's and chassis'; the UUID is the system's GUID. Read once a
  /// session: it names the machine, not its state.
  BmcResult<Identity> identity();
  /// Forgets the identity and the sensors: another machine may answer next.
  void forget();
  /// Power, health with its worst cause, and the critical entries of the event log. A record or sensor that the BMC
  /// refuses is a finding, and what it would have said is unknown; a log that was not read whole is not counted.
  BmcResult<void> state(Observation& seen);
  /// Restarts a host that is on, by a hard reset: IPMI has no graceful one. Refused if boot flags
  /// that somebody set would start it from another device.
  BmcResult<void> restart(MayLeave may_leave);

 private:
  /// One record of the SDR repository; `refused` where the BMC answers and does not give it.
  struct SdrRead {
    SdrPart part;
    bool linked = false;  ///< part.next is known
    std::optional<Fault> refused;
  };

  BmcResult<Fru> fru();
  BmcResult<void> judge_self_test(Observation& seen);
  BmcResult<void> judge_sensors(Observation& seen);
  BmcResult<void> judge_sensor(const SensorRecord& sensor, Observation& seen);
  BmcResult<void> count_events(Observation& seen);
  BmcResult<void> read_sensors();
  BmcResult<void> walk_sensors(std::uint16_t reservation, std::size_t records);
  BmcResult<SdrRead> sdr_record(std::uint16_t reservation, std::uint16_t id);
  BmcResult<IpmiReply> ask_briefly(IpmiRequest request, std::string step);
  BmcResult<void> read_log(const SelInfo& info);
  BmcResult<void> read_entries(const SelInfo& info);

  IpmiSession& session_;
  std::optional<Identity> identity_;
  struct Sensors {
    std::vector<SensorRecord> found;
    std::vector<std::string> findings;  ///< of records that were refused
    std::uint16_t next = kFirstRecord;
    std::size_t read = 0;
    std::size_t refused = 0;
  };
  std::optional<Sensors> sensors_;
  std::uint8_t sdr_part_ = 32;  ///< bytes read at once; fewer if the BMC cannot return so many
  Duration busy_left_{0};       ///< of this look, for sensors and records that are busy
  struct EventLog {
    std::optional<SelInfo> info;        ///< as it was when its entries were read
    std::uint16_t last = kFirstRecord;  ///< the newest that was read
    std::size_t read = 0;
    std::uint32_t critical = 0;          ///< of those that were read
    std::vector<std::uint64_t> marks{};  ///< of the newest critical ones
    std::string unread{};                ///< why not all were read
  };
  EventLog log_;
};

}  // namespace breakwater::ipmi
