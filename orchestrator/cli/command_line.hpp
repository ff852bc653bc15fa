#pragma once
// The whole command line: understood here, carried out by the verb that was meant.
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/cli/face.hpp"

namespace breakwater::cli {

/// The parser with every verb; `face` must outlive it.
std::unique_ptr<CLI::App> make_parser(Face& face);

/// Understands `arguments` (without the program's name) and does what they say.
Exit run(std::vector<std::string> arguments, Console console);

}  // namespace breakwater::cli
