#include "orchestrator/cli/completion.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>

namespace breakwater::cli {
namespace {

/// `text|json` lists what is taken; `FILE` and `ROLLOUT|PLAN` stand for what a person fills in.
std::vector<std::string> alternatives(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('|', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  const bool literal =
      words.size() > 1 && std::none_of(text.begin(), text.end(), [](unsigned char c) { return std::isupper(c); });
  return literal ? words : std::vector<std::string>();
}

OptionShape describe(const CLI::Option& option) {
  OptionShape shape;
  for (const std::string& name : option.get_snames()) shape.names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) shape.names.push_back("--" + name);
  shape.does = option.get_description();
  shape.takes_value = option.get_items_expected_max() > 0;
  shape.values = alternatives(option.get_option_text());
  return shape;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> option_names(const VerbShape& verb) {
  std::vector<std::string> names;
  for (const OptionShape& option : verb.options) names.insert(names.end(), option.names.begin(), option.names.end());
  return names;
}

std::vector<std::string> verb_names(const VerbShape& verb) {
  std::vector<std::string> names;
  for (const VerbShape& below : verb.verbs) names.push_back(below.name);
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
void bash_case(const VerbShape& verb, const std::string& path, const std::vector<std::string>& inherited,
               std::string& out) {
  std::vector<std::string> options = option_names(verb);
  if (!path.empty()) options.insert(options.end(), inherited.begin(), inherited.end());
  std::vector<std::string> words = verb_names(verb);
  words.insert(words.end(), verb.words.begin(), verb.words.end());
  out += "    " + in_quotes(path) + ") options=" + in_quotes(join(options)) + " words=" + in_quotes(join(words)) +
         " files=" + (verb.takes_files ? "1" : "0") + " ;;\n";
  for (const VerbShape& below : verb.verbs)
    bash_case(below, path.empty() ? below.name : path + ' ' + below.name, inherited, out);
}

void bash_values(const VerbShape& verb, std::string& out) {
  for (const OptionShape& option : verb.options) {
    if (option.values.empty()) continue;
    std::string names;
    for (const std::string& name : option.names) names += (names.empty() ? "" : "|") + name;
    const std::string line =
        "    " + names + ") COMPREPLY=($(compgen -W " + in_quotes(join(option.values)) + " -- \"$word\")); return ;;\n";
    if (out.find(line) == std::string::npos) out += line;
  }
  for (const VerbShape& below : verb.verbs) bash_values(below, out);
}

std::string zsh_options(const VerbShape& verb) {
  std::string out;
  for (const OptionShape& option : verb.options) {
    for (const std::string& name : option.names) {
      std::string spec = name + '[' + plain(option.does) + ']';
      if (option.takes_value) spec += option.values.empty() ? ":value:_files" : ":value:(" + join(option.values) + ")";
      out += " \\\n    " + in_quotes(spec);
    }
  }
  return out;
}

std::string zsh_name(const std::string& parent, const VerbShape& verb) {
  return parent.empty() ? "_" + verb.name : parent + '_' + verb.name;
}

void zsh_function(const VerbShape& verb, const std::string& parent, const std::string& inherited, std::string& out) {
  const std::string name = zsh_name(parent, verb);
  out += name + "() {\n  _arguments -C" + zsh_options(verb) + inherited;
  if (!verb.verbs.empty()) {
    out += " \\\n    '1: :->verb' '*:: :->rest'\n  case $state in\n    verb)\n      local -a verbs=(\n";
    for (const VerbShape& below : verb.verbs)
      out += "        " + in_quotes(below.name + ':' + plain(below.does)) + '\n';
    out += "      )\n      _describe verb verbs ;;\n    rest)\n      case $words[1] in\n";
    for (const VerbShape& below : verb.verbs) out += "        " + below.name + ") " + zsh_name(name, below) + " ;;\n";
    out += "      esac ;;\n  esac\n";
  } else {
    if (!verb.words.empty()) out += " \\\n    '1:word:(" + join(verb.words) + ")'";
    if (verb.takes_files) out += " \\\n    '*:file:_files'";
    out += '\n';
  }
  out += "}\n";
  for (const VerbShape& below : verb.verbs) {
    zsh_function(below, name, parent.empty() ? zsh_options(verb) : inherited, out);
  }
}

void fish_lines(const VerbShape& verb, const std::string& condition, bool root, std::string& out) {
  const std::string begin = "complete -c breakwater" + (condition.empty() ? "" : " -n " + in_quotes(condition));
  for (const OptionShape& option : verb.options) {
    std::string line = begin;
    for (const std::string& name : option.names) {
      line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (option.takes_value) line += option.values.empty() ? " -r" : " -x -a " + in_quotes(join(option.values));
    out += line + " -d " + in_quotes(option.does) + '\n';
  }
  std::vector<std::string> none_of = verb_names(verb);
  const std::string none = none_of.empty() ? "" : "not __fish_seen_subcommand_from " + join(none_of);
  for (const VerbShape& below : verb.verbs) {
    const std::string here = condition.empty() ? none : condition + "; and " + none;
    out +=
        "complete -c breakwater -f -n " + in_quotes(here) + " -a " + below.name + " -d " + in_quotes(below.does) + '\n';
    const std::string inside = "__fish_seen_subcommand_from " + below.name;
    fish_lines(below, root ? inside : condition + "; and " + inside, false, out);
  }
  if (!verb.words.empty()) out += begin + " -f -a " + in_quotes(join(verb.words)) + '\n';
}

}  // namespace

VerbShape describe(const CLI::App& app) {
  VerbShape shape;
  shape.name = app.get_name();
  shape.does = app.get_description().substr(0, app.get_description().find('\n'));
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) {
      shape.options.push_back(describe(*option));
      continue;
    }
    shape.words = alternatives(option->get_option_text());
    shape.takes_files = shape.words.empty();
  }
  for (const CLI::App* below : app.get_subcommands([](const CLI::App*) { return true; })) {
    shape.verbs.push_back(describe(*below));
  }
  return shape;
}

std::string bash_completion(const VerbShape& root) {
  std::string values;
  bash_values(root, values);
  std::string cases;
  bash_case(root, "", option_names(root), cases);
  std::vector<std::string> paths = verb_names(root);
  for (const VerbShape& verb : root.verbs) {
    for (const VerbShape& below : verb.verbs) paths.push_back(verb.name + '/' + below.name);
  }
  return "# bash completion of breakwater: source <(breakwater completion bash)\n"
         "_breakwater() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\" path='' at options words "
         "files\n"
         "  COMPREPLY=()\n"
         "  case \"$before\" in\n" +
         values +
         "  esac\n"
         "  for ((at = 1; at < COMP_CWORD; at++)); do\n"
         "    case \" " +
         join(paths) +
         " \" in\n"
         "      *\" ${path:+$path/}${COMP_WORDS[at]} \"*) path=\"${path:+$path/}${COMP_WORDS[at]}\" ;;\n"
         "    esac\n"
         "  done\n"
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

std::string zsh_completion(const VerbShape& root) {
  std::string functions;
  zsh_function(root, "", "", functions);
  return "#compdef breakwater\n# zsh completion of breakwater: breakwater completion zsh > ${fpath[1]}/_breakwater\n" +
         functions + "compdef _breakwater breakwater\n";
}

std::string fish_completion(const VerbShape& root) {
  std::string lines;
  fish_lines(root, "", true, lines);
  return "# fish completion of breakwater: breakwater completion fish | source\n" + lines;
}

std::string completion_for(const std::string& shell, const VerbShape& root) {
  if (shell == "bash") return bash_completion(root);
  return shell == "zsh" ? zsh_completion(root) : fish_completion(root);
}

}  // namespace breakwater::cli
