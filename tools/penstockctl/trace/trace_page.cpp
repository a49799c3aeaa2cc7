#include "trace_page.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "wire/bounded_json.hpp"

namespace penstock::ctl {
namespace {

using Json = nlohmann::ordered_json;
using Kind = TraceEvent::Kind;

constexpr std::string_view kStyle = R"css(
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--ink:#1c2330;--soft:#667085;--line:#e3e6ec;
--activity:#2f6fde;--change:#0e8f72;--custom:#7a4fd0;--session:#667085;--error:#d1293d;--rejected:#b85c00;
--band:#2f6fde14;--mark:#fff4c2}
@media (prefers-color-scheme:dark){:root{--page:#0f131a;--card:#181e28;--ink:#e6eaf2;--soft:#97a3b6;--line:#2a3240;
--activity:#6ea3ff;--change:#3fcfa8;--custom:#b093ff;--session:#97a3b6;--error:#ff7080;--rejected:#ffa94d;
--band:#6ea3ff1c;--mark:#3d3716}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1180px;margin:0 auto;padding:28px 24px 60px}
h1{margin:2px 0 4px;font:600 26px/1.25 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.over{color:var(--soft);font-size:12px;font-weight:600;letter-spacing:.09em;text-transform:uppercase}
.sub{margin:0 0 18px;color:var(--soft)}
.figures{display:flex;flex-wrap:wrap;gap:10px;margin:0 0 16px}
.figure{flex:1 1 130px;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:10px 14px}
.figure b{display:block;font-size:22px;line-height:1.25}.figure span{color:var(--soft);font-size:13px}
.figure.error b{color:var(--error)}.figure.rejected b{color:var(--rejected)}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:0 0 16px}
.chart{padding:12px 14px 8px}.chart svg{overflow:visible;display:block;width:100%}
.chart text{fill:var(--soft);font-size:12px}.chart .lane{fill:var(--ink);font-weight:600}
.chart line{stroke:var(--line)}.chart .break{stroke:var(--soft);stroke-dasharray:2 4}
.band{fill:var(--band)}.mark{stroke:var(--card);stroke-width:1.5}
.activity{--c:var(--activity)}.change{--c:var(--change)}.custom{--c:var(--custom)}.session{--c:var(--session)}
.error{--c:var(--error)}.rejected{--c:var(--rejected)}
svg .activity,svg .change,svg .custom,svg .session,svg .error,svg .rejected{fill:var(--c)}
.key{display:flex;flex-wrap:wrap;gap:4px 16px;margin:6px 0 2px;color:var(--soft);font-size:12.5px}
.key i{display:inline-block;width:10px;height:10px;border-radius:5px;background:var(--c);margin-right:6px}
.key i.error,.key i.rejected{border-radius:1px;transform:rotate(45deg)}
ol{list-style:none;margin:0;padding:0}
.split{padding:7px 16px;color:var(--soft);font-size:13px;border-bottom:1px solid var(--line);background:var(--band);overflow-wrap:anywhere}
.split b{color:var(--ink)}.ev{border-bottom:1px solid var(--line);border-left:3px solid var(--c)}
.ev:last-child,.split:last-child{border-bottom:0}.ev:target{background:var(--mark)}
summary{display:grid;grid-template-columns:104px 84px minmax(0,1fr) auto;gap:2px 12px;align-items:baseline;padding:7px 16px 7px 13px;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}summary:hover{background:var(--band)}
summary:focus-visible{outline:2px solid var(--activity);outline-offset:-2px}
time,.gap,.place{font:13px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;font-variant-numeric:tabular-nums;white-space:nowrap}
.gap{color:var(--soft);text-align:right}.gap.long{color:var(--ink);font-weight:600}
.place{color:var(--soft);font-size:12px;text-align:right}
.main{overflow-wrap:anywhere}.badge{display:inline-block;padding:0 8px;margin-right:6px;border-radius:9px;font-size:13px;font-weight:600;color:var(--c);background:color-mix(in srgb,var(--c) 13%,transparent)}
.error .badge,.rejected .badge{color:var(--card);background:var(--c)}
.where{font-weight:600;margin-right:6px}.soft{color:var(--soft)}.more{color:var(--soft);font-size:13px}
pre{margin:0;padding:10px 16px 14px;border-top:1px dashed var(--line);font:12.5px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:13px}
@media (max-width:640px){main{padding:18px 12px 40px}h1{font-size:20px}.figure{flex-basis:90px;padding:8px 10px}.figure b{font-size:18px}
.tick.odd{display:none}.chart{padding:10px}summary{grid-template-columns:auto 1fr;padding:8px 10px}.gap{text-align:left}
.main,.place{grid-column:1/-1;text-align:left;white-space:normal;overflow-wrap:anywhere}.split{padding:7px 10px}pre{padding:10px}}
@media print{summary{break-inside:avoid}.card,.figure{border-color:#bbb}}
)css";

std::string escaped(std::string_view text) {
  std::string html;
  const std::string safe = plain(text);
  for (std::size_t i = 0; i < safe.size(); ++i) {
    const char c = safe[i];
    const auto next = std::string_view(safe).substr(i, 3);
    // Characters that turn the direction of what follows: U+202A to U+202E, U+2066 to U+2069.
    const bool turns = (next >= "\xe2\x80\xaa" && next <= "\xe2\x80\xae") ||
                       (next >= "\xe2\x81\xa6" && next <= "\xe2\x81\xa9");
    if (turns) {
      html += "\\u20";
      const auto low = static_cast<unsigned>(static_cast<unsigned char>(next[2])) & 0x3f;
      const unsigned value = next[1] == '\x80' ? low : 0x40 + low;
      html += "0123456789abcdef"[value >> 4];
      html += "0123456789abcdef"[value & 0xf];
      i += 2;
    } else if (c == '&') {
      html += "&amp;";
    } else if (c == '<') {
      html += "&lt;";
    } else if (c == '>') {
      html += "&gt;";
    } else if (c == '"') {
      html += "&quot;";
    } else if (c == '\'') {
      html += "&#39;";
    } else {
      html += c;
    }
  }
  return html;
}

std::string_view class_of(Kind kind) {
  constexpr std::array<std::string_view, 6> kNames = {"activity", "change", "custom",
                                                      "session",  "error",  "rejected"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string element(std::string_view tag, std::string_view css, const std::string& inner) {
  return '<' + std::string(tag) + " class=\"" + std::string(css) + "\">" + inner + "</" +
         std::string(tag) + '>';
}

// Times to percent of the chart's width. Long stretches without an event are cut out.
class Axis {
 public:
  struct Part {
    std::int64_t from, to;
    double x_from = 0, x_to = 0;
  };

  explicit Axis(const std::vector<TraceEvent>& events) {
    const auto first = events.front().time_ms;
    parts_.push_back({first, first});
    const auto cut = long_gaps(events);
    for (std::size_t i = 1; i < events.size(); ++i) {
      if (cut.contains(events[i].time_ms)) parts_.push_back({events[i].time_ms, events[i].time_ms});
      parts_.back().to = events[i].time_ms;
    }
    place();
  }

  const std::vector<Part>& parts() const { return parts_; }

  double x(std::int64_t time_ms) const {
    const Part* part = &parts_.front();
    for (const auto& one : parts_)
      if (time_ms >= one.from) part = &one;
    if (part->to == part->from) return (part->x_from + part->x_to) / 2;
    const auto share = static_cast<double>(std::min(time_ms, part->to) - part->from) /
                       static_cast<double>(part->to - part->from);
    return part->x_from + share * (part->x_to - part->x_from);
  }

  std::int64_t active_ms() const {
    std::int64_t sum = 0;
    for (const auto& part : parts_) sum += part.to - part.from;
    return sum;
  }

 private:
  static constexpr double kLeft = 1.5, kRight = 97.5, kBreak = 5;

  // The times of the events behind them. A gap is long when it takes a quarter of what is not cut.
  static std::set<std::int64_t> long_gaps(const std::vector<TraceEvent>& events) {
    constexpr std::size_t kCutsMax = 8;
    constexpr std::int64_t kShortest = 60'000;
    std::vector<std::pair<std::int64_t, std::int64_t>> gaps;  // length, end
    for (std::size_t i = 1; i < events.size(); ++i)
      gaps.emplace_back(events[i].time_ms - events[i - 1].time_ms, events[i].time_ms);
    std::ranges::sort(gaps, std::greater());
    auto span = events.back().time_ms - events.front().time_ms;
    std::set<std::int64_t> cut;
    for (const auto& [length, end] : gaps) {
      if (cut.size() == kCutsMax || length < kShortest || length < span / 4) break;
      cut.insert(end);
      span -= length;
    }
    return cut;
  }

  void place() {
    constexpr double kLeast = 4;
    const double count = static_cast<double>(parts_.size());
    const double free = kRight - kLeft - kBreak * (count - 1) - kLeast * count;
    const auto whole = static_cast<double>(std::max<std::int64_t>(active_ms(), 1));
    double x = kLeft;
    for (auto& part : parts_) {
      part.x_from = x;
      x += kLeast + free * static_cast<double>(part.to - part.from) / whole;
      part.x_to = x;
      x += kBreak;
    }
  }

  std::vector<Part> parts_;
};

std::string number(double value) {
  const auto hundredths = static_cast<std::int64_t>(value * 100 + 0.5);
  const auto rest = std::to_string(hundredths % 100);
  return std::to_string(hundredths / 100) + '.' + (rest.size() < 2 ? "0" : "") + rest;
}

std::string percent(double value) { return number(value) + '%'; }

class Chart {
 public:
  explicit Chart(const Trace& trace) : trace_(trace), axis_(trace.events) {
    for (const auto& event : trace.events) {
      const auto topic = short_topic(event.record.topic);
      if (std::ranges::find(lanes_, topic) == lanes_.end()) lanes_.push_back(topic);
    }
  }

  std::string take() {
    const int bottom = kTop + static_cast<int>(lanes_.size()) * kLane;
    svg_ =
        "<svg role=\"img\" aria-label=\"The events over time, a lane for each topic\" height=\"" +
        std::to_string(bottom + 26) + "\">";
    sessions(bottom);
    ticks(bottom);
    breaks(bottom);
    for (std::size_t i = 0; i < lanes_.size(); ++i) lane(i);
    marks();
    return svg_ + "</svg>";
  }

 private:
  static constexpr int kTop = 24, kLane = 50;

  void text(double x, int y, std::string_view css, const std::string& words,
            std::string_view anchor = "start") {
    svg_ += "<text x=\"" + percent(x) + "\" y=\"" + std::to_string(y) + "\" class=\"" +
            std::string(css) + "\" text-anchor=\"" + std::string(anchor) + "\">" + words +
            "</text>";
  }

  void line(double x1, int y1, double x2, int y2, std::string_view css) {
    svg_ += "<line x1=\"" + percent(x1) + "\" y1=\"" + std::to_string(y1) + "\" x2=\"" +
            percent(x2) + "\" y2=\"" + std::to_string(y2) + "\" class=\"" + std::string(css) +
            "\"/>";
  }

  void sessions(int bottom) {
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> spans;
    for (const auto& event : trace_.events) {
      if (event.session.empty()) continue;
      const auto at = spans.try_emplace(event.session, event.time_ms, event.time_ms).first;
      at->second.second = event.time_ms;
    }
    double free_from = 0;
    for (const auto& [id, span] : spans) {
      const double from = axis_.x(span.first) - 1.2, to = axis_.x(span.second) + 1.2;
      svg_ += "<rect class=\"band\" rx=\"6\" x=\"" + percent(from) + "\" width=\"" +
              percent(to - from) + "\" y=\"0\" height=\"" + std::to_string(bottom) +
              "\"><title>session " + escaped(id) + "</title></rect>";
      if (spans.size() > 4 || from < free_from) continue;
      text(from + 0.6, 15, "", "session " + escaped(id.substr(0, id.find('-'))));
      free_from = from + 18;
    }
  }

  void ticks(int bottom) {
    constexpr std::array<std::int64_t, 18> kSteps = {
        10,     50,     100,     500,     1'000,   2'000,     5'000,     10'000,     15'000,
        30'000, 60'000, 120'000, 300'000, 900'000, 1'800'000, 3'600'000, 10'800'000, 86'400'000};
    auto step = kSteps.back();
    for (const auto one : kSteps) {
      if (axis_.active_ms() / one > 9) continue;
      step = one;
      break;
    }
    double last = -20;
    int shown = 0;
    for (const auto& part : axis_.parts()) {
      for (auto at = (part.from + step - 1) / step * step; at <= part.to; at += step) {
        const double x = axis_.x(at);
        if (x - last < 8.5) continue;
        last = x;
        line(x, kTop, x, bottom, "");
        const auto words = time_text(at).substr(11, step < 1000 ? 12 : step < 60'000 ? 8 : 5);
        text(x, bottom + 18, ++shown % 2 == 0 ? "tick odd" : "tick", words,
             x < 7    ? "start"
             : x > 94 ? "end"
                      : "middle");
      }
    }
  }

  void breaks(int bottom) {
    const auto& parts = axis_.parts();
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const double x = (parts[i - 1].x_to + parts[i].x_from) / 2;
      line(x, 0, x, bottom, "break");
      svg_ += "<svg x=\"" + percent(x) +
              "\" y=\"0\" overflow=\"visible\">"
              "<text transform=\"translate(13 " +
              std::to_string(bottom - 6) + ") rotate(-90)\">" +
              duration_text(parts[i].from - parts[i - 1].to) + "</text></svg>";
    }
  }

  void lane(std::size_t index) {
    const int y = kTop + static_cast<int>(index) * kLane;
    line(0, y + 32, 100, y + 32, "");
    text(0.6, y + 17, "lane", escaped(lanes_[index]));
  }

  void marks() {
    for (std::size_t i = 0; i < trace_.events.size(); ++i) {
      const auto& event = trace_.events[i];
      const auto lane = std::ranges::find(lanes_, short_topic(event.record.topic)) - lanes_.begin();
      const bool bad = event.kind == Kind::kError || event.kind == Kind::kRejected;
      svg_ += "<svg x=\"" + percent(axis_.x(event.time_ms)) + "\" y=\"" +
              std::to_string(kTop + static_cast<int>(lane) * kLane + 32) +
              "\" overflow=\"visible\"><a href=\"#e" + std::to_string(i + 1) + "\"><title>" +
              time_text(event.time_ms).substr(11) + ' ' + escaped(event.what) +
              "</title><path class=\"mark " + std::string(class_of(event.kind)) + "\" d=\"" +
              (bad ? "M0-8L8 0 0 8-8 0Z" : "M-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0Z") +
              "\"/></a></svg>";
    }
  }

  const Trace& trace_;
  const Axis axis_;
  std::vector<std::string> lanes_;
  std::string svg_;
};

std::string json_of(const Record& record) {
  const auto line = to_json_line(record);
  const auto json = wire::parse_bounded<Json>(line);
  const auto text =
      json.is_discarded() ? line : json.dump(2, ' ', false, Json::error_handler_t::replace);
  std::string lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines += escaped(std::string_view(text).substr(begin, end - begin)) + '\n';
    begin = end + 1;
  }
  return lines;
}

std::string main_of(const TraceEvent& event, bool with_user) {
  const bool rejected = event.kind == Kind::kRejected;
  std::string html = element("span", "badge", rejected ? "Rejected" : escaped(event.what));
  if (rejected) html += element("span", "where", escaped(event.what));
  if (!event.page.empty()) html += element("span", "where", escaped(event.page));
  for (const auto& [name, value] : event.details)
    html += "<span class=\"soft\">" + escaped(name) + "</span> " + escaped(value) + "&ensp;";
  if (with_user && !event.user.empty())
    html += element("span", "more", "by " + escaped(event.user));
  return html;
}

std::string item(const TraceEvent& event, const TraceEvent* before, std::size_t number,
                 bool with_user) {
  const auto gap = before == nullptr ? 0 : event.time_ms - before->time_ms;
  constexpr std::int64_t kLong = 60'000;
  const auto time = time_text(event.time_ms);
  return "<li class=\"ev " + std::string(class_of(event.kind)) + "\" id=\"e" +
         std::to_string(number) + "\"><details><summary><time>" + time.substr(11) + "</time>" +
         element("span", gap >= kLong ? "gap long" : "gap",
                 before == nullptr ? "" : '+' + duration_text(gap)) +
         element("span", "main", main_of(event, with_user)) +
         element("span", "place", escaped(place_text(event.record))) + "</summary><pre>" +
         json_of(event.record) + "</pre></details></li>\n";
}

std::string list(const Trace& trace) {
  std::string html = "<ol class=\"card\">\n";
  std::set<std::string> begun, users;
  for (const auto& event : trace.events) users.insert(event.user);
  std::string day;
  const TraceEvent* before = nullptr;
  for (std::size_t i = 0; i < trace.events.size(); ++i) {
    const auto& event = trace.events[i];
    if (const auto its = time_text(event.time_ms).substr(0, 10); its != day)
      html += element("li", "split", "<b>" + (day = its) + "</b> UTC");
    if (!event.session.empty() && begun.insert(event.session).second)
      html += element(
          "li", "split",
          "Session <b>" + escaped(event.session) + (event.starts_session ? "</b> starts" : "</b>"));
    html += item(event, before, i + 1, users.size() > 1);
    if (event.ends_session && !event.session.empty())
      html += element("li", "split", "Session <b>" + escaped(event.session) + "</b> ends");
    before = &event;
  }
  return html + "</ol>\n";
}

std::string figure(std::string_view css, const std::string& value, std::string_view what) {
  return element("div", "figure " + std::string(css),
                 "<b>" + value + "</b><span>" + std::string(what) + "</span>");
}

std::string head(const Trace& trace) {
  const auto figures = figures_of(trace);
  const auto count = [](std::uint64_t value, std::string_view css, std::string_view what) {
    return figure(value > 0 ? css : "", std::to_string(value), what);
  };
  return "<div class=\"over\">Penstock trace</div><h1>" + escaped(trace.id) +
         "</h1>\n<p class=\"sub\">" + matched_text(figures) + " &middot; " +
         time_text(figures.from_ms) + " to " + time_text(figures.to_ms) +
         " UTC</p>\n<div class=\"figures\">" + count(trace.events.size(), "", "events") +
         count(figures.sessions, "", "sessions") + count(figures.errors, "error", "errors") +
         count(figures.dead_letters, "rejected", "rejected") +
         figure("", duration_text(figures.to_ms - figures.from_ms), "from first to last") +
         "</div>\n";
}

}  // namespace

std::string to_trace_page(const Trace& trace) {
  std::string key;
  constexpr std::array<std::pair<Kind, std::string_view>, 6> kKey = {
      {{Kind::kActivity, "activity"},
       {Kind::kChange, "change of a record"},
       {Kind::kCustom, "custom event"},
       {Kind::kSession, "session"},
       {Kind::kError, "error"},
       {Kind::kRejected, "rejected"}}};
  for (const auto& [kind, words] : kKey) {
    if (std::ranges::find(trace.events, kind, &TraceEvent::kind) != trace.events.end())
      key += "<span>" + element("i", class_of(kind), "") + std::string(words) + "</span>";
  }
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n<title>Trace of " +
         escaped(trace.id) + "</title>\n<style>" + std::string(kStyle) +
         "</style></head><body><main>\n" + head(trace) + "<section class=\"card chart\">" +
         Chart(trace).take() + "<div class=\"key\">" + key + "</div></section>\n" + list(trace) +
         "<footer>" + escaped(cut_text(trace)) +
         " Times are UTC, by the clock of whoever sent the event. Select an event for its JSON."
         "</footer></main></body></html>\n";
}

}  // namespace penstock::ctl
