#pragma once
// Where a verb speaks: stdout is data, stderr is talk. Knows whether a terminal listens and whether it wants colour.
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace breakwater::cli {

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

class Console {
 public:
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool colour_out = false;
  bool colour_err = false;

  Console(std::ostream& out_stream, std::ostream& err_stream) : out(out_stream), err(err_stream) {}

  /// `text` in this ink where stdout shows colour; a word or symbol always says the same.
  std::string paint(Ink ink, std::string_view text) const { return painted(colour_out, ink, text); }

  /// `error: TEXT`, on stderr.
  void error(std::string_view text) const;
  /// `warning: TEXT`, on stderr.
  void warn(std::string_view text) const;
  /// A line of talk on stderr.
  void note(std::string_view text) const;
  /// `next: COMMAND`: what a person would type now, on stderr.
  void next(std::string_view command) const;

  /// A console whose data goes where the talk goes: for text that is data elsewhere.
  Console talk() const;

  /// A line that replaces itself while something takes long; nothing where stderr is no terminal. Empty text ends it.
  void progress(std::string_view text) const;

 private:
  static std::string painted(bool colour, Ink ink, std::string_view text);
};

/// The process's own streams and environment.
Console process_console(bool no_color_given);

/// Columns of the terminal behind stdout; 100 where there is none.
std::size_t terminal_columns();
/// Its lines; 40 where there is none.
std::size_t terminal_lines();

/// A variable of the environment; empty where it is not set.
std::string environment(const char* name);

}  // namespace breakwater::cli
