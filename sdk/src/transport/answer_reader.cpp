#include "transport/answer_reader.hpp"

#include <algorithm>
#include <cstdint>

#include "wire/field_names.hpp"
#include "wire/json_reader.hpp"

namespace penstock::transport {
namespace {

using wire::JsonValue;

constexpr std::size_t kProblemBytesMax = 200;  // one line of a log

// The members of an answer. The last one counts of those with the same name.
class Answer final : public wire::JsonHandler {
 public:
  // False unless `body` is JSON.
  bool read(std::string_view body) {
    return wire::read_json(body, *this).kind == wire::JsonFault::Kind::kNone;
  }

  void name(std::size_t depth, std::string_view name) override {
    if (depth == 1) field_ = name;
    if (depth == 3) field_of_entry_ = name;
  }

  void value(std::size_t depth, const JsonValue& value) override {
    if (depth == 1) {
      member(value);
    } else if (depth == 2 && is_in_rejected()) {
      field_of_entry_.clear();
      rejected_.emplace_back();
    } else if (depth == 3 && is_in_rejected() && field_of_entry_ == wire::field::kIndex) {
      rejected_.back() = number_of(value);
    }
  }

  void end(std::size_t, JsonValue::Kind) override {}

  using Number = std::optional<std::uint64_t>;  // nullopt: what is there is no such number

  Number accepted() const { return accepted_; }
  bool has_rejected() const { return has_rejected_; }                // an array
  const std::vector<Number>& rejected() const { return rejected_; }  // the index of each entry
  const std::string& code() const { return code_; }
  const std::string& detail() const { return detail_.empty() ? title_ : detail_; }

 private:
  static Number number_of(const JsonValue& value) {
    return value.kind == JsonValue::Kind::kUnsigned ? Number(value.number) : std::nullopt;
  }

  bool is_in_rejected() const { return has_rejected_ && field_ == wire::field::kRejected; }

  void member(const JsonValue& value) {
    if (field_ == wire::field::kAccepted) accepted_ = number_of(value);
    if (field_ == wire::field::kRejected) {
      has_rejected_ = value.kind == JsonValue::Kind::kArray;
      rejected_.clear();
    }
    if (field_ == wire::field::kCode) code_ = value.text;
    if (field_ == "detail") detail_ = value.text;
    if (field_ == "title") title_ = value.text;
  }

  std::string field_;           // empty in an array
  std::string field_of_entry_;  // the same, in an entry of "rejected"
  Number accepted_;
  bool has_rejected_ = false;
  std::vector<Number> rejected_;
  std::string code_, detail_, title_;
};

// The events that the entries name, ascending; nullopt unless each names another one of the batch.
std::optional<std::vector<std::size_t>> named_events(const Answer& answer, std::size_t events) {
  std::vector<std::size_t> named;
  named.reserve(answer.rejected().size());
  for (const Answer::Number& position : answer.rejected()) {
    if (!position || *position >= events) return std::nullopt;
    named.push_back(*position);
  }
  std::sort(named.begin(), named.end());
  if (std::adjacent_find(named.begin(), named.end()) != named.end()) return std::nullopt;
  return named;
}

}  // namespace

std::optional<Verdicts> read_verdicts(std::string_view body, std::size_t events) {
  Answer answer;
  if (!answer.read(body) || !answer.has_rejected()) return std::nullopt;
  const std::size_t rejected = answer.rejected().size();
  if (rejected > events || answer.accepted() != events - rejected) return std::nullopt;
  auto named = named_events(answer, events);
  if (!named) return std::nullopt;
  return Verdicts{events - named->size(), *std::move(named)};
}

bool confirms_erasure(std::string_view body) {
  Answer answer;
  return answer.read(body) && answer.accepted() == 1U;
}

std::string read_problem(std::string_view body, std::string_view secret) {
  Answer problem;
  if (!problem.read(body)) return {};
  std::string text = problem.code();
  if (!text.empty() && !problem.detail().empty()) text += ": ";
  text += problem.detail();

  if (!secret.empty() && text.find(secret) != std::string::npos) return {};
  if (text.size() > kProblemBytesMax) text.resize(kProblemBytesMax);
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';  // also a character that the cut went through
  }
  return text;
}

}  // namespace penstock::transport
