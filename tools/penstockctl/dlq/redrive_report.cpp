#include "redrive_report.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "record_view.hpp"
#include "run_control.hpp"
#include "wire/bounded_json.hpp"

namespace penstock::ctl {
namespace {

using Json = nlohmann::ordered_json;

std::string at_pointer(const Judgement& judgement) {
  return judgement.code + (judgement.pointer.empty() ? "" : " at " + judgement.pointer);
}

std::string fate_of(const Judgement& judgement, const LetterMove& move) {
  switch (move.kind) {
    case LetterMove::Kind::kBrought:
      return "to " + move.topic;
    case LetterMove::Kind::kPutBack:
      return "back to " + move.topic + ": " + at_pointer(judgement);
    case LetterMove::Kind::kQuarantined:
      return "to " + move.topic + ": " + at_pointer(judgement);
    case LetterMove::Kind::kLeft:
      break;
  }
  return judgement.kind == Judgement::Kind::kUnedited ? "left: the edit does not fit"
                                                      : "left: it is no JSON object, or was cut";
}

const char* name_of(LetterMove::Kind kind) {
  switch (kind) {
    case LetterMove::Kind::kBrought:
      return "brought";
    case LetterMove::Kind::kPutBack:
      return "putBack";
    case LetterMove::Kind::kQuarantined:
      return "quarantined";
    case LetterMove::Kind::kLeft:
      break;
  }
  return "left";
}

std::string indented(const std::string& value) {
  const auto json = wire::parse_bounded<Json>(value);
  const std::string text =
      json.is_discarded() ? value : json.dump(2, ' ', false, Json::error_handler_t::replace);
  std::string lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines += "    " + plain(text.substr(begin, end - begin)) + '\n';
    begin = end + 1;
  }
  return lines;
}

std::string cut(const std::string& text) {
  constexpr std::size_t kBytesMax = 200;
  return text.substr(0, kBytesMax);
}

}  // namespace

RedriveReport::Count& RedriveReport::count_of(const Class& kind) {
  if (classes_.size() < kClassesMax || classes_.contains(kind)) return classes_[kind];
  return classes_[{"(others)", "", "", kind.kind, kind.fate.substr(0, kind.fate.find(" at "))}];
}

void RedriveReport::add(const Record& record, const DeadLetter& letter, const Judgement& judgement,
                        const LetterMove& move, bool edited) {
  auto& count = count_of({cut(letter.code), cut(letter.pointer), cut(letter.event_type), move.kind,
                          cut(fate_of(judgement, move))});
  if (count.letters++ == 0) {
    count.first_place = record.topic + '[' + std::to_string(record.partition) + "]@" +
                        std::to_string(record.offset);
    if (edited && move.kind == LetterMove::Kind::kBrought && examples_ < kExamplesMax) {
      count.example = {count.first_place, record.value, move.value};
      ++examples_;
    }
  }
  ++total_;
  if (move.kind != LetterMove::Kind::kLeft) ++moved_;
}

void RedriveReport::add(const RedriveReport& more) {
  for (const auto& [kind, count] : more.classes_) {
    auto& ours = count_of(kind);
    if (ours.letters == 0) {
      ours.first_place = count.first_place;
      if (count.example && examples_ < kExamplesMax) {
        ours.example = count.example;
        ++examples_;
      }
    }
    ours.letters += count.letters;
  }
  total_ += more.total_;
  moved_ += more.moved_;
}

std::string RedriveReport::to_text(bool would) const {
  if (total_ == 0) return "no dead letters to redrive\n";
  std::vector<std::pair<const Class*, const Count*>> rows;
  for (const auto& [kind, count] : classes_) rows.emplace_back(&kind, &count);
  std::ranges::stable_sort(rows, std::greater(),
                           [](const auto& row) { return row.second->letters; });
  constexpr std::size_t kCode = 22, kPointer = 20, kType = 16;
  std::string text = counted(total_, "dead letter") + "\n\n   LETTERS  " + to_width("CODE", kCode) +
                     to_width("POINTER", kPointer) + to_width("TYPE", kType) +
                     (would ? "WOULD GO" : "WENT") + '\n';
  for (const auto& [kind, count] : rows) {
    const std::string letters = with_commas(count->letters);
    text += std::string(10 - std::min<std::size_t>(letters.size(), 10), ' ') + letters + "  " +
            to_width(plain(kind->code), kCode) + to_width(plain(kind->pointer), kPointer) +
            to_width(plain(kind->type), kType) + plain(kind->fate) + '\n';
  }
  for (const auto& [kind, count] : rows) {
    if (!count->example) continue;
    text += "\n" + plain(count->example->place) + ", before:\n" + indented(count->example->before) +
            "  after:\n" + indented(count->example->after);
  }
  return text;
}

std::string RedriveReport::to_json(bool would) const {
  Json json = {
      {"dryRun", would}, {"letters", total_}, {"moved", moved_}, {"classes", Json::array()}};
  for (const auto& [kind, count] : classes_) {
    Json row = {{"letters", count.letters},   {"code", kind.code},
                {"pointer", kind.pointer},    {"type", kind.type},
                {"kind", name_of(kind.kind)}, {"fate", kind.fate},
                {"first", count.first_place}};
    if (count.example) {
      row["before"] = wire::parse_bounded<Json>(count.example->before);
      row["after"] = wire::parse_bounded<Json>(count.example->after);
    }
    json["classes"].push_back(std::move(row));
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace penstock::ctl
