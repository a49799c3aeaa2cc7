#include <pthread.h>
#include <stdlib.h>

#include "addon.h"

static const napi_type_tag kClientTag = {0x9a6e2f1c43b84d01, 0xb7c05e8fd2314a60};

static void* free_elsewhere(void* client) {
  penstock_client_free(client);
  return NULL;
}

/* penstock_client_free() may wait for two seconds, which a thread of JavaScript must not, unless it
 * is ending: then the events have no other moment to be sent. */
static void free_client(penstock_client* client, bool ending) {
  pthread_t thread;
  if (!ending && pthread_create(&thread, NULL, free_elsewhere, client) == 0) {
    pthread_detach(thread);
  } else {
    penstock_client_free(client);
  }
}

void release_client(client_box* box) {
  if (atomic_fetch_sub(&box->uses, 1) != 1) return;
  free_client(box->client, box->home->ending);
  release_instance(box->home);
  free(box);
}

static void finalize_client(napi_env env, void* box, void* hint) {
  (void)env;
  (void)hint;
  release_client(box);
}

client_box* client_of(call* at, napi_value value) {
  client_box* const box = unwrap(at->env, value, &kClientTag);
  if (box == NULL) refuse(at->home, "not a client");
  return box;
}

static napi_value wrap_client(call* at, penstock_client* client) {
  client_box* const box = malloc(sizeof *box);
  if (box == NULL) return NULL;
  atomic_init(&box->uses, 1);
  box->client = client;
  box->home = at->home;
  napi_value object = wrap(at->env, box, &kClientTag, finalize_client);
  if (object == NULL) {
    free(box);
    return NULL;
  }
  ++at->home->uses;
  set_handle(at->env, object, client);
  return object;
}

static penstock_status open_with(call* at, penstock_client** client) {
  penstock_options options;
  penstock_options_init_sized(&options, sizeof options);
  void* memory = NULL;
  penstock_status status = read_options(at, at->arguments[0], &options, &memory);
  if (status == PENSTOCK_OK) {
    status = keep_failure(at->home, penstock_client_open(&options, client));
  }
  free_memory(memory);
  return status;
}

/* open(options): an object that is the client, or a status. */
napi_value open_client(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  penstock_client* client = NULL;
  const penstock_status status = open_with(&at, &client);
  if (status != PENSTOCK_OK) return number_of(env, status);
  napi_value object = wrap_client(&at, client);
  if (object != NULL) return object;
  penstock_client_free(client);
  refuse(at.home, "no memory for a client");
  return number_of(env, PENSTOCK_OUT_OF_MEMORY);
}

static const struct {
  const char* what;
  penstock_status (*function)(penstock_client*, const char*, size_t);
} kWithText[] = {
    {"a user's id", penstock_client_set_user},
    {"a session's id", penstock_client_set_session},
    {"a session's id", penstock_client_start_session},
    {"a page's id", penstock_client_enter_page},
};

static penstock_status (*const kPlain[])(penstock_client*) = {
    penstock_client_end_session,
    penstock_client_leave_page,
    penstock_client_pause,
    penstock_client_resume,
};

static bool read_place(call* at, size_t count, uint32_t* place) {
  return napi_get_value_uint32(at->env, at->arguments[1], place) == napi_ok && *place < count;
}

/* callWithText(client, place, text) */
napi_value call_with_text(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  uint32_t place = 0;
  if (box == NULL || !read_place(&at, sizeof kWithText / sizeof kWithText[0], &place)) {
    return number_of(env, PENSTOCK_INVALID_ARGUMENT);
  }
  owned_text text;
  penstock_status status = read_text(&at, at.arguments[2], kWithText[place].what, &text);
  if (status == PENSTOCK_OK) {
    status = keep_failure(at.home, kWithText[place].function(box->client, text.data, text.size));
  }
  free(text.data);
  return number_of(env, status);
}

/* callPlain(client, place) */
napi_value call_plain(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  uint32_t place = 0;
  if (box == NULL || !read_place(&at, sizeof kPlain / sizeof kPlain[0], &place)) {
    return number_of(env, PENSTOCK_INVALID_ARGUMENT);
  }
  return number_of(env, keep_failure(at.home, kPlain[place](box->client)));
}

/* consent(client): a penstock_consent */
napi_value consent(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  return number_of(env, penstock_client_consent(box == NULL ? NULL : box->client));
}
