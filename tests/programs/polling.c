/* A caller that never waits: it asks every 10 ms, and no call of it takes as long as the network does. */
#include "expect.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xilnex_auth.h>
#include <xilnex_auth_sandbox.h>

#define THREADS 8

/* The machine may take the processor away from a call now and then, but not from each. */
#define QUICK 0.005
#define MOST_SLOW 3
#define LATENCY 0.5

/* The first token of a sandbox takes the making of a key, on a busy machine too. */
#define PATIENT "20"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static xilnex_auth_sandbox *start(const char *options) {
    xilnex_auth_sandbox *sandbox = NULL;
    char problem[200] = "";

    EXPECT(xilnex_auth_sandbox_start(options, &sandbox, problem, sizeof problem) == 0);
    EXPECT(strcmp(problem, "") == 0);
    return sandbox;
}

/* Whether a text is there and is this one. */
static int is(const char *text, const char *expected) { return text != NULL && strcmp(text, expected) == 0; }

static xilnex_auth_client *client_of(const xilnex_auth_sandbox *sandbox, const char *secret, const char *timeout) {
    xilnex_auth_config *config = xilnex_auth_config_new();
    xilnex_auth_client *client = NULL;

    if (secret == NULL) secret = xilnex_auth_sandbox_client_secret(sandbox);
    EXPECT(xilnex_auth_config_set(config, "base_url", xilnex_auth_sandbox_base_url(sandbox), NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_config_set(config, "client_id", xilnex_auth_sandbox_client_id(sandbox), NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_config_set(config, "client_secret", secret, NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_config_set(config, "timeout", timeout, NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK);
    xilnex_auth_config_free(config);
    return client;
}

/* What asking again and again came to. */
struct polled {
    xilnex_auth_status status;
    double took, longest;
    int pending, slow;
};

static struct polled poll(const xilnex_auth_client *client, char *token, size_t size, xilnex_auth_error **error) {
    static const struct timespec frame = {0, 10000000};
    struct polled polled = {XILNEX_AUTH_PENDING, 0, 0, 0, 0};
    const double began = now();

    for (;;) {
        const double before = now();
        size_t length = 7;
        polled.status = xilnex_auth_try_get_token(client, token, size, &length, error);
        if (now() - before > polled.longest) polled.longest = now() - before;
        polled.slow += now() - before > QUICK;
        polled.took = now() - began;
        if (polled.status != XILNEX_AUTH_PENDING || polled.took > 30) return polled;
        EXPECT(length == 7 && strcmp(token, "untouched") == 0 && *error == NULL);
        polled.pending++;
        nanosleep(&frame, NULL);
    }
}

static void expect_quick(struct polled polled) {
    if (polled.slow > MOST_SLOW || polled.longest > LATENCY / 2)
        printf("%d slow calls, the longest %.1f ms\n", polled.slow, polled.longest * 1e3);
    EXPECT(polled.slow <= MOST_SLOW && polled.longest <= LATENCY / 2);
}

static void a_token_comes_while_the_caller_goes_on(void) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER] = "untouched", again[XILNEX_AUTH_TOKEN_BUFFER];
    xilnex_auth_sandbox *sandbox = start("{\"latency\": 0.5}");
    xilnex_auth_client *client = client_of(sandbox, NULL, PATIENT);
    xilnex_auth_error *error = NULL;
    xilnex_auth_token *object = NULL;
    size_t length = 0;
    struct polled polled;

    EXPECT(xilnex_auth_try_access_token(client, &object, &error) == XILNEX_AUTH_PENDING && object == NULL);
    polled = poll(client, token, sizeof token, &error);
    EXPECT(polled.status == XILNEX_AUTH_OK && error == NULL && polled.pending > 5 && polled.took > LATENCY * 0.8);
    expect_quick(polled);
    EXPECT(xilnex_auth_sandbox_token_requests(sandbox) == 1);
    EXPECT(xilnex_auth_get_token(client, again, sizeof again, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(strcmp(token, again) == 0);
    EXPECT(xilnex_auth_try_access_token(client, &object, NULL) == XILNEX_AUTH_OK);
    EXPECT(is(xilnex_auth_token_value(object), token));
    EXPECT(xilnex_auth_try_get_token(client, NULL, 0, &length, NULL) == XILNEX_AUTH_INVALID_CONFIG);
    EXPECT(length == strlen(token));
    xilnex_auth_client_close(client);
    EXPECT(xilnex_auth_try_get_token(client, token, sizeof token, NULL, NULL) == XILNEX_AUTH_CLOSED);
    xilnex_auth_token_free(object);
    xilnex_auth_client_free(client);
    xilnex_auth_sandbox_stop(sandbox);
}

static void a_silent_server_ends_in_a_timeout(void) {
    char token[64] = "untouched";
    xilnex_auth_sandbox *sandbox = start("{\"fault\": \"silent-after-request\"}");
    xilnex_auth_client *client = client_of(sandbox, NULL, "1");
    xilnex_auth_error *error = NULL, *repeated = NULL;
    const struct polled polled = poll(client, token, sizeof token, &error);

    EXPECT(polled.status == XILNEX_AUTH_TIMEOUT && xilnex_auth_error_status(error) == XILNEX_AUTH_TIMEOUT);
    EXPECT(polled.pending > 10 && polled.took > 0.9 && polled.took < 5);
    expect_quick(polled);
    EXPECT(xilnex_auth_try_get_token(client, token, sizeof token, NULL, &repeated) == XILNEX_AUTH_TIMEOUT);
    EXPECT(xilnex_auth_error_is_repeated(repeated) && strcmp(token, "untouched") == 0);
    xilnex_auth_error_free(error);
    xilnex_auth_error_free(repeated);
    xilnex_auth_client_free(client);
    xilnex_auth_sandbox_stop(sandbox);
}

static void a_refusal_is_told(void) {
    char token[64] = "untouched";
    xilnex_auth_sandbox *sandbox = start("{\"client_id\": \"till\", \"latency\": 0.1}");
    xilnex_auth_client *client = client_of(sandbox, "wrong", PATIENT);
    xilnex_auth_error *error = NULL;
    const struct polled polled = poll(client, token, sizeof token, &error);

    EXPECT(polled.status == XILNEX_AUTH_REJECTED && polled.pending > 0 && strcmp(token, "untouched") == 0);
    EXPECT(is(xilnex_auth_error_oauth_error(error), "invalid_client"));
    EXPECT(xilnex_auth_sandbox_token_requests(sandbox) == 1);
    xilnex_auth_error_free(error);
    xilnex_auth_client_free(client);
    xilnex_auth_sandbox_stop(sandbox);
}

static void *poll_beside(void *client) {
    char *token = calloc(1, XILNEX_AUTH_TOKEN_BUFFER);
    xilnex_auth_error *error = NULL;
    struct polled polled;

    strcpy(token, "untouched");
    polled = poll(client, token, XILNEX_AUTH_TOKEN_BUFFER, &error);
    free(token);
    xilnex_auth_error_free(error);
    return polled.status == XILNEX_AUTH_OK ? client : NULL;
}

static void many_threads_share_one_request(void) {
    pthread_t threads[THREADS];
    xilnex_auth_sandbox *sandbox = start("{\"latency\": 0.2}");
    xilnex_auth_client *client = client_of(sandbox, NULL, PATIENT);
    int index;

    for (index = 0; index < THREADS; index++)
        EXPECT(pthread_create(&threads[index], NULL, poll_beside, client) == 0);
    for (index = 0; index < THREADS; index++) {
        void *served = NULL;
        pthread_join(threads[index], &served);
        EXPECT(served != NULL);
    }
    EXPECT(xilnex_auth_sandbox_token_requests(sandbox) == 1);
    xilnex_auth_client_free(client);
    xilnex_auth_sandbox_stop(sandbox);
}

int main(void) {
    a_token_comes_while_the_caller_goes_on();
    a_silent_server_ends_in_a_timeout();
    a_refusal_is_told();
    many_threads_share_one_request();
    printf("%d failures\n", failures);
    return failures != 0;
}
