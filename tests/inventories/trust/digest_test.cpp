#include "inventories/trust/digest.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "inventories/trust/base64.hpp"
#include "inventories/vocabulary/descriptor.hpp"
#include "tests/inventories/trust/scratch.hpp"

namespace breakwater::digest_test {
namespace {

TEST(Digest, known_answers) {  // FIPS 180-4 examples
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, a_stream_is_its_pieces_and_can_be_used_again) {
  Sha256Stream stream;
  stream.update("a");
  stream.update(std::string_view("b"));
  stream.update(std::as_bytes(std::span(std::string_view("c"))));
  EXPECT_EQ(stream.finish(), sha256("abc"));
  EXPECT_EQ(stream.finish(), sha256(""));
}

TEST(Digest, hashes_a_file_whole_and_leaves_its_offset) {
  const Scratch scratch;
  std::string text(3 * (1 << 20) + 17, 'x');
  text[1 << 20] = 'y';
  const Descriptor file(::open(scratch.write("image", text).c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::lseek(file.get(), 5, SEEK_SET), 5);
  const auto hashed = hash_descriptor(file.get(), text.size(), "image");
  ASSERT_TRUE(hashed);
  EXPECT_EQ(hashed->digest, sha256(text));
  EXPECT_EQ(hashed->size, text.size());
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 5);
}

TEST(Digest, refuses_a_file_above_the_bound_and_what_is_no_file) {
  const Scratch scratch;
  const Descriptor file(::open(scratch.write("image", "12345").c_str(), O_RDONLY | O_CLOEXEC));
  const auto large = hash_descriptor(file.get(), 4, "image");
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().reason, Refusal::Reason::too_large);
  EXPECT_EQ(large.error().message, "image: 5 bytes, and the bound is 4");

  const Descriptor zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  const auto device = hash_descriptor(zero.get(), 1 << 20, "/dev/zero");
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().reason, Refusal::Reason::unreadable);

  const auto closed = hash_descriptor(-1, 1 << 20, "gone");
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().reason, Refusal::Reason::unreadable);

  const Descriptor write_only(::open((scratch / "image").c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(hash_descriptor(write_only.get(), 1 << 20, "image"));
}

std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

TEST(Base64, rfc4648_vectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(to_base64(bytes_of(plain)), coded);
    EXPECT_EQ(parse_base64(coded), bytes_of(plain));
  }
}

TEST(Base64, is_strict) {
  for (const std::string_view text : {"Zg=", "Zg", "Zg===", "Zh==", "Zm9=", "=", "====", "Zm=v", "Z===", "Zm9v\n",
                                      " Zm9v", "Zm-v", "Zm_v", "Zg==Zg==", "Zm9v===="}) {
    EXPECT_FALSE(parse_base64(text)) << text;
  }
}

TEST(Descriptor, moves_its_file) {
  Descriptor first(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int fd = first.get();
  ASSERT_TRUE(first);
  Descriptor second(std::move(first));
  EXPECT_EQ(second.get(), fd);
  Descriptor third;
  third = std::move(second);
  EXPECT_EQ(third.get(), fd);
  EXPECT_FALSE(Descriptor());
}

}  // namespace
}  // namespace breakwater::digest_test
