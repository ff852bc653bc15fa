// Replies of a hostile or broken BMC: valid bytes, changed at random from a fixed seed, into every decoder. Each copy
// has a heap block of exactly its length, so that AddressSanitizer sees the first byte read past it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <random>

#include "drivers/ipmi/wire/chassis.hpp"
#include "drivers/ipmi/wire/device.hpp"
#include "drivers/ipmi/wire/fru.hpp"
#include "drivers/ipmi/wire/handshake.hpp"
#include "drivers/ipmi/wire/hpm.hpp"
#include "drivers/ipmi/wire/hpm2.hpp"
#include "drivers/ipmi/wire/hpm_image.hpp"
#include "drivers/ipmi/wire/sdr.hpp"
#include "drivers/ipmi/wire/sealed.hpp"
#include "drivers/ipmi/wire/sel.hpp"
#include "drivers/ipmi/wire/session_commands.hpp"
#include "drivers/ipmi/wire/text.hpp"
#include "tests/drivers/ipmi_wire/golden.hpp"
#include "tests/drivers/ipmi_wire/repaired.hpp"

namespace breakwater::ipmi::mutation_test {

using golden::hex;

namespace {

constexpr int kRounds = 10'000;
constexpr std::size_t kGrowthMax = 64;

using Random64 = std::mt19937_64;

std::size_t below(Random64& random, std::size_t limit) {
  return limit == 0 ? 0 : random() % limit;
}

void change_once(Bytes& bytes, Random64& random) {
  constexpr std::array<std::uint8_t, 8> kEdges{0x00, 0x01, 0x0F, 0x10, 0x7F, 0x80, 0xC1, 0xFF};
  const std::size_t at = below(random, bytes.size());
  switch (below(random, 6)) {
    case 0:
      if (!bytes.empty()) bytes[at] ^= static_cast<std::uint8_t>(1u << below(random, 8));
      break;
    case 1:
      if (!bytes.empty()) bytes[at] = kEdges[below(random, kEdges.size())];
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes.insert(bytes.end(), below(random, kGrowthMax), static_cast<std::uint8_t>(random()));
      break;
    case 4:
      bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), static_cast<std::uint8_t>(random()));
      break;
    default:
      if (!bytes.empty()) bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
      break;
  }
}

// Runs `decode` on changed copies of `valid`; `repair` makes checksums right again, so that what lies behind them is
// reached, too.
void mutate(
    const Bytes& valid, const std::function<void(ByteView)>& decode,
    const std::function<void(Bytes&)>& repair = [](Bytes&) {}) {
  Random64 random(0x623A'1F00'0D15'EA5E);
  for (int round = 0; round < kRounds; ++round) {
    Bytes changed = valid;
    const std::size_t changes = 1 + below(random, 4);
    for (std::size_t i = 0; i < changes; ++i) change_once(changed, random);
    if (round % 2 == 0) repair(changed);
    const auto exact = std::make_unique<std::uint8_t[]>(changed.size());
    std::ranges::copy(changed, exact.get());
    decode(ByteView(exact.get(), changed.size()));
  }
}

template <class T>
std::function<void(ByteView)> only(Decoded<T> (*decode)(ByteView)) {
  return [decode](ByteView bytes) {
    const auto decoded = decode(bytes);
    if (!decoded) {
      EXPECT_FALSE(decoded.error().what.empty());
    }
  };
}

Bytes example_image() {
  static const Bytes firmware(100, 0x5A);
  static const Bytes oem = hex("0102030405");
  HpmImage image;
  image.header.components = 0x03;
  image.header.oem_data = oem;
  HpmAction upload;
  upload.components = 0x01;
  upload.name = "boot";
  upload.firmware = firmware;
  HpmAction backup;
  backup.action = UpgradeAction::backup;
  backup.components = 0x03;
  image.actions = {upload, backup, upload};
  image.actions[2].components = 0x02;
  return build_hpm_image(image, HpmChecksum::long_form);
}

bool lies_in(ByteView part, ByteView whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

TEST(Mutation, datagrams_and_messages) {
  mutate(encode_ping(1), only(decode_ping));
  mutate(encode_pong({}), only(decode_pong));
  mutate(hex("0600ff0700000000000000000010811c6320003800018014020000000011"), only(unwrap_pre_session));
  mutate(hex("2018c881043b043c"), only(decode_request), golden::repair_message);
  mutate(
      hex("811c6320043b00049d"),
      [](ByteView bytes) {
        const auto strict = decode_reply(bytes);
        const auto lenient = decode_reply(bytes, Checksums::ignored);
        EXPECT_TRUE(!strict || lenient);
      },
      golden::repair_message);
  mutate(wrap_plain(Payload::rakp2, Bytes(72, 1)), [](ByteView bytes) {
    const auto packet = unwrap_plain(bytes);
    if (packet) {
      EXPECT_TRUE(lies_in(packet->bytes, bytes));
    }
    static_cast<void>(sealed_session_id(bytes));
  });
}

TEST(Mutation, messages_that_open_a_session) {
  mutate(hex("00000000a4a3a2a0000000080300000001000008040000000200000801000000"), only(decode_open_request));
  mutate(hex("00000400a4a3a2a00d0c0b0a000000080300000001000008040000000200000801000000"), only(decode_open_response));
  mutate(hex("000000000d0c0b0ad8c86eb939ab1c3443610bc2c804585f1400000561646d696e"), only(decode_rakp1));
  for (const Suite suite : {Suite::three, Suite::seventeen}) {
    const Digest digest{Bytes(digest_bytes(suite), 0x11)};
    mutate(encode(Rakp2{0, 1, {}, {}, digest}), [suite](ByteView bytes) {
      if (const auto rakp2 = decode_rakp2(bytes, suite)) {
        EXPECT_EQ(rakp2->code.size(), digest_bytes(suite));
      }
    });
    mutate(encode(Rakp3{0, RakpStatus::ok, 1, digest}), [suite](ByteView bytes) {
      if (const auto rakp3 = decode_rakp3(bytes, suite)) {
        EXPECT_LE(rakp3->code.size(), digest_bytes(suite));
      }
    });
    mutate(encode(Rakp4{0, 1, Digest(digest.first(code_bytes(suite)))}), [suite](ByteView bytes) {
      if (const auto rakp4 = decode_rakp4(bytes, suite)) {
        EXPECT_EQ(rakp4->code.size(), code_bytes(suite));
      }
    });
  }
  mutate(encode_refusal(1, RakpStatus::no_resources, 2), [](ByteView bytes) {
    const auto refusal = refusal_in(bytes);
    if (refusal) {
      EXPECT_NE(refusal->status, RakpStatus::ok);
    }
  });
}

TEST(Mutation, a_changed_answer_never_opens_a_session) {
  const golden::Session& c17 = golden::c17();
  Login login;
  login.user = golden::kUser;
  login.password = Secret(std::string(golden::kPassword));
  login.console_id = c17.console_id;
  login.console_random = golden::exchange_of(c17).console_random;
  auto console = Handshake::of(login);
  ASSERT_TRUE(console);
  const std::string head = "0600ff0706";
  const Bytes answers[] = {
      hex(head + "110000000000000000240000000400a4a3a2a00d0c0b0a000000080300000001000008040000000200000801000000"),
      hex(head + "130000000000000000480001000000a4a3a2a0" + std::string(c17.bmc_random) + std::string(c17.guid) +
          std::string(c17.kec2)),
      hex(head + "150000000000000000180002000000a4a3a2a0" + std::string(c17.icv))};
  const Bytes icv = hex(c17.icv);
  for (const Bytes& answer : answers) {
    console->next();
    mutate(answer, [&](ByteView bytes) {
      Handshake copy = *console;
      const HandshakeStep step = copy.take(bytes);
      if (!std::holds_alternative<Established>(step)) return;
      EXPECT_TRUE(std::ranges::equal(bytes.last(icv.size()), icv));
    });
    console->take(answer);
  }
}

TEST(Mutation, a_changed_packet_never_unseals) {
  const SessionKeys keys = golden::keys_of(golden::c17());
  const Bytes packet = hex(golden::kC17Reply);
  mutate(packet, [&](ByteView bytes) {
    const auto unsealed = unseal(keys, golden::c17().console_id, bytes);
    if (!unsealed) return;
    // Only sequence and reserved byte of RMCP stand outside of the code.
    EXPECT_TRUE(std::ranges::equal(bytes.subspan(4), ByteView(packet).subspan(4)));
  });
  mutate(
      packet, [&](ByteView bytes) { static_cast<void>(unseal(keys, golden::c17().console_id, bytes)); },
      [&](Bytes& changed) {
        if (changed.size() < 20) return;
        const Digest code = hmac(keys.suite, keys.integrity.view(), ByteView(changed).subspan(4, changed.size() - 20));
        std::ranges::copy(code.first(16), changed.end() - 16);
      });
}

TEST(Mutation, replies_to_commands) {
  mutate(hex("0180140200000000"), only(decode_capabilities));
  mutate(hex("01c003014181c011034481"), only(decode_cipher_suites_part));
  mutate(hex("04"), only(decode_privilege));
  mutate(hex("2001031502bf57010001000000000000"), [](ByteView bytes) {
    if (const auto id = decode_device_id(bytes)) {
      EXPECT_FALSE(version_text(*id).empty());
    }
  });
  mutate(hex("5701"), [](ByteView bytes) {
    if (const auto test = decode_self_test(bytes)) {
      EXPECT_FALSE(test->text().empty());
    }
  });
  mutate(hex("a123456789abcdefa123456789abcdef"), only(decode_system_guid));
  mutate(hex("610000"), only(decode_chassis_status));
  mutate(hex("01058004000000"), only(decode_boot_flags));
  mutate(hex("5103001027040302010807060580"), only(decode_sel_info));
  mutate(hex("ffff01000210325476200004013001 59a0b0"), [](ByteView bytes) {
    if (const auto entry = decode_sel_entry(bytes)) {
      EXPECT_FALSE(text_of(entry->record).empty());
      static_cast<void>(is_critical(entry->record));
    }
  });
  mutate(hex("5107000010040302010807060502"), only(decode_sdr_info));
  mutate(hex("3412"), only(decode_reservation));
  mutate(hex("0200aabbccdd"), only(decode_sdr_part));
  mutate(hex("6040c080"), [](ByteView bytes) {
    if (const auto reading = decode_sensor_reading(bytes)) {
      for (const int type : {0x01, 0x07, 0x6F}) {
        SensorRecord sensor;
        sensor.sensor_type = 0x08;
        sensor.event_type = static_cast<std::uint8_t>(type);
        EXPECT_FALSE(to_string(state_of(sensor, *reading)).empty());
      }
    }
  });
  mutate(hex("000801"), only(decode_fru_info));
  mutate(hex("04aabbccdd"), only(decode_fru_part));
}

TEST(Mutation, requests_as_the_lab_gets_them) {
  mutate(hex("8e04"), only(decode_capabilities_request));
  mutate(hex("0e0082"), only(decode_cipher_suites_request));
  mutate(hex("04"), only(decode_privilege_request));
  mutate(hex("0d0c0b0a"), only(decode_close_request));
  mutate(hex("02"), only(decode_chassis_control_request));
  mutate(hex("0f"), only(decode_identify_request));
  mutate(hex("058004000000"), [](ByteView bytes) {
    if (const auto option = decode_set_boot_options_request(bytes)) static_cast<void>(boot_flags_in(option->data));
  });
  mutate(hex("050000"), only(decode_boot_options_request));
  mutate(hex("0000020100ff"), only(decode_sel_entry_request));
  mutate(hex("341256000510"), only(decode_sdr_get_request));
  mutate(hex("42"), only(decode_sensor_reading_request));
  mutate(hex("00"), only(decode_fru_info_request));
  mutate(hex("01030210"), only(decode_fru_read_request));
  mutate(hex("0ec00000"), only(decode_lan_configuration_request));
  mutate(hex("000001"), only(decode_component_property_request));
  mutate(hex("000102"), only(decode_initiate_upgrade_request));
  mutate(hex("00ffaabb"), only(decode_upload_block_request));
  mutate(hex("0000264e0000"), only(decode_finish_upload_request));
  mutate(hex("0001"), only(decode_activate_firmware_request));
}

TEST(Mutation, replies_of_an_upgrade) {
  mutate(hex("0000150402020401"), only(decode_target_capabilities));
  mutate(hex("0011"), only(decode_component_general));
  mutate(hex("00092001020304"), only(decode_component_version));
  mutate(hex("00424d43206677000000000000"), [](ByteView bytes) {
    if (const auto name = decode_component_name(bytes)) {
      EXPECT_LE(name->size(), kComponentNameBytes);
    }
  });
  mutate(hex("000010000024000000"), [](ByteView bytes) {
    const auto reply = decode_upload_reply(bytes);
    if (reply && *reply && (*reply)->fits(1000)) {
      EXPECT_LE(std::uint64_t{(*reply)->offset} + (*reply)->length, 1000u);
    }
  });
  mutate(hex("003380"), only(decode_upgrade_status));
  mutate(hex("005500"), only(decode_upgrade_self_test));
  mutate(hex("0001"), only(decode_rolled_back));
  mutate(hex("00"), only(without_group_id));
  mutate(hex("000202010000c0010000"), only(decode_hpm2));
  mutate(hex("1100000000040008"), only(decode_payload_limits));
}

TEST(Mutation, sensor_records_fru_memories_and_texts) {
  SensorRecord sensor;
  sensor.name = "sixteen letters.";
  for (const bool compact : {false, true}) {
    sensor.compact = compact;
    mutate(encode(sensor), [](ByteView bytes) {
      static_cast<void>(decode_sdr_header(bytes));
      if (const auto record = decode_sensor_record(bytes)) {  // 31 bytes of two digits
        EXPECT_LE(record->name.size(), 62u);
      }
    });
  }
  Fru fru;
  fru.chassis = FruChassis{0x17, "CSE-829", "C8290001"};
  fru.board = FruBoard{1, "Harbour", "X12", "B-1", "P-1"};
  fru.product = FruProduct{"Harbour", "Pier 9", "SYS-9", "1.0", "S123456X1", "7"};
  mutate(build_fru(fru), only(parse_fru), golden::repair_fru);
  for (int encoding = 0; encoding < 4; ++encoding) {
    mutate(hex("0123456789abcdef"), [encoding](ByteView bytes) {
      const std::string text = decode_text(static_cast<TextEncoding>(encoding), bytes);
      EXPECT_TRUE(std::ranges::all_of(text, [](char letter) { return letter >= 0x20 && letter < 0x7F; })) << text;
    });
  }
}

TEST(Mutation, hpm_images) {
  int taken = 0;
  mutate(
      example_image(),
      [&](ByteView file) {
        const auto image = parse_hpm_image(file);
        if (!image) return;
        ++taken;
        EXPECT_TRUE(lies_in(image->header.oem_data, file));
        for (const HpmAction& action : image->actions) EXPECT_TRUE(lies_in(action.firmware, file));
      },
      golden::repair_image);
  EXPECT_GT(taken, kRounds / 100) << "the checksums were repaired, so what is behind them was reached";
}

}  // namespace breakwater::ipmi::mutation_test
