#include "orchestrator/cli/outlet.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <streambuf>

namespace breakwater::cli {

namespace {

constexpr std::size_t kHeldMost = 4 * 1024 * 1024;
constexpr std::chrono::seconds kPatience{2};
/// How soon the writer notices that it is to give up.
constexpr int kLookMs = 100;

/// Writes no more than poll() promised to take. Ends early where the reader is gone, or once `given_up`.
void write_out(int descriptor, std::string_view rest, const std::atomic<bool>& given_up) {
  while (!rest.empty() && !given_up) {
    pollfd room{descriptor, POLLOUT, 0};
    if (poll(&room, 1, kLookMs) <= 0 || given_up) continue;
    const ssize_t written = write(descriptor, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
    if (written > 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR && errno != EAGAIN) {
      return;
    }
  }
}

}  // namespace

struct Outlet::Waiting {
  struct Message {
    int descriptor = 0;
    std::string text;
  };

  Missed missed_words;
  std::mutex mutex;
  std::condition_variable news;
  std::deque<Message> messages;  ///< the first is being written
  std::size_t bytes = 0;
  std::size_t missed = 0;
  bool ending = false;
  std::atomic<bool> given_up{false};

  void put(int descriptor, std::string text) {
    const std::lock_guard lock(mutex);
    if (missed > 0) {
      std::string words = missed_words(missed);
      if (bytes + words.size() + text.size() <= kHeldMost) {
        missed = 0;
        add({descriptor, std::move(words)});
      }
    }
    if (missed > 0 || bytes + text.size() > kHeldMost) {
      ++missed;
      return;
    }
    add({descriptor, std::move(text)});
  }
  void add(Message message) {
    bytes += message.text.size();
    messages.push_back(std::move(message));
    news.notify_all();
  }

  void write_all() {
    std::unique_lock lock(mutex);
    for (;;) {
      news.wait(lock, [this] { return ending || !messages.empty(); });
      if (messages.empty()) return;
      const Message& message = messages.front();  // a deque's elements stay where they are
      lock.unlock();
      write_out(message.descriptor, message.text, given_up);
      lock.lock();
      bytes -= message.text.size();
      messages.pop_front();
      news.notify_all();
    }
  }
};

/// A stream's buffer: what is flushed becomes one message.
class Outlet::Tap final : public std::streambuf {
 public:
  Tap(Waiting& waiting, int descriptor) : waiting_(waiting), descriptor_(descriptor) {}

 private:
  int_type overflow(int_type next) override {
    if (!traits_type::eq_int_type(next, traits_type::eof())) text_ += traits_type::to_char_type(next);
    return traits_type::not_eof(next);
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    text_.append(text, static_cast<std::size_t>(size));
    return size;
  }
  int sync() override {
    if (!text_.empty()) waiting_.put(descriptor_, std::exchange(text_, std::string()));
    return 0;
  }

  Waiting& waiting_;
  int descriptor_;
  std::string text_;
};

Outlet::Outlet(const Console& console, Missed missed)
    : console_(console),
      waiting_(std::make_shared<Waiting>()),
      out_(std::make_unique<Tap>(*waiting_, console.out_descriptor)),
      err_(std::make_unique<Tap>(*waiting_, console.err_descriptor)) {
  waiting_->missed_words = std::move(missed);
  if (console.out_descriptor < 0) return;
  console.out.flush();
  console.err.flush();
  own_out_ = console.out.rdbuf(out_.get());
  own_err_ = console.err.rdbuf(err_.get());
  writer_ = std::thread([waiting = waiting_] { waiting->write_all(); });
}

Outlet::~Outlet() {
  end();
}

bool Outlet::behind() const {
  const std::lock_guard lock(waiting_->mutex);
  return !waiting_->messages.empty();
}

void Outlet::end() {
  if (!writer_.joinable()) return;
  console_.out.flush();
  console_.err.flush();
  console_.out.rdbuf(own_out_);
  console_.err.rdbuf(own_err_);
  std::unique_lock lock(waiting_->mutex);
  waiting_->ending = true;
  waiting_->news.notify_all();
  const bool drained = waiting_->news.wait_for(lock, kPatience, [this] { return waiting_->messages.empty(); });
  lock.unlock();
  if (drained) {
    writer_.join();
  } else {
    waiting_->given_up = true;
    writer_.detach();  // another writer to the same pipe may have taken the room that poll() promised
  }
}

}  // namespace breakwater::cli
