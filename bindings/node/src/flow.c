#include <stdlib.h>

#include "addon.h"

static const napi_type_tag kFlowTag = {0x9a6e2f1c43b84d02, 0xa1d94c7be8f05233};

static void finalize_flow(napi_env env, void* data, void* hint) {
  (void)env;
  (void)hint;
  flow_box* const box = data;
  if (!box->ended) penstock_flow_free(box->flow);
  free(box);
}

static penstock_status start_with(call* at, client_box* box, penstock_flow** flow) {
  owned_text process = {NULL, 0};
  owned_text correlation = {NULL, 0};
  penstock_status status = read_text(at, at->arguments[1], "a process", &process);
  if (status == PENSTOCK_OK) {
    status = read_text(at, at->arguments[2], "a correlation", &correlation);
  }
  if (status == PENSTOCK_OK) {
    status = keep_failure(
        at->home, penstock_client_start_detached_flow(box->client, process.data, process.size,
                                                      correlation.data, correlation.size, flow));
  }
  free(process.data);
  free(correlation.data);
  return status;
}

static napi_value wrap_flow(napi_env env, penstock_flow* flow) {
  flow_box* const box = malloc(sizeof *box);
  if (box == NULL) return NULL;
  box->flow = flow;
  box->ended = false;
  napi_value object = wrap(env, box, &kFlowTag, finalize_flow);
  if (object == NULL) {
    free(box);
    return NULL;
  }
  set_handle(env, object, flow);
  const penstock_text id = penstock_flow_correlation_id(flow);
  set_text(env, object, "correlationId", id.data, id.size);
  return object;
}

/* startFlow(client, process, correlation): an object that is the flow, or a status. */
napi_value start_flow(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  if (box == NULL) return number_of(env, PENSTOCK_INVALID_ARGUMENT);
  penstock_flow* flow = NULL;
  const penstock_status status = start_with(&at, box, &flow);
  if (status != PENSTOCK_OK) return number_of(env, status);
  napi_value object = wrap_flow(env, flow);
  if (object != NULL) return object;
  penstock_flow_free(flow);
  refuse(at.home, "no memory for a flow");
  return number_of(env, PENSTOCK_OUT_OF_MEMORY);
}

/* completeFlow(client, flow, outcome) */
napi_value complete_flow(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  client_box* const box = client_of(&at, at.arguments[0]);
  flow_box* const flow = unwrap(env, at.arguments[1], &kFlowTag);
  int32_t outcome = 0;
  napi_get_value_int32(env, at.arguments[2], &outcome);
  if (box == NULL || flow == NULL) {
    return number_of(env, refuse(at.home, "not a flow of a client"));
  }
  return number_of(env,
                   keep_failure(at.home, penstock_client_complete_flow(box->client, flow->flow,
                                                                       (penstock_outcome)outcome)));
}

/* endFlow(flow), once: frees it now, for there may be many before the collector runs. No other
 * thread can be in a call with it. Its handle is kept, so that the library refuses it. */
napi_value end_flow(napi_env env, napi_callback_info info) {
  call at = begin_call(env, info);
  flow_box* const box = unwrap(env, at.arguments[0], &kFlowTag);
  if (box == NULL) return number_of(env, refuse(at.home, "not a flow"));
  if (!box->ended) penstock_flow_free(box->flow);
  box->ended = true;
  return number_of(env, PENSTOCK_OK);
}
