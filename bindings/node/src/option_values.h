/* Reads the value of one option into a penstock_options. For the thread of JavaScript. */
#ifndef PENSTOCK_NODE_OPTION_VALUES_H
#define PENSTOCK_NODE_OPTION_VALUES_H

#include <stddef.h>

#include "addon.h"

typedef enum option_type {
  TEXT,
  SIZE,
  WHOLE_64,
  WHOLE_32,
  FLAG,
  CHOICE,
  TEXTS,
  FIELDS,
  KEYS
} option_type;

typedef struct option {
  const char* name;
  option_type type;
  size_t offset;
  size_t count_offset;        /* of TEXTS, FIELDS and KEYS */
  const char* const* choices; /* of CHOICE: by their numbers, ended by NULL */
} option;

/* What the options point to lives until free_memory(): blocks, each with the one before it. */
typedef struct block {
  struct block* before;
  max_align_t data[];
} block;

typedef struct reading {
  call* at;
  block* blocks;
  char* options;
} reading;

/* Fails with a message that names the option. */
penstock_status read_option(reading* reading, const option* option, napi_value value);
/* The names of an object's own members. `what` is the object, for a message. */
penstock_status own_names(reading* reading, napi_value object, const char* what, napi_value* names,
                          uint32_t* count);

#endif
