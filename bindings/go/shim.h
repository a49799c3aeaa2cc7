/* What Go calls instead of penstock.h: handles are numbers, and a failure's text is fetched within
 * the call, because the next one may run on another thread. */
#ifndef PENSTOCK_GO_SHIM_H
#define PENSTOCK_GO_SHIM_H

#include <stddef.h>
#include <stdint.h>

#include "flat_event.h"
#include "penstock/penstock.h"

/* Written by the build: Go looks at the headers here, and not at the library, to see what changed.
 */
#if __has_include("native_digest.h")
#include "native_digest.h"
#endif

enum {
  PENSTOCK_GO_MESSAGE_BYTES = 512,
  PENSTOCK_GO_CORRELATION_BYTES = 256 /* of an identifier, at most */
};

/* penstock_flat_event and penstock_flat_entry, without pointers and unions. */
typedef struct penstock_go_event {
  int32_t kind;
  int32_t outcome;
  int64_t time_ms;
  int64_t duration_ms;
  uint64_t schema_version;
  uintptr_t flow;
  uint32_t sizes[PENSTOCK_FLAT_TEXTS];
  uint32_t details;
  uint32_t metadata;
  uint32_t reserved;
} penstock_go_event;

typedef struct penstock_go_entry {
  int32_t type;
  uint32_t name_size;
  uint32_t text_size;
  uint32_t reserved;
  int64_t number; /* of a real its bits */
} penstock_go_entry;

/* Each writes a failure's text, ended by a NUL, to `message`, and nothing if it works. */

penstock_status penstock_go_open(const penstock_options* options, uintptr_t* client, char* message);
void penstock_go_free(uintptr_t client);

penstock_status penstock_go_track(uintptr_t client, const penstock_go_event* event,
                                  const penstock_go_entry* entries, size_t entries_count,
                                  const char* text, size_t text_size, char* message);

typedef enum penstock_go_text_call {
  PENSTOCK_GO_TRACK_JSON = 0,
  PENSTOCK_GO_SET_USER = 1,
  PENSTOCK_GO_SET_SESSION = 2,
  PENSTOCK_GO_START_SESSION = 3,
  PENSTOCK_GO_ENTER_PAGE = 4
} penstock_go_text_call;

penstock_status penstock_go_call_text(int which, uintptr_t client, const char* text, size_t size,
                                      char* message);

typedef enum penstock_go_plain_call {
  PENSTOCK_GO_END_SESSION = 0,
  PENSTOCK_GO_LEAVE_PAGE = 1,
  PENSTOCK_GO_PAUSE = 2,
  PENSTOCK_GO_RESUME = 3,
  PENSTOCK_GO_FORGET = 4
} penstock_go_plain_call;

penstock_status penstock_go_call(int which, uintptr_t client, char* message);

penstock_status penstock_go_flush(uintptr_t client, int64_t timeout_ms, char* message);
penstock_status penstock_go_close(uintptr_t client, int64_t timeout_ms, char* message);

/* `correlation_id` has room for PENSTOCK_GO_CORRELATION_BYTES; *correlation_size of them are used.
 */
penstock_status penstock_go_start_flow(uintptr_t client, const char* process, size_t process_size,
                                       const char* given, size_t given_size, uintptr_t* flow,
                                       char* correlation_id, size_t* correlation_size,
                                       char* message);
penstock_status penstock_go_complete_flow(uintptr_t client, uintptr_t flow, int outcome,
                                          char* message);
void penstock_go_flow_free(uintptr_t flow);

penstock_status penstock_go_set_consent(uintptr_t client, int consent, char* message);
int penstock_go_consent(uintptr_t client);

penstock_status penstock_go_stats(uintptr_t client, penstock_stats* stats, char* message);
penstock_status penstock_go_ledger(uintptr_t client, char* json, size_t json_size, size_t* size,
                                   char* message);

#endif
