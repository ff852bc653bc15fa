#include "orchestrator/cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "inventories/vocabulary/plain_text.hpp"
#include "orchestrator/operations/problem.hpp"

namespace breakwater::cli {
void Console::error(std::string_view text) const {
  err << paint_err(Ink::bad, "error:") << ' ' << text << '\n' << std::flush;
}

void Console::warn(std::string_view text) const {
  err << paint_err(Ink::warn, "warning:") << ' ' << text << '\n' << std::flush;
}

void Console::note(std::string_view text) const {
  err << text << '\n' << std::flush;
}

void Console::next(std::string_view command) const {
  const bool same = !typed.empty() && command.starts_with(operations::kSame);
  if (same) command.remove_prefix(operations::kSame.size());
  err << paint_err(Ink::dim, "next:") << ' ' << (same ? harmless(typed) : std::string()) << command << '\n'
      << std::flush;
}

void Console::progress(std::string_view text) const {
  if (!err_is_terminal) return;
  err << "\r\x1b[K" << text << std::flush;
}

Console process_console(bool no_color_given) {
  Console console(std::cout, std::cerr);
  console.out_descriptor = STDOUT_FILENO;
  console.err_descriptor = STDERR_FILENO;
  ColourFacts facts;
  facts.no_color_given = no_color_given;
  facts.no_color = environment("NO_COLOR");
  facts.clicolor_force = environment("CLICOLOR_FORCE");
  facts.term = environment("TERM");
  // A dumb terminal cannot move its cursor either: it gets lines, as a file does.
  console.out_is_terminal = isatty(STDOUT_FILENO) == 1 && facts.term != "dumb";
  console.err_is_terminal = isatty(STDERR_FILENO) == 1 && facts.term != "dumb";
  console.in_is_terminal = isatty(STDIN_FILENO) == 1;
  facts.terminal = console.out_is_terminal;
  console.paint.colour = wants_colour(facts);
  facts.terminal = console.err_is_terminal;
  console.paint_err.colour = wants_colour(facts);
  return console;
}

namespace {

winsize terminal_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size = winsize{};
  return size;
}

}  // namespace

std::size_t terminal_columns() {
  const winsize size = terminal_size();
  return size.ws_col > 0 ? size.ws_col : 100;
}

std::size_t terminal_lines() {
  const winsize size = terminal_size();
  return size.ws_row > 0 ? size.ws_row : 40;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here writes the environment
  return value ? value : "";
}

}  // namespace breakwater::cli
