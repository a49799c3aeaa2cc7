/* An event as numbers and one text, without pointers in it: for languages to which a call into C is
 * dear, or whose memory C must not point into. One call records it. Part of the libpenstock.a that
 * bindings link (docs/bindings.md), and not of the C ABI: a binding is built with its own.
 *
 * The text holds, one behind the other and in UTF-8: the seven texts of the event in the order of
 * `sizes`, then the name and the text of each entry. Sizes are bytes; an optional text that is not
 * given has size 0.
 */
#ifndef PENSTOCK_BINDINGS_FLAT_EVENT_H
#define PENSTOCK_BINDINGS_FLAT_EVENT_H

#include "penstock/penstock.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PENSTOCK_FLAT_TEXTS = 7 };

/* 80 bytes, at the offsets that the comments say. */
typedef struct penstock_flat_event {
  int32_t kind;              /*  0: penstock_event_kind */
  int32_t outcome;           /*  4: penstock_outcome */
  int64_t time_ms;           /*  8 */
  int64_t duration_ms;       /* 16: PENSTOCK_NO_DURATION: none */
  uint64_t schema_version;   /* 24 */
  const penstock_flow* flow; /* 32: a handle, which is a number; 0: none */
  /* 40: name, page_id, record_id, user_id, session_id, correlation_id, traceparent */
  uint32_t sizes[PENSTOCK_FLAT_TEXTS];
  uint32_t details;  /* 68: how many entries are of the details, those of nested values included; */
  uint32_t metadata; /* 72: so many behind them are of the metadata */
  uint32_t reserved; /* 76: 0 */
} penstock_flat_event;

/* Of an entry: a penstock_value_type, or one of these. What follows an opened object or array is in
 * it, until it is closed. */
enum {
  PENSTOCK_FLAT_OBJECT = 16,
  PENSTOCK_FLAT_ARRAY = 17,
  PENSTOCK_FLAT_CLOSE = 18 /* without a name */
};

/* 24 bytes. */
typedef struct penstock_flat_entry {
  int32_t type;       /*  0 */
  uint32_t name_size; /*  4: 0 in an array */
  uint32_t text_size; /*  8: of PENSTOCK_VALUE_TEXT */
  uint32_t reserved;  /* 12: 0 */
  union {
    int64_t integer; /* 16: also of PENSTOCK_VALUE_BOOLEAN, 0 or 1 */
    double real;     /* 16 */
  } number;
} penstock_flat_entry;

/* penstock_client_track() of that event. A failure's message goes to `message`, ended by a NUL and
 * cut at message_size; thus it is of this call, whatever the thread does behind it. Sizes that go
 * beyond the text or the entries are PENSTOCK_INVALID_ARGUMENT. Any thread. Takes memory only for
 * nested values. */
PENSTOCK_API penstock_status penstock_flat_track(
    penstock_client* client, const penstock_flat_event* event, const penstock_flat_entry* entries,
    size_t entries_count, const char* text, size_t text_size, char* message, size_t message_size);

#ifdef __cplusplus
}
#endif

#endif
