#include "replay_run.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>

#include "kafka_handles.hpp"
#include "range_reader.hpp"
#include "replay_source.hpp"
#include "replay_target.hpp"
#include "run_control.hpp"

namespace penstock::ctl {
namespace {

using Clock = std::chrono::steady_clock;

// How long what was brought may be seen by nobody: also for who watches the original pace.
constexpr std::chrono::milliseconds kUnnotedMax{1000}, kUnnotedAtPaceMax{100};

std::string_view value_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}

// Whether the replay of this name has written the record.
bool was_replayed(const rd_kafka_message_t& message, std::string_view name) {
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get(headers, i, kReplayedHeader, &value, &size) ==
                          RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i)
    if (std::string_view(static_cast<const char*>(value), size) == name) return true;
  return false;
}

// What a new run is to read.
ReplayState state_of_new_run(const ReplaySettings& settings, RangeReader& reader) {
  auto ranges = reader.whole(settings.topic);
  if (settings.since_ms) reader.begin_at(ranges, *settings.since_ms);
  if (settings.until_ms) reader.end_at(ranges, *settings.until_ms);
  for (const auto& wanted : settings.offsets)
    if (static_cast<std::size_t>(wanted.partition) >= ranges.size())
      throw std::runtime_error(settings.topic + " has no partition " +
                               std::to_string(wanted.partition) + ", but 0 to " +
                               std::to_string(ranges.size() - 1));
  ReplayState state;
  state.digest = settings.digest;
  for (const Range& range : ranges) {
    ReplayPart part{range.partition, range.begin, range.begin, std::max(range.begin, range.end)};
    if (!settings.offsets.empty()) {
      const auto wanted =
          std::ranges::find(settings.offsets, range.partition, &OffsetRange::partition);
      if (wanted == settings.offsets.end()) continue;
      part.end = std::min(part.end, wanted->end.value_or(part.end));
      // What retention has taken of the offsets that were asked for is found when they are read.
      part.begin = settings.since_ms ? std::max(part.begin, wanted->begin) : wanted->begin;
      part.at = part.begin = std::min(part.begin, part.end);
    }
    state.parts.push_back(part);
  }
  return state;
}

ReplayState checked(ReplayState state, const ReplaySettings& settings) {
  if (state.digest != settings.digest)
    throw std::runtime_error("the run " + settings.name +
                             " replays something else; choose another --name, or leave it out");
  return state;
}

std::uint64_t as_count(std::int64_t number) { return static_cast<std::uint64_t>(number); }

class Run {
 public:
  Run(const ReplaySettings& settings, ReplayTarget& target)
      : settings_(settings), target_(target), control_(settings.per_second_max) {}

  // Until the end, or until Kafka goes away.
  void go_on() {
    RangeReader reader(settings_.kafka, settings_.group());
    target_.check(reader);
    begin(reader);
    if (report_.was_finished) return;
    const auto expired_before = state_.expired;
    ReplaySource source(reader, settings_.topic, state_, settings_.speed > 0 || target_.in_order());
    bool go = !interrupted();
    while (go && !source.finished()) {
      for (const auto& message : source.next())
        if (!(go = bring(*message))) break;
      state_.expired = expired_before + reader.expired();
      if (changed_ && due()) note();
      control_.tell(state_.done(), state_.total());
      go = go && !interrupted();
    }
    if (go)  // behind the last record there may be marks of transactions
      for (auto& part : state_.parts) part.at = part.end;
    note();
    if (go) target_.finish(state_);
  }

  bool began() const noexcept { return began_; }
  Clock::time_point last_note() const noexcept { return last_note_; }
  const ReplayReport& report() const noexcept { return report_; }
  std::string so_far() const {
    const auto& state = report_.state;
    return "run " + settings_.name + " has brought " + counted(state.brought, "record") + ", " +
           with_commas(as_count(state.done())) + " of " + with_commas(as_count(state.total())) +
           " offsets are done; the same command goes on from there";
  }

 private:
  void begin(RangeReader& reader) {
    auto noted = target_.open(reader);
    const bool first = !began_;
    if (noted) {
      state_ = checked(std::move(*noted), settings_);
    } else {
      state_ = state_of_new_run(settings_, reader);
      target_.note(state_);
    }
    began_ = true;
    changed_ = false;
    last_note_ = Clock::now();
    report_.state = state_;
    places_.clear();
    for (std::size_t i = 0; i < state_.parts.size(); ++i) {
      const auto partition = static_cast<std::size_t>(state_.parts[i].partition);
      places_.resize(std::max(places_.size(), partition + 1));
      places_[partition] = i;
    }
    if (!first) return;
    report_.was_begun = noted.has_value();
    report_.was_finished = noted && state_.finished();
    if (noted && !state_.finished())
      std::cerr << "penstockctl: goes on with run " << settings_.name << ": "
                << with_commas(as_count(state_.done())) << " of "
                << with_commas(as_count(state_.total())) << " done\n";
  }

  // False stops.
  bool bring(const rd_kafka_message_t& message) {
    const bool again = was_replayed(message, settings_.name);
    const bool meant = !again && settings_.filter.matches(value_of(message));
    if (meant && settings_.speed > 0 && !sleep_until(moment_of(message))) return false;
    state_.parts[places_[static_cast<std::size_t>(message.partition)]].at = message.offset + 1;
    changed_ = true;
    if (again) ++state_.skipped;
    if (meant) {
      ++state_.brought;
      target_.put(message);
    }
    if (due()) note();
    return !interrupted() && (!meant || keep_pace());
  }

  // When the record is due, if the pace is that of the records' times.
  Clock::time_point moment_of(const rd_kafka_message_t& message) {
    const auto time_ms = rd_kafka_message_timestamp(&message, nullptr);
    if (!pace_begin_ms_) {
      pace_begin_ms_ = time_ms;
      pace_begin_ = Clock::now();
    }
    const std::chrono::duration<double, std::milli> later(
        static_cast<double>(time_ms - *pace_begin_ms_) / settings_.speed);
    return pace_begin_ + std::chrono::duration_cast<Clock::duration>(later);
  }

  bool keep_pace() {
    const auto wait = control_.paced();
    return wait <= std::chrono::nanoseconds::zero() || sleep_until(Clock::now() + wait);
  }

  bool sleep_until(Clock::time_point until) {
    constexpr std::chrono::milliseconds kLook{50};
    while (Clock::now() < until && !interrupted()) {
      if (changed_ && due()) note();
      control_.tell(state_.done(), state_.total());
      std::this_thread::sleep_for(std::min<Clock::duration>(kLook, until - Clock::now()));
    }
    return !interrupted();
  }

  bool due() const {
    return target_.full() ||
           Clock::now() - last_note_ >= (settings_.speed > 0 ? kUnnotedAtPaceMax : kUnnotedMax);
  }

  void note() {
    target_.note(state_);
    changed_ = false;
    report_.state = state_;
    last_note_ = Clock::now();
  }

  const ReplaySettings& settings_;
  ReplayTarget& target_;
  RunControl control_;
  ReplayState state_;
  ReplayReport report_;
  std::vector<std::size_t> places_;  // in state_.parts, by partition
  bool began_ = false, changed_ = false;
  Clock::time_point last_note_ = Clock::now();
  std::optional<std::int64_t> pace_begin_ms_;  // of the first record that was brought
  Clock::time_point pace_begin_;               // when
};

}  // namespace

ReplayReport preview_replay(const ReplaySettings& settings, ReplayTarget& target) {
  RangeReader reader(settings.kafka, settings.group());
  target.check(reader);
  ReplayReport report;
  auto noted = target.look(reader);
  report.was_begun = noted.has_value();
  report.state = noted ? checked(std::move(*noted), settings) : state_of_new_run(settings, reader);
  report.was_finished = report.was_begun && report.state.finished();
  RunControl control(0);
  ReplaySource source(reader, settings.topic, report.state, false);
  while (!source.finished()) {
    for (const auto& message : source.next()) {
      ++report.read;
      const auto value = value_of(*message);
      if (was_replayed(*message, settings.name) || !settings.filter.matches(value)) continue;
      ++report.matched;
      ++report.kinds[kind_of_event(value)];
      const auto time = rd_kafka_message_timestamp(message.get(), nullptr);
      report.first_ms = std::min(report.first_ms.value_or(time), time);
      report.last_ms = std::max(report.last_ms.value_or(time), time);
    }
    if (interrupted()) throw Interrupted{"stopped before all records were read"};
    control.tell(reader.done(), reader.total());
  }
  report.state.expired += reader.expired();
  return report;
}

ReplayReport replay(const ReplaySettings& settings, ReplayTarget& target) {
  constexpr std::chrono::minutes kPatience{2};
  constexpr std::chrono::seconds kPause{1};
  Run run(settings, target);
  for (;;) {
    try {
      run.go_on();
      if (interrupted() && !run.report().state.finished())
        throw Interrupted{"stopped: " + run.so_far()};
      return run.report();
    } catch (const Interrupted& stop) {
      throw Interrupted{stop.text.starts_with("stopped: ") ? stop.text
                                                           : "stopped: " + run.so_far()};
    } catch (const KafkaAway& fault) {
      if (interrupted()) throw Interrupted{"stopped: " + run.so_far()};
      if (!run.began()) throw;
      if (Clock::now() - run.last_note() > kPatience)
        throw std::runtime_error(std::string(fault.what()) + "; " + run.so_far());
      std::this_thread::sleep_for(kPause);
    } catch (const std::runtime_error& fault) {
      if (!run.began()) throw;
      throw std::runtime_error(std::string(fault.what()) + "; " + run.so_far());
    }
  }
}

}  // namespace penstock::ctl
