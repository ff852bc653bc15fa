#pragma once
// The whole command line: understood, and carried out by the verb that was meant.
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/cli/cli_verb.hpp"

namespace breakwater::cli {

/// `breakwater` with all its verbs.
CliVerb all_verbs();

/// The state directory: `given` as --state, else $XDG_STATE_HOME/breakwater, else ~/.local/state/breakwater. Nothing
/// where no home is known either.
std::optional<std::filesystem::path> state_dir(const std::string& given);

/// Understands `arguments` (without the program's name) and does what they say.
Exit run(std::vector<std::string> arguments, Console console);

}  // namespace breakwater::cli
