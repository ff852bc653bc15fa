#include "drivers/lab/http.hpp"

namespace breakwater::lab {

std::string to_text(const boost::beast::http::response<boost::beast::http::string_body>& message) {
  std::string text = message.version() == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  text += std::to_string(message.result_int()) + ' ';
  text.append(message.reason()).append("\r\n");
  for (const auto& field : message) text.append(field.name_string()).append(": ").append(field.value()).append("\r\n");
  return text.append("\r\n").append(message.body());
}

}  // namespace breakwater::lab
