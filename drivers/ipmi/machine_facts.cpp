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

/// Further findings only make the health worse; the text is that of the worst.
void worsen(Observation& seen, Health health, const std::string& why) {
  if (health <= seen.health) return;
  seen.health = health;
  seen.health_text = health == Health::ok ? std::string() : why;
}

bool lacks(const Fault& fault) {
  return fault.kind == Fault::Kind::not_supported;
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
  if (!test && !lacks(test.error())) co_return fail(test.error());
  if (!test || test->not_implemented()) co_return Result<void, Fault>{};
  const Health health = test->passed()                                     ? Health::ok
                        : test->firmware_corrupt() || test->result == 0x58 ? Health::critical
                                                                           : Health::warning;
  worsen(seen, health, "BMC self test: " + test->text());
  co_return Result<void, Fault>{};
}

/// One record, in parts that small BMCs can give.
BmcResult<SdrPart> MachineFacts::sdr_record(std::uint16_t reservation, std::uint16_t id) {
  const std::string step = "read SDR";
  SdrPart whole;
  std::size_t size = kSdrHeaderBytes;
  while (whole.data.size() < size) {
    SdrQuestion question;
    question.reservation = reservation;
    question.record_id = id;
    question.offset = static_cast<std::uint8_t>(whole.data.size());
    question.count = static_cast<std::uint8_t>(std::min<std::size_t>(sdr_part_, size - whole.data.size()));
    IpmiCall call;
    call.request = sdr_get_request(question);
    call.step = step;
    const Result<IpmiReply, Fault> reply = co_await session_.call(std::move(call));
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
    if (completion != kCompleted) co_return fail(refused(*reply, step));
    const auto part = decode_sdr_part(reply->data);
    if (!part) co_return fail(malformed_reply(part.error(), step));
    if (part->data.empty()) break;
    whole.next = part->next;
    whole.data.insert(whole.data.end(), part->data.begin(), part->data.end());
    if (size > kSdrHeaderBytes || whole.data.size() < kSdrHeaderBytes) continue;
    const auto header = decode_sdr_header(whole.data);
    if (!header || !header->is_sensor()) break;
    size = std::min<std::size_t>(kSdrHeaderBytes + header->length, 0xFF);
  }
  co_return whole;
}

BmcResult<std::vector<SensorRecord>> MachineFacts::sensors() {
  const std::string step = "read SDR";
  std::vector<SensorRecord> found;
  const Result<SdrInfo, Fault> info = co_await ask_for<SdrInfo>(session_, sdr_info_request(), step, &decode_sdr_info);
  if (!info) co_return fail(info.error());
  const std::size_t records = std::min<std::size_t>(info->records, kSensorsMax);
  std::uint16_t id = kFirstRecord;
  std::size_t read = 0;
  for (int reservations = 0; read < records && reservations < kReservationsMost; ++reservations) {
    const Result<std::uint16_t, Fault> reservation =
        co_await ask_for<std::uint16_t>(session_, sdr_reserve_request(), step, &decode_reservation);
    if (!reservation) co_return fail(reservation.error());
    while (read < records) {
      const Result<SdrPart, Fault> record = co_await sdr_record(*reservation, id);
      if (!record && record.error().kind == Fault::Kind::cancelled) break;  // the reservation was lost
      if (!record) co_return fail(record.error());
      const auto sensor = decode_sensor_record(record->data);
      if (sensor) found.push_back(*sensor);
      read = record->next == kLastRecord ? records : read + 1;
      id = record->next;
    }
  }
  if (read < records) co_return fail(make_fault(Fault::Kind::busy, step, "the SDR repository keeps changing"));
  co_return found;
}

BmcResult<void> MachineFacts::judge_sensors(Observation& seen) {
  if (!sensors_) {
    Result<std::vector<SensorRecord>, Fault> read = co_await sensors();
    if (!read && !lacks(read.error())) co_return fail(read.error());
    sensors_ = read ? std::move(*read) : std::vector<SensorRecord>();
  }
  for (const SensorRecord& sensor : *sensors_) {
    const Result<SensorReading, Fault> reading = co_await ask_for<SensorReading>(
        session_, sensor_reading_request(sensor), "read sensor", &decode_sensor_reading);
    if (!reading && lacks(reading.error())) continue;  // listed but not present
    if (!reading) co_return fail(reading.error());
    const SensorState now = state_of(sensor, *reading);
    if (now == SensorState::unavailable) continue;
    const Health health = now == SensorState::ok        ? Health::ok
                          : now == SensorState::warning ? Health::warning
                                                        : Health::critical;
    worsen(seen, health, "sensor " + sensor.name + ": " + std::string(to_string(now)));
  }
  co_return Result<void, Fault>{};
}

/// Reads the new entries of a log that only grew, and all of any other.
BmcResult<void> MachineFacts::read_log(const SelInfo& info) {
  const bool grown = log_.info && log_.info->last_erase == info.last_erase && log_.read > 0 && info.entries > log_.read;
  if (!grown) log_ = EventLog();
  bool known = grown;  // read the newest known entry again: it names the next one
  std::uint16_t id = log_.last;
  while (log_.read < info.entries || known) {
    const Result<SelEntry, Fault> entry =
        co_await ask_for<SelEntry>(session_, sel_entry_request(id), "read SEL", &decode_sel_entry);
    if (!entry && lacks(entry.error())) break;  // the log was cleared meanwhile
    if (!entry) co_return fail(entry.error());
    if (!known) {
      ++log_.read;
      log_.last = id;
      if (is_critical(entry->record)) ++log_.critical;
    }
    known = false;
    if (entry->next == kLastRecord) break;
    id = entry->next;
  }
  log_.info = info;
  co_return Result<void, Fault>{};
}

/// The log is read once, and again only when it says that it changed.
BmcResult<void> MachineFacts::count_events(Observation& seen) {
  const Result<SelInfo, Fault> info =
      co_await ask_for<SelInfo>(session_, sel_info_request(), "read SEL", &decode_sel_info);
  if (!info && !lacks(info.error())) co_return fail(info.error());
  if (!info || info->entries > kSelEntriesMax) co_return Result<void, Fault>{};
  if (log_.info != *info) {
    const Result<void, Fault> read = co_await read_log(*info);
    if (!read) co_return fail(read.error());
  }
  seen.critical_events = log_.critical;
  co_return Result<void, Fault>{};
}

BmcResult<void> MachineFacts::restart() {
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
