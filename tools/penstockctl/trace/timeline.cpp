#include "timeline.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"
#include "wire/timestamp.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

using json = nlohmann::ordered_json;  // details in the client's order
namespace field = wire::field;
using Kind = TraceEvent::Kind;

constexpr std::string_view kDim = "\x1b[2m", kBold = "\x1b[1m", kCyan = "\x1b[36m",
                           kRed = "\x1b[31m", kYellow = "\x1b[33m", kEnd = "\x1b[0m";
constexpr std::size_t kGapWidth = 11, kTopicWidth = 14, kWhatWidth = 24, kPageWidth = 16,
                      kUserWidth = 14, kDetailsWidth = 44;

std::string dump(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string text_of(const json& event, std::string_view name) {
  const auto at = event.find(name);
  return at == event.end() ? "" : dump(*at);
}

std::string iso(std::int64_t unix_ms) {
  std::string text(wire::kTimestampBytes, ' ');
  wire::format_timestamp(unix_ms, text.data());
  return text;
}

void read_event(const json& event, TraceEvent& read) {
  read.page = text_of(event, field::kPageId);
  read.user = text_of(event, field::kUserId);
  read.session = text_of(event, field::kSessionId);
  if (const auto install = text_of(event, field::kInstallId); !install.empty())
    read.install = install;
  if (const auto at = event.find(field::kSeq); at != event.end() && at->is_number_unsigned())
    read.seq = at->get<std::uint64_t>();
  const auto activity = text_of(event, field::kActivityType);
  const auto action = text_of(event, field::kAction);
  if (!activity.empty()) {
    read.kind = activity == "Error" ? Kind::kError : Kind::kActivity;
    read.starts_session = activity == "SessionStart";
    read.ends_session = activity == "SessionEnd";
    if (read.starts_session || read.ends_session) read.kind = Kind::kSession;
    read.what = activity;
  } else if (!action.empty()) {
    read.kind = Kind::kChange;
    read.what = action + ' ' + text_of(event, field::kRecordId);
  } else {
    read.what = text_of(event, field::kEventType);
  }
  const auto details = event.find(field::kDetails);
  if (details == event.end() || !details->is_object()) return;
  for (const auto& [name, value] : details->items()) read.details.emplace_back(name, dump(value));
}

void read_rejection(const Record& record, std::string_view code, TraceEvent& read) {
  read.kind = Kind::kRejected;
  read.starts_session = read.ends_session = false;
  auto pointer = std::string(record.header(field::kPointer).value_or(""));
  auto wanted = read.what;
  read.what = code;
  read.details = {{"at", pointer.empty() ? "the event" : pointer},
                  {"message", std::string(record.header(field::kMessage).value_or(""))}};
  if (!wanted.empty()) read.details.insert(read.details.begin(), {"event", std::move(wanted)});
  // The key of a dead letter is its batch's installId.
  if (read.install.empty()) read.install = record.key.value_or("");
}

std::int64_t time_of(const Record& record, const json& event) {
  const bool no_time = record.header(field::kPointer) == "/timestamp";
  if (event.is_object() && !no_time) {
    if (const auto time = wire::parse_timestamp(text_of(event, field::kTimestamp))) return *time;
  }
  const auto rejected = wire::parse_timestamp(record.header("rejectedAt").value_or(""));
  return rejected.value_or(record.timestamp_ms);
}

std::string details_text(const TraceEvent& event) {
  if (event.kind == Kind::kRejected) {
    std::string text;
    for (const auto& [name, value] : event.details)
      text += (text.empty() ? "" : name == "message" ? ": " : " at ") + plain(value);
    return text;
  }
  std::string text;
  for (const auto& [name, value] : event.details)
    text += (text.empty() ? "" : "  ") + plain(name) + '=' + plain(value);
  return text;
}

std::string_view colour_of(Kind kind) {
  switch (kind) {
    case Kind::kError:
    case Kind::kRejected:
      return kRed;
    case Kind::kChange:
      return kYellow;
    default:
      return kBold;
  }
}

class Lines {
 public:
  Lines(const Trace& trace, bool colour) : trace_(trace), colour_(colour) {}

  std::string take() {
    for (const auto& event : trace_.events) {
      ++events_of_[event.session];
      first_of_.try_emplace(event.session, event.time_ms);
    }
    head();
    const TraceEvent* before = nullptr;
    for (const auto& event : trace_.events) {
      begin_session(event);
      line(event, before);
      end_session(event);
      before = &event;
    }
    if (const auto cut = cut_text(trace_); !cut.empty()) lines_ += '\n' + cut + '\n';
    return std::move(lines_);
  }

 private:
  std::string styled(std::string_view style, const std::string& text) const {
    return colour_ ? std::string(style) + text + std::string(kEnd) : text;
  }

  void head() {
    const auto figures = figures_of(trace_);
    lines_ += styled(kBold, plain(trace_.id)) + "  is " + matched_text(figures) + '\n';
    lines_ += time_text(figures.from_ms) + " to " + time_text(figures.to_ms) + " UTC (" +
              duration_text(figures.to_ms - figures.from_ms) +
              "): " + counted(trace_.events.size(), "event") + ", " +
              counted(figures.sessions, "session") + ", " + counted(figures.errors, "error") +
              ", " + counted(figures.dead_letters, "dead letter") + "\n\n";
  }

  void separator(const std::string& text) { lines_ += styled(kCyan, "── " + text + " ──") + '\n'; }

  void begin_session(const TraceEvent& event) {
    if (event.session.empty() || !begun_.insert(event.session).second) return;
    separator("session " + plain(event.session) +
              (event.starts_session ? " starts" : ", which started before"));
  }

  void end_session(const TraceEvent& event) {
    if (!event.ends_session || event.session.empty()) return;
    separator("session " + plain(event.session) +
              " ends: " + duration_text(event.time_ms - first_of_[event.session]) + ", " +
              counted(events_of_[event.session], "event"));
  }

  void line(const TraceEvent& event, const TraceEvent* before) {
    const auto gap = before == nullptr ? "" : '+' + duration_text(event.time_ms - before->time_ms);
    const auto what = (event.kind == Kind::kRejected ? "REJECTED " : "") + event.what;
    const auto column = [](const std::string& text, std::size_t width) {
      return to_width(plain(text), width);
    };
    lines_ += styled(kDim, time_text(event.time_ms)) + ' ' +
              styled(kDim, std::string(kGapWidth - std::min(kGapWidth, gap.size()), ' ') + gap) +
              ' ' + styled(kDim, column(short_topic(event.record.topic), kTopicWidth)) + ' ' +
              styled(colour_of(event.kind), column(what, kWhatWidth)) + ' ' +
              styled(kCyan, column(event.page, kPageWidth)) + ' ' + column(event.user, kUserWidth) +
              ' ' + to_width(details_text(event), kDetailsWidth) + ' ' +
              styled(kDim, plain(place_text(event.record))) + '\n';
  }

  const Trace& trace_;
  const bool colour_;
  std::string lines_;
  std::set<std::string> begun_;
  std::map<std::string, std::uint64_t> events_of_;
  std::map<std::string, std::int64_t> first_of_;
};

}  // namespace

bool TraceEvent::operator<(const TraceEvent& other) const {
  const auto order = [](const TraceEvent& event) {
    return std::tie(event.time_ms, event.install, event.seq, event.record.topic,
                    event.record.partition, event.record.offset);
  };
  return order(*this) < order(other);
}

TraceEvent read_trace_event(Record record, std::vector<IdField> matched) {
  TraceEvent read;
  read.matched = std::move(matched);
  const auto event = wire::parse_bounded<json>(record.value);
  if (event.is_object()) read_event(event, read);
  read.time_ms = time_of(record, event);
  if (const auto code = record.header(field::kCode)) read_rejection(record, *code, read);
  if (read.what.empty()) read.what = "(no event)";
  read.record = std::move(record);
  return read;
}

TraceFigures figures_of(const Trace& trace) {
  TraceFigures figures;
  if (trace.events.empty()) return figures;
  figures.from_ms = trace.events.front().time_ms;
  figures.to_ms = trace.events.back().time_ms;
  std::set<std::string_view> sessions;
  for (const auto& event : trace.events) {
    for (const auto field : event.matched) ++figures.matched_as[static_cast<std::size_t>(field)];
    if (!event.session.empty()) sessions.insert(event.session);
    figures.errors += event.kind == Kind::kError ? 1 : 0;
    figures.dead_letters += event.kind == Kind::kRejected ? 1 : 0;
  }
  figures.sessions = sessions.size();
  return figures;
}

std::string matched_text(const TraceFigures& figures) {
  std::string text;
  for (std::size_t i = 0; i < kIdFields; ++i) {
    if (figures.matched_as[i] == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string(kIdFieldNames[i]) + " of " +
            std::to_string(figures.matched_as[i]);
  }
  return text.empty() ? "in no event" : text;
}

std::string time_text(std::int64_t unix_ms) {
  auto text = iso(unix_ms);
  text[10] = ' ';
  text.pop_back();
  return text;
}

std::string duration_text(std::int64_t ms) {
  const auto two = [](std::int64_t big, const char* unit, std::int64_t small, const char* part) {
    return std::to_string(big) + unit + (small == 0 ? "" : ' ' + std::to_string(small) + part);
  };
  constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                         kDay = 24 * kHour;
  if (ms < kSecond) return std::to_string(ms) + " ms";
  if (ms < kMinute)
    return std::to_string(ms / kSecond) + '.' + std::to_string(ms % kSecond / 100) + " s";
  if (ms < kHour) return two(ms / kMinute, " m", ms % kMinute / kSecond, " s");
  if (ms < kDay) return two(ms / kHour, " h", ms % kHour / kMinute, " m");
  return two(ms / kDay, " d", ms % kDay / kHour, " h");
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string short_topic(std::string_view topic) {
  for (const auto name : wire::kTopics)
    if (topic.ends_with(name)) return std::string(name);
  return std::string(topic);
}

std::string place_text(const Record& record) {
  return record.topic + '[' + std::to_string(record.partition) + "]@" +
         std::to_string(record.offset);
}

std::string cut_text(const Trace& trace) {
  if (trace.left_out == 0) return "";
  return "Cut: " + counted(trace.left_out, "later event") +
         " match too; see --count, or narrow --since and --until.";
}

std::string to_timeline(const Trace& trace, bool colour) { return Lines(trace, colour).take(); }

std::string to_trace_json(const Trace& trace) {
  const auto figures = figures_of(trace);
  auto matched = json::object();
  for (std::size_t i = 0; i < kIdFields; ++i)
    if (figures.matched_as[i] > 0) matched[std::string(kIdFieldNames[i])] = figures.matched_as[i];
  const bool none = trace.events.empty();
  std::string text =
      "{\"id\":" + json(trace.id).dump(-1, ' ', false, json::error_handler_t::replace);
  text += ",\"matchedAs\":" + matched.dump();
  text += ",\"from\":" + (none ? "null" : '"' + iso(figures.from_ms) + '"');
  text += ",\"to\":" + (none ? "null" : '"' + iso(figures.to_ms) + '"');
  if (trace.left_out > 0) text += ",\"leftOut\":" + std::to_string(trace.left_out);
  text += ",\"events\":[";
  for (const auto& event : trace.events)
    text += (&event == trace.events.data() ? "" : ",") + to_json_line(event.record);
  return text + "]}";
}

}  // namespace penstock::ctl
