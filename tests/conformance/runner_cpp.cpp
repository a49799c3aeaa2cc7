// The conformance runner of C++: the cases through penstock.hpp.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/runner_loop.hpp"
#include "penstock/penstock.h"
#include "penstock/penstock.hpp"

namespace penstock::conformance {
namespace {

using std::chrono::milliseconds;

Json result_of(const Status& status) {
  if (status.ok()) return Json::object();
  const auto code = static_cast<penstock_status>(status.code());
  return {{"code", penstock_status_name(code)}, {"message", status.message()}};
}

// What the views of a value refer to, until an event has copied it.
class Values {
 public:
  Value of(const Json& json) {
    switch (json.type()) {
      case Json::value_t::string:
        return json.get_ref<const std::string&>();
      case Json::value_t::boolean:
        return json.get<bool>();
      case Json::value_t::number_integer:
        return json.get<std::int64_t>();
      case Json::value_t::number_unsigned:
        return json.get<std::uint64_t>();
      case Json::value_t::number_float:
        return json.get<double>();
      case Json::value_t::object:
        return object(json);
      case Json::value_t::array:
        return array(json);
      default:
        return nullptr;
    }
  }

 private:
  Value object(const Json& json) {
    std::vector<Member> members;
    for (const auto& [name, value] : json.items()) {
      names_.push_back(std::make_unique<std::string>(name));
      members.push_back({*names_.back(), of(value)});
    }
    objects_.push_back(std::make_unique<std::vector<Member>>(std::move(members)));
    return Value::object(objects_.back()->data(), objects_.back()->size());
  }
  Value array(const Json& json) {
    std::vector<Value> items;
    for (const Json& item : json) items.push_back(of(item));
    arrays_.push_back(std::make_unique<std::vector<Value>>(std::move(items)));
    return Value::array(arrays_.back()->data(), arrays_.back()->size());
  }

  std::vector<std::unique_ptr<std::string>> names_;
  std::vector<std::unique_ptr<std::vector<Member>>> objects_;
  std::vector<std::unique_ptr<std::vector<Value>>> arrays_;
};

Event::Outcome outcome_of(const std::string& name) {
  return name == "success" ? Event::Outcome::kSuccess : Event::Outcome::kFailure;
}

Event event_of_kind(const std::string& kind, const Json& json) {
  const std::string name = json.value("name", ""), page_text = json.value("page_id", "");
  const std::string_view page =
      json.contains("page_id") ? std::string_view(page_text) : std::string_view();
  const std::string record = json.value("record_id", "");
  if (kind == "activity") return Event::activity(name);
  if (kind == "session_start") return Event::session_start();
  if (kind == "session_end") return Event::session_end();
  if (kind == "page_start") return Event::page_start(page);
  if (kind == "page_end") return Event::page_end(page);
  if (kind == "page_view") return Event::page_view(page);
  if (kind == "click") return Event::click(page, name);
  if (kind == "form_submission") return Event::form_submission(page, name);
  if (kind == "process_completion") return Event::process_completion(name);
  if (kind == "error") return Event::error(name);
  if (kind == "record_approved") return Event::record_approved(record);
  if (kind == "record_denied") return Event::record_denied(record);
  if (kind == "record_returned") return Event::record_returned(record);
  if (kind == "record_changed") return Event::record_changed(record, name);
  if (kind == "custom") return Event::custom(name, json.value("schema_version", std::uint32_t{1}));
  throw std::runtime_error("this runner does not know the kind " + kind);
}

Event event_of(const Json& json) {
  const std::string kind = json.at("kind");
  Event event = event_of_kind(kind, json);
  if (!kind.starts_with("page")) event.page(json.value("page_id", ""));
  event.user(json.value("user_id", "")).session(json.value("session_id", ""));
  event.correlation(json.value("correlation_id", "")).trace(json.value("traceparent", ""));
  if (json.contains("time_ms")) {
    const milliseconds time(json["time_ms"].get<std::int64_t>());
    event.at(std::chrono::system_clock::time_point(time));
  }
  if (json.contains("duration_ms"))
    event.duration(milliseconds(json["duration_ms"].get<std::int64_t>()));
  if (json.contains("outcome")) event.outcome(outcome_of(json["outcome"]));
  const Json details = json.value("details", Json::object());
  const Json metadata = json.value("metadata", Json::object());
  for (const auto& [name, value] : details.items()) event.detail(name, Values().of(value));
  for (const auto& [name, value] : metadata.items()) event.metadata(name, Values().of(value));
  return event;
}

Compression compression_of(const std::string& name) {
  if (name == "none") return Compression::kNone;
  return name == "gzip" ? Compression::kGzip : Compression::kZstd;
}

WithoutConsent without_consent_of(const std::string& name) {
  if (name == "keep") return WithoutConsent::kKeep;
  return name == "drop" ? WithoutConsent::kDrop : WithoutConsent::kSend;
}

SessionMode session_mode_of(const std::string& name) {
  if (name == "off") return SessionMode::kOff;
  return name == "automatic" ? SessionMode::kAutomatic : SessionMode::kManual;
}

Consent consent_of(const std::string& name) {
  if (name == "granted") return Consent::kGranted;
  return name == "denied" ? Consent::kDenied : Consent::kUnknown;
}

// Takes each option that it knows out of the JSON.
class OptionReader {
 public:
  explicit OptionReader(const Json& json) : json_(json) {}

  template <typename T, typename Convert>
  void read(const char* name, T& into, Convert convert) {
    if (!json_.contains(name)) return;
    into = convert(json_[name]);
    json_.erase(name);
  }
  template <typename T>
  void read(const char* name, T& into) {
    read(name, into, [](const Json& value) { return value.get<T>(); });
  }
  template <typename Duration>
  void read_time(const char* name, Duration& into) {
    read(name, into, [](const Json& value) { return Duration(value.get<std::int64_t>()); });
  }
  void expect_none_left() const {
    if (!json_.empty()) throw std::runtime_error("unknown options: " + json_.dump());
  }

 private:
  Json json_;
};

std::vector<std::pair<std::string, std::string>> fields_of(const Json& json) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (const auto& [name, value] : json.items()) fields.emplace_back(name, value);
  return fields;
}

Options options_of(const Json& json) {
  Options options;
  OptionReader reader(json);
  reader.read("directory", options.directory);
  reader.read("endpoint", options.endpoint);
  reader.read("write_key", options.write_key);
  reader.read("app_name", options.app_name);
  reader.read("app_version", options.app_version);
  reader.read("ca_file", options.ca_file);
  reader.read("proxy", options.proxy);
  reader.read("context", options.context, fields_of);
  reader.read("disk_bytes_max", options.disk_bytes_max);
  reader.read("segment_bytes", options.segment_bytes);
  reader.read("event_bytes_max", options.event_bytes_max);
  reader.read("batch_events_max", options.batch_events_max);
  reader.read_time("batch_age_max_ms", options.batch_age_max);
  reader.read_time("retry_delay_min_ms", options.retry_delay_min);
  reader.read_time("retry_delay_max_ms", options.retry_delay_max);
  reader.read_time("connect_timeout_ms", options.connect_timeout);
  reader.read_time("session_idle_max_ms", options.session_idle_max);
  reader.read_time("event_age_max_hours", options.event_age_max);
  reader.read("compression", options.compression, compression_of);
  reader.read("without_consent", options.without_consent, without_consent_of);
  reader.read("session_mode", options.session_mode, session_mode_of);
  reader.read("event_types", options.event_types);
  reader.read("remove_fields", options.remove_fields);
  reader.read("allow_fields", options.allow_fields);
  reader.read("detect", options.detect);
  reader.read("do_not_detect", options.do_not_detect);
  reader.read("privacy_rules", options.privacy_rules);
  reader.read("pseudonym_keys", options.pseudonym_keys, fields_of);
  reader.read("pinned_public_keys", options.pinned_public_keys);
  reader.read("mask_emails", options.mask_emails);
  reader.read("mask_cards", options.mask_cards);
  reader.read("mask_phones", options.mask_phones);
  reader.expect_none_left();
  return options;
}

Json stats_of(const Stats& stats) {
  static const std::map<SenderState, const char*> kStates = {{SenderState::kRunning, "running"},
                                                             {SenderState::kRetrying, "retrying"},
                                                             {SenderState::kRefused, "refused"}};
  return {{"recorded", stats.recorded},
          {"adopted", stats.adopted},
          {"acknowledged", stats.acknowledged},
          {"rejected", stats.rejected},
          {"pending", stats.pending},
          {"dropped_invalid", stats.dropped_invalid},
          {"dropped_too_large", stats.dropped_too_large},
          {"dropped_storage_full", stats.dropped_storage_full},
          {"dropped_not_allowed", stats.dropped_not_allowed},
          {"dropped_consent_denied", stats.dropped_consent_denied},
          {"dropped_forgotten", stats.dropped_forgotten},
          {"misused", stats.misused},
          {"masked", stats.masked},
          {"last_seq", stats.last_seq},
          {"install_id", stats.install_id},
          {"sender", kStates.at(stats.sender)},
          {"sender_message", stats.sender_message}};
}

Json ledger_of(const std::vector<LedgerRow>& rows) {
  const auto reasons = [](const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
    Json object = Json::object();
    for (const auto& [reason, count] : counts) object[reason] = count;
    return object;
  };
  Json ledger = Json::array();
  for (const LedgerRow& row : rows) {
    ledger.push_back({{"type", row.type},
                      {"recorded", row.recorded},
                      {"acknowledged", row.acknowledged},
                      {"rejected", row.rejected},
                      {"pending", row.pending},
                      {"dropped", reasons(row.dropped)},
                      {"refused", reasons(row.refused)}});
  }
  return ledger;
}

class Cpp final : public Language {
 public:
  Json greeting() const override {
    return {{"language", "c++"},
            {"version", std::to_string(__cplusplus)},
            {"can", {"raw_bytes", "not_a_number", "real_integers"}}};
  }

  Json open(const Json& options) override {
    forget_client();
    auto opened = Client::open(options_of(options));
    if (!opened) return result_of(opened.status());
    client_.emplace(*std::move(opened));
    return Json::object();
  }
  bool has_client() const override { return client_.has_value(); }

  Json track(const Json& json, const std::string& flow) override {
    Event event = event_of(json);
    if (!flow.empty() && !json.contains("correlation_id") && !json.contains("traceparent"))
      event.correlation(flows_.at(flow).correlation_id());
    return result_of(client_->track(event));
  }

  Json call(const std::string& name, const Json& arguments) override {
    const auto found = calls_.find(name);
    if (found == calls_.end()) throw std::runtime_error("this runner does not know " + name);
    return found->second(arguments);
  }

  void forget_client() override {
    flows_.clear();
    if (client_) static_cast<void>(client_->close(milliseconds(0)));
    client_.reset();
  }

  bool track_typical() override {
    return client_
        ->track(Event::click("settings", "save-button")
                    .detail("itemsSelected", 3)
                    .detail("theme", "dark"))
        .ok();
  }

 private:
  Json start_flow(const Json& arguments) {
    auto flow = client_->start_detached_flow(arguments.at("process").get<std::string>(),
                                             arguments.value("correlation_id", ""));
    if (!flow) return result_of(flow.status());
    const std::string id(flow->correlation_id());
    flows_.insert_or_assign(arguments.at("as"), *std::move(flow));
    return {{"correlation_id", id}};
  }
  Json complete_flow(const Json& arguments) {
    return result_of(
        client_->complete_flow(flows_.at(arguments.at("flow")), outcome_of(arguments["outcome"])));
  }
  Json end_flow(const Json& arguments) {
    flows_.erase(arguments.at("flow").get<std::string>());
    return Json::object();
  }
  Json consent() {
    static const std::map<Consent, const char*> kNames = {{Consent::kUnknown, "unknown"},
                                                          {Consent::kGranted, "granted"},
                                                          {Consent::kDenied, "denied"}};
    return {{"consent", kNames.at(client_->consent())}};
  }

  static std::string id_of(const Json& arguments) { return arguments.value("id", ""); }
  static milliseconds timeout_of(const Json& arguments) {
    return milliseconds(arguments.at("timeout_ms").get<std::int64_t>());
  }

  std::optional<Client> client_;
  std::map<std::string, Flow> flows_;
  const std::map<std::string, std::function<Json(const Json&)>> calls_ = {
      {"track_json",
       [this](const Json& a) {
         return result_of(client_->track_json(a.at("event").get<std::string>()));
       }},
      {"set_user", [this](const Json& a) { return result_of(client_->set_user(id_of(a))); }},
      {"set_session", [this](const Json& a) { return result_of(client_->set_session(id_of(a))); }},
      {"start_session",
       [this](const Json& a) { return result_of(client_->start_session(id_of(a))); }},
      {"end_session", [this](const Json&) { return result_of(client_->end_session()); }},
      {"enter_page", [this](const Json& a) { return result_of(client_->enter_page(id_of(a))); }},
      {"leave_page", [this](const Json&) { return result_of(client_->leave_page()); }},
      {"pause", [this](const Json&) { return result_of(client_->pause()); }},
      {"resume", [this](const Json&) { return result_of(client_->resume()); }},
      {"start_flow", [this](const Json& a) { return start_flow(a); }},
      {"complete_flow", [this](const Json& a) { return complete_flow(a); }},
      {"end_flow", [this](const Json& a) { return end_flow(a); }},
      {"set_consent",
       [this](const Json& a) {
         return result_of(client_->set_consent(consent_of(a.at("consent"))));
       }},
      {"consent", [this](const Json&) { return consent(); }},
      {"forget", [this](const Json&) { return result_of(client_->forget()); }},
      {"flush", [this](const Json& a) { return result_of(client_->flush(timeout_of(a))); }},
      {"close", [this](const Json& a) { return result_of(client_->close(timeout_of(a))); }},
      {"stats", [this](const Json&) { return Json{{"stats", stats_of(client_->stats())}}; }},
      {"ledger", [this](const Json&) { return Json{{"ledger", ledger_of(client_->ledger())}}; }}};
};

}  // namespace
}  // namespace penstock::conformance

int main() {
  penstock::conformance::Cpp language;
  return penstock::conformance::run(language);
}
