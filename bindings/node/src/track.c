/* The hot path. lib/pack.js writes an event into two buffers that the addon knows: the event's
 * numbers behind the client's handle, and its texts in UTF-8. So one call without arguments records
 * it, and no value of JavaScript is looked at. */
#include <stdlib.h>

#include "addon.h"
#include "flat_event.h"

typedef struct packed_event {
  const penstock_client* client;
  uint32_t text_size;
  uint32_t entries;
  penstock_flat_event event;
  penstock_flat_entry entry[];
} packed_event;

_Static_assert(offsetof(packed_event, event) == 16, "as in lib/pack.js");
_Static_assert(offsetof(packed_event, entry) == 96, "as in lib/pack.js");

static bool keep_buffer(napi_env env, napi_value buffer, char** data, size_t* bytes,
                        napi_ref* owner) {
  void* begin = NULL;
  size_t size = 0;
  napi_ref reference = NULL;
  if (napi_get_arraybuffer_info(env, buffer, &begin, &size) != napi_ok ||
      napi_create_reference(env, buffer, 1, &reference) != napi_ok) {
    return false;
  }
  if (*owner != NULL) napi_delete_reference(env, *owner);
  *owner = reference;
  *data = begin;
  *bytes = size;
  return true;
}

/* attach(event, text): ArrayBuffers, which are read until others are attached. */
napi_value attach(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  instance* const home = at.home;
  const bool kept =
      keep_buffer(env, at.arguments[0], &home->event, &home->event_bytes, &home->event_owner) &&
      keep_buffer(env, at.arguments[1], &home->text, &home->text_bytes, &home->text_owner);
  return number_of(env, kept ? PENSTOCK_OK : refuse(home, "a buffer is none"));
}

static penstock_status track_packed(instance* home) {
  if (home->event_bytes < sizeof(packed_event)) return refuse(home, "no buffer is attached");
  const packed_event* const packed = (const packed_event*)(const void*)home->event;
  const size_t room = (home->event_bytes - sizeof *packed) / sizeof packed->entry[0];
  if (packed->entries > room || packed->text_size > home->text_bytes) {
    return refuse(home, "an event is larger than its buffers");
  }
  return penstock_flat_track((penstock_client*)packed->client, &packed->event, packed->entry,
                             packed->entries, home->text, packed->text_size, home->message,
                             sizeof home->message);
}

napi_value track(napi_env env, napi_callback_info info) {
  (void)info;
  void* home = NULL;
  napi_get_instance_data(env, &home);
  napi_value status = NULL;
  napi_create_int32(env, (int32_t)track_packed(home), &status);
  return status;
}

/* trackJson(client, text) */
napi_value track_json(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  if (box == NULL) return number_of(env, PENSTOCK_INVALID_ARGUMENT);
  owned_text text;
  penstock_status status = read_text(&at, at.arguments[1], "an event", &text);
  if (status == PENSTOCK_OK) {
    status = keep_failure(at.home, penstock_client_track_json(box->client, text.data, text.size));
  }
  free(text.data);
  return number_of(env, status);
}
