#include "orchestrator/cli/command_line.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "orchestrator/cli/parser.hpp"
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
    "5 halted or rolled back, 6 hosts are quarantined, 7 no host can be updated, 8 differences, and hosts that did "
    "not\n"
    "answer, 64 usage, 65 a document is wrong, 75 try later, 1 anything else.\n";

constexpr Option kState{.name = "--state",
                        .does = "State directory (default: $XDG_STATE_HOME/breakwater, else ~/.local/state/breakwater)",
                        .value = "DIR"};
constexpr Option kNoColor{
    .name = "--no-color", .does = "No colour, as NO_COLOR=1 in the environment", .takes = Option::Takes::flag};
constexpr Option kVerbose{
    .name = "-v,--verbose", .does = "Say more on stderr; twice: everything", .takes = Option::Takes::flag};

void append(std::vector<CliVerb>& verbs, std::vector<CliVerb> more) {
  std::move(more.begin(), more.end(), std::back_inserter(verbs));
}

/// A success that nobody can read is none.
Exit once_written(const Console& console, Exit code) {
  console.out.flush();
  if (console.out.good() || code != Exit::done) return code;
  console.error("stdout: not everything could be written");
  return Exit::failed;
}

Exit carry_out(const ParsedCommand& command, Console console) {
  if (command.given.has(kNoColor)) console.paint = console.paint_err = Paint{};
  start_log(command.given.times(kVerbose));
  const auto dir = state_dir(command.given.text(kState));
  if (!dir && !command.verb->stateless) {
    return report(console,
                  problem(Problem::Kind::bad_argument, "where is the state? neither HOME nor XDG_STATE_HOME is set",
                          "breakwater " + std::string(command.verb->name) + " ... --state DIR"));
  }
  Installation installation(dir.value_or(std::filesystem::path()));
  return once_written(console, command.verb->act(console, installation, command.given));
}

}  // namespace

std::vector<std::string> words_of(const Option& option) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= option.value.size();) {
    const std::size_t end = std::min(option.value.find('|', begin), option.value.size());
    words.emplace_back(option.value.substr(begin, end - begin));
    begin = end + 1;
  }
  const bool literal = words.size() > 1 && std::none_of(option.value.begin(), option.value.end(),
                                                        [](unsigned char c) { return std::isupper(c); });
  return literal ? words : std::vector<std::string>();
}

CliVerb all_verbs() {
  CliVerb root{
      .name = "breakwater",
      .does =
          "Breakwater rolls firmware out across a fleet through its BMCs: every image proven, in canary waves,\n"
          "each host checked after its update, and rolled back where it fails.",
      .options = {kState, kNoColor, kVerbose},
      .lesson = kLesson};
  append(root.verbs, first_verbs());
  root.verbs.push_back(inventory_verb());
  append(root.verbs, document_verbs());
  root.verbs.push_back(firmware_verb());
  root.verbs.push_back(observe_verb());
  root.verbs.push_back(plan_verb());
  root.verbs.push_back(rehearse_verb());
  root.verbs.push_back(apply_verb());
  append(root.verbs, view_verbs());
  append(root.verbs, operator_verbs());
  root.verbs.push_back(quarantine_verb());
  root.verbs.push_back(journal_verb());
  append(root.verbs, machine_verbs());
  return root;
}

std::optional<std::filesystem::path> state_dir(const std::string& given) {
  if (!given.empty()) return given;
  const std::filesystem::path xdg = environment("XDG_STATE_HOME");
  if (xdg.is_absolute()) return xdg / "breakwater";  // the XDG specification has relative ones ignored
  const std::string home = environment("HOME");
  if (home.empty()) return std::nullopt;
  return std::filesystem::path(home) / ".local" / "state" / "breakwater";
}

namespace {

/// `--version` and `help VERB` are what people try first.
void take_customs(std::vector<std::string>& arguments) {
  if (arguments.empty()) return;
  if (arguments.front() == "--version") arguments.front() = "version";
  if (arguments.front() != "help") return;
  arguments.erase(arguments.begin());
  arguments.emplace_back("--help");
}

/// As a shell takes it.
std::string typed_as(const std::vector<std::string>& arguments) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  std::string typed = "breakwater";
  for (const std::string& word : arguments) {
    typed += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      typed += word;
      continue;
    }
    typed += '\'';
    for (const char c : word) typed += c == '\'' ? std::string("'\\''") : std::string(1, c);
    typed += '\'';
  }
  return typed;
}

}  // namespace

Exit run(std::vector<std::string> arguments, Console console) {
  const CliVerb root = all_verbs();
  take_customs(arguments);
  console.typed = typed_as(arguments);
  const auto parsed = parse(root, std::move(arguments));
  if (const auto* help = std::get_if<HelpWanted>(&parsed)) {
    console.out << help->text;
    return once_written(console, Exit::done);
  }
  if (const auto* mistake = std::get_if<UsageMistake>(&parsed)) {
    console.error(mistake->message);
    console.next(mistake->typed + " --help");
    return Exit::usage;
  }
  return carry_out(std::get<ParsedCommand>(parsed), std::move(console));
}

}  // namespace breakwater::cli
