"""The house's two tables hold, and the check that says so can tell."""
import pathlib
import re
import unittest

import includes
import tables
from planted import house

ROOT = pathlib.Path(__file__).resolve().parents[2]


def found_in(path, line, also=()):
    files = {name: "" for name in also}
    files[path] = f"#pragma once\n{line}\n"
    with house(files) as root:
        return includes.violations(root)


class TheHouse(unittest.TestCase):
    def test_every_include_is_allowed(self):
        self.assertEqual([], includes.violations(ROOT))

    def test_the_page_shows_the_same_arrows(self):
        page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
        table = page[page.index("| row | may include |"):].partition("\n\n")[0]
        shown, before = {}, []
        for line in table.splitlines()[2:]:
            rows, allowed = ([*re.findall(r"`([^`]+)`", cell)] for cell in line.strip("|").split("|"))
            before = [*(before if "the same and" in line else []), *allowed]
            shown |= {row: sorted(before) for row in rows}
        held = {row: sorted(set(allowed) - {"inventories"}) for row, allowed in tables.FLOORS.items()}
        self.assertEqual(held, shown)
        without = [row for row, allowed in tables.FLOORS.items() if "inventories" not in allowed]
        self.assertEqual(["inventories", "orchestrator/log"], without)

    def test_every_floor_is_there_and_is_read(self):
        read = {path.parts[0] for path in includes.sources(ROOT)}
        self.assertEqual(set(tables.PRODUCT), read)


class Floors(unittest.TestCase):
    PLANTED = [
        ("inventories/hosts/host.cpp", "policies/policy.hpp", "inventories must not know policies"),
        ("inventories/trust/key.cpp", "drivers/bmc.hpp", "inventories must not know drivers/bmc.hpp"),
        ("inventories/trust/key.cpp", "orchestrator/core/plan.hpp", "inventories must not know orchestrator/core"),
        ("policies/waves.cpp", "drivers/bmc.hpp", "policies must not know drivers/bmc.hpp"),
        ("policies/waves.cpp", "orchestrator/core/plan.hpp", "policies must not know orchestrator/core"),
        ("drivers/redfish/session.cpp", "policies/policy.hpp", "drivers/redfish must not know policies"),
        ("drivers/lab/lab.cpp", "orchestrator/conductor.hpp", "drivers/lab must not know orchestrator/conductor"),
        ("drivers/redfish/session.cpp", "drivers/lab/lab.hpp", "drivers/redfish must not know drivers/lab"),
        ("drivers/redfish/session.cpp", "drivers/ipmi/session.hpp", "drivers/redfish must not know drivers/ipmi"),
        ("drivers/redfish/facts.cpp", "drivers/ipmi/wire/text.hpp", "drivers/redfish must not know drivers/ipmi/wire"),
        ("drivers/redfish/session.cpp", "drivers/two_drivers.hpp", "drivers/redfish must not know drivers/two_drivers"),
        ("drivers/ipmi/session.cpp", "drivers/redfish/session.hpp", "drivers/ipmi must not know drivers/redfish"),
        ("drivers/ipmi/session.cpp", "drivers/lab/lab.hpp", "drivers/ipmi must not know drivers/lab"),
        ("drivers/lab/lab.cpp", "drivers/redfish/session.hpp", "drivers/lab must not know drivers/redfish"),
        ("drivers/lab/ipmi/hpm.cpp", "drivers/ipmi/session.hpp", "drivers/lab must not know drivers/ipmi"),
        ("drivers/two_drivers.cpp", "drivers/redfish/session.hpp", "drivers/two_drivers must not know drivers/redfish"),
        ("drivers/look_up.cpp", "drivers/ipmi/session.hpp", "drivers/look_up must not know drivers/ipmi"),
        ("orchestrator/crews/bmc/open_bmc.cpp", "drivers/lab/lab.hpp",
         "orchestrator/crews/bmc/open_bmc must not know drivers/lab"),
        ("orchestrator/operations/bmc_access.cpp", "drivers/lab/lab.hpp",
         "orchestrator/operations must not know drivers/lab"),
        ("orchestrator/cli/apply_verb.cpp", "drivers/redfish/session.hpp",
         "orchestrator/cli must not know drivers/redfish"),
        ("orchestrator/core/decide.cpp", "drivers/bmc.hpp", "orchestrator/core must not know drivers/bmc.hpp"),
        ("orchestrator/core/decide.cpp", "drivers/redfish/tasks.hpp",
         "orchestrator/core must not know drivers/redfish"),
        ("orchestrator/core/decide.cpp", "orchestrator/crews/bmc/bmc_crew.hpp",
         "orchestrator/core must not know orchestrator/crews/bmc/bmc_crew"),
        ("orchestrator/conductor.cpp", "orchestrator/crews/bmc/bmc_crew.hpp",
         "orchestrator/conductor must not know orchestrator/crews/bmc/bmc_crew"),
        ("orchestrator/conductor.hpp", "drivers/bmc.hpp", "orchestrator/conductor must not know drivers/bmc.hpp"),
        ("orchestrator/conductor.cpp", "policies/policy.hpp", "orchestrator/conductor must not know policies"),
        ("orchestrator/conductor.cpp", "orchestrator/log.hpp", "orchestrator/conductor must not know orchestrator/log"),
        ("orchestrator/conductor.cpp", "orchestrator/operations/problem.hpp",
         "orchestrator/conductor must not know orchestrator/operations"),
        ("orchestrator/crews/model/model_bmc.cpp", "drivers/redfish/session.hpp",
         "orchestrator/crews/model must not know drivers/redfish"),
        ("orchestrator/codec/event_json.cpp", "orchestrator/journal/record.hpp",
         "orchestrator/codec must not know orchestrator/journal"),
        ("orchestrator/journal/chain.cpp", "drivers/fault.hpp", "orchestrator/journal must not know drivers/fault.hpp"),
        ("orchestrator/journal/chain.cpp", "orchestrator/core/event.hpp",
         "orchestrator/journal must not know orchestrator/core"),
        ("orchestrator/journal/chain.cpp", "orchestrator/codec/event_json.hpp",
         "orchestrator/journal must not know orchestrator/codec"),
        ("orchestrator/views/report_json.cpp", "orchestrator/journal/store.hpp",
         "orchestrator/views must not know orchestrator/journal"),
        ("orchestrator/conductor.cpp", "orchestrator/cli/apply.hpp",
         "orchestrator/conductor must not know orchestrator/cli"),
        ("orchestrator/codec/plan_value.cpp", "policies/policy.hpp", "orchestrator/codec must not know policies"),
        ("orchestrator/crews/crew.hpp", "drivers/fault.hpp", "orchestrator/crews/crew must not know drivers/fault.hpp"),
        ("orchestrator/crews/bmc/stage.cpp", "orchestrator/crews/model/model_bmc.hpp",
         "orchestrator/crews/bmc must not know orchestrator/crews/model"),
        ("orchestrator/crews/model/model_crew.cpp", "orchestrator/crews/bmc/bmc_crew.hpp",
         "orchestrator/crews/model must not know orchestrator/crews/bmc/bmc_crew"),
        ("orchestrator/rehearsal/rehearse.cpp", "orchestrator/journal/store.hpp",
         "orchestrator/rehearsal must not know orchestrator/journal"),
        ("orchestrator/rehearsal/rehearse.cpp", "orchestrator/crews/bmc/bmc_crew.hpp",
         "orchestrator/rehearsal must not know orchestrator/crews/bmc/bmc_crew"),
        ("orchestrator/rehearsal/rehearse.cpp", "orchestrator/views/text.hpp",
         "orchestrator/rehearsal must not know orchestrator/views"),
        ("orchestrator/views/text.cpp", "orchestrator/conductor.hpp",
         "orchestrator/views must not know orchestrator/conductor"),
        ("orchestrator/views/text.cpp", "drivers/bmc.hpp", "orchestrator/views must not know drivers/bmc.hpp"),
        ("orchestrator/views/text.cpp", "orchestrator/operations/problem.hpp",
         "orchestrator/views must not know orchestrator/operations"),
        ("orchestrator/operations/planning.cpp", "orchestrator/cli/console.hpp",
         "orchestrator/operations must not know orchestrator/cli"),
        ("orchestrator/cli/apply.cpp", "orchestrator/crews/bmc/bmc_crew.hpp",
         "orchestrator/cli must not know orchestrator/crews/bmc/bmc_crew"),
        ("orchestrator/crews/bmc/settle.cpp", "orchestrator/crews/bmc/bmc_hands.hpp",
         "orchestrator/crews/bmc must not know orchestrator/crews/bmc/bmc_hands"),
    ]

    def test_an_arrow_upward_is_found(self):
        for path, target, wrong in self.PLANTED:
            with self.subTest(path=path, target=target):
                self.assertEqual([f"{path}:2: {target}: {wrong}"],
                                 found_in(path, f'#include "{target}"', also=[target]))

    def test_arrows_downward_are_let_through(self):
        for path, target in [("policies/waves.cpp", "inventories/vocabulary/result.hpp"),
                             ("drivers/redfish/session.cpp", "inventories/trust/verified_image.hpp"),
                             ("drivers/redfish/session.cpp", "drivers/bmc.hpp"),
                             ("drivers/ipmi/session.cpp", "drivers/ipmi/wire/packet.hpp"),
                             ("drivers/lab/ipmi/hpm.cpp", "drivers/ipmi/wire/hpm.hpp"),
                             ("orchestrator/core/decide.cpp", "policies/policy.hpp"),
                             ("orchestrator/codec/event_json.cpp", "orchestrator/core/event.hpp"),
                             ("orchestrator/crews/bmc/open_bmc.cpp", "drivers/redfish/redfish_bmc.hpp"),
                             ("orchestrator/crews/model/model_crew.cpp", "orchestrator/crews/bmc/conversation.hpp"),
                             ("orchestrator/conductor.cpp", "orchestrator/crews/crew.hpp"),
                             ("orchestrator/rehearsal/rehearse.cpp", "orchestrator/conductor.hpp"),
                             ("orchestrator/views/report_json.cpp", "inventories/trust/stored_image.hpp"),
                             ("orchestrator/operations/conducting.cpp", "orchestrator/views/event_words.hpp"),
                             ("orchestrator/cli/apply.cpp", "orchestrator/conductor.hpp")]:
            with self.subTest(path=path, target=target):
                self.assertEqual([], found_in(path, f'#include "{target}"', also=[target]))

    def test_what_is_included_of_ours_is_a_header(self):
        for target in ["policies/limits.cpp", "policies/limits.txt", "policies/limits"]:
            with self.subTest(target=target):
                self.assertEqual([f"policies/waves.cpp:2: {target}: is no header"],
                                 found_in("policies/waves.cpp", f'#include "{target}"', also=[target]))

    def test_pure_rooms_include_no_header_of_ours_that_opens_files(self):
        for path in ["policies/documents.hpp", "orchestrator/views/fleet_json.hpp", "orchestrator/core/resolve.cpp"]:
            for target in ["inventories/trust/image_store.hpp", "inventories/document/files.hpp",
                           "inventories/hosts/credentials.hpp"]:
                with self.subTest(path=path, target=target):
                    self.assertEqual([f"{path}:2: {target}: {path.rpartition('/')[0]} is pure"],
                                     found_in(path, f'#include "{target}"', also=[target]))
        target = "inventories/trust/proof.hpp"
        self.assertEqual([], found_in("orchestrator/crews/bmc/bmc_hands.cpp", f'#include "{target}"', also=[target]))
        self.assertEqual([], found_in("orchestrator/operations/proof.hpp", f'#include "{target}"', also=[target]))

    def test_every_header_that_opens_files_is_there(self):
        for header in tables.IMPURE_OWN:
            self.assertTrue((ROOT / header).is_file(), header)

    def test_a_path_that_does_not_begin_at_the_root_is_found(self):
        self.assertEqual(["policies/waves.cpp:2: limits.hpp: names no file, seen from the project's root"],
                         found_in("policies/waves.cpp", '#include "limits.hpp"', also=["policies/limits.hpp"]))

    def test_a_file_that_belongs_to_no_room_is_found(self):
        self.assertEqual(["orchestrator/base.cpp:2: policies/policy.hpp: "
                          "is included by a file that belongs to no room"],
                         found_in("orchestrator/base.cpp", '#include "policies/policy.hpp"',
                                  also=["policies/policy.hpp"]))

    def test_the_product_does_not_include_its_tests(self):
        self.assertEqual(["policies/waves.cpp:2: tests/fleet.hpp: belongs to no room"],
                         found_in("policies/waves.cpp", '#include "tests/fleet.hpp"', also=["tests/fleet.hpp"]))


class Libraries(unittest.TestCase):
    # header, a file that may name it, one that may not
    PLANTED = [
        ("yaml-cpp/parser.h", "inventories/document/yaml.cpp", "inventories/hosts/host.cpp"),
        ("nlohmann/json.hpp", "drivers/redfish/facts.cpp", "policies/policy.cpp"),
        ("nlohmann/json.hpp", "orchestrator/codec/event_json.cpp", "orchestrator/journal/export.cpp"),
        ("openssl/evp.h", "inventories/trust/digest.cpp", "inventories/vocabulary/digest.cpp"),
        ("openssl/ssl.h", "drivers/redfish/transport.cpp", "drivers/redfish/facts.cpp"),
        ("openssl/ssl.h", "drivers/redfish/tls.cpp", "drivers/redfish/tasks.cpp"),
        ("boost/asio/io_context.hpp", "orchestrator/crews/bmc/bmc_crew.cpp", "orchestrator/conductor.cpp"),
        ("boost/beast/http.hpp", "drivers/lab/exchange.cpp", "inventories/trust/image_store.cpp"),
        ("libical/ical.h", "policies/windows.cpp", "policies/waves.cpp"),
        ("date/tz.h", "policies/windows.cpp", "inventories/vocabulary/instant.cpp"),
        ("sqlite3.h", "orchestrator/journal/sqlite_store.cpp", "orchestrator/core/fleet.cpp"),
        ("libpq-fe.h", "orchestrator/journal/postgres_store.cpp", "orchestrator/conductor.cpp"),
        ("cpprest/http_client.h", "orchestrator/outbound/http.cpp", "drivers/redfish/transport.cpp"),
        ("spdlog/spdlog.h", "orchestrator/log.cpp", "drivers/redfish/session.cpp"),
        ("CLI/CLI.hpp", "orchestrator/cli/parser.cpp", "orchestrator/cli/command_line.cpp"),
        ("tl/expected.hpp", "inventories/vocabulary/result.hpp", "inventories/vocabulary/digest.hpp"),
    ]

    def test_a_library_is_named_in_its_rooms_only(self):
        for header, inside, outside in self.PLANTED:
            with self.subTest(header=header):
                self.assertEqual([], found_in(inside, f"#include <{header}>"))
                found = found_in(outside, f"#  include <{header}>")
                self.assertEqual(1, len(found), found)
                self.assertIn(f"{outside}:2: {header}: ", found[0])

    def test_every_library_of_the_table_is_planted_once(self):
        planted = {header for header, _, _ in self.PLANTED}
        for library, (beginnings, _) in tables.LIBRARIES.items():
            with self.subTest(library=library):
                self.assertTrue(any(header.startswith(b) for header in planted for b in beginnings))

    def test_quotes_do_not_hide_a_library(self):
        self.assertEqual(1, len(found_in("policies/waves.cpp", '#include "nlohmann/json.hpp"')))

    def test_the_port_names_the_awaitable_and_no_more(self):
        self.assertEqual([], found_in("drivers/bmc.hpp", "#include <boost/asio/awaitable.hpp>"))
        self.assertEqual(1, len(found_in("drivers/bmc.hpp", "#include <boost/beast/http.hpp>")))

    def test_the_conversation_names_no_timer_no_executor_and_no_driver(self):
        for path, target in [("orchestrator/crews/bmc/settle.cpp", "<boost/asio/steady_timer.hpp>"),
                             ("orchestrator/crews/bmc/hands.hpp", "<boost/asio/io_context.hpp>"),
                             ("orchestrator/crews/crew.hpp", "<boost/asio/awaitable.hpp>")]:
            with self.subTest(path=path, target=target):
                self.assertEqual(1, len(found_in(path, f"#include {target}")))
        driver = "drivers/redfish/redfish_bmc.hpp"
        self.assertEqual(1, len(found_in("orchestrator/crews/bmc/settle.cpp", f'#include "{driver}"', also=[driver])))
        self.assertEqual([], found_in("orchestrator/crews/bmc/bmc_hands.cpp", "#include <boost/asio/post.hpp>"))

    def test_the_model_names_what_runs_its_coroutines_and_no_timer_no_socket(self):
        for header in ["asio/steady_timer.hpp", "asio/ip/tcp.hpp", "asio/co_spawn.hpp", "beast/http.hpp"]:
            with self.subTest(header=header):
                self.assertEqual(1, len(found_in("orchestrator/crews/model/model_bmc.cpp",
                                                 f"#include <boost/{header}>")))
        for header, wrong in [("co_spawn", 0), ("io_context", 0), ("awaitable", 0), ("steady_timer", 1), ("post", 1)]:
            with self.subTest(header=header):
                self.assertEqual(wrong, len(found_in("orchestrator/crews/model/virtual_time.cpp",
                                                     f"#include <boost/asio/{header}.hpp>")))

    def test_pure_rooms_read_no_clock_and_no_file(self):
        for path in ["orchestrator/core/decide.cpp", "orchestrator/views/text.cpp", "policies/gates.cpp",
                     "orchestrator/codec/event_json.cpp", "drivers/ipmi/wire/packet.cpp"]:
            for header in ["iostream", "random", "thread", "sys/socket.h", "fcntl.h", "unistd.h", "linux/random.h"]:
                with self.subTest(path=path, header=header):
                    self.assertEqual([f"{path}:2: {header}: {path.rpartition('/')[0]} is pure"],
                                     found_in(path, f"#include <{header}>"))
        self.assertEqual([], found_in("orchestrator/core/decide.cpp", "#include <algorithm>"))
        self.assertEqual([], found_in("orchestrator/operations/new_file.cpp", "#include <fcntl.h>"))

    def test_pure_rooms_name_no_clock_no_chance_no_file_and_no_thread(self):
        for path in ["orchestrator/core/decide.cpp", "policies/gates.cpp", "orchestrator/crews/bmc/settle.cpp"]:
            for line in ["auto now = std::chrono::system_clock::now();", "auto now = Clock::now();",
                         "fopen(name, mode);",
                         "int one = rand();", "getenv(name);", "std::time(nullptr);", "std::jthread runs;",
                         "auto now = Ticks::now();", "auto now = ::time(nullptr);", "double one = drand48();",
                         "std::this_thread::yield();", "auto id = getpid();", 'printf("%d", one);', "tmpfile();",
                         "auto now = time(nullptr);", "auto clock = std::chrono::steady_clock{};",
                         "auto read = &Ticks::now;", "using Mine = std::chrono::utc_clock;", "fdopen(one, mode);",
                         "fwrite(text, 1, 2, out);", "putchar(one);", "system(command);", "fputc(one, out);",
                         'perror("one");', "char** all = environ;", "::syscall(one);", "getcwd(name, 1);",
                         "timespec_get(&one, TIME_UTC);", "auto here = std::chrono::current_zone();",
                         'auto words = std::locale("");', 'setlocale(LC_ALL, "");',
                         "auto& all = std::chrono::get_tzdb();",
                         "localtime(&one);", "getrandom(name, 1, 0);", "dprintf(1, name);",
                         "auto now = Clock{}.now();", "Clock c;\n  auto now = c.now();", "usleep(1);",
                         "nanosleep(&one, nullptr);", "clock_nanosleep(one, 0, &two, nullptr);",
                         'auto* zone = std::chrono::locate_zone("");',
                         "bool is = std::filesystem::exists(name);", "namespace fs = std::filesystem;",
                         "std::filesystem::path name;", "std::clog << one;", "std::wcout << one;", "std::cin >> one;",
                         "unlink(name);", "::unlink(name);", "mkdir(name, 0700);", "int one = ::socket(1, 2, 3);",
                         "::close(one);", "pthread_create(&one, nullptr, run, nullptr);", "std::minstd_rand one;",
                         "std::default_random_engine one;", "std::exit(1);", "exit(1);", "_exit(1);"]:
                with self.subTest(path=path, line=line):
                    self.assertEqual(1, len(found_in(path, "  " + line)))
        self.assertEqual([], found_in("orchestrator/core/decide.cpp", '// rand() "getenv"\n  auto text = "rand()";'))
        for line in ["host.time(one);", "auto after = plan->time(one);", "int downtime(int);", "clock_skew(one);",
                     "bmc_->close(brief);", "co_await sleep(one);", "host.exit(one);",
                     "auto zone = date::locate_zone(one);",
                     "Clock::time_point at;", "std::chrono::steady_clock::time_point at;"]:
            self.assertEqual([], found_in("orchestrator/core/decide.cpp", "  " + line))
        self.assertEqual([], found_in("orchestrator/crews/bmc/bmc_hands.cpp", "auto now = Clock::now();"))

    def test_pure_rooms_keep_nothing_between_two_calls(self):
        for path in ["orchestrator/core/decide.cpp", "policies/gates.hpp", "orchestrator/crews/bmc/settle.cpp"]:
            for line in ["  static int n;", "  static int n = 0;", "  static inline int n{};",
                         "static std::vector<int> seen;",
                         "  thread_local int n = 0;", "  static thread_local std::map<int, int> seen{{1, 2}};",
                         "  static const Plan* last = nullptr;", "  static int n(0);", "int n = 0;",
                         "std::string last;",
                         "inline std::map<int, int> seen{};", "std::array<int, 2> pair{1, 2};", "Plan* last = nullptr;",
                         "  static Cache seen(made());", "  static Cache seen(plan.size());",
                         "  static Cache seen(plan->size());", "static Cache seen(Cache{});", "Cache seen(made());",
                         "const Plan* last = nullptr;", "std::optional<Plan> last =\n    std::nullopt;",
                         "  [[maybe_unused]] static int n = 0;", "  constinit static int n = 0;",
                         "  int static n = 0;", "int next() { static int n = 0; return ++n; }",
                         "  if (one) { two(); static int n; }", "  static int* const n = new int;",
                         "int* const n = new int;", "  static std::function<int(int)> f;",
                         "std::function<int(int)> f = nullptr;", "std::function<int(int)> f;",
                         "  std::vector<std::function<int()>> static all;", "constinit int n = 0;",
                         "[[maybe_unused]] int n = 0;", "[[maybe_unused]] [[gnu::used]] std::string last;",
                         "  mutable int n = 0;", "struct One { mutable const Plan* last; };",
                         "  mutable std::function<int(int)> f;"]:
                with self.subTest(path=path, line=line):
                    self.assertEqual([f"{path}:2: a variable that outlives a call: {path.rpartition('/')[0]} is pure"],
                                     found_in(path, line))
        for line in ["  static const int n = 0;", "static constexpr int kMost = 1;", "  static int of(int n);",
                     "  static bool is(const Host& host) {\n  }", "const int n = 0;",
                     "inline constexpr auto kNone = 1;",
                     "  static int of(std::function<int(int)> one);", "int of(std::string (*one)(int));",
                     "using Made = int;", "struct Host;", "  int n = 0;", "int of(int n);", "static_assert(one);",
                     "const char* const kName = one;", "  static const Plan* of(int n);", "enum class A { b };",
                     "template <>\ninline constexpr auto kWords<Verb> = words();", "using enum State;",
                     "template Json Writer::json(const Plan&);", "extern template class Io<int>;",
                     "  auto one = [n]() mutable { return ++n; };", "  one([n]() mutable -> int { return ++n; });",
                     "  one([n]() mutable noexcept { return ++n; });", "[[nodiscard]] int of(int n);",
                     "[[nodiscard]] static int of(int n);", "  int const static n = 0;",
                     "  [[maybe_unused]] static const int n = 0;", "  std::function<int(int)> f = nullptr;",
                     "std::function<int(int)> made(int n);", "int next() { static const int n = 0; return n; }",
                     "  static std::function<int(int)> made(int n);", "  static const std::function<int(int)> f = one;",
                     "  static const char* const kName = one;", "  return static_cast<int>(one) == n;"]:
            with self.subTest(line=line):
                self.assertEqual([], found_in("orchestrator/core/decide.cpp", line))
        self.assertEqual([], found_in("orchestrator/cli/interrupts.cpp", "static int n = 0;"))

    def test_one_line_names_the_type_that_conversations_count_time_in(self):
        line = "using Clock = std::chrono::steady_clock;"
        self.assertEqual([], found_in("orchestrator/crews/bmc/hands.hpp", line))
        self.assertEqual(1, len(found_in("orchestrator/crews/bmc/contact.hpp", line)))
        self.assertEqual(1, len(found_in("orchestrator/crews/bmc/hands.hpp",
                                         "  auto one = std::chrono::steady_clock{};")))

    def test_an_include_that_is_not_one_plain_line_is_found(self):
        for line in ["#include MACRO", "# \\\ninclude <thread>", "/* */ #include <thread>", "%:include <thread>",
                     "#include /* */ <thread>", "#inc\\\nlude <thread>"]:
            with self.subTest(line=line):
                self.assertEqual(["orchestrator/core/decide.cpp:2: an #include is one plain line"],
                                 found_in("orchestrator/core/decide.cpp", line))

    def test_dots_do_not_hide_a_room(self):
        target = "policies/../drivers/bmc.hpp"
        self.assertEqual([f"orchestrator/core/decide.cpp:2: {target}: is no plain path from the project's root"],
                         found_in("orchestrator/core/decide.cpp", f'#include "{target}"',
                                  also=["drivers/bmc.hpp", "policies/policy.hpp"]))

    def test_code_in_a_file_of_another_kind_is_found(self):
        self.assertEqual(["policies/gates.inc: code stands in .cpp and .hpp files"], found_in("policies/gates.inc", ""))

    def test_a_library_without_a_room_is_found(self):
        self.assertEqual(["policies/waves.cpp:2: curl/curl.h: belongs to no library that has a room"],
                         found_in("policies/waves.cpp", "#include <curl/curl.h>"))

    def test_the_system_and_the_standard_are_let_through(self):
        for header in ["vector", "sys/file.h", "unistd.h"]:
            self.assertEqual([], found_in("inventories/trust/descriptor.cpp", f"#include <{header}>"))


if __name__ == "__main__":
    unittest.main()
