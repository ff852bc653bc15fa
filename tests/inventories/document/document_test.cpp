#include "inventories/document/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "inventories/document/files.hpp"
#include "inventories/document/json.hpp"

namespace breakwater::document_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;

namespace {

const std::string kPolicy = "apiVersion: breakwater/v1\nkind: Policy\nmetadata: {name: p}\nspec: {}\n";

std::vector<std::string> lines(const Diagnostics& faults) {
  std::vector<std::string> text;
  for (const Diagnostic& fault : faults) text.push_back(to_string(fault));
  return text;
}

/// A directory that goes with its test.
class Files : public testing::Test {
 protected:
  Files() {
    std::string name = (fs::temp_directory_path() / "breakwater-files-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~Files() override { fs::remove_all(root_); }

  std::string write(const std::string& name, const std::string& text) {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  std::vector<std::string> names(const Sources& sources) const {
    std::vector<std::string> found;
    for (const SourceText& source : sources.texts) {
      found.push_back(fs::relative(source.file, root_).string() + (source.neighbour ? "?" : ""));
    }
    return found;
  }

  fs::path root_;
};

}  // namespace

TEST(Document, reads_the_frame) {
  const DocumentFile file =
      parse_documents({"plans/a.yaml", "/srv/plans", "# first\n" + kPolicy + "---\n" + kPolicy, true});
  ASSERT_THAT(lines(file.faults), IsEmpty());
  ASSERT_THAT(file.documents, SizeIs(2));
  const Document& first = file.documents[0];
  EXPECT_EQ(first.kind, DocumentKind::policy);
  EXPECT_EQ(first.name, "p");
  EXPECT_EQ(first.path, "/srv/plans/a.yaml");
  EXPECT_EQ(first.text, "# first\n" + kPolicy);
  EXPECT_EQ(file.documents[1].text, "---\n" + kPolicy);
  EXPECT_FALSE(first.alone);
  EXPECT_TRUE(first.neighbour);
  EXPECT_EQ(to_string(Diagnostic{first.mark_of("metadata.name"), "", "x"}), "plans/a.yaml:4:18 x");
}

TEST(Document, names_every_fault_of_the_frame) {
  const DocumentFile file =
      parse_documents({"a.yaml", "/", "apiVersion: v1\nkind: Polcy\nmetadata: {nmae: p}\nspecs: {}\n", false});
  EXPECT_THAT(file.documents, IsEmpty());
  EXPECT_THAT(
      lines(file.faults),
      ElementsAre(
          "a.yaml:1:13 apiVersion: 'v1' is not one of breakwater/v1",
          "a.yaml:2:7 kind: 'Polcy' is not one of Inventory, BmcKeys, Policy, Release, Rollout, Lab; did you mean "
          "'Policy'?",
          "a.yaml:3:11 metadata.name: is missing", "a.yaml:3:12 metadata.nmae: unknown key; did you mean 'name'?",
          "a.yaml:1:1 spec: is missing", "a.yaml:4:1 specs: unknown key; did you mean 'spec'?"));
}

TEST(Document, a_file_without_any_is_a_fault) {
  EXPECT_THAT(lines(parse_documents({"a.yaml", "/", "# nothing\n", false}).faults),
              ElementsAre("a.yaml: holds no document"));
}

TEST_F(Files, a_directory_stands_for_its_documents) {
  write("b.yaml", "b");
  write("a.yml", "a");
  write("notes.txt", "x");
  write(".hidden.yaml", "x");
  write(".git/x.yaml", "x");
  write("one/two/deep.yaml", "d");
  write("one/two/three/deeper.yaml", "x");
  const Sources sources = read_sources({root_.string()});
  EXPECT_THAT(lines(sources.faults), IsEmpty());
  EXPECT_THAT(names(sources), ElementsAre("a.yml", "b.yaml", "one/two/deep.yaml"));
  EXPECT_EQ(sources.texts[2].directory, fs::canonical(root_ / "one/two").string());
  EXPECT_EQ(sources.texts[2].text, "d");
}

TEST_F(Files, a_file_is_read_once_whatever_it_is_called) {
  const std::string file = write("a.yaml", "a");
  fs::create_symlink(file, root_ / "link.yaml");
  EXPECT_THAT(names(read_sources({file, root_.string(), (root_ / "link.yaml").string()})), ElementsAre("a.yaml"));
}

TEST_F(Files, a_link_in_a_circle_is_no_document) {
  write("a.yaml", "a");
  fs::create_symlink("loop", root_ / "loop");
  fs::create_symlink("loop.yaml", root_ / "loop.yaml");
  fs::create_symlink("nowhere.yaml", root_ / "gone.yaml");
  const Sources sources = read_sources({root_.string()});
  EXPECT_THAT(names(sources), ElementsAre("a.yaml"));
  EXPECT_THAT(lines(sources.faults), IsEmpty());
}

TEST_F(Files, a_rollout_brings_what_lies_beside_it) {
  const std::string rollout = write("rollout.yaml", "r");
  write("other.yaml", "o");
  write("releases/x.yaml", "x");
  EXPECT_THAT(names(read_rollout_sources(rollout)), ElementsAre("rollout.yaml", "other.yaml?", "releases/x.yaml?"));
}

TEST_F(Files, what_cannot_be_read_is_named) {
  EXPECT_THAT(lines(read_sources({"/no/such.yaml"}).faults),
              ElementsAre("/no/such.yaml: cannot be read: No such file or directory"));
  const std::string pipe = (root_ / "pipe.yaml").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(lines(read_sources({pipe}).faults), ElementsAre(HasSubstr("is no file")));
  const std::string large = write("large.yaml", std::string((std::size_t{1} << 20) + 1, '#'));
  EXPECT_THAT(lines(read_sources({large}).faults), ElementsAre(HasSubstr("larger than 1048576 bytes")));
}

TEST_F(Files, a_directory_of_too_many_files_is_refused) {
  for (std::size_t i = 0; i <= kFilesMax; ++i) write(std::to_string(i) + ".yaml", "");
  EXPECT_THAT(lines(read_sources({root_.string()}).faults), ElementsAre(HasSubstr("holds more than 1000 YAML files")));
}

TEST(Schema, every_kind_has_one_in_the_program) {
  for (const char* kind : {"inventory", "policy", "release", "rollout", "Rollout"}) {
    const auto schema = parse_json(schema_text(kind));
    ASSERT_TRUE(schema) << kind;
    EXPECT_EQ(json_text(*schema, "$schema"), "http://json-schema.org/draft-07/schema#");
  }
  EXPECT_EQ(schema_text("nothing"), "");
  EXPECT_EQ(schema_text("roll"), "");
  EXPECT_THAT(schema_kinds(), testing::Contains("rollout"));
}

}  // namespace breakwater::document_test
