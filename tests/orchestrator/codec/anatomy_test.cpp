// That every member is taken apart is held by the compiler; that every one of them is also written and read, here.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "tests/source_tree.hpp"

namespace breakwater::codec::anatomy_test {
namespace {

std::string without_blanks(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(\s)"), "");
}

TEST(Anatomy, every_member_is_archived) {
  std::ifstream in(source_tree("orchestrator/codec/anatomy.hpp"));
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const std::regex structs(R"(auto& \[([^\]]*)\]\s*=\s*whole;\s*io\(([^)]*)\);)");
  std::size_t found = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), structs), end; at != end; ++at, ++found) {
    EXPECT_EQ(without_blanks((*at)[1]), without_blanks((*at)[2]));
  }
  const std::regex described("static void members");
  EXPECT_EQ(found, static_cast<std::size_t>(std::distance(std::sregex_iterator(text.begin(), text.end(), described),
                                                          std::sregex_iterator())));
}

}  // namespace
}  // namespace breakwater::codec::anatomy_test
