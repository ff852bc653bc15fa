#pragma once
// A command line, read by the verbs. The library that does it is named in parser.cpp alone.
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/cli/cli_verb.hpp"

namespace breakwater::cli {

struct ParsedCommand {
  const CliVerb* verb;
  Given given;  ///< its own options and the root's
};

struct HelpWanted {
  std::string text;
};

struct UsageMistake {
  std::string message;
  std::string typed;  ///< the deepest verb that was understood: `breakwater quarantine release`
};

/// `arguments` are without the program's name; `root` must outlive what is returned.
std::variant<ParsedCommand, HelpWanted, UsageMistake> parse(const CliVerb& root, std::vector<std::string> arguments);

}  // namespace breakwater::cli
