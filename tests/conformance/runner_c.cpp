// The conformance runner of C: the cases through penstock.h alone.

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "conformance/runner_loop.hpp"
#include "penstock/penstock.h"

namespace penstock::conformance {
namespace {

Json result_of(penstock_status status) {
  if (status == PENSTOCK_OK) return Json::object();
  return {{"code", penstock_status_name(status)}, {"message", penstock_last_error()}};
}

penstock_text text_of(const std::string& text) { return {text.data(), text.size()}; }

// Texts that a struct refers to, until it has been used.
class Texts {
 public:
  penstock_text keep(std::string text) { return text_of(texts_.emplace_back(std::move(text))); }
  penstock_text member(const Json& json, const char* name) {
    return json.contains(name) ? keep(json[name]) : penstock_text{nullptr, 0};
  }

 private:
  std::deque<std::string> texts_;
};

penstock_detail detail_of(const std::string& name, const Json& value) {
  penstock_detail detail{};
  detail.name = text_of(name);
  if (value.is_string()) {
    detail.type = PENSTOCK_VALUE_TEXT;
    detail.text = text_of(value.get_ref<const std::string&>());
  } else if (value.is_boolean()) {
    detail.type = PENSTOCK_VALUE_BOOLEAN;
    detail.integer = value.get<bool>() ? 1 : 0;
  } else if (value.is_number_integer()) {
    detail.type = PENSTOCK_VALUE_INTEGER;
    detail.integer = value.get<std::int64_t>();
  } else if (value.is_number_float()) {
    detail.type = PENSTOCK_VALUE_REAL;
    detail.real = value.get<double>();
  }
  return detail;
}

void add_member(penstock_object* object, const std::string& name, const Json& value);

void add_members(penstock_object* object, const Json& value) {
  if (value.is_array()) {
    for (const Json& item : value) add_member(object, "", item);
    return;
  }
  for (const auto& [name, member] : value.items()) add_member(object, name, member);
}

// What is wrong, penstock_client_track() says.
void add_member(penstock_object* object, const std::string& name, const Json& value) {
  if (!value.is_structured()) {
    static_cast<void>(penstock_object_add(object, detail_of(name, value)));
    return;
  }
  if (value.is_object()) {
    static_cast<void>(penstock_object_open_object(object, name.data(), name.size()));
  } else {
    static_cast<void>(penstock_object_open_array(object, name.data(), name.size()));
  }
  add_members(object, value);
  static_cast<void>(penstock_object_close(object));
}

constexpr std::array kKinds = {
    "activity",        "session_start", "session_end",     "page_start",         "page_end",
    "page_view",       "click",         "form_submission", "process_completion", "error",
    "record_approved", "record_denied", "record_returned", "record_changed",     "custom"};

template <typename Names>
int number_of(const Names& names, const std::string& name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (name == names[i]) return static_cast<int>(i);
  }
  throw std::runtime_error("this runner does not know " + name);
}

penstock_outcome outcome_of(const std::string& name) {
  if (name == "success") return PENSTOCK_OUTCOME_SUCCESS;
  return name == "failure" ? PENSTOCK_OUTCOME_FAILURE : PENSTOCK_OUTCOME_NONE;
}

constexpr std::array kConsents = {"unknown", "granted", "denied"};
constexpr std::array kSessionModes = {"off", "manual", "automatic"};
constexpr std::array kWithoutConsent = {"send", "keep", "drop"};
constexpr std::array kCompressions = {"none", "gzip", "zstd"};
constexpr std::array kSenderStates = {"running", "retrying", "refused"};

// Of the names of `json`, each member that penstock_options has.
class OptionsFrom {
 public:
  explicit OptionsFrom(const Json& json) : json_(json) { penstock_options_init(&options_); }

  const penstock_options* read() {
    read_texts();
    read_numbers();
    read_lists();
    number("compression", options_.compression, kCompressions);
    number("session_mode", options_.session_mode, kSessionModes);
    number("without_consent", options_.without_consent, kWithoutConsent);
    return &options_;
  }

 private:
  void read_texts() {
    text("directory", options_.directory);
    text("endpoint", options_.endpoint);
    text("write_key", options_.write_key);
    text("app_name", options_.app_name);
    text("app_version", options_.app_version);
    text("ca_file", options_.ca_file);
    text("proxy", options_.proxy);
  }
  void read_numbers() {
    number("disk_bytes_max", options_.disk_bytes_max);
    number("segment_bytes", options_.segment_bytes);
    number("event_bytes_max", options_.event_bytes_max);
    number("batch_events_max", options_.batch_events_max);
    number("batch_age_max_ms", options_.batch_age_max_ms);
    number("retry_delay_min_ms", options_.retry_delay_min_ms);
    number("retry_delay_max_ms", options_.retry_delay_max_ms);
    number("connect_timeout_ms", options_.connect_timeout_ms);
    number("session_idle_max_ms", options_.session_idle_max_ms);
    number("event_age_max_hours", options_.event_age_max_hours);
    for (auto [name, into] : {std::pair("mask_emails", &options_.mask_emails),
                              std::pair("mask_cards", &options_.mask_cards),
                              std::pair("mask_phones", &options_.mask_phones)}) {
      if (json_.contains(name)) *into = json_[name].get<bool>() ? 1 : 0;
    }
  }
  void read_lists() {
    list("event_types", event_types_, options_.event_types, options_.event_types_count);
    list("remove_fields", removed_, options_.remove_fields, options_.remove_fields_count);
    list("allow_fields", allowed_, options_.allow_fields, options_.allow_fields_count);
    list("pinned_public_keys", pins_, options_.pinned_public_keys,
         options_.pinned_public_keys_count);
    list("detect", detected_, options_.detect, options_.detect_count);
    list("do_not_detect", undetected_, options_.do_not_detect, options_.do_not_detect_count);
    list("privacy_rules", rules_, options_.privacy_rules, options_.privacy_rules_count);
    fields("pseudonym_keys", keys_, options_.pseudonym_keys, options_.pseudonym_keys_count);
    fields("context", context_, options_.context, options_.context_count);
  }

  void text(const char* name, penstock_text& into) { into = texts_.member(json_, name); }
  template <typename T>
  void number(const char* name, T& into) {
    if (json_.contains(name)) into = json_[name].get<T>();
  }
  template <typename T, typename Names>
  void number(const char* name, T& into, const Names& names) {
    if (json_.contains(name)) into = static_cast<T>(number_of(names, json_[name]));
  }
  void list(const char* name, std::vector<penstock_text>& kept, const penstock_text*& into,
            std::size_t& count) {
    const Json items = json_.value(name, Json::array());
    for (const Json& item : items) kept.push_back(texts_.keep(item));
    into = kept.data();
    count = kept.size();
  }
  void fields(const char* name, std::vector<penstock_field>& kept, const penstock_field*& into,
              std::size_t& count) {
    const Json members = json_.value(name, Json::object());
    for (const auto& [member, value] : members.items())
      kept.push_back({texts_.keep(member), texts_.keep(value)});
    into = kept.data();
    count = kept.size();
  }

  const Json& json_;
  Texts texts_;
  std::vector<penstock_field> context_, keys_;
  std::vector<penstock_text> event_types_, removed_, allowed_, pins_, detected_, undetected_,
      rules_;
  penstock_options options_;
};

class C final : public Language {
 public:
  Json greeting() const override {
    return {{"language", "c"},
            {"version", penstock_version()},
            {"can", {"raw_bytes", "not_a_number", "real_integers"}}};
  }

  Json open(const Json& options) override {
    forget_client();
    return result_of(penstock_client_open(OptionsFrom(options).read(), &client_));
  }
  bool has_client() const override { return client_ != nullptr; }

  Json track(const Json& json, const std::string& flow) override {
    penstock_event event;
    penstock_event_init(&event,
                        static_cast<penstock_event_kind>(number_of(kKinds, json.at("kind"))));
    Texts texts;
    event.name = texts.member(json, "name");
    event.page_id = texts.member(json, "page_id");
    event.record_id = texts.member(json, "record_id");
    event.user_id = texts.member(json, "user_id");
    event.session_id = texts.member(json, "session_id");
    event.correlation_id = texts.member(json, "correlation_id");
    event.traceparent = texts.member(json, "traceparent");
    event.time_ms = json.value("time_ms", std::int64_t{0});
    event.duration_ms = json.value("duration_ms", PENSTOCK_NO_DURATION);
    event.schema_version = json.value("schema_version", std::uint64_t{0});
    event.outcome = outcome_of(json.value("outcome", "none"));
    if (!flow.empty()) event.flow = flows_.at(flow);
    penstock_object_clear(details_);
    penstock_object_clear(metadata_);
    add_members(details_, json.value("details", Json::object()));
    add_members(metadata_, json.value("metadata", Json::object()));
    event.details_object = details_;
    event.metadata_object = metadata_;
    return result_of(penstock_client_track(client_, &event));
  }

  Json call(const std::string& name, const Json& arguments) override {
    const auto found = calls_.find(name);
    if (found == calls_.end()) throw std::runtime_error("this runner does not know " + name);
    return found->second(arguments);
  }

  void forget_client() override {
    for (auto& [name, flow] : flows_) penstock_flow_free(flow);
    flows_.clear();
    if (client_ != nullptr) static_cast<void>(penstock_client_close(client_, 0));
    penstock_client_free(client_);
    client_ = nullptr;
  }

  bool track_typical() override {
    const penstock_detail details[] = {penstock_detail_integer("itemsSelected", 3),
                                       penstock_detail_text("theme", "dark")};
    penstock_event event;
    penstock_event_init(&event, PENSTOCK_CLICK);
    event.page_id = penstock_text_of("settings");
    event.name = penstock_text_of("save-button");
    event.details = details;
    event.details_count = 2;
    return penstock_client_track(client_, &event) == PENSTOCK_OK;
  }

  C() {
    if (penstock_object_new(&details_) != PENSTOCK_OK ||
        penstock_object_new(&metadata_) != PENSTOCK_OK)
      throw std::bad_alloc();
  }
  ~C() override {
    forget_client();
    penstock_object_free(details_);
    penstock_object_free(metadata_);
  }

 private:
  Json start_flow(const Json& arguments) {
    const std::string process = arguments.at("process"), id = arguments.value("correlation_id", "");
    penstock_flow* flow = nullptr;
    const penstock_status started = penstock_client_start_detached_flow(
        client_, process.data(), process.size(), id.data(), id.size(), &flow);
    if (started != PENSTOCK_OK) return result_of(started);
    const penstock_text correlation = penstock_flow_correlation_id(flow);
    flows_[arguments.at("as")] = flow;
    return {{"correlation_id", std::string(correlation.data, correlation.size)}};
  }
  Json complete_flow(const Json& arguments) {
    return result_of(penstock_client_complete_flow(client_, flows_.at(arguments.at("flow")),
                                                   outcome_of(arguments.at("outcome"))));
  }
  Json end_flow(const Json& arguments) {
    const std::string name = arguments.at("flow");
    penstock_flow_free(flows_.at(name));
    flows_.erase(name);
    return Json::object();
  }
  Json consent() {
    return {{"consent", kConsents.at(static_cast<std::size_t>(penstock_client_consent(client_)))}};
  }
  Json stats() {
    penstock_stats stats{};
    stats.struct_size = sizeof stats;
    const penstock_status status = penstock_client_stats(client_, &stats);
    if (status != PENSTOCK_OK) return result_of(status);
    return {{"stats",
             {{"recorded", stats.recorded},
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
              {"sender", kSenderStates.at(static_cast<std::size_t>(stats.sender))},
              {"sender_message", stats.sender_message}}}};
  }
  Json ledger() {
    std::string json;
    std::size_t size = 4096;
    do {
      json.resize(size);
      const penstock_status status =
          penstock_client_ledger(client_, json.data(), json.size(), &size);
      if (status != PENSTOCK_OK) return result_of(status);
    } while (size > json.size());
    return {{"ledger", Json::parse(json.substr(0, size))}};
  }

  using Call = std::function<Json(const Json&)>;
  using WithId = penstock_status (*)(penstock_client*, const char*, std::size_t);
  Call with_id(WithId function) {
    return [this, function](const Json& arguments) {
      const std::string id = arguments.value("id", "");
      return result_of(
          function(client_, arguments.contains("id") ? id.data() : nullptr, id.size()));
    };
  }
  Call plain(penstock_status (*function)(penstock_client*)) {
    return [this, function](const Json&) { return result_of(function(client_)); };
  }
  Call within(penstock_status (*function)(penstock_client*, std::int64_t)) {
    return [this, function](const Json& arguments) {
      return result_of(function(client_, arguments.at("timeout_ms").get<std::int64_t>()));
    };
  }

  penstock_client* client_ = nullptr;
  penstock_object *details_ = nullptr, *metadata_ = nullptr;
  std::map<std::string, penstock_flow*> flows_;
  const std::map<std::string, Call> calls_ = {
      {"track_json",
       [this](const Json& arguments) {
         const std::string event = arguments.at("event");
         return result_of(penstock_client_track_json(client_, event.data(), event.size()));
       }},
      {"set_user", with_id(penstock_client_set_user)},
      {"set_session", with_id(penstock_client_set_session)},
      {"start_session", with_id(penstock_client_start_session)},
      {"end_session", plain(penstock_client_end_session)},
      {"enter_page", with_id(penstock_client_enter_page)},
      {"leave_page", plain(penstock_client_leave_page)},
      {"pause", plain(penstock_client_pause)},
      {"resume", plain(penstock_client_resume)},
      {"start_flow", [this](const Json& arguments) { return start_flow(arguments); }},
      {"complete_flow", [this](const Json& arguments) { return complete_flow(arguments); }},
      {"end_flow", [this](const Json& arguments) { return end_flow(arguments); }},
      {"set_consent",
       [this](const Json& arguments) {
         return result_of(penstock_client_set_consent(
             client_,
             static_cast<penstock_consent>(number_of(kConsents, arguments.at("consent")))));
       }},
      {"consent", [this](const Json&) { return consent(); }},
      {"forget", plain(penstock_client_forget)},
      {"flush", within(penstock_client_flush)},
      {"close", within(penstock_client_close)},
      {"stats", [this](const Json&) { return stats(); }},
      {"ledger", [this](const Json&) { return ledger(); }}};
};

}  // namespace
}  // namespace penstock::conformance

int main() {
  penstock::conformance::C language;
  return penstock::conformance::run(language);
}
