#include "letter_judge.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "decode/batch_decoder.hpp"
#include "route/router.hpp"
#include "scrub/scrubber.hpp"
#include "stamp/stamper.hpp"
#include "validate/validator.hpp"
#include "wire/bounded_json.hpp"
#include "wire/field_names.hpp"
#include "wire/identifier.hpp"
#include "wire/json_writer.hpp"
#include "wire/timestamp.hpp"
#include "wire/topics.hpp"
#include "wire/utf8.hpp"

namespace penstock::ctl {
namespace {

using Json = nlohmann::ordered_json;
using gateway::Batch;
using gateway::Event;

std::shared_ptr<const gateway::ClientKey> key_with(const privacy::RuleSetOptions& rules) {
  auto key = std::make_shared<gateway::ClientKey>();
  key->rules = std::make_shared<const privacy::RuleSet>(rules);
  return key;
}

std::string_view header_of(const Record& record, std::string_view name) {
  return record.header(name).value_or(std::string_view());
}

Judgement unreadable(std::string message) {
  Judgement judgement;
  judgement.code = "unreadable";
  judgement.message = std::move(message);
  return judgement;
}

gateway::LoadedSchemas load(const std::string& folder) {
  if (folder.empty()) return {};
  auto loaded = gateway::SchemaRegistry::load(folder);
  if (!loaded.errors.empty()) throw std::runtime_error(loaded.errors.front());
  return loaded;
}

std::string event_type_of(const Batch& batch) {
  for (const auto& field : batch.fields)
    if (field.id == gateway::FieldId::kEventType) return std::string(field.text);
  return "";
}

// The batch in which the event came, with this event alone.
std::string batch_text(const Record& letter, std::string_view event) {
  std::string text = "{";
  if (letter.key && wire::is_identifier(*letter.key) && wire::is_utf8(*letter.key)) {
    std::string quoted(6 * letter.key->size() + 2, '\0');  // \u001f for each byte, at most
    wire::JsonWriter out(quoted.data(), quoted.size());
    out.string(*letter.key);
    (text += "\"installId\":").append(out.text()) += ',';
  }
  const std::string_view context = header_of(letter, wire::letter::kContext);
  if (!context.empty()) (text += "\"context\":").append(context) += ',';
  return (text += "\"events\":[").append(event) + "]}";
}

std::string place_of(const Record& letter) {
  return letter.topic + '[' + std::to_string(letter.partition) + "]@" +
         std::to_string(letter.offset);
}

// `place`: what a correlationId is made from where the letter names none.
gateway::RequestHead head_of(const Record& letter, std::string_view place) {
  gateway::RequestHead head;
  head.idempotency_key = place;
  head.content_type = wire::kContentTypeJson;
  head.traceparent = header_of(letter, wire::header::kTraceparent);
  const auto arrived = wire::parse_timestamp(header_of(letter, wire::letter::kRejectedAt));
  head.received_at_ms = arrived ? *arrived : letter.timestamp_ms;
  return head;
}

// An event whose letter names no id gets one of its place, so that it is the same one in each run.
wire::Uuid id_of(const Record& letter, std::string_view place) {
  if (const auto id = wire::parse_uuid(header_of(letter, wire::header::kRecordEventId))) return *id;
  return wire::name_uuid(wire::Uuid{}, place);
}

constexpr const char* kExpected =
    R"(; expected a JSON Patch (RFC 6902): [{"op":"move","from":"/activitytype","path":"/activityType"}])";

// The library looks at an operation only when it applies it. What is wrong with one alone, it says as
// a parse_error; that the empty event lacks what the operation is for, as another.
std::string form_fault(const Json& operation) try {
  static_cast<void>(Json::object().patch(Json::array({operation})));
  return "";
} catch (const Json::parse_error& error) {
  return error.what();
} catch (const Json::exception&) {
  return "";
}

}  // namespace

struct LetterEdit::Operations {
  Json json;
};

LetterEdit::LetterEdit(const std::string& text, const std::string& name) {
  auto json = wire::parse_bounded<Json>(text);
  if (json.is_discarded()) throw std::runtime_error(name + ": not JSON, or cut off" + kExpected);
  if (!json.is_array()) throw std::runtime_error(name + ": not a list of operations" + kExpected);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string fault = form_fault(json[i]);
    if (!fault.empty())
      throw std::runtime_error(name + ": operation " + std::to_string(i) + ": " + fault +
                               kExpected);
  }
  operations_ = std::make_unique<const Operations>(Operations{std::move(json)});
}
LetterEdit::~LetterEdit() = default;
LetterEdit::LetterEdit(LetterEdit&&) noexcept = default;
LetterEdit& LetterEdit::operator=(LetterEdit&&) noexcept = default;

std::optional<std::string> LetterEdit::apply(const std::string& event, std::string& fault) const {
  const auto json = wire::parse_bounded<Json>(event);
  if (!json.is_object()) {
    fault = "the letter holds no JSON object";
    return std::nullopt;
  }
  try {
    return json.patch(operations_->json).dump(-1, ' ', false, Json::error_handler_t::replace);
  } catch (const Json::exception& error) {
    fault = error.what();
    return std::nullopt;
  }
}

struct LetterJudge::Stages {
  explicit Stages(const JudgeSettings& settings)
      : topic_prefix(settings.topic_prefix),
        schemas(std::move(load(settings.schemas_folder).registry)),
        scrub(privacy::RuleSet(settings.privacy)),
        route(settings.topic_prefix, schemas.types()) {
    for (const auto& [id, rules] : settings.privacy_of_keys) keys.emplace(id, key_with(rules));
  }

  std::shared_ptr<const gateway::ClientKey> key_of(const Record& letter) const {
    const auto found = keys.find(header_of(letter, wire::letter::kKeyId));
    return found == keys.end() ? nobodys_key : found->second;
  }

  const std::string topic_prefix;
  const gateway::SchemaRegistry schemas;
  const gateway::BatchDecoder decode{gateway::DecodeLimits{}};
  const gateway::Validator validate{schemas};
  const gateway::Scrubber scrub;
  const gateway::Stamper stamp{};
  const gateway::Router route;
  // Masks by the common rules.
  const std::shared_ptr<const gateway::ClientKey> nobodys_key =
      std::make_shared<const gateway::ClientKey>();
  std::map<std::string, std::shared_ptr<const gateway::ClientKey>, std::less<>> keys;
};

LetterJudge::LetterJudge(const JudgeSettings& settings)
    : stages_(std::make_unique<const Stages>(settings)) {}
LetterJudge::~LetterJudge() = default;

std::vector<std::string> LetterJudge::topics() const {
  const auto named = [&](std::string_view name) {
    return stages_->topic_prefix + std::string(name);
  };
  std::vector<std::string> topics = {named(wire::kTopicUserActivity), named(wire::kTopicDbChanges)};
  if (!stages_->schemas.types().empty()) topics.push_back(named(wire::kTopicCustomEvents));
  return topics;
}

Judgement LetterJudge::judge(const Record& letter, const LetterEdit* edit) const {
  if (!letter.value.starts_with('{')) return unreadable("it was no JSON object, or it was cut");
  std::string text = letter.value;
  if (edit != nullptr) {
    Judgement unedited;
    unedited.kind = Judgement::Kind::kUnedited;
    unedited.code = "edit_does_not_fit";
    auto edited = edit->apply(text, unedited.message);
    if (!edited) return unedited;
    text = std::move(*edited);
  }

  const std::string place = place_of(letter);
  auto decoded = stages_->decode.decode(head_of(letter, place), stages_->key_of(letter),
                                        batch_text(letter, text));
  if (!decoded) return unreadable(decoded.error().detail);
  Batch& batch = **decoded;
  // What a foreign letter holds may end the list of events, and begin something else.
  if (batch.events.size() != 1 || batch.events[0].raw != text)
    return unreadable("it is not one JSON object");
  Event& event = batch.events[0];
  event.event_id = id_of(letter, place);
  const std::string type = event_type_of(batch);
  batch.stamped_correlation_id = header_of(letter, wire::header::kRecordCorrelationId);
  stages_->validate.check(batch);
  stages_->scrub.apply_to_envelope(batch);
  stages_->validate.check_schema(batch, event);
  stages_->scrub.apply_to_event(batch, event);
  stages_->stamp.apply(batch);
  stages_->route.apply(batch);

  Judgement judgement;
  judgement.event_type = type;
  if (event.reject) {
    judgement.kind = Judgement::Kind::kRejected;
    judgement.code = wire::reject_code_name(event.reject->code);
    judgement.pointer = event.reject->pointer;
    judgement.message = event.reject->message;
    return judgement;
  }
  judgement.kind = Judgement::Kind::kAccepted;
  judgement.topic = event.topic;
  if (!event.key.empty()) judgement.key = event.key;
  judgement.value = event.record;
  judgement.headers = {
      {std::string(wire::header::kRecordEventId), event.event_id.text()},
      {std::string(wire::header::kRecordCorrelationId), std::string(event.correlation_id)},
      {std::string(wire::header::kRecordSchema), std::string(event.schema)}};
  if (!batch.traceparent.empty())
    judgement.headers.emplace_back(wire::header::kTraceparent, batch.traceparent);
  return judgement;
}

}  // namespace penstock::ctl
