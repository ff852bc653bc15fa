// `init`, `pin`, `release new`: the first documents of a fleet, filled with what its BMCs show.
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>

#include "inventories/document/scalar.hpp"
#include "orchestrator/cli/access_options.hpp"
#include "orchestrator/cli/cli_verb.hpp"
#include "orchestrator/cli/interrupts.hpp"
#include "orchestrator/cli/process.hpp"
#include "orchestrator/cli/redraw.hpp"
#include "orchestrator/operations/first_documents.hpp"
#include "orchestrator/operations/pinning.hpp"

namespace breakwater::cli {
namespace {

namespace fs = std::filesystem;

constexpr Option kFolder{.name = "folder", .does = "Where the documents go", .value = "DIR", .required = true};
constexpr Option kRack{.name = "--rack",
                       .does = "A rack, its hosts, and the address of the first one's BMC; once for each rack",
                       .value = "NAME=HOSTS@ADDRESS",
                       .takes = Option::Takes::texts};
constexpr Option kSiteName{.name = "--name", .does = "Of the fleet (default: the folder's)", .value = "NAME"};
constexpr Option kSigner{
    .name = "--signer", .does = "Who vouches for firmware (default: your user name)", .value = "NAME"};
constexpr Option kImageFile{.name = "image", .does = "The vendor's image", .value = "IMAGE", .required = true};
constexpr auto kComponentKinds = [] {
  std::array<std::string_view, kWords<ComponentKind>.size()> kinds;
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = to_string(static_cast<ComponentKind>(i));
  return kinds;
}();
constexpr Option kComponent{
    .name = "--component", .does = "What it is for", .value = "KIND", .required = true, .one_of = kComponentKinds};
constexpr Option kFor{.name = "--for",
                      .does = "The folder of the Inventory and the Policy; the documents go there",
                      .value = "DIR",
                      .unless_given = "."};
constexpr Option kSelected{.name = "--selector,-l", .does = "Only hosts with these labels: rack=r07,role!=db"};
constexpr Option kVersion{
    .name = "--version", .does = "That the image brings (default: from its file's name)", .value = "TEXT"};
constexpr Option kReleaseName{
    .name = "--name", .does = "Of the Release (default: vendor, component and version)", .value = "NAME"};
constexpr Option kPinned{.name = "inventory",
                         .does = "Files or directories with Inventories",
                         .value = "PATH...",
                         .takes = Option::Takes::texts,
                         .required = true};
constexpr Option kKeysFile{
    .name = "--out", .does = "The file of the keys (default: bmc-keys.yaml beside the Inventory)", .value = "FILE"};
constexpr Option kYes{
    .name = "--yes", .does = "Pin the keys without asking: they were compared", .takes = Option::Takes::flag};

/// What a person types after a question; the proposal where they type nothing.
std::string ask(const Console& console, const std::string& question, const std::string& proposal) {
  console.err << question << (proposal.empty() ? "" : " [" + proposal + ']') << ": " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer.empty() ? proposal : answer;
}

/// Racks, as typed or as asked for; those of the documentation's addresses where nobody can be asked. None where the
/// folder has an Inventory, unless they were typed.
Result<std::vector<RackChoice>, Problem> racks_of(const Console& console, const Given& given) {
  std::vector<std::string> texts = given.texts(kRack);
  if (texts.empty() && holds(given.text(kFolder), DocumentKind::inventory)) {
    console.note("the folder has its Inventory: a Policy and a key are added");
    return std::vector<RackChoice>();
  }
  if (texts.empty() && console.in_is_terminal && console.err_is_terminal) {
    console.note("each rack is a line NAME=HOSTS@ADDRESS, such as r07=r07-n[01-40]@10.7.0.1; an empty line ends them");
    for (std::string text = ask(console, "rack", ""); !text.empty(); text = ask(console, "rack", "")) {
      texts.push_back(std::move(text));
    }
  }
  if (texts.empty()) {
    console.note("no --rack: an example stands in its place, with addresses that belong to nobody");
    texts.emplace_back("r01=r01-n[01-04]@192.0.2.1");
  }
  std::vector<RackChoice> racks;
  for (const std::string& text : texts) {
    auto rack = parse_rack(text);
    if (!rack) return fail(rack.error());
    racks.push_back(std::move(*rack));
  }
  return racks;
}

std::string user_name() {
  const std::string who = operator_name();
  const std::string user = to_document_name(who.substr(0, who.find('@')));
  return user.empty() ? "operator" : user;
}

Exit init(const Console& console, Installation&, const Given& given) {
  FirstFleet fleet;
  fleet.folder = given.text(kFolder);
  std::error_code ignored;
  fleet.name = given.text(kSiteName).empty()
                   ? to_document_name(fs::weakly_canonical(fleet.folder, ignored).filename().string())
                   : given.text(kSiteName);
  fleet.signer = given.text(kSigner).empty() ? user_name() : given.text(kSigner);
  fleet.credentials = given.text(kLogin);
  fleet.ca_bundle = given.text(kBundle);
  auto racks = racks_of(console, given);
  if (!racks) return report(console, racks.error());
  fleet.racks = std::move(*racks);
  const auto written = write_first_fleet(fleet);
  if (!written) return report(console, written.error());
  for (const std::string& file : *written) console.out << harmless(file) << '\n';
  if (!fleet.racks.empty() && fleet.credentials.starts_with("file:")) {
    console.note("put user:password into " + (fs::path(fleet.folder) / fleet.credentials.substr(5)).string() +
                 ", mode 0600");
  }
  console.note("the key signs firmware and has no password: keep keys/" + fleet.signer + ".key to yourself");
  const bool pins = !fleet.racks.empty() && fleet.ca_bundle.empty();
  console.next("breakwater " +
               std::string(fleet.racks.empty() ? "validate "
                           : pins              ? "pin "
                                               : "observe ") +
               fleet.folder);
  return Exit::done;
}

Result<std::vector<Host>, Problem> hosts_in_pin_mode(const Given& given) {
  const auto documents = load_inventories(given.texts(kPinned));
  if (!documents) return fail(documents.error());
  return select_hosts(*documents, given.text(kSelected), given.texts(kPinned).front());
}

std::string keys_file(const Given& given) {
  if (!given.text(kKeysFile).empty()) return given.text(kKeysFile);
  const fs::path first = given.texts(kPinned).front();
  std::error_code ignored;
  return ((fs::is_directory(first, ignored) ? first : first.parent_path()) / "bmc-keys.yaml").string();
}

std::string standing_words(const Console& console, const KeySight& sight) {
  switch (sight.standing) {
    case KeySight::Standing::fresh:
      return console.paint(Ink::warn, "new");
    case KeySight::Standing::pinned:
      return console.paint(Ink::good, "pinned");
    case KeySight::Standing::other:
      return console.paint(Ink::bad, "another key is pinned");
    case KeySight::Standing::silent:
      break;
  }
  return console.paint(Ink::bad, "no key") + ": " + harmless(sight.fault);
}

std::size_t count_standing(const std::vector<KeySight>& sights, KeySight::Standing standing) {
  const auto is_it = [standing](const KeySight& sight) { return sight.standing == standing; };
  return static_cast<std::size_t>(std::count_if(sights.begin(), sights.end(), is_it));
}

/// Whether a person lets the new keys count.
bool agreed(const Console& console, const Given& given, std::size_t fresh) {
  if (given.has(kYes)) return true;
  console.note(
      "compare each key with the BMC's own console, or with what its vendor delivered: whoever is in the path "
      "can show a key of their own");
  if (!console.in_is_terminal || !console.err_is_terminal) return false;
  return ask(console, "pin " + count_of(fresh, "new key") + "? yes or no", "no") == "yes";
}

Exit pin(const Console& console, Installation& installation, const Given& given) {
  const auto hosts = hosts_in_pin_mode(given);
  if (!hosts) return report(console, hosts.error());
  const std::string file = keys_file(given);
  const std::vector<KeySight> sights = look_at_keys(installation, *hosts, look_teller(console));
  Table table;
  table.row({"HOST", "BMC", "KEY", "STANDING"});
  for (const KeySight& sight : sights) {
    table.row({harmless(sight.host), harmless(sight.address), sight.key ? to_hex(*sight.key) : "-",
               standing_words(console, sight)});
  }
  console.out << table.text();
  console.out.flush();
  if (sights.empty()) {
    return report(console, problem(Problem::Kind::no_host, "no host that is selected is in pin mode"));
  }
  const std::size_t fresh = count_standing(sights, KeySight::Standing::fresh);
  if (count_standing(sights, KeySight::Standing::other) > 0) {
    console.warn("a key that is not the pinned one is never taken by itself: if it is right, take the old one out of " +
                 file + " or out of bmc.tls first");
  }
  if (fresh > 0) {
    if (!agreed(console, given, fresh)) {
      console.note("nothing was pinned");
      console.next(std::string(kSame) + " --yes  # once they were compared");
      return Exit::waits;
    }
    std::vector<KeySight> taken;
    std::copy_if(sights.begin(), sights.end(), std::back_inserter(taken),
                 [](const KeySight& sight) { return sight.standing == KeySight::Standing::fresh; });
    if (auto written = write_keys(file, taken); !written) return report(console, written.error());
    console.note(count_of(fresh, "key") + " pinned in " + file);
  }
  if (count_standing(sights, KeySight::Standing::pinned) + fresh < sights.size()) return Exit::failed;
  console.next("breakwater observe " + given.texts(kPinned).front());
  return Exit::done;
}

Exit new_release(const Console& console, Installation& installation, const Given& given) {
  const NewRelease wanted{.image = given.text(kImageFile),
                          .component = from_string<ComponentKind>(given.text(kComponent)).value(),
                          .folder = given.text(kFor),
                          .selector = given.text(kSelected),
                          .version = given.text(kVersion),
                          .name = given.text(kReleaseName)};
  catch_interrupts(Work::looking);
  const auto written = write_release(installation, wanted, interrupts(), look_teller(console));
  if (!written) return report(console, written.error());
  Table table;
  table.row({"MODEL", "RUNS", "HOSTS"});
  for (const auto& [what, hosts] : written->found) {
    table.row({harmless(what.first), harmless(what.second), std::to_string(hosts)});
  }
  console.out << table.text() << harmless(written->release_file) << '\n';
  if (!written->rollout_file.empty()) console.out << harmless(written->rollout_file) << '\n';
  if (written->silent > 0)
    console.warn(count_of(written->silent, "host") + " showed nothing: breakwater observe " + wanted.folder);
  if (written->without > 0) console.warn(count_of(written->without, "host") + " shows no such component, or several");
  const bool both = !written->rollout_file.empty();
  if (!both) {
    console.note("a Rollout was not written, since the folder has no Policy or several; its component: " +
                 to_string(written->ref));
  }
  console.note("read " + std::string(both ? "the two files" : "the file") +
               ": the edges, the durations and the way back are for you to say");
  if (!both && !holds(wanted.folder, DocumentKind::policy)) {
    console.next("breakwater init " + wanted.folder + "  # a Policy and a key");
    return Exit::done;
  }
  const std::string& secret = written->secret_key;
  console.next("breakwater firmware sign " + written->release_file + " --key " + (secret.empty() ? "SECRET" : secret));
  return Exit::done;
}

}  // namespace

std::vector<CliVerb> first_verbs() {
  return {
      {.name = "init",
       .does =
           "Write an Inventory and a Policy to begin with, and a key pair that signs firmware.\n"
           "On a terminal it asks for the racks that are not given. Where the folder has an Inventory already, and no\n"
           "rack is given, only the Policy and the keys are written. Nothing that is there is replaced.",
       .example = "breakwater init fleet --rack 'r07=r07-n[01-40]@10.7.0.1' --login file:bmc.login",
       .next = "breakwater pin fleet",
       .act = init,
       .stateless = true,
       .options = {kFolder, kRack, kSiteName, kLogin, kBundle, kSigner}},
      {.name = "pin",
       .does = "Show the key of each BMC in pin mode, and, once a person agrees, let those count of hosts that have "
               "none.\n"
               "No password is sent. Leaves with 4 where nobody agreed, with 1 where a host shows no key or another "
               "one.",
       .example = "breakwater pin fleet --selector rack=r07",
       .next = "breakwater observe fleet",
       .act = pin,
       .options = {kPinned, kSelected, kKeysFile, kYes}},
      {.name = "release",
       .does = "Describe an image.",
       .example = "breakwater release new BIOS_3.4.bin --component bios",
       .verbs = {{.name = "new",
                  .does = "Copy an image into the store, and write its Release and a Rollout, with what the hosts run "
                          "now:\n"
                          "digest, size, vendor, models, and the versions that it may follow. Changes no BMC.",
                  .example = "breakwater release new BIOS_3.4.bin --component bios --for fleet",
                  .next = "breakwater firmware sign fleet/releases/NAME.yaml --key fleet/keys/NAME.key",
                  .act = new_release,
                  .options = {kImageFile, kComponent, kFor, kSelected, kVersion, kReleaseName}}}}};
}

}  // namespace breakwater::cli
