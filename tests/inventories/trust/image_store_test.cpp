#include "inventories/trust/image_store.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "inventories/trust/digest.hpp"
#include "tests/inventories/trust/scratch.hpp"

namespace breakwater::image_store_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::UnorderedElementsAre;
using Reason = Refusal::Reason;

class ImageStoreTest : public testing::Test {
 protected:
  Scratch scratch_;
  ImageStore store_ = std::move(*ImageStore::open(scratch_ / "state"));
  const std::string image_ = std::string(3 << 20, 'i') + "end";
  const Sha256 digest_ = sha256(image_);
  const fs::path file_ = scratch_.write("bios.bin", image_);

  fs::path stored(const Sha256& digest) const {
    return scratch_.path() / "state/images/sha256" / to_hex(digest).substr(0, 2) / to_hex(digest);
  }
  /// Every name under the store, to see that nothing is left behind.
  std::vector<std::string> everything() const {
    std::vector<std::string> names;
    for (const auto& at : fs::recursive_directory_iterator(scratch_.path() / "state/images/sha256")) {
      if (!at.is_directory()) names.push_back(at.path().filename().string());
    }
    return names;
  }
  /// Rewrites the store's own copy in place, as rot or a hand would.
  void spoil(const Sha256& digest, const std::string& text) const {
    ASSERT_EQ(::chmod(stored(digest).c_str(), 0600), 0);
    std::ofstream(stored(digest), std::ios::binary) << text;
  }
  Approval approval_of(const Sha256& digest) const {
    const auto key = minisign::generate_secret_key();
    const std::string release = "sha256: " + to_hex(digest) + "\n";
    const std::vector<SignatureFile> files{{"r.minisig", minisign::sign(release, *key, "")}};
    const std::vector<Signer> signers{{"qa", key->public_key()}};
    return *approve(release, files, signers, {}, {"r.yaml", "Supermicro", "bios"});
  }
  Result<VerifiedImage, Refusal> verified() {
    return store_.verify(approval_of(digest_), digest_, image_.size(), "bios.bin");
  }
};

TEST_F(ImageStoreTest, an_image_comes_in_whole_read_only_and_under_its_digest) {
  const auto imported = store_.import(file_);
  ASSERT_TRUE(imported) << imported.error().message;
  EXPECT_EQ(imported->image, (StoredImage{digest_, image_.size()}));
  EXPECT_FALSE(imported->already_there);
  EXPECT_EQ(text_of(stored(digest_)), image_);
  struct ::stat now {};
  ASSERT_EQ(::stat(stored(digest_).c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 07777, 0400U);
  ASSERT_EQ(::stat((scratch_ / "state").c_str(), &now), 0);
  EXPECT_EQ(now.st_mode & 07777, 0700U);
  EXPECT_THAT(everything(), UnorderedElementsAre(to_hex(digest_)));
  const auto listed = store_.list();
  ASSERT_TRUE(listed);
  EXPECT_EQ(*listed, (std::vector<StoredImage>{{digest_, image_.size()}}));
}

TEST_F(ImageStoreTest, the_second_time_it_is_there_and_found_whole) {
  ASSERT_TRUE(store_.import(file_, digest_));
  const auto again = store_.import(file_, digest_);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->already_there);
  EXPECT_THAT(everything(), UnorderedElementsAre(to_hex(digest_)));
}

TEST_F(ImageStoreTest, a_rotten_copy_is_replaced) {
  ASSERT_TRUE(store_.import(file_));
  spoil(digest_, "rot");
  const auto again = store_.import(file_);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->already_there);
  EXPECT_EQ(text_of(stored(digest_)), image_);
}

TEST_F(ImageStoreTest, other_content_than_expected_is_refused_with_both_digests) {
  const auto refused = store_.import(file_, sha256("what the Release names"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::digest_mismatch);
  EXPECT_THAT(refused.error().message, HasSubstr(to_hex(digest_)));
  EXPECT_THAT(refused.error().message, HasSubstr(to_hex(sha256("what the Release names"))));
  EXPECT_THAT(refused.error().message, HasSubstr(file_.string()));
  EXPECT_TRUE(everything().empty());
}

TEST_F(ImageStoreTest, only_regular_files_come_in) {
  fs::create_symlink(file_, scratch_ / "link");
  const auto link = store_.import(scratch_ / "link");
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().message, HasSubstr("a symbolic link"));
  ASSERT_EQ(::mkfifo((scratch_ / "pipe").c_str(), 0600), 0);
  for (const fs::path& file : {scratch_ / "pipe", scratch_.path(), fs::path("/dev/zero"), scratch_ / "missing"}) {
    const auto refused = store_.import(file);
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().reason, Reason::unreadable);
    EXPECT_THAT(refused.error().message, HasSubstr(file.string()));
  }
  EXPECT_TRUE(everything().empty());
}

TEST_F(ImageStoreTest, an_empty_file_is_no_image) {
  EXPECT_FALSE(store_.import(scratch_.write("empty", "")));
  EXPECT_TRUE(everything().empty());
}

TEST_F(ImageStoreTest, what_is_too_large_is_refused_before_it_is_read) {
  auto small = ImageStore::open(scratch_ / "state", 1000);
  ASSERT_TRUE(small);
  ASSERT_EQ(::truncate((scratch_.write("sparse", "")).c_str(), off_t{1} << 40), 0);  // a read would take for ever
  const auto refused = small->import(scratch_ / "sparse");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::too_large);
  EXPECT_THAT(refused.error().message, HasSubstr("1000"));
  EXPECT_TRUE(everything().empty());
}

TEST_F(ImageStoreTest, a_full_disk_leaves_nothing_behind) {
  ::signal(SIGXFSZ, SIG_IGN);  // the nearest thing to a full disk that needs no disk: the system's bound on a file
  struct ::rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const struct ::rlimit narrow { 1 << 20, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &narrow), 0);
  const auto refused = store_.import(file_);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::store_full);
  EXPECT_TRUE(everything().empty());
  EXPECT_TRUE(store_.import(file_));
}

TEST_F(ImageStoreTest, what_a_killed_import_left_is_cleared_and_a_running_one_is_not) {
  const auto folder = scratch_ / "state/images/sha256";
  std::ofstream(folder / ".import-gone") << "half an image";
  const int running = ::open((folder / ".import-running").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(running, LOCK_EX), 0);
  ASSERT_TRUE(store_.import(file_));
  EXPECT_THAT(everything(), UnorderedElementsAre(to_hex(digest_), ".import-running"));
  ::close(running);
}

TEST_F(ImageStoreTest, a_store_that_cannot_be_made_says_why) {
  const auto refused = ImageStore::open(scratch_.write("a-file", "") / "state");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::unreadable);
}

TEST_F(ImageStoreTest, foreign_files_in_the_store_are_not_listed) {
  ASSERT_TRUE(store_.import(file_));
  scratch_.write("state/images/sha256/README", "x");
  scratch_.write("state/images/sha256/" + to_hex(sha256("in the wrong folder")), "x");
  const auto listed = store_.list();
  ASSERT_TRUE(listed);
  EXPECT_EQ(listed->size(), 1U);
  fs::remove_all(scratch_ / "state");
  EXPECT_FALSE(store_.list());
}

TEST_F(ImageStoreTest, many_imports_of_one_file_at_once_leave_one_image) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { good += store_.import(file_).has_value() ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
  EXPECT_THAT(everything(), UnorderedElementsAre(to_hex(digest_)));
}

// ---- VerifiedImage
// ---------------------------------------------------------------------------------------------------

static_assert(!std::is_default_constructible_v<VerifiedImage>);
static_assert(!std::is_copy_constructible_v<VerifiedImage>);
static_assert(std::is_nothrow_move_constructible_v<VerifiedImage>);
static_assert(!std::is_default_constructible_v<Approval>);

TEST_F(ImageStoreTest, a_verified_image_is_the_whole_file) {
  ASSERT_TRUE(store_.import(file_));
  const auto image = verified();
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->digest(), digest_);
  EXPECT_EQ(image->size(), image_.size());
  EXPECT_EQ(image->file_name(), "bios.bin");
  EXPECT_THAT(image->signers(), testing::ElementsAre("qa"));
  EXPECT_EQ(image->release_digest(), sha256("sha256: " + to_hex(digest_) + "\n"));
  EXPECT_TRUE(std::ranges::equal(image->bytes(), std::as_bytes(std::span(image_))));
}

TEST_F(ImageStoreTest, hosts_that_send_the_same_image_share_one_mapping) {
  ASSERT_TRUE(store_.import(file_));
  const std::byte* first_at = nullptr;
  {
    const auto first = verified();
    const auto second = verified();
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->bytes().data(), second->bytes().data());
    first_at = first->bytes().data();
  }
  EXPECT_NE(first_at, nullptr);
  EXPECT_TRUE(verified());  // the mapping has gone with its last user, and a new one is made
}

TEST_F(ImageStoreTest, what_nobody_imported_is_not_there) {
  const auto refused = verified();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::not_in_store);
  EXPECT_THAT(refused.error().message, HasSubstr("breakwater firmware import"));
}

TEST_F(ImageStoreTest, an_image_that_the_release_does_not_name_is_refused) {
  ASSERT_TRUE(store_.import(file_));
  const auto refused = store_.verify(approval_of(sha256("another")), digest_, image_.size(), "bios.bin");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::not_named);
}

TEST_F(ImageStoreTest, another_size_than_the_release_says_is_refused_with_both) {
  ASSERT_TRUE(store_.import(file_));
  for (const std::uint64_t size : {image_.size() - 1, image_.size() + 1, std::size_t{0}}) {
    const auto refused = store_.verify(approval_of(digest_), digest_, size, "bios.bin");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, Reason::size_mismatch);
    EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(image_.size())));
    EXPECT_THAT(refused.error().message, HasSubstr(std::to_string(size)));
  }
  const auto held = verified();  // also with a mapping at hand
  EXPECT_FALSE(store_.verify(approval_of(digest_), digest_, 1, "bios.bin"));
}

TEST_F(ImageStoreTest, a_copy_that_rotted_is_refused) {
  ASSERT_TRUE(store_.import(file_));
  std::string rotten = image_;
  rotten.back() = 'X';
  spoil(digest_, rotten);
  const auto refused = verified();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::digest_mismatch);
  EXPECT_THAT(refused.error().message, HasSubstr(to_hex(sha256(rotten))));
  EXPECT_THAT(refused.error().message, HasSubstr(to_hex(digest_)));
}

TEST_F(ImageStoreTest, a_link_in_the_store_is_not_followed) {
  fs::create_directories(stored(digest_).parent_path());
  fs::create_symlink(file_, stored(digest_));
  const auto refused = verified();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::unreadable);
}

// The attack that hashing once would miss: the file is good when it is verified, and changed before the second attempt.
TEST_F(ImageStoreTest, a_change_after_verification_is_found_on_the_next_attempt) {
  ASSERT_TRUE(store_.import(file_));
  const auto image = verified();
  ASSERT_TRUE(image);
  std::string changed = image_;
  changed[1 << 20] = 'X';
  spoil(digest_, changed);
  const auto refused = verified();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::digest_mismatch);
  // A good copy brought in again is a new file: it serves the next one, not those who hold the spoilt one.
  ASSERT_TRUE(store_.import(file_));
  const auto next = verified();
  ASSERT_TRUE(next) << next.error().message;
  EXPECT_NE(next->bytes().data(), image->bytes().data());
  const auto shared = verified();
  EXPECT_EQ(shared->bytes().data(), next->bytes().data());
}

TEST_F(ImageStoreTest, a_file_that_was_shortened_or_grew_is_found_before_it_is_sent) {
  ASSERT_TRUE(store_.import(file_));
  const auto image = verified();
  ASSERT_TRUE(image);
  spoil(digest_, image_ + "tail");
  const auto grown = verified();
  ASSERT_FALSE(grown);
  EXPECT_EQ(grown.error().reason, Reason::size_mismatch);
  spoil(digest_, image_.substr(0, 100));
  const auto shortened = verified();
  ASSERT_FALSE(shortened);
  EXPECT_EQ(shortened.error().reason, Reason::size_mismatch);
}

TEST_F(ImageStoreTest, a_deleted_file_is_still_the_one_that_was_verified) {
  ASSERT_TRUE(store_.import(file_));
  const auto image = verified();
  ASSERT_TRUE(image);
  fs::remove(stored(digest_));
  EXPECT_TRUE(std::ranges::equal(image->bytes(), std::as_bytes(std::span(image_))));
}

TEST_F(ImageStoreTest, many_threads_verify_at_once) {
  ASSERT_TRUE(store_.import(file_));
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  const auto approval = approval_of(digest_);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto image = store_.verify(approval, digest_, image_.size(), "bios.bin");
      good += image ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 8);
}

TEST_F(ImageStoreTest, no_flipped_byte_of_the_content_is_accepted) {
  const std::string small(128, 'f');
  ASSERT_TRUE(store_.import(scratch_.write("small", small)));
  const auto approval = approval_of(sha256(small));
  for (std::size_t bit = 0; bit < small.size() * 8; ++bit) {
    std::string changed = small;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    spoil(sha256(small), changed);
    EXPECT_FALSE(store_.verify(approval, sha256(small), small.size(), "small")) << bit;
  }
}

}  // namespace
}  // namespace breakwater::image_store_test
