// Inventories that others keep: rows and groups become hosts, and what cannot be taken is named with its line.
#include "orchestrator/operations/importing.hpp"

#include <gmock/gmock.h>

#include "inventories/document/files.hpp"
#include "policies/documents.hpp"
#include "tests/inventories/trust/scratch.hpp"

namespace breakwater::operations::importing_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

std::vector<std::string> faults(const Result<std::vector<views::ImportedHost>, Diagnostics>& hosts) {
  std::vector<std::string> lines;
  if (!hosts) {
    for (const Diagnostic& fault : hosts.error()) lines.push_back(to_string(fault));
  }
  return lines;
}

TEST(Csv, columns_are_what_they_are_named_and_the_rest_are_labels) {
  const auto hosts =
      hosts_in_csv("f.csv", "rack,name,address,uuid\r\nr07,n1,10.0.0.1:8443,\r\n\r\n\"r08\",n2,bmc2,A-B\r\n");
  ASSERT_TRUE(hosts) << faults(hosts).front();
  ASSERT_THAT(*hosts, SizeIs(2));
  EXPECT_EQ(hosts->front().name, "n1");
  EXPECT_EQ(hosts->front().address, "10.0.0.1:8443");
  EXPECT_EQ(hosts->front().uuid, "");
  EXPECT_THAT(hosts->front().labels, ElementsAre(Pair("rack", "r07")));
  EXPECT_EQ(hosts->back().uuid, "a-b");
  EXPECT_THAT(hosts->back().labels, ElementsAre(Pair("rack", "r08")));
}

TEST(Csv, upper_and_lower_case_of_a_column_are_the_same) {
  const auto hosts = hosts_in_csv("f.csv", "Name,ADDRESS,Serial,UUID,Rack\nN1,b1,SN1,A-B,R07\n");
  ASSERT_TRUE(hosts) << faults(hosts).front();
  EXPECT_EQ(hosts->front().name, "N1");
  EXPECT_EQ(hosts->front().address, "b1");
  EXPECT_EQ(hosts->front().serial, "SN1");
  EXPECT_THAT(hosts->front().labels, ElementsAre(Pair("rack", "R07")));
  EXPECT_THAT(faults(hosts_in_csv("f.csv", "name,address,Rack,rack\nn1,b1,a,b\n")),
              ElementsAre(HasSubstr("column 'rack' stands twice")));
}

TEST(Csv, quotes_hold_commas_and_line_ends) {
  const auto hosts = hosts_in_csv("f.csv", "name,address,serial\nn1,b1,\"A,\"\"B\"\"\"\n");
  ASSERT_TRUE(hosts) << faults(hosts).front();
  EXPECT_EQ(hosts->front().serial, "A,\"B\"");
}

TEST(Csv, every_row_that_cannot_be_taken_is_named) {
  const auto hosts = hosts_in_csv("f.csv",
                                  "name,address,rack\n"
                                  "n1,b1,r07\n"
                                  "n1,b2,r07\n"
                                  "n3,b3\n"
                                  "n 4,b4,r07\n"
                                  "n5,http://b5,r07\n"
                                  "n6,b6,row 7\n");
  EXPECT_THAT(faults(hosts), ElementsAre(HasSubstr("f.csv:3"), HasSubstr("f.csv:4"), HasSubstr("f.csv:5"),
                                         HasSubstr("f.csv:6"), HasSubstr("f.csv:7")));
}

TEST(Csv, a_table_without_its_columns_is_refused) {
  EXPECT_THAT(faults(hosts_in_csv("f.csv", "")), testing::Contains(HasSubstr("no column 'name'")));
  EXPECT_THAT(faults(hosts_in_csv("f.csv", "name,ip\nn1,b1\nn2,b2\n")),
              ElementsAre(HasSubstr("f.csv:1:0 has no column 'address'; those that it has: ip, name")))
      << "once, and not for every row";
  EXPECT_THAT(faults(hosts_in_csv("f.csv", "name,address\n")), ElementsAre(HasSubstr("holds no host")));
  EXPECT_THAT(faults(hosts_in_csv("f.csv", "name,address\nn1,\"b1\n")),
              testing::Contains(HasSubstr("f.csv:2:0 a quote that opens here is never closed")));
}

TEST(Ansible, groups_and_named_variables_become_labels) {
  const auto hosts = hosts_of_ansible("hosts.ini", R"({
    "_meta": {"hostvars": {"n1": {"oob": "10.0.0.1", "rack": 7, "gpu": true}, "n2": {}}},
    "all": {"children": ["ungrouped", "web"]}, "web": {"hosts": ["n1", "n3"]}})",
                                      {"oob", {"rack", "gpu"}});
  ASSERT_TRUE(hosts) << faults(hosts).front();
  ASSERT_THAT(*hosts, SizeIs(3));
  EXPECT_EQ((*hosts)[0].address, "10.0.0.1");
  EXPECT_THAT((*hosts)[0].labels, ElementsAre(Pair("gpu", "true"), Pair("rack", "7"), Pair("web", "true")));
  EXPECT_EQ((*hosts)[1].address, "n2") << "its own name, where no variable says otherwise";
  EXPECT_EQ((*hosts)[2].name, "n3") << "a host without variables";
  EXPECT_EQ((std::vector{(*hosts)[0].named_only, (*hosts)[1].named_only, (*hosts)[2].named_only}),
            (std::vector{false, true, true}))
      << "and that is told";
}

TEST(Ansible, what_is_no_inventory_is_refused) {
  EXPECT_THAT(faults(hosts_of_ansible("h", "[]", {})), ElementsAre(HasSubstr("printed no JSON")));
  EXPECT_THAT(faults(hosts_of_ansible("h", "{", {})), ElementsAre(HasSubstr("printed no JSON")));
  EXPECT_THAT(faults(hosts_of_ansible("h", "{}", {})), ElementsAre(HasSubstr("holds no host")));
}

TEST(Imported, the_inventory_that_is_written_is_right) {
  const Scratch folder;
  const std::string out = folder.path() / "fleet/inventory.yaml";
  std::vector<views::ImportedHost> hosts{
      {"n1", "10.0.0.1", "S\"1", "3f2a6c1e-90b7-4a57-9d5e-0cc47a112233", {{"rack", "7"}}},
      {"n2", "bmc2.example", "", "", {}}};
  ASSERT_TRUE(write_imported({out, "fleet", "env:LOGIN", "ca.pem"}, hosts));
  const auto documents = load_documents(read_sources({out}));
  ASSERT_TRUE(documents) << to_string(documents.error().front());
  ASSERT_THAT(documents->hosts, SizeIs(2));
  EXPECT_EQ(documents->hosts[0].serial, "S\"1");
  EXPECT_EQ(documents->hosts[0].labels.at("rack"), "7");
  const auto again = write_imported({out, "fleet", "env:LOGIN", ""}, hosts);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Problem::Kind::bad_argument);
}

}  // namespace
}  // namespace breakwater::operations::importing_test
