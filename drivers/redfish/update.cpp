#include "drivers/redfish/update.hpp"

#include <random>

#include "drivers/redfish/fault_text.hpp"
#include "drivers/redfish/tasks.hpp"

namespace breakwater::redfish {
namespace {

constexpr const char* kUpload = "upload";

bool is_gone(const Fault& fault) {
  return fault.http_status == 404 || fault.http_status == 410;
}

/// A bare image carries neither target nor apply time: they are set first, if the service has properties for them.
BmcResult<void> set_push_options(RedfishSession& session, UpdateFacts service, StageRequest request) {
  Json options = Json::object();
  if (service.push_options) {
    options["HttpPushUriOptions"]["HttpPushUriApplyTime"]["ApplyTime"] = to_string(request.apply);
  }
  if (service.push_targets && !request.target_uri.empty()) {
    options["HttpPushUriTargets"] = Json::array({request.target_uri});
  }
  if (options.empty()) co_return Result<void, Fault>{};
  const std::string body = options.dump();
  const Result<HttpReply, Fault> reply =
      co_await session.act(HttpMethod::patch, service.uri, body, "set push options", service.etag);
  if (!reply) co_return fail(reply.error());
  co_return Result<void, Fault>{};
}

}  // namespace

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
  Sha256 spelled;  // only for its hexadecimal text; the first half is used
  for (std::uint8_t& octet : spelled.bytes) octet = static_cast<std::uint8_t>(random());
  return to_hex(spelled).substr(0, 32);
}

std::optional<Fault> refuse_stage(const UpdateFacts& service, const StageRequest& request, std::uint64_t image_bytes) {
  const UpdateAbility& able = service.ability;
  const auto no = [](std::string why) { return make_fault(Fault::Kind::not_supported, kUpload, std::move(why)); };
  const bool too_large = able.max_image_bytes != 0 && image_bytes > able.max_image_bytes;
  if (std::string why = why_not_taken(able, !request.target_uri.empty(), image_bytes); !why.empty()) {
    return make_fault(too_large ? Fault::Kind::bound_exceeded : Fault::Kind::not_supported, kUpload, std::move(why));
  }
  const bool offered = request.apply == ApplyTime::immediate ||
                       (request.apply == ApplyTime::on_reset ? able.stage_on_reset : able.stage_for_start);
  if (!offered) return no("the update service does not offer the apply time " + std::string(to_string(request.apply)));
  if (service.busy) return make_fault(Fault::Kind::busy, kUpload, "another client holds HttpPushUriTargetsBusy");
  return std::nullopt;
}

BmcResult<HttpReply> push(RedfishSession& session, UpdateFacts service, const Quirks& quirks,
                          const VerifiedImage& image, StageRequest request, BodySent sent) {
  HttpRequest head;
  head.method = HttpMethod::post;
  head.step = "upload";
  if (request.deadline.count() > 0) head.deadlines.total = request.deadline;
  head.deadlines.no_progress = request.no_progress.count() > 0 ? request.no_progress : head.deadlines.total;
  UploadBody body;
  if (service.ability.multipart) {
    const std::string boundary = new_boundary();
    head.path = service.multipart_uri;
    head.content_type = "multipart/form-data; boundary=" + boundary;
    body = multipart_body(boundary, update_parameters(request, quirks), image.file_name());
  } else {
    const Result<void, Fault> set = co_await set_push_options(session, service, request);
    if (!set) co_return fail(unsent(set.error()));
    head.path = service.http_push_uri;
    head.content_type = "application/octet-stream";
  }
  body.image = image.bytes();
  const std::string path = head.path;
  const Result<HttpReply, Fault> reply = co_await session.upload(std::move(head), std::move(body), std::move(sent));
  if (!reply || reply->status < 400) co_return reply;
  Fault fault = status_fault(reply->status, reply->body, "upload", path);
  fault.retry_after = reply->retry_after.value_or(Duration(0));
  fault.body_sent = reply->body_sent;
  co_return fail(fault);
}

BmcResult<void> cancel(RedfishSession& session, Discovery& discovery, std::string staged, std::string task) {
  const std::string step = "cancel staged image";
  if (!staged.empty()) {
    const Result<Json, Fault> body = co_await session.read(staged, step);
    if (!body && is_gone(body.error())) co_return Result<void, Fault>{};
    if (!body) co_return fail(body.error());
    const SoftwareEntry entry = read_software(*body, discovery.quirks());
    if (entry.component.slot == Slot::staged && !entry.cancel.empty()) {
      const Result<HttpReply, Fault> reply = co_await session.act(HttpMethod::post, entry.cancel, "{}", step);
      if (!reply) co_return fail(reply.error());
      co_return Result<void, Fault>{};
    }
  }
  if (task.empty()) {
    co_return fail(make_fault(Fault::Kind::not_supported, step, "the staged image has no Cancel action and no task"));
  }
  // The BMC may have begun to write the image since the caller looked; a DELETE during the write bricks the device.
  const Result<Json, Fault> body = co_await session.read(task, step);
  if (!body && is_gone(body.error())) co_return Result<void, Fault>{};
  if (!body) co_return fail(body.error());
  const TaskView now = read_task(*body);
  if (now.state != TaskState::pending) {
    co_return fail(make_fault(Fault::Kind::not_supported, step,
                              task + " is " + now.state_text + " and no longer waits; it is left alone"));
  }
  const Result<HttpReply, Fault> reply = co_await session.act(HttpMethod::erase, task, "", step);
  if (reply || is_gone(reply.error())) co_return Result<void, Fault>{};
  co_return fail(reply.error());
}

BmcResult<HttpReply> switch_bank(RedfishSession& session, Discovery& discovery, InstalledComponent previous) {
  const std::string step = "switch bank";
  const Result<Json, Fault> body = co_await session.read(previous.uri, step);
  if (!body) co_return fail(body.error());
  const SoftwareEntry entry = read_software(*body, discovery.quirks());
  if (entry.component.version != previous.version) {
    co_return fail(make_fault(Fault::Kind::not_supported, step,
                              previous.uri + " holds version '" + sanitised(entry.component.version, 64) +
                                  "' now, not '" + previous.version + "'"));
  }
  if (!entry.activate.empty()) co_return co_await session.begin(entry.activate, "{}", step);
  const Result<UpdateFacts, Fault> service = co_await discovery.update_service();
  if (!service) co_return fail(service.error());
  if (!discovery.quirks().rollback_by_simple_update || service->simple_update.empty()) {
    co_return fail(make_fault(Fault::Kind::not_supported, step, previous.uri + " has no Activate action"));
  }
  const Json image = {{"ImageURI", previous.uri}};
  co_return co_await session.begin(service->simple_update, image.dump(), step);
}

}  // namespace breakwater::redfish
