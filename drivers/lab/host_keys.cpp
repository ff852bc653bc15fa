#include "drivers/lab/host_keys.hpp"

#include <algorithm>

#include "inventories/document/scalar.hpp"

namespace breakwater::lab {
namespace {

constexpr std::int64_t kPageSizeMax = 1000;
constexpr std::int64_t kSessionsMax = 1000;
constexpr std::int64_t kImageBytesMost = std::int64_t{16} << 30;
constexpr std::int64_t kTimesMax = 1'000'000;
constexpr std::int64_t kFactorMax = 1000;
constexpr std::int64_t kEveryMax = 1000;
constexpr std::int64_t kIpmiMessageBytesMin = 64;
constexpr std::int64_t kIpmiMessageBytesMost = 32'768;

enum class PushWay { multipart, http_push };

std::optional<Expand> as_expand(const YamlValue& value) {
  return one_of<Expand>({{"true", Expand::honoured}, {"false", Expand::absent}, {"ignored", Expand::ignored}})(value);
}

std::optional<LabFault> as_fault(const YamlValue& value) {
  const std::string* text = scalar_of(value, "a fault's name");
  if (text == nullptr) return std::nullopt;
  if (const auto fault = from_string<LabFault>(*text)) return fault;
  std::vector<std::string_view> known;
  for (const Word<LabFault>& word : kWords<LabFault>) known.push_back(word.text);
  const std::string meant = nearest(*text, known);
  value.fault("no fault is called '" + *text + "'" + (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
  return std::nullopt;
}

// `unchanged`, or a mapping with more keys.
std::optional<FaultRule> as_fault_rule(const YamlValue& value) {
  FaultRule rule;
  if (value.node->kind != YamlNode::Kind::mapping) {
    const auto fault = as_fault(value);
    if (!fault) return std::nullopt;
    rule.fault = *fault;
    return rule;
  }
  Object object(value);
  object.required("fault", rule.fault, as_fault);
  object.optional("component", rule.component, as_name);
  object.optional("times", rule.times, integer_in(1, kTimesMax));
  object.optional("every", rule.every, integer_in(1, kEveryMax));
  object.optional("factor", rule.factor, integer_in(1, kFactorMax));
  object.optional("code", rule.code, integer_in(1, 255));
  object.optional("lasting", rule.lasting, as_positive_duration);
  object.finish();
  return rule;
}

void read_persona(Object& object, HostConfig& host) {
  Persona& persona = host.persona;
  if (const auto vendor = object.find("vendor")) {
    if (const auto text = as_text(*vendor)) persona.vendor = host.manufacturer = *text;
  }
  object.optional("applyTimes", persona.apply_times, list_of(1, as_word<ApplyTime>));
  std::vector<PushWay> ways;
  object.optional("push", ways,
                  list_of(1, one_of<PushWay>({{"multipart", PushWay::multipart}, {"httpPush", PushWay::http_push}})));
  if (!ways.empty()) {
    persona.multipart_push = std::ranges::find(ways, PushWay::multipart) != ways.end();
    persona.http_push = std::ranges::find(ways, PushWay::http_push) != ways.end();
  }
  object.optional("taskIn", persona.task_in,
                  one_of<TaskIn>({{"monitorAndBody", TaskIn::monitor_and_body},
                                  {"location", TaskIn::location},
                                  {"body", TaskIn::body},
                                  {"monitor", TaskIn::monitor},
                                  {"extendedInfo", TaskIn::extended_info}}));
  object.optional("waitsAs", persona.waits_as,
                  one_of<WaitsAs>({{"entry", WaitsAs::entry}, {"task", WaitsAs::task}, {"job", WaitsAs::job}}));
  object.optional("expand", persona.expand, as_expand);
  object.optional("pageSize", persona.page_size, integer_in<std::size_t>(1, kPageSizeMax));
  object.optional(
      "resetValuesIn", persona.reset_values_in,
      one_of<ResetValuesIn>({{"action", ResetValuesIn::action}, {"actionInfo", ResetValuesIn::action_info}}));
  object.optional("imageBytesMax", persona.image_bytes_max, integer_in<std::uint64_t>(1, kImageBytesMost));
  object.optional("sessionsMax", persona.sessions_max, integer_in<std::size_t>(1, kSessionsMax));
  object.optional("ipmiMessageBytesMax", persona.ipmi_message_bytes_max,
                  integer_in<std::size_t>(kIpmiMessageBytesMin, kIpmiMessageBytesMost));
  object.optional("bootProgress", persona.boot_progress, as_boolean);
  object.optional("lastResetTime", persona.last_reset_time, as_boolean);
}

void read_component(const std::string& name, const YamlValue& value, std::vector<ComponentConfig>& components) {
  auto found = std::ranges::find(components, name, &ComponentConfig::name);
  const bool added = found == components.end();
  if (added) found = components.insert(components.end(), ComponentConfig{.name = name, .version = "", .previous = ""});
  ComponentConfig& component = *found;
  Object object(value);
  if (added) {
    object.required("version", component.version, as_text);
  } else {
    object.optional("version", component.version, as_text);
  }
  object.optional("previous", component.previous, as_text);
  object.optional("id", component.id, as_host_name);
  object.optional("softwareId", component.software_id, as_text);
  object.optional("partNumber", component.part_number, as_text);
  object.optional("relatedItem", component.related_item, as_text);
  object.optional("activatedBy", component.activated_by,
                  one_of<ResetOf>({{"bmcReset", ResetOf::manager}, {"hostReboot", ResetOf::system}}));
  int banks = component.two_banks ? 2 : 1;
  object.optional("banks", banks, integer_in(1, 2));
  component.two_banks = banks == 2;
  object.finish();
}

// The first layer that names components lists all of them; later layers change or add some.
void read_components(const YamlValue& value, HostConfig& host, bool first) {
  if (first) host.components.clear();
  for_each_entry(value, "name", is_name, [&](const std::string& name, const YamlValue& component) {
    read_component(name, component, host.components);
  });
}

}  // namespace

void read_host_keys(Object& object, HostLayers& layers) {
  HostConfig& host = layers.host;
  object.optional("model", host.model, as_text);
  read_persona(object, host);
  object.optional("flash", host.flash, as_duration);
  object.optional("bmcBoot", host.bmc_boot, as_duration);
  object.optional("hostBoot", host.host_boot, as_duration);
  object.optional("power", host.powered_on, one_of<bool>({{"on", true}, {"off", false}}));
  object.optional("certificate", host.certificate,
                  one_of<Certificate>({{"valid", Certificate::valid},
                                       {"expired", Certificate::expired},
                                       {"selfSigned", Certificate::self_signed},
                                       {"wrongName", Certificate::wrong_name}}));
  object.optional("redfish", host.redfish, as_boolean);
  object.optional("ipmi", host.ipmi, as_boolean);
  object.optional("faults", host.faults, list_of(0, as_fault_rule));
  if (const auto components = object.find("components")) {
    read_components(*components, host, !layers.components_named);
    layers.components_named = true;
  }
}

}  // namespace breakwater::lab
