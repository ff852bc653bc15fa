#pragma once
// A verb as a value: what it is called, what it takes, how help describes it, and what it does. Help, completion and
// the parser (parser.hpp) are made from these values alone.
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/cli/exit_code.hpp"
#include "orchestrator/operations/installation.hpp"

namespace breakwater::cli {

struct Option {
  enum class Takes { text, texts, number, flag };

  std::string_view name;     ///< `--out`, or `-o,--output`; `rollout` for one that goes by its place
  std::string_view does;     ///< one line
  std::string_view value{};  ///< what stands for its value in help: `FILE`; words such as `table|json` are completed
  Takes takes = Takes::text;
  bool required = false;
  std::span<const std::string_view> one_of{};  ///< any value is taken where it is empty
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  std::string_view unless_given{};  ///< the value where a person gives none
  std::string_view excludes{};      ///< the name of an option that cannot be given with this one

  bool by_place() const { return !name.starts_with('-'); }
};

/// What a person gave to the options of a verb. Asking for an option that the verb does not have throws
/// std::out_of_range.
class Given {
 public:
  struct Value {
    std::string text;
    std::vector<std::string> texts;
    std::int64_t number = 0;
    int times = 0;  ///< of a flag
  };

  const std::string& text(const Option& option) const { return at(option).text; }
  const std::vector<std::string>& texts(const Option& option) const { return at(option).texts; }
  std::int64_t number(const Option& option) const { return at(option).number; }
  int times(const Option& flag) const { return at(flag).times; }
  bool has(const Option& flag) const { return times(flag) > 0; }

  /// For the parser; the place of a value does not change.
  Value& value_of(const Option& option) { return values_[std::string(option.name)]; }

 private:
  const Value& at(const Option& option) const { return values_.at(std::string(option.name)); }
  std::map<std::string, Value> values_;
};

struct CliVerb {
  using Act = Exit (*)(const Console&, Installation&, const Given&);

  std::string_view name;
  std::string_view does;       ///< the first line stands alone in lists
  std::string_view example{};  ///< a command line
  std::string_view next{};     ///< what a person would type after it
  Act act = nullptr;           ///< nothing for a group
  bool stateless = false;      ///< it needs no state directory: its installation has none where none is known
  std::vector<Option> options{};
  std::vector<CliVerb> verbs{};
  std::string lesson{};  ///< at the end of its help, above the example
};

/// `-o`: how the result is written.
inline constexpr Option kTableOrJson{
    .name = "-o,--output", .does = "How to write it: table or json", .value = "table|json"};
inline constexpr Option kTextOrJson{
    .name = "-o,--output", .does = "How to write it: text or json", .value = "text|json"};
inline bool wants_json(const Given& given) {
  return given.text(kTableOrJson) == "json";
}

/// `text|json` lists what is taken; `FILE` and `ROLLOUT|PLAN` stand for what a person fills in, and are no words.
std::vector<std::string> words_of(const Option& option);

// One function for each group of verbs; each stands in the file of its group.
std::vector<CliVerb> document_verbs();
std::vector<CliVerb> first_verbs();
CliVerb inventory_verb();
CliVerb firmware_verb();
CliVerb observe_verb();
CliVerb plan_verb();
CliVerb rehearse_verb();
CliVerb apply_verb();
std::vector<CliVerb> view_verbs();
std::vector<CliVerb> operator_verbs();
CliVerb quarantine_verb();
CliVerb journal_verb();
std::vector<CliVerb> machine_verbs();

}  // namespace breakwater::cli
