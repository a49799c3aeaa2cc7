// What would become of a dead letter today: the gateway's own stages, from decode/ to route/, on the
// event that lies in it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "privacy/rule_set.hpp"
#include "record_view.hpp"

namespace penstock::ctl {

// The gateway's settings that decide about an event.
struct JudgeSettings {
  std::string topic_prefix;
  std::string schemas_folder;  // of custom event types; "": there are none
  privacy::RuleSetOptions privacy;
  // By the id of the write key: instead of `privacy`, for letters whose key has rules of its own.
  std::map<std::string, privacy::RuleSetOptions, std::less<>> privacy_of_keys = {};
};

// RFC 6902. Throws std::runtime_error, which says what is wrong and where in `text`; `name`: of its
// file.
class LetterEdit {
 public:
  LetterEdit(const std::string& text, const std::string& name);
  ~LetterEdit();
  LetterEdit(LetterEdit&&) noexcept;
  LetterEdit& operator=(LetterEdit&&) noexcept;

  // `event` with all of the edit's operations; nothing if one of them fails, whose reason is then in
  // `fault`. The event's other members keep their order.
  std::optional<std::string> apply(const std::string& event, std::string& fault) const;

 private:
  struct Operations;
  std::unique_ptr<const Operations> operations_;
};

struct Judgement {
  enum class Kind {
    kAccepted,    // it goes to `topic`
    kRejected,    // for `code` at `pointer`
    kUnreadable,  // no event can be made of it: it was no JSON, or it was cut
    kUnedited,    // the edit does not fit
  };
  Kind kind = Kind::kUnreadable;
  std::string event_type;  // as the event has it, with the edit; "" if it has none
  // kAccepted: the record. The eventId, the correlationId and the time of arrival are those of the
  // letter.
  std::string topic;
  std::optional<std::string> key;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
  // The others: why.
  std::string code, pointer, message;
};

// Immutable: any thread.
class LetterJudge {
 public:
  // Throws std::runtime_error if the schemas are not valid.
  explicit LetterJudge(const JudgeSettings& settings);
  ~LetterJudge();
  LetterJudge(const LetterJudge&) = delete;
  LetterJudge& operator=(const LetterJudge&) = delete;

  // `edit`: null for none.
  Judgement judge(const Record& letter, const LetterEdit* edit) const;

  // Topics that an accepted event may go to.
  std::vector<std::string> topics() const;

 private:
  struct Stages;
  const std::unique_ptr<const Stages> stages_;
};

}  // namespace penstock::ctl
