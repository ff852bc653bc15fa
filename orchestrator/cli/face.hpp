#pragma once
// What the command line has understood so far: the options of every verb, and the verb that was chosen.
#include <functional>
#include <string>

#include "orchestrator/cli/console.hpp"
#include "orchestrator/cli/exit_code.hpp"
#include "orchestrator/operations/installation.hpp"

namespace CLI {
class App;
}

namespace breakwater::cli {

struct Face {
  using Act = std::function<Exit(const Console&)>;

  std::string state;  ///< --state as given; empty: the default
  bool no_color = false;
  int verbosity = 0;
  Act chosen;  ///< set by the verb's own parser

  /// --state, else $XDG_STATE_HOME/breakwater, else ~/.local/state/breakwater.
  std::filesystem::path state_dir() const;
  Installation installation() const { return Installation(state_dir()); }
};

/// One line of what it does, an example, and what comes after it. `name` stands in `breakwater --help`.
CLI::App& add_verb(CLI::App& parent, const std::string& name, const std::string& does, const std::string& example,
                   const std::string& next);

/// Has `act` run when `verb` is what the person typed.
void on_chosen(CLI::App& verb, Face& face, Face::Act act);

/// `-o`: how the result is written; the first of `formats` unless told.
enum class Format { table, text, json };
void add_output(CLI::App& verb, Format& format, Format plain);

// One function for each group of verbs; each stands in the file of its group.
void add_document_verbs(CLI::App& app, Face& face);
void add_observe_verb(CLI::App& app, Face& face);
void add_plan_verbs(CLI::App& app, Face& face);
void add_apply_verb(CLI::App& app, Face& face);
void add_rehearse_verb(CLI::App& app, Face& face);
void add_operator_verbs(CLI::App& app, Face& face);
void add_quarantine_verbs(CLI::App& app, Face& face);
void add_view_verbs(CLI::App& app, Face& face);
void add_journal_verbs(CLI::App& app, Face& face);
void add_firmware_verbs(CLI::App& app, Face& face);
void add_machine_verbs(CLI::App& app, Face& face);

}  // namespace breakwater::cli
