/* Calls that may fail, with their message: fetched in the same call, before a finalizer of this
 * thread may call the library. `message` has room for PENSTOCK_PY_MESSAGE bytes. Handles are numbers;
 * 0 is none. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "penstock/penstock.h"

/* --- cffi reads from here */
#define PENSTOCK_PY_MESSAGE 1024

int penstock_py_open(const penstock_options* options, uintptr_t* client, char* message);
void penstock_py_free(uintptr_t client);
int penstock_py_track_json(uintptr_t client, const char* event, size_t size, char* message);
/* `which`: 0 set_user, 1 set_session, 2 start_session, 3 enter_page. A NULL id is none. */
int penstock_py_with_id(uintptr_t client, int which, const char* id, size_t size, char* message);
/* `which`: 0 end_session, 1 leave_page, 2 pause, 3 resume, 4 forget. */
int penstock_py_plain(uintptr_t client, int which, char* message);
int penstock_py_flush(uintptr_t client, int64_t timeout_ms, char* message);
int penstock_py_close(uintptr_t client, int64_t timeout_ms, char* message);
int penstock_py_set_consent(uintptr_t client, int consent, char* message);
int penstock_py_consent(uintptr_t client);
int penstock_py_stats(uintptr_t client, penstock_stats* stats, char* message);
int penstock_py_ledger(uintptr_t client, char* json, size_t json_size, size_t* size, char* message);
int penstock_py_start_flow(uintptr_t client, const char* process, size_t process_size,
                           const char* correlation_id, size_t correlation_id_size, uintptr_t* flow,
                           char* message);
int penstock_py_complete_flow(uintptr_t client, uintptr_t flow, int outcome, char* message);
/* Copies the id, cut to `room`; returns its size. */
size_t penstock_py_correlation_id(uintptr_t flow, char* id, size_t room);
void penstock_py_free_flow(uintptr_t flow);
