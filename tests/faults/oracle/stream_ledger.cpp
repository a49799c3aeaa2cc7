#include "faults/oracle/stream_ledger.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "faults/oracle/stream_join.hpp"
#include "faults/oracle/stream_lateness.hpp"

namespace penstock::oracle {
namespace {

// How often something was done by or at something in one window.
using Counts = std::map<std::string, std::string>;  // by name, what the record must say

std::string count_name(const std::string& whose, const std::string& what, const std::string& from) {
  return "of " + whose + ", " + (what.empty() ? "(none)" : what) + ", from " + from;
}

std::string count_says(std::uint64_t count, const std::string& until, const std::string& key) {
  return std::to_string(count) + " until " + until + " under the key " + key;
}

// `kind`: the name of the field that holds `whose`, so that no user is taken for an install.
class WindowCounts {
 public:
  explicit WindowCounts(std::chrono::milliseconds window) : window_(window.count()) {}

  void add(const std::string& kind, const std::string& whose, const std::string& what,
           std::int64_t time) {
    ++counts_[{kind, whose, what, time - time % window_}];
  }

  Counts expected() const {
    Counts expected;
    for (const auto& [place, count] : counts_) {
      const auto& [kind, whose, what, begin] = place;
      expected[count_name(kind + " " + whose, what, time_text(begin))] =
          count_says(count, time_text(begin + window_), whose);
    }
    return expected;
  }

 private:
  const std::int64_t window_;
  std::map<std::tuple<std::string, std::string, std::string, std::int64_t>, std::uint64_t> counts_;
};

// `kinds`: which fields may say whose the count is; `what`: which says what was counted.
AggregateVerdict compare_counts(const std::string& aggregate, Counts expected,
                                const std::vector<StreamRecord>& records,
                                const std::vector<const char*>& kinds, const char* what) {
  AggregateComparison comparison(aggregate, std::move(expected));
  for (const auto& [key, value] : records) {
    try {
      const auto kind = std::ranges::find_if(
          kinds, [&value = value](const char* field) { return !text_of(value, field).empty(); });
      const char* field = kind == kinds.end() ? kinds.front() : *kind;
      comparison.add(count_name(std::string(field) + " " + text_of(value, field),
                                text_of(value, what), time_text(time_of(value, "windowStart"))),
                     count_says(value.at("count").get<std::uint64_t>(),
                                time_text(time_of(value, "windowEnd")), key));
    } catch (const std::exception& error) {
      comparison.add_unreadable(error.what());
    }
  }
  return comparison.finish();
}

AggregateVerdict compare_activity(const std::vector<StreamEvent>& events,
                                  const std::vector<StreamRecord>& records,
                                  std::chrono::milliseconds window) {
  WindowCounts counts(window);
  for (const StreamEvent& event : events) {
    if (!event.change && !event.actor().empty())
      counts.add(event.user_id.empty() ? "installId" : "userId", event.actor(), event.activity_type,
                 event.time);
  }
  return compare_counts("activity", counts.expected(), records, {"userId", "installId"},
                        "activityType");
}

AggregateVerdict compare_clicks(const std::vector<StreamEvent>& events,
                                const std::vector<StreamRecord>& records,
                                std::chrono::milliseconds window) {
  WindowCounts counts(window);
  for (const StreamEvent& event : events) {
    if (event.is_click()) counts.add("pageId", event.page_id, event.element, event.time);
  }
  return compare_counts("clicks", counts.expected(), records, {"pageId"}, "element");
}

// A session as its events make it, or all records of it together.
struct SessionSum {
  std::uint64_t events = 0, changes = 0;
  std::map<std::string, std::uint64_t> activities;
  std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = 0;
  bool started = false, ended = false;

  void add(const StreamEvent& event) {
    ++events;
    ++(event.change ? changes : activities[event.activity_type]);
    first = std::min(first, event.time);
    last = std::max(last, event.time);
    started = started || event.activity_type == "SessionStart";
    ended = ended || event.activity_type == "SessionEnd";
  }

  // Throws if the record cannot be read, or contradicts itself.
  void add(const StreamRecord& record) {
    const auto& value = record.value;
    if (text_of(value, "sessionId") != record.key)
      throw std::runtime_error("the key is " + record.key + ", the session another");
    const auto begin = time_of(value, "startedAt");
    const auto end = time_of(value, "endedAt");
    if (std::abs(value.at("duration").get<double>() * 1000 - static_cast<double>(end - begin)) > 1)
      throw std::runtime_error("the duration is not that from startedAt to endedAt");
    events += value.at("events").get<std::uint64_t>();
    changes += value.at("changes").get<std::uint64_t>();
    for (const auto& [type, count] : value.at("activities").items())
      activities[type] += count.get<std::uint64_t>();
    first = std::min(first, begin);
    last = std::max(last, end);
    started = started || value.at("started").get<bool>();
    ended = ended || text_of(value, "closedBy") == "SessionEnd";
  }

  std::string text() const {
    std::string text = std::to_string(events) + " events, " + std::to_string(changes) + " changes";
    for (const auto& [type, count] : activities) text += ", " + std::to_string(count) + " " + type;
    return text + ", from " + time_text(first) + " to " + time_text(last) +
           (started ? ", started" : "") + (ended ? ", ended" : "");
  }
};

AggregateVerdict compare_session_sums(const std::vector<StreamEvent>& events,
                                      const std::vector<StreamRecord>& records) {
  std::map<std::string, SessionSum> expected, written;
  for (const StreamEvent& event : events) {
    if (!event.session_id.empty()) expected[event.session_id].add(event);
  }
  std::map<std::string, std::string> texts;
  for (const auto& [session, sum] : expected) texts[session] = sum.text();
  AggregateComparison comparison("session", std::move(texts));
  for (const StreamRecord& record : records) {
    try {
      written[record.key].add(record);
    } catch (const std::exception& error) {
      comparison.add_unreadable(error.what());
    }
  }
  for (const auto& [session, sum] : written) comparison.add(session, sum.text());
  return comparison.finish();
}

std::uint64_t sum_of(const std::vector<StreamRecord>& records, const char* field) {
  std::uint64_t sum = 0;
  for (const StreamRecord& record : records) {
    const auto found = record.value.find(field);
    if (found != record.value.end() && found->is_number_unsigned())
      sum += found->get<std::uint64_t>();
  }
  return sum;
}

}  // namespace

std::vector<std::string> StreamVerdict::examples() const {
  std::vector<std::string> all;
  for (const auto* verdict : {&activity, &clicks, &joins, &sessions, &late})
    all.insert(all.end(), verdict->examples.begin(), verdict->examples.end());
  return all;
}

std::uint64_t StreamVerdict::broken() const noexcept {
  return activity.broken() + clicks.broken() + joins.broken() + sessions.broken() + late.broken();
}

StreamLedger::StreamLedger(std::vector<StreamEvent> events, const StreamWindows& windows)
    : windows_(windows) {
  std::unordered_set<std::string> seen;
  for (StreamEvent& event : events) {
    if (seen.insert(event.event_id).second)
      events_.push_back(std::move(event));
    else
      ++duplicates_;
  }
}

std::vector<StreamEvent> StreamLedger::on_time(const std::vector<LateRecord>& late) const {
  const auto ids = ids_of(late);
  std::vector<StreamEvent> events;
  std::ranges::copy_if(events_, std::back_inserter(events),
                       [&](const StreamEvent& event) { return !ids.contains(event.event_id); });
  return events;
}

bool StreamLedger::Progress::complete() const noexcept {
  const auto done = [](const Counted& counted) { return counted.counted >= counted.expected; };
  return done(activity) && done(clicks) && done(joins) && done(sessions);
}

StreamLedger::Progress StreamLedger::progress(const StreamTopics& topics) const {
  Progress progress;
  const auto late = ids_of(topics.late);
  for (const StreamEvent& event : events_) {
    if (late.contains(event.event_id)) continue;
    if (!event.change && !event.actor().empty()) ++progress.activity.expected;
    if (event.is_click()) ++progress.clicks.expected;
    if (event.change && !event.user_id.empty()) ++progress.joins.expected;
    if (!event.session_id.empty()) ++progress.sessions.expected;
  }
  progress.activity.counted = sum_of(topics.activity, "count");
  progress.clicks.counted = sum_of(topics.clicks, "count");
  progress.joins.counted = topics.joins.size();
  progress.sessions.counted = sum_of(topics.sessions, "events");
  return progress;
}

StreamVerdict StreamLedger::judge(const StreamTopics& topics) const {
  const std::vector<StreamEvent> events = on_time(topics.late);
  return {compare_activity(events, topics.activity, windows_.activity),
          compare_clicks(events, topics.clicks, windows_.clicks),
          compare_joins(events, topics.joins, windows_.join),
          compare_session_sums(events, topics.sessions),
          compare_late(events_, topics.late, windows_.late_grace),
          count_late_in_vain(events_, topics.late, windows_)};
}

}  // namespace penstock::oracle
