#include "orchestrator/cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "orchestrator/cli/text.hpp"

namespace breakwater::cli {
namespace {

std::string_view code(Ink ink) {
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

std::string Console::painted(bool colour, Ink ink, std::string_view text) {
  if (!colour || ink == Ink::plain) return std::string(text);
  return std::string(code(ink)) + std::string(text) + "\x1b[0m";
}

void Console::error(std::string_view text) const {
  err << painted(colour_err, Ink::bad, "error:") << ' ' << text << '\n' << std::flush;
}

void Console::warn(std::string_view text) const {
  err << painted(colour_err, Ink::warn, "warning:") << ' ' << text << '\n' << std::flush;
}

void Console::note(std::string_view text) const {
  err << text << '\n' << std::flush;
}

void Console::next(std::string_view command) const {
  err << painted(colour_err, Ink::dim, "next:") << ' ' << command << '\n' << std::flush;
}

Console Console::talk() const {
  Console console(err, err);
  console.out_is_terminal = console.err_is_terminal = err_is_terminal;
  console.colour_out = console.colour_err = colour_err;
  return console;
}

void Console::progress(std::string_view text) const {
  if (!err_is_terminal) return;
  err << "\r\x1b[K" << text << std::flush;
}

Console process_console(bool no_color_given) {
  Console console(std::cout, std::cerr);
  ColourFacts facts;
  facts.no_color_given = no_color_given;
  facts.no_color = environment("NO_COLOR");
  facts.clicolor_force = environment("CLICOLOR_FORCE");
  facts.term = environment("TERM");
  // A dumb terminal can not move its cursor either: it gets lines, as a file does.
  console.out_is_terminal = isatty(STDOUT_FILENO) == 1 && facts.term != "dumb";
  console.err_is_terminal = isatty(STDERR_FILENO) == 1 && facts.term != "dumb";
  facts.terminal = console.out_is_terminal;
  console.colour_out = wants_colour(facts);
  facts.terminal = console.err_is_terminal;
  console.colour_err = wants_colour(facts);
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
