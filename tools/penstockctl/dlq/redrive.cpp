#include "redrive.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <thread>
#include <vector>

#include "letter_ledger.hpp"
#include "letter_move.hpp"
#include "range_reader.hpp"
#include "redrive_topics.hpp"
#include "run_control.hpp"
#include "transaction.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

using Clock = std::chrono::steady_clock;

// What one transaction holds at most.
constexpr std::size_t kRecordsMax = 5000;
constexpr std::size_t kBytesMax = std::size_t{16} << 20;
constexpr std::chrono::milliseconds kOpenMax{1000};

struct LedgerState {
  LetterLedger ledger;
  std::optional<RunEnds> run;
};

std::string_view key_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.key), message.key_len};
}

// `is_there`: known to be, so that one which Kafka does not name is not taken for an empty one.
LedgerState read_ledger(const KafkaAccess& kafka, bool is_there) {
  const std::string topic = kafka.topic_prefix + std::string(wire::kTopicRedriveLedger);
  LedgerState state;
  RangeReader reader(kafka);
  if (!reader.shape(topic)) {
    if (is_there) throw KafkaAway("Kafka does not show the topic " + topic + " now");
    return state;
  }
  reader.start(reader.whole(topic));
  while (!reader.finished()) {
    for (const auto& message : reader.next()) {
      const std::string_view value(static_cast<const char*>(message->payload), message->len);
      if (key_of(*message) != RunEnds::kKey)
        state.ledger.read(key_of(*message), value);
      else if (message->payload == nullptr)
        state.run.reset();
      else
        state.run = RunEnds::from_value(value);
    }
  }
  return state;
}

// Offsets that the topic has not reached say that it was made anew, and the ledger was not.
void check_is_of(const std::vector<Range>& ranges, const LetterLedger& ledger) {
  for (const Range& range : ranges) {
    if (ledger.end_of(range.partition) <= range.end) continue;
    throw std::runtime_error(
        "redrive-ledger knows letters behind the end of " + range.topic + '[' +
        std::to_string(range.partition) +
        "]: that topic was made anew. Delete the topic redrive-ledger, too, or new "
        "letters would be taken for redriven ones");
  }
}

struct Judged {
  Record record;
  DeadLetter letter;
  Judgement judgement;
  LetterMove move;
};

// From one connection to Kafka to the next.
class Pass {
 public:
  Pass(const RedriveSettings& settings, const LetterJudge& judge)
      : settings_(settings),
        judge_(judge),
        dead_letters_(settings.kafka.topic_prefix + std::string(wire::kTopicDeadLetter)) {}

  // `each`: of every letter that is meant and was not redriven yet. False stops.
  void read(const LetterLedger& ledger, const std::vector<Range>& ranges, RangeReader& reader,
            const std::function<bool(const Judged&)>& each,
            const std::function<bool()>& meanwhile) const {
    reader.start(ranges);
    while (!reader.finished()) {
      for (const auto& message : reader.next()) {
        if (ledger.has(message->partition, message->offset)) continue;
        Judged judged;
        judged.record = to_record(*message);
        const bool whole = settings_.edit != nullptr || settings_.filter.needs_event();
        judged.letter =
            whole ? read_dead_letter(judged.record) : read_letter_headers(judged.record);
        if (!settings_.filter.matches(judged.letter)) continue;
        judged.judgement = judge_.judge(judged.record, settings_.edit);
        if (!whole) judged.letter.event_type = judged.judgement.event_type;  // read once
        judged.move = move_of(judged.record, judged.judgement, settings_.attempts_max,
                              settings_.kafka.topic_prefix);
        if (!each(judged)) return;
      }
      if (!meanwhile()) return;
    }
    if (reader.expired() > 0)
      std::cerr << "penstockctl: retention has taken "
                << counted(static_cast<std::uint64_t>(reader.expired()), "letter")
                << " before they were read\n";
  }

  const RedriveSettings& settings_;
  const LetterJudge& judge_;
  const std::string dead_letters_;
};

class Run {
 public:
  Run(const RedriveSettings& settings, const LetterJudge& judge, bool ledger_is_there)
      : settings_(settings),
        ledger_is_there_(ledger_is_there),
        ledger_topic_(settings.kafka.topic_prefix + std::string(wire::kTopicRedriveLedger)),
        pass_(settings, judge),
        control_(settings.per_second_max) {}

  // Until the end, or until Kafka goes away.
  void go_on() {
    TransactionalProducer producer(settings_.kafka, transactional_id_, batches_);
    producer_ = &producer;
    open_ = false;
    began_ = true;
    uncommitted_ = left_ = {};
    // Behind the constructor above, which has ended what an earlier run has left open.
    state_ = read_ledger(settings_.kafka, ledger_is_there_);
    RangeReader reader(settings_.kafka);
    const auto ranges = ranges_of_run(reader);
    pass_.read(
        state_.ledger, ranges, reader,
        [&](const Judged& judged) { return bring(judged) && keep_pace(reader); },
        [&] {
          if (open_ && due()) commit();
          control_.tell(reader.done(), reader.total());
          last_heard_ = Clock::now();
          return !interrupted();
        });
    if (open_) commit();
    if (interrupted()) return;
    producer.begin();
    producer.send(ledger_topic_, 0, RunEnds::kKey, {}, {}, 0);  // a tombstone: the run has ended
    producer.commit();
    TransactionalProducer::wait_until_visible(settings_.kafka, transactional_id_);
    if (more_came_) {
      std::cerr
          << "penstockctl: this run has ended where it was to end when it began; letters have come "
             "since then: call it again for them\n";
    }
  }

  // For topics that take no large batches.
  void send_each_alone() { batches_ = TransactionalProducer::Batches::kOfOne; }
  // The letter whose record is the one of this number in the transaction, and a colon; or "".
  std::string place_of(std::size_t number) const {
    if (number >= offsets_.size()) return "";
    const auto& [partition, offset] = offsets_[number];
    return pass_.dead_letters_ + '[' + std::to_string(partition) + "]@" + std::to_string(offset) +
           ": ";
  }

  bool began() const noexcept { return began_; }
  Clock::time_point last_heard() const noexcept { return last_heard_; }  // of Kafka
  RedriveReport report() const {
    RedriveReport all = committed_;
    all.add(left_);
    return all;
  }

 private:
  std::vector<Range> ranges_of_run(RangeReader& reader) {
    auto ranges = reader.whole(pass_.dead_letters_);
    check_is_of(ranges, state_.ledger);
    if (!state_.run || state_.run->command != settings_.command) {
      state_.run = RunEnds{settings_.command, {}};
      for (const Range& range : ranges) state_.run->ends[range.partition] = range.end;
      producer_->begin();
      producer_->send(ledger_topic_, 0, RunEnds::kKey, state_.run->to_value(), {}, 0);
      producer_->commit();
    }
    for (Range& range : ranges) {
      const auto end = state_.run->ends.find(range.partition);
      const auto here = range.end;
      range.end = end == state_.run->ends.end() ? range.begin : std::min(here, end->second);
      more_came_ = more_came_ || range.end < here;
    }
    return ranges;
  }

  bool bring(const Judged& judged) {
    const bool edited = settings_.edit != nullptr;
    const LetterMove& move = judged.move;
    if (move.kind == LetterMove::Kind::kLeft) {
      left_.add(judged.record, judged.letter, judged.judgement, move, edited);
      return !interrupted();
    }
    if (!open_) {
      producer_->begin();
      open_ = true;
      opened_ = Clock::now();
      offsets_.clear();
    }
    offsets_.emplace_back(judged.record.partition, judged.record.offset);
    producer_->send(move.topic, RD_KAFKA_PARTITION_UA, move.key, move.value, move.headers,
                    settings_.new_timestamps ? 0 : judged.record.timestamp_ms);
    state_.ledger.add(judged.record.partition, judged.record.offset);
    uncommitted_.add(judged.record, judged.letter, judged.judgement, move, edited);
    if (due()) commit();
    return !interrupted();
  }

  bool keep_pace(const RangeReader& reader) {
    constexpr std::chrono::milliseconds kLook{50};
    const auto until = Clock::now() + control_.paced();
    while (Clock::now() < until && !interrupted()) {
      if (open_ && due()) commit();
      control_.tell(reader.done(), reader.total());
      std::this_thread::sleep_for(std::min<Clock::duration>(kLook, until - Clock::now()));
    }
    return !interrupted();
  }

  bool due() const {
    return producer_->records() >= kRecordsMax || producer_->bytes() >= kBytesMax ||
           Clock::now() - opened_ >= kOpenMax;
  }

  void commit() {
    for (const auto& [key, value] : state_.ledger.changed())
      producer_->send(ledger_topic_, 0, key, value, {}, 0);
    producer_->commit();
    open_ = false;
    committed_.add(uncommitted_);
    uncommitted_ = {};
    last_heard_ = Clock::now();
  }

  const RedriveSettings& settings_;
  const bool ledger_is_there_;
  const std::string ledger_topic_;
  const std::string transactional_id_ = settings_.kafka.topic_prefix + "penstockctl-redrive";
  const Pass pass_;
  RunControl control_;
  TransactionalProducer::Batches batches_ = TransactionalProducer::Batches::kOfMany;
  TransactionalProducer* producer_ = nullptr;
  std::vector<std::pair<std::int32_t, std::int64_t>> offsets_;  // of the transaction's letters
  LedgerState state_;
  RedriveReport committed_, uncommitted_, left_;
  bool open_ = false, began_ = false, more_came_ = false;
  Clock::time_point opened_, last_heard_ = Clock::now();
};

std::string so_far(const RedriveReport& report) {
  return counted(report.moved(), "letter") +
         " redriven by this run so far; the same command goes on from there";
}

}  // namespace

RedriveReport preview_redrive(const RedriveSettings& settings) {
  const LetterJudge judge(settings.judge);
  const LedgerState state = read_ledger(settings.kafka, false);
  const Pass pass(settings, judge);
  RangeReader reader(settings.kafka);
  const auto ranges = reader.whole(pass.dead_letters_);
  check_is_of(ranges, state.ledger);
  RunControl control(0);
  RedriveReport report;
  pass.read(
      state.ledger, ranges, reader,
      [&](const Judged& judged) {
        report.add(judged.record, judged.letter, judged.judgement, judged.move,
                   settings.edit != nullptr);
        return true;
      },
      [&] {
        control.tell(reader.done(), reader.total());
        return !interrupted();
      });
  if (interrupted()) throw Interrupted{"stopped before all letters were read"};
  return report;
}

RedriveReport redrive(const RedriveSettings& settings) {
  constexpr std::chrono::minutes kPatience{2};
  constexpr std::chrono::seconds kPause{1};
  const LetterJudge judge(settings.judge);
  Run run(settings, judge, prepare_topics(settings.kafka, judge.topics()));
  for (;;) {
    try {
      run.go_on();
      if (interrupted()) throw Interrupted{"stopped: " + so_far(run.report())};
      return run.report();
    } catch (const KafkaAway& fault) {
      if (interrupted()) throw Interrupted{"stopped: " + so_far(run.report())};
      if (!run.began() || Clock::now() - run.last_heard() > kPatience)
        throw std::runtime_error(std::string(fault.what()) + "; " + so_far(run.report()));
      std::this_thread::sleep_for(kPause);
    } catch (const BatchRefused&) {
      run.send_each_alone();
    } catch (const RecordRefused& fault) {
      throw std::runtime_error(run.place_of(fault.number) + fault.what() + "; " +
                               so_far(run.report()));
    } catch (const std::runtime_error& fault) {
      throw std::runtime_error(std::string(fault.what()) + "; " + so_far(run.report()));
    }
  }
}

}  // namespace penstock::ctl
