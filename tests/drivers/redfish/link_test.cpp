#include "drivers/redfish/link.hpp"

#include <gtest/gtest.h>

namespace breakwater::redfish::link_test {

namespace {

const Origin kOrigin{"bmc.example", 8443};

}  // namespace

TEST(Link, a_relative_path_under_redfish_stays_as_it_is) {
  for (const char* link : {"/redfish/v1", "/redfish/v1/", "/redfish", "/redfish/v1/Systems/System.Embedded.1",
                           "/redfish/v1/UpdateService/FirmwareInventory/Installed-0-2.1.3__Disk.Bay.0:Enclosure.0-1",
                           "/redfish/v1/Tasks?$skip=50&$expand=.($levels=1)", "/redfish/v1/Chassis/a%20b"}) {
    const auto path = same_origin_path(link, kOrigin);
    ASSERT_TRUE(path) << link << ": " << path.error();
    EXPECT_EQ(*path, link);
  }
}

TEST(Link, an_absolute_link_to_this_origin_becomes_its_path) {
  for (const char* link : {"https://bmc.example:8443/redfish/v1/Tasks/1", "HTTPS://BMC.Example:8443/redfish/v1/Tasks/1",
                           "https://bmc.example:8443/redfish/v1/Tasks/1#/Messages/0"}) {
    EXPECT_EQ(same_origin_path(link, kOrigin).value_or("refused"), "/redfish/v1/Tasks/1") << link;
  }
  const Origin plain{"10.0.0.1", 443};
  EXPECT_TRUE(same_origin_path("https://10.0.0.1/redfish/v1", plain));
  EXPECT_TRUE(same_origin_path("https://10.0.0.1:443/redfish/v1", plain));
  const Origin six{"fd00::1", 443};
  EXPECT_TRUE(same_origin_path("https://[fd00::1]/redfish/v1", six));
  EXPECT_TRUE(same_origin_path("https://[FD00::1]:443/redfish/v1", six));
}

TEST(Link, a_fragment_is_never_sent) {
  EXPECT_EQ(same_origin_path("/redfish/v1/Chassis/1/Power#/PowerSupplies/0", kOrigin).value_or(""),
            "/redfish/v1/Chassis/1/Power");
}

TEST(Link, an_upload_may_go_to_any_path_of_this_host_only) {
  EXPECT_FALSE(same_origin_path("/mfwupdate", kOrigin));
  EXPECT_EQ(same_origin_path("/mfwupdate", kOrigin, LinkUse::push).value_or(""), "/mfwupdate");
  EXPECT_FALSE(same_origin_path("https://evil.example:8443/mfwupdate", kOrigin, LinkUse::push));
  EXPECT_FALSE(same_origin_path("//evil.example/mfwupdate", kOrigin, LinkUse::push));
}

TEST(Link, everything_else_is_refused) {
  const std::string long_link = "/redfish/v1/" + std::string(kLinkBytesMax, 'a');
  for (const std::string& link : {std::string(""),
                                  std::string("redfish/v1"),
                                  std::string("redfish/v1/Managers/1"),
                                  std::string("/"),
                                  std::string("/redfishy/v1"),
                                  std::string("/cgi-bin/x"),
                                  std::string("//bmc.example:8443/redfish/v1"),
                                  std::string("http://bmc.example:8443/redfish/v1"),
                                  std::string("ftp://bmc.example:8443/redfish/v1"),
                                  std::string("https://bmc.example/redfish/v1"),
                                  std::string("https://bmc.example:443/redfish/v1"),
                                  std::string("https://evil.example:8443/redfish/v1"),
                                  std::string("https://bmc.example.evil:8443/redfish/v1"),
                                  std::string("https://bmc.example:8443@evil.example/redfish/v1"),
                                  std::string("https://user:pass@bmc.example:8443/redfish/v1"),
                                  std::string("https://bmc.example:8443"),
                                  std::string("https://bmc.example:84430/redfish/v1"),
                                  std::string("https://bmc.example:8443x/redfish/v1"),
                                  std::string("https://bmc.example:/redfish/v1"),
                                  std::string("https://[bmc.example/redfish/v1"),
                                  std::string("/redfish/../etc"),
                                  std::string("/redfish/v1/..%2f"),
                                  std::string("/redfish/%2e%2e/etc"),
                                  std::string("/redfish/%2E%2E/etc"),
                                  std::string("/redfish/v1%2fx"),
                                  std::string("/redfish/v1%2Fx"),
                                  std::string("/redfish/v1%5cx"),
                                  std::string("/redfish/v1%00"),
                                  std::string("/redfish/v1%0d%0aHost: x"),
                                  std::string("/redfish/v1%252e"),
                                  std::string("/redfish/v1%"),
                                  std::string("/redfish/v1%2"),
                                  std::string("/redfish/v1%zz"),
                                  std::string("/redfish/v1\\x"),
                                  std::string("\\\\evil\\redfish"),
                                  std::string("/redfish/v1\r\nX: y"),
                                  std::string("/redfish/v1\n"),
                                  std::string("/redfish/v1\0x", 13),
                                  std::string("/redfish/v1 x"),
                                  std::string("/redfish/v1\tx"),
                                  std::string("/redfish/v1\x7f"),
                                  std::string("/redfish/v1/\xc3\xa9"),
                                  std::string("?/redfish/v1"),
                                  std::string("#/redfish/v1"),
                                  std::string("javascript:/redfish/v1"),
                                  long_link}) {
    const auto path = same_origin_path(link, kOrigin);
    EXPECT_FALSE(path) << link << " became " << path.value_or("");
    if (!path) {
      EXPECT_FALSE(path.error().empty());
    }
  }
}

}  // namespace breakwater::redfish::link_test
