// What became of dead letters, or would become of them, a line for each class. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "dead_letter.hpp"
#include "letter_judge.hpp"
#include "letter_move.hpp"

namespace penstock::ctl {

// One thread at a time.
class RedriveReport {
 public:
  // `edited`: whether an edit was applied; then the first of each class is shown before and after,
  // up to kExamplesMax.
  void add(const Record& record, const DeadLetter& letter, const Judgement& judgement,
           const LetterMove& move, bool edited);
  void add(const RedriveReport& more);

  std::uint64_t total() const noexcept { return total_; }
  std::uint64_t moved() const noexcept { return moved_; }  // all but those that are left

  // For people. `would`: nothing has been done yet. Control characters are escaped.
  std::string to_text(bool would) const;
  // One JSON object, a line.
  std::string to_json(bool would) const;

 private:
  // Beyond these, letters are counted together: what a client makes up is without end.
  static constexpr std::size_t kClassesMax = 1000;
  static constexpr std::size_t kExamplesMax = 20;

  struct Class {
    std::string code, pointer, type;
    LetterMove::Kind kind = LetterMove::Kind::kLeft;
    std::string fate;  // where to, and why
    auto operator<=>(const Class&) const = default;
  };
  struct Example {
    std::string place, before, after;
  };
  struct Count {
    std::uint64_t letters = 0;
    std::string first_place;
    std::optional<Example> example;
  };

  Count& count_of(const Class& kind);

  std::map<Class, Count> classes_;
  std::size_t examples_ = 0;
  std::uint64_t total_ = 0, moved_ = 0;
};

}  // namespace penstock::ctl
