#pragma once
// A value that must never be printed: it has no operator<< and no formatter, and its destructor wipes it.
#include <string>
#include <utility>

namespace breakwater {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { wipe(); }

  /// The text itself, for the one place that sends it.
  const std::string& reveal() const { return value_; }

 private:
  void wipe() {
    volatile char* at = value_.data();
    for (std::size_t i = 0; i < value_.size(); ++i) at[i] = 0;
  }
  std::string value_;
};

/// What logs a user in to a BMC.
struct Credentials {
  std::string username;
  Secret password;
};

}  // namespace breakwater
