#include "orchestrator/views/ink.hpp"

namespace breakwater::views {
namespace {

std::string_view sequence_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "";
    case Ink::bold:
      return "\x1b[1m";
    case Ink::dim:
      return "\x1b[2m";
    case Ink::good:
      return "\x1b[32m";
    case Ink::warn:
      return "\x1b[33m";
    case Ink::bad:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

bool wants_colour(const ColourFacts& facts) {
  if (facts.no_color_given || !facts.no_color.empty()) return false;
  if (!facts.clicolor_force.empty() && facts.clicolor_force != "0") return true;
  return facts.terminal && facts.term != "dumb";
}

std::string Paint::operator()(Ink ink, std::string_view text) const {
  if (!colour || ink == Ink::plain) return std::string(text);
  return std::string(sequence_of(ink)) + std::string(text) + "\x1b[0m";
}

std::string heading(const Paint& paint, std::string_view text) {
  return paint(Ink::bold, text) + '\n';
}

}  // namespace breakwater::views
