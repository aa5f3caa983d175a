/* A test of the plugin without an account: a sandbox in this process serves it, well and badly. */
#define _POSIX_C_SOURCE 200809L
#include "plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xilnex_auth.h>
#include <xilnex_auth_sandbox.h>

static int failures;

static void check(int is_true, const char *what) {
    if (is_true) return;
    fprintf(stderr, "not so: %s\n", what);
    failures++;
}

static void ignore(const char *line) { (void)line; }

/* Starts a sandbox and points the plugin at it. */
static xilnex_auth_sandbox *start(const char *options) {
    xilnex_auth_sandbox *sandbox = NULL;
    char problem[256];

    if (xilnex_auth_sandbox_start(options, &sandbox, problem, sizeof problem) != 0) {
        fprintf(stderr, "no sandbox: %s\n", problem);
        exit(1);
    }
    setenv("XILNEX_BASE_URL", xilnex_auth_sandbox_base_url(sandbox), 1);
    setenv("XILNEX_CLIENT_ID", xilnex_auth_sandbox_client_id(sandbox), 1);
    setenv("XILNEX_CLIENT_SECRET", xilnex_auth_sandbox_client_secret(sandbox), 1);
    setenv("XILNEX_SCOPE", xilnex_auth_sandbox_scope(sandbox), 1);
    return sandbox;
}

static void one_token_serves_all_calls(void) {
    static char header[XILNEX_AUTH_HEADER_BUFFER];
    xilnex_auth_sandbox *sandbox = start(NULL);
    int call;

    check(plugin_init(ignore) == 0, "the plugin begins");
    for (call = 0; call < 100; call++) check(plugin_ask(header, sizeof header) == 0, "a call gets a header");
    check(strncmp(header, "Bearer ", 7) == 0, "the header has its type");
    check(xilnex_auth_sandbox_token_requests(sandbox) == 1, "all calls cost one request");
    plugin_shutdown();
    xilnex_auth_sandbox_stop(sandbox);
}

static void a_refusal_is_told_in_words(void) {
    xilnex_auth_sandbox *sandbox = start("{\"script\": [{\"status\": 400, \"body\": \"{\\\"error\\\":\\\"invalid_client\\\"}\"}]}");
    char text[200];

    check(plugin_init(ignore) == 0, "the plugin begins");
    check(plugin_ask(text, sizeof text) != 0, "the call is refused");
    check(strstr(text, "invalid_client") != NULL, "the refusal says why");
    plugin_shutdown();
    xilnex_auth_sandbox_stop(sandbox);
}

int main(void) {
    one_token_serves_all_calls();
    a_refusal_is_told_in_words();
    printf("%d failures\n", failures);
    return failures != 0;
}
