#pragma once
// Where a verb speaks: stdout is data, stderr is talk. Knows whether a terminal listens and whether it wants colour.
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "orchestrator/views/ink.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {

using namespace views;  // a face speaks of little else

class Console {
 public:
  std::ostream& out;
  std::ostream& err;
  int out_descriptor = -1;  ///< behind the stream; -1: none, it holds what is written
  int err_descriptor = -1;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  bool in_is_terminal = false;  ///< somebody is there who can answer a question
  Paint paint;                  ///< for stdout
  Paint paint_err;              ///< for stderr
  std::string typed{};          ///< the command as a shell takes it; empty where it is not known

  Console(std::ostream& out_stream, std::ostream& err_stream) : out(out_stream), err(err_stream) {}

  /// `error: TEXT`, on stderr.
  void error(std::string_view text) const;
  /// `warning: TEXT`, on stderr.
  void warn(std::string_view text) const;
  /// A line of talk on stderr.
  void note(std::string_view text) const;
  /// `next: COMMAND`: what a person would type now, on stderr. One that begins with kSame begins with what was typed.
  void next(std::string_view command) const;

  /// A line that replaces itself while something takes long; nothing where stderr is no terminal. Empty text ends it.
  void progress(std::string_view text) const;
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
