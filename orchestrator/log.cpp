#include "orchestrator/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>

namespace breakwater {
namespace {

/// `<4>` and the like, by which journald sorts lines that arrive on stderr.
class JournalPriority final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& line, const std::tm&, spdlog::memory_buf_t& into) override {
    const std::string_view priority = line.level >= spdlog::level::err    ? "<3>"
                                      : line.level == spdlog::level::warn ? "<4>"
                                      : line.level == spdlog::level::info ? "<6>"
                                                                          : "<7>";
    into.append(priority.data(), priority.data() + priority.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JournalPriority>(); }
};

/// Kept apart from spdlog's default logger, which writes to stdout: that is for data.
std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance;
  return instance;
}

}  // namespace

void start_log(int verbosity) {
  auto made = std::make_shared<spdlog::logger>("breakwater", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  const bool under_journald = std::getenv("JOURNAL_STREAM") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  if (under_journald) {
    formatter->add_flag<JournalPriority>('*').set_pattern("%*%v");
  } else {
    formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l: %v");
  }
  made->set_formatter(std::move(formatter));
  made->set_level(verbosity >= 2 ? spdlog::level::debug : verbosity == 1 ? spdlog::level::info : spdlog::level::warn);
  logger() = std::move(made);
}

void log_warning(std::string_view text) {
  if (logger()) logger()->warn("{}", text);
}

void log_info(std::string_view text) {
  if (logger()) logger()->info("{}", text);
}

void log_debug(std::string_view text) {
  if (logger()) logger()->debug("{}", text);
}

}  // namespace breakwater
