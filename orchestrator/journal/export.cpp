#include "orchestrator/journal/export.hpp"

#include "inventories/document/json.hpp"

namespace breakwater::journal {

Result<Head, StoreFault> verify(Store& store) {
  return store.replay(1, [](const Record&) { return true; });
}

std::string to_json_line(const Record& record) {
  std::string line;
  const auto member = [&line](std::string_view key, const Json& value) {
    (line += line.empty() ? "{\"" : ",\"").append(key) += "\":";
    line += value.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  member("seq", record.seq);
  member("at", to_string(record.at.wall));
  member("steady", record.at.steady.time_since_epoch().count());
  member("format", record.format);
  member("kind", record.kind);
  member("body", record.body);
  member("previous", to_hex(record.previous));
  member("hash", to_hex(record.hash));
  return line + '}';
}

Result<Head, StoreFault> export_json_lines(Store& store, std::ostream& out) {
  return store.replay(1, [&](const Record& record) {
    out << to_json_line(record) << '\n';
    return out.good();
  });
}

}  // namespace breakwater::journal
