#include "orchestrator/cli/completion.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace breakwater::cli {
namespace {

constexpr Option kHelp{.name = "-h,--help", .does = "Print this help message and exit", .takes = Option::Takes::flag};

/// What may be typed anywhere behind the verb.
std::vector<Option> options_of(const CliVerb& verb) {
  std::vector<Option> options{kHelp};
  std::copy_if(verb.options.begin(), verb.options.end(), std::back_inserter(options),
               [](const Option& option) { return !option.by_place(); });
  return options;
}

/// `-o` and `--output`, in this order.
std::vector<std::string> names_of(const Option& option) {
  const std::size_t comma = option.name.find(',');
  if (comma == std::string_view::npos) return {std::string(option.name)};
  std::vector<std::string> names{std::string(option.name.substr(0, comma)), std::string(option.name.substr(comma + 1))};
  if (names[0].starts_with("--")) std::swap(names[0], names[1]);
  return names;
}

bool takes_value(const Option& option) {
  return option.takes != Option::Takes::flag;
}

/// What the argument that goes by its place may be, where only these words are taken.
std::vector<std::string> words_of(const CliVerb& verb) {
  for (const Option& option : verb.options) {
    if (option.by_place()) return words_of(option);
  }
  return {};
}

bool takes_files(const CliVerb& verb) {
  return std::any_of(verb.options.begin(), verb.options.end(),
                     [](const Option& option) { return option.by_place(); }) &&
         words_of(verb).empty();
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> option_names(const CliVerb& verb) {
  std::vector<std::string> names;
  for (const Option& option : options_of(verb)) {
    for (std::string& name : names_of(option)) names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> verb_names(const CliVerb& verb) {
  std::vector<std::string> names;
  for (const CliVerb& below : verb.verbs) names.emplace_back(below.name);
  return names;
}

/// Single quotes as shells read them.
std::string in_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + '\'';
}

/// Without what zsh's _arguments gives a meaning to.
std::string plain(std::string text) {
  std::erase_if(text, [](char c) { return c == '[' || c == ']' || c == ':' || c == '\'' || c == '`'; });
  return text;
}

/// One case of the bash function: what may follow these verbs.
void bash_case(const CliVerb& verb, const std::string& path, const std::vector<std::string>& inherited,
               std::string& out) {
  std::vector<std::string> options = option_names(verb);
  if (!path.empty()) options.insert(options.end(), inherited.begin(), inherited.end());
  std::vector<std::string> words = verb_names(verb);
  for (std::string& word : words_of(verb)) words.push_back(std::move(word));
  out += "    " + in_quotes(path) + ") options=" + in_quotes(join(options)) + " words=" + in_quotes(join(words)) +
         " files=" + (takes_files(verb) ? "1" : "0") + " ;;\n";
  for (const CliVerb& below : verb.verbs)
    bash_case(below, (path.empty() ? "" : path + ' ') + std::string(below.name), inherited, out);
}

/// What may follow an option of these verbs: `-o` takes other words behind `plan` than behind `apply`.
void bash_values(const CliVerb& verb, const std::string& path, std::string& out) {
  for (const Option& option : options_of(verb)) {
    if (words_of(option).empty()) continue;
    std::string names;
    for (const std::string& name : names_of(option)) names += (names.empty() ? "" : "|") + in_quotes(path + ':' + name);
    out += "    " + names + ") COMPREPLY=($(compgen -W " + in_quotes(join(words_of(option))) +
           " -- \"$word\")); return ;;\n";
  }
  for (const CliVerb& below : verb.verbs)
    bash_values(below, (path.empty() ? "" : path + ' ') + std::string(below.name), out);
}

std::string zsh_options(const CliVerb& verb) {
  std::string out;
  for (const Option& option : options_of(verb)) {
    for (const std::string& name : names_of(option)) {
      std::string spec = name + '[' + plain(std::string(option.does)) + ']';
      if (takes_value(option))
        spec += words_of(option).empty() ? ":value:_files" : ":value:(" + join(words_of(option)) + ")";
      out += " \\\n    " + in_quotes(spec);
    }
  }
  return out;
}

std::string zsh_name(const std::string& parent, const CliVerb& verb) {
  return parent + '_' + std::string(verb.name);
}

void zsh_function(const CliVerb& verb, const std::string& parent, const std::string& inherited, std::string& out) {
  const std::string name = zsh_name(parent, verb);
  out += name + "() {\n  _arguments -C" + zsh_options(verb) + inherited;
  if (!verb.verbs.empty()) {
    out += " \\\n    '1: :->verb' '*:: :->rest'\n  case $state in\n    verb)\n      local -a verbs=(\n";
    for (const CliVerb& below : verb.verbs)
      out += "        " + in_quotes(std::string(below.name) + ':' + plain(first_line(below.does))) + '\n';
    out += "      )\n      _describe verb verbs ;;\n    rest)\n      case $words[1] in\n";
    for (const CliVerb& below : verb.verbs)
      (out += "        ").append(below.name) += ") " + zsh_name(name, below) + " ;;\n";
    out += "      esac ;;\n  esac\n";
  } else {
    if (const auto words = words_of(verb); !words.empty()) out += " \\\n    '1:word:(" + join(words) + ")'";
    if (takes_files(verb)) out += " \\\n    '*:file:_files'";
    out += '\n';
  }
  out += "}\n";
  for (const CliVerb& below : verb.verbs) {
    zsh_function(below, name, parent.empty() ? zsh_options(verb) : inherited, out);
  }
}

void fish_lines(const CliVerb& verb, const std::string& condition, bool root, std::string& out) {
  const std::string begin = "complete -c breakwater" + (condition.empty() ? "" : " -n " + in_quotes(condition));
  for (const Option& option : options_of(verb)) {
    std::string line = begin;
    for (const std::string& name : names_of(option)) {
      line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (takes_value(option)) line += words_of(option).empty() ? " -r" : " -x -a " + in_quotes(join(words_of(option)));
    out += line + " -d " + in_quotes(std::string(option.does)) + '\n';
  }
  std::vector<std::string> none_of = verb_names(verb);
  const std::string none = none_of.empty() ? "" : "not __fish_seen_subcommand_from " + join(none_of);
  for (const CliVerb& below : verb.verbs) {
    const std::string here = condition.empty() ? none : condition + "; and " + none;
    const std::string name(below.name);
    out += "complete -c breakwater -f -n " + in_quotes(here) + " -a " + name + " -d " +
           in_quotes(first_line(below.does)) + '\n';
    const std::string inside = "__fish_seen_subcommand_from " + name;
    fish_lines(below, root ? inside : condition + "; and " + inside, false, out);
  }
  if (const auto words = words_of(verb); !words.empty()) out += begin + " -f -a " + in_quotes(join(words)) + '\n';
}

}  // namespace

std::string bash_completion(const CliVerb& root) {
  std::string values;
  bash_values(root, "", values);
  std::string cases;
  bash_case(root, "", option_names(root), cases);
  std::vector<std::string> paths = verb_names(root);
  for (const CliVerb& verb : root.verbs) {
    for (const CliVerb& below : verb.verbs) paths.push_back(std::string(verb.name) + '/' + std::string(below.name));
  }
  return "# bash completion of breakwater: source <(breakwater completion bash)\n"
         "_breakwater() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" path='' at options words "
         "files\n"
         "  COMPREPLY=()\n"
         "  for ((at = 1; at < COMP_CWORD; at++)); do\n"
         "    case \" " +
         join(paths) +
         " \" in\n"
         "      *\" ${path:+$path/}${COMP_WORDS[at]} \"*) path=\"${path:+$path/}${COMP_WORDS[at]}\" ;;\n"
         "    esac\n"
         "  done\n"
         "  case \"${path//\\// }:$before\" in\n" +
         values +
         "  esac\n"
         "  case \"${path//\\// }\" in\n" +
         cases +
         "  esac\n"
         "  if [[ $word == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "    [[ $files == 1 ]] && COMPREPLY+=($(compgen -f -- \"$word\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _breakwater breakwater\n";
}

std::string zsh_completion(const CliVerb& root) {
  std::string functions;
  zsh_function(root, "", "", functions);
  return "#compdef breakwater\n# zsh completion of breakwater: breakwater completion zsh > ${fpath[1]}/_breakwater\n" +
         functions + "compdef _breakwater breakwater\n";
}

std::string fish_completion(const CliVerb& root) {
  std::string lines;
  fish_lines(root, "", true, lines);
  return "# fish completion of breakwater: breakwater completion fish | source\n" + lines;
}

std::string completion_for(const std::string& shell, const CliVerb& root) {
  if (shell == "bash") return bash_completion(root);
  return shell == "zsh" ? zsh_completion(root) : fish_completion(root);
}

}  // namespace breakwater::cli
