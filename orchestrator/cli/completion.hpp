#pragma once
// Completion for three shells, written from the verbs: what they do not know, no shell offers.
#include <string>

#include "orchestrator/cli/cli_verb.hpp"

namespace breakwater::cli {

std::string bash_completion(const CliVerb& root);
std::string zsh_completion(const CliVerb& root);
std::string fish_completion(const CliVerb& root);

/// For `bash`, `zsh` or `fish`.
std::string completion_for(const std::string& shell, const CliVerb& root);

}  // namespace breakwater::cli
