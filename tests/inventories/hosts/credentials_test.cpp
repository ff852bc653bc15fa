#include "inventories/hosts/credentials.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace breakwater::credentials_test {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

namespace {

class CredentialsFile : public testing::Test {
 protected:
  CredentialsFile() {
    std::string name = (fs::temp_directory_path() / "breakwater-login-XXXXXX").string();
    const int fd = mkstemp(name.data());
    close(fd);
    path_ = name;
  }
  ~CredentialsFile() override { fs::remove(path_); }

  Result<Credentials, std::string> read(const std::string& content) {
    std::ofstream(path_) << content;
    return resolve_credentials("file:" + path_);
  }

  std::string path_;
};

}  // namespace

TEST(CredentialsReference, comes_from_the_environment) {
  setenv("BREAKWATER_TEST_LOGIN", "root:pa:ss word", 1);
  const auto login = resolve_credentials("env:BREAKWATER_TEST_LOGIN");
  ASSERT_TRUE(login);
  EXPECT_EQ(login->username, "root");
  EXPECT_EQ(login->password.reveal(), "pa:ss word");
  unsetenv("BREAKWATER_TEST_LOGIN");
  EXPECT_THAT(resolve_credentials("env:BREAKWATER_TEST_LOGIN").error(), HasSubstr("is not set"));
  EXPECT_THAT(resolve_credentials("root:calvin").error(), HasSubstr("neither env:NAME nor file:PATH"));
}

TEST_F(CredentialsFile, is_one_line) {
  for (const char* content : {"root:secret", "root:secret\n", "root:secret\r\n", "root:secret\nmore\n"}) {
    const auto login = read(content);
    ASSERT_TRUE(login) << login.error();
    EXPECT_EQ(login->username, "root");
    EXPECT_EQ(login->password.reveal(), "secret");
  }
}

TEST_F(CredentialsFile, a_refusal_holds_nothing_of_it) {
  for (const char* content : {"", "hunter2", ":hunter2", "hunter2:", "\nroot:hunter2"}) {
    const auto login = read(content);
    ASSERT_FALSE(login) << content;
    EXPECT_THAT(login.error(), Not(HasSubstr("hunter2")));
  }
}

TEST_F(CredentialsFile, that_others_may_write_is_refused) {
  ASSERT_TRUE(read("root:secret"));
  fs::permissions(path_, fs::perms::group_write, fs::perm_options::add);
  EXPECT_THAT(resolve_credentials("file:" + path_).error(), HasSubstr("chmod go-w"));
  fs::permissions(path_, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
  EXPECT_TRUE(resolve_credentials("file:" + path_));
}

TEST_F(CredentialsFile, must_be_a_file) {
  EXPECT_THAT(resolve_credentials("file:/").error(), HasSubstr("is no file"));
  EXPECT_THAT(resolve_credentials("file:/no/such").error(), HasSubstr("No such file"));
}

TEST_F(CredentialsFile, a_line_that_is_too_long_is_refused_and_not_cut) {
  const std::string password(4089, 'x');  // with "secret:" and the line's end 4,097 bytes
  ASSERT_TRUE(read("secret:" + password.substr(1) + "\n"));
  const auto login = read("secret:" + password + "\n");
  ASSERT_FALSE(login) << "a password that is cut locks the account";
  EXPECT_THAT(login.error(), HasSubstr("longer than 4095 bytes"));
  EXPECT_TRUE(read("root:secret\n" + std::string(8000, '#'))) << "only the first line counts";
}

TEST_F(CredentialsFile, may_hold_a_secret_that_is_no_login) {
  std::ofstream(path_) << "0123:abc\nsecond";
  const auto key = resolve_secret("file:" + path_);
  ASSERT_TRUE(key) << key.error();
  EXPECT_EQ(key->reveal(), "0123:abc");
  setenv("BREAKWATER_TEST_KEY", "k\r\nx", 1);
  EXPECT_EQ(resolve_secret("env:BREAKWATER_TEST_KEY")->reveal(), "k");
  unsetenv("BREAKWATER_TEST_KEY");
}

}  // namespace breakwater::credentials_test
