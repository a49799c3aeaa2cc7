// The C ABI: translate, call, catch. No decisions.

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "c/guard.hpp"
#include "c/handles.hpp"
#include "penstock/penstock.h"
#include "penstock/version.h"

namespace {

using penstock::Client;
using penstock::Flow;
using penstock::Status;
using penstock::c::BadArgument;
using penstock::c::client_handles;
using penstock::c::fail;
using penstock::c::flow_handles;
using penstock::c::flow_of;
using penstock::c::guarded;
using penstock::c::live;
using penstock::c::object_handles;
using penstock::c::ObjectBuilder;

// --- Handles ------------------------------------------------------------------------------------

template <typename T, typename Opaque>
Status hand_out(penstock::c::HandleTable<T>& handles, std::unique_ptr<T> content, Opaque*& handle) {
  handle = static_cast<Opaque*>(handles.add(std::move(content)));
  return handle != nullptr ? Status() : Status(penstock::StatusCode::kOutOfMemory, {});
}

template <typename T>
void take_back(penstock::c::HandleTable<T>& handles, const void* handle,
               const char* if_stale) noexcept {
  if (handle == nullptr) return;
  if (handles.remove(handle) == nullptr) penstock::c::fail_stale(if_stale);
}

Client& client_of(const penstock_client* client) {
  return live(client_handles, client, "client is NULL",
              "the handle is no client's, or the client was freed");
}

template <typename Call>
penstock_status with_client(penstock_client* client, Call&& call) noexcept {
  return guarded([&] { return call(client_of(client)); });
}

template <typename Call>
penstock_status with_object(penstock_object* object, Call&& call) noexcept {
  return guarded([&] { return call(penstock::c::object_of(object)); });
}

// `call` returns a Result<Flow>; the handle goes to *flow.
template <typename Call>
penstock_status with_flow(penstock_client* client, penstock_flow** flow, Call&& call) noexcept {
  if (flow == nullptr)
    return fail(PENSTOCK_INVALID_ARGUMENT, "where the handle of the flow goes is NULL");
  *flow = nullptr;
  return with_client(client, [&](Client& c) -> Status {
    auto made = call(c);
    if (!made) return made.status();
    return hand_out(flow_handles, std::make_unique<Flow>(*std::move(made)), *flow);
  });
}

// --- Structs that grow --------------------------------------------------------------------------

// What each had when the C ABI was first promised: a smaller one was never set up.
constexpr std::size_t kOptionsBytesMin = 384;
constexpr std::size_t kEventBytesMin = 184;
constexpr std::size_t kStatsBytesMin = 496;
static_assert(sizeof(penstock_options) >= kOptionsBytesMin && sizeof(void*) == 8);
static_assert(sizeof(penstock_event) >= kEventBytesMin && sizeof(penstock_stats) >= kStatsBytesMin);

// As much of `from` as the caller's version of the struct has room for; what this one does not know
// becomes zeros.
template <typename Struct>
void give(Struct from, Struct* to, std::size_t struct_size) noexcept {
  if (struct_size > sizeof from) std::memset(to, 0, struct_size);
  from.struct_size = struct_size;
  std::memcpy(to, &from, std::min(struct_size, sizeof from));
}

// The caller's struct as this version has it: what that one lacks is as in `defaults`. Throws
// BadArgument.
template <typename Struct>
Struct take(const Struct* given, std::size_t bytes_min, const Struct& defaults,
            const char* not_set_up) {
  if (given == nullptr || given->struct_size < bytes_min) throw BadArgument{not_set_up};
  if (given->struct_size > sizeof *given) {
    throw BadArgument{
        "a struct is larger than this library knows it: the program was compiled with a later "
        "version of Penstock; update the library"};
  }
  Struct taken = defaults;
  std::memcpy(&taken, given, given->struct_size);
  taken.struct_size = sizeof taken;
  return taken;
}

penstock_options default_options() noexcept {
  const penstock::Options defaults;
  penstock_options options{};
  options.disk_bytes_max = defaults.disk_bytes_max;
  options.segment_bytes = defaults.segment_bytes;
  options.event_bytes_max = defaults.event_bytes_max;
  options.sync_interval_ms = static_cast<uint32_t>(defaults.sync_interval.count());
  options.adopt_interval_ms = static_cast<uint32_t>(defaults.adopt_interval.count());
  options.batch_events_max = defaults.batch_events_max;
  options.batch_bytes_max = defaults.batch_bytes_max;
  options.batch_age_max_ms = static_cast<uint32_t>(defaults.batch_age_max.count());
  options.compression = PENSTOCK_COMPRESSION_ZSTD;
  options.connect_timeout_ms = static_cast<uint32_t>(defaults.connect_timeout.count());
  options.request_timeout_ms = static_cast<uint32_t>(defaults.request_timeout.count());
  options.retry_delay_min_ms = static_cast<uint32_t>(defaults.retry_delay_min.count());
  options.retry_delay_max_ms = static_cast<uint32_t>(defaults.retry_delay_max.count());
  options.refusal_delay_min_ms = static_cast<uint32_t>(defaults.refusal_delay_min.count());
  options.refusal_delay_max_ms = static_cast<uint32_t>(defaults.refusal_delay_max.count());
  options.event_age_max_hours = static_cast<uint32_t>(defaults.event_age_max.count());
  options.session_mode = PENSTOCK_SESSION_MANUAL;
  options.session_idle_max_ms = static_cast<uint32_t>(defaults.session_idle_max.count());
  options.mask_emails = options.mask_cards = options.mask_phones = 1;
  return options;
}

penstock_event unset_event() noexcept {
  penstock_event event{};
  event.duration_ms = PENSTOCK_NO_DURATION;
  return event;
}

penstock::Options options_of(const penstock_options* options) {
  return penstock::c::to_options(
      take(options, kOptionsBytesMin, default_options(),
           "options is NULL or was not set up with penstock_options_init"));
}

penstock::Event event_of(const penstock_event* event) {
  return penstock::c::to_event(take(event, kEventBytesMin, unset_event(),
                                    "event is NULL or was not set up with penstock_event_init"));
}

// --- Room of the caller's for a text ------------------------------------------------------------

void check_room(const char* room, std::size_t room_size, const std::size_t* size) {
  if (size == nullptr) throw BadArgument{"size, where the number of bytes goes, is NULL"};
  if (room == nullptr && room_size != 0)
    throw BadArgument{"where the text goes is NULL but has a size"};
}

void fill_room(const std::string& text, char* room, std::size_t room_size,
               std::size_t* size) noexcept {
  *size = text.size();
  if (room != nullptr && text.size() <= room_size) std::copy(text.begin(), text.end(), room);
}

}  // namespace

extern "C" {

penstock_text penstock_text_of(const char* text) {
  return {text, text == nullptr ? 0 : std::strlen(text)};
}

void penstock_options_init_sized(penstock_options* options, size_t struct_size) {
  if (options != nullptr) give(default_options(), options, struct_size);
}

void penstock_event_init_sized(penstock_event* event, size_t struct_size,
                               penstock_event_kind kind) {
  if (event == nullptr) return;
  penstock_event unset = unset_event();
  unset.kind = kind;
  give(unset, event, struct_size);
}

penstock_detail penstock_detail_text(const char* name, const char* value) {
  penstock_detail detail{};
  detail.name = penstock_text_of(name);
  detail.type = value == nullptr ? PENSTOCK_VALUE_NULL : PENSTOCK_VALUE_TEXT;
  detail.text = penstock_text_of(value);
  return detail;
}

penstock_detail penstock_detail_integer(const char* name, int64_t value) {
  penstock_detail detail{};
  detail.name = penstock_text_of(name);
  detail.type = PENSTOCK_VALUE_INTEGER;
  detail.integer = value;
  return detail;
}

penstock_detail penstock_detail_real(const char* name, double value) {
  penstock_detail detail{};
  detail.name = penstock_text_of(name);
  detail.type = PENSTOCK_VALUE_REAL;
  detail.real = value;
  return detail;
}

penstock_detail penstock_detail_boolean(const char* name, int value) {
  penstock_detail detail = penstock_detail_integer(name, value != 0 ? 1 : 0);
  detail.type = PENSTOCK_VALUE_BOOLEAN;
  return detail;
}

// --- Objects ------------------------------------------------------------------------------------

penstock_status penstock_object_new(penstock_object** object) {
  if (object == nullptr)
    return fail(PENSTOCK_INVALID_ARGUMENT, "where the handle of the object goes is NULL");
  *object = nullptr;
  return guarded(
      [&] { return hand_out(object_handles, std::make_unique<ObjectBuilder>(), *object); });
}

void penstock_object_free(penstock_object* object) {
  take_back(object_handles, object, "the handle is no object's, or the object was freed before");
}

penstock_status penstock_object_add(penstock_object* object, penstock_detail member) {
  return with_object(object, [&](ObjectBuilder& builder) {
    return builder.add(penstock::c::view(member.name), penstock::c::to_value(member));
  });
}

penstock_status penstock_object_open_object(penstock_object* object, const char* name,
                                            size_t name_size) {
  return with_object(object, [&](ObjectBuilder& builder) {
    return builder.open(penstock::c::view(name, name_size), penstock::Value::Type::kObject);
  });
}

penstock_status penstock_object_open_array(penstock_object* object, const char* name,
                                           size_t name_size) {
  return with_object(object, [&](ObjectBuilder& builder) {
    return builder.open(penstock::c::view(name, name_size), penstock::Value::Type::kArray);
  });
}

penstock_status penstock_object_close(penstock_object* object) {
  return with_object(object, [](ObjectBuilder& builder) { return builder.close(); });
}

penstock_status penstock_object_clear(penstock_object* object) {
  return with_object(object, [](ObjectBuilder& builder) {
    builder.clear();
    return Status();
  });
}

// --- A preview ----------------------------------------------------------------------------------

penstock_status penstock_preview_text(const penstock_options* options, penstock_text text,
                                      char* masked, size_t masked_size, size_t* size) {
  return guarded([&] {
    check_room(masked, masked_size, size);
    fill_room(penstock::preview_text(options_of(options), penstock::c::view(text)), masked,
              masked_size, size);
    return Status();
  });
}

penstock_status penstock_preview_event(const penstock_options* options, const penstock_event* event,
                                       char* json, size_t json_size, size_t* size) {
  return guarded([&]() -> Status {
    check_room(json, json_size, size);
    const auto text = penstock::preview(options_of(options), event_of(event));
    if (!text) return text.status();
    fill_room(*text, json, json_size, size);
    return {};
  });
}

// --- A client -----------------------------------------------------------------------------------

penstock_status penstock_client_open(const penstock_options* options, penstock_client** client) {
  if (client == nullptr)
    return fail(PENSTOCK_INVALID_ARGUMENT, "client, where the handle goes, is NULL");
  *client = nullptr;
  return guarded([&]() -> Status {
    auto opened = Client::open(options_of(options));
    if (!opened) return opened.status();
    return hand_out(client_handles, std::make_unique<Client>(*std::move(opened)), *client);
  });
}

void penstock_client_free(penstock_client* client) {
  take_back(client_handles, client, "the handle is no client's, or the client was freed before");
}

penstock_status penstock_client_track(penstock_client* client, const penstock_event* event) {
  return with_client(client, [&](Client& c) { return c.track(event_of(event)); });
}

penstock_status penstock_client_track_json(penstock_client* client, const char* event,
                                           size_t event_size) {
  return with_client(client,
                     [&](Client& c) { return c.track_json(penstock::c::view(event, event_size)); });
}

penstock_status penstock_client_set_user(penstock_client* client, const char* user_id,
                                         size_t user_id_size) {
  return with_client(
      client, [&](Client& c) { return c.set_user(penstock::c::view(user_id, user_id_size)); });
}

penstock_status penstock_client_set_session(penstock_client* client, const char* session_id,
                                            size_t session_id_size) {
  return with_client(client, [&](Client& c) {
    return c.set_session(penstock::c::view(session_id, session_id_size));
  });
}

penstock_status penstock_client_start_session(penstock_client* client, const char* session_id,
                                              size_t session_id_size) {
  return with_client(client, [&](Client& c) {
    return c.start_session(penstock::c::view(session_id, session_id_size));
  });
}

penstock_status penstock_client_end_session(penstock_client* client) {
  return with_client(client, [](Client& c) { return c.end_session(); });
}

penstock_status penstock_client_enter_page(penstock_client* client, const char* page_id,
                                           size_t page_id_size) {
  return with_client(
      client, [&](Client& c) { return c.enter_page(penstock::c::view(page_id, page_id_size)); });
}

penstock_status penstock_client_leave_page(penstock_client* client) {
  return with_client(client, [](Client& c) { return c.leave_page(); });
}

penstock_status penstock_client_pause(penstock_client* client) {
  return with_client(client, [](Client& c) { return c.pause(); });
}

penstock_status penstock_client_resume(penstock_client* client) {
  return with_client(client, [](Client& c) { return c.resume(); });
}

penstock_status penstock_client_start_flow(penstock_client* client, const char* process,
                                           size_t process_size, const char* correlation_id,
                                           size_t correlation_id_size, penstock_flow** flow) {
  return with_flow(client, flow, [&](Client& c) {
    return c.start_flow(penstock::c::view(process, process_size),
                        penstock::c::view(correlation_id, correlation_id_size));
  });
}

penstock_status penstock_client_start_detached_flow(penstock_client* client, const char* process,
                                                    size_t process_size, const char* correlation_id,
                                                    size_t correlation_id_size,
                                                    penstock_flow** flow) {
  return with_flow(client, flow, [&](Client& c) {
    return c.start_detached_flow(penstock::c::view(process, process_size),
                                 penstock::c::view(correlation_id, correlation_id_size));
  });
}

penstock_status penstock_client_join_flow(penstock_client* client, const penstock_flow* started,
                                          penstock_flow** joined) {
  if (started == nullptr) return fail(PENSTOCK_INVALID_ARGUMENT, "started is NULL");
  return with_flow(client, joined, [&](Client& c) { return c.join_flow(flow_of(started)); });
}

penstock_status penstock_client_complete_flow(penstock_client* client, penstock_flow* flow,
                                              penstock_outcome outcome) {
  return with_client(client, [&](Client& c) {
    return c.complete_flow(flow_of(flow), penstock::c::to_outcome(outcome));
  });
}

penstock_text penstock_flow_correlation_id(const penstock_flow* flow) {
  if (flow == nullptr) return {nullptr, 0};
  std::string_view id;
  guarded([&] {
    id = flow_of(flow).correlation_id();
    return Status();
  });
  return {id.data(), id.size()};
}

void penstock_flow_free(penstock_flow* flow) {
  take_back(flow_handles, flow, "the handle is no flow's, or the flow was freed before");
}

penstock_status penstock_client_set_consent(penstock_client* client, penstock_consent consent) {
  return with_client(client,
                     [&](Client& c) { return c.set_consent(penstock::c::to_consent(consent)); });
}

penstock_consent penstock_client_consent(penstock_client* client) {
  if (client == nullptr) return PENSTOCK_CONSENT_UNKNOWN;
  penstock_consent consent = PENSTOCK_CONSENT_UNKNOWN;
  guarded([&] {
    consent = static_cast<penstock_consent>(client_of(client).consent());
    return Status();
  });
  return consent;
}

penstock_status penstock_client_forget(penstock_client* client) {
  return with_client(client, [](Client& c) { return c.forget(); });
}

penstock_status penstock_client_flush(penstock_client* client, int64_t timeout_ms) {
  return with_client(client,
                     [&](Client& c) { return c.flush(std::chrono::milliseconds(timeout_ms)); });
}

penstock_status penstock_client_close(penstock_client* client, int64_t timeout_ms) {
  return with_client(client,
                     [&](Client& c) { return c.close(std::chrono::milliseconds(timeout_ms)); });
}

penstock_status penstock_client_stats(penstock_client* client, penstock_stats* stats) {
  return with_client(client, [&](Client& c) {
    penstock_stats now = take(stats, kStatsBytesMin, penstock_stats{},
                              "stats is NULL or its struct_size was not set");
    penstock::c::fill_stats(c.stats(), now);
    give(now, stats, stats->struct_size);
    return Status();
  });
}

penstock_status penstock_client_ledger(penstock_client* client, char* json, size_t json_size,
                                       size_t* size) {
  return with_client(client, [&](Client& c) {
    check_room(json, json_size, size);
    fill_room(penstock::c::ledger_json(c.ledger()), json, json_size, size);
    return Status();
  });
}

const char* penstock_status_name(penstock_status status) {
  switch (status) {
    case PENSTOCK_OK:
      return "ok";
    case PENSTOCK_INVALID_OPTION:
      return "invalid_option";
    case PENSTOCK_INVALID_EVENT:
      return "invalid_event";
    case PENSTOCK_TOO_LARGE:
      return "too_large";
    case PENSTOCK_STORAGE_FULL:
      return "storage_full";
    case PENSTOCK_DIRECTORY_IN_USE:
      return "directory_in_use";
    case PENSTOCK_IO:
      return "io";
    case PENSTOCK_TIMEOUT:
      return "timeout";
    case PENSTOCK_REFUSED:
      return "refused";
    case PENSTOCK_CLOSED:
      return "closed";
    case PENSTOCK_NOT_ALLOWED:
      return "not_allowed";
    case PENSTOCK_OUT_OF_MEMORY:
      return "out_of_memory";
    case PENSTOCK_INTERNAL:
      return "internal";
    case PENSTOCK_INVALID_ARGUMENT:
      return "invalid_argument";
    case PENSTOCK_MISUSE:
      return "misuse";
    default:
      return "unknown";
  }
}

const char* penstock_version(void) { return PENSTOCK_VERSION; }

}  // extern "C"
