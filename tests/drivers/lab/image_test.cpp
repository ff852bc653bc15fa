// The header of a lab image.
#include "drivers/lab/image.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace breakwater::lab::image_test {
namespace {

TEST(ImageTest, reads_back_what_it_makes) {
  const ImageHeader made{"bios", "3.4", {"Lab-2U", "Lab-1U*"}, {LabFault::unchanged, LabFault::slow_boot}};
  const std::string image = make_image(made, 10'000);
  EXPECT_EQ(image.size(), 10'000U);
  EXPECT_EQ(image, make_image(made, 10'000));
  const auto read = parse_image(image);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->component, "bios");
  EXPECT_EQ(read->version, "3.4");
  EXPECT_THAT(read->models, testing::ElementsAre("Lab-2U", "Lab-1U*"));
  EXPECT_THAT(read->faults, testing::ElementsAre(LabFault::unchanged, LabFault::slow_boot));
}

TEST(ImageTest, takes_lines_that_a_script_wrote) {
  const auto read = parse_image("BREAKWATER-LAB-IMAGE 1\r\ncomponent:nic\nversion:  20.6 \n\n\x01\x02");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->component, "nic");
  EXPECT_EQ(read->version, "20.6");
}

TEST(ImageTest, says_what_is_wrong) {
  const std::string first = "BREAKWATER-LAB-IMAGE 1\n";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "the file is no lab image"},
      {"BREAKWATER-LAB-IMAGE 2\n\n", "the file is no lab image"},
      {first + "component: bios\nversion: 1\n", "the file is no lab image"},
      {first + "component: bios\n\n", "the header names no version"},
      {first + "version: 1\n\n", "the header names no component"},
      {first + "component bios\n\n", "a header line is not `key: value`"},
      {first + "colour: red\n\n", "no header key is called colour"},
      {first + "fault: gremlins\n\n", "no fault is called gremlins"},
      {first + std::string(kImageHeaderBytesMax, 'x') + "\n\n", "the file is no lab image"},
  };
  for (const auto& [text, wrong] : rows) {
    const auto read = parse_image(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error(), wrong);
  }
}

TEST(ImageTest, fits_models_by_name_or_by_its_beginning) {
  const auto header = [](std::vector<std::string> models) { return ImageHeader{"bios", "1", std::move(models), {}}; };
  EXPECT_TRUE(fits(header({}), "Lab-2U"));
  EXPECT_TRUE(fits(header({"Other", "Lab-2U"}), "Lab-2U"));
  EXPECT_TRUE(fits(header({"Lab-*"}), "Lab-2U"));
  EXPECT_FALSE(fits(header({"Lab-"}), "Lab-2U"));
  EXPECT_FALSE(fits(header({"Lab-1*"}), "Lab-2U"));
}

}  // namespace
}  // namespace breakwater::lab::image_test
