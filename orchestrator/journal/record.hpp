#pragma once
// One line of the journal: what happened, when, and the hash that chains it to the line before.
//
// The bytes that are hashed (SHA-256), all integers big-endian:
//
//     8  "BWJREC1" and a zero byte
//     4  format
//     8  seq
//     8  at.steady, milliseconds, two's complement
//     8  at.wall, the same
//     8  length of kind,  then kind
//     8  length of body,  then body, as stored
//    32  previous: the hash of record seq-1; 32 zero bytes before record 1
//
// Lengths stand before texts, so no two records have the same bytes. The journal does not read the body.
#include <cstdint>
#include <string>

#include "inventories/vocabulary/digest.hpp"
#include "inventories/vocabulary/instant.hpp"

namespace breakwater::journal {

/// The version of the encoding that a record's kind and body are written in. A reader knows every one up to this, and
/// refuses the rest.
constexpr int kFormat = 4;

/// What a writer hands in. Both texts are UTF-8.
struct Draft {
  Now at;
  std::string kind;
  std::string body;
};

struct Record {
  std::uint64_t seq = 0;  ///< counts from 1, without gaps
  int format = kFormat;
  Now at;
  std::string kind;
  std::string body;
  Sha256 previous;
  Sha256 hash;
  bool operator==(const Record& other) const;
};

/// The last record's number and hash; 0 and zero bytes where there is none.
struct Head {
  std::uint64_t seq = 0;
  Sha256 hash;
  bool operator==(const Head&) const = default;
};

}  // namespace breakwater::journal
