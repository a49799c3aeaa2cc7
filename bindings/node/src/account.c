/* stats() and ledger(). */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "addon.h"

static const struct {
  const char* name;
  size_t offset;
} kCounts[] = {
    {"recorded", offsetof(penstock_stats, recorded)},
    {"adopted", offsetof(penstock_stats, adopted)},
    {"acknowledged", offsetof(penstock_stats, acknowledged)},
    {"rejected", offsetof(penstock_stats, rejected)},
    {"pending", offsetof(penstock_stats, pending)},
    {"droppedInvalid", offsetof(penstock_stats, dropped_invalid)},
    {"droppedTooLarge", offsetof(penstock_stats, dropped_too_large)},
    {"droppedStorageFull", offsetof(penstock_stats, dropped_storage_full)},
    {"droppedIoError", offsetof(penstock_stats, dropped_io_error)},
    {"droppedOutOfMemory", offsetof(penstock_stats, dropped_out_of_memory)},
    {"droppedNotAllowed", offsetof(penstock_stats, dropped_not_allowed)},
    {"droppedTooLargeForGateway", offsetof(penstock_stats, dropped_too_large_for_gateway)},
    {"droppedExpired", offsetof(penstock_stats, dropped_expired)},
    {"droppedConsentDenied", offsetof(penstock_stats, dropped_consent_denied)},
    {"droppedForgotten", offsetof(penstock_stats, dropped_forgotten)},
    {"torn", offsetof(penstock_stats, torn)},
    {"misused", offsetof(penstock_stats, misused)},
    {"masked", offsetof(penstock_stats, masked)},
    {"batchesSent", offsetof(penstock_stats, batches_sent)},
    {"retries", offsetof(penstock_stats, retries)},
    {"bytesSent", offsetof(penstock_stats, bytes_sent)},
    {"diskBytes", offsetof(penstock_stats, disk_bytes)},
    {"lastSeq", offsetof(penstock_stats, last_seq)},
};

static const char* sender_name(penstock_sender_state sender) {
  switch (sender) {
    case PENSTOCK_SENDER_RUNNING:
      return "running";
    case PENSTOCK_SENDER_RETRYING:
      return "retrying";
    default:
      return "refused";
  }
}

static napi_value object_of(napi_env env, const penstock_stats* counts) {
  napi_value object = NULL;
  napi_create_object(env, &object);
  for (size_t i = 0; i < sizeof kCounts / sizeof kCounts[0]; ++i) {
    uint64_t count = 0;
    memcpy(&count, (const char*)counts + kCounts[i].offset, sizeof count);
    set_number(env, object, kCounts[i].name, (double)count);
  }
  set_text(env, object, "installId", counts->install_id, strlen(counts->install_id));
  set_text(env, object, "sender", sender_name(counts->sender), NAPI_AUTO_LENGTH);
  set_text(env, object, "senderMessage", counts->sender_message, strlen(counts->sender_message));
  return object;
}

/* stats(client): an object, or a status. */
napi_value stats(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  if (box == NULL) return number_of(env, PENSTOCK_INVALID_ARGUMENT);
  penstock_stats counts;
  memset(&counts, 0, sizeof counts);
  counts.struct_size = sizeof counts;
  const penstock_status status = penstock_client_stats(box->client, &counts);
  if (status != PENSTOCK_OK) return number_of(env, keep_failure(at.home, status));
  return object_of(env, &counts);
}

/* Until it is written whole: it may grow between the calls. */
static penstock_status read_ledger(instance* home, penstock_client* client, owned_text* json) {
  size_t room = 0;
  for (;;) {
    const penstock_status status =
        keep_failure(home, penstock_client_ledger(client, json->data, room, &json->size));
    if (status != PENSTOCK_OK || json->size <= room) return status;
    free(json->data);
    room = json->size + 256;
    json->data = malloc(room);
    if (json->data == NULL) {
      refuse(home, "no memory for the ledger");
      return PENSTOCK_OUT_OF_MEMORY;
    }
  }
}

/* ledger(client): JSON text, or a status. */
napi_value ledger(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  if (box == NULL) return number_of(env, PENSTOCK_INVALID_ARGUMENT);
  owned_text json = {NULL, 0};
  const penstock_status status = read_ledger(at.home, box->client, &json);
  napi_value result =
      status == PENSTOCK_OK ? text_of(env, json.data, json.size) : number_of(env, status);
  free(json.data);
  return result;
}
