/* The least that a call into an addon can do in Node. */
#include <node_api.h>

static napi_value noop(napi_env env, napi_callback_info info) {
    (void)env, (void)info;
    return NULL;
}

NAPI_MODULE_INIT() {
    napi_value function;
    if (napi_create_function(env, "noop", NAPI_AUTO_LENGTH, noop, NULL, &function) != napi_ok) return NULL;
    if (napi_set_named_property(env, exports, "noop", function) != napi_ok) return NULL;
    return exports;
}
