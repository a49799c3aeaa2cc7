/* What the files of the addon share. Each environment (the main thread, each worker) has an
 * instance of its own; nothing is static. Functions that fail return a penstock_status and leave
 * the message in the instance, where JavaScript fetches it before anything else runs. */
#ifndef PENSTOCK_NODE_ADDON_H
#define PENSTOCK_NODE_ADDON_H

#define NAPI_VERSION 8
#include <node_api.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "penstock/penstock.h"

enum { MESSAGE_BYTES = 4096, ARGUMENTS_MAX = 3 };

typedef struct instance {
  int uses;    /* the environment's, and one of each box */
  bool ending; /* the environment is being torn down */
  char* event; /* what lib/pack.js writes: see track.c */
  size_t event_bytes;
  char* text;
  size_t text_bytes;
  napi_ref event_owner;
  napi_ref text_owner;
  char message[MESSAGE_BYTES];
} instance;

/* A client, as JavaScript holds it. Async work may outlive the object: whoever is last frees it. */
typedef struct client_box {
  atomic_int uses;
  penstock_client* client;
  instance* home;
} client_box;

typedef struct flow_box {
  penstock_flow* flow;
  bool ended;
} flow_box;

typedef struct call {
  napi_env env;
  instance* home;
  napi_value arguments[ARGUMENTS_MAX];
} call;

/* A text that was copied from JavaScript; data is NULL if none was given. */
typedef struct owned_text {
  char* data;
  size_t size;
} owned_text;

call begin_call(napi_env env, napi_callback_info info);
void release_instance(instance* home);

/* Keeps the message of this thread's last failure. */
penstock_status keep_failure(instance* home, penstock_status status);
penstock_status refuse(instance* home, const char* message);
penstock_status refuse_named(instance* home, const char* name, const char* must_be);

napi_value number_of(napi_env env, double number);
napi_value text_of(napi_env env, const char* text, size_t size);
void set_number(napi_env env, napi_value object, const char* name, double number);
void set_text(napi_env env, napi_value object, const char* name, const char* text, size_t size);
/* The two halves of a handle, which is a number: for lib/pack.js. */
void set_handle(napi_env env, napi_value object, const void* handle);

bool is_nothing(napi_env env, napi_value value);
/* Null and undefined are no text. To be freed by free(). */
penstock_status read_text(call* at, napi_value value, const char* name, owned_text* text);
/* Whole, and from 0 to `most`. */
penstock_status read_whole(call* at, napi_value value, const char* name, uint64_t most,
                           uint64_t* whole);

/* An object that carries `pointer`, known by `tag`. NULL if there is no memory. */
napi_value wrap(napi_env env, void* pointer, const napi_type_tag* tag, napi_finalize finalize);
void* unwrap(napi_env env, napi_value value, const napi_type_tag* tag);
client_box* client_of(call* at, napi_value value);
void release_client(client_box* box);

penstock_status read_options(call* at, napi_value object, penstock_options* options, void** memory);
void free_memory(void* memory);

/* Each is a function of the addon. */
napi_value attach(napi_env env, napi_callback_info info);
napi_value track(napi_env env, napi_callback_info info);
napi_value track_json(napi_env env, napi_callback_info info);
napi_value open_client(napi_env env, napi_callback_info info);
napi_value call_with_text(napi_env env, napi_callback_info info);
napi_value call_plain(napi_env env, napi_callback_info info);
napi_value consent(napi_env env, napi_callback_info info);
napi_value start_flow(napi_env env, napi_callback_info info);
napi_value complete_flow(napi_env env, napi_callback_info info);
napi_value end_flow(napi_env env, napi_callback_info info);
napi_value wait_here(napi_env env, napi_callback_info info);
napi_value wait_elsewhere(napi_env env, napi_callback_info info);
napi_value stats(napi_env env, napi_callback_info info);
napi_value ledger(napi_env env, napi_callback_info info);

#endif
