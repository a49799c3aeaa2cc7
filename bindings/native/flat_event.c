#include "flat_event.h"

#include <string.h>

/* More than an event may have: what is beyond is refused by penstock_client_track(), whatever it is. */
enum { FIELDS_MAX = 17 };

typedef struct cursor {
  const char* text;
  size_t left;
  int overrun;
} cursor;

static penstock_text take(cursor* at, uint32_t size) {
  penstock_text taken = {NULL, 0};
  if (size > at->left) {
    at->overrun = 1;
  } else if (size != 0) {
    taken.data = at->text;
    taken.size = size;
    at->text += size;
    at->left -= size;
  }
  return taken;
}

static penstock_detail detail_of(cursor* at, const penstock_flat_entry* entry) {
  penstock_detail detail;
  memset(&detail, 0, sizeof detail);
  detail.name = take(at, entry->name_size);
  detail.text = take(at, entry->text_size);
  detail.type = (penstock_value_type)entry->type;
  if (entry->type == PENSTOCK_VALUE_REAL) {
    detail.real = entry->number.real;
  } else {
    detail.integer = entry->number.integer;
  }
  return detail;
}

static int is_nested(const penstock_flat_entry* entries, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (entries[i].type >= PENSTOCK_FLAT_OBJECT) return 1;
  }
  return 0;
}

/* What is wrong with the object, penstock_client_track() says. */
static penstock_status build(cursor* at, const penstock_flat_entry* entries, size_t count,
                             penstock_object** object) {
  const penstock_status made = penstock_object_new(object);
  if (made != PENSTOCK_OK) return made;
  for (size_t i = 0; i < count; ++i) {
    const penstock_flat_entry* entry = &entries[i];
    if (entry->type == PENSTOCK_FLAT_CLOSE) {
      penstock_object_close(*object);
    } else if (entry->type == PENSTOCK_FLAT_OBJECT) {
      const penstock_text name = take(at, entry->name_size);
      penstock_object_open_object(*object, name.data, name.size);
    } else if (entry->type == PENSTOCK_FLAT_ARRAY) {
      const penstock_text name = take(at, entry->name_size);
      penstock_object_open_array(*object, name.data, name.size);
    } else {
      const penstock_status added = penstock_object_add(*object, detail_of(at, entry));
      if (added == PENSTOCK_INVALID_ARGUMENT) return added;
    }
  }
  return PENSTOCK_OK;
}

/* Fields without nested values take no memory: they go to `fields`. */
static penstock_status take_fields(cursor* at, const penstock_flat_entry* entries, size_t count,
                                   penstock_detail* fields, size_t* fields_count,
                                   penstock_object** object) {
  if (is_nested(entries, count)) return build(at, entries, count, object);
  *fields_count = count < FIELDS_MAX ? count : FIELDS_MAX;
  for (size_t i = 0; i < count; ++i) {
    const penstock_detail detail = detail_of(at, &entries[i]);
    if (i < FIELDS_MAX) fields[i] = detail;
  }
  return PENSTOCK_OK;
}

static penstock_status give_message(penstock_status status, const char* text, char* message,
                                    size_t message_size) {
  if (status != PENSTOCK_OK && message != NULL && message_size != 0) {
    size_t size = strlen(text);
    if (size > message_size - 1) size = message_size - 1;
    memcpy(message, text, size);
    message[size] = '\0';
  }
  return status;
}

static penstock_status track(penstock_client* client, penstock_event* event,
                             const penstock_flat_event* flat, const penstock_flat_entry* entries,
                             cursor* at, const char** failure) {
  penstock_detail details[FIELDS_MAX];
  penstock_detail metadata[FIELDS_MAX];
  event->details = details;
  event->metadata = metadata;
  penstock_status status = take_fields(at, entries, flat->details, details, &event->details_count,
                                       &event->details_object);
  if (status == PENSTOCK_OK) {
    status = take_fields(at, entries + flat->details, flat->metadata, metadata,
                         &event->metadata_count, &event->metadata_object);
  }
  if (status != PENSTOCK_OK) return status;
  if (at->overrun) {
    *failure = "the sizes of a flat event are larger than its text";
    return PENSTOCK_INVALID_ARGUMENT;
  }
  return penstock_client_track(client, event);
}

penstock_status penstock_flat_track(penstock_client* client, const penstock_flat_event* flat,
                                    const penstock_flat_entry* entries, size_t entries_count,
                                    const char* text, size_t text_size, char* message,
                                    size_t message_size) {
  if (flat == NULL || (entries == NULL && entries_count != 0) || (text == NULL && text_size != 0)) {
    return give_message(PENSTOCK_INVALID_ARGUMENT, "a flat event is NULL, or a part of it", message,
                        message_size);
  }
  if ((uint64_t)flat->details + flat->metadata > entries_count) {
    return give_message(PENSTOCK_INVALID_ARGUMENT,
                        "a flat event counts more entries than were given", message, message_size);
  }
  cursor at = {text, text_size, 0};
  penstock_event event;
  penstock_event_init(&event, (penstock_event_kind)flat->kind);
  event.outcome = (penstock_outcome)flat->outcome;
  event.time_ms = flat->time_ms;
  event.duration_ms = flat->duration_ms;
  event.schema_version = flat->schema_version;
  event.flow = flat->flow;
  penstock_text* const texts[PENSTOCK_FLAT_TEXTS] = {
      &event.name,       &event.page_id,        &event.record_id,  &event.user_id,
      &event.session_id, &event.correlation_id, &event.traceparent};
  for (size_t i = 0; i < PENSTOCK_FLAT_TEXTS; ++i) *texts[i] = take(&at, flat->sizes[i]);

  const char* failure = NULL;
  const penstock_status status = track(client, &event, flat, entries, &at, &failure);
  give_message(status, failure != NULL ? failure : penstock_last_error(), message, message_size);
  penstock_object_free(event.details_object);
  penstock_object_free(event.metadata_object);
  return status;
}
