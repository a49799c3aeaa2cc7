/* Arguments and results: between JavaScript's values and C's. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addon.h"

call begin_call(napi_env env, napi_callback_info info) {
  call at;
  memset(&at, 0, sizeof at);
  at.env = env;
  size_t count = ARGUMENTS_MAX;
  void* home = NULL;
  napi_get_cb_info(env, info, &count, at.arguments, NULL, &home);
  at.home = home;
  return at;
}

penstock_status keep_failure(instance* home, penstock_status status) {
  if (status != PENSTOCK_OK) {
    snprintf(home->message, sizeof home->message, "%s", penstock_last_error());
  }
  return status;
}

penstock_status refuse(instance* home, const char* message) {
  snprintf(home->message, sizeof home->message, "%s", message);
  return PENSTOCK_INVALID_ARGUMENT;
}

penstock_status refuse_named(instance* home, const char* name, const char* must_be) {
  snprintf(home->message, sizeof home->message, "%s must be %s", name, must_be);
  return PENSTOCK_INVALID_ARGUMENT;
}

napi_value number_of(napi_env env, double number) {
  napi_value value = NULL;
  napi_create_double(env, number, &value);
  return value;
}

napi_value text_of(napi_env env, const char* text, size_t size) {
  napi_value value = NULL;
  napi_create_string_utf8(env, text == NULL ? "" : text, size, &value);
  return value;
}

void set_number(napi_env env, napi_value object, const char* name, double number) {
  napi_set_named_property(env, object, name, number_of(env, number));
}

void set_text(napi_env env, napi_value object, const char* name, const char* text, size_t size) {
  napi_set_named_property(env, object, name, text_of(env, text, size));
}

void set_handle(napi_env env, napi_value object, const void* handle) {
  const uint64_t number = (uint64_t)(uintptr_t)handle;
  set_number(env, object, "low", (double)(int32_t)(uint32_t)number);
  set_number(env, object, "high", (double)(int32_t)(uint32_t)(number >> 32));
}

bool is_nothing(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  return type == napi_undefined || type == napi_null;
}

penstock_status read_text(call* at, napi_value value, const char* name, owned_text* text) {
  text->data = NULL;
  text->size = 0;
  if (is_nothing(at->env, value)) return PENSTOCK_OK;
  size_t size = 0;
  if (napi_get_value_string_utf8(at->env, value, NULL, 0, &size) != napi_ok) {
    return refuse_named(at->home, name, "a string");
  }
  text->data = malloc(size + 1);
  if (text->data == NULL) {
    refuse(at->home, "no memory for a text");
    return PENSTOCK_OUT_OF_MEMORY;
  }
  napi_get_value_string_utf8(at->env, value, text->data, size + 1, &text->size);
  return PENSTOCK_OK;
}

static bool whole_of(napi_env env, napi_value value, uint64_t* whole) {
  bool lossless = false;
  if (napi_get_value_bigint_uint64(env, value, whole, &lossless) == napi_ok) return lossless;
  double number = -1;
  if (napi_get_value_double(env, value, &number) != napi_ok) return false;
  if (!(number >= 0 && number <= 9007199254740991.0) || number != floor(number)) return false;
  *whole = (uint64_t)number;
  return true;
}

penstock_status read_whole(call* at, napi_value value, const char* name, uint64_t most,
                           uint64_t* whole) {
  if (whole_of(at->env, value, whole) && *whole <= most) return PENSTOCK_OK;
  char must_be[64];
  snprintf(must_be, sizeof must_be, "a whole number from 0 to %llu", (unsigned long long)most);
  return refuse_named(at->home, name, must_be);
}

napi_value wrap(napi_env env, void* pointer, const napi_type_tag* tag, napi_finalize finalize) {
  napi_value object = NULL;
  if (napi_create_object(env, &object) != napi_ok ||
      napi_type_tag_object(env, object, tag) != napi_ok ||
      napi_wrap(env, object, pointer, finalize, NULL, NULL) != napi_ok) {
    return NULL;
  }
  return object;
}

void* unwrap(napi_env env, napi_value value, const napi_type_tag* tag) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  bool known = false;
  void* pointer = NULL;
  if (type != napi_object || napi_check_object_type_tag(env, value, tag, &known) != napi_ok ||
      !known || napi_unwrap(env, value, &pointer) != napi_ok) {
    return NULL;
  }
  return pointer;
}
