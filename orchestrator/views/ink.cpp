#include "orchestrator/views/ink.hpp"

#include <array>

#include "inventories/vocabulary/rows.hpp"

namespace breakwater::views {
namespace {

struct InkRow {
  Ink ink;
  std::string_view sequence;
};
constexpr std::array kSequences = std::to_array<InkRow>({
    {Ink::plain, ""},
    {Ink::bold, "\x1b[1m"},
    {Ink::dim, "\x1b[2m"},
    {Ink::good, "\x1b[32m"},
    {Ink::warn, "\x1b[33m"},
    {Ink::bad, "\x1b[31m"},
});
static_assert(has_every_row(kSequences, &InkRow::ink));

}  // namespace

bool wants_colour(const ColourFacts& facts) {
  if (facts.no_color_given || !facts.no_color.empty()) return false;
  if (!facts.clicolor_force.empty() && facts.clicolor_force != "0") return true;
  return facts.terminal && facts.term != "dumb";
}

std::string Paint::operator()(Ink ink, std::string_view text) const {
  if (!colour || ink == Ink::plain) return std::string(text);
  return std::string(kSequences[static_cast<std::size_t>(ink)].sequence) + std::string(text) + "\x1b[0m";
}

std::string heading(const Paint& paint, std::string_view text) {
  return paint(Ink::bold, text) + '\n';
}

}  // namespace breakwater::views
