#include "orchestrator/views/report.hpp"

#include <algorithm>

#include "orchestrator/views/event_words.hpp"
#include "orchestrator/views/text.hpp"

namespace breakwater::views {
namespace {

constexpr std::size_t kColumns = 118;
constexpr std::size_t kHostsNamed = 20;

/// States in the order in which a reader asks for them: what went wrong first.
constexpr State kOrder[] = {State::quarantined,   State::rolled_back, State::refused,    State::rolling_back,
                            State::checking_back, State::checking,    State::activating, State::staged,
                            State::staging,       State::preparing,   State::waiting,    State::not_started,
                            State::updated,       State::current};

std::size_t place_of(State state) {
  return static_cast<std::size_t>(std::find(std::begin(kOrder), std::end(kOrder), state) - std::begin(kOrder));
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

/// A line of `text` under `label`, both within the page.
std::string entry(const std::string& label, std::size_t width, const std::string& text) {
  return "  " + padded(label, width) + "  " + wrapped(harmless(text), kColumns, width + 4) + '\n';
}

std::string counts(const std::map<State, std::uint32_t>& hosts) {
  std::string text;
  for (const State state : kOrder) {
    const auto found = hosts.find(state);
    if (found == hosts.end()) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(found->second) + ' ' + std::string(to_string(state));
  }
  return text;
}

std::string head(const Report& report) {
  std::map<State, std::uint32_t> all;
  for (const HostReport& host : report.hosts) ++all[host.state];
  std::string text = harmless(report.rollout) + ": " + std::string(to_string(report.outcome)) + '\n';
  text += entry("plan", 8, to_hex(report.digest));
  text += entry("policy", 8, report.policy);
  text += entry("started", 8, to_string(report.started) + " by " + report.by);
  if (report.ended) {
    text += entry("ended", 8, to_string(*report.ended) + ", after " + rough(*report.ended - report.started));
  }
  if (!report.halt_reason.empty()) text += entry("halted", 8, report.halt_reason);
  return text + entry("hosts", 8, counts(all));
}

/// What became of a wave that was asked back; nothing where none of it had got anything.
std::string way_back(const WaveReport& wave) {
  if (wave.undone) return "; rolled back";
  std::size_t kept = 0;
  std::size_t to_go = 0;
  std::size_t back = 0;
  for (const auto& [state, count] : wave.hosts) {
    if (state == State::rolled_back) back += count;
    if (state == State::quarantined) kept += count;
    if (!is_end(state) || state == State::updated) to_go += count;
  }
  if (to_go > 0) return "; rollback asked for, not complete";
  if (kept == 0) return {};
  return back > 0 ? "; rolled back but for what is quarantined" : "; not rolled back, what got an image is quarantined";
}

std::string waves(const Report& report) {
  std::size_t widest = 0;
  for (const WaveReport& wave : report.waves) widest = std::max(widest, wave.name.size());
  std::string text = "\nwaves\n";
  for (const WaveReport& wave : report.waves) {
    std::string line = counts(wave.hosts);
    if (wave.gate) line += "; gate " + spelled(wave.gate->verdict) + ": " + wave.gate->reason;
    if (wave.asked_back) line += way_back(wave);
    text += entry(wave.name, widest, line);
  }
  return text;
}

std::string spent(const HostReport& host) {
  Duration sum{0};
  std::string longest;
  Duration most{0};
  for (const auto& [state, length] : host.spent) {
    if (state == State::waiting) continue;
    sum += length;
    if (length <= most) continue;
    most = length;
    longest = to_string(state);
  }
  if (sum == Duration(0)) return {};
  return "in flight " + rough(sum) + ", longest " + longest + ' ' + rough(most);
}

std::string one_host(const HostReport& host) {
  std::string text = host.wave + "  " + std::string(to_string(host.state));
  if (host.released) text += ", released";
  for (const UpdateReport& update : host.updates) {
    text += "  " + update.component + ' ' + update.from + " -> " + update.wanted;
    if (!update.read.empty() && update.read != update.wanted) text += " (reads " + update.read + ')';
  }
  const std::string times = spent(host);
  if (!times.empty()) text += "  " + times;
  if (host.cause != Cause::none) text += "  because " + std::string(to_string(host.cause));
  if (!host.detail.empty()) text += ": " + host.detail;
  return text + host.first;
}

std::string hosts(const Report& report) {
  std::vector<const HostReport*> sorted;
  std::size_t widest = 0;
  for (const HostReport& host : report.hosts) {
    sorted.push_back(&host);
    widest = std::max(widest, host.name.size());
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const HostReport* a, const HostReport* b) { return place_of(a->state) < place_of(b->state); });
  std::string text = "\nhosts\n";
  for (const HostReport* host : sorted) text += entry(host->name, widest, one_host(*host));
  return text;
}

std::string quarantined(const Report& report) {
  std::string text;
  for (const HostReport& host : report.hosts) {
    if (host.state != State::quarantined || host.released) continue;
    if (text.empty())
      text = "\nquarantined: not touched again until `breakwater quarantine release HOST --reason \"...\"`\n";
    text += entry(host.name, host.name.size(), std::string(to_string(host.cause)) + ": " + host.detail + host.first);
    for (const Evidence& one : host.evidence) text += "    " + entry(std::string(to_string(one.kind)), 12, one.text);
  }
  return text;
}

std::string images(const Report& report) {
  std::string text = "\nimages\n";
  for (const ImageReport& image : report.images) {
    const std::string signers = image.signers.empty() ? "nobody" : list_some(image.signers, image.signers.size());
    const std::string name = to_string(image.release);  // whole: a recall asks for it
    text += entry(name, name.size(),
                  "version " + image.version + ", signed by " + signers + ", sent " + count_of(image.sendings, "time"));
  }
  return text;
}

std::string left_out(const Report& report) {
  if (report.left_out.empty()) return {};
  std::size_t widest = 0;
  for (const LeftOut& host : report.left_out) widest = std::max(widest, host.host.size());
  std::string text = "\nleft out\n";
  for (const LeftOut& host : report.left_out) {
    text += entry(host.host, widest, host.reason + (host.detail.empty() ? "" : ": " + host.detail));
  }
  return text;
}

/// `recall of bios-3.4@sha256:..., of hosts with rack=r07 (n1, n2)`
std::string recall_words(const AskedReport& asked) {
  std::string text = "recall of " + asked.recalls;
  if (!asked.selector.empty()) text += ", of hosts with " + asked.selector;
  return text + (asked.hosts.empty() ? "" : " (" + list_some(asked.hosts, kHostsNamed) + ')');
}

std::string asked(const Report& report) {
  if (report.asked.empty()) return {};
  std::string text = "\nasked by operators\n";
  for (const AskedReport& one : report.asked) {
    std::string line = std::string(to_string(one.verb)) + (one.what.empty() ? "" : ' ' + one.what);
    if (!one.recalls.empty()) line = recall_words(one) + ',';
    line += " by " + one.by;
    if (!one.reason.empty()) line += ": " + one.reason;
    text += entry(to_string(one.at), 24, line);
  }
  return text;
}

}  // namespace

std::string report_text(const Report& report) {
  return head(report) + waves(report) + hosts(report) + quarantined(report) + images(report) + left_out(report) +
         asked(report);
}

std::string explanation_text(const Explanation& explanation) {
  std::size_t widest = 0;
  for (const Reason& reason : explanation.reasons) widest = std::max(widest, reason.word.size());
  std::string text = wrapped(harmless(explanation.headline), kColumns, 0) + '\n';
  std::size_t number = 0;
  for (const Reason& reason : explanation.reasons) {
    const std::string line =
        std::to_string(++number) + ' ' + reason.word + std::string(widest - reason.word.size(), ' ');
    text += "  " + line + "  " + wrapped(reason.text, kColumns, line.size() + 4) + '\n';
    if (!reason.command.empty()) text += std::string(line.size() + 4, ' ') + "→ " + reason.command + '\n';
  }
  if (explanation.would_pass.empty()) return text;
  std::string passing = "would pass:";
  for (const std::string& one : explanation.would_pass) passing += "  " + one + " ✔";
  return text + "  " + passing + '\n';
}

}  // namespace breakwater::views
