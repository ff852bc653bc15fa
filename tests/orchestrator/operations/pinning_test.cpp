// The keys of many BMCs: read without a login, written beside each other, and never taken where another one is known.
#include "orchestrator/operations/pinning.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "tests/orchestrator/operations/estate.hpp"

namespace breakwater::operations::pinning_test {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::SizeIs;
using Standing = KeySight::Standing;

class Pinning : public Estate {
 protected:
  /// The lab's hosts, in pin mode; without a pin they are known by nothing.
  void pin_mode(const std::string& pins = "") {
    turn_on_lab();
    replace("inventory.yaml", "{mode: ca, bundle: \"file:pki/ca.pem\"}", "{mode: pin" + pins + "}");
  }
  std::vector<KeySight> look() {
    auto documents = load_inventories({file("inventory.yaml").string()});
    if (!documents) {
      ADD_FAILURE() << documents.error().messages.front();
      return {};
    }
    return look_at_keys(installation_, documents->hosts, [](std::size_t, std::size_t) {});
  }
  Result<void, Problem> write(const std::vector<KeySight>& keys) {
    return write_keys(file("bmc-keys.yaml").string(), keys);
  }
};

TEST_F(Pinning, keys_are_read_without_a_login_and_count_once_they_are_written) {
  pin_mode();
  std::filesystem::remove(file("bmc.login"));
  const std::vector<KeySight> first = look();
  ASSERT_THAT(first, SizeIs(4));
  EXPECT_THAT(first, Each(Field(&KeySight::standing, Standing::fresh)));
  EXPECT_NE(first[0].key, first[1].key) << "each BMC has its own";
  ASSERT_TRUE(write({first[0], first[1]}));
  ASSERT_TRUE(write({first[2]})) << "beside those that are there";
  const std::vector<KeySight> then = look();
  EXPECT_EQ(then[0].standing, Standing::pinned);
  EXPECT_EQ(then[2].standing, Standing::pinned);
  EXPECT_EQ(then[3].standing, Standing::fresh);
}

TEST_F(Pinning, a_pinned_host_is_spoken_to_and_one_without_a_key_is_not) {
  pin_mode();
  const std::vector<KeySight> keys = look();
  ASSERT_TRUE(write({keys.front()}));
  const auto documents = load_inventories({file("inventory.yaml").string()});
  ASSERT_TRUE(documents);
  const std::vector<Sight> sights =
      look_at_hosts(installation_, documents->hosts, fleet_, 4, interrupts_, [](std::size_t, std::size_t) {});
  EXPECT_TRUE(sights[0].seen) << sights[0].fault;
  EXPECT_FALSE(sights[1].seen);
}

TEST_F(Pinning, another_key_than_the_known_one_is_told_apart) {
  pin_mode(", sha256: [\"" + std::string(64, 'a') + "\"]");
  EXPECT_THAT(look(), Each(Field(&KeySight::standing, Standing::other)));
}

TEST_F(Pinning, a_bmc_that_does_not_answer_shows_no_key) {
  const std::vector<KeySight> keys = look();
  EXPECT_THAT(keys, Each(Field(&KeySight::standing, Standing::silent)));
  EXPECT_THAT(keys, Each(Field(&KeySight::fault, HasSubstr("refused"))));
}

TEST_F(Pinning, a_file_whose_name_makes_no_document_is_not_written) {
  const std::string odd = file("My_Keys.yaml").string();
  EXPECT_EQ(write_keys(odd, {{"n1", "", Standing::fresh, Sha256(), ""}}).error().kind, Problem::Kind::bad_argument);
  EXPECT_FALSE(std::filesystem::exists(odd));
}

TEST_F(Pinning, what_two_people_pin_at_once_is_all_there) {
  const auto pin_many = [this](char first) {
    for (char second = 'a'; second <= 'z'; ++second) {
      ASSERT_TRUE(write({{std::string{first, second}, "", Standing::fresh, Sha256(), ""}}));
    }
  };
  std::thread other(pin_many, 'x');
  pin_many('y');
  other.join();
  const std::string text = text_of(file("bmc-keys.yaml"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '-'), 2 * 26 + 1) << "a key each, and the name of the document";
}

TEST_F(Pinning, a_key_that_was_pinned_meanwhile_is_not_replaced) {
  Sha256 theirs;
  theirs.bytes.fill(7);
  ASSERT_TRUE(write({{"n1", "", Standing::fresh, theirs, ""}}));
  EXPECT_TRUE(write({{"n1", "", Standing::fresh, theirs, ""}})) << "the same";
  EXPECT_EQ(write({{"n1", "", Standing::fresh, Sha256(), ""}}).error().kind, Problem::Kind::try_later);
  EXPECT_THAT(text_of(file("bmc-keys.yaml")), HasSubstr(to_hex(theirs)));
}

TEST_F(Pinning, a_comment_of_a_person_is_not_lost) {
  ASSERT_TRUE(write({{"n1", "", Standing::fresh, Sha256(), ""}}));
  const std::string commented = text_of(file("bmc-keys.yaml")) + "    # n9 is in repair\n";
  folder_.write("bmc-keys.yaml", commented);
  const auto written = write({{"n2", "", Standing::fresh, Sha256(), ""}});
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().messages.front(), HasSubstr("bmc-keys.yaml:9: has a comment, which would be lost"));
  EXPECT_EQ(text_of(file("bmc-keys.yaml")), commented);
}

TEST_F(Pinning, what_a_person_keeps_beside_it_is_left_alone) {
  folder_.write("bmc-keys.yaml.incoming", "mine");
  ASSERT_TRUE(write({{"n1", "", Standing::fresh, Sha256(), ""}}));
  EXPECT_EQ(text_of(file("bmc-keys.yaml.incoming")), "mine");
}

TEST_F(Pinning, a_file_that_a_person_wrote_is_left_alone) {
  folder_.write("bmc-keys.yaml", "apiVersion: breakwater/v1\nkind: BmcKeys\nmetadata: {name: k}\nspec: {hosts: {}}\n");
  const auto written = write({{"n1", "", Standing::fresh, Sha256(), ""}});
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().messages.front(), HasSubstr("not replaced"));
  folder_.write("bmc-keys.yaml", text_of(file("policy.yaml")));
  EXPECT_EQ(write({}).error().kind, Problem::Kind::bad_document);
}

}  // namespace
}  // namespace breakwater::operations::pinning_test
