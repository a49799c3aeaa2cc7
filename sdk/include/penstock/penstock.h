/* The C ABI of Penstock, for C and for other languages. Link penstock::c.
 *
 * Conventions of this header
 * (1) Handles are opaque, and no addresses. penstock_client_open has its penstock_client_free, which
 *     accepts NULL. A handle that is none, or was freed, fails with PENSTOCK_MISUSE and is counted
 *     (penstock_stale_handles). There are up to 65,536 of each kind at a time.
 * (2) Text is UTF-8, pointer and length, and is copied before the call returns. A NULL pointer with
 *     length 0 is "not given". A text of more than 16 MiB is refused.
 * (3) What can fail returns penstock_status: 0 is success. penstock_last_error() is the message of
 *     the calling thread's last failure, valid until that thread's next call into the library.
 * (4) Structs that the caller fills begin with struct_size, so that they can grow: set them up with
 *     their penstock_..._init function, never by hand. A program that was compiled with an earlier
 *     version, whose structs are smaller, works with this library: what it does not know has its
 *     default. docs/abi.md has what is promised.
 * (5) Times are milliseconds, sizes are bytes. An array of the options has at most 4096 elements.
 * (6) The ..._32_BITS value of each enum only fixes its size, and makes every number that another
 *     language may pass a valid value of the type: an unknown one is refused, not undefined.
 *
 * Threads: every function may be called from any thread, also at the same time on one client;
 * only penstock_client_free is for a thread that has it alone.
 */
#ifndef PENSTOCK_PENSTOCK_H
#define PENSTOCK_PENSTOCK_H

#include <stddef.h>
#include <stdint.h>

#include "penstock/export.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct penstock_client penstock_client;

/* The same numbers as penstock::StatusCode, and the same meanings (status.hpp). */
typedef enum penstock_status {
  PENSTOCK_OK = 0,
  PENSTOCK_INVALID_OPTION = 1,
  PENSTOCK_INVALID_EVENT = 2,
  PENSTOCK_TOO_LARGE = 3,
  PENSTOCK_STORAGE_FULL = 4,
  PENSTOCK_DIRECTORY_IN_USE = 5,
  PENSTOCK_IO = 6,
  PENSTOCK_TIMEOUT = 7,
  PENSTOCK_REFUSED = 8,
  PENSTOCK_CLOSED = 9,
  PENSTOCK_NOT_ALLOWED = 10,
  PENSTOCK_OUT_OF_MEMORY = 11,
  PENSTOCK_INTERNAL = 12,
  /* A NULL handle or pointer, a struct that was not set up, or a number that cannot be meant: see
   * (2), (5) and penstock_event. */
  PENSTOCK_INVALID_ARGUMENT = 13,
  PENSTOCK_MISUSE = 14,
  PENSTOCK_STATUS_32_BITS = 0x7FFFFFFF
} penstock_status;

typedef struct penstock_text {
  const char* data; /* UTF-8; needs no NUL at its end */
  size_t size;
} penstock_text;

/* `text` ends with a NUL; NULL gives an empty text. The text must live until the call that gets it
 * has returned. */
PENSTOCK_API penstock_text penstock_text_of(const char* text);

/* --- Options: as in options.hpp, where each is explained ------------------------------------- */

typedef enum penstock_compression {
  PENSTOCK_COMPRESSION_NONE = 0,
  PENSTOCK_COMPRESSION_GZIP = 1,
  PENSTOCK_COMPRESSION_ZSTD = 2,
  PENSTOCK_COMPRESSION_32_BITS = 0x7FFFFFFF
} penstock_compression;

/* As WithoutConsent in options.hpp. */
typedef enum penstock_without_consent {
  PENSTOCK_WITHOUT_CONSENT_SEND = 0,
  PENSTOCK_WITHOUT_CONSENT_KEEP = 1,
  PENSTOCK_WITHOUT_CONSENT_DROP = 2,
  PENSTOCK_WITHOUT_CONSENT_32_BITS = 0x7FFFFFFF
} penstock_without_consent;

/* As SessionMode in options.hpp. */
typedef enum penstock_session_mode {
  PENSTOCK_SESSION_OFF = 0,
  PENSTOCK_SESSION_MANUAL = 1,
  PENSTOCK_SESSION_AUTOMATIC = 2,
  PENSTOCK_SESSION_MODE_32_BITS = 0x7FFFFFFF
} penstock_session_mode;

typedef struct penstock_field {
  penstock_text name;
  penstock_text value;
} penstock_field;

/* Writes the address of the proxy for `url`, ended by a NUL, into `proxy`, which has room for
 * `proxy_size` bytes (512); an empty text is no proxy. Returns 0; anything else is a failed
 * attempt, which is repeated later. Called on the sender thread, which may outlast the client by a
 * moment. It must not longjmp, or call its client. */
typedef int (*penstock_proxy_callback)(void* context, penstock_text url, char* proxy,
                                       size_t proxy_size);

typedef enum penstock_log_level {
  PENSTOCK_LOG_INFO = 0,
  PENSTOCK_LOG_WARNING = 1,
  PENSTOCK_LOG_ERROR = 2,
  PENSTOCK_LOG_LEVEL_32_BITS = 0x7FFFFFFF
} penstock_log_level;
/* As LogCallback in options.hpp. `code` and `text` are valid during the call, and no NUL ends them.
 * It must not longjmp. */
typedef void (*penstock_log_callback)(void* context, penstock_log_level level, penstock_text code,
                                      penstock_text text);

typedef struct penstock_options {
  size_t struct_size;
  penstock_text directory; /* must be set, as must endpoint and write_key */
  penstock_text endpoint;
  penstock_text write_key;
  penstock_text app_name;
  penstock_text app_version;
  const penstock_field* context;
  size_t context_count;
  uint64_t disk_bytes_max;
  size_t segment_bytes;
  size_t event_bytes_max;
  uint32_t sync_interval_ms;
  uint32_t adopt_interval_ms;
  size_t batch_events_max;
  size_t batch_bytes_max;
  uint32_t batch_age_max_ms;
  penstock_compression compression;
  uint32_t connect_timeout_ms;
  uint32_t request_timeout_ms;
  uint32_t retry_delay_min_ms;
  uint32_t retry_delay_max_ms;
  uint32_t refusal_delay_min_ms;
  uint32_t refusal_delay_max_ms;
  penstock_text ca_file;
  const penstock_text* remove_fields;
  size_t remove_fields_count;
  const penstock_text* allow_fields;
  size_t allow_fields_count;
  int mask_emails; /* 0 or 1 */
  int mask_cards;
  int mask_phones;
  int dangerously_disable_tls_verification;
  int dangerously_allow_plain_http;
  penstock_text proxy;
  penstock_proxy_callback proxy_for_url; /* NULL: none */
  void* proxy_for_url_context;           /* given to it as it is */
  penstock_text ca_pem;
  const penstock_text* pinned_public_keys;
  size_t pinned_public_keys_count;
  penstock_text client_certificate_file;
  penstock_text client_key_file;
  penstock_without_consent without_consent;
  uint32_t event_age_max_hours;
  penstock_session_mode session_mode;
  uint32_t session_idle_max_ms;
  penstock_log_callback log; /* NULL: none */
  void* log_context;         /* given to it as it is */
  const penstock_text* event_types;
  size_t event_types_count;
  const penstock_text* detect; /* kinds of personal data, as Options::detect */
  size_t detect_count;
  const penstock_text* do_not_detect;
  size_t do_not_detect_count;
  const penstock_text* privacy_rules; /* "<path> <action>" each, as Options::privacy_rules */
  size_t privacy_rules_count;
  const penstock_field* pseudonym_keys; /* a key's id and its bytes, at least 16 */
  size_t pseudonym_keys_count;
} penstock_options;

/* Fills in the defaults. Does nothing for NULL. Other languages call the one that takes the size of
 * their struct. */
PENSTOCK_API void penstock_options_init_sized(penstock_options* options, size_t struct_size);
static inline void penstock_options_init(penstock_options* options) {
  penstock_options_init_sized(options, sizeof *options);
}

/* --- Events: as in event.hpp ----------------------------------------------------------------- */

typedef enum penstock_event_kind {
  PENSTOCK_ACTIVITY = 0, /* `name` is the activityType */
  PENSTOCK_SESSION_START = 1,
  PENSTOCK_SESSION_END = 2,
  PENSTOCK_PAGE_START = 3,
  PENSTOCK_PAGE_END = 4,
  PENSTOCK_PAGE_VIEW = 5,
  PENSTOCK_CLICK = 6,              /* `name` is the element */
  PENSTOCK_FORM_SUBMISSION = 7,    /* `name` is the form */
  PENSTOCK_PROCESS_COMPLETION = 8, /* `name` is the process */
  PENSTOCK_ERROR = 9,              /* `name` is the message */
  PENSTOCK_RECORD_APPROVED = 10,
  PENSTOCK_RECORD_DENIED = 11,
  PENSTOCK_RECORD_RETURNED = 12,
  PENSTOCK_RECORD_CHANGED = 13, /* `name` is the action */
  PENSTOCK_CUSTOM = 14,         /* `name` is the eventType, one of options.event_types */
  PENSTOCK_EVENT_KIND_32_BITS = 0x7FFFFFFF
} penstock_event_kind;

typedef enum penstock_outcome {
  PENSTOCK_OUTCOME_NONE = 0,
  PENSTOCK_OUTCOME_SUCCESS = 1,
  PENSTOCK_OUTCOME_FAILURE = 2,
  PENSTOCK_OUTCOME_32_BITS = 0x7FFFFFFF
} penstock_outcome;

typedef enum penstock_value_type {
  PENSTOCK_VALUE_NULL = 0,
  PENSTOCK_VALUE_TEXT = 1,
  PENSTOCK_VALUE_INTEGER = 2,
  PENSTOCK_VALUE_REAL = 3,
  PENSTOCK_VALUE_BOOLEAN = 4, /* in `integer`: 0 or 1 */
  PENSTOCK_VALUE_TYPE_32_BITS = 0x7FFFFFFF
} penstock_value_type;

typedef struct penstock_detail {
  penstock_text name;
  penstock_value_type type;
  penstock_text text;
  int64_t integer;
  double real;
} penstock_detail;

PENSTOCK_API penstock_detail penstock_detail_text(const char* name, const char* value);
PENSTOCK_API penstock_detail penstock_detail_integer(const char* name, int64_t value);
PENSTOCK_API penstock_detail penstock_detail_real(const char* name, double value);
PENSTOCK_API penstock_detail penstock_detail_boolean(const char* name, int value);

/* Details, or metadata, that hold objects and arrays: an object that is built member by member.
 *
 *     penstock_object_add(cart, penstock_detail_real("total", 12.5));
 *     penstock_object_open_array(cart, "codes", 5);
 *     penstock_object_add(cart, penstock_detail_text(NULL, "spring"));
 *     penstock_object_close(cart);
 *
 * is {"total": 12.5, "codes": ["spring"]}. Used again for each event, with penstock_object_clear(),
 * it takes no memory any more. What is wrong with it can be left to penstock_client_track(), which
 * then refuses the event, with the first failure's text. For one thread at a time. */
typedef struct penstock_object penstock_object;
/* See penstock_client_start_flow. */
typedef struct penstock_flow penstock_flow;

/* On success *object is a new handle, of an empty object; on failure it is NULL. */
PENSTOCK_API penstock_status penstock_object_new(penstock_object** object);
/* Accepts NULL. */
PENSTOCK_API void penstock_object_free(penstock_object* object);
/* Adds to the object or array that was opened last and is not closed. Values of an array have no
 * name (NULL). What is beyond the limits of event.hpp, here and in the two functions below, fails
 * with PENSTOCK_INVALID_EVENT: later calls are taken as before, and an event with the object is
 * refused. */
PENSTOCK_API penstock_status penstock_object_add(penstock_object* object, penstock_detail member);
PENSTOCK_API penstock_status penstock_object_open_object(penstock_object* object, const char* name,
                                                         size_t name_size);
PENSTOCK_API penstock_status penstock_object_open_array(penstock_object* object, const char* name,
                                                        size_t name_size);
PENSTOCK_API penstock_status penstock_object_close(penstock_object* object);
PENSTOCK_API penstock_status penstock_object_clear(penstock_object* object);

#define PENSTOCK_NO_DURATION INT64_MIN

typedef struct penstock_event {
  size_t struct_size;
  penstock_event_kind kind;
  penstock_text name; /* what it means depends on the kind, see there */
  penstock_text page_id;
  penstock_text record_id; /* of the PENSTOCK_RECORD_... kinds */
  penstock_text user_id;   /* wins over penstock_client_set_user */
  penstock_text session_id;
  penstock_text correlation_id;
  int64_t time_ms;     /* Unix time, until the year 2262; 0: now */
  int64_t duration_ms; /* PENSTOCK_NO_DURATION: none */
  penstock_outcome outcome;
  const penstock_detail* details; /* up to 16, less duration, outcome and name */
  size_t details_count;
  const penstock_detail* metadata; /* up to 8, less traceparent */
  size_t metadata_count;
  penstock_text traceparent;        /* of W3C Trace Context; see Event::trace() */
  penstock_object* details_object;  /* each of its members is a detail more; may be NULL */
  penstock_object* metadata_object; /* the same for metadata */
  uint64_t schema_version;          /* of PENSTOCK_CUSTOM; 0: 1 */
  const penstock_flow*
      flow; /* whose correlationId it carries, unless it names one, or a trace; NULL:
                                that of the thread's innermost flow */
} penstock_event;

/* Sets the kind, and all else to "not given". Does nothing for NULL. */
PENSTOCK_API void penstock_event_init_sized(penstock_event* event, size_t struct_size,
                                            penstock_event_kind kind);
static inline void penstock_event_init(penstock_event* event, penstock_event_kind kind) {
  penstock_event_init_sized(event, sizeof *event, kind);
}

/* --- A client: as penstock::Client in penstock.hpp ------------------------------------------- */

/* On success *client is a new handle; on failure it is NULL. */
PENSTOCK_API penstock_status penstock_client_open(const penstock_options* options,
                                                  penstock_client** client);
/* Closes it with a bound of 2 seconds if it is open. */
PENSTOCK_API void penstock_client_free(penstock_client* client);

/* PENSTOCK_OK: the event survives kill -9 of this process. */
PENSTOCK_API penstock_status penstock_client_track(penstock_client* client,
                                                   const penstock_event* event);
/* One event as a JSON object. */
PENSTOCK_API penstock_status penstock_client_track_json(penstock_client* client, const char* event,
                                                        size_t event_size);
PENSTOCK_API penstock_status penstock_client_set_user(penstock_client* client, const char* user_id,
                                                      size_t user_id_size);
PENSTOCK_API penstock_status penstock_client_set_session(penstock_client* client,
                                                         const char* session_id,
                                                         size_t session_id_size);
/* `session_id` NULL: the client makes one. */
PENSTOCK_API penstock_status penstock_client_start_session(penstock_client* client,
                                                           const char* session_id,
                                                           size_t session_id_size);
PENSTOCK_API penstock_status penstock_client_end_session(penstock_client* client);
PENSTOCK_API penstock_status penstock_client_enter_page(penstock_client* client,
                                                        const char* page_id, size_t page_id_size);
PENSTOCK_API penstock_status penstock_client_leave_page(penstock_client* client);
PENSTOCK_API penstock_status penstock_client_pause(penstock_client* client);
PENSTOCK_API penstock_status penstock_client_resume(penstock_client* client);
/* A flow, on the thread that has started or joined it: as Flow in penstock.hpp. On success *flow is a new handle, to be freed by the same thread; on failure it is NULL.
 * `correlation_id` NULL: the client makes one. */
PENSTOCK_API penstock_status penstock_client_start_flow(penstock_client* client,
                                                        const char* process, size_t process_size,
                                                        const char* correlation_id,
                                                        size_t correlation_id_size,
                                                        penstock_flow** flow);
/* A detached one, for tasks that move between threads: events name it by penstock_event.flow, any
 * thread may complete it and free it. */
PENSTOCK_API penstock_status penstock_client_start_detached_flow(
    penstock_client* client, const char* process, size_t process_size, const char* correlation_id,
    size_t correlation_id_size, penstock_flow** flow);
PENSTOCK_API penstock_status penstock_client_join_flow(penstock_client* client,
                                                       const penstock_flow* started,
                                                       penstock_flow** joined);
/* `flow` is still to be freed. `outcome` must not be PENSTOCK_OUTCOME_NONE. */
PENSTOCK_API penstock_status penstock_client_complete_flow(penstock_client* client,
                                                           penstock_flow* flow,
                                                           penstock_outcome outcome);
/* Valid as long as the flow; empty for NULL, and for one that is completed. Without a NUL. */
PENSTOCK_API penstock_text penstock_flow_correlation_id(const penstock_flow* flow);
/* Ends it, without an event. Accepts NULL. Also after its client was freed. */
PENSTOCK_API void penstock_flow_free(penstock_flow* flow);
/* A negative timeout is 0. What penstock_client_close() could not send is in the journal for the
 * next program that opens the directory; penstock_last_error() says how many events that are. */
PENSTOCK_API penstock_status penstock_client_flush(penstock_client* client, int64_t timeout_ms);
PENSTOCK_API penstock_status penstock_client_close(penstock_client* client, int64_t timeout_ms);

/* As Consent in penstock.hpp. */
typedef enum penstock_consent {
  PENSTOCK_CONSENT_UNKNOWN = 0,
  PENSTOCK_CONSENT_GRANTED = 1,
  PENSTOCK_CONSENT_DENIED = 2,
  PENSTOCK_CONSENT_32_BITS = 0x7FFFFFFF
} penstock_consent;

PENSTOCK_API penstock_status penstock_client_set_consent(penstock_client* client,
                                                         penstock_consent consent);
/* Unknown for a NULL client. */
PENSTOCK_API penstock_consent penstock_client_consent(penstock_client* client);
PENSTOCK_API penstock_status penstock_client_forget(penstock_client* client);

typedef enum penstock_sender_state {
  PENSTOCK_SENDER_RUNNING = 0,
  PENSTOCK_SENDER_RETRYING = 1,
  PENSTOCK_SENDER_REFUSED = 2,
  PENSTOCK_SENDER_STATE_32_BITS = 0x7FFFFFFF
} penstock_sender_state;

typedef struct penstock_stats {
  size_t struct_size; /* set by the caller to sizeof(penstock_stats) */
  uint64_t recorded;
  uint64_t adopted;
  uint64_t acknowledged;
  uint64_t rejected;
  uint64_t pending;
  uint64_t dropped_invalid;
  uint64_t dropped_too_large;
  uint64_t dropped_storage_full;
  uint64_t dropped_io_error;
  uint64_t dropped_out_of_memory;
  uint64_t dropped_not_allowed;
  uint64_t dropped_too_large_for_gateway;
  uint64_t dropped_expired;
  uint64_t dropped_consent_denied;
  uint64_t dropped_forgotten;
  uint64_t torn;
  uint64_t misused;
  uint64_t masked;
  uint64_t batches_sent;
  uint64_t retries;
  uint64_t bytes_sent;
  uint64_t disk_bytes;
  uint64_t last_seq;
  char install_id[37];
  penstock_sender_state sender;
  char sender_message[256]; /* cut if it is longer; ends with a NUL */
} penstock_stats;

PENSTOCK_API penstock_status penstock_client_stats(penstock_client* client, penstock_stats* stats);

/* The ledger: what became of the events that this process's part of the directory has recorded, over
 * all runs, as LedgerRow in penstock.hpp. Writes JSON text into `json`, without a NUL: an array of
 *
 *     {"type": "Click", "recorded": 3, "acknowledged": 2, "rejected": 0, "pending": 0,
 *      "dropped": {"expired": 1}, "refused": {"too_large": 1}}
 *
 * *size becomes the number of its bytes; if that is more than json_size, nothing was written. */
PENSTOCK_API penstock_status penstock_client_ledger(penstock_client* client, char* json,
                                                    size_t json_size, size_t* size);

/* --- A preview: as preview_text() and preview() in penstock.hpp ------------------------------ */

/* What a text becomes, and the JSON text that an event becomes. `options` need no directory,
 * endpoint or write_key; nothing is opened or written. Each writes without a NUL: *size becomes the
 * number of bytes; if that is more than the room for them, nothing was written. */
PENSTOCK_API penstock_status penstock_preview_text(const penstock_options* options,
                                                   penstock_text text, char* masked,
                                                   size_t masked_size, size_t* size);
PENSTOCK_API penstock_status penstock_preview_event(const penstock_options* options,
                                                    const penstock_event* event, char* json,
                                                    size_t json_size, size_t* size);

/* --- About failures, and the library --------------------------------------------------------- */

/* The message of the calling thread's last failure; "" if its last call worked. Never NULL. */
PENSTOCK_API const char* penstock_last_error(void);
/* How many calls of this process were given a handle that is none, or was freed. */
PENSTOCK_API uint64_t penstock_stale_handles(void);
/* For example "storage_full"; "unknown" for a number that is none of the above. Static. */
PENSTOCK_API const char* penstock_status_name(penstock_status status);
/* For example "0.5.0". Static. */
PENSTOCK_API const char* penstock_version(void);

#ifdef __cplusplus
}
#endif

#endif
