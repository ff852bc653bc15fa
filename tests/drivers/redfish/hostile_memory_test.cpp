// What a hostile BMC can make us hold: 16 MiB at most, whatever it sends.
#include <gmock/gmock.h>

#include "drivers/redfish/collection.hpp"
#include "tests/drivers/redfish/hostile_fixture.hpp"

namespace breakwater::redfish::hostile_memory_test {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;
constexpr std::size_t kGrowthMax = 16 * kMebibyte;
constexpr const char* kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string chunk(const std::string& text) {
  char length[20];
  std::snprintf(length, sizeof length, "%zx\r\n", text.size());
  return length + text + "\r\n";
}

/// A JSON text as chunks of 64 KiB, so that nobody knows its length before its end.
void write_chunked(const HostileServer::Write& write, const std::string& body) {
  constexpr std::size_t kPiece = 64 << 10;
  if (!write(kChunked)) return;
  for (std::size_t at = 0; at < body.size(); at += kPiece) {
    if (!write(chunk(body.substr(at, kPiece)))) return;
  }
  write("0\r\n\r\n");
}

std::string repeated(const std::string& piece, std::size_t times) {
  std::string all;
  all.reserve(piece.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += piece;
  return all;
}

class HostileMemory : public Hostile {
 protected:
  /// A look at what was put up, its end and what it held at most.
  void look(const char* persona) {
    auto one = bmc({Duration(60'000), Duration(10'000)});
    ASSERT_TRUE(run(one->open(remember())));
    const HeapWatch heap;
    {
      const auto seen = run(one->observe());
      kind_ = seen ? std::nullopt : std::optional(seen.error().kind);
    }
    RecordProperty("peak_bytes", std::to_string(heap.peak()));
    std::printf("%s: %.1f MiB at most\n", persona, static_cast<double>(heap.peak()) / kMebibyte);
    EXPECT_LE(heap.peak(), kGrowthMax) << persona;
    EXPECT_GT(heap.peak(), 1000u) << "nothing was counted";
    run(one->close());
  }
  std::optional<Fault::Kind> kind_;
};

TEST_F(HostileMemory, a_body_without_end) {
  server_.on(kInventory, [](const auto& write) {
    write(kChunked);
    const std::string piece = chunk(std::string(1 << 16, ' '));
    while (write(piece)) {
    }
  });
  look("endless body");
  EXPECT_EQ(kind_, Fault::Kind::bound_exceeded);
}

TEST_F(HostileMemory, sixty_four_mebibytes_of_header) {
  server_.on(kInventory, [](const auto& write) {
    write("HTTP/1.1 200 OK\r\n");
    const std::string field = "X-Flood: " + std::string(1000, 'a') + "\r\n";
    for (std::size_t sent = 0; sent < 64 * kMebibyte && write(field);) sent += field.size();
  });
  look("64 MiB of header");
  EXPECT_EQ(kind_, Fault::Kind::bound_exceeded);
}

TEST_F(HostileMemory, chunks_whose_extensions_or_trailers_never_end) {
  for (const char* opening : {"5;ext=", "0\r\nX-Trailer: "}) {
    server_.on(kInventory, [opening](const auto& write) {
      write(std::string(kChunked) + opening);
      while (write(std::string(1 << 16, 'a'))) {
      }
    });
    look(opening);
    EXPECT_EQ(kind_, Fault::Kind::bound_exceeded);
  }
}

TEST_F(HostileMemory, one_text_as_long_as_a_reply) {
  const std::string body = R"({"Members":[],"Fill":")" + std::string(kWalkBytesMax - 100, 'x') + R"("})";
  server_.on(kInventory, [&body](const auto& write) { write_chunked(write, body); });
  look("one text of 4 MiB");
  EXPECT_EQ(kind_, Fault::Kind::bound_exceeded);
}

TEST_F(HostileMemory, a_length_past_its_bound_whose_body_comes_with_it) {
  for (const char* length : {"8000000", "67108864", "9223372036854775807"}) {
    server_.on(kInventory, [length](const auto& write) {
      std::string piece = std::string("HTTP/1.1 200 OK\r\nContent-Length: ") + length + "\r\n\r\n";
      piece.append(8'000, ' ');
      while (write(piece)) {
      }
    });
    look(length);
    EXPECT_EQ(kind_, Fault::Kind::bound_exceeded) << length;
  }
}

TEST_F(HostileMemory, as_many_values_as_one_reply_may_have) {
  const std::string body = R"({"Members":[)" + repeated(R"({"@odata.id":{}},)", kReplyValuesMax / 2 - 10) + "0]," +
                           R"("Fill":[)" + repeated('"' + std::string(200'000, 'x') + R"(",)", 15) + "0]}";
  server_.on(kInventory, [&body](const auto& write) { write_chunked(write, body); });
  look("20,000 values");
  EXPECT_EQ(kind_, std::nullopt);
}

TEST_F(HostileMemory, more_values_than_one_reply_may_have) {
  server_.json("GET /redfish/v1/Systems/1", R"({"Fill":[)" + repeated("{},", kReplyValuesMax - 10) + "0]}");
  look("19,990 values in one system");
  server_.json("GET /redfish/v1/Systems/1", R"({"Fill":[)" + repeated("{},", kReplyValuesMax) + "0]}");
  look("20,001 values in one system");
  EXPECT_EQ(kind_, Fault::Kind::bound_exceeded);
}

TEST_F(HostileMemory, members_of_many_small_values) {
  server_.json(kInventory, list_of(40));
  server_.json(std::string(kInventory) + "/", R"({"Id":"x","Fill":[)" + repeated("{},", 9'000) + "0]}");
  look("members of 9,000 values each");
  EXPECT_EQ(kind_, Fault::Kind::bound_exceeded);
  EXPECT_LE(server_.count(std::string(kInventory) + "/"), 6);
}

TEST_F(HostileMemory, members_with_long_links) {
  std::string body = R"({"Members":[)";
  for (int i = 0; i < 4'400; ++i) {
    body += R"({"@odata.id":"/redfish/v1/UpdateService/FirmwareInventory/)" + std::to_string(i) +
            std::string(870, 'x') + R"("},)";
  }
  body += "0]}";
  ASSERT_LT(body.size(), kWalkBytesMax);
  server_.on(kInventory, [&body](const auto& write) { write_chunked(write, body); });
  server_.on(std::string(kInventory) + "/",
             [](const auto& write) { write(HostileServer::reply("{}", "500 Internal Server Error")); });
  look("4 MiB of links");
  EXPECT_EQ(kind_, Fault::Kind::http_status);
}

TEST_F(HostileMemory, many_pages_of_expanded_members) {
  int page = 0;
  server_.on(kInventory, [&page](const auto& write) {
    const std::string number = std::to_string(++page);
    write(HostileServer::reply(
        R"({"Members":[{"@odata.id":"/redfish/v1/)" + number + R"(","Id":"x","Fill":[)" + repeated("{},", 9'000) +
        R"(0]}],"Members@odata.nextLink":"/redfish/v1/UpdateService/FirmwareInventory?p=)" + number + R"("})"));
  });
  look("pages of expanded members");
  EXPECT_EQ(kind_, Fault::Kind::bound_exceeded);
  EXPECT_LE(page, 6);
}

TEST_F(HostileMemory, adapters_without_number_and_their_long_part_numbers) {
  std::string items;
  for (int i = 0; i < 100; ++i) {
    items += R"({"@odata.id":"/redfish/v1/Chassis/1/NetworkAdapters/)" + std::to_string(i) + R"("},)";
  }
  server_.json(kInventory,
               R"({"Members":[{"@odata.id":"/redfish/v1/x","Id":"x","Version":"1","RelatedItem":[)" + items + "0]}]}");
  const std::string adapter = R"({"PartNumber":")" + std::string(200'000, 'x') + R"("})";
  server_.json("GET /redfish/v1/Chassis/1/NetworkAdapters/", adapter);
  look("100 adapters");
  EXPECT_EQ(kind_, Fault::Kind::bound_exceeded);
  EXPECT_EQ(server_.count("GET /redfish/v1/Chassis/1/NetworkAdapters/"), 64);
}

TEST_F(HostileMemory, tasks_that_talk_for_ever) {
  server_.json("GET /redfish/v1/ ", R"({"@odata.id":"/redfish/v1/","Systems":{"@odata.id":"/redfish/v1/Systems"},
        "UpdateService":{"@odata.id":"/redfish/v1/UpdateService"},"Tasks":{"@odata.id":"/redfish/v1/TaskService"},
        "Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}}})");
  server_.json("GET /redfish/v1/TaskService", R"({"Tasks":{"@odata.id":"/redfish/v1/TaskService/Tasks"}})");
  std::string members;
  for (int i = 0; i < 200; ++i)
    members += R"({"@odata.id":"/redfish/v1/TaskService/Tasks/)" + std::to_string(i) + R"("},)";
  server_.json("GET /redfish/v1/TaskService/Tasks", R"({"Members":[)" + members + "0]}");
  const std::string talk(50'000, 'x');
  server_.json("GET /redfish/v1/TaskService/Tasks/",
               R"({"TaskState":")" + talk + R"(","Messages":[{"Message":")" + talk + R"("}]})");
  look("100 tasks of 100 kB each");
  EXPECT_EQ(kind_, std::nullopt);
  EXPECT_EQ(server_.count("GET /redfish/v1/TaskService/Tasks/"), 100);
}

}  // namespace
}  // namespace breakwater::redfish::hostile_memory_test
