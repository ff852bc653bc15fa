// The multipart splitter: what it hands on must not depend on where the network cuts the body.
#include "drivers/lab/multipart.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace breakwater::lab::multipart_test {
namespace {

struct Seen {
  Part part;
  std::string data;
};

struct Outcome {
  std::vector<Seen> parts;
  bool sound = true;
  bool complete = false;
};

Outcome read(const std::vector<std::string>& pieces, const std::string& boundary = "XX") {
  Outcome outcome;
  MultipartReader::Sink sink{
      .on_part =
          [&](const Part& part) {
            outcome.parts.push_back({part, ""});
          },
      .on_data = [&](std::string_view bytes) { outcome.parts.back().data.append(bytes); },
  };
  MultipartReader reader(boundary, sink);
  for (const std::string& piece : pieces) outcome.sound = reader.feed(piece);
  outcome.complete = reader.complete();
  return outcome;
}

// Its file holds everything that looks like a delimiter and is none.
const std::string file = "\r\n--X\r\n--XY\r\r\n--\n\r\n-" + std::string(5, '\0') + "--XX\r\n-\r\n";
const std::string body =
    "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"UpdateParameters\"\r\n"
    "Content-Type: application/json\r\n\r\n{\"Targets\":[]}\r\n--XX \t\r\n"
    "content-disposition: form-data; filename=\"a \\\"b\\\".bin\"; name=UpdateFile\r\n\r\n" +
    file + "\r\n--XX--\r\nepilogue";

void expect_whole(const Outcome& outcome, std::size_t at) {
  ASSERT_TRUE(outcome.sound) << at;
  ASSERT_TRUE(outcome.complete) << at;
  ASSERT_EQ(outcome.parts.size(), 2U) << at;
  ASSERT_EQ(outcome.parts[0].part.name, "UpdateParameters") << at;
  ASSERT_EQ(outcome.parts[0].part.content_type, "application/json") << at;
  ASSERT_EQ(outcome.parts[0].data, "{\"Targets\":[]}") << at;
  ASSERT_EQ(outcome.parts[1].part.name, "UpdateFile") << at;
  ASSERT_EQ(outcome.parts[1].part.file_name, "a \"b\".bin") << at;
  ASSERT_EQ(outcome.parts[1].data, file) << at;
}

TEST(MultipartTest, hands_on_the_same_wherever_the_body_is_cut_once) {
  for (std::size_t at = 0; at <= body.size(); ++at) expect_whole(read({body.substr(0, at), body.substr(at)}), at);
}

TEST(MultipartTest, hands_on_the_same_in_pieces_of_any_size) {
  for (std::size_t size = 1; size <= body.size(); ++size) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < body.size(); at += size) pieces.push_back(body.substr(at, size));
    expect_whole(read(pieces), size);
  }
}

TEST(MultipartTest, takes_a_delimiter_at_the_very_start_and_empty_parts) {
  const Outcome outcome = read({"--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--XX\r\n\r\nx\r\n--XX--"});
  ASSERT_EQ(outcome.parts.size(), 2U);
  EXPECT_EQ(outcome.parts[0].part.name, "a");
  EXPECT_EQ(outcome.parts[0].data, "");
  EXPECT_EQ(outcome.parts[1].part.name, "");
  EXPECT_EQ(outcome.parts[1].data, "x");
  EXPECT_TRUE(outcome.complete);
}

TEST(MultipartTest, is_not_complete_before_the_closing_delimiter) {
  const std::string whole = "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XX--";
  for (std::size_t at = 0; at < whole.size(); ++at) EXPECT_FALSE(read({whole.substr(0, at)}).complete) << at;
  EXPECT_TRUE(read({whole}).complete);
}

TEST(MultipartTest, refuses_a_part_header_that_does_not_end) {
  const std::string endless(MultipartReader::kPartHeaderBytesMax + 1, 'a');
  EXPECT_FALSE(read({"--XX\r\n" + endless}).sound);
  EXPECT_FALSE(read({"--XX\r\n" + endless + "\r\n\r\n"}).sound);
  EXPECT_FALSE(read({"--XXsomething else"}).sound);
}

TEST(MultipartTest, reads_the_boundary_of_the_content_type) {
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(multipart_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\""), "a b");
  EXPECT_EQ(multipart_boundary("multipart/form-data"), std::nullopt);
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary="), std::nullopt);
  EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')), std::nullopt);
  EXPECT_EQ(multipart_boundary("application/json; boundary=abc"), std::nullopt);
}

}  // namespace
}  // namespace breakwater::lab::multipart_test
