// Reads each file named on the command line as documents, every document by its own reader, and prints a line for each:
// `0 FILE` where all is well, else `65 FILE` and the faults. References between documents are not followed, so that a
// file can be held against a JSON Schema, which does not follow them either.
#include <cstdio>
#include <iterator>
#include <string>
#include <utility>

#include "drivers/lab/lab_document.hpp"
#include "inventories/document/files.hpp"
#include "policies/documents.hpp"

using namespace breakwater;

namespace {

Diagnostics read(const Document& document) {
  if (document.kind != DocumentKind::lab) return faults_of(document);
  auto lab = lab::read_lab(document);
  return lab ? Diagnostics() : std::move(lab.error());
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
