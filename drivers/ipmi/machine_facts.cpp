#include "drivers/ipmi/machine_facts.hpp"

#include <algorithm>

#include "drivers/ipmi/wire/chassis.hpp"
#include "drivers/ipmi/wire/completion.hpp"
#include "drivers/ipmi/wire/device.hpp"

namespace breakwater::ipmi {

namespace {

/// Bounds on what we read of one BMC: IPMI allows 65,535 of each.
constexpr std::size_t kFruBytesMax = 4'096;
constexpr std::size_t kSensorsMax = 512;
/// A longer log is not read: a count of its first entries would miss the new ones.
constexpr std::size_t kSelEntriesMax = 4096;
/// Bytes read at once: as many as a BMC with the smallest buffers returns.
constexpr std::uint8_t kFruPart = 32;
constexpr std::uint8_t kSdrPartLeast = 8;
constexpr int kReservationsMost = 3;
/// Bytes of one log entry: a log with less room takes no further one, or drops its oldest.
constexpr std::uint16_t kSelEntryBytes = 16;
/// Records refused before the rest of the repository counts as unknown.
constexpr std::size_t kRefusedRecordsMax = 16;
/// How long busy sensors and records are asked again: one of them, and all of one look.
constexpr Duration kBusySensor{1'000};
constexpr Duration kDoubtfulSensor{200};
constexpr Duration kBusySensors{5'000};

/// Further findings only make the health worse; the text is that of the worst.
void worsen(Observation& seen, Health health, const std::string& why) {
  if (health <= seen.health) return;
  seen.health = health;
  seen.health_text = health == Health::ok ? std::string() : why;
}

bool lacks(const Fault& fault) {
  return fault.kind == Fault::Kind::not_supported;
}

std::string record_name(std::uint16_t id) {
  return hex_byte(static_cast<std::uint8_t>(id >> 8)) + hex_byte(static_cast<std::uint8_t>(id & 0xFF)).substr(2);
}

}  // namespace

BmcResult<Fru> MachineFacts::fru() {
  const std::string step = "read FRU";
  const Result<FruInfo, Fault> info =
      co_await ask_for<FruInfo>(session_, fru_info_request(kMainFru), step, &decode_fru_info);
  if (!info) co_return fail(info.error());
  const std::size_t scale = info->by_words ? 2 : 1;
  const std::size_t size = std::min<std::size_t>(info->bytes, kFruBytesMax);
  Bytes memory;
  while (memory.size() < size) {
    FruQuestion question;
    question.offset = static_cast<std::uint16_t>(memory.size() / scale);
    question.count = static_cast<std::uint8_t>(std::min<std::size_t>(kFruPart, size - memory.size()) / scale);
    if (question.count == 0) break;
    const Result<Bytes, Fault> part =
        co_await ask_for<Bytes>(session_, fru_read_request(question), step, &decode_fru_part);
    if (!part) co_return fail(part.error());
    if (part->empty()) break;
    memory.insert(memory.end(), part->begin(), part->end());
  }
  const auto parsed = parse_fru(memory);
  if (!parsed) co_return fail(malformed_reply(parsed.error(), step));
  co_return *parsed;
}

BmcResult<Identity> MachineFacts::identity() {
  if (identity_) co_return *identity_;
  Identity who;
  const Result<Fru, Fault> read = co_await fru();
  if (!read && !lacks(read.error())) co_return fail(read.error());
  if (read) {
    const auto first_of = [](const std::string& one, const std::string& other) { return one.empty() ? other : one; };
    const FruProduct product = read->product.value_or(FruProduct{});
    const FruBoard board = read->board.value_or(FruBoard{});
    const FruChassis chassis = read->chassis.value_or(FruChassis{});
    who.vendor = first_of(product.manufacturer, board.manufacturer);
    who.model = first_of(product.name, board.product);
    who.serial = first_of(product.serial, first_of(chassis.serial, board.serial));
  }
  const Result<Guid, Fault> guid =
      co_await ask_for<Guid>(session_, system_guid_request(), "read GUID", &decode_system_guid);
  if (!guid && !lacks(guid.error())) co_return fail(guid.error());
  who.uuid = uuid_of(guid ? *guid : session_.guid());
  if (!who.serial.empty()) identity_ = who;
  co_return who;
}

void MachineFacts::forget() {
  identity_.reset();
  sensors_.reset();
  log_ = EventLog();
}

BmcResult<void> MachineFacts::state(Observation& seen) {
  busy_left_ = kBusySensors;
  const Result<ChassisStatus, Fault> chassis = co_await ask_for<ChassisStatus>(
      session_, chassis_status_request(), "read chassis status", &decode_chassis_status);
  if (!chassis && !lacks(chassis.error())) co_return fail(chassis.error());
  if (chassis) {
    seen.power = chassis->power_on ? Power::on : Power::off;
    worsen(seen, Health::ok, "");
    if (chassis->power_fault || chassis->overload) worsen(seen, Health::critical, "chassis: power fault or overload");
  }
  const Result<void, Fault> tested = co_await judge_self_test(seen);
  if (!tested) co_return fail(tested.error());
  const Result<void, Fault> sensed = co_await judge_sensors(seen);
  if (!sensed) co_return fail(sensed.error());
  co_return co_await count_events(seen);
}

BmcResult<void> MachineFacts::judge_self_test(Observation& seen) {
  const Result<SelfTest, Fault> test =
      co_await ask_for<SelfTest>(session_, self_test_request(), "read self test", &decode_self_test);
  if (!test && !session_.is_open()) co_return fail(test.error());
  if (!test && !lacks(test.error())) add_finding(seen, "BMC self test: " + test.error().message);
  if (!test || test->not_implemented()) co_return Result<void, Fault>{};
  const Health health = test->passed()                                     ? Health::ok
                        : test->firmware_corrupt() || test->result == 0x58 ? Health::critical
                                                                           : Health::warning;
  worsen(seen, health, "BMC self test: " + test->text());
  co_return Result<void, Fault>{};
}

/// A busy answer is waited out for a moment only: a hundred sensors that are busy for good must not take the look.
BmcResult<IpmiReply> MachineFacts::ask_briefly(IpmiRequest request, std::string step) {
  IpmiCall call;
  call.request = std::move(request);
  call.step = std::move(step);
  call.repeat = Repeat::read;
  call.patience.busy = std::min(kBusySensor, busy_left_);
  call.patience.doubtful = std::min(kDoubtfulSensor, busy_left_);
  const auto since = std::chrono::steady_clock::now();
  Result<IpmiReply, Fault> reply = co_await session_.call(std::move(call));
  const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - since);
  if (reply && may_pass(reply->completion)) busy_left_ -= std::min(busy_left_, took);
  co_return reply;
}

/// One record, in parts that small BMCs can give.
BmcResult<MachineFacts::SdrRead> MachineFacts::sdr_record(std::uint16_t reservation, std::uint16_t id) {
  const std::string step = "read SDR";
  SdrRead whole;
  std::size_t size = kSdrHeaderBytes;
  while (whole.part.data.size() < size) {
    SdrQuestion question;
    question.reservation = reservation;
    question.record_id = id;
    question.offset = static_cast<std::uint8_t>(whole.part.data.size());
    question.count = static_cast<std::uint8_t>(std::min<std::size_t>(sdr_part_, size - whole.part.data.size()));
    IpmiRequest request = sdr_get_request(question);
    const Result<IpmiReply, Fault> reply = co_await ask_briefly(std::move(request), step);
    if (!reply) co_return fail(reply.error());
    const std::uint8_t completion = reply->completion;
    const bool too_many =
        completion == kCannotReturnBytes || completion == kLengthInvalid || completion == kLengthExceeded;
    if (too_many && sdr_part_ > kSdrPartLeast) {
      sdr_part_ /= 2;
      continue;
    }
    if (completion == kReservationLost) {
      co_return fail(make_fault(Fault::Kind::cancelled, step, "the reservation was lost"));
    }
    if (completion != kCompleted) {
      whole.refused = refused(*reply, step);
      co_return whole;
    }
    const auto part = decode_sdr_part(reply->data);
    if (!part) {
      whole.refused = malformed_reply(part.error(), step);
      co_return whole;
    }
    if (part->data.empty()) break;
    whole.linked = true;
    whole.part.next = part->next;
    whole.part.data.insert(whole.part.data.end(), part->data.begin(), part->data.end());
    if (size > kSdrHeaderBytes || whole.part.data.size() < kSdrHeaderBytes) continue;
    const auto header = decode_sdr_header(whole.part.data);
    if (!header || !header->is_sensor()) break;
    size = std::min<std::size_t>(kSdrHeaderBytes + header->length, 0xFF);
  }
  co_return whole;
}

/// Reads on from where it was, until all are read; Fault `cancelled` where the reservation was lost. A record that was
/// refused before it named the next one is passed over by its number: most repositories count up.
BmcResult<void> MachineFacts::walk_sensors(std::uint16_t reservation, std::size_t records) {
  Sensors& sensors = *sensors_;
  while (sensors.read < records) {
    const std::uint16_t id = sensors.next;
    const Result<SdrRead, Fault> record = co_await sdr_record(reservation, id);
    if (!record) co_return fail(record.error());
    ++sensors.read;
    if (record->refused) {
      ++sensors.refused;
      sensors.findings.push_back("SDR record " + record_name(id) + ": " + record->refused->message +
                                 "; its sensor is unknown");
      if (sensors.refused == kRefusedRecordsMax) {
        sensors.findings.push_back("SDR: too many records are refused; the sensors behind them are unknown");
        sensors.read = records;
      }
    } else if (const auto sensor = decode_sensor_record(record->part.data)) {
      sensors.found.push_back(*sensor);
    }
    const auto behind = static_cast<std::uint16_t>(id == kFirstRecord ? 2 : id + 1);
    sensors.next = record->linked ? record->part.next : behind;
    if (sensors.next == kLastRecord) sensors.read = records;
  }
  co_return Result<void, Fault>{};
}

BmcResult<void> MachineFacts::read_sensors() {
  const std::string step = "read SDR";
  sensors_ = Sensors();
  const Result<SdrInfo, Fault> info = co_await ask_for<SdrInfo>(session_, sdr_info_request(), step, &decode_sdr_info);
  if (!info) co_return fail(info.error());
  const std::size_t records = std::min<std::size_t>(info->records, kSensorsMax);
  for (int reservations = 0; reservations < kReservationsMost; ++reservations) {
    const Result<std::uint16_t, Fault> reservation =
        co_await ask_for<std::uint16_t>(session_, sdr_reserve_request(), step, &decode_reservation);
    if (!reservation) co_return fail(reservation.error());
    const Result<void, Fault> walked = co_await walk_sensors(*reservation, records);
    if (walked || walked.error().kind != Fault::Kind::cancelled) co_return walked;
  }
  co_return fail(make_fault(Fault::Kind::busy, step, "the SDR repository keeps changing"));
}

BmcResult<void> MachineFacts::judge_sensors(Observation& seen) {
  if (!sensors_) {
    const Result<void, Fault> read = co_await read_sensors();
    if (!read && !session_.is_open()) co_return fail(read.error());
    if (!read && !lacks(read.error())) {
      add_finding(seen, "sensors: " + read.error().message);
      sensors_.reset();  // to be read with the next look
      co_return Result<void, Fault>{};
    }
  }
  for (const std::string& finding : sensors_->findings) add_finding(seen, finding);
  for (const SensorRecord& sensor : sensors_->found) {
    const Result<void, Fault> judged = co_await judge_sensor(sensor, seen);
    if (!judged) co_return judged;
  }
  co_return Result<void, Fault>{};
}

BmcResult<void> MachineFacts::judge_sensor(const SensorRecord& sensor, Observation& seen) {
  const std::string step = "read sensor";
  IpmiRequest request = sensor_reading_request(sensor);
  const Result<IpmiReply, Fault> reply = co_await ask_briefly(std::move(request), step);
  if (!reply) co_return fail(reply.error());
  std::optional<Fault> fault;
  if (reply->completion != kCompleted) fault = refused(*reply, step);
  if (fault && lacks(*fault)) co_return Result<void, Fault>{};  // listed but not present
  const auto reading = decode_sensor_reading(reply->data);
  if (!fault && !reading) fault = malformed_reply(reading.error(), step);
  if (fault) {
    add_finding(seen, "sensor " + sensor.name + " is unknown: " + fault->message);
    co_return Result<void, Fault>{};
  }
  const SensorState now = state_of(sensor, *reading);
  if (now == SensorState::unavailable) co_return Result<void, Fault>{};
  const Health health = now == SensorState::ok        ? Health::ok
                        : now == SensorState::warning ? Health::warning
                                                      : Health::critical;
  worsen(seen, health, "sensor " + sensor.name + ": " + std::string(to_string(now)));
  co_return Result<void, Fault>{};
}

/// The entries behind the newest that is known, until the list ends.
BmcResult<void> MachineFacts::read_entries(const SelInfo& info) {
  bool known = log_.read > 0;  // read the newest known entry again: it names the next one
  std::uint16_t id = log_.last;
  while (log_.read < info.entries || known) {
    const Result<SelEntry, Fault> entry =
        co_await ask_for<SelEntry>(session_, sel_entry_request(id), "read SEL", &decode_sel_entry);
    if (!entry && !session_.is_open()) co_return fail(entry.error());
    if (!entry) {
      log_.unread = "entry " + record_name(id) + " cannot be read: " + entry.error().message;
      co_return Result<void, Fault>{};
    }
    if (!known) {
      ++log_.read;
      log_.last = id;
      if (is_critical(entry->record)) {
        ++log_.critical;
        log_.marks.push_back(mark_of(entry->record));
        if (log_.marks.size() > kCriticalMarksMax) log_.marks.erase(log_.marks.begin());
      }
    }
    known = false;
    if (entry->next == kLastRecord) break;
    id = entry->next;
  }
  if (log_.read < info.entries) {
    log_.unread =
        "its list ends after " + std::to_string(log_.read) + " of " + std::to_string(info.entries) + " entries";
  }
  co_return Result<void, Fault>{};
}

/// Reads the new entries of a log that only grew, and all of any other. A log without room drops entries: the new ones,
/// or the old ones where it goes round.
BmcResult<void> MachineFacts::read_log(const SelInfo& info) {
  const bool grown = log_.unread.empty() && log_.info && log_.info->last_erase == info.last_erase && log_.read > 0 &&
                     info.entries > log_.read;
  if (!grown) log_ = EventLog();
  log_.info = info;
  if (info.entries > kSelEntriesMax) {
    log_.unread =
        "it has " + std::to_string(info.entries) + " entries; " + std::to_string(kSelEntriesMax) + " are read at most";
  } else if (info.overflow) {
    log_.unread = "it has overflown: the BMC has dropped entries (clear it to go on)";
  } else if (info.free_bytes < kSelEntryBytes) {
    log_.unread = "it is full: the next entry is dropped, or drops the oldest (clear it to go on)";
  }
  if (!log_.unread.empty()) co_return Result<void, Fault>{};
  co_return co_await read_entries(info);
}

/// The log is read once, and again when it says that it changed or could not be read whole.
BmcResult<void> MachineFacts::count_events(Observation& seen) {
  const Result<SelInfo, Fault> info =
      co_await ask_for<SelInfo>(session_, sel_info_request(), "read SEL", &decode_sel_info);
  if (!info && !session_.is_open()) co_return fail(info.error());
  if (!info) {
    seen.log_unread = info.error().message;
    if (!lacks(info.error())) add_finding(seen, "event log: " + seen.log_unread);
    co_return Result<void, Fault>{};
  }
  if (log_.info != *info || !log_.unread.empty()) {
    const Result<void, Fault> read = co_await read_log(*info);
    if (!read) co_return fail(read.error());
  }
  if (!log_.unread.empty()) {
    seen.log_unread = log_.unread;
    add_finding(seen, "event log: " + log_.unread);
    co_return Result<void, Fault>{};
  }
  seen.critical_events = log_.critical;
  seen.critical_marks = log_.marks;
  co_return Result<void, Fault>{};
}

BmcResult<void> MachineFacts::restart(MayLeave may_leave) {
  const std::string step = "reset host";
  const Result<ChassisStatus, Fault> chassis =
      co_await ask_for<ChassisStatus>(session_, chassis_status_request(), step, &decode_chassis_status);
  if (!chassis) co_return fail(chassis.error());
  if (!chassis->power_on) co_return fail(make_fault(Fault::Kind::not_supported, step, "the host is off"));
  const Result<BootFlags, Fault> flags =
      co_await ask_for<BootFlags>(session_, boot_flags_request(), step, &decode_boot_flags);
  if (!flags && !lacks(flags.error())) co_return fail(flags.error());
  if (flags && flags->valid && flags->device != BootDevice::none && !flags->persistent) {
    co_return fail(make_fault(Fault::Kind::not_supported, step,
                              "boot flags send its next start to another device (" +
                                  std::to_string(static_cast<int>(flags->device)) + "); clear them first"));
  }
  if (may_leave && !may_leave()) co_return fail(withdrawn_fault(step));
  IpmiCall reset;
  reset.request = chassis_control_request(ChassisControl::reset);
  reset.step = step;
  reset.repeat = Repeat::never;
  const Result<IpmiReply, Fault> reply = co_await session_.call(std::move(reset));
  if (!reply) {
    Fault fault = reply.error();
    fault.body_sent = fault.kind == Fault::Kind::no_progress;  // sent, and no reply: it may have been done
    co_return fail(fault);
  }
  if (reply->completion != kCompleted) co_return fail(refused_once(*reply, step));
  co_return Result<void, Fault>{};
}

}  // namespace breakwater::ipmi
