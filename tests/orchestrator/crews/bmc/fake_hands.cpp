#include "tests/orchestrator/crews/bmc/fake_hands.hpp"

#include <stdexcept>

#include "inventories/trust/image_store.hpp"
#include "tests/orchestrator/crews/vouched_image.hpp"

namespace breakwater {

using boost::asio::awaitable;

awaitable<void> FakeHands::record(const Command&, Evidence evidence) {
  if (refuses == evidence.kind) throw GivenUp();
  recorded_.push_back(std::move(evidence));
  now_ += record_takes;
  co_return;
}

awaitable<void> FakeHands::sleep(Duration length) {
  constexpr int kPollsAtOnceMost = 10;
  if (length <= Duration(0) && ++polls_at_once_ > kPollsAtOnceMost) throw std::runtime_error("it polls without rest");
  now_ += length;
  co_return;
}

BmcResult<StageReceipt> FakeHands::prove_and_send(Bmc& bmc, const ResolvedPlan&, const PlannedImage& wanted,
                                                  StageRequest request, AboutToSend about_to_send, BodySent sent) {
  ImageStore store = std::move(*ImageStore::open(folder_ / "store"));
  Result<VerifiedImage, Refusal> image = vouched_image(store, wanted.image);
  if (!image) {
    Fault refused;
    refused.kind = Fault::Kind::image_refused;
    co_return fail(std::move(refused));
  }
  const bool sends = co_await about_to_send();
  if (!sends) co_return fail(unsent(withdrawn_fault("upload")));
  co_return co_await bmc.stage(std::move(*image), std::move(request), std::move(sent));
}

}  // namespace breakwater
