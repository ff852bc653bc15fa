#include "inventories/firmware/release_document.hpp"

#include <set>
#include <utility>

#include "inventories/document/scalar.hpp"
#include "inventories/trust/digest.hpp"

namespace breakwater {
namespace {

/// No image is larger than this; a larger size is a typing error.
constexpr std::int64_t kImageBytesMax = std::int64_t{16} << 30;
/// Room for a date and time, 20261231235959.
constexpr std::int64_t kSequenceMost = 1'000'000'000'000'000;

std::optional<std::string> as_base_name(const YamlValue& value) {
  auto text = as_text(value);
  if (!text) return std::nullopt;
  if (text->find('/') == std::string::npos && text->find('\\') == std::string::npos && *text != "." && *text != "..") {
    return text;
  }
  value.fault("must be a file's name without a directory");
  return std::nullopt;
}

std::optional<ImageFile> as_image(const YamlValue& value) {
  Object object(value);
  ImageFile image;
  int role = 0;
  object.required("role", role, one_of<int>({{"image", 0}}));
  object.required("name", image.name, as_base_name);
  object.required("sha256", image.digest, as_sha256);
  object.required("size", image.size, integer_in<std::uint64_t>(1, kImageBytesMax));
  object.finish();
  return image;
}

std::optional<Edge> as_edge(const YamlValue& value) {
  Object object(value);
  Edge edge;
  object.required("from", edge.from, list_of(1, as_pattern));
  std::optional<Edge::Verdict> verdict;
  object.required("verdict", verdict, as_word<Edge::Verdict>);
  edge.verdict = verdict.value_or(Edge::Verdict::ok);
  const bool via = verdict == Edge::Verdict::via;
  const bool refuses = verdict == Edge::Verdict::forbidden || verdict == Edge::Verdict::bricks;
  object.optional("release", edge.through, as_release_ref);
  object.optional("why", edge.why, as_text);
  object.optional("downgrade", edge.downgrade, as_boolean);
  const bool has_release = object.find("release").has_value();
  const bool has_why = object.find("why").has_value();
  if (via && !has_release) object.fault("release", "is missing: verdict via says through which Release");
  if (verdict && !via && has_release) object.fault("release", "goes with verdict via only");
  if (refuses && !has_why) object.fault("why", "is missing: state the reason");
  if (verdict && !refuses && has_why) object.fault("why", "goes with the verdicts forbidden and bricks only");
  object.finish();
  return edge;
}

void read_apply(const YamlValue& value, Release& release) {
  Object object(value);
  object.required("activate", release.activate_by,
                  one_of<ActivateBy>({{"bmcReset", ActivateBy::bmc_reset}, {"hostReboot", ActivateBy::host_reboot}}));
  if (const auto found = object.require("duration")) {
    Object duration(*found);
    duration.required("typical", release.typical, as_positive_duration);
    duration.required("most", release.most, as_positive_duration);
    if (release.most < release.typical) duration.fault("most", "is less than typical");
    duration.finish();
  }
  object.finish();
}

void read_way_back(const YamlValue& value, Release& release) {
  Object object(value);
  std::optional<WayBack> method;
  object.required(
      "method", method,
      one_of<WayBack>({{"bankSwitch", WayBack::bank_switch}, {"reflash", WayBack::reflash}, {"none", WayBack::none}}));
  object.optional("to", release.back_to, as_release_ref);
  const bool has_to = object.find("to").has_value();
  const bool reflash = method == WayBack::reflash;
  if (reflash && !has_to) object.fault("to", "is missing: method reflash says which Release is written back");
  if (method && !reflash && has_to) object.fault("to", "goes with method reflash only");
  release.way_back = method.value_or(WayBack::none);
  object.finish();
}

/// A text that stands twice in a list is a mistake: the author meant another one.
void check_unique(Object& object, std::string_view key, const std::vector<std::string>& list) {
  const std::set<std::string> unique(list.begin(), list.end());
  if (unique.size() != list.size()) object.fault(key, "holds the same text twice");
}

void read_spec(Object& spec, Release& release) {
  spec.required("component", release.component, as_word<ComponentKind>);
  spec.required("vendor", release.vendor, as_text);
  spec.optional("models", release.models, list_of(1, as_pattern));
  spec.optional("parts", release.parts, list_of(1, as_pattern));
  if (spec.is_mapping() && !spec.find("models") && !spec.find("parts")) {
    spec.fault("models", "is missing, and so is parts: one of them says what this Release is for");
  }
  spec.required("version", release.version, as_text);
  std::int64_t sequence = 0;
  spec.optional("sequence", sequence, integer_in<std::int64_t>(0, kSequenceMost));
  if (spec.find("sequence")) release.sequence = sequence;
  spec.required("reportedAs", release.reported_as, list_of(1, as_text));
  check_unique(spec, "reportedAs", release.reported_as);
  if (const auto files = spec.require("files")) {
    const auto images = read_list(*files, 1, as_image);
    if (images && images->size() > 1) files->fault("names more than one image");
    if (images && images->size() == 1) release.image = images->front();
  }
  spec.required("edges", release.edges, list_of(1, as_edge));
  if (const auto apply = spec.require("apply")) read_apply(*apply, release);
  if (const auto rollback = spec.require("rollback")) read_way_back(*rollback, release);
  spec.finish();
}

}  // namespace

std::optional<ReleaseRef> parse_release_ref(std::string_view text) {
  constexpr std::string_view kMiddle = "@sha256:";
  const std::size_t at = text.find(kMiddle);
  if (at == std::string_view::npos || !is_name(text.substr(0, at))) return std::nullopt;
  const auto digest = parse_sha256(text.substr(at + kMiddle.size()));
  return digest ? std::optional(ReleaseRef{std::string(text.substr(0, at)), *digest}) : std::nullopt;
}

std::optional<ReleaseRef> as_release_ref(const YamlValue& value) {
  const auto text = as_text(value);
  if (!text) return std::nullopt;
  if (auto ref = parse_release_ref(*text)) return ref;
  value.fault("'" + *text + "' is no reference NAME@sha256:DIGEST of a Release");
  return std::nullopt;
}

Release read_release(const Document& document, DocumentFaults& faults) {
  Release release;
  release.name = document.name;
  release.file = document.path;
  release.document_digest = sha256(document.text);
  if (!document.alone) {
    faults.add(document.root.at, "", "a Release stands alone in its file, since its signatures cover the file's bytes");
  }
  Object spec(document.spec(faults));
  read_spec(spec, release);
  return release;
}

Result<Release, Diagnostics> read_release(const Document& document) {
  DocumentFaults faults(document.file);
  Release release = read_release(document, faults);
  if (!faults.empty()) return fail(faults.take());
  return release;
}

}  // namespace breakwater
