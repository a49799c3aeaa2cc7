#include "letter_move.hpp"

#include <charconv>
#include <string_view>

#include "wire/field_names.hpp"
#include "wire/topics.hpp"

namespace penstock::ctl {
namespace {

std::uint32_t attempts_of(const Record& letter) {
  const auto text = letter.header(wire::letter::kRedriveAttempts).value_or("");
  std::uint32_t attempts = 0;
  constexpr std::uint32_t kAttemptsMax = 1'000'000;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), attempts);
  return read.ec == std::errc() && attempts < kAttemptsMax ? attempts : 0;
}

// Where the letter lay first.
std::string origin_of(const Record& letter) {
  if (const auto from = letter.header(wire::letter::kRedrivenFrom)) return std::string(*from);
  return letter.topic + '[' + std::to_string(letter.partition) + "]@" +
         std::to_string(letter.offset);
}

}  // namespace

LetterMove move_of(const Record& letter, const Judgement& judgement, std::uint32_t attempts_max,
                   const std::string& topic_prefix) {
  LetterMove move;
  move.attempts = attempts_of(letter) + 1;
  const std::pair<std::string, std::string> attempts{wire::letter::kRedriveAttempts,
                                                     std::to_string(move.attempts)};
  const std::pair<std::string, std::string> origin{wire::letter::kRedrivenFrom, origin_of(letter)};
  switch (judgement.kind) {
    case Judgement::Kind::kUnreadable:
    case Judgement::Kind::kUnedited:
      return move;
    case Judgement::Kind::kAccepted:
      move.kind = LetterMove::Kind::kBrought;
      move.topic = judgement.topic;
      move.key = judgement.key;
      move.value = judgement.value;
      move.headers = judgement.headers;
      break;
    case Judgement::Kind::kRejected: {
      const bool too_often = move.attempts >= attempts_max;
      move.kind = too_often ? LetterMove::Kind::kQuarantined : LetterMove::Kind::kPutBack;
      move.topic =
          topic_prefix + std::string(too_often ? wire::kTopicQuarantine : wire::kTopicDeadLetter);
      move.key = letter.key;
      move.value = letter.value;
      move.headers = {{std::string(wire::field::kCode), judgement.code},
                      {std::string(wire::field::kPointer), judgement.pointer},
                      {std::string(wire::field::kMessage), judgement.message}};
      for (const auto& header : letter.headers) {
        const std::string& name = header.first;
        if (name != wire::field::kCode && name != wire::field::kPointer &&
            name != wire::field::kMessage && name != attempts.first && name != origin.first)
          move.headers.push_back(header);
      }
      break;
    }
  }
  move.headers.push_back(attempts);
  move.headers.push_back(origin);
  return move;
}

}  // namespace penstock::ctl
