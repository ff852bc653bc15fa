// The glossary for a terminal, as a page of the documentation, and for programs.
#include "inventories/document/json.hpp"
#include "orchestrator/views/glossary.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::views {
namespace {

constexpr std::string_view kIndent = "    ";

struct Kind {
  std::string_view kind;
  std::string_view title;
  std::string_view says;
};

constexpr Kind kKinds[] = {
    {"state", "States of a host", "What `status`, `report` and `explain` call a host in one rollout."},
    {"cause", "Causes", "Why a host left its way, or is not touched: beside its state, and in the journal."},
    {"wait", "Waits",
     "Why nothing begins at this moment: what `status` and `apply` say a rollout waits for, and what "
     "`explain` says of a host."},
    {"exit", "Exit codes", "What a command says to the shell that called it."},
};

}  // namespace

std::string glossary_text(const std::vector<GlossaryEntry>& entries, const Paint& paint, std::size_t columns) {
  std::string text;
  const auto line = [&](const std::string& words) {
    text += std::string(kIndent) + wrapped(words, columns, kIndent.size()) + '\n';
  };
  for (const GlossaryEntry& entry : entries) {
    text += paint(Ink::bold, entry.word) + ' ' + paint(Ink::dim, "(" + std::string(entry.kind) + ")") + '\n';
    line(std::string(entry.meaning));
    if (!entry.helps.empty()) line("→ " + std::string(entry.helps));
  }
  return text;
}

std::string glossary_markdown(const std::vector<GlossaryEntry>& entries) {
  std::string text =
      "# Glossary\n\nEvery word that Breakwater says of a host, a rollout or its own end, and what helps. This page is "
      "printed by\n`breakwater glossary --markdown`, from the tables that the program itself reads. Where a word "
      "follows `glossary`, that\nword alone is explained.\n";
  for (const Kind& kind : kKinds) {
    text += "\n## " + std::string(kind.title) + "\n\n" + wrapped(kind.says, 120, 0) +
            "\n\n| word | what it means | what helps |\n|---|---|---|\n";
    for (const GlossaryEntry& entry : entries) {
      if (entry.kind != kind.kind) continue;
      const std::string helps(entry.helps);
      const bool types = entry.helps.starts_with("breakwater ");
      const std::size_t end = std::min(helps.find(','), helps.size());
      const std::string shown = types ? "`" + helps.substr(0, end) + "`" + helps.substr(end) : helps;
      text += "| `" + std::string(entry.word) + "` | " + std::string(entry.meaning) + " | " + shown + " |\n";
    }
  }
  return text;
}

std::string glossary_json(const std::vector<GlossaryEntry>& entries) {
  Json items = Json::array();
  for (const GlossaryEntry& entry : entries) {
    items.push_back({{"kind", entry.kind}, {"word", entry.word}, {"meaning", entry.meaning}, {"helps", entry.helps}});
  }
  return Json{{"apiVersion", "breakwater/v1"}, {"kind", "Glossary"}, {"items", std::move(items)}}.dump(2) + '\n';
}

}  // namespace breakwater::views
