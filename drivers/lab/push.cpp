// Pushed images.
#include "drivers/lab/actions.hpp"
#include "drivers/lab/resources.hpp"
#include "drivers/lab/routes.hpp"

namespace breakwater::lab {
namespace {

using nlohmann::json;

constexpr std::uint64_t kFormBytesMax = 256ULL * 1024;  // parts and delimiters around an image

LabReply wrong_parameters(std::string_view text) {
  return error_reply(400, "PropertyValueFormatError", text);
}

// The component that a target names: an inventory entry, or a part of the server that only one component belongs to.
std::optional<std::string> component_at(const Machine& machine, std::string_view target) {
  const std::string prefix = std::string(uri::kInventory) + "/";
  if (target.starts_with(prefix)) {
    const InventoryEntry entry = inventory_entry(machine, target.substr(prefix.size()));
    if (entry.component != nullptr && entry.suffix.empty()) return entry.component->config.name;
    return std::nullopt;
  }
  std::optional<std::string> found;
  for (const Component& component : machine.components()) {
    if (component.config.related_item != target) continue;
    if (found) return std::nullopt;
    found = component.config.name;
  }
  return found;
}

Result<PushOrder, LabReply> order_of(const Machine& machine, const LabRequest& request, const Upload& upload) {
  PushOrder order;
  order.uri = request.path;
  order.apply = machine.raw_push_apply();
  if (!upload.parameters()) return order;
  const json parameters = json::parse(*upload.parameters(), nullptr, false);
  if (!parameters.is_object()) return fail(error_reply(400, "MalformedJSON", "UpdateParameters is no JSON object."));
  if (const auto apply = parameters.find("@Redfish.OperationApplyTime"); apply != parameters.end()) {
    const auto known = from_string<ApplyTime>(apply->is_string() ? apply->get<std::string>() : "");
    if (!known || !machine.supports(*known))
      return fail(error_reply(400, "PropertyValueNotInList", "This OperationApplyTime is not supported."));
    order.apply = *known;
  }
  if (const auto targets = parameters.find("Targets"); targets != parameters.end()) {
    if (!targets->is_array() || targets->size() > 1) return fail(wrong_parameters("Targets takes one URI at most."));
    for (const json& target : *targets) {
      const auto component = component_at(machine, target.is_string() ? target.get<std::string>() : "");
      if (!component) return fail(wrong_parameters("The target is no updateable firmware of this server."));
      order.target = *component;
    }
  }
  return order;
}

}  // namespace

LabReply image_too_big() {
  return error_reply(413, "PayloadTooLarge", "The image is larger than MaxImageSizeBytes.");
}

std::optional<LabReply> refuse_push(Machine& machine, const Credentials& credentials, const LabRequest& request,
                                    std::optional<std::uint64_t> content_bytes) {
  if (!authorised(machine, credentials, request))
    return error_reply(401, "NoValidSession", "There is no valid session or password with the request.");
  if (request.if_match) return error_reply(412, "PreconditionFailed", "A push takes no If-Match.");
  if (!content_bytes) return error_reply(411, "LengthRequired", "The request gives no Content-Length.");
  const bool multipart = request.path == machine.config().persona.multipart_uri;
  if (multipart && !multipart_boundary(request.content_type))
    return error_reply(415, "UnsupportedMediaType", "This URI takes multipart/form-data with a boundary.");
  if (!multipart && request.content_type != "application/octet-stream")
    return error_reply(415, "UnsupportedMediaType", "This URI takes application/octet-stream.");
  const std::uint64_t image_bytes_max = machine.config().persona.image_bytes_max;
  if (*content_bytes > image_bytes_max + (multipart ? kFormBytesMax : 0)) return image_too_big();
  if (machine.writing()) return denied(Denial::busy);
  return std::nullopt;
}

LabReply take_push(Machine& machine, const LabRequest& request, Upload& upload) {
  if (!upload.whole())
    return error_reply(400, "MissingOrMalformedPart", "The body is not one UpdateParameters and one UpdateFile.");
  if (upload.file_bytes() > machine.config().persona.image_bytes_max) return image_too_big();
  const auto order = order_of(machine, request, upload);
  if (!order) return order.error();
  const auto started = machine.push(upload.finish(), *order);
  return started ? accepted(machine, **started) : denied(started.error());
}

}  // namespace breakwater::lab
