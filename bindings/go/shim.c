#include "shim.h"

#include <string.h>

#define SAME_PLACE(ours, theirs, member) \
  _Static_assert(offsetof(ours, member) == offsetof(theirs, member), "one layout")

_Static_assert(sizeof(penstock_go_event) == sizeof(penstock_flat_event), "one layout");
SAME_PLACE(penstock_go_event, penstock_flat_event, flow);
SAME_PLACE(penstock_go_event, penstock_flat_event, sizes);
SAME_PLACE(penstock_go_event, penstock_flat_event, metadata);
_Static_assert(sizeof(penstock_go_entry) == sizeof(penstock_flat_entry), "one layout");
SAME_PLACE(penstock_go_entry, penstock_flat_entry, name_size);
SAME_PLACE(penstock_go_entry, penstock_flat_entry, number);

typedef penstock_status (*text_call)(penstock_client*, const char*, size_t);
static const text_call text_calls[] = {penstock_client_track_json, penstock_client_set_user,
                                       penstock_client_set_session, penstock_client_start_session,
                                       penstock_client_enter_page};

typedef penstock_status (*plain_call)(penstock_client*);
static const plain_call plain_calls[] = {penstock_client_end_session, penstock_client_leave_page,
                                         penstock_client_pause, penstock_client_resume,
                                         penstock_client_forget};

static penstock_client* client_of(uintptr_t handle) { return (penstock_client*)handle; }

static penstock_status told(penstock_status status, char* message) {
  if (status == PENSTOCK_OK) return status;
  strncpy(message, penstock_last_error(), PENSTOCK_GO_MESSAGE_BYTES - 1);
  message[PENSTOCK_GO_MESSAGE_BYTES - 1] = '\0';
  return status;
}

penstock_status penstock_go_open(const penstock_options* options, uintptr_t* client,
                                 char* message) {
  penstock_client* opened = NULL;
  const penstock_status status = penstock_client_open(options, &opened);
  *client = (uintptr_t)opened;
  return told(status, message);
}

void penstock_go_free(uintptr_t client) { penstock_client_free(client_of(client)); }

penstock_status penstock_go_track(uintptr_t client, const penstock_go_event* event,
                                  const penstock_go_entry* entries, size_t entries_count,
                                  const char* text, size_t text_size, char* message) {
  return penstock_flat_track(client_of(client), (const penstock_flat_event*)event,
                             (const penstock_flat_entry*)entries, entries_count, text, text_size,
                             message, PENSTOCK_GO_MESSAGE_BYTES);
}

penstock_status penstock_go_call_text(int which, uintptr_t client, const char* text, size_t size,
                                      char* message) {
  return told(text_calls[which](client_of(client), size != 0 ? text : NULL, size), message);
}

penstock_status penstock_go_call(int which, uintptr_t client, char* message) {
  return told(plain_calls[which](client_of(client)), message);
}

penstock_status penstock_go_flush(uintptr_t client, int64_t timeout_ms, char* message) {
  return told(penstock_client_flush(client_of(client), timeout_ms), message);
}

penstock_status penstock_go_close(uintptr_t client, int64_t timeout_ms, char* message) {
  return told(penstock_client_close(client_of(client), timeout_ms), message);
}

penstock_status penstock_go_start_flow(uintptr_t client, const char* process, size_t process_size,
                                       const char* given, size_t given_size, uintptr_t* flow,
                                       char* correlation_id, size_t* correlation_size,
                                       char* message) {
  penstock_flow* started = NULL;
  const penstock_status status =
      penstock_client_start_detached_flow(client_of(client), process, process_size,
                                          given_size != 0 ? given : NULL, given_size, &started);
  *flow = (uintptr_t)started;
  *correlation_size = 0;
  if (status != PENSTOCK_OK) return told(status, message);
  const penstock_text id = penstock_flow_correlation_id(started);
  if (id.size != 0 && id.size <= PENSTOCK_GO_CORRELATION_BYTES) {
    memcpy(correlation_id, id.data, id.size);
    *correlation_size = id.size;
  }
  return status;
}

penstock_status penstock_go_complete_flow(uintptr_t client, uintptr_t flow, int outcome,
                                          char* message) {
  return told(penstock_client_complete_flow(client_of(client), (penstock_flow*)flow,
                                            (penstock_outcome)outcome),
              message);
}

void penstock_go_flow_free(uintptr_t flow) { penstock_flow_free((penstock_flow*)flow); }

penstock_status penstock_go_set_consent(uintptr_t client, int consent, char* message) {
  return told(penstock_client_set_consent(client_of(client), (penstock_consent)consent), message);
}

int penstock_go_consent(uintptr_t client) {
  return (int)penstock_client_consent(client_of(client));
}

penstock_status penstock_go_stats(uintptr_t client, penstock_stats* stats, char* message) {
  memset(stats, 0, sizeof *stats);
  stats->struct_size = sizeof *stats;
  return told(penstock_client_stats(client_of(client), stats), message);
}

penstock_status penstock_go_ledger(uintptr_t client, char* json, size_t json_size, size_t* size,
                                   char* message) {
  return told(penstock_client_ledger(client_of(client), json, json_size, size), message);
}
