#include "calls.h"

#include <string.h>

static penstock_client* client_of(uintptr_t handle) { return (penstock_client*)handle; }
static penstock_flow* flow_of(uintptr_t handle) { return (penstock_flow*)handle; }

static int tell(penstock_status status, char* message) {
  message[0] = '\0';
  if (status != PENSTOCK_OK) strncat(message, penstock_last_error(), PENSTOCK_PY_MESSAGE - 1);
  return (int)status;
}

int penstock_py_open(const penstock_options* options, uintptr_t* client, char* message) {
  penstock_client* opened = NULL;
  const int status = tell(penstock_client_open(options, &opened), message);
  *client = (uintptr_t)opened;
  return status;
}

void penstock_py_free(uintptr_t client) { penstock_client_free(client_of(client)); }

int penstock_py_track_json(uintptr_t client, const char* event, size_t size, char* message) {
  return tell(penstock_client_track_json(client_of(client), event, size), message);
}

int penstock_py_with_id(uintptr_t client, int which, const char* id, size_t size, char* message) {
  static penstock_status (*const calls[])(penstock_client*, const char*, size_t) = {
      penstock_client_set_user, penstock_client_set_session, penstock_client_start_session,
      penstock_client_enter_page};
  return tell(calls[which](client_of(client), id, size), message);
}

int penstock_py_plain(uintptr_t client, int which, char* message) {
  static penstock_status (*const calls[])(penstock_client*) = {
      penstock_client_end_session, penstock_client_leave_page, penstock_client_pause,
      penstock_client_resume, penstock_client_forget};
  return tell(calls[which](client_of(client)), message);
}

int penstock_py_flush(uintptr_t client, int64_t timeout_ms, char* message) {
  return tell(penstock_client_flush(client_of(client), timeout_ms), message);
}

int penstock_py_close(uintptr_t client, int64_t timeout_ms, char* message) {
  return tell(penstock_client_close(client_of(client), timeout_ms), message);
}

int penstock_py_set_consent(uintptr_t client, int consent, char* message) {
  return tell(penstock_client_set_consent(client_of(client), (penstock_consent)consent), message);
}

int penstock_py_consent(uintptr_t client) {
  return (int)penstock_client_consent(client_of(client));
}

int penstock_py_stats(uintptr_t client, penstock_stats* stats, char* message) {
  stats->struct_size = sizeof *stats;
  return tell(penstock_client_stats(client_of(client), stats), message);
}

int penstock_py_ledger(uintptr_t client, char* json, size_t json_size, size_t* size,
                       char* message) {
  return tell(penstock_client_ledger(client_of(client), json, json_size, size), message);
}

int penstock_py_start_flow(uintptr_t client, const char* process, size_t process_size,
                           const char* correlation_id, size_t correlation_id_size, uintptr_t* flow,
                           char* message) {
  penstock_flow* started = NULL;
  const int status =
      tell(penstock_client_start_detached_flow(client_of(client), process, process_size,
                                               correlation_id, correlation_id_size, &started),
           message);
  *flow = (uintptr_t)started;
  return status;
}

int penstock_py_complete_flow(uintptr_t client, uintptr_t flow, int outcome, char* message) {
  return tell(
      penstock_client_complete_flow(client_of(client), flow_of(flow), (penstock_outcome)outcome),
      message);
}

size_t penstock_py_correlation_id(uintptr_t flow, char* id, size_t room) {
  const penstock_text text = penstock_flow_correlation_id(flow_of(flow));
  if (text.size != 0) memcpy(id, text.data, text.size < room ? text.size : room);
  return text.size;
}

void penstock_py_free_flow(uintptr_t flow) { penstock_flow_free(flow_of(flow)); }
