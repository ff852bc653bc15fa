#include "orchestrator/codec/strict_json.hpp"

namespace breakwater::codec {

std::string to_string(const Trail& trail) {
  std::string text = trail.up ? to_string(*trail.up) : std::string();
  if (!trail.key.empty()) {
    if (!text.empty()) text += '.';
    return text.append(trail.key);
  }
  if (trail.up) text += '[' + std::to_string(trail.index) + ']';
  return text;
}

}  // namespace breakwater::codec
