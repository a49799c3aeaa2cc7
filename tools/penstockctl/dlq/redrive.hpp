// Brings dead letters to the topics of their events, exactly once.
//
// One transaction holds some letters' records, and the blocks of the ledger that say so
// (letter_ledger.hpp). So whatever ends a run, and wherever, the next one goes on behind the last
// transaction that was committed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "dead_letter.hpp"
#include "kafka_access.hpp"
#include "letter_judge.hpp"
#include "redrive_report.hpp"

namespace penstock::ctl {

struct RedriveSettings {
  KafkaAccess kafka;
  LetterFilter filter;
  JudgeSettings judge;
  const LetterEdit* edit = nullptr;  // null: none
  std::string command;  // a digest of filter and edit: whether a stopped run was this one
  std::uint32_t attempts_max = 3;
  double per_second_max = 0;  // 0: no limit
  // The records get Kafka's time of now instead of their letters'. The event's own stays in any case.
  bool new_timestamps = false;
};

// What would become of the letters that lie there now and were not redriven yet. Writes nothing.
// Throws std::runtime_error.
RedriveReport preview_redrive(const RedriveSettings& settings);

// Does it. Waits out a Kafka that goes away, for two minutes. Throws Interrupted (run_control.hpp),
// or std::runtime_error; what was done by then stays done, and the text says how much.
RedriveReport redrive(const RedriveSettings& settings);

}  // namespace penstock::ctl
