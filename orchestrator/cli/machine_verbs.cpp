// `lab`, `states`, `glossary`, `completion`, `version`: the machine room.
#include <algorithm>
#include <cctype>

#include "drivers/lab/lab_document.hpp"
#include "inventories/document/object.hpp"
#include "orchestrator/cli/command_line.hpp"
#include "orchestrator/cli/completion.hpp"
#include "orchestrator/core/host_machine.hpp"
#include "orchestrator/operations/problem.hpp"
#include "orchestrator/views/glossary.hpp"
#include "orchestrator/views/states_dot.hpp"

namespace breakwater::cli {
namespace {

constexpr std::string_view kShells[] = {"bash", "zsh", "fish"};

constexpr Option kFile{.name = "file", .does = "A file with one Lab", .value = "FILE", .required = true};
constexpr Option kDot{.name = "--dot", .does = "For Graphviz", .takes = Option::Takes::flag};
constexpr Option kWord{
    .name = "word", .does = "One of them: `armed`, `WindowClosed`, `75`; all where none is given", .value = "WORD"};
constexpr Option kMarkdown{.name = "--markdown", .does = "As the page docs/glossary.md", .takes = Option::Takes::flag};
constexpr Option kShell{
    .name = "shell", .does = "bash, zsh or fish", .value = "bash|zsh|fish", .required = true, .one_of = kShells};

Exit run_lab_file(const Console& console, Installation&, const Given& given) {
  const auto config = lab::load_lab(given.text(kFile));
  if (!config) return report(console, document_problem(config.error(), "breakwater schema Lab"));
  return lab::run_lab(*config) == 0 ? Exit::done : Exit::failed;
}

Exit show_states(const Console& console, Installation&, const Given& given) {
  if (given.has(kDot)) {
    console.out << states_dot();
    return Exit::done;
  }
  for (const Transition& row : host_transitions()) {
    console.out << to_string(row.from) << ' ' << to_string(row.input) << ' ' << to_string(row.to) << '\n';
  }
  return Exit::done;
}

/// Words are typed as they are printed, or nearly.
bool same_word(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

Exit show_glossary(const Console& console, Installation&, const Given& given) {
  std::vector<GlossaryEntry> entries = glossary();
  for (const GlossaryEntry& code : exit_codes()) entries.push_back(code);
  if (const std::string& word = given.text(kWord); !word.empty()) {
    std::vector<std::string_view> all;
    for (const GlossaryEntry& entry : entries) all.push_back(entry.word);
    std::erase_if(entries, [&](const GlossaryEntry& entry) { return !same_word(entry.word, word); });
    if (entries.empty()) {
      const std::string close = nearest(word, all);
      return report(console, {Problem::Kind::bad_argument,
                              {"'" + word + "' is no word of the glossary" +
                               (close.empty() ? "" : "; did you mean '" + close + "'?")},
                              "breakwater glossary  # all of them"});
    }
  }
  if (given.has(kMarkdown)) {
    console.out << glossary_markdown(entries);
  } else if (wants_json(given)) {
    console.out << glossary_json(entries);
  } else {
    console.out << glossary_text(entries, console.paint, terminal_columns());
  }
  return Exit::done;
}

Exit complete(const Console& console, Installation&, const Given& given) {
  console.out << completion_for(given.text(kShell), all_verbs());
  return Exit::done;
}

Exit show_version(const Console& console, Installation&, const Given&) {
  console.out << "breakwater " << BREAKWATER_VERSION << '\n';
  return Exit::done;
}

}  // namespace

std::vector<CliVerb> machine_verbs() {
  return {{.name = "lab",
           .does = "Run simulated BMCs, each on its own address of 127.0.0.0/8, to try things out.\n"
                   "Prints `ready` once all of them listen; Ctrl-C ends it.",
           .example = "breakwater lab lab.yaml",
           .next = "breakwater plan rollout.yaml  # from another terminal",
           .act = run_lab_file,
           .stateless = true,
           .options = {kFile}},
          {.name = "states",
           .does = "The host machine, row by row, or as a picture drawn from its table.",
           .example = "breakwater states --dot | dot -Tsvg > states.svg",
           .act = show_states,
           .stateless = true,
           .options = {kDot}},
          {.name = "glossary",
           .does = "What a state, a cause, a wait or an exit code means, and what helps.",
           .example = "breakwater glossary armed",
           .act = show_glossary,
           .stateless = true,
           .options = {kWord, kMarkdown, kTextOrJson}},
          {.name = "completion",
           .does = "Print the completion of this command line for a shell.",
           .example = "source <(breakwater completion bash)",
           .act = complete,
           .stateless = true,
           .options = {kShell}},
          {.name = "version",
           .does = "Print the version, as --version does.",
           .example = "breakwater version",
           .act = show_version,
           .stateless = true}};
}

}  // namespace breakwater::cli
