#include "orchestrator/codec/fleet_archive.hpp"

#include "orchestrator/codec/archive.hpp"

namespace breakwater::codec {

std::string as_stored(const std::string& text) {
  const std::string written = compact(Json(text));
  const auto tape = JsonTape::read(written, JsonBounds{written.size(), 1, 2});
  return tape ? std::string(tape->root().text()) : std::string();
}

std::string pack(const Fleet& fleet) {
  Packer packer;
  packer(fleet);
  return packer.take();
}

Result<Fleet, std::string> unpack(std::string_view bytes) {
  Fleet fleet;
  Unpacker unpacker(bytes);
  unpacker(fleet);
  if (!unpacker.done()) return fail(std::string("this is no fold of a journal"));
  return fleet;
}

}  // namespace breakwater::codec
