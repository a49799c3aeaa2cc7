/* Calls that wait: on this thread, or on one of the pool, which fetches its failure's message
 * itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addon.h"

enum { WAIT_FLUSH = 0, WAIT_CLOSE = 1, WAIT_SET_CONSENT = 2, WAIT_FORGET = 3 };

typedef struct waiting {
  client_box* box;
  int32_t what;
  int64_t value; /* a timeout in milliseconds, or a penstock_consent */
  penstock_status status;
  char message[MESSAGE_BYTES];
  napi_deferred promise;
  napi_async_work work;
} waiting;

static penstock_status wait_for(penstock_client* client, int32_t what, int64_t value) {
  switch (what) {
    case WAIT_FLUSH:
      return penstock_client_flush(client, value);
    case WAIT_CLOSE:
      return penstock_client_close(client, value);
    case WAIT_SET_CONSENT:
      return penstock_client_set_consent(client, (penstock_consent)value);
    default:
      return penstock_client_forget(client);
  }
}

static bool read_wait(call* at, int32_t* what, int64_t* value) {
  return napi_get_value_int32(at->env, at->arguments[1], what) == napi_ok &&
         napi_get_value_int64(at->env, at->arguments[2], value) == napi_ok;
}

/* wait(client, what, value) */
napi_value wait_here(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  int32_t what = 0;
  int64_t value = 0;
  if (box == NULL || !read_wait(&at, &what, &value)) {
    return number_of(env, PENSTOCK_INVALID_ARGUMENT);
  }
  return number_of(env, keep_failure(at.home, wait_for(box->client, what, value)));
}

static void execute(napi_env env, void* data) {
  (void)env;
  waiting* const wait = data;
  wait->status = wait_for(wait->box->client, wait->what, wait->value);
  if (wait->status == PENSTOCK_OK) return;
  snprintf(wait->message, sizeof wait->message, "%s", penstock_last_error());
}

static napi_value outcome_of(napi_env env, const waiting* wait) {
  napi_value outcome = NULL;
  napi_create_object(env, &outcome);
  set_number(env, outcome, "status", wait->status);
  set_text(env, outcome, "message", wait->message, strlen(wait->message));
  return outcome;
}

static void end_wait(napi_env env, waiting* wait) {
  if (wait->work != NULL) napi_delete_async_work(env, wait->work);
  release_client(wait->box);
  free(wait);
}

static void complete(napi_env env, napi_status ran, void* data) {
  waiting* const wait = data;
  if (ran == napi_cancelled) wait->status = PENSTOCK_CLOSED;
  napi_resolve_deferred(env, wait->promise, outcome_of(env, wait));
  end_wait(env, wait);
}

static bool queue(napi_env env, waiting* wait) {
  napi_value name = text_of(env, "penstock", NAPI_AUTO_LENGTH);
  return napi_create_async_work(env, NULL, name, execute, complete, wait, &wait->work) == napi_ok &&
         napi_queue_async_work(env, wait->work) == napi_ok;
}

/* waitAsync(client, what, value): a promise of {status, message}, or a status. */
napi_value wait_elsewhere(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  waiting* const wait = box == NULL ? NULL : calloc(1, sizeof *wait);
  if (wait == NULL || !read_wait(&at, &wait->what, &wait->value)) {
    free(wait);
    return number_of(env, PENSTOCK_INVALID_ARGUMENT);
  }
  atomic_fetch_add(&box->uses, 1);
  wait->box = box;
  napi_value promise = NULL;
  if (napi_create_promise(env, &wait->promise, &promise) == napi_ok && queue(env, wait)) {
    return promise;
  }
  end_wait(env, wait);
  refuse(at.home, "no memory to wait elsewhere");
  return number_of(env, PENSTOCK_OUT_OF_MEMORY);
}
