#include "drivers/ipmi/wire/fru.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "drivers/ipmi/wire/command_code.hpp"
#include "drivers/ipmi/wire/text.hpp"

namespace breakwater::ipmi {
namespace {

constexpr std::uint8_t kFruFormat = 0x01;
constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kUnit = 8;  // offsets and lengths count in eights
constexpr std::uint8_t kEndOfFields = 0xC1;
constexpr std::uint8_t kLengthBits = 0x3F;
constexpr std::uint8_t kEightBit = 0xC0;
constexpr std::uint8_t kEnglish = 0x19;

// The area at an offset of the common header, from behind its format and length up to its checksum.
Decoded<WireReader> area_at(ByteView memory, std::uint8_t offset) {
  const std::size_t begin = offset * kUnit;
  if (begin + 2 > memory.size()) return malformed("a FRU area outside of its memory");
  const std::size_t length = memory[begin + 1] * kUnit;
  if (length < kUnit || length > memory.size() - begin) return malformed("a FRU area of a wrong length");
  const ByteView area = memory.subspan(begin, length);
  if ((area[0] & 0x0F) != kFruFormat) return malformed("a FRU area of another format");
  if (zero_sum(area) != 0) return malformed("a FRU area with a wrong checksum");
  return WireReader(area.subspan(2, length - 3));
}

// Fields behind the end mark, or behind an area's end that has no mark, are empty; false if one reaches past its
// area.
bool take_fields(WireReader& in, std::initializer_list<std::string*> fields) {
  bool ended = false;
  for (std::string* field : fields) {
    ended = ended || in.left() == 0;
    const std::uint8_t type_and_length = ended ? kEndOfFields : in.u8();
    ended = type_and_length == kEndOfFields;
    if (!ended) *field = decode_text(text_encoding_of(type_and_length), in.take(type_and_length & kLengthBits));
  }
  return in.ok();
}

Decoded<FruChassis> chassis_in(WireReader in) {
  FruChassis chassis;
  chassis.type = in.u8();
  if (!take_fields(in, {&chassis.part_number, &chassis.serial})) return malformed("a FRU field outside of its area");
  return chassis;
}

Decoded<FruBoard> board_in(WireReader in) {
  FruBoard board;
  in.u8();  // language
  board.made_minutes = in.u24();
  if (!take_fields(in, {&board.manufacturer, &board.product, &board.serial, &board.part_number})) {
    return malformed("a FRU field outside of its area");
  }
  return board;
}

Decoded<FruProduct> product_in(WireReader in) {
  FruProduct product;
  in.u8();  // language
  if (!take_fields(in, {&product.manufacturer, &product.name, &product.part_number, &product.version, &product.serial,
                        &product.asset_tag})) {
    return malformed("a FRU field outside of its area");
  }
  return product;
}

// Reads one area where the header names one; `fault` gets the reason if it is damaged.
template <class Area>
std::optional<Area> read_area(ByteView memory, std::uint8_t offset, Decoded<Area> (*read)(WireReader),
                              std::string_view& fault) {
  if (offset == 0) return std::nullopt;
  const auto area = area_at(memory, offset).and_then([&](const WireReader& in) { return read(in); });
  if (area) return *area;
  fault = area.error().what;
  return std::nullopt;
}

void append_fields(WireWriter& out, std::initializer_list<std::string_view> fields) {
  for (const std::string_view field : fields) {
    const std::string_view text = field.substr(0, kLengthBits);
    // A single letter would look like the end mark: add a space, which readers strip.
    const bool looks_like_end = text.size() == 1;
    out.u8(static_cast<std::uint8_t>(kEightBit | (text.size() + (looks_like_end ? 1 : 0)))).text(text);
    if (looks_like_end) out.u8(' ');
  }
  out.u8(kEndOfFields);
}

// The area around its fields: format, length, and what fills the last eight up to the checksum.
Bytes area_around(const WireWriter& fields) {
  const std::size_t bytes = (2 + fields.size() + 1 + kUnit - 1) / kUnit * kUnit;
  WireWriter out(bytes);
  out.u8(kFruFormat).u8(static_cast<std::uint8_t>(bytes / kUnit)).raw(fields.view());
  out.fill(bytes - 1 - out.size(), 0);
  return out.u8(zero_sum(out.view())).done();
}

Bytes area_of(const FruChassis& chassis) {
  WireWriter fields;
  fields.u8(chassis.type);
  append_fields(fields, {chassis.part_number, chassis.serial});
  return area_around(fields);
}

Bytes area_of(const FruBoard& board) {
  WireWriter fields;
  fields.u8(kEnglish).u24(board.made_minutes);
  constexpr std::string_view kNoFileId;
  append_fields(fields, {board.manufacturer, board.product, board.serial, board.part_number, kNoFileId});
  return area_around(fields);
}

Bytes area_of(const FruProduct& product) {
  WireWriter fields;
  fields.u8(kEnglish);
  constexpr std::string_view kNoFileId;
  append_fields(fields, {product.manufacturer, product.name, product.part_number, product.version, product.serial,
                         product.asset_tag, kNoFileId});
  return area_around(fields);
}

}  // namespace

IpmiRequest fru_info_request(std::uint8_t fru) {
  return request_for(code::kFruInfo, {fru});
}

Decoded<std::uint8_t> decode_fru_info_request(ByteView data) {
  if (data.empty()) return malformed("FRU info without the FRU's number");
  return data.front();
}

Bytes encode(const FruInfo& info) {
  return WireWriter(3).u16(info.bytes).u8(info.by_words ? 1 : 0).done();
}

Decoded<FruInfo> decode_fru_info(ByteView data) {
  WireReader in(data);
  FruInfo info;
  info.bytes = in.u16();
  info.by_words = (in.u8() & 0x01) != 0;
  if (!in.ok()) return malformed("FRU info cut short");
  return info;
}

IpmiRequest fru_read_request(const FruQuestion& question) {
  return request_for(code::kFruRead, WireWriter(4).u8(question.fru).u16(question.offset).u8(question.count).done());
}

Decoded<FruQuestion> decode_fru_read_request(ByteView data) {
  WireReader in(data);
  FruQuestion question;
  question.fru = in.u8();
  question.offset = in.u16();
  question.count = in.u8();
  if (!in.ok()) return malformed("FRU data asked for in too few bytes");
  return question;
}

Bytes encode_fru_part(ByteView bytes) {
  const ByteView part = bytes.first(std::min<std::size_t>(bytes.size(), 255));
  return WireWriter(1 + part.size()).u8(static_cast<std::uint8_t>(part.size())).raw(part).done();
}

Decoded<Bytes> decode_fru_part(ByteView data) {
  WireReader in(data);
  const std::uint8_t count = in.u8();
  const ByteView part = in.rest();
  // The count is in words on some boards, so it is ignored: the bytes that came are what was read.
  if (!in.ok() || count == 0 || part.empty()) return malformed("FRU data without its bytes");
  return Bytes(part.begin(), part.end());
}

Decoded<Fru> parse_fru(ByteView memory) {
  if (memory.size() < kHeaderBytes) return malformed("FRU header cut short");
  WireReader in(memory.first(kHeaderBytes));
  if ((in.u8() & 0x0F) != kFruFormat) return malformed("FRU header of another format");
  if (zero_sum(memory.first(kHeaderBytes)) != 0) return malformed("FRU header with a wrong checksum");
  in.u8();  // internal use area: its owner's alone
  const std::uint8_t chassis_at = in.u8();
  const std::uint8_t board_at = in.u8();
  const std::uint8_t product_at = in.u8();
  Fru fru;
  fru.chassis = read_area<FruChassis>(memory, chassis_at, chassis_in, fru.fault);
  fru.board = read_area<FruBoard>(memory, board_at, board_in, fru.fault);
  fru.product = read_area<FruProduct>(memory, product_at, product_in, fru.fault);
  return fru;
}

Bytes build_fru(const Fru& fru) {
  WireWriter areas;
  const auto add = [&](const auto& area) -> std::uint8_t {
    if (!area) return 0;
    const auto offset = static_cast<std::uint8_t>((kHeaderBytes + areas.size()) / kUnit);
    areas.raw(area_of(*area));
    return offset;
  };
  const std::uint8_t chassis_at = add(fru.chassis);
  const std::uint8_t board_at = add(fru.board);
  const std::uint8_t product_at = add(fru.product);
  WireWriter out(kHeaderBytes + areas.size());
  out.u8(kFruFormat).u8(0).u8(chassis_at).u8(board_at).u8(product_at).u8(0).u8(0);
  out.u8(zero_sum(out.view()));
  return out.raw(areas.view()).done();
}

}  // namespace breakwater::ipmi
