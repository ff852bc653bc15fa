#include "orchestrator/cli/parser.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <list>

#include "inventories/document/object.hpp"

namespace breakwater::cli {
namespace {

/// Everything that one reading of a command line needs.
struct Reading {
  CLI::App app;
  std::list<Given> given;  ///< one a verb, the root's first; parsing writes into their values
  const CliVerb* chosen = nullptr;
  const Given* chosen_given = nullptr;
};

CLI::Option* add_by_kind(CLI::App& app, const Option& option, Given::Value& value) {
  const std::string name(option.name);
  const std::string does(option.does);
  switch (option.takes) {
    case Option::Takes::flag:
      return app.add_flag(name, value.times, does);
    case Option::Takes::texts:
      return app.add_option(name, value.texts, does)->allow_extra_args(option.by_place());
    case Option::Takes::number: {
      CLI::Option* added = app.add_option(name, value.number, does);
      const bool bounded = option.most != std::numeric_limits<std::int64_t>::max();
      return bounded ? added->check(CLI::Range(option.least, option.most)) : added;
    }
    case Option::Takes::text:
      break;
  }
  return app.add_option(name, value.text, does);
}

/// A reason that says nothing is none, and no name is blank.
std::string blank(std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos ? "is blank, and must say something" : "";
}

void add_option(CLI::App& app, const Option& option, Given::Value& value) {
  if (option.takes == Option::Takes::number && !option.unless_given.empty()) {
    value.number = std::stoll(std::string(option.unless_given));
  } else {
    value.text = option.unless_given;
  }
  CLI::Option* added = add_by_kind(app, option, value);
  if (option.required) added->required();
  if (option.required && option.takes == Option::Takes::text) added->check(CLI::Validator(blank, ""));
  std::vector<std::string> taken(option.one_of.begin(), option.one_of.end());
  if (taken.empty()) taken = words_of(option);
  if (!taken.empty()) added->check(CLI::IsMember(std::move(taken)));
  if (!option.value.empty()) added->option_text(std::string(option.value));
  if (option.takes == Option::Takes::number && option.value.empty()) added->capture_default_str();
  if (!option.excludes.empty()) added->excludes(app.get_option(std::string(option.excludes)));
}

std::string footer_of(const CliVerb& verb) {
  std::string text = verb.lesson;
  if (!verb.example.empty()) (text += "Example:\n  ").append(verb.example) += '\n';
  if (!verb.next.empty()) (text += "Next:\n  ").append(verb.next) += '\n';
  return text;
}

void fill(CLI::App& app, const CliVerb& verb, Reading& reading) {
  app.footer(footer_of(verb));
  app.fallthrough();  // --state and the like may stand behind the verb
  Given& given = reading.given.emplace_back();
  for (const Option& option : verb.options) add_option(app, option, given.value_of(option));
  if (!verb.verbs.empty()) app.require_subcommand(1);
  if (verb.act) {
    app.callback([&reading, &verb, &given] {
      reading.chosen = &verb;
      reading.chosen_given = &given;
    });
  }
  for (const CliVerb& below : verb.verbs) {
    fill(*app.add_subcommand(std::string(below.name), std::string(below.does)), below, reading);
  }
}

/// The verbs that were understood, the root first.
std::vector<const CLI::App*> understood(const CLI::App& app) {
  std::vector<const CLI::App*> chain{&app};
  while (!chain.back()->get_subcommands().empty()) chain.push_back(chain.back()->get_subcommands().front());
  return chain;
}

/// The deepest verb that was understood, as a person would type it.
std::string typed(const CLI::App& app) {
  std::string text;
  for (const CLI::App* verb : understood(app)) text += (text.empty() ? "" : " ") + verb->get_name();
  return text;
}

/// Those of the deepest verb first.
const CLI::Option* find_option(const std::vector<const CLI::App*>& chain, const std::string& name) {
  for (auto app = chain.rbegin(); app != chain.rend(); ++app) {
    if (const CLI::Option* option = (*app)->get_option_no_throw(name)) return option;
  }
  return nullptr;
}

/// The option that was meant: the one whose name goes on as typed, else the nearest.
std::string nearest_option(const std::vector<const CLI::App*>& chain, const std::string& wrong) {
  std::vector<std::string> names;
  for (const CLI::App* app : chain) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  const auto longer =
      std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.starts_with(wrong); });
  if (wrong.size() > 3 && longer != names.end()) return *longer;
  return nearest(wrong, {names.begin(), names.end()});
}

/// `unknown option '--ouput'; did you mean '--output'?`: nothing where every option is known.
std::string unknown_option(const CLI::App& app, const std::vector<std::string>& arguments) {
  const std::vector<const CLI::App*> chain = understood(app);
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& word = arguments[i];
    if (word.size() < 2 || word[0] != '-' || std::isdigit(static_cast<unsigned char>(word[1])) != 0) continue;
    const bool is_long = word[1] == '-';
    const std::string name = is_long ? word.substr(0, word.find('=')) : word.substr(0, 2);
    const CLI::Option* option = find_option(chain, name);
    if (!option) {
      const std::string close = is_long ? nearest_option(chain, name) : std::string();
      return "unknown option '" + name + "'" + (close.empty() ? "" : "; did you mean '" + close + "'?");
    }
    if (name == word && option->get_items_expected_max() > 0) ++i;
  }
  return {};
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
  const std::vector<const CLI::App*> chain = understood(app);
  const std::size_t depth = chain.size() - 1;
  std::vector<std::string> names;
  for (const CLI::App* verb : chain.back()->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(verb->get_name());
  }
  const std::vector<std::string> words = plain_words(app, arguments);
  if (names.empty() || words.size() <= depth) return {};
  const std::string close = nearest(words[depth], {names.begin(), names.end()});
  return "unknown verb '" + words[depth] + "'" + (close.empty() ? "" : "; did you mean '" + close + "'?");
}

}  // namespace

std::variant<ParsedCommand, HelpWanted, UsageMistake> parse(const CliVerb& root, std::vector<std::string> arguments) {
  Reading reading;
  reading.app.name(std::string(root.name));
  reading.app.description(std::string(root.does));
  fill(reading.app, root, reading);
  const std::vector<std::string> as_typed = arguments;
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    reading.app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    const std::string unknown = unknown_verb(reading.app, as_typed);
    if (!unknown.empty()) return UsageMistake{unknown, typed(reading.app)};
    return HelpWanted{reading.app.help()};  // of the deepest verb that was typed
  } catch (const CLI::ParseError& mistake) {
    // What is not known is said before what is missing: it may well be that, mistyped.
    std::string unknown = unknown_verb(reading.app, as_typed);
    if (unknown.empty()) unknown = unknown_option(reading.app, as_typed);
    return UsageMistake{unknown.empty() ? mistake.what() : unknown, typed(reading.app)};
  }
  ParsedCommand parsed{reading.chosen, *reading.chosen_given};
  for (const Option& option : root.options) parsed.given.value_of(option) = reading.given.front().value_of(option);
  return parsed;
}

}  // namespace breakwater::cli
