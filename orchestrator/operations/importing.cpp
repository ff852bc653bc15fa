#include "orchestrator/operations/importing.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "inventories/document/json.hpp"
#include "inventories/document/scalar.hpp"
#include "inventories/hosts/address.hpp"
#include "inventories/hosts/selector.hpp"
#include "inventories/vocabulary/descriptor.hpp"
#include "inventories/vocabulary/plain_text.hpp"
#include "inventories/vocabulary/text.hpp"
#include "orchestrator/operations/first_documents.hpp"
#include "orchestrator/operations/new_file.hpp"

extern char** environ;

namespace breakwater::operations {
namespace {

namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kImportBytesMax = std::size_t{16} << 20;
constexpr std::chrono::seconds kAnsibleMost{60};
constexpr std::size_t kColumnsShown = 16;

struct Cell {
  std::string text;
  std::size_t line = 1;
};
using Row = std::vector<Cell>;

/// RFC 4180: cells between commas, quotes around those that hold one, doubled within.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;  // spreadsheets write it
  }

  /// The next row that is not blank; nothing at the end.
  std::optional<Row> next() {
    while (at_ < text_.size()) {
      Row row = read_row();
      if (row.size() > 1 || !trimmed(row.front().text).empty()) return row;
    }
    return std::nullopt;
  }
  /// The line of a quote that is never closed.
  std::optional<std::size_t> unclosed() const { return unclosed_; }

 private:
  Row read_row() {
    Row row;
    for (;;) {
      row.push_back(read_cell());
      if (at_ >= text_.size()) return row;
      if (text_[at_++] == ',') continue;
      ++line_;
      return row;
    }
  }

  Cell read_cell() {
    Cell cell{"", line_};
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        const bool doubled = quoted && at_ + 1 < text_.size() && text_[at_ + 1] == '"';
        if (doubled) cell.text += text_[++at_];
        if (!doubled) quoted = !quoted;
        continue;
      }
      if (!quoted && (c == ',' || c == '\n')) break;
      if (c == '\n') ++line_;
      cell.text += c;
    }
    if (quoted) unclosed_ = cell.line;
    cell.text = std::string(trimmed(cell.text));
    return cell;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::optional<std::size_t> unclosed_;
};

/// Gathers hosts, and what is wrong with them.
class Gatherer {
 public:
  explicit Gatherer(std::string file) : file_(std::move(file)) {}

  void fault(std::size_t line, std::string message) {
    faults_.push_back({{file_, static_cast<int>(line), 0}, "", std::move(message)});
  }

  void add(views::ImportedHost host, std::size_t line) {
    if (!is_host_name(host.name)) return fault(line, in_quotes(harmless(host.name)) + " is no host name");
    if (!names_.insert(host.name).second) return fault(line, "host '" + host.name + "' stands here twice");
    if (const auto address = parse_address(host.address); !address) {
      return fault(line, "host '" + host.name + "': " + address.error());
    }
    for (const auto& [key, value] : host.labels) {
      if (!is_label_key(key)) return fault(line, "'" + harmless(key) + "' is no name of a label");
      if (!is_label_value(value)) return fault(line, "'" + harmless(value) + "' is no value of the label " + key);
    }
    hosts_.push_back(std::move(host));
  }

  Result<std::vector<views::ImportedHost>, Diagnostics> take() {
    if (hosts_.empty() && faults_.empty()) fault(0, "holds no host");
    if (!faults_.empty()) return fail(std::move(faults_));
    return std::move(hosts_);
  }

 private:
  std::string file_;
  std::set<std::string> names_;
  std::vector<views::ImportedHost> hosts_;
  Diagnostics faults_;
};

void put(views::ImportedHost& host, const std::string& column, const std::string& value) {
  if (value.empty()) return;
  if (column == "name") {
    host.name = value;
  } else if (column == "address") {
    host.address = value;
  } else if (column == "serial") {
    host.serial = value;
  } else if (column == "uuid") {
    host.uuid = to_lower(value);
  } else {
    host.labels[column] = value;
  }
}

/// A value of a variable, as a label: text, a whole number, or a boolean.
std::optional<std::string> label_text(const Json& vars, const std::string& name) {
  if (auto text = json_text(vars, name)) return text;
  if (const auto number = json_integer(vars, name)) return std::to_string(*number);
  if (const auto flag = json_boolean(vars, name)) return std::string(*flag ? "true" : "false");
  return std::nullopt;
}

/// What a child prints, until it ends or its time is over.
Result<std::string, std::string> drain(int descriptor, Steady::time_point end) {
  std::string text;
  std::array<char, 65536> room{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
    pollfd ready{descriptor, POLLIN, 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0) return fail(std::string("no end within a minute"));
    const ssize_t got = ::read(descriptor, room.data(), room.size());
    if (got == 0) return text;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(std::generic_category().message(errno));
    text.append(room.data(), static_cast<std::size_t>(got));
    if (text.size() > kImportBytesMax) return fail(std::string("it prints more than 16 MiB"));
  }
}

struct NoOutput {
  std::string why;
  bool missing = false;  ///< there is no such program
};

/// `arguments` run without a shell; what it prints on stdout. Its stderr is ours.
Result<std::string, NoOutput> output_of(std::vector<std::string> arguments) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(NoOutput{std::generic_category().message(errno)});
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to.get(), STDOUT_FILENO);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, argv.front(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return fail(NoOutput{std::generic_category().message(error), error == ENOENT});
  to = Descriptor();
  auto text = drain(from.get(), Steady::now() + kAnsibleMost);
  if (!text) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!text) return fail(NoOutput{text.error()});
  if (status != 0) return fail(NoOutput{"it failed, see above"});
  return std::move(*text);
}

}  // namespace

Result<std::vector<views::ImportedHost>, Diagnostics> hosts_in_csv(const std::string& file, std::string_view text) {
  Gatherer all(file);
  CsvReader reader(text);
  auto columns = reader.next();
  std::set<std::string> known;
  if (!columns) columns.emplace();
  for (Cell& column : *columns) {
    column.text = to_lower(column.text);
    if (!known.insert(column.text).second)
      all.fault(column.line, "column '" + harmless(column.text) + "' stands twice");
  }
  bool complete = true;
  for (const char* needed : {"name", "address"}) {
    if (known.contains(needed)) continue;
    complete = false;
    all.fault(1, "has no column '" + std::string(needed) +
                     "'; those that it has: " + harmless(list_some({known.begin(), known.end()}, kColumnsShown)));
  }
  if (!complete) return all.take();  // what its rows hold is not known
  while (const auto row = reader.next()) {
    const std::size_t line = row->front().line;
    if (row->size() != columns->size()) {
      all.fault(line,
                "has " + count_of(row->size(), "cell") + ", and there are " + count_of(columns->size(), "column"));
      continue;
    }
    views::ImportedHost host;
    for (std::size_t i = 0; i < row->size(); ++i) put(host, (*columns)[i].text, (*row)[i].text);
    all.add(std::move(host), line);
  }
  if (const auto line = reader.unclosed()) all.fault(*line, "a quote that opens here is never closed");
  return all.take();
}

Result<std::vector<views::ImportedHost>, Diagnostics> hosts_of_ansible(const std::string& file, std::string_view json,
                                                                       const AnsibleNames& names) {
  Gatherer all(file);
  const auto parsed = parse_json(json, {.bytes_max = kImportBytesMax, .nodes_max = 2'000'000});
  if (!parsed || !parsed->is_object()) {
    all.fault(0, "ansible-inventory printed no JSON: " + (parsed ? std::string("no object") : parsed.error().what));
    return all.take();
  }
  std::map<std::string, Labels> groups_of;
  for (const auto& [group, members] : parsed->items()) {
    for (const Json& member : json_array(members, "hosts")) {
      if (member.is_string()) groups_of[member.get<std::string>()][group] = "true";
    }
  }
  for (const auto& [name, vars] : json_object(json_object(*parsed, "_meta"), "hostvars").items()) {
    const auto address = json_text(vars, names.address);
    views::ImportedHost host{name, address.value_or(name), "", "", groups_of[name], !address};
    for (const std::string& label : names.labels) {
      if (const auto value = label_text(vars, label)) host.labels[label] = *value;
    }
    groups_of.erase(name);
    all.add(std::move(host), 0);
  }
  for (auto& [name, labels] : groups_of) all.add({name, name, "", "", std::move(labels), true}, 0);
  return all.take();
}

Result<std::string, Problem> ask_ansible(const std::string& file) {
  auto text = output_of({"ansible-inventory", "-i", file, "--list"});
  if (text) return std::move(*text);
  return fail(problem(Problem::Kind::failed, "ansible-inventory -i " + file + " --list: " + text.error().why,
                      text.error().missing ? "apt-get install ansible-core" : ""));
}

Result<std::string, Problem> read_whole(const std::string& file) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return fail(problem(Problem::Kind::failed, file + ": cannot be read: " + error.message()));
  if (size > kImportBytesMax) return fail(problem(Problem::Kind::bad_document, file + ": larger than 16 MiB"));
  std::ifstream in(file, std::ios::binary);
  std::string text(size, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(size))) {
    return fail(problem(Problem::Kind::failed, file + ": cannot be read"));
  }
  return text;
}

Result<void, Problem> write_imported(const Import& import, std::vector<views::ImportedHost> hosts) {
  if (!is_name(import.name)) {
    return fail(problem(Problem::Kind::bad_argument, "'" + harmless(import.name) + "' is no name of a document"));
  }
  return write_first_documents(
      {{import.out,
        views::imported_inventory({import.name, std::move(hosts), import.credentials, tls_of(import.ca_bundle)})}});
}

}  // namespace breakwater::operations
