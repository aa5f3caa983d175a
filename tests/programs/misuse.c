/* What a careless caller does in C: each mistake is told, nothing is written, nothing breaks. */
#include <stdio.h>
#include <string.h>
#include <xilnex_auth.h>

static int failures;

static void expect(int is_true, const char *what, int line) {
    if (is_true) return;
    printf("line %d: %s\n", line, what);
    failures++;
}
#define EXPECT(condition) expect((condition) != 0, #condition, __LINE__)

/* The status is that of a caller's mistake, and the message names the culprit. */
static void expect_refusal(xilnex_auth_status status, xilnex_auth_error **error, const char *culprit, int line) {
    expect(status == XILNEX_AUTH_INVALID_CONFIG, "the status is XILNEX_AUTH_INVALID_CONFIG", line);
    expect(xilnex_auth_error_status(*error) == status, "the error has the status", line);
    expect(strstr(xilnex_auth_error_message(*error), culprit) != NULL, culprit, line);
    xilnex_auth_error_free(*error);
    *error = NULL;
}
#define REFUSED(call, culprit) expect_refusal((call), &error, culprit, __LINE__)

static void null_pointers(const xilnex_auth_client *client, xilnex_auth_config *config) {
    xilnex_auth_error *error = NULL;
    xilnex_auth_client *none = NULL;
    xilnex_auth_token *token = NULL;
    char buffer[8];
    double zero = 0;
    int invalidated = 7;

    REFUSED(xilnex_auth_config_set(NULL, "scope", "coreapi", &error), "config");
    REFUSED(xilnex_auth_config_set(config, NULL, "coreapi", &error), "name");
    REFUSED(xilnex_auth_config_set(config, "scope", NULL, &error), "value");
    REFUSED(xilnex_auth_client_new(NULL, &none, &error), "config");
    REFUSED(xilnex_auth_client_new(config, NULL, &error), "client");
    REFUSED(xilnex_auth_get_token(NULL, buffer, sizeof buffer, NULL, &error), "client");
    REFUSED(xilnex_auth_authorization_header(NULL, buffer, sizeof buffer, NULL, &error), "client");
    REFUSED(xilnex_auth_access_token(NULL, &token, &error), "client");
    REFUSED(xilnex_auth_access_token(client, NULL, &error), "token");
    REFUSED(xilnex_auth_access_token_with(NULL, 0, 0, &token, &error), "client");
    REFUSED(xilnex_auth_access_token_with(client, -1, 0, &token, &error), "min_ttl");
    REFUSED(xilnex_auth_access_token_with(client, 0, zero / zero, &token, &error), "timeout");
    REFUSED(xilnex_auth_invalidate(NULL, "x", &invalidated, &error), "client");
    REFUSED(xilnex_auth_invalidate(client, NULL, &invalidated, &error), "token");
    EXPECT(none == NULL && token == NULL && invalidated == 7);

    /* No error wanted, no output wanted. */
    EXPECT(xilnex_auth_client_new(NULL, &none, NULL) == XILNEX_AUTH_INVALID_CONFIG);
    EXPECT(xilnex_auth_invalidate(client, "x", NULL, NULL) == XILNEX_AUTH_OK);

    xilnex_auth_client_close(NULL);
    xilnex_auth_client_free(NULL);
    xilnex_auth_config_free(NULL);
    xilnex_auth_token_free(NULL);
    xilnex_auth_error_free(NULL);
    EXPECT(xilnex_auth_client_id(NULL) == NULL && xilnex_auth_client_base_url(NULL) == NULL);
    EXPECT(xilnex_auth_client_scope(NULL) == NULL);
    EXPECT(xilnex_auth_token_value(NULL) == NULL && xilnex_auth_token_authorization_header(NULL) == NULL);
    EXPECT(xilnex_auth_token_type(NULL) == NULL && xilnex_auth_token_scope(NULL) == NULL);
    EXPECT(xilnex_auth_token_expires_at(NULL) == 0);
    EXPECT(xilnex_auth_error_status(NULL) == XILNEX_AUTH_OK && xilnex_auth_error_hint(NULL) == NULL);
    EXPECT(strcmp(xilnex_auth_error_id(NULL), "ok") == 0 && strcmp(xilnex_auth_error_message(NULL), "") == 0);
    EXPECT(xilnex_auth_error_oauth_error(NULL) == NULL && xilnex_auth_error_http_status(NULL) == 0);
    EXPECT(xilnex_auth_error_retry_after(NULL) < 0 && xilnex_auth_error_attempts(NULL) == 0);
    EXPECT(xilnex_auth_error_is_retryable(NULL) == 0);
}

static void texts(xilnex_auth_config *config) {
    xilnex_auth_error *error = NULL;
    REFUSED(xilnex_auth_config_set(config, "scope", "\xff\xfe", &error), "UTF-8");
    REFUSED(xilnex_auth_config_set(config, "scopes", "coreapi", &error), "scopes");
    REFUSED(xilnex_auth_config_set(config, "client_secret", "with a newline\n", &error), "XILNEX_CLIENT_SECRET");
    EXPECT(strcmp(xilnex_auth_status_id(XILNEX_AUTH_REJECTED), "rejected") == 0);
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
    EXPECT(xilnex_auth_get_token(client, header, length + 1, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(strcmp(header, whole) == 0);
    EXPECT(xilnex_auth_authorization_header(client, header, sizeof header, &told, &error) == XILNEX_AUTH_OK);
    EXPECT(told == length + 7 && strncmp(header, "Bearer ", 7) == 0 && strcmp(header + 7, whole) == 0);
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
    any_order_of_freeing();
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    printf("%d failures\n", failures);
    return failures != 0;
}
