#include "orchestrator/journal/export.hpp"

#include <nlohmann/json.hpp>

namespace breakwater::journal {

Result<Head, StoreFault> verify(Store& store) {
  return store.replay(1, [](const Record&) { return true; });
}

std::string to_json_line(const Record& record) {
  const nlohmann::ordered_json line{
      {"seq", record.seq},
      {"at", to_string(record.at.wall)},
      {"steady", record.at.steady.time_since_epoch().count()},
      {"format", record.format},
      {"kind", record.kind},
      {"body", record.body},
      {"previous", to_hex(record.previous)},
      {"hash", to_hex(record.hash)},
  };
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Result<Head, StoreFault> export_json_lines(Store& store, std::ostream& out) {
  return store.replay(1, [&](const Record& record) {
    out << to_json_line(record) << '\n';
    return out.good();
  });
}

}  // namespace breakwater::journal
