#include "drivers/redfish/update.hpp"

#include <array>
#include <random>

#include "drivers/redfish/fault_text.hpp"

namespace breakwater::redfish {
namespace {

constexpr const char* kStep = "upload";

}  // namespace

std::string_view to_string(ApplyTime apply) {
  switch (apply) {
    case ApplyTime::immediate:
      return "Immediate";
    case ApplyTime::on_reset:
      return "OnReset";
    case ApplyTime::on_start_request:
      return "OnStartUpdateRequest";
  }
  return "Immediate";
}

std::string update_parameters(const StageRequest& request, const Quirks& quirks) {
  Json parameters = Json::object();
  if (!request.target_uri.empty()) parameters["Targets"] = Json::array({request.target_uri});
  parameters["@Redfish.OperationApplyTime"] = to_string(request.apply);
  std::string text = parameters.dump();
  if (!quirks.update_parameters.empty()) text.insert(text.size() - 1, "," + std::string(quirks.update_parameters));
  return text;
}

std::string base_name(std::string_view file_name) {
  const std::size_t slash = file_name.find_last_of("/\\");
  std::string name(slash == std::string_view::npos ? file_name : file_name.substr(slash + 1));
  for (char& c : name) {
    const bool harmless = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                          c == '-' || c == '_' || c == '+';
    if (!harmless) c = '_';
  }
  return name.empty() ? std::string("image.bin") : name;
}

UploadBody multipart_body(const std::string& boundary, const std::string& parameters, const std::string& file_name) {
  UploadBody body;
  body.head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"UpdateParameters\"\r\n";
  body.head += "Content-Type: application/json\r\n\r\n" + parameters + "\r\n";
  body.head += "--" + boundary + "\r\nContent-Disposition: form-data; name=\"UpdateFile\"; filename=\"" +
               base_name(file_name) + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
  body.tail = "\r\n--" + boundary + "--\r\n";
  return body;
}

std::string new_boundary() {
  std::random_device random;
  Sha256 spelled;  // for its way to be written; the first half is used
  for (std::uint8_t& octet : spelled.bytes) octet = static_cast<std::uint8_t>(random());
  return to_hex(spelled).substr(0, 32);
}

std::optional<Fault> refuse_stage(const UpdateFacts& service, const StageRequest& request, std::uint64_t image_bytes) {
  const UpdateAbility& able = service.ability;
  const auto no = [](std::string why) { return make_fault(Fault::Kind::not_supported, kStep, std::move(why)); };
  if (!able.multipart && !able.http_push) return no("the update service takes no pushed image");
  if (!service.enabled) return no("the update service is switched off (ServiceEnabled false)");
  const bool offered = request.apply == ApplyTime::immediate ||
                       (request.apply == ApplyTime::on_reset ? able.stage_on_reset : able.stage_for_start);
  if (!offered) return no("the update service does not offer the apply time " + std::string(to_string(request.apply)));
  if (!able.multipart && !request.target_uri.empty() && !service.push_targets) {
    return no("the update service takes bare images only, which name no target");
  }
  if (able.max_image_bytes != 0 && image_bytes > able.max_image_bytes) {
    return make_fault(Fault::Kind::bound_exceeded, kStep,
                      "the image has " + std::to_string(image_bytes) + " bytes, the service takes " +
                          std::to_string(able.max_image_bytes) + " (MaxImageSizeBytes)");
  }
  if (service.busy) return make_fault(Fault::Kind::busy, kStep, "another client holds HttpPushUriTargetsBusy");
  return std::nullopt;
}

}  // namespace breakwater::redfish
