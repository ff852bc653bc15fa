#include "orchestrator/views/report.hpp"

#include "inventories/document/json.hpp"

namespace breakwater::views {
namespace {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json wave_json(const WaveReport& wave) {
  Json json = {{"name", wave.name}, {"hosts", Json::object()}, {"undone", wave.undone}, {"gate", nullptr}};
  for (const auto& [state, count] : wave.hosts) json["hosts"][std::string(to_string(state))] = count;
  if (wave.gate) {
    json["gate"] = {{"verdict", to_string(wave.gate->verdict)},
                    {"reason", wave.gate->reason},
                    {"at", breakwater::to_string(wave.gate->at)}};
  }
  return json;
}

Json host_json(const HostReport& host) {
  Json json = Json::object();
  json["name"] = host.name;
  json["wave"] = host.wave;
  json["state"] = to_string(host.state);
  json["cause"] = to_string(host.cause);
  json["detail"] = host.detail;
  json["first"] = text_or_null(host.first);
  json["released"] = host.released;
  json["updates"] = Json::array();
  for (const UpdateReport& update : host.updates) {
    Json one = Json::object();
    one["component"] = update.component;
    one["from"] = update.from;
    one["wanted"] = update.wanted;
    one["read"] = text_or_null(update.read);
    json["updates"].push_back(std::move(one));
  }
  json["evidence"] = Json::array();
  for (const Evidence& one : host.evidence) {
    json["evidence"].push_back({{"kind", to_string(one.kind)}, {"text", one.text}});
  }
  json["spentMs"] = Json::object();
  for (const auto& [state, length] : host.spent) json["spentMs"][std::string(to_string(state))] = length.count();
  return json;
}

Json image_json(const ImageReport& image) {
  Json json = Json::object();
  json["release"] = image.release.name;
  json["version"] = image.version;
  json["sha256"] = to_hex(image.digest);
  json["signers"] = image.signers;
  json["sendings"] = image.sendings;
  return json;
}

Json left_out_json(const LeftOut& host) {
  Json json = Json::object();
  json["name"] = host.host;
  json["reason"] = host.reason;
  json["detail"] = host.detail;
  json["down"] = host.down;
  return json;
}

Json asked_json(const AskedReport& asked) {
  Json json = Json::object();
  json["verb"] = to_string(asked.verb);
  json["at"] = breakwater::to_string(asked.at);
  json["by"] = asked.by;
  json["reason"] = asked.reason;
  json["what"] = text_or_null(asked.what);
  if (asked.recalls.empty()) return json;
  json["recalls"] = asked.recalls;
  json["selector"] = text_or_null(asked.selector);
  json["hosts"] = asked.hosts;
  return json;
}

template <class T>
Json list(const std::vector<T>& items, Json (*one)(const T&)) {
  Json json = Json::array();
  for (const T& item : items) json.push_back(one(item));
  return json;
}

}  // namespace

std::string encode_report(const Report& report, const std::map<std::string, int>& of_face) {
  Json json = Json::object();
  json["apiVersion"] = "breakwater/v1";
  json["kind"] = "RolloutReport";
  json["rollout"] = report.rollout;
  json["record"] = report.id;
  json["plan"] = to_hex(report.digest);
  json["policy"] = report.policy;
  json["by"] = report.by;
  json["started"] = breakwater::to_string(report.started);
  json["ended"] = report.ended ? Json(breakwater::to_string(*report.ended)) : Json();
  json["outcome"] = to_string(report.outcome);
  for (const auto& [member, value] : of_face) json[member] = value;
  json["haltReason"] = text_or_null(report.halt_reason);
  json["waves"] = list(report.waves, wave_json);
  json["hosts"] = list(report.hosts, host_json);
  json["images"] = list(report.images, image_json);
  json["leftOut"] = list(report.left_out, left_out_json);
  json["asked"] = list(report.asked, asked_json);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace breakwater::views
