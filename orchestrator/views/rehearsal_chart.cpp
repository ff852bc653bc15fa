#include "orchestrator/views/rehearsal.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>
#include <vector>

#include "orchestrator/views/text.hpp"

namespace breakwater::views {

using rehearsal::Rehearsal;
using rehearsal::Rehearsed;
using rehearsal::Sample;

namespace {

constexpr int kWidth = 1000;
constexpr int kLeft = 70;
constexpr int kPlotWidth = kWidth - kLeft - 30;
constexpr int kPlotHeight = 150;
constexpr int kPanelHeight = kPlotHeight + 75;
constexpr int kLegendTop = 52;
constexpr int kLegendColumns = 4;
constexpr int kLegendRow = 22;
constexpr int kTicksMost = 8;
constexpr double kNarrowest = 0.5;
constexpr std::size_t kTitleCells = 120;

/// What is stacked, from below, in the colours of Okabe and Ito, which colour-blind people can tell apart; `not
/// started` and `waiting` are greys of different lightness.
struct Series {
  std::string_view words;
  std::string_view colour;
  std::vector<State> states;
};
const std::vector<Series>& all_series() {
  static const std::vector<Series> series{
      {"updated", "#009e73", {State::updated, State::current}},
      {"rolled back", "#f0e442", {State::rolled_back}},
      {"quarantined", "#d55e00", {State::quarantined}},
      {"refused", "#cc79a7", {State::refused}},
      {"going back", "#e69f00", {State::rolling_back, State::checking_back}},
      {"flashing, being checked", "#0072b2", {State::activating, State::checking}},
      {"taking the image", "#56b4e9", {State::preparing, State::staging, State::staged}},
      {"not started", "#666666", {State::not_started}},
      {"waiting", "#dddddd", {State::waiting}},
  };
  return series;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : harmless(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// A coordinate: `12.5`.
std::string px(double value) {
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.1f", value);
  return digits.data();
}

std::string text_at(double x, double y, std::string_view also, std::string_view text) {
  return "<text x=\"" + px(x) + "\" y=\"" + px(y) + "\"" + std::string(also) + ">" + escaped(text) + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, std::string_view stroke) {
  return "<line x1=\"" + px(x1) + "\" y1=\"" + px(y1) + "\" x2=\"" + px(x2) + "\" y2=\"" + px(y2) + "\" " +
         std::string(stroke) + "/>\n";
}

std::uint32_t hosts_of(const Series& series, const Sample& sample) {
  std::uint32_t hosts = 0;
  for (const State state : series.states) hosts += sample.hosts[static_cast<std::size_t>(state)];
  return hosts;
}

bool occurs(const Series& series, const Rehearsed& one) {
  const auto& samples = one.typical.samples;
  return std::any_of(samples.begin(), samples.end(),
                     [&](const Sample& sample) { return hosts_of(series, sample) > 0; });
}

/// The length between two marks of a time axis.
Duration tick_of(Duration length) {
  using std::chrono::seconds;
  for (const int count : {1, 5, 15, 60, 300, 900, 1'800, 3'600, 7'200, 14'400, 28'800, 86'400, 172'800, 604'800}) {
    if (length <= seconds(count) * kTicksMost) return seconds(count);
  }
  return std::chrono::hours(24 * 30);
}

class Panel {
 public:
  Panel(const Rehearsed& one, std::uint32_t hosts, double top)
      : one_(one),
        hosts_(std::max(1U, hosts)),
        top_(top),
        length_(std::max(Duration(20), one.typical.length) * 21 / 20) {}

  std::string draw() const {
    std::string out = "<g>\n" + text_at(kLeft, top_ - 10, " font-weight=\"bold\"", cut(title(), kTitleCells));
    for (std::size_t i = 0; i < all_series().size(); ++i) {
      if (occurs(all_series()[i], one_)) out += area(i);
    }
    out += axes();
    if (one_.typical.halted_after) {
      const double x = x_of(*one_.typical.halted_after);
      out += line(x, top_, x, top_ + kPlotHeight, "stroke=\"#000000\" stroke-width=\"2\" stroke-dasharray=\"6 3\"");
    }
    return out + "</g>\n";
  }

 private:
  std::string title() const {
    std::string text = one_.scenario.words + ": seed " + std::to_string(one_.typical.seed);
    if (one_.typical.halted) text += ", halted at the dashed line (" + one_.typical.halt_reason + ")";
    if (one_.typical.waits) text += ", waits for a person: " + one_.typical.waits_for;
    return text;
  }

  double x_of(Duration after) const {
    return kLeft + kPlotWidth * static_cast<double>(after.count()) / static_cast<double>(length_.count());
  }
  double y_of(std::uint32_t hosts) const { return top_ + kPlotHeight * (1 - static_cast<double>(hosts) / hosts_); }

  /// The hosts of all series below this one.
  static std::uint32_t below(std::size_t index, const Sample& sample) {
    std::uint32_t hosts = 0;
    for (std::size_t i = 0; i < index; ++i) hosts += hosts_of(all_series()[i], sample);
    return hosts;
  }

  /// Steps along the upper edge and back along the lower one; samples of one pixel are drawn as the last of them.
  std::string area(std::size_t index) const {
    const Series& series = all_series()[index];
    std::string upper;
    std::string lower;
    double begin = kLeft;
    const auto& samples = one_.typical.samples;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const bool last = i + 1 == samples.size();
      const double end = last ? kLeft + kPlotWidth : x_of(samples[i + 1].after);
      if (end - begin < kNarrowest && !last) continue;
      const std::uint32_t base = below(index, samples[i]);
      const double top = y_of(base + hosts_of(series, samples[i]));
      upper += px(begin) + ',' + px(top) + ' ' + px(end) + ',' + px(top) + ' ';
      lower = px(end) + ',' + px(y_of(base)) + ' ' + px(begin) + ',' + px(y_of(base)) + ' ' + lower;
      begin = end;
    }
    return "<polygon fill=\"" + std::string(series.colour) + "\" points=\"" + upper + lower + "\"><title>" +
           escaped(series.words) + "</title></polygon>\n";
  }

  std::string axes() const {
    constexpr std::string_view ink = "stroke=\"#333333\"";
    const double bottom = top_ + kPlotHeight;
    std::string out = line(kLeft, top_, kLeft, bottom, ink) + line(kLeft, bottom, kLeft + kPlotWidth, bottom, ink);
    for (const std::uint32_t hosts : {0U, hosts_ / 2, hosts_}) {
      out += text_at(kLeft - 8, y_of(hosts) + 4, " text-anchor=\"end\"", std::to_string(hosts));
    }
    const Duration tick = tick_of(length_);
    for (Duration at{0}; at <= length_; at += tick) {
      out += line(x_of(at), bottom, x_of(at), bottom + 5, ink);
      out += text_at(x_of(at), bottom + 19, " text-anchor=\"middle\"", rough(at));
    }
    return out + text_at(18, top_ + kPlotHeight / 2.0,
                         " text-anchor=\"middle\" transform=\"rotate(-90 18 " + px(top_ + kPlotHeight / 2.0) + ")\"",
                         "hosts");
  }

  const Rehearsed& one_;
  std::uint32_t hosts_;
  double top_;
  Duration length_;  ///< with room behind the end, in which the ends of the hosts are seen
};

std::vector<const Series*> shown(const Rehearsal& made) {
  std::vector<const Series*> found;
  for (const Series& series : all_series()) {
    const bool somewhere = std::any_of(made.scenarios.begin(), made.scenarios.end(),
                                       [&](const Rehearsed& one) { return occurs(series, one); });
    if (somewhere) found.push_back(&series);
  }
  return found;
}

std::string legend(const std::vector<const Series*>& series) {
  std::string out;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const double x = kLeft + static_cast<double>(i % kLegendColumns) * kPlotWidth / kLegendColumns;
    const double y = kLegendTop + static_cast<double>(i / kLegendColumns) * kLegendRow;
    out += "<rect x=\"" + px(x) + "\" y=\"" + px(y) + "\" width=\"14\" height=\"14\" stroke=\"#333333\" fill=\"" +
           std::string(series[i]->colour) + "\"/>\n" + text_at(x + 20, y + 12, "", series[i]->words);
  }
  return out;
}

}  // namespace

std::string rehearsal_chart(const ResolvedPlan& plan, const Rehearsal& made) {
  const std::vector<const Series*> series = shown(made);
  const auto rows = static_cast<int>((series.size() + kLegendColumns - 1) / kLegendColumns);
  const int panels = kLegendTop + rows * kLegendRow + 40;
  const auto height = panels + static_cast<int>(made.scenarios.size()) * kPanelHeight;
  const std::string title = plan.rollout + ", rehearsed: hosts by state over time";
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(kWidth) + "\" height=\"" +
                    std::to_string(height) + "\" viewBox=\"0 0 " + std::to_string(kWidth) + ' ' +
                    std::to_string(height) + "\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\">\n<title>" +
                    escaped(title) + "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  out += text_at(kLeft, 28, " font-size=\"18\" font-weight=\"bold\"", title);
  out += text_at(kLeft, 44, " fill=\"#333333\"",
                 "each scenario's run of median length, from " + date_time(made.begin) + " on");
  out += legend(series);
  double top = panels;
  for (const Rehearsed& one : made.scenarios) {
    out += Panel(one, static_cast<std::uint32_t>(plan.hosts.size()), top).draw();
    top += kPanelHeight;
  }
  return out + "</svg>\n";
}

}  // namespace breakwater::views
