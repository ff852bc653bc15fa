#include "orchestrator/crews/bmc/survey.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace breakwater {
namespace {

using boost::asio::awaitable;

/// Nothing is recorded of a look before a plan: the session is deleted by the same conversation.
awaitable<void> unrecorded(std::string) {
  co_return;
}

awaitable<void> pause(boost::asio::any_io_executor executor, Duration length) {
  boost::asio::steady_timer timer(executor);
  timer.expires_after(length);
  boost::system::error_code ignored;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

Sight::Silence silence_of(const Fault& fault) {
  if (is_own_side(fault)) return Sight::Silence::not_asked;
  return is_login_refusal(fault.kind) ? Sight::Silence::login_refused : Sight::Silence::no_answer;
}

awaitable<Sight> look_once(const ReachBmc& reach, const Host& host, SurveyPatience patience,
                           boost::asio::any_io_executor executor) {
  Sight sight;
  Result<std::unique_ptr<Bmc>, std::string> bmc = reach(executor, host.bmc);
  if (!bmc) {
    sight.fault = bmc.error();
    sight.silence = Sight::Silence::not_asked;
    co_return sight;
  }
  const Clock::time_point deadline = Clock::now() + look_length(host.bmc.timeouts, patience.in_all);
  (*bmc)->until(deadline);
  for (;;) {
    SessionOpened opened = &unrecorded;
    Result<void, Fault> in = co_await (*bmc)->open(std::move(opened));
    std::optional<Fault> fault;
    if (!in) {
      fault = in.error();
    } else {
      Result<Observation, Fault> seen = co_await (*bmc)->observe();
      if (seen) {
        sight.seen = std::move(*seen);
        sight.fault.clear();
        break;
      }
      fault = seen.error();
    }
    sight.fault = describe(*fault);
    sight.silence = silence_of(*fault);
    const bool passes = fault->kind == Fault::Kind::busy || fault->kind == Fault::Kind::sessions_exhausted ||
                        fault->kind == Fault::Kind::closed_before_reply;
    if (!passes || Clock::now() + patience.between >= deadline) break;
    (*bmc)->drop();
    co_await pause(executor, patience.between);
  }
  co_await (*bmc)->close();
  co_return sight;
}

awaitable<KeyShown> read_key(const ReachBmc& reach, const Host& host, SurveyPatience patience,
                             boost::asio::any_io_executor executor) {
  KeyShown shown;
  Result<std::unique_ptr<Bmc>, std::string> bmc = reach(executor, host.bmc);
  if (!bmc) {
    shown.fault = bmc.error();
    co_return shown;
  }
  (*bmc)->until(Clock::now() + look_length(host.bmc.timeouts, patience.in_all));
  SessionOpened opened = &unrecorded;
  Result<void, Fault> in = co_await (*bmc)->open(std::move(opened));
  shown.key = (*bmc)->peer_key();
  if (!shown.key && !in) shown.fault = describe(in.error());
  co_await (*bmc)->close();
  co_return shown;
}

/// One thing done for each of `count` hosts, a bounded number of them together.
struct Survey {
  std::size_t count;
  std::function<awaitable<void>(std::size_t)> one;
  const std::function<void(std::size_t)>& on_done;
  std::size_t next = 0;
  std::size_t done = 0;
};

awaitable<void> work(Survey& survey) {
  while (survey.next < survey.count) {
    const std::size_t mine = survey.next++;
    co_await survey.one(mine);
    ++survey.done;
    if (survey.on_done) survey.on_done(survey.done);
  }
}

void carry_out(boost::asio::io_context& context, Survey& survey, int at_once) {
  const auto rethrow = [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  };
  for (int i = 0; i < at_once; ++i) boost::asio::co_spawn(context, work(survey), rethrow);
  context.run();
}

template <class T>
awaitable<void> store(awaitable<T> what, T& into) {
  into = co_await std::move(what);
}

}  // namespace

std::vector<Sight> survey(const ReachBmc& reach, const std::vector<Host>& hosts, int at_once,
                          const std::function<void(std::size_t)>& on_done, SurveyPatience patience) {
  boost::asio::io_context context(1);
  std::vector<Sight> sights(hosts.size());
  Survey all{
      hosts.size(),
      [&](std::size_t i) { return store(look_once(reach, hosts[i], patience, context.get_executor()), sights[i]); },
      on_done};
  carry_out(context, all, at_once);
  return sights;
}

std::vector<KeyShown> survey_keys(const ReachBmc& reach, const std::vector<Host>& hosts, int at_once,
                                  const std::function<void(std::size_t)>& on_done, SurveyPatience patience) {
  boost::asio::io_context context(1);
  std::vector<KeyShown> keys(hosts.size());
  Survey all{hosts.size(),
             [&](std::size_t i) { return store(read_key(reach, hosts[i], patience, context.get_executor()), keys[i]); },
             on_done};
  carry_out(context, all, at_once);
  return keys;
}

}  // namespace breakwater
