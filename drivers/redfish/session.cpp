#include "drivers/redfish/session.hpp"

#include <algorithm>

#include "drivers/redfish/fault_text.hpp"

namespace breakwater::redfish {
namespace {

constexpr const char* kRootPath = "/redfish/v1/";
constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::size_t kReplyTextBytesMax = 256 << 10;  // of one text in a reply
// A session ends with a restart, or after at least half a minute without a request. Each new one costs a record in the
// journal and a slot in the BMC's table.
constexpr std::size_t kRenewalsMax = 8;
constexpr std::chrono::minutes kRenewalsWithin{1};

Fault json_fault(const JsonFault& cause, std::string step, const std::string& path) {
  const bool bound = cause.reason == JsonFault::Reason::too_deep || cause.reason == JsonFault::Reason::too_many_nodes ||
                     cause.reason == JsonFault::Reason::too_large;
  return make_fault(bound ? Fault::Kind::bound_exceeded : Fault::Kind::malformed_reply, std::move(step),
                    path + " is no valid JSON: " + sanitised(cause.what));
}

/// True if a text in the JSON is longer than `bytes_max`: reading a text takes five times its length in memory.
bool has_text_over(std::string_view json, std::size_t bytes_max) {
  std::size_t begin = json.find('"');
  while (begin != std::string_view::npos) {
    std::size_t end = json.find_first_of("\"\\", begin + 1);
    while (end != std::string_view::npos && json[end] == '\\') end = json.find_first_of("\"\\", end + 2);
    if (std::min(end, json.size()) - begin > bytes_max) return true;
    begin = end == std::string_view::npos ? end : json.find('"', end + 1);
  }
  return false;
}

Result<Json, Fault> to_json(const std::string& body, const std::string& step, const std::string& path,
                            std::size_t values_max = kReplyValuesMax) {
  if (has_text_over(body, kReplyTextBytesMax)) {
    return fail(make_fault(Fault::Kind::bound_exceeded, step,
                           path + " has a text of more than " + std::to_string(kReplyTextBytesMax) + " bytes"));
  }
  JsonBounds bounds;
  bounds.bytes_max = body.size();  // the transport has bounded it
  bounds.nodes_max = values_max;
  auto parsed = parse_json(body, bounds);
  if (!parsed) return fail(json_fault(parsed.error(), step, path));
  if (!parsed->is_object()) {
    return fail(make_fault(Fault::Kind::malformed_reply, step, path + " is no JSON object"));
  }
  return std::move(*parsed);
}

}  // namespace

RedfishSession::RedfishSession(boost::asio::any_io_executor executor, BmcEndpoint endpoint, Credentials credentials,
                               RedfishContext& shared, Deadlines deadlines)
    : transport_(std::move(executor), std::move(endpoint), shared.tls()),
      credentials_(std::move(credentials)),
      shared_(shared),
      deadlines_(deadlines) {}

/// Logins are counted per BMC, for all its protocols and ports.
const std::string& RedfishSession::account() const {
  return transport_.endpoint().address;
}

Result<std::string, Fault> RedfishSession::judged(const std::string& link, const std::string& step, LinkUse use) const {
  auto path = same_origin_path(link, origin(), use);
  if (path) return *path;
  return fail(make_fault(Fault::Kind::foreign_link, step, "the link '" + sanitised(link, 200) + "' " + path.error()));
}

BmcResult<void> RedfishSession::greet() {
  if (greeted_) co_return Result<void, Fault>{};
  HttpRequest request;
  request.path = kRootPath;
  request.step = "read service root";
  request.deadlines = deadlines_;
  const Result<HttpReply, Fault> reply = co_await transport_.send(request);
  if (!reply) co_return fail(reply.error());
  if (reply->status != 200) {
    Fault fault = status_fault(reply->status, reply->body, request.step, request.path);
    fault.retry_after = reply->retry_after.value_or(Duration(0));
    co_return fail(fault);
  }
  const Result<Json, Fault> json = to_json(reply->body, request.step, request.path);
  if (!json) co_return fail(json.error());
  root_ = read_service_root(*json);
  greeted_ = true;
  co_return Result<void, Fault>{};
}

/// JSON carries UTF-8 only. A password with other bytes would be sent changed, be refused, and lock the account.
bool is_carried(const std::string& text) {
  const Json value = text;
  return value.dump(-1, ' ', false, Json::error_handler_t::replace) ==
         value.dump(-1, ' ', false, Json::error_handler_t::ignore);
}

BmcResult<void> RedfishSession::log_in() {
  const std::string step = "login";
  if (!is_carried(credentials_.username) || !is_carried(credentials_.password.reveal())) {
    co_return fail(make_fault(Fault::Kind::not_supported, step,
                              "the user name or the password is no UTF-8, and JSON carries nothing else; no login was "
                              "tried"));
  }
  if (!shared_.logins().may_try(account())) {
    co_return fail(make_fault(Fault::Kind::logins_exhausted, step, shared_.logins().why_not(account())));
  }
  const Result<void, Fault> greeted = co_await greet();
  if (!greeted) co_return fail(greeted.error());
  const Result<std::string, Fault> path = judged(root_.sessions, step, LinkUse::resource);
  if (!path) co_return fail(path.error());
  const Json body = {{"UserName", credentials_.username}, {"Password", credentials_.password.reveal()}};
  HttpRequest request;
  request.method = HttpMethod::post;
  request.path = *path;
  request.step = step;
  request.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  request.deadlines = deadlines_;
  const Result<HttpReply, Fault> reply = co_await transport_.send(std::move(request));
  if (!reply) {
    Fault fault = reply.error();
    fault.body_sent = false;  // what the login is for was not sent
    co_return fail(std::move(fault));
  }
  if (reply->status >= 400) {
    Fault fault = status_fault(reply->status, reply->body, step, *path);
    fault.retry_after = reply->retry_after.value_or(Duration(0));
    if (fault.kind == Fault::Kind::unauthorized || (reply->status == 403 && fault.kind == Fault::Kind::http_status)) {
      fault.kind = Fault::Kind::login_refused;
      shared_.logins().refused(account());
      fault.retry_after = std::max(fault.retry_after, shared_.logins().pause(account()));
    }
    co_return fail(fault);
  }
  const Result<Json, Fault> made = to_json(reply->body.empty() ? "{}" : reply->body, step, *path);
  const std::string in_body = made ? json_text(*made, "@odata.id").value_or("") : std::string();
  auto where = same_origin_path(reply->location, origin());
  if (!where) where = same_origin_path(in_body, origin());
  if (reply->auth_token.empty() || reply->auth_token.size() > kTokenBytesMax || !where) {
    co_return fail(make_fault(Fault::Kind::malformed_reply, step,
                              "the login was answered without a token or without a session of this BMC"));
  }
  token_ = reply->auth_token;
  session_path_ = *where;
  if (opened_) co_await opened_(session_path_);
  co_return Result<void, Fault>{};
}

BmcResult<void> RedfishSession::open(SessionOpened opened) {
  if (opened) opened_ = std::move(opened);
  if (token_.empty()) co_return co_await log_in();
  co_return co_await greet();
}

/// Whether one more session may replace one that the BMC no longer knows.
bool RedfishSession::may_renew() {
  const auto now = std::chrono::steady_clock::now();
  while (!renewals_.empty() && now - renewals_.front() > kRenewalsWithin) renewals_.pop_front();
  if (renewals_.size() == kRenewalsMax) return false;
  renewals_.push_back(now);
  return true;
}

BmcResult<HttpReply> RedfishSession::get(std::string link, std::string step, std::size_t reply_bytes_max) {
  const Result<std::string, Fault> path = judged(link, step, LinkUse::resource);
  if (!path) co_return fail(path.error());
  for (int attempt = 0;; ++attempt) {
    if (token_.empty()) {
      const Result<void, Fault> opened = co_await log_in();
      if (!opened) co_return fail(opened.error());
    }
    HttpRequest request;
    request.path = *path;
    request.step = step;
    request.token = token_;
    request.reply_bytes_max = reply_bytes_max;
    request.deadlines = deadlines_;
    Result<HttpReply, Fault> reply = co_await transport_.send(std::move(request));
    asked_to_wait_ = reply ? reply->retry_after.value_or(Duration(0)) : Duration(0);
    if (reply) bytes_read_ += reply->body.size();
    const bool dead = reply && reply->status == 401;
    if (!dead || attempt > 0 || !may_renew()) co_return reply;
    token_.clear();
    session_path_.clear();
    greeted_ = false;  // a restart ends sessions, and the links may differ after it
  }
}

BmcResult<Json> RedfishSession::read(std::string link, std::string step, std::size_t reply_bytes_max,
                                     std::size_t reply_values_max, Json* beside) {
  Result<HttpReply, Fault> reply = co_await get(link, step, reply_bytes_max);
  if (!reply) co_return fail(reply.error());
  if (reply->status >= 400) {
    Fault fault = status_fault(reply->status, reply->body, step, link);
    fault.retry_after = reply->retry_after.value_or(Duration(0));
    Result<Json, Fault> shown = fail(fault);
    if (beside != nullptr) shown = to_json(reply->body, step, link, reply_values_max);
    if (shown) *beside = std::move(*shown);
    co_return fail(fault);
  }
  co_return to_json(reply->body, step, link, reply_values_max);
}

BmcResult<HttpReply> RedfishSession::act(HttpMethod method, std::string link, std::string body, std::string step,
                                         std::string etag) {
  HttpRequest request;
  request.method = method;
  request.path = std::move(link);
  request.step = std::move(step);
  request.body = std::move(body);
  request.etag = std::move(etag);
  return act_once(std::move(request));
}

BmcResult<HttpReply> RedfishSession::begin(std::string link, std::string body, std::string step) {
  HttpRequest request;
  request.method = HttpMethod::post;
  request.path = std::move(link);
  request.step = std::move(step);
  request.body = std::move(body);
  request.asks_first = true;
  return act_once(std::move(request));
}

BmcResult<HttpReply> RedfishSession::act_once(HttpRequest request) {
  const std::string step = request.step;
  const Result<std::string, Fault> path = judged(request.path, step, LinkUse::resource);
  if (!path) co_return fail(path.error());
  if (token_.empty()) {
    const Result<void, Fault> opened = co_await log_in();
    if (!opened) co_return fail(opened.error());
  }
  request.path = *path;
  request.token = token_;
  request.deadlines = deadlines_;
  Result<HttpReply, Fault> reply = co_await transport_.send(std::move(request));
  if (!reply || reply->status < 400) co_return reply;
  if (reply->status == 401) {
    token_.clear();
    greeted_ = false;
  }
  Fault fault = status_fault(reply->status, reply->body, step, *path);
  fault.retry_after = reply->retry_after.value_or(Duration(0));
  fault.body_sent = true;
  co_return fail(fault);
}

BmcResult<HttpReply> RedfishSession::upload(HttpRequest request, UploadBody body, BodySent sent) {
  const Result<std::string, Fault> path = judged(request.path, request.step, LinkUse::push);
  if (!path) co_return fail(unsent(path.error()));
  if (token_.empty()) {
    const Result<void, Fault> opened = co_await log_in();
    if (!opened) co_return fail(unsent(opened.error()));
  }
  request.path = *path;
  request.token = token_;
  co_return co_await transport_.upload(std::move(request), std::move(body), std::move(sent));
}

boost::asio::awaitable<void> RedfishSession::close(Duration most) {
  transport_.until(std::chrono::steady_clock::time_point::max());  // a logout has its own short deadline
  for (int attempt = 0; attempt < 2 && !token_.empty(); ++attempt) {
    HttpRequest request;
    request.method = HttpMethod::erase;
    request.path = session_path_;
    request.step = "logout";
    request.token = token_;
    request.deadlines = Deadlines{most, most};
    const Result<HttpReply, Fault> reply = co_await transport_.send(std::move(request));
    if (reply || reply.error().kind != Fault::Kind::closed_before_reply) break;
  }
  token_.clear();
  session_path_.clear();
  transport_.drop();
}

}  // namespace breakwater::redfish
