#include "addon.h"

#include <stdlib.h>
#include <string.h>

void release_instance(instance* home) {
  if (--home->uses == 0) free(home);
}

static void end_instance(void* home) { ((instance*)home)->ending = true; }

static void free_instance(napi_env env, void* home, void* hint) {
  (void)env;
  (void)hint;
  release_instance(home);
}

static napi_value message(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  return text_of(env, at.home->message, strlen(at.home->message));
}

static napi_value status_name(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  int32_t status = -1;
  napi_get_value_int32(env, at.arguments[0], &status);
  const char* const name = penstock_status_name((penstock_status)status);
  return text_of(env, name, strlen(name));
}

static napi_value version(napi_env env, napi_callback_info info) {
  (void)info;
  return text_of(env, penstock_version(), strlen(penstock_version()));
}

static const struct {
  const char* name;
  napi_callback function;
} kFunctions[] = {
    {"attach", attach},
    {"track", track},
    {"trackJson", track_json},
    {"open", open_client},
    {"callWithText", call_with_text},
    {"callPlain", call_plain},
    {"consent", consent},
    {"startFlow", start_flow},
    {"completeFlow", complete_flow},
    {"endFlow", end_flow},
    {"wait", wait_here},
    {"waitAsync", wait_elsewhere},
    {"stats", stats},
    {"ledger", ledger},
    {"message", message},
    {"statusName", status_name},
    {"version", version},
};

static void add_functions(napi_env env, napi_value exports, instance* home) {
  for (size_t i = 0; i < sizeof kFunctions / sizeof kFunctions[0]; ++i) {
    napi_value function;
    if (napi_create_function(env, kFunctions[i].name, NAPI_AUTO_LENGTH, kFunctions[i].function,
                             home, &function) == napi_ok) {
      napi_set_named_property(env, exports, kFunctions[i].name, function);
    }
  }
}

NAPI_MODULE_INIT() {
  instance* const home = calloc(1, sizeof *home);
  if (home == NULL || napi_set_instance_data(env, home, free_instance, NULL) != napi_ok) {
    free(home);
    napi_throw_error(env, NULL, "penstock: no memory");
    return NULL;
  }
  home->uses = 1;
  napi_add_env_cleanup_hook(env, end_instance, home);
  add_functions(env, exports, home);
  return exports;
}
