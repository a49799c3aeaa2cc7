/* The values of options: from those of JavaScript to the members of a penstock_options. */
#include "option_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_MAX = 4096 };

static void* take_block(reading* reading, size_t size) {
  block* const taken = malloc(sizeof *taken + size);
  if (taken == NULL) {
    refuse(reading->at->home, "no memory for the options");
    return NULL;
  }
  taken->before = reading->blocks;
  reading->blocks = taken;
  return taken->data;
}

void free_memory(void* memory) {
  for (block* at = memory; at != NULL;) {
    block* const before = at->before;
    free(at);
    at = before;
  }
}

static penstock_status take_text(reading* reading, napi_value value, const char* name,
                                 penstock_text* text) {
  call* const at = reading->at;
  size_t size = 0;
  if (napi_get_value_string_utf8(at->env, value, NULL, 0, &size) != napi_ok) {
    return refuse_named(at->home, name, "a string");
  }
  char* const data = take_block(reading, size + 1);
  if (data == NULL) return PENSTOCK_OUT_OF_MEMORY;
  napi_get_value_string_utf8(at->env, value, data, size + 1, &size);
  text->data = data;
  text->size = size;
  return PENSTOCK_OK;
}

static penstock_status read_number(reading* reading, const option* option, napi_value value) {
  uint64_t most = option->type == WHOLE_32 ? UINT32_MAX : UINT64_MAX;
  if (option->type == SIZE) most = SIZE_MAX;
  uint64_t whole = 0;
  const penstock_status status = read_whole(reading->at, value, option->name, most, &whole);
  if (status != PENSTOCK_OK) return status;
  const uint32_t small = (uint32_t)whole;
  const size_t size = (size_t)whole;
  char* const member = reading->options + option->offset;
  if (option->type == WHOLE_32) memcpy(member, &small, sizeof small);
  if (option->type == SIZE) memcpy(member, &size, sizeof size);
  if (option->type == WHOLE_64) memcpy(member, &whole, sizeof whole);
  return PENSTOCK_OK;
}

static penstock_status read_flag(reading* reading, const option* option, napi_value value) {
  bool flag = false;
  if (napi_get_value_bool(reading->at->env, value, &flag) != napi_ok) {
    return refuse_named(reading->at->home, option->name, "true or false");
  }
  const int number = flag ? 1 : 0;
  memcpy(reading->options + option->offset, &number, sizeof number);
  return PENSTOCK_OK;
}

static penstock_status refuse_choice(reading* reading, const option* option) {
  char choices[128] = "";
  size_t used = 0;
  for (size_t i = 0; option->choices[i] != NULL; ++i) {
    used += (size_t)snprintf(choices + used, sizeof choices - used, "%s\"%s\"", i == 0 ? "" : ", ",
                             option->choices[i]);
  }
  return refuse_named(reading->at->home, option->name, choices);
}

static penstock_status read_choice(reading* reading, const option* option, napi_value value) {
  char name[16] = "";
  size_t size = 0;
  if (napi_get_value_string_utf8(reading->at->env, value, name, sizeof name, &size) != napi_ok) {
    return refuse_choice(reading, option);
  }
  for (int i = 0; option->choices[i] != NULL; ++i) {
    if (strcmp(option->choices[i], name) != 0) continue;
    memcpy(reading->options + option->offset, &i, sizeof i);
    return PENSTOCK_OK;
  }
  return refuse_choice(reading, option);
}

static bool read_length(reading* reading, napi_value value, uint32_t* length) {
  bool is_array = false;
  napi_is_array(reading->at->env, value, &is_array);
  return is_array && napi_get_array_length(reading->at->env, value, length) == napi_ok;
}

static void set_list(reading* reading, const option* option, const void* list, size_t count) {
  memcpy(reading->options + option->offset, &list, sizeof list);
  memcpy(reading->options + option->count_offset, &count, sizeof count);
}

static penstock_status read_texts(reading* reading, const option* option, napi_value value) {
  uint32_t length = 0;
  if (!read_length(reading, value, &length) || length > LIST_MAX) {
    return refuse_named(reading->at->home, option->name, "an array of up to 4096 strings");
  }
  penstock_text* const texts = take_block(reading, length * sizeof *texts);
  if (texts == NULL) return PENSTOCK_OUT_OF_MEMORY;
  for (uint32_t i = 0; i < length; ++i) {
    napi_value element = NULL;
    if (napi_get_element(reading->at->env, value, i, &element) != napi_ok) element = NULL;
    const penstock_status status = take_text(reading, element, "each element", &texts[i]);
    if (status == PENSTOCK_INVALID_ARGUMENT) {
      return refuse_named(reading->at->home, option->name, "an array of strings");
    }
    if (status != PENSTOCK_OK) return status;
  }
  set_list(reading, option, texts, length);
  return PENSTOCK_OK;
}

static bool has_replacement(const penstock_text* text) {
  for (size_t i = 0; i + 2 < text->size; ++i) {
    if (memcmp(text->data + i, "\xEF\xBF\xBD", 3) == 0) return true;
  }
  return false;
}

static penstock_status take_bytes(reading* reading, napi_value value, const char* name,
                                  penstock_text* bytes) {
  napi_typedarray_type type = napi_int8_array;
  size_t size = 0;
  void* from = NULL;
  if (napi_get_typedarray_info(reading->at->env, value, &type, &size, &from, NULL, NULL) !=
          napi_ok ||
      type != napi_uint8_array) {
    return refuse_named(reading->at->home, name, "a string or a Uint8Array");
  }
  char* const data = take_block(reading, size + 1);
  if (data == NULL) return PENSTOCK_OUT_OF_MEMORY;
  if (size > 0) memcpy(data, from, size);
  bytes->data = data;
  bytes->size = size;
  return PENSTOCK_OK;
}

/* A text with U+FFFD was decoded wrongly, and would make a key that can be guessed. */
static penstock_status take_key(reading* reading, napi_value value, const char* name,
                                penstock_text* key) {
  napi_valuetype type = napi_undefined;
  napi_typeof(reading->at->env, value, &type);
  if (type != napi_string) return take_bytes(reading, value, name, key);
  const penstock_status status = take_text(reading, value, name, key);
  if (status != PENSTOCK_OK || !has_replacement(key)) return status;
  return refuse_named(reading->at->home, name,
                      "a Uint8Array, if made of bytes that are not UTF-8 text");
}

static penstock_status read_field(reading* reading, const option* option, napi_value object,
                                  napi_value name, penstock_field* field) {
  napi_value value = NULL;
  if (napi_get_property(reading->at->env, object, name, &value) != napi_ok) value = NULL;
  char what[64];
  snprintf(what, sizeof what, "a name of %s", option->name);
  const penstock_status status = take_text(reading, name, what, &field->name);
  if (status != PENSTOCK_OK) return status;
  snprintf(what, sizeof what, "each value of %s", option->name);
  return option->type == KEYS ? take_key(reading, value, what, &field->value)
                              : take_text(reading, value, what, &field->value);
}

penstock_status own_names(reading* reading, napi_value object, const char* what, napi_value* names,
                          uint32_t* count) {
  const napi_env env = reading->at->env;
  napi_valuetype type = napi_undefined;
  napi_typeof(env, object, &type);
  if (type != napi_object ||
      napi_get_all_property_names(env, object, napi_key_own_only,
                                  napi_key_enumerable | napi_key_skip_symbols,
                                  napi_key_numbers_to_strings, names) != napi_ok ||
      napi_get_array_length(env, *names, count) != napi_ok) {
    return refuse_named(reading->at->home, what, "an object");
  }
  return PENSTOCK_OK;
}

static penstock_status read_fields(reading* reading, const option* option, napi_value value) {
  napi_value names = NULL;
  uint32_t count = 0;
  penstock_status status = own_names(reading, value, option->name, &names, &count);
  if (status != PENSTOCK_OK) return status;
  penstock_field* const fields = take_block(reading, (count + 1) * sizeof *fields);
  if (fields == NULL) return PENSTOCK_OUT_OF_MEMORY;
  for (uint32_t i = 0; i < count && status == PENSTOCK_OK; ++i) {
    napi_value name = NULL;
    napi_get_element(reading->at->env, names, i, &name);
    status = read_field(reading, option, value, name, &fields[i]);
  }
  set_list(reading, option, fields, count);
  return status;
}

penstock_status read_option(reading* reading, const option* option, napi_value value) {
  penstock_text text;
  switch (option->type) {
    case TEXT: {
      const penstock_status status = take_text(reading, value, option->name, &text);
      if (status == PENSTOCK_OK) memcpy(reading->options + option->offset, &text, sizeof text);
      return status;
    }
    case FLAG:
      return read_flag(reading, option, value);
    case CHOICE:
      return read_choice(reading, option, value);
    case TEXTS:
      return read_texts(reading, option, value);
    case FIELDS:
    case KEYS:
      return read_fields(reading, option, value);
    default:
      return read_number(reading, option, value);
  }
}
