#include "inventories/document/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "inventories/document/yaml_text.hpp"

namespace breakwater {
namespace {

/// What most often lies behind a message of the parser; nothing where that is as good a guess.
std::string_view what_else(std::string_view message) {
  if (message == YAML::ErrorMsg::END_OF_MAP || message == YAML::ErrorMsg::END_OF_SEQ) {
    return "is this line indented as those above it?";
  }
  if (message == YAML::ErrorMsg::MAP_VALUE) return "is there a second ': ', or is this line indented too far?";
  return {};
}

/// Ends the parser's walk from inside an event; caught in parse_yaml.
struct Stop {};

/// Builds trees from the parser's events.
class YamlTreeBuilder : public YAML::EventHandler {
 public:
  YamlTreeBuilder(std::string_view text, const std::string& file, YamlStream& into)
      : text_(text), file_(file), into_(into), positions_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    const std::size_t offset = offset_of(mark);
    if (started_ && text_.substr(offset, 3) != "---") {
      fault(positions_.find(offset), "a new document starts here without '---' before it");
      throw Stop();
    }
    if (!into_.documents.empty()) into_.documents.back().end = offset;
    begin_ = started_ ? offset : 0;
    started_ = true;
    root_ = YamlNode();
  }

  void OnDocumentEnd() override {
    if (root_.kind == YamlNode::Kind::null) return;
    into_.documents.push_back({std::move(root_), begin_, text_.size()});
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    node.at = positions_.find(offset_of(mark));
    check_decoration(mark, anchor, "?");
    add(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fault(positions_.find(offset_of(mark)), "aliases are not read: write the value out");
    YamlNode node;
    node.kind = YamlNode::Kind::refused;
    node.at = positions_.find(offset_of(mark));
    add(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.at = positions_.find(offset_of(mark));
    node.text = value;
    node.quoted = tag == "!";
    check_decoration(mark, anchor, tag);
    const std::size_t offset = offset_of(mark);
    const char first = offset < text_.size() ? text_[offset] : '\0';
    if ((first == '"' || first == '\'') && node.quoted && !is_closed(text_, offset)) {
      fault(node.at, "the quote that opens here is never closed");
      throw Stop();
    }
    if (value.find('\0') != std::string::npos) fault(node.at, "text must not hold a NUL");
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  /// Where the innermost bracket opens that is still open.
  std::optional<Position> open_bracket() const {
    const auto found = std::find_if(open_.rbegin(), open_.rend(), [](const Frame& frame) { return frame.in_brackets; });
    return found == open_.rend() ? std::nullopt : std::optional(found->node.at);
  }

 private:
  /// A container that is still open.
  struct Frame {
    YamlNode node;
    bool has_key = false;
    bool in_brackets = false;
    bool drop_value = false;  ///< the key was refused: its value is read for its own faults and dropped
    YamlEntry entry;          ///< the key whose value comes next
    std::unordered_set<std::string> keys;
  };

  std::size_t offset_of(const YAML::Mark& mark) const { return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos); }

  void fault(const Position& at, std::string message) {
    into_.faults.push_back({{file_, at.line, at.column}, path(), std::move(message)});
  }

  std::string path() const {
    std::string text;
    for (const Frame& frame : open_) {
      if (frame.node.kind == YamlNode::Kind::sequence) {
        text = join_path(text, frame.node.items.size());
      } else if (frame.has_key && !frame.entry.key.empty()) {
        text = join_path(text, frame.entry.key);
      }
    }
    return text;
  }

  void check_decoration(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    const std::size_t offset = offset_of(mark);
    const char first = offset < text_.size() ? text_[offset] : '\0';
    if (anchor != 0) fault(positions_.find(offset), "anchors are not read: write the value out where it is meant");
    // A quoted scalar carries the tag "!" too; only a written tag starts with that byte.
    if ((tag != "?" && tag != "!" && !tag.empty()) || first == '!') {
      fault(positions_.find(offset), "tags are not read: put text in quotes instead");
    }
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Frame frame;
    frame.node.kind = kind;
    frame.node.at = positions_.find(offset_of(mark));
    const char first = offset_of(mark) < text_.size() ? text_[offset_of(mark)] : '\0';
    frame.in_brackets = first == '[' || first == '{';
    check_decoration(mark, anchor, tag);
    if (open_.size() == kYamlDepthMax) {
      fault(frame.node.at, "nested deeper than " + std::to_string(kYamlDepthMax) + " levels");
      throw Stop();
    }
    open_.push_back(std::move(frame));
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (++nodes_ > kYamlNodesMax) {
      fault(node.at, "more than " + std::to_string(kYamlNodesMax) + " keys and values in one file");
      throw Stop();
    }
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node.kind == YamlNode::Kind::sequence) {
      open_.back().node.items.push_back(std::move(node));
    } else if (open_.back().has_key) {
      add_value(std::move(node));
    } else {
      add_key(std::move(node));
    }
  }

  void add_key(YamlNode node) {
    Frame& frame = open_.back();
    frame.entry =
        YamlEntry{node.kind == YamlNode::Kind::scalar ? std::move(node.text) : "", node.quoted, node.at, YamlNode()};
    frame.has_key = true;
    if (node.kind != YamlNode::Kind::scalar) {
      fault(frame.entry.at, "a key must be text");
      frame.drop_value = true;
    } else if (frame.entry.key == "<<" && !node.quoted) {
      fault(frame.entry.at, "merge keys are not read: write the keys out");
      frame.drop_value = true;
    } else if (!frame.keys.insert(frame.entry.key).second) {
      const YamlEntry* first = find_entry(frame.node, frame.entry.key);
      fault(frame.entry.at,
            "this key stands twice; the first is in line " + std::to_string(first == nullptr ? 0 : first->at.line));
      frame.drop_value = true;
    }
  }

  void add_value(YamlNode node) {
    Frame& frame = open_.back();
    // The parser gives a missing value the place of what follows it.
    if (node.kind == YamlNode::Kind::null) node.at = frame.entry.at;
    frame.entry.value = std::move(node);
    if (!frame.drop_value) frame.node.entries.push_back(std::move(frame.entry));
    frame.entry = YamlEntry();
    frame.has_key = false;
    frame.drop_value = false;
  }

  std::string_view text_;
  const std::string& file_;
  YamlStream& into_;
  PositionFinder positions_;
  std::vector<Frame> open_;
  YamlNode root_;
  std::size_t begin_ = 0;
  std::size_t nodes_ = 0;
  bool started_ = false;
};

}  // namespace

const YamlEntry* find_entry(const YamlNode& mapping, std::string_view key) {
  for (const YamlEntry& entry : mapping.entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

std::string join_path(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

std::string join_path(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

YamlStream parse_yaml(std::string_view text, const std::string& file) {
  YamlStream stream;
  if (!check_bytes(text, file, stream.faults)) return stream;
  std::istringstream input{std::string(text)};
  YamlTreeBuilder builder(text, file, stream);
  try {
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    // The fault is in the list already.
  } catch (const YAML::Exception& error) {
    PositionFinder positions(text);
    const std::size_t offset = error.mark.is_null() ? 0 : static_cast<std::size_t>(error.mark.pos);
    Position at = error.mark.is_null() ? Position{} : positions.find(offset);
    std::string what = "is no YAML: " + error.msg;
    if (const std::string_view asked = what_else(error.msg); !asked.empty()) what.append("; ").append(asked);
    // The parser takes the lines below for more of the list, and complains of one of those.
    const auto bracket = builder.open_bracket();
    if (bracket && bracket->line < at.line) {
      what = "the bracket that opens here is not closed before line " + std::to_string(at.line);
      at = *bracket;
    }
    if (const auto tab = tab_in_indentation(text, offset); tab && !error.mark.is_null()) {
      at = positions.find(*tab);
      what = "a tab stands in the indentation: YAML takes only blanks there";
    }
    stream.faults.push_back({{file, at.line, at.column}, "", std::move(what)});
  }
  return stream;
}

}  // namespace breakwater
