#include "orchestrator/cli/face.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

namespace breakwater::cli {

std::filesystem::path Face::state_dir() const {
  if (!state.empty()) return state;
  const std::filesystem::path xdg = environment("XDG_STATE_HOME");
  if (xdg.is_absolute()) return xdg / "breakwater";  // the XDG specification has relative ones ignored
  const std::string home = environment("HOME");
  return std::filesystem::path(home.empty() ? "." : home) / ".local" / "state" / "breakwater";
}

CLI::App& add_verb(CLI::App& parent, const std::string& name, const std::string& does, const std::string& example,
                   const std::string& next) {
  CLI::App& verb = *parent.add_subcommand(name, does);
  std::string lesson;
  if (!example.empty()) lesson += "Example:\n  " + example + "\n";
  if (!next.empty()) lesson += "Next:\n  " + next + "\n";
  verb.footer(lesson);
  verb.fallthrough();  // --state and the like may stand behind the verb
  return verb;
}

void on_chosen(CLI::App& verb, Face& face, Face::Act act) {
  verb.callback([&face, act = std::move(act)] { face.chosen = act; });
}

void add_output(CLI::App& verb, Format& format, Format plain) {
  format = plain;
  const bool text = plain == Format::text;
  const std::map<std::string, Format> words{{text ? "text" : "table", plain}, {"json", Format::json}};
  verb.add_option("-o,--output", format, std::string("How to write it: ") + (text ? "text" : "table") + " or json")
      ->transform(CLI::CheckedTransformer(words))
      ->option_text(text ? "text|json" : "table|json");
}

}  // namespace breakwater::cli
