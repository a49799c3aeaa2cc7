#include "faults/oracle/stream_join.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

namespace penstock::oracle {
namespace {

bool earlier(const StreamEvent* a, const StreamEvent* b) {
  return std::tie(a->time, a->seq, a->event_id) < std::tie(b->time, b->seq, b->event_id);
}

// What one change must be joined with, in order, before only the nearest are kept.
struct Expected {
  const StreamEvent* change = nullptr;
  std::string matched_by;
  std::vector<const StreamEvent*> activities;
};

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

void require_equal(const std::string& what, const std::string& is, const std::string& expected) {
  require(is == expected, what + " is " + is + " instead of " + expected);
}

std::int64_t distance(const Expected& expected, const StreamEvent& activity) {
  return std::abs(activity.time - expected.change->time);
}

void check_change(const StreamRecord& record, const StreamEvent& change) {
  const auto& written = record.value.at("change");
  require_equal("the key", record.key, change.user_id);
  require_equal("userId", text_of(record.value, "userId"), change.user_id);
  require_equal("correlationId", text_of(written, "correlationId"), change.correlation_id);
  require_equal("recordId", text_of(written, "recordId"), change.record_id);
  require_equal("action", text_of(written, "action"), change.action);
  require(time_of(written, "time") == change.time, "the change has another time");
}

void check_activity(const nlohmann::json& written, const StreamEvent& activity) {
  const auto what = [&](const char* field) { return "in " + activity.event_id + " " + field; };
  require_equal(what("correlationId"), text_of(written, "correlationId"), activity.correlation_id);
  require_equal(what("activityType"), text_of(written, "activityType"), activity.activity_type);
  require_equal(what("pageId"), text_of(written, "pageId"), activity.page_id);
  require_equal(what("element"), text_of(written, "element"), activity.element);
  require(time_of(written, "time") == activity.time, what("time") + " is another");
}

// Throws with what is wrong.
void check_activities(const nlohmann::json& record, const Expected& expected) {
  require_equal("matchedBy", text_of(record, "matchedBy"), expected.matched_by);
  const auto& activities = record.at("activities");
  const std::size_t kept = std::min(kJoinedMax, expected.activities.size());
  require_equal("the number of activities", std::to_string(activities.size()),
                std::to_string(kept));
  require_equal("activitiesLeftOut",
                std::to_string(record.at("activitiesLeftOut").get<std::uint64_t>()),
                std::to_string(expected.activities.size() - kept));
  // Both are in order, so one walk finds each written one among the expected.
  std::int64_t farthest_kept = 0;
  std::int64_t nearest_left = std::numeric_limits<std::int64_t>::max();
  auto written = activities.begin();
  for (const StreamEvent* activity : expected.activities) {
    if (written != activities.end() && text_of(*written, "eventId") == activity->event_id) {
      check_activity(*written++, *activity);
      farthest_kept = std::max(farthest_kept, distance(expected, *activity));
    } else {
      nearest_left = std::min(nearest_left, distance(expected, *activity));
    }
  }
  require(written == activities.end(), "the activities are others, or in another order");
  require(farthest_kept <= nearest_left, "the activities kept are not the nearest");
}

class Joins {
 public:
  Joins(const std::vector<StreamEvent>& events, std::chrono::milliseconds window)
      : window_(window.count()) {
    for (const StreamEvent& event : events) {
      if (!event.change && !event.user_id.empty()) of_user_[event.user_id].push_back(&event);
    }
    for (auto& [user, activities] : of_user_) std::ranges::sort(activities, earlier);
    for (const StreamEvent& event : events) {
      if (event.change && !event.user_id.empty()) changes_[event.event_id] = {&event, false};
    }
    verdict_.compared = changes_.size();
  }

  void add(const StreamRecord& record) {
    std::string id = "(of no change)";
    try {
      id = text_of(record.value.at("change"), "eventId");
      const auto found = changes_.find(id);
      if (found == changes_.end()) {
        verdict_.breach(verdict_.invented, "join of " + id + ": no such change was recorded");
        return;
      }
      require(!found->second.seen, "it was written twice");
      found->second.seen = true;
      check_change(record, *found->second.event);
      check_activities(record.value, expect(*found->second.event));
    } catch (const std::exception& error) {
      verdict_.breach(verdict_.wrong, "join of " + id + ": " + error.what());
    }
  }

  AggregateVerdict finish() {
    for (const auto& [id, change] : changes_) {
      if (!change.seen)
        verdict_.breach(verdict_.missing,
                        "join of " + id + " of " + change.event->user_id + " is missing");
    }
    return std::move(verdict_);
  }

 private:
  struct Change {
    const StreamEvent* event = nullptr;
    bool seen = false;
  };

  Expected expect(const StreamEvent& change) const {
    Expected expected{&change, "none", {}};
    const auto found = of_user_.find(change.user_id);
    if (found == of_user_.end()) return expected;
    const auto& all = found->second;
    const auto time = [](const StreamEvent* activity) { return activity->time; };
    const auto begin = std::ranges::lower_bound(all, change.time - window_, {}, time);
    const auto end = std::ranges::upper_bound(all, change.time + window_, {}, time);
    std::copy_if(begin, end, std::back_inserter(expected.activities), [&](const auto* activity) {
      return !change.correlation_id.empty() && activity->correlation_id == change.correlation_id;
    });
    if (!expected.activities.empty()) {
      expected.matched_by = "correlationId";
    } else if (begin != end) {
      expected.matched_by = "time";
      expected.activities.assign(begin, end);
    }
    return expected;
  }

  const std::int64_t window_;
  std::unordered_map<std::string, std::vector<const StreamEvent*>> of_user_;
  std::unordered_map<std::string, Change> changes_;
  AggregateVerdict verdict_;
};

}  // namespace

AggregateVerdict compare_joins(const std::vector<StreamEvent>& events,
                               const std::vector<StreamRecord>& records,
                               std::chrono::milliseconds window) {
  Joins joins(events, window);
  for (const StreamRecord& record : records) joins.add(record);
  return joins.finish();
}

}  // namespace penstock::oracle
