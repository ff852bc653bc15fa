#include "inventories/hosts/host_layer.hpp"

#include <algorithm>

#include "inventories/document/scalar.hpp"
#include "inventories/hosts/selector.hpp"
#include "inventories/vocabulary/text.hpp"

namespace breakwater {
namespace {

constexpr std::string_view kHostName = "$(host.name)";

/// A reader that also returns the place of its value.
template <class Reader>
auto stated(Reader read) {
  return [read](const YamlValue& value) {
    using T = typename decltype(read(value))::value_type;
    auto result = read(value);
    return result ? std::optional(Stated<T>{std::move(*result), value.node->at, value.path}) : std::nullopt;
  };
}

/// Text in which `$(host.name)` is the only placeholder.
std::optional<std::string> as_template(const YamlValue& value) {
  auto text = as_text(value);
  if (!text) return std::nullopt;
  if (fill_in(*text, "").find("$(") == std::string::npos) return text;
  value.fault("holds an unknown placeholder: only $(host.name) is filled in");
  return std::nullopt;
}

std::optional<std::string> as_time_zone(const YamlValue& value) {
  auto text = as_text(value);
  if (!text) return std::nullopt;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
           c == '+' || c == '-';
  };
  if (std::all_of(text->begin(), text->end(), allowed)) return text;
  value.fault("'" + *text + "' is no IANA time zone such as Europe/Berlin");
  return std::nullopt;
}

bool is_environment_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
         std::all_of(text.begin(), text.end(), allowed);
}

auto as_credentials(const std::string& directory) {
  return [directory](const YamlValue& value) -> std::optional<std::string> {
    const auto text = as_template(value);
    if (!text) return std::nullopt;
    if (text->starts_with("env:") && is_environment_name(std::string_view(*text).substr(4))) return text;
    if (!text->starts_with("file:")) {
      value.fault("expected env:NAME or file:PATH, which hold user:password");
      return std::nullopt;
    }
    const auto path = as_file(value, directory);
    return path ? std::optional("file:" + *path) : std::nullopt;
  };
}

std::optional<Hold> as_hold(const YamlValue& value) {
  Object object(value);
  Hold hold;
  object.required("reason", hold.reason, as_text);
  object.optional("until", hold.until, as_instant);
  object.finish();
  return hold;
}

std::optional<std::string> as_uuid(const YamlValue& value) {
  auto text = as_text(value);
  if (!text) return std::nullopt;
  static constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  bool valid = text->size() == kShape.size();
  for (std::size_t i = 0; valid && i < kShape.size(); ++i) {
    char& c = (*text)[i];
    c = to_lower(c);
    const bool hexadecimal = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    valid = kShape[i] == 'x' ? hexadecimal : c == '-';
  }
  if (valid) return text;
  value.fault("is no UUID such as 3f2a6c1e-90b7-4a57-9d5e-0cc47a112233");
  return std::nullopt;
}

auto as_tls(const std::string& directory) {
  return [directory](const YamlValue& value) -> std::optional<TlsPolicy> {
    Object object(value);
    TlsPolicy tls;
    std::optional<TlsPolicy::Mode> mode;
    object.required("mode", mode, as_word<TlsPolicy::Mode>);
    const auto bundle = object.find("bundle");
    const auto pins = object.find("sha256");
    const bool ca = mode == TlsPolicy::Mode::ca;
    const bool pin = mode == TlsPolicy::Mode::pin;
    if (bundle && pin) bundle->fault("goes with mode: ca; with mode: pin the certificate's key is all that counts");
    if (pins && ca) pins->fault("goes with mode: pin");
    if (ca && !bundle) object.fault("bundle", "is missing: mode ca needs a CA bundle");
    tls.mode = mode.value_or(TlsPolicy::Mode::ca);
    if (bundle && ca) {
      if (auto path = as_file(*bundle, directory)) tls.ca_bundle = std::move(*path);
    }
    if (pins && pin) {
      if (auto list = read_list(*pins, 1, as_sha256)) tls.pins = std::move(*list);
    }
    object.finish();
    return tls;
  };
}

std::optional<std::vector<Driver>> as_drivers(const YamlValue& value) {
  auto list = read_list(value, 1, as_word<Driver>);
  if (!list) return std::nullopt;
  if (list->size() > 2 || (list->size() == 2 && list->front() == list->back())) {
    value.fault("names a driver twice");
    return std::nullopt;
  }
  return list;
}

auto as_ipmi(const std::string& directory) {
  return [directory](const YamlValue& value) -> std::optional<IpmiEndpoint> {
    Object object(value);
    IpmiEndpoint ipmi;
    object.optional("port", ipmi.port, integer_in<std::uint16_t>(1, 65535));
    object.optional("kG", ipmi.k_g, as_credentials(directory));
    object.finish();
    return ipmi;
  };
}

std::optional<Duration> as_request_time(const YamlValue& value) {
  constexpr Duration kLeast{std::chrono::seconds(1)};
  constexpr Duration kMost{std::chrono::minutes(10)};
  const auto length = as_duration(value);
  if (!length || (*length >= kLeast && *length <= kMost)) return length;
  value.fault("expected 1s to 10m");
  return std::nullopt;
}

std::optional<BmcTimeouts> as_timeouts(const YamlValue& value) {
  Object object(value);
  BmcTimeouts timeouts;
  object.optional("request", timeouts.request, as_request_time);
  object.optional("noProgress", timeouts.no_progress, as_request_time);
  if (timeouts.no_progress > timeouts.request) {
    object.fault("noProgress", "is longer than request: set request to at least as much");
  }
  object.finish();
  return timeouts;
}

void read_bmc(const YamlValue& value, LayerKind kind, const std::string& directory, HostLayer& layer) {
  Object object(value);
  if (kind == LayerKind::group) {
    object.optional("firstAddress", layer.first_address, stated(as_text));
    if (object.find("address") && layer.first_address) {
      object.fault("firstAddress", "cannot stand beside address: set one of them");
    }
  }
  object.optional("address", layer.address, stated(as_template));
  object.optional("drivers", layer.drivers, stated(as_drivers));
  object.optional("credentials", layer.credentials, stated(as_credentials(directory)));
  object.optional("tls", layer.tls, stated(as_tls(directory)));
  object.optional("ipmi", layer.ipmi, stated(as_ipmi(directory)));
  object.optional("timeouts", layer.timeouts, stated(as_timeouts));
  object.finish();
}

void read_identity(const YamlValue& value, HostLayer& layer) {
  Object object(value);
  object.optional("serial", layer.serial, stated(as_text));
  object.optional("uuid", layer.uuid, stated(as_uuid));
  if (object.is_mapping() && value.node->entries.empty()) value.fault("says nothing: expected serial, uuid or both");
  object.finish();
}

}  // namespace

HostLayer read_layer(Object& object, LayerKind kind, const std::string& directory) {
  HostLayer layer;
  if (const auto labels = object.find("labels")) {
    for_each_entry(*labels, "name of a label", is_label_key, [&](const std::string& key, const YamlValue& value) {
      auto text = as_text(value);
      if (!text) return;
      if (!is_label_value(*text)) return value.fault("'" + *text + "' is no value of a label");
      layer.labels.emplace(key, Stated<std::string>{std::move(*text), value.node->at, value.path});
    });
  }
  object.optional("timeZone", layer.time_zone, stated(as_time_zone));
  if (kind != LayerKind::defaults) object.optional("hold", layer.hold, stated(as_hold));
  if (kind == LayerKind::host) {
    if (const auto identity = object.find("identity")) read_identity(*identity, layer);
  }
  if (const auto bmc = object.find("bmc")) read_bmc(*bmc, kind, directory, layer);
  return layer;
}

std::string fill_in(std::string text, const std::string& host_name) {
  for (std::size_t at = text.find(kHostName); at != std::string::npos; at = text.find(kHostName, at)) {
    text.replace(at, kHostName.size(), host_name);
    at += host_name.size();
  }
  return text;
}

}  // namespace breakwater
