// `lab`, `states`, `completion`, `version`: the machine room.
#include <CLI/CLI.hpp>

#include "drivers/lab/lab.hpp"
#include "drivers/lab/lab_document.hpp"
#include "orchestrator/cli/command_line.hpp"
#include "orchestrator/cli/completion.hpp"
#include "orchestrator/core/host_machine.hpp"
#include "orchestrator/operations/problem.hpp"
#include "orchestrator/views/states_dot.hpp"

namespace breakwater::cli {
namespace {

Exit run_lab_file(const Console& console, const std::string& file) {
  const auto config = lab::load_lab(file);
  if (!config) return report(console, document_problem(config.error(), "breakwater schema Lab"));
  return lab::run_lab(*config) == 0 ? Exit::done : Exit::failed;
}

Exit show_states(const Console& console, bool dot) {
  if (dot) {
    console.out << states_dot();
    return Exit::done;
  }
  for (const Transition& row : host_transitions()) {
    console.out << to_string(row.from) << ' ' << to_string(row.input) << ' ' << to_string(row.to) << '\n';
  }
  return Exit::done;
}

Exit complete(const Console& console, const std::string& shell) {
  Face face;
  console.out << completion_for(shell, describe(*make_parser(face)));
  return Exit::done;
}

}  // namespace

void add_machine_verbs(CLI::App& app, Face& face) {
  CLI::App& labs = add_verb(app, "lab",
                            "Run simulated BMCs, each on its own address of 127.0.0.0/8, to try things out.\n"
                            "Prints `ready` once all of them listen; Ctrl-C ends it.",
                            "breakwater lab lab.yaml", "breakwater plan rollout.yaml, from another terminal");
  const auto file = std::make_shared<std::string>();
  labs.add_option("file", *file, "A file with one Lab")->required()->option_text("FILE");
  on_chosen(labs, face, [file](const Console& console) { return run_lab_file(console, *file); });

  CLI::App& states = add_verb(app, "states", "The host machine, row by row, or as a picture drawn from its table.",
                              "breakwater states --dot | dot -Tsvg > states.svg", "");
  const auto dot = std::make_shared<bool>(false);
  states.add_flag("--dot", *dot, "For Graphviz");
  on_chosen(states, face, [dot](const Console& console) { return show_states(console, *dot); });

  CLI::App& completes = add_verb(app, "completion", "Print the completion of this command line for a shell.",
                                 "source <(breakwater completion bash)", "");
  const auto shell = std::make_shared<std::string>();
  completes.add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text("bash|zsh|fish");
  on_chosen(completes, face, [shell](const Console& console) { return complete(console, *shell); });

  CLI::App& version = add_verb(app, "version", "Print the version.", "breakwater version", "");
  on_chosen(version, face, [](const Console& console) {
    console.out << "breakwater " << BREAKWATER_VERSION << '\n';
    return Exit::done;
  });
}

}  // namespace breakwater::cli
