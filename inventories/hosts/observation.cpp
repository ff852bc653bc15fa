#include "inventories/hosts/observation.hpp"

#include <utility>

namespace breakwater {

void add_finding(Observation& seen, std::string finding) {
  if (seen.findings.size() == kFindingsMax) {
    seen.findings.back() = "and more findings, which are not shown";
    return;
  }
  if (finding.size() > kFindingBytesMax) finding.resize(kFindingBytesMax);
  seen.findings.push_back(std::move(finding));
}

}  // namespace breakwater
