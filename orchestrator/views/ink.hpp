#pragma once
// Colour: whether a stream wants it, and text in it. A word or a symbol always says the same without.
#include <string>
#include <string_view>

namespace breakwater::views {

enum class Ink { plain, bold, dim, good, warn, bad };

/// What decides about colour, for one stream.
struct ColourFacts {
  bool terminal = false;        ///< the stream is one
  bool no_color_given = false;  ///< --no-color
  std::string no_color;         ///< of the environment, as CLICOLOR_FORCE and TERM; empty where unset
  std::string clicolor_force;
  std::string term;
};

/// NO_COLOR wins over CLICOLOR_FORCE, which wins over TERM=dumb and over a stream that is no terminal.
bool wants_colour(const ColourFacts& facts);

/// Puts text in an ink where colour is wanted.
struct Paint {
  bool colour = false;
  std::string operator()(Ink ink, std::string_view text) const;
};

/// A line above others.
std::string heading(const Paint& paint, std::string_view text);

}  // namespace breakwater::views
