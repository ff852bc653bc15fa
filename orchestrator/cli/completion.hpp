#pragma once
// Completion for three shells, written from one walk over the parser: what it does not know, no shell offers.
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace breakwater::cli {

struct OptionShape {
  std::vector<std::string> names;  ///< `-o`, `--output`
  std::string does;
  bool takes_value = false;
  std::vector<std::string> values;  ///< where only these are taken
};

/// A verb as its parser has it.
struct VerbShape {
  std::string name;
  std::string does;  ///< the first line
  std::vector<OptionShape> options;
  std::vector<std::string> words;  ///< what its first argument may be, where only these are taken
  bool takes_files = false;
  std::vector<VerbShape> verbs;
};

VerbShape describe(const CLI::App& app);

std::string bash_completion(const VerbShape& root);
std::string zsh_completion(const VerbShape& root);
std::string fish_completion(const VerbShape& root);

/// For `bash`, `zsh` or `fish`.
std::string completion_for(const std::string& shell, const VerbShape& root);

}  // namespace breakwater::cli
