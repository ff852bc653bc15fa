#pragma once
// One request to a BMC and its reply, as the service sees them: no sockets, no streams.
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace breakwater::lab {

enum class Method { get, head, post, patch, put, remove, other };

struct LabRequest {
  Method method = Method::get;
  std::string path;  ///< without query, without a slash at its end
  std::string query;
  std::string token;          ///< X-Auth-Token
  std::string authorization;  ///< Authorization
  std::string content_type;
  bool if_match = false;
  std::string body;
};

struct LabReply {
  unsigned status = 200;
  nlohmann::json body = {};  ///< null: no body
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string raw = {};  ///< sent instead of the JSON, for faults
};

/// A reply with Redfish's error body around one message of the Base registry, or of the registry that the id names.
LabReply error_reply(unsigned status, std::string_view message_id, std::string_view text);

/// The value of a query's parameter, decoded; `false` if it is absent.
std::pair<bool, std::string> query_parameter(std::string_view query, std::string_view name);

}  // namespace breakwater::lab
