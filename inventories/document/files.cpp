#include "inventories/document/files.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "inventories/document/yaml.hpp"

namespace breakwater {
namespace {

namespace fs = std::filesystem;

class SourceReader {
 public:
  void add(const std::string& path, bool neighbour) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status)) {
      add_directory(path, neighbour);
    } else if (!fs::exists(status)) {
      fault(path, "cannot be read: " +
                      (error ? error : std::make_error_code(std::errc::no_such_file_or_directory)).message());
    } else {
      add_file(path, neighbour);
    }
  }

  void add_directory(const fs::path& directory, bool neighbour) {
    std::vector<std::string> files;
    std::error_code error;
    fs::recursive_directory_iterator at(directory, error);
    for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      const std::string name = at->path().filename().string();
      const bool hidden = name.starts_with('.');
      std::error_code broken;  // a circular or broken link is no file
      if (at->is_directory(broken) && (hidden || at.depth() + 1 >= kDirectoryDepthMax)) at.disable_recursion_pending();
      const fs::path extension = at->path().extension();
      if (hidden || !at->is_regular_file(broken) || (extension != ".yaml" && extension != ".yml")) continue;
      files.push_back(at->path().string());
      if (files.size() > kFilesMax) {
        return fault(directory.string(), "holds more than " + std::to_string(kFilesMax) + " YAML files");
      }
    }
    if (error) return fault(directory.string(), "cannot be read: " + error.message());
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) add_file(file, neighbour);
  }

  Sources take() { return std::move(sources_); }

 private:
  void add_file(const std::string& file, bool neighbour) {
    std::error_code error;
    const fs::path whole = fs::weakly_canonical(file, error);
    if (error) return fault(file, "cannot be read: " + error.message());
    if (!seen_.insert(whole.string()).second) return;
    // Reading a pipe or a device could block; only regular files hold documents.
    if (!fs::is_regular_file(whole, error)) return fault(file, "is no file");
    const auto size = fs::file_size(whole, error);
    if (!error && size > kYamlBytesMax) {
      return fault(file, "larger than " + std::to_string(kYamlBytesMax) + " bytes");
    }
    errno = 0;
    std::ifstream input(whole, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
    if (!input.is_open() || input.bad()) {
      return fault(file, "cannot be read: " + std::generic_category().message(errno == 0 ? EIO : errno));
    }
    sources_.texts.push_back({file, whole.parent_path().string(), std::move(text), neighbour});
  }

  void fault(const std::string& file, std::string message) {
    sources_.faults.push_back({{file, 0, 0}, "", std::move(message)});
  }

  Sources sources_;
  std::set<std::string> seen_;
};

}  // namespace

Sources read_sources(const std::vector<std::string>& paths) {
  SourceReader reader;
  for (const std::string& path : paths) reader.add(path, false);
  return reader.take();
}

Sources read_rollout_sources(const std::string& rollout_file) {
  SourceReader reader;
  reader.add(rollout_file, false);
  std::error_code error;
  if (fs::is_regular_file(rollout_file, error)) {
    const fs::path directory = fs::path(rollout_file).parent_path();
    reader.add_directory(directory.empty() ? fs::path(".") : directory, true);
  }
  return reader.take();
}

}  // namespace breakwater
