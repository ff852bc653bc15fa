#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "inventories/firmware/release_document.hpp"
#include "inventories/trust/digest.hpp"
#include "tests/source_tree.hpp"

namespace breakwater::release_test {

using testing::ElementsAre;
using testing::HasSubstr;

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream input(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
}

}  // namespace

TEST(ReleaseDocument, reads_every_field) {
  const std::string text = text_of(source_tree("schema/examples/good/release-bios.yaml"));
  const DocumentFile file = parse_documents({"bios.yaml", "/plans/releases", text, false});
  ASSERT_EQ(file.documents.size(), 1U);
  const auto release = read_release(file.documents[0]);
  ASSERT_TRUE(release) << to_string(release.error().front());
  EXPECT_EQ(release->name, "x13-bios-3.4");
  EXPECT_EQ(release->component, ComponentKind::bios);
  EXPECT_EQ(release->vendor, "Supermicro");
  EXPECT_THAT(release->models, ElementsAre("SYS-121C-*"));
  EXPECT_EQ(release->version, "3.4");
  EXPECT_THAT(release->reported_as, ElementsAre("3.4", "BIOS Date: 09/12/2026 Ver 3.4"));
  EXPECT_EQ(release->image.name, "BIOS_X13DDW-1D29_20260912_3.4_STDsp.bin");
  EXPECT_EQ(release->image.size, 33'554'432U);
  EXPECT_EQ(to_hex(release->image.digest).substr(0, 8), "f4609e30");
  ASSERT_EQ(release->edges.size(), 3U);
  EXPECT_EQ(release->edges[1].verdict, Edge::Verdict::via);
  EXPECT_EQ(release->edges[1].through->name, "x13-bios-3.2a");
  EXPECT_EQ(release->edges[2].why, "halts in POST");
  EXPECT_EQ(release->activate_by, ActivateBy::host_reboot);
  EXPECT_EQ(release->typical, std::chrono::minutes(6));
  EXPECT_EQ(release->most, std::chrono::minutes(20));
  EXPECT_EQ(release->way_back, WayBack::reflash);
  EXPECT_EQ(to_string(*release->back_to).substr(0, 27), "x13-bios-3.2a@sha256:635a12");
  EXPECT_EQ(release->file, "/plans/releases/bios.yaml");
  EXPECT_EQ(release->document_digest, sha256(text));
}

TEST(ReleaseDocument, stands_alone_because_its_bytes_are_signed) {
  const std::string text = text_of(source_tree("schema/examples/good/release-bios.yaml"));
  const DocumentFile file = parse_documents({"both.yaml", "/", text + "---\n" + text, false});
  const auto release = read_release(file.documents.at(1));
  ASSERT_FALSE(release);
  EXPECT_THAT(to_string(release.error().at(0)), HasSubstr("a Release stands alone in its file"));
}

TEST(Edges, the_first_that_names_the_version_decides) {
  Release release;
  release.edges = {{{"3.2a", "3.3"}, Edge::Verdict::ok, {}, "", false},
                   {{"3.*"}, Edge::Verdict::forbidden, {}, "why", false},
                   {{"*"}, Edge::Verdict::bricks, {}, "why", false}};
  EXPECT_EQ(find_edge(release, "3.3")->verdict, Edge::Verdict::ok);
  EXPECT_EQ(find_edge(release, "3.30")->verdict, Edge::Verdict::forbidden);
  EXPECT_EQ(find_edge(release, "")->verdict, Edge::Verdict::bricks);
  release.edges.pop_back();
  EXPECT_EQ(find_edge(release, "2.1"), nullptr);
  EXPECT_EQ(find_edge(release, "x3.3"), nullptr);

  Release from;
  from.version = "3.3";
  from.reported_as = {"BIOS Date: 01/01/2026 Ver 3.3"};
  EXPECT_EQ(find_edge(release, from)->verdict, Edge::Verdict::ok);
  from.version = "4";
  EXPECT_EQ(find_edge(release, from), nullptr);
}

TEST(VersionText, is_equal_different_or_no_version_at_all) {
  const std::vector<std::string> spellings{"3.4", "BIOS Date: 09/12/2026 Ver 3.4"};
  EXPECT_EQ(compare_version("3.4", spellings), VersionMatch::equal);
  EXPECT_EQ(compare_version(" BIOS Date: 09/12/2026 Ver 3.4\r\n", spellings), VersionMatch::equal);
  for (const char* text : {"3.40", "03.4", "3.4a", "v3.4"}) {
    EXPECT_EQ(compare_version(text, spellings), VersionMatch::different) << text;
  }
  for (const char* text : {"", "  ", "Not Present", "NOT PRESENT", "NA", "N/A", "-*", "undefined",
                           "version not available", "None", "null", "Unknown"}) {
    EXPECT_EQ(compare_version(text, spellings), VersionMatch::incomparable) << text;
  }
}

namespace {

/// What the reader says of the example with one text changed, one line a fault.
std::vector<std::string> faults_with(const std::string& from, const std::string& to) {
  std::string text = text_of(source_tree("schema/examples/good/release-bios.yaml"));
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const DocumentFile file = parse_documents({"bios.yaml", "/plans", text, false});
  const auto release = read_release(file.documents.at(0));
  std::vector<std::string> lines;
  if (release) return lines;
  for (const Diagnostic& fault : release.error()) lines.push_back(to_string(fault));
  return lines;
}

}  // namespace

TEST(ReleaseDocument, an_image_has_from_one_byte_to_sixteen_gibibytes) {
  EXPECT_THAT(faults_with("size: 33554432", "size: 17179869184"), testing::IsEmpty());
  EXPECT_THAT(faults_with("size: 33554432", "size: 17179869185"),
              ElementsAre(HasSubstr("spec.files[0].size: '17179869185' is out of range: 1 to 17179869184")));
}

TEST(ReleaseDocument, most_may_equal_typical) {
  EXPECT_THAT(faults_with("most: 20m", "most: 6m"), testing::IsEmpty());
  EXPECT_THAT(faults_with("most: 20m", "most: 359s"), ElementsAre(HasSubstr("duration.most: is less than typical")));
}

TEST(ReleaseRefText, is_a_name_and_a_digest_and_nothing_else) {
  const std::string digest(64, 'a');
  const auto read = [](const std::string& text) {
    DocumentFaults faults("f.yaml");
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.quoted = true;
    node.text = text;
    return as_release_ref(YamlValue{&node, "ref", &faults});
  };
  const auto ref = read("x13-bios@sha256:" + digest);
  ASSERT_TRUE(ref);
  EXPECT_EQ(to_string(*ref), "x13-bios@sha256:" + digest);
  for (const std::string& text :
       {"@sha256:" + digest, "X13@sha256:" + digest, "x13@sha512:" + digest, "x13@sha256:" + digest + "a",
        "x13@sha256:" + digest.substr(1), "x13@sha256:x13@sha256:" + digest, "x13@sha256:" + std::string(64, 'A')}) {
    EXPECT_FALSE(read(text)) << text;
  }
}

}  // namespace breakwater::release_test
