#include "inventories/hosts/selector.hpp"

#include <algorithm>

namespace breakwater {
namespace {

constexpr std::size_t kLabelBytesMax = 253;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_word_byte(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-' || c == '/';
}

bool is_label_text(std::string_view text, bool slash) {
  if (text.empty() || text.size() > kLabelBytesMax) return false;
  if (!is_alphanumeric(text.front()) || !is_alphanumeric(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [slash](char c) { return is_word_byte(c) && (slash || c != '/'); });
}

/// Walks the text once; the first fault ends the walk.
class SelectorParser {
 public:
  explicit SelectorParser(std::string_view text) : text_(text) {}

  Result<Selector, SelectorFault> parse() {
    Selector selector;
    skip_spaces();
    if (done()) return selector;
    while (true) {
      auto requirement = parse_requirement();
      if (!requirement) return fail(std::move(requirement.error()));
      selector.requirements.push_back(std::move(*requirement));
      skip_spaces();
      if (done()) return selector;
      if (!take(",")) return fault("expected ',' before the next requirement");
      skip_spaces();
    }
  }

 private:
  using ParsedRequirement = Result<Requirement, SelectorFault>;

  ParsedRequirement parse_requirement() {
    Requirement requirement;
    const bool absent = take("!");
    skip_spaces();
    const std::size_t key_at = at_;
    requirement.key = take_word();
    if (requirement.key.empty()) return fault("expected the name of a label");
    if (!is_label_key(requirement.key)) return fault(key_at, "'" + requirement.key + "' is no name of a label");
    if (absent) {
      requirement.test = Requirement::Test::absent;
      return requirement;
    }
    skip_spaces();
    if (done() || text_[at_] == ',') return requirement;
    if (take("!=")) return one_value(std::move(requirement), Requirement::Test::not_in);
    if (take("==") || take("=")) return one_value(std::move(requirement), Requirement::Test::in);
    const std::size_t operator_at = at_;
    const std::string word = take_word();
    if (word == "in") return value_list(std::move(requirement), Requirement::Test::in);
    if (word == "notin") return value_list(std::move(requirement), Requirement::Test::not_in);
    return fault(operator_at, "expected '=', '!=', 'in (...)', 'notin (...)' or ','");
  }

  ParsedRequirement one_value(Requirement requirement, Requirement::Test test) {
    skip_spaces();
    requirement.test = test;
    const std::size_t value_at = at_;
    std::string value = take_word();
    if (!value.empty() && !is_label_value(value)) return fault(value_at, "'" + value + "' is no value of a label");
    requirement.values.push_back(std::move(value));
    return requirement;
  }

  ParsedRequirement value_list(Requirement requirement, Requirement::Test test) {
    requirement.test = test;
    skip_spaces();
    if (!take("(")) return fault("expected '(' and a list of values");
    while (true) {
      skip_spaces();
      const std::size_t value_at = at_;
      std::string value = take_word();
      if (value.empty()) return fault(value_at, "expected a value");
      if (!is_label_value(value)) return fault(value_at, "'" + value + "' is no value of a label");
      requirement.values.push_back(std::move(value));
      skip_spaces();
      if (take(")")) break;
      if (!take(",")) return fault("expected ',' or ')' after the value");
    }
    std::sort(requirement.values.begin(), requirement.values.end());
    requirement.values.erase(std::unique(requirement.values.begin(), requirement.values.end()),
                             requirement.values.end());
    return requirement;
  }

  bool done() const { return at_ == text_.size(); }

  void skip_spaces() {
    while (!done() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool take(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  std::string take_word() {
    const std::size_t from = at_;
    while (!done() && is_word_byte(text_[at_])) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  tl::unexpected<SelectorFault> fault(std::size_t at, std::string message) const {
    return fail(SelectorFault{at, std::move(message)});
  }
  tl::unexpected<SelectorFault> fault(std::string message) const { return fault(at_, std::move(message)); }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool holds(const Requirement& requirement, const Labels& labels) {
  const auto label = labels.find(requirement.key);
  const bool present = label != labels.end();
  const auto among = [&] {
    return std::binary_search(requirement.values.begin(), requirement.values.end(), label->second);
  };
  switch (requirement.test) {
    case Requirement::Test::in:
      return present && among();
    case Requirement::Test::not_in:
      return !present || !among();
    case Requirement::Test::exists:
      return present;
    case Requirement::Test::absent:
      return !present;
  }
  return false;
}

std::string to_string(const Requirement& requirement) {
  const bool in = requirement.test == Requirement::Test::in;
  switch (requirement.test) {
    case Requirement::Test::exists:
      return requirement.key;
    case Requirement::Test::absent:
      return "!" + requirement.key;
    case Requirement::Test::in:
    case Requirement::Test::not_in:
      break;
  }
  if (requirement.values.size() == 1) return requirement.key + (in ? "=" : "!=") + requirement.values.front();
  std::string text = requirement.key + (in ? " in (" : " notin (");
  for (const std::string& value : requirement.values) text += (text.back() == '(' ? "" : ",") + value;
  return text + ")";
}

}  // namespace

bool is_label_key(std::string_view text) {
  return is_label_text(text, true);
}

bool is_label_value(std::string_view text) {
  return text.empty() || is_label_text(text, false);
}

bool Selector::matches(const Labels& labels) const {
  return std::all_of(requirements.begin(), requirements.end(),
                     [&](const Requirement& requirement) { return holds(requirement, labels); });
}

Result<Selector, SelectorFault> parse_selector(std::string_view text) {
  return SelectorParser(text).parse();
}

std::string to_string(const Selector& selector) {
  std::string text;
  for (const Requirement& requirement : selector.requirements) {
    if (!text.empty()) text += ',';
    text += to_string(requirement);
  }
  return text;
}

}  // namespace breakwater
