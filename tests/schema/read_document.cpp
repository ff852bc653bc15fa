// Reads each file named on the command line as documents, every document by its own reader, and prints a line for each:
// `0 FILE` where all is well, else `65 FILE` and the faults. References between documents are not followed, so that a
// file can be held against a JSON Schema, which does not follow them either.
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>

#include "drivers/lab/lab_document.hpp"
#include "inventories/document/document.hpp"
#include "inventories/document/files.hpp"
#include "inventories/firmware/release_document.hpp"
#include "inventories/hosts/bmc_keys_document.hpp"
#include "inventories/hosts/inventory_document.hpp"
#include "policies/policy_document.hpp"
#include "policies/rollout_document.hpp"

namespace {

using namespace breakwater;

template <class T>
Diagnostics faults_of(Result<T, Diagnostics> result) {
  return result ? Diagnostics{} : std::move(result.error());
}

Diagnostics read(const Document& document) {
  switch (document.kind) {
    case DocumentKind::inventory:
      return faults_of(read_inventory(document));
    case DocumentKind::bmc_keys:
      return faults_of(read_bmc_keys(document));
    case DocumentKind::policy:
      return faults_of(read_policy(document));
    case DocumentKind::release:
      return faults_of(read_release(document));
    case DocumentKind::rollout: {
      DocumentFaults faults(document.file);
      read_rollout(document, faults);
      return faults.take();
    }
    case DocumentKind::lab:
      return faults_of(lab::read_lab(document));
  }
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  bool all_well = true;
  for (int i = 1; i < argc; ++i) {
    Sources sources = read_sources({argv[i]});
    Diagnostics faults = std::move(sources.faults);
    const auto append = [&faults](Diagnostics more) {
      std::move(more.begin(), more.end(), std::back_inserter(faults));
    };
    for (const SourceText& source : sources.texts) {
      DocumentFile file = parse_documents(source);
      append(std::move(file.faults));
      for (const Document& document : file.documents) append(read(document));
    }
    std::printf("%d %s\n", faults.empty() ? 0 : 65, argv[i]);
    for (const Diagnostic& fault : faults) std::printf("  %s\n", to_string(fault).c_str());
    all_well = all_well && faults.empty();
  }
  return all_well ? 0 : 65;
}
