// Where a redrive brings a letter, and as what record. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "letter_judge.hpp"
#include "record_view.hpp"

namespace penstock::ctl {

struct LetterMove {
  enum class Kind {
    kBrought,      // to the topic of its events
    kPutBack,      // rejected again: to the end of the dead-letter topic, with the reason of today
    kQuarantined,  // rejected again, once too often
    kLeft,         // where it is: a redrive can do nothing for it
  };
  Kind kind = Kind::kLeft;
  std::uint32_t attempts = 0;  // with this one
  // The record, less for kLeft.
  std::string topic;
  std::optional<std::string> key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

// `attempts_max`: the letter that has been rejected by so many redrives is quarantined.
LetterMove move_of(const Record& letter, const Judgement& judgement, std::uint32_t attempts_max,
                   const std::string& topic_prefix);

}  // namespace penstock::ctl
