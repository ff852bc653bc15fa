// One bad resource is one finding: the rest of the host is read, and what is missing is unknown, not gone.
#include <gmock/gmock.h>

#include "tests/drivers/redfish/hostile_fixture.hpp"

namespace breakwater::redfish::bad_resource_test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kFirmware = "/redfish/v1/UpdateService/FirmwareInventory/";
const std::string kAdapter = "/redfish/v1/Chassis/1/NetworkAdapters/1";
constexpr const char* kInternal = "500 Internal Server Error";

std::string firmware(const std::string& id, const std::string& version, const std::string& related = "") {
  std::string body = R"({"@odata.id":")" + kFirmware + id + R"(","Id":")" + id + R"(","Name":")" + id + '"';
  if (!version.empty()) body += R"(,"Version":")" + version + '"';
  if (!related.empty()) body += R"(,"RelatedItem":[{"@odata.id":")" + related + R"("}])";
  return body + '}';
}

std::string links(const std::vector<std::string>& ids) {
  std::string body;
  for (const std::string& id : ids)
    body += (body.empty() ? "" : ",") + (R"({"@odata.id":")" + kFirmware + id + R"("})");
  return R"({"Members":[)" + body + "]}";
}

class BadResource : public Hostile {
 protected:
  BadResource() {
    server_.json(kInventory, links({"BIOS", "NIC"}));
    server_.json("GET " + kFirmware + "BIOS ", firmware("BIOS", "3.2"));
    server_.json("GET " + kFirmware + "NIC ", firmware("NIC", "1.0"));
  }

  void answer(const std::string& request, const std::string& status, const std::string& body) {
    server_.on(request, [status, body](const auto& write) { write(HostileServer::reply(body, status)); });
  }
  /// The service root, with further members.
  void root(const std::string& further) {
    server_.json("GET /redfish/v1/ ",
                 R"({"@odata.id":"/redfish/v1/","Systems":{"@odata.id":"/redfish/v1/Systems"},)" + further +
                     R"(,"Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}}})");
  }
  void offer_expansion() {
    root(R"("ProtocolFeaturesSupported":{"ExpandQuery":{"NoLinks":true}},
            "UpdateService":{"@odata.id":"/redfish/v1/UpdateService"})");
  }
  Observation seen() {
    auto one = bmc();
    EXPECT_TRUE(run(one->open(remember())));
    const auto seen = run(one->observe());
    EXPECT_TRUE(seen) << seen.error().message;
    run(one->close());
    return seen.value_or(Observation{});
  }
  static std::vector<std::string> ids(const Observation& seen) {
    std::vector<std::string> found;
    for (const InstalledComponent& entry : seen.inventory) found.push_back(entry.id + ' ' + entry.version);
    return found;
  }
};

TEST_F(BadResource, a_member_that_cannot_be_read_is_unknown_and_the_rest_is_read) {
  struct Row {
    const char* what;
    const char* status;
    std::string body;
  };
  for (const Row& row : {Row{"500", kInternal, R"({"error":{"message":"internal"}})"},
                         Row{"404", "404 Not Found", "{}"}, Row{"no key", "200 OK", "{}"},
                         Row{"no key of its own", "200 OK", R"({"@odata.id":"/redfish/v1/UpdateService"})"},
                         Row{"HTML", "200 OK", "<html>Service</html>"},
                         Row{"bad UTF-8", "200 OK", "{\"Id\":\"NIC\",\"Version\":\"1\xff\xfe\"}"},
                         Row{"a bare CR", "200 OK", "{\"Id\":\"NIC\",\"Version\":\"1.0\r\"}"}}) {
    answer("GET " + kFirmware + "NIC ", row.status, row.body);
    const Observation now = seen();
    EXPECT_EQ(now.identity.serial, "S1") << row.what;
    EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2")) << row.what;
    ASSERT_THAT(now.unread, SizeIs(1)) << row.what;
    EXPECT_EQ(now.unread[0].uri, kFirmware + "NIC") << row.what;
    EXPECT_FALSE(now.unread[0].part_number_only) << row.what;
    EXPECT_THAT(now.findings, ElementsAre(AllOf(HasSubstr("firmware unknown: "), HasSubstr(kFirmware + "NIC"))));
  }
}

TEST_F(BadResource, a_member_that_is_bad_once_is_read_again) {
  std::atomic<int> asked = 0;
  server_.on("GET " + kFirmware + "NIC ", [&asked](const auto& write) {
    write(++asked == 1 ? HostileServer::reply("{}", kInternal) : HostileServer::reply(firmware("NIC", "1.0")));
  });
  const Observation now = seen();
  EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2", "NIC 1.0"));
  EXPECT_THAT(now.findings, IsEmpty());
}

TEST_F(BadResource, an_inventory_of_bad_members_only_is_a_fault) {
  answer("GET " + kFirmware, kInternal, "{}");
  answer("GET " + kFirmware + "BIOS ", kInternal, "{}");
  answer("GET " + kFirmware + "NIC ", kInternal, "{}");
  EXPECT_EQ(look_fails().kind, Fault::Kind::http_status);
}

TEST_F(BadResource, more_bad_members_than_are_told_are_a_fault) {
  std::vector<std::string> members{"BIOS"};
  for (std::size_t i = 0; i < 33; ++i) members.push_back("bad" + std::to_string(i));
  server_.json(kInventory, links(members));
  answer("GET " + kFirmware + "bad", kInternal, "{}");
  EXPECT_EQ(look_fails().kind, Fault::Kind::http_status);
  members.pop_back();
  server_.json(kInventory, links(members));
  const Observation now = seen();
  EXPECT_THAT(now.unread, SizeIs(32));
  ASSERT_THAT(now.findings, SizeIs(kFindingsMax));
  EXPECT_EQ(now.findings.back(), "and more findings, which are not shown");
}

TEST_F(BadResource, members_beside_an_error_are_read_and_the_list_may_not_be_whole) {
  answer(kInventory, kInternal, R"({"error":{"message":"internal"},)" + links({"BIOS"}).substr(1));
  const Observation now = seen();
  EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2"));
  ASSERT_THAT(now.unread, SizeIs(1));
  EXPECT_EQ(now.unread[0].uri + '/', kFirmware);
  EXPECT_THAT(now.findings, ElementsAre(HasSubstr("the inventory may not be listed whole: HTTP 500")));
  answer(kInventory, kInternal, R"({"error":{"message":"internal"},"Members":[]})");
  EXPECT_EQ(look_fails().http_status, 500) << "an empty list beside an error says nothing";
}

TEST_F(BadResource, what_was_expanded_without_its_version_is_read_by_itself) {
  offer_expansion();
  server_.json(std::string(kInventory) + "?$expand=.",
               R"({"Members":[)" + firmware("BIOS", "3.2") + "," + firmware("NIC", "") + "]}");
  EXPECT_THAT(ids(seen()), ElementsAre("BIOS 3.2", "NIC 1.0"));
  EXPECT_EQ(server_.count("GET " + kFirmware + "BIOS "), 0);
  EXPECT_EQ(server_.count("GET " + kFirmware + "NIC "), 1);
}

TEST_F(BadResource, an_expansion_that_fails_is_done_without) {
  offer_expansion();
  const HostileServer::Answer answers[] = {
      [](const auto& write) { write(HostileServer::reply("{}", kInternal)); },
      [](const auto& write) { write(HostileServer::reply("{\"Members\":[{\"Id\":\"NIC\r\"}]}")); },
      [this](const auto&) { server_.hang_up(); }};
  for (const HostileServer::Answer& one : answers) {
    server_.on(std::string(kInventory) + "?$expand=.", one);
    const Observation now = seen();
    EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2", "NIC 1.0"));
    EXPECT_THAT(now.findings, IsEmpty());
  }
}

TEST_F(BadResource, an_adapter_that_cannot_be_read_leaves_its_part_number_unknown) {
  server_.json("GET " + kFirmware + "NIC ", firmware("NIC", "1.0", kAdapter));
  answer("GET " + kAdapter + ' ', "200 OK", "{\"Id\":\"1\",\"Description\":\"Switch\r\"}");
  const Observation now = seen();
  EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2", "NIC 1.0"));
  ASSERT_THAT(now.unread, SizeIs(1));
  EXPECT_EQ(now.unread[0].uri, kAdapter);
  EXPECT_TRUE(now.unread[0].part_number_only);
  EXPECT_THAT(now.findings, ElementsAre(HasSubstr("part number unknown: ")));
  answer("GET " + kAdapter + ' ', "404 Not Found", "{}");
  const Observation nothing = seen();
  ASSERT_THAT(nothing.unread, SizeIs(1)) << "a link to nothing says nothing of its part";
  EXPECT_TRUE(nothing.unread[0].part_number_only);
  EXPECT_THAT(nothing.findings, ElementsAre(AllOf(HasSubstr("part number unknown: HTTP 404"), HasSubstr(kAdapter))));
  server_.json("GET " + kFirmware + "NIC ", firmware("NIC", "1.0"));
  EXPECT_THAT(seen().findings, IsEmpty()) << "no link is no finding";
}

TEST_F(BadResource, a_manager_that_cannot_be_read_is_a_finding_and_the_rest_is_read) {
  for (const char* status : {kInternal, "404 Not Found"}) {
    answer("GET /redfish/v1/Managers/1 ", status, "{}");
    const Observation now = seen();
    EXPECT_EQ(now.identity.serial, "S1") << status;
    EXPECT_EQ(now.bmc_reset_time, "") << status;
    EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2", "NIC 1.0")) << status;
    EXPECT_THAT(now.findings, ElementsAre(AllOf(HasSubstr("manager unknown: HTTP "), HasSubstr("/Managers/1"))));
    auto one = bmc();
    ASSERT_TRUE(run(one->open(remember())));
    EXPECT_EQ(run(one->reset_bmc()).error().kind, Fault::Kind::http_status) << "what depends on it is refused";
    run(one->close());
  }
}

TEST_F(BadResource, without_the_manager_no_bank_of_several_is_taken_for_the_running_one) {
  server_.json(kInventory, links({"BIOS", "bmc-a", "bmc-b"}));
  const auto bank = [this](const std::string& id, const std::string& version) {
    std::string body = firmware(id, version, "/redfish/v1/Managers/1");
    body.insert(1, R"("SoftwareId":"BMC",)");
    server_.json("GET " + kFirmware + id + ' ', body);
  };
  bank("bmc-a", "2.8");
  bank("bmc-b", "2.9");
  answer("GET /redfish/v1/Managers/1 ", kInternal, "{}");
  const Observation now = seen();
  EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2"));
  EXPECT_THAT(now.unread, SizeIs(2));
  EXPECT_THAT(now.findings, Contains(HasSubstr("firmware unknown: which bank runs is unknown: HTTP 500")));
  bank("bmc-a", "2.9");
  EXPECT_THAT(ids(seen()), ElementsAre("BIOS 3.2", "bmc-a 2.9", "bmc-b 2.9")) << "either of them is right";
}

TEST_F(BadResource, without_the_entry_of_the_running_bank_no_bank_is_taken_for_the_running_one) {
  server_.json("GET /redfish/v1/Managers/1", R"({"@odata.id":"/redfish/v1/Managers/1","Id":"1",
      "Links":{"ActiveSoftwareImage":{"@odata.id":")" +
                                                 kFirmware + R"(bmc-a"}}})");
  server_.json(kInventory, links({"BIOS", "bmc-a", "bmc-b"}));
  server_.json("GET " + kFirmware + "BIOS ", firmware("BIOS", "3.2", "/redfish/v1/Systems/1/Bios"));
  server_.json("GET " + kFirmware + "bmc-b ", firmware("bmc-b", "2.9", "/redfish/v1/Managers/1"));
  answer("GET " + kFirmware + "bmc-a ", kInternal, "{}");
  const Observation now = seen();
  EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2"));
  EXPECT_THAT(now.findings, Contains(HasSubstr("which bank runs is unknown")));
}

TEST_F(BadResource, a_look_tells_how_the_service_takes_images) {
  struct Row {
    const char* service;
    bool bare_only;
    const char* closed;
  };
  for (const Row& row :
       {Row{R"("MultipartHttpPushUri":"/redfish/v1/UpdateService/push")", false, ""},
        Row{R"("HttpPushUri":"/redfish/v1/UpdateService")", true, ""},
        Row{R"("HttpPushUri":"/redfish/v1/UpdateService","HttpPushUriTargets":[])", false, ""},
        Row{R"("ServiceEnabled":false,"HttpPushUri":"/redfish/v1/UpdateService","HttpPushUriTargets":[])", false,
            "the update service is switched off (ServiceEnabled false)"},
        Row{R"("ServiceEnabled":true)", false, "the update service takes no pushed image"}}) {
    server_.json("GET /redfish/v1/UpdateService ", std::string("{") + row.service +
                                                       R"(,"@odata.id":"/redfish/v1/UpdateService",
        "FirmwareInventory":{"@odata.id":"/redfish/v1/UpdateService/FirmwareInventory"}})");
    const Observation now = seen();
    ASSERT_TRUE(now.ability) << row.service;
    EXPECT_EQ(now.ability->bare_only, row.bare_only) << row.service;
    EXPECT_EQ(now.ability->closed, row.closed) << row.service;
  }
}

TEST_F(BadResource, a_task_that_cannot_be_read_counts_as_at_work) {
  root(R"("Tasks":{"@odata.id":"/redfish/v1/TaskService"})");
  server_.json("GET /redfish/v1/TaskService ", R"({"Tasks":{"@odata.id":"/redfish/v1/TaskService/Tasks"}})");
  server_.json("GET /redfish/v1/TaskService/Tasks ",
               R"({"Members":[{"@odata.id":"/redfish/v1/TaskService/Tasks/1"}]})");
  answer("GET /redfish/v1/TaskService/Tasks/1 ", kInternal, "{}");
  const Observation now = seen();
  ASSERT_THAT(now.tasks, SizeIs(1));
  EXPECT_EQ(now.tasks[0].state, TaskState::running);
  EXPECT_TRUE(now.tasks[0].update);
  EXPECT_THAT(now.findings, ElementsAre(HasSubstr("Tasks/1 cannot be read: HTTP 500")));
}

TEST_F(BadResource, a_task_that_is_listed_and_not_there_is_a_finding_and_no_work) {
  root(R"("Tasks":{"@odata.id":"/redfish/v1/TaskService"})");
  server_.json("GET /redfish/v1/TaskService ", R"({"Tasks":{"@odata.id":"/redfish/v1/TaskService/Tasks"}})");
  const std::string listed = R"({"Members":[{"@odata.id":"/redfish/v1/TaskService/Tasks/1"}]})";
  server_.json("GET /redfish/v1/TaskService/Tasks ", listed);
  answer("GET /redfish/v1/TaskService/Tasks/1 ", "404 Not Found", "{}");
  const Observation now = seen();
  EXPECT_THAT(now.tasks, IsEmpty());
  EXPECT_THAT(now.findings, ElementsAre(HasSubstr("Tasks/1 is listed and not there")));
  std::atomic<int> asked = 0;
  server_.on("GET /redfish/v1/TaskService/Tasks ",
             [&](const auto& write) { write(HostileServer::reply(++asked == 1 ? listed : R"({"Members":[]})")); });
  EXPECT_THAT(seen().findings, IsEmpty()) << "it ended meanwhile, and was forgotten";
}

TEST_F(BadResource, where_the_tasks_cannot_be_listed_an_update_may_be_at_work) {
  root(R"("Tasks":{"@odata.id":"/redfish/v1/TaskService"},"UpdateService":{"@odata.id":"/redfish/v1/UpdateService"})");
  const std::string service = "GET /redfish/v1/TaskService ";
  const std::string list = "GET /redfish/v1/TaskService/Tasks ";
  for (const std::string& bad : {service, list}) {
    for (const char* status : {kInternal, "404 Not Found"}) {
      server_.json(service, R"({"Tasks":{"@odata.id":"/redfish/v1/TaskService/Tasks"}})");
      server_.json(list, R"({"Members":[]})");
      EXPECT_THAT(seen().findings, IsEmpty());
      answer(bad, status, "{}");
      const Observation now = seen();
      EXPECT_THAT(ids(now), ElementsAre("BIOS 3.2", "NIC 1.0")) << bad << status;
      ASSERT_THAT(now.tasks, SizeIs(1)) << bad << status;
      EXPECT_EQ(now.tasks[0].state, TaskState::running);
      EXPECT_EQ(now.tasks[0].uri, "");
      EXPECT_THAT(now.findings, ElementsAre(HasSubstr("the list of tasks cannot be read: HTTP ")));
    }
  }
  server_.json(service, R"({"Id":"TaskService"})");
  const Observation none = seen();
  EXPECT_THAT(none.tasks, IsEmpty()) << "a service that names no tasks has none";
  EXPECT_THAT(none.findings, IsEmpty());
}

}  // namespace
}  // namespace breakwater::redfish::bad_resource_test
