#include "orchestrator/cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "inventories/document/object.hpp"
#include "orchestrator/log.hpp"

namespace breakwater::cli {
namespace {

constexpr const char* kLesson =
    "The way of a rollout:\n"
    "  breakwater validate .                              are the documents right?\n"
    "  breakwater firmware import IMAGE                   put the bytes into the store\n"
    "  breakwater plan rollout.yaml --out rollout.plan    what would be done, to whom, and the way back\n"
    "  breakwater apply rollout.plan                      do it, wave by wave\n"
    "  breakwater status | explain HOST | report NAME     from any terminal, while it runs and after\n"
    "  breakwater pause | resume | stop | rollback NAME   change its course\n"
    "\n"
    "Exit codes: 0 done, 2 differences (plan --detailed-exitcode), 3 an artifact was refused, 4 waits for a person,\n"
    "5 halted or rolled back, 6 hosts are quarantined, 64 usage, 65 a document is wrong, 75 try later, 1 anything "
    "else.\n";

/// The deepest verb that was understood, as a person would type it.
std::string typed(const CLI::App& app) {
  std::string text = "breakwater";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    text += ' ' + at->get_name();
  }
  return text;
}

/// What was typed without options and their values: verbs, and what they are about.
std::vector<std::string> plain_words(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].starts_with('-')) {
      words.push_back(arguments[i]);
      continue;
    }
    const CLI::Option* option = app.get_option_no_throw(arguments[i]);
    if (option && option->get_items_expected_max() > 0) ++i;
  }
  return words;
}

/// `unknown verb 'aply'; did you mean 'apply'?`: nothing where the mistake is another one.
std::string unknown_verb(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::size_t depth = 0;
  const CLI::App* at = &app;
  for (; !at->get_subcommands().empty(); ++depth) at = at->get_subcommands().front();
  std::vector<std::string> names;
  for (const CLI::App* verb : at->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(verb->get_name());
  }
  const std::vector<std::string> words = plain_words(app, arguments);
  if (names.empty() || words.size() <= depth) return {};
  const std::string close = nearest(words[depth], {names.begin(), names.end()});
  return "unknown verb '" + words[depth] + "'" + (close.empty() ? "" : "; did you mean '" + close + "'?");
}

}  // namespace

std::unique_ptr<CLI::App> make_parser(Face& face) {
  auto app = std::make_unique<CLI::App>(
      "Breakwater rolls firmware out across a fleet through its BMCs: every image proven, in canary waves,\n"
      "each host checked after its update, and brought back where it fails.",
      "breakwater");
  app->footer(kLesson);
  app->require_subcommand(1);
  app->fallthrough();
  app->add_option("--state", face.state, "State directory (default: $XDG_STATE_HOME/breakwater)")->option_text("DIR");
  app->add_flag("--no-color", face.no_color, "No colour, as NO_COLOR=1 in the environment");
  app->add_flag("-v,--verbose", face.verbosity, "Say more on stderr; twice: everything");
  add_document_verbs(*app, face);
  add_firmware_verbs(*app, face);
  add_observe_verb(*app, face);
  add_plan_verbs(*app, face);
  add_rehearse_verb(*app, face);
  add_apply_verb(*app, face);
  add_view_verbs(*app, face);
  add_operator_verbs(*app, face);
  add_quarantine_verbs(*app, face);
  add_journal_verbs(*app, face);
  add_machine_verbs(*app, face);
  return app;
}

Exit run(std::vector<std::string> arguments, Console console) {
  Face face;
  const std::unique_ptr<CLI::App> app = make_parser(face);
  const std::vector<std::string> as_typed = arguments;
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app->parse(arguments);
  } catch (const CLI::CallForHelp&) {
    console.out << app->help();  // of the deepest verb that was typed
    return Exit::done;
  } catch (const CLI::ParseError& mistake) {
    const std::string unknown = unknown_verb(*app, as_typed);
    console.error(unknown.empty() ? std::string(mistake.what()) : unknown);
    console.next(typed(*app) + " --help");
    return Exit::usage;
  }
  if (face.no_color) console.paint = console.paint_err = Paint{};
  start_log(face.verbosity);
  const Exit code = face.chosen(console);
  console.out.flush();
  if (console.out.good() || code != Exit::done) return code;
  console.error("stdout: not everything could be written");
  return Exit::failed;
}

}  // namespace breakwater::cli
