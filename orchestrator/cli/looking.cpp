#include "orchestrator/cli/looking.hpp"

#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/redraw.hpp"
#include "orchestrator/log.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::cli {

std::vector<Sight> look_at_hosts(const Console& console, Reach& reach, const std::vector<Host>& hosts, int at_once) {
  RedrawGate gate;
  const std::string all = std::to_string(hosts.size());
  if (!console.err_is_terminal) console.note("looking at " + count_of(hosts.size(), "host"));
  std::vector<Sight> sights = survey(reach.for_looking(), hosts, at_once, [&](std::size_t done) {
    if (gate.pass(std::chrono::steady_clock::now())) {
      console.progress("looking at " + std::to_string(done) + '/' + all + " hosts");
    }
  });
  console.progress("");
  for (std::size_t i = 0; i < sights.size(); ++i) {
    if (!sights[i].seen) log_info("host " + hosts[i].name + ": " + harmless(sights[i].fault));
  }
  return sights;
}

Result<ResolvedPlan, Failure> look_and_plan(const Console& console, const RolloutDocuments& loaded, ImageStore& images,
                                            const Fleet& fleet, Reach& reach) {
  catch_interrupts(Work::looking);
  const Look look = [&](const std::vector<Host>& hosts) { return look_at_hosts(console, reach, hosts, kSurveyAtOnce); };
  auto plan = make_plan(loaded, images, fleet, look, wall_now());
  if (interrupts() > 0) return fail(failure(Exit::try_later, "asked to leave while looking; nothing was touched"));
  return plan;
}

}  // namespace breakwater::cli
