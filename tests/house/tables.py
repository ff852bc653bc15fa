"""The two tables of the house: who may include whom, and which room may name which library.

If a file needs a wider row here, split the file instead.
"""

# The row of a file is the longest row that is a prefix of its path. The file may include files of its own row and of
# the rows listed.
FLOORS = {
    "inventories": [],
    "policies": ["inventories"],
    "drivers/ipmi/wire": ["inventories"],
    "drivers": ["inventories", "drivers/ipmi/wire"],
    "orchestrator/core": ["inventories", "policies"],
    "orchestrator/codec": ["inventories", "policies", "orchestrator/core"],
    "orchestrator/journal": ["inventories"],
    "orchestrator/crews": ["inventories", "policies", "drivers", "orchestrator/core"],
    "orchestrator/crews/rehearsal": ["inventories", "policies", "orchestrator/core", "orchestrator/crews"],
    "orchestrator": ["inventories", "policies", "drivers", "orchestrator/core", "orchestrator/codec",
                     "orchestrator/journal", "orchestrator/crews"],
    "orchestrator/rehearsal": ["inventories", "policies", "orchestrator/core", "orchestrator/codec",
                               "orchestrator/journal", "orchestrator/crews/rehearsal", "orchestrator"],
    "orchestrator/views": ["inventories", "policies", "orchestrator/core", "orchestrator/codec",
                           "orchestrator/rehearsal"],
    "orchestrator/cli": ["inventories", "policies", "drivers", "orchestrator/core", "orchestrator/codec",
                         "orchestrator/journal", "orchestrator/crews", "orchestrator/rehearsal",
                         "orchestrator/views", "orchestrator"],
}

# Library -> prefixes of its headers, and the rooms that may name them. A room ends in `/`; anything else is a pattern
# for one file's path.
LIBRARIES = {
    "yaml-cpp": (["yaml-cpp/"], ["inventories/document/"]),
    "nlohmann-json": (["nlohmann/"],
                      ["inventories/document/", "drivers/redfish/", "drivers/lab/", "orchestrator/codec/",
                       "orchestrator/views/", "orchestrator/service/"]),
    "OpenSSL": (["openssl/"],
                ["inventories/trust/", "drivers/redfish/t*", "drivers/ipmi/", "drivers/lab/",
                 "orchestrator/service/"]),
    "Boost": (["boost/"], ["drivers/", "orchestrator/crews/", "orchestrator/service/"]),
    "libical": (["libical/"], ["policies/windows*"]),
    "date": (["date/"], ["policies/windows*"]),
    "SQLite": (["sqlite3.h"], ["orchestrator/journal/"]),
    "libpqxx": (["pqxx/"], ["orchestrator/journal/"]),
    "cpprestsdk": (["cpprest/", "pplx/"], ["orchestrator/crews/outbound_http.*"]),
    "spdlog": (["spdlog/", "fmt/"], ["orchestrator/log.*"]),
    "CLI11": (["CLI/"], ["orchestrator/cli/"]),
    "tl::expected": (["tl/"], ["inventories/vocabulary/result.hpp"]),
}

# Files that may name even less than their room allows.
NARROWER = {"drivers/bmc.hpp": {"Boost": ["boost/asio/awaitable.hpp"]}}

# Headers of the system, with a slash or `.h`, that belong to no library above.
SYSTEM = ["arpa/", "net/", "netinet/", "sys/", "linux/", "dirent.h", "fcntl.h", "poll.h", "pwd.h", "signal.h",
          "termios.h", "unistd.h", "ifaddrs.h", "cxxabi.h", "spawn.h"]

# The build makes these, so they are not in the tree.
GENERATED = ["inventories/document/schema_texts.hpp"]

PRODUCT = ["inventories", "policies", "drivers", "orchestrator"]
