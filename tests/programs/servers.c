/* The sandbox from C: what it tells, what it refuses, what it does to tokens, and dead handles for every function. */
#include "expect.h"

#include "../../demo/http_post.h"
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <xilnex_auth.h>
#include <xilnex_auth_sandbox.h>

#define THREADS 4

static void refuse(xilnex_auth_sandbox *dead) {
    EXPECT(xilnex_auth_sandbox_base_url(dead) == NULL && xilnex_auth_sandbox_client_id(dead) == NULL);
    EXPECT(xilnex_auth_sandbox_client_secret(dead) == NULL && xilnex_auth_sandbox_scope(dead) == NULL);
    EXPECT(xilnex_auth_sandbox_ca_file(dead) == NULL && xilnex_auth_sandbox_token_requests(dead) == 0);
    EXPECT(xilnex_auth_sandbox_advance(dead, 1) == 1);
    xilnex_auth_sandbox_revoke_tokens(dead);
    xilnex_auth_sandbox_stop(dead);
}

/* The options are refused, and the word is in the reason. */
static void expect_problem(const char *options, const char *word, int line) {
    xilnex_auth_sandbox *sandbox = NULL;
    char problem[300] = "";

    expect(xilnex_auth_sandbox_start(options, &sandbox, problem, sizeof problem) == 1, options, line);
    expect(strstr(problem, word) != NULL, problem, line);
    expect(sandbox == NULL, "the output is not written", line);
}
#define PROBLEM(options, word) expect_problem(options, word, __LINE__)

static void mistakes(const xilnex_auth_sandbox *running) {
    const char *port = strrchr(xilnex_auth_sandbox_base_url(running), ':') + 1;
    xilnex_auth_sandbox *none = NULL;
    char options[40], problem[8] = "abc";

    PROBLEM("", "JSON");
    PROBLEM("[]", "object");
    PROBLEM("{\"tll\": 1}", "tll");
    PROBLEM("{\"fault\": \"unheard-of\"}", "fault");
    PROBLEM("{\"client_id\": \"a\\u0000b\"}", "NUL");
    PROBLEM("\xff", "UTF-8");
    snprintf(options, sizeof options, "{\"port\": %s}", port);
    PROBLEM(options, "did not start");
    EXPECT(xilnex_auth_sandbox_start(NULL, NULL, problem, sizeof problem) == 1 && strcmp(problem, "the arg") == 0);
    EXPECT(xilnex_auth_sandbox_start("{", &none, NULL, 8) == 1 && xilnex_auth_sandbox_start("{", &none, problem, 0) == 1);
    EXPECT(none == NULL && strcmp(problem, "the arg") == 0);
}

static xilnex_auth_client *client_of(const xilnex_auth_sandbox *sandbox) {
    xilnex_auth_config *config = xilnex_auth_config_new();
    const char *ca_file = xilnex_auth_sandbox_ca_file(sandbox);
    const char *options[5][2] = {{"base_url"}, {"client_id"}, {"client_secret"}, {"scope"}, {"ca_file"}};
    xilnex_auth_client *client = NULL;
    int index;

    options[0][1] = xilnex_auth_sandbox_base_url(sandbox);
    options[1][1] = xilnex_auth_sandbox_client_id(sandbox);
    options[2][1] = xilnex_auth_sandbox_client_secret(sandbox);
    options[3][1] = xilnex_auth_sandbox_scope(sandbox);
    options[4][1] = ca_file;
    for (index = 0; index < (ca_file == NULL ? 4 : 5); index++)
        EXPECT(xilnex_auth_config_set(config, options[index][0], options[index][1], NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK);
    xilnex_auth_config_free(config);
    return client;
}

static int post(const xilnex_auth_sandbox *sandbox, const char *header) {
    return http_post(xilnex_auth_sandbox_base_url(sandbox), header, "{\"item\":\"kopi\"}");
}

static void tokens_are_revoked_and_expire(void) {
    static char header[XILNEX_AUTH_HEADER_BUFFER];
    const double zero = 0;
    int is_late;

    for (is_late = 0; is_late < 2; is_late++) {
        xilnex_auth_sandbox *sandbox = NULL;
        xilnex_auth_client *client;

        EXPECT(xilnex_auth_sandbox_start("{\"ttl\": 600}", &sandbox, NULL, 0) == 0);
        client = client_of(sandbox);
        EXPECT(xilnex_auth_authorization_header(client, header, sizeof header, NULL, NULL) == XILNEX_AUTH_OK);
        EXPECT(post(sandbox, header) == 201);
        EXPECT(xilnex_auth_sandbox_advance(sandbox, 300) == 0 && post(sandbox, header) == 201);
        EXPECT(xilnex_auth_sandbox_advance(sandbox, -1) == 1 && xilnex_auth_sandbox_advance(sandbox, zero / zero) == 1);
        if (is_late) EXPECT(xilnex_auth_sandbox_advance(sandbox, 301) == 0);
        else xilnex_auth_sandbox_revoke_tokens(sandbox);
        EXPECT(post(sandbox, header) == 401);
        EXPECT(xilnex_auth_sandbox_token_requests(sandbox) == 1);
        xilnex_auth_client_free(client);
        xilnex_auth_sandbox_stop(sandbox);
    }
}

static void tls(void) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    xilnex_auth_sandbox *sandbox = NULL;
    xilnex_auth_client *client;

    EXPECT(xilnex_auth_sandbox_start("{\"tls\": true, \"client_secret\": \"told\"}", &sandbox, NULL, 0) == 0);
    EXPECT(strncmp(xilnex_auth_sandbox_base_url(sandbox), "https://", 8) == 0);
    EXPECT(strcmp(xilnex_auth_sandbox_client_secret(sandbox), "told") == 0);
    client = client_of(sandbox);
    EXPECT(xilnex_auth_get_token(client, token, sizeof token, NULL, NULL) == XILNEX_AUTH_OK);
    xilnex_auth_client_free(client);
    xilnex_auth_sandbox_stop(sandbox);
}

/* All threads read from it and all stop it. */
static void *use(void *shared) {
    xilnex_auth_sandbox *sandbox = shared;
    while (xilnex_auth_sandbox_advance(sandbox, 1) == 0)
        if (xilnex_auth_sandbox_token_requests(sandbox) > 0) xilnex_auth_sandbox_stop(sandbox);
    xilnex_auth_sandbox_stop(sandbox);
    return NULL;
}

static void stopped_by_many_threads(void) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    pthread_t threads[THREADS];
    xilnex_auth_sandbox *sandbox = NULL;
    xilnex_auth_client *client;
    int index;

    EXPECT(xilnex_auth_sandbox_start(NULL, &sandbox, NULL, 0) == 0);
    client = client_of(sandbox);
    for (index = 0; index < THREADS; index++) EXPECT(pthread_create(&threads[index], NULL, use, sandbox) == 0);
    /* Once it is counted the sandbox goes, perhaps before it has answered. */
    (void)!xilnex_auth_get_token(client, token, sizeof token, NULL, NULL);
    for (index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
    refuse(sandbox);
    xilnex_auth_client_free(client);
}

int main(void) {
    xilnex_auth_sandbox *sandbox = NULL, *other = NULL;
    xilnex_auth_client *client;

    EXPECT(xilnex_auth_sandbox_start(NULL, &sandbox, NULL, 0) == 0);
    EXPECT(xilnex_auth_sandbox_start("{}", &other, NULL, 0) == 0 && other != sandbox);
    EXPECT(xilnex_auth_sandbox_ca_file(sandbox) == NULL && xilnex_auth_sandbox_token_requests(sandbox) == 0);
    xilnex_auth_sandbox_stop(other);
    client = client_of(sandbox);
    refuse(other);
    refuse(NULL);
    refuse((xilnex_auth_sandbox *)client);
    refuse((xilnex_auth_sandbox *)(uintptr_t)7);
    mistakes(sandbox);
    EXPECT(xilnex_auth_sandbox_base_url(sandbox) != NULL);
    xilnex_auth_client_free(client);
    xilnex_auth_sandbox_stop(sandbox);
    tokens_are_revoked_and_expire();
    tls();
    stopped_by_many_threads();
    printf("%d failures\n", failures);
    return failures != 0;
}
