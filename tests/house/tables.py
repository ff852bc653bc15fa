"""The two tables of the house: who may include whom, and which room may name which library.

A file that needs a row here to be widened usually wants to be split instead.
"""

# The row of a file is the longest one that begins its path: a folder, a file, or a file without its ending. It may
# include files of its own row and of those listed.
OF_EVERY_DRIVER = ["drivers/apply_time.hpp", "drivers/bmc.hpp", "drivers/fault.hpp", "drivers/login_guard",
                   "drivers/look_up"]
FLOORS = {
    "inventories": [],
    "policies": ["inventories"],
    "drivers/ipmi/wire": ["inventories"],
    "drivers/fault.hpp": ["inventories"],
    "drivers/apply_time.hpp": ["inventories"],
    "drivers/bmc.hpp": ["inventories", "drivers/apply_time.hpp", "drivers/fault.hpp"],
    **{f"drivers/{file}": ["inventories", "drivers/apply_time.hpp", "drivers/bmc.hpp", "drivers/fault.hpp"]
       for file in ("fault", "login_guard", "look_up", "two_drivers")},
    "drivers/redfish": ["inventories", *OF_EVERY_DRIVER],
    "drivers/ipmi": ["inventories", *OF_EVERY_DRIVER, "drivers/ipmi/wire"],
    "drivers/lab": ["inventories", "drivers/apply_time.hpp", "drivers/ipmi/wire"],
    "orchestrator/core": ["inventories", "policies"],
    "orchestrator/codec": ["inventories", "orchestrator/core"],
    "orchestrator/journal": ["inventories"],
    "orchestrator/crews/crew": ["inventories", "orchestrator/core"],
    "orchestrator/crews/bmc": ["inventories", "drivers/bmc.hpp", "drivers/fault.hpp", "orchestrator/core",
                               "orchestrator/crews/bmc/conversation.hpp", "orchestrator/crews/crew"],
    # What speaks over sockets knows the conversation, and is not known by it.
    **{f"orchestrator/crews/bmc/{name}": ["inventories", "drivers/bmc.hpp", "drivers/fault.hpp", "orchestrator/core",
                                          "orchestrator/crews/bmc", "orchestrator/crews/bmc/conversation.hpp",
                                          "orchestrator/crews/crew",
                                          *(f"orchestrator/crews/bmc/{other}" for other in ("bmc_crew", "bmc_hands"))]
       for name in ("bmc_crew", "bmc_hands", "survey")},
    "orchestrator/crews/bmc/open_bmc": ["inventories", "drivers/bmc.hpp", "drivers/ipmi", "drivers/redfish",
                                        "drivers/two_drivers", "orchestrator/crews/bmc",
                                        "orchestrator/crews/bmc/bmc_crew"],
    "orchestrator/crews/bmc/conversation.hpp": ["inventories", "drivers/bmc.hpp", "orchestrator/core",
                                                "orchestrator/crews/bmc", "orchestrator/crews/crew"],
    "orchestrator/crews/model": ["inventories", "drivers/bmc.hpp", "orchestrator/core",
                                 "orchestrator/crews/bmc/conversation.hpp", "orchestrator/crews/crew"],
    "orchestrator/snapshot": ["inventories", "orchestrator/core", "orchestrator/codec", "orchestrator/journal"],
    "orchestrator/folding": ["inventories", "orchestrator/core", "orchestrator/codec", "orchestrator/journal",
                             "orchestrator/snapshot"],
    "orchestrator/answering": ["inventories", "orchestrator/core", "orchestrator/codec", "orchestrator/journal"],
    "orchestrator/conductor": ["inventories", "orchestrator/core", "orchestrator/codec", "orchestrator/journal",
                               "orchestrator/answering", "orchestrator/crews/crew", "orchestrator/snapshot"],
    "orchestrator/leaving": ["inventories", "orchestrator/core", "orchestrator/journal", "orchestrator/conductor",
                             "orchestrator/folding"],
    "orchestrator/log": [],
    "orchestrator/rehearsal": ["inventories", "orchestrator/core", "orchestrator/codec", "orchestrator/crews/model",
                               "orchestrator/conductor", "orchestrator/folding"],
    "orchestrator/views": ["inventories", "orchestrator/core", "orchestrator/codec", "orchestrator/rehearsal"],
    "orchestrator/operations": ["inventories", "policies", "drivers/bmc.hpp", "drivers/ipmi", "drivers/login_guard",
                                "drivers/redfish", "orchestrator/core", "orchestrator/codec",
                                "orchestrator/journal", "orchestrator/crews/bmc/bmc_crew",
                                "orchestrator/crews/bmc/open_bmc", "orchestrator/crews/bmc/survey",
                                "orchestrator/crews/crew",
                                "orchestrator/answering", "orchestrator/conductor", "orchestrator/folding",
                                "orchestrator/log", "orchestrator/rehearsal", "orchestrator/views"],
    "orchestrator/cli": ["inventories", "policies", "drivers/lab", "orchestrator/core", "orchestrator/codec",
                         "orchestrator/journal", "orchestrator/conductor", "orchestrator/folding", "orchestrator/log",
                         "orchestrator/rehearsal", "orchestrator/views", "orchestrator/operations"],
}

# Library -> how its headers begin, and where they may be named. A room ends in `/`, anything else is a pattern for
# one file's path.
LIBRARIES = {
    "yaml-cpp": (["yaml-cpp/"], ["inventories/document/"]),
    "nlohmann-json": (["nlohmann/"],
                      ["inventories/document/", "drivers/redfish/", "drivers/lab/", "orchestrator/codec/",
                       "orchestrator/views/"]),
    "OpenSSL": (["openssl/"],
                ["inventories/trust/", "drivers/redfish/tls.*", "drivers/redfish/transport.*", "drivers/ipmi/",
                 "drivers/lab/"]),
    "Boost": (["boost/"], ["drivers/", "orchestrator/crews/"]),
    "libical": (["libical/"], ["policies/windows*"]),
    "date": (["date/"], ["policies/windows*"]),
    "SQLite": (["sqlite3.h"], ["orchestrator/journal/"]),
    "libpq": (["libpq-fe.h"], ["orchestrator/journal/"]),
    "cpprestsdk": (["cpprest/", "pplx/"], ["orchestrator/outbound/"]),
    "spdlog": (["spdlog/", "fmt/"], ["orchestrator/log.*"]),
    "CLI11": (["CLI/"], ["orchestrator/cli/parser.cpp"]),
    "tl::expected": (["tl/"], ["inventories/vocabulary/result.hpp"]),
}

# Files of which even less may be named than their room allows; the first row that fits counts. The conversation with a
# BMC takes its time, its records and its images from its hands, so that it is the same over sockets and in a model.
WITH_SOCKETS = [f"orchestrator/crews/bmc/{name}.*" for name in ("bmc_crew", "bmc_hands", "open_bmc", "survey")]
AWAITABLE = {"Boost": ["boost/asio/awaitable.hpp"]}
NARROWER = {"drivers/bmc.hpp": AWAITABLE, "orchestrator/crews/crew.hpp": {"Boost": []},
            **{files: {} for files in WITH_SOCKETS}, "orchestrator/crews/bmc/*": AWAITABLE,
            "orchestrator/crews/model/virtual_time.*": {"Boost": [f"boost/asio/{name}.hpp" for name in (
                "async_result", "awaitable", "co_spawn", "executor_work_guard", "io_context", "use_awaitable")]},
            "orchestrator/crews/model/*": AWAITABLE}

# Rooms that read no clock, no chance and no file, and start no thread. A header that ends in `/` begins others.
PURE = ["policies/", "drivers/ipmi/wire/", "orchestrator/core/", "orchestrator/codec/", "orchestrator/views/",
        "orchestrator/crews/model/", "orchestrator/crews/bmc/"]
IMPURE = ["barrier", "condition_variable", "ctime", "filesystem", "fstream", "future", "iostream", "latch", "mutex",
          "random", "semaphore", "shared_mutex", "stop_token", "syncstream", "thread", "arpa/", "dirent.h", "fcntl.h",
          "linux/", "net/", "netinet/", "poll.h", "pwd.h", "signal.h", "spawn.h", "sys/", "termios.h", "time.h",
          "unistd.h"]
# Headers of ours whose functions open files, or read the environment.
IMPURE_OWN = ["inventories/document/files.hpp", "inventories/hosts/credentials.hpp",
              "inventories/trust/image_store.hpp",
              "inventories/trust/incoming_file.hpp", "inventories/trust/minisign.hpp", "inventories/trust/proof.hpp",
              "inventories/vocabulary/descriptor.hpp"]
# The one line of a pure room that names a clock: the type that conversations count time in. Their hands read it.
CLOCK_TYPE = ("orchestrator/crews/bmc/hands.hpp", "using Clock = std::chrono::steady_clock;")
# What needs no header of its own.
IMPURE_NAMES = r"""(?x)
  \b\w+\s*::\s*now\b | \b\w+_clock\b(?!\s*::\s*time_point\b) | \bClock\b(?!\s*(?:=|::\s*time_point\b))
  | (?<![\w.>:])(?:time|system|exit)\s*\(
  | \b(?:fopen|freopen|popen|getenv|secure_getenv|setenv|rand|srand|random_device|mt19937\w*|clock_gettime|gettimeofday
      |sleep_for|sleep_until|jthread|this_thread|d?rand48|lrand48|getpid|gettid|tmpfile|tmpnam|getchar|fputs|puts|printf
      |fprintf|fdopen|fread|fwrite|fputc|putc|putchar|perror|v?dprintf|vf?printf|environ|syscall|getcwd
      |get_current_dir_name|getrandom|arc4random\w*|localtime(?:_r)?|mktime|ctime(?:_r)?|gethostname|timespec_get\w*
      |current_zone|get_tzdb\w*|setlocale|tzset|usleep|(?:clock_)?nanosleep|unlink(?:at)?|mkdir(?:at)?|rmdir|mkd?temp
      |mkstemp|pthread_\w+|minstd_rand0?|default_random_engine|ranlux\w+|knuth_b|quick_exit|_[Ee]xit)\b
  | (?<![\w.>:])::\s*(?:time|random|remove|rename|open|read|write|close|socket|connect|bind|listen|accept|send
                   |recv|exit|sleep)\s*\(
  | \bstd\s*::\s*(?:remove|rename)\b\s*\( | \bchrono\s*::\s*locate_zone\b
  | \bstd\s*::\s*(?:time|clock|locale|thread|async|system|exit|filesystem|ifstream|ofstream|fstream
                      |w?(?:cin|cout|cerr|clog))\b"""

# A variable that outlives a call and is not const, as a declaration that begins at the head of a line (a namespace
# indents nothing), with `static` anywhere among its words, or as a member that `const` does not hold. A function has
# its parameters before any value, and no call among them; a lambda has its body behind `mutable`.
OUTLIVES = r"""(?xm)
  (?<![\w:<>,*&\ \t]) (?P<type>[\w:<>,*&\ \t]*?\b(?:static|thread_local)\b [^;(){}=]*)
    (?P<end>[;={]|\(\s*(?:[-\d"']|[\w:]+[({.]|[\w:]+\s*->))
  | \bmutable\b (?!\s*(?:\{|->|noexcept\b|requires\b)) (?P<member>)
  | ^(?:\[\[[^\]\n]*\]\]\s*)*
    (?!(?:class|struct|union|enum|namespace|concept|requires|using|typedef|template|extern|friend|return|public|private
         |protected)\b)
    (?P<bare>[A-Za-z_][\w:<>,*&\s]*?[\s*&>]\w+(?:\[\w*\])?) \s*
    (?:;|=(?!=)|\{[^;]*\}\s*;|\(\s*[\w:]+\([^;]*\)\s*\)\s*;)"""

# What the system itself brings: headers with a slash or `.h` that belong to no library above.
SYSTEM = ["arpa/", "net/", "netinet/", "sys/", "linux/", "dirent.h", "fcntl.h", "poll.h", "pwd.h", "signal.h",
          "termios.h", "unistd.h", "ifaddrs.h", "cxxabi.h", "spawn.h"]

# Made by the build, so not in the tree.
GENERATED = ["inventories/document/schema_texts.hpp"]

PRODUCT = ["inventories", "policies", "drivers", "orchestrator"]
