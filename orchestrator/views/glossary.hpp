#pragma once
// What each word means that Breakwater says of a host, a rollout or itself. The tables have a row for every value of
// their enum, so a new state, cause or wait does not compile until it is explained.
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/views/ink.hpp"

namespace breakwater::views {

struct GlossaryEntry {
  std::string_view kind;  ///< `state`, `cause`, `wait`, `exit`
  std::string_view word;  ///< as it is printed and as it stands in JSON
  std::string_view meaning;
  std::string_view helps{};  ///< what a person does about it; empty where nothing is to be done
};

/// Every state of a host, every cause and every wait, in that order.
std::vector<GlossaryEntry> glossary();

/// One paragraph an entry, for a terminal of so many columns.
std::string glossary_text(const std::vector<GlossaryEntry>& entries, const Paint& paint, std::size_t columns);
/// The page docs/glossary.md.
std::string glossary_markdown(const std::vector<GlossaryEntry>& entries);
/// `{apiVersion, kind: Glossary, entries: [{kind, word, meaning, helps}]}`
std::string glossary_json(const std::vector<GlossaryEntry>& entries);

}  // namespace breakwater::views
