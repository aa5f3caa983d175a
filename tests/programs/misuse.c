/* What a careless caller does in C: each mistake is told, nothing is written, nothing breaks. */
#include "refused.h"

#include <math.h>

static void hear(const xilnex_auth_event *event, void *data);

static void null_pointers(const xilnex_auth_client *client, xilnex_auth_config *config) {
    xilnex_auth_error *error = NULL;
    xilnex_auth_client *none = NULL;
    xilnex_auth_token *token = NULL;
    char buffer[8];
    double zero = 0;
    int invalidated = 7;
    xilnex_auth_stats *stats = NULL;
    xilnex_auth_subscription *subscription = NULL;

    REFUSED(xilnex_auth_config_set(NULL, "scope", "coreapi", &error), "config");
    REFUSED(xilnex_auth_config_set(config, NULL, "coreapi", &error), "name");
    REFUSED(xilnex_auth_config_set(config, "scope", NULL, &error), "value");
    REFUSED(xilnex_auth_client_new(NULL, &none, &error), "config");
    REFUSED(xilnex_auth_client_new(config, NULL, &error), "client");
    REFUSED(xilnex_auth_get_token(NULL, buffer, sizeof buffer, NULL, &error), "client");
    REFUSED(xilnex_auth_authorization_header(NULL, buffer, sizeof buffer, NULL, &error), "client");
    REFUSED(xilnex_auth_access_token(NULL, &token, &error), "client");
    REFUSED(xilnex_auth_access_token(client, NULL, &error), "token");
    REFUSED(xilnex_auth_try_get_token(NULL, buffer, sizeof buffer, NULL, &error), "client");
    REFUSED(xilnex_auth_try_get_token(client, NULL, 8, NULL, &error), "buffer");
    REFUSED(xilnex_auth_try_access_token(NULL, &token, &error), "client");
    REFUSED(xilnex_auth_try_access_token(client, NULL, &error), "token");
    REFUSED(xilnex_auth_access_token_with(NULL, 0, 0, &token, &error), "client");
    REFUSED(xilnex_auth_access_token_with(client, -1, 0, &token, &error), "min_ttl");
    REFUSED(xilnex_auth_access_token_with(client, 0, zero / zero, &token, &error), "timeout");
    REFUSED(xilnex_auth_invalidate(NULL, "x", &invalidated, &error), "client");
    REFUSED(xilnex_auth_invalidate(client, NULL, &invalidated, &error), "token");
    REFUSED(xilnex_auth_client_stats(NULL, &stats, &error), "client");
    REFUSED(xilnex_auth_client_stats(client, NULL, &error), "stats");
    REFUSED(xilnex_auth_events_subscribe(NULL, NULL, &subscription, &error), "callback");
    REFUSED(xilnex_auth_events_subscribe(hear, NULL, NULL, &error), "subscription");
    EXPECT(none == NULL && token == NULL && invalidated == 7 && stats == NULL && subscription == NULL);

    /* No error wanted, no output wanted. */
    EXPECT(xilnex_auth_client_new(NULL, &none, NULL) == XILNEX_AUTH_INVALID_CONFIG);
    EXPECT(xilnex_auth_invalidate(client, "x", NULL, NULL) == XILNEX_AUTH_OK);

    xilnex_auth_client_close(NULL);
    xilnex_auth_client_free(NULL);
    xilnex_auth_config_free(NULL);
    xilnex_auth_token_free(NULL);
    xilnex_auth_error_free(NULL);
    xilnex_auth_stats_free(NULL);
    xilnex_auth_events_unsubscribe(NULL);
    EXPECT(xilnex_auth_client_id(NULL) == NULL && xilnex_auth_client_base_url(NULL) == NULL);
    EXPECT(xilnex_auth_client_scope(NULL) == NULL);
    EXPECT(xilnex_auth_token_value(NULL) == NULL && xilnex_auth_token_authorization_header(NULL) == NULL);
    EXPECT(xilnex_auth_token_type(NULL) == NULL && xilnex_auth_token_scope(NULL) == NULL);
    EXPECT(xilnex_auth_token_expires_at(NULL) == 0);
    EXPECT(xilnex_auth_error_status(NULL) == XILNEX_AUTH_OK && xilnex_auth_error_hint(NULL) == NULL);
    EXPECT(strcmp(xilnex_auth_error_id(NULL), "ok") == 0 && strcmp(xilnex_auth_error_message(NULL), "") == 0);
    EXPECT(xilnex_auth_error_oauth_error(NULL) == NULL && xilnex_auth_error_http_status(NULL) == 0);
    EXPECT(xilnex_auth_error_retry_after(NULL) < 0 && xilnex_auth_error_attempts(NULL) == 0);
    EXPECT(xilnex_auth_error_is_retryable(NULL) == 0 && xilnex_auth_error_is_repeated(NULL) == 0);
    EXPECT(xilnex_auth_error_copy(NULL) == NULL);
    EXPECT(xilnex_auth_stats_value(NULL, "hits") < 0 && xilnex_auth_stats_failures(NULL, XILNEX_AUTH_DNS) == 0);
    EXPECT(strcmp(xilnex_auth_event_name(NULL), "") == 0 && strcmp(xilnex_auth_event_message(NULL), "") == 0);
    EXPECT(strcmp(xilnex_auth_event_client_id(NULL), "") == 0 && xilnex_auth_event_token(NULL) == NULL);
    EXPECT(xilnex_auth_event_took(NULL) < 0 && xilnex_auth_event_expires_in(NULL) < 0);
    EXPECT(xilnex_auth_event_at(NULL) <= 0 && xilnex_auth_event_is_warning(NULL) == 0);
    EXPECT(xilnex_auth_event_error(NULL) == NULL);
}

static void texts(xilnex_auth_config *config) {
    xilnex_auth_error *error = NULL;
    REFUSED(xilnex_auth_config_set(config, "scope", "\xff\xfe", &error), "UTF-8");
    REFUSED(xilnex_auth_config_set(config, "scopes", "coreapi", &error), "scopes");
    REFUSED(xilnex_auth_config_set(config, "client_secret", "with a newline\n", &error), "XILNEX_CLIENT_SECRET");
    EXPECT(strcmp(xilnex_auth_status_id(XILNEX_AUTH_REJECTED), "rejected") == 0);
    EXPECT(strcmp(xilnex_auth_status_id(XILNEX_AUTH_PENDING), "pending") == 0);
    EXPECT(strcmp(xilnex_auth_status_id(-5), "unknown") == 0);
    EXPECT(strcmp(xilnex_auth_version(), XILNEX_AUTH_VERSION) == 0);
}

static void buffers(const xilnex_auth_client *client) {
    static char whole[XILNEX_AUTH_HEADER_BUFFER], header[XILNEX_AUTH_HEADER_BUFFER];
    xilnex_auth_error *error = NULL;
    size_t length = 0, told = 0;
    char small[4] = "abc";

    EXPECT(xilnex_auth_get_token(client, whole, sizeof whole, &length, &error) == XILNEX_AUTH_OK);
    EXPECT(length == strlen(whole) && length > 20);
    REFUSED(xilnex_auth_get_token(client, NULL, 0, &told, &error), "0 bytes");
    EXPECT(told == length);
    REFUSED(xilnex_auth_get_token(client, small, sizeof small, &told, &error), "4 bytes");
    EXPECT(told == length && strcmp(small, "abc") == 0);
    REFUSED(xilnex_auth_get_token(client, whole, length, &told, &error), "are needed");
    REFUSED(xilnex_auth_get_token(client, NULL, length + 1, NULL, &error), "buffer");
    REFUSED(xilnex_auth_authorization_header(client, NULL, (size_t)-1, &told, &error), "buffer");
    EXPECT(told == length);
    EXPECT(xilnex_auth_get_token(client, header, (size_t)-1, &told, &error) == XILNEX_AUTH_OK && told == length);
    EXPECT(strcmp(header, whole) == 0);
    EXPECT(xilnex_auth_get_token(client, header, length + 1, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(strcmp(header, whole) == 0);
    EXPECT(xilnex_auth_authorization_header(client, header, sizeof header, &told, &error) == XILNEX_AUTH_OK);
    EXPECT(told == length + 7 && strncmp(header, "Bearer ", 7) == 0 && strcmp(header + 7, whole) == 0);
}

static void statistics(const xilnex_auth_client *client) {
    xilnex_auth_stats *stats = NULL;

    EXPECT(xilnex_auth_client_stats(client, &stats, NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_stats_value(stats, "requests") == 1 && xilnex_auth_stats_value(stats, "successes") == 1);
    EXPECT(xilnex_auth_stats_value(stats, "failures") == 0 && xilnex_auth_stats_value(stats, "hits") > 2);
    EXPECT(xilnex_auth_stats_value(stats, "last_refresh") > 0 && xilnex_auth_stats_value(stats, "expires_in") > 3000);
    EXPECT(xilnex_auth_stats_value(stats, "hit") < 0 && xilnex_auth_stats_value(stats, NULL) < 0);
    EXPECT(xilnex_auth_stats_value(stats, "\xff") < 0);
    EXPECT(xilnex_auth_stats_failures(stats, XILNEX_AUTH_REJECTED) == 0 && xilnex_auth_stats_failures(stats, -5) == 0);
    xilnex_auth_stats_free(stats);
}

struct listener {
    const xilnex_auth_client *client;
    xilnex_auth_subscription *own;
    int heard;
};

/* Hears that a token was dropped, asks for one, and ends its own subscription. */
static void hear(const xilnex_auth_event *event, void *data) {
    struct listener *listener = data;
    xilnex_auth_error *error = NULL;
    char token[XILNEX_AUTH_TOKEN_BUFFER];

    listener->heard++;
    EXPECT(strcmp(xilnex_auth_event_name(event), "invalidated") == 0);
    EXPECT(strcmp(xilnex_auth_event_client_id(event), xilnex_auth_client_id(listener->client)) == 0);
    EXPECT(strlen(xilnex_auth_event_token(event)) == 8);
    EXPECT(strstr(xilnex_auth_event_message(event), xilnex_auth_event_token(event)) != NULL);
    EXPECT(xilnex_auth_event_took(event) < 0 && xilnex_auth_event_expires_in(event) > 3000);
    EXPECT(xilnex_auth_event_at(event) > 1e9 && xilnex_auth_event_is_warning(event) == 0);
    EXPECT(xilnex_auth_event_error(event) == NULL && isnan(xilnex_auth_event_clock_skew(event)));
    REFUSED(xilnex_auth_get_token(listener->client, token, sizeof token, NULL, &error), "listener");
    xilnex_auth_events_unsubscribe(listener->own);
    listener->own = NULL;
}

/* A token may be dropped once in 30 s, and whoever listens hears of it. */
static void events(const xilnex_auth_client *client) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER], other[XILNEX_AUTH_TOKEN_BUFFER];
    struct listener listener = {NULL, NULL, 0};
    int invalidated = 7;

    listener.client = client;
    EXPECT(xilnex_auth_get_token(client, token, sizeof token, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_events_subscribe(hear, &listener, &listener.own, NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_invalidate(client, token, &invalidated, NULL) == XILNEX_AUTH_OK && invalidated == 1);
    EXPECT(listener.heard == 1 && listener.own == NULL);
    EXPECT(xilnex_auth_get_token(client, other, sizeof other, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(strcmp(token, other) != 0);
    EXPECT(xilnex_auth_invalidate(client, other, &invalidated, NULL) == XILNEX_AUTH_OK && invalidated == 0);
    EXPECT(xilnex_auth_get_token(client, token, sizeof token, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(strcmp(token, other) == 0 && listener.heard == 1);
}

/* An error is told again for a while; a copy outlives it. */
static void repeated_errors(void) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    xilnex_auth_error *first = NULL, *second = NULL, *copy;
    char token[XILNEX_AUTH_TOKEN_BUFFER];

    EXPECT(xilnex_auth_config_set(config, "client_secret", "wrong", NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_get_token(client, token, sizeof token, NULL, &first) == XILNEX_AUTH_REJECTED);
    EXPECT(xilnex_auth_get_token(client, token, sizeof token, NULL, &second) == XILNEX_AUTH_REJECTED);
    EXPECT(!xilnex_auth_error_is_repeated(first) && xilnex_auth_error_is_repeated(second));
    EXPECT(xilnex_auth_error_retry_after(first) < 0 && xilnex_auth_error_retry_after(second) > 25);
    copy = xilnex_auth_error_copy(second);
    EXPECT(strcmp(xilnex_auth_error_message(copy), xilnex_auth_error_message(second)) == 0);
    xilnex_auth_error_free(first);
    xilnex_auth_error_free(second);
    EXPECT(xilnex_auth_error_is_repeated(copy) && strlen(xilnex_auth_error_hint(copy)) > 0);
    xilnex_auth_error_free(copy);
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
}

/* A token outlives the client that gave it, and a client its configuration. */
static void any_order_of_freeing(void) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    xilnex_auth_token *token = NULL;
    xilnex_auth_error *error = NULL;

    EXPECT(xilnex_auth_client_new(config, &client, &error) == XILNEX_AUTH_OK);
    xilnex_auth_config_free(config);
    EXPECT(xilnex_auth_access_token(client, &token, &error) == XILNEX_AUTH_OK);
    xilnex_auth_client_close(client);
    EXPECT(xilnex_auth_access_token(client, &token, &error) == XILNEX_AUTH_CLOSED);
    EXPECT(strcmp(xilnex_auth_error_id(error), "closed") == 0);
    xilnex_auth_client_free(client);
    EXPECT(strlen(xilnex_auth_token_value(token)) > 20);
    EXPECT(strcmp(xilnex_auth_token_type(token), "Bearer") == 0);
    EXPECT(strlen(xilnex_auth_error_message(error)) > 0);
    xilnex_auth_token_free(token);
    xilnex_auth_error_free(error);
}

int main(void) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    EXPECT(xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK);
    null_pointers(client, config);
    texts(config);
    buffers(client);
    statistics(client);
    any_order_of_freeing();
    events(client);
    repeated_errors();
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    printf("%d failures\n", failures);
    return failures != 0;
}
