// What may change while a client runs: its own options at first, then what GET /v1/config says.
// track() reads it without a lock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace penstock::settings {

// Of one type: the activityType of an activity, the action of a record's change.
struct TypeRule {
  double sample_rate = 1;                        // share of sessions whose events are kept, 0 to 1
  std::chrono::milliseconds coalesce_window{0};  // equal events within it become one; 0: never
  bool disabled = false;                         // recorded by nobody
};

// Immutable once published.
struct LiveSettings {
  std::vector<std::pair<std::string, TypeRule>> types;     // sorted by name
  TypeRule other_types;                                    // of a type that `types` does not name
  std::optional<std::chrono::milliseconds> batch_age_max;  // instead of Options::batch_age_max
  // Nothing is recorded and nothing is sent, but for the question whether that still holds.
  bool kill_switch = false;

  const TypeRule& rule_for(std::string_view type) const noexcept {
    std::size_t low = 0, high = types.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      const int order = std::string_view(types[middle].first).compare(type);
      if (order == 0) return types[middle].second;
      (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
    }
    return other_types;
  }
};

// Any thread.
class LiveSettingsHolder {
 public:
  LiveSettingsHolder() { publish(LiveSettings{}); }

  // Valid as long as the holder: what was replaced is kept, since nobody knows who still reads it.
  // An operator changes it a few times a day.
  const LiveSettings& current() const noexcept { return *current_.load(std::memory_order_acquire); }

  void publish(LiveSettings settings) {
    auto next = std::make_unique<const LiveSettings>(std::move(settings));
    const std::lock_guard lock(mutex_);
    published_.push_back(std::move(next));
    current_.store(published_.back().get(), std::memory_order_release);
  }

 private:
  std::atomic<const LiveSettings*> current_{nullptr};
  std::mutex mutex_;
  std::vector<std::unique_ptr<const LiveSettings>> published_;  // guarded by mutex_
};

}  // namespace penstock::settings
