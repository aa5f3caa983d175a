/* A till with one thread: it draws and sells on while its token is on the way, and never waits for the network. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <xilnex_auth.h>

#define LONGEST_WAIT 60.0

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Stands for the till's own work between two looks at the token. */
static void draw(void) {
    static const struct timespec frame = {0, 10000000};
    nanosleep(&frame, NULL);
}

/* Asks until there is a token or a failure; tells how many frames were drawn and how long the longest call took. */
static int sell(const xilnex_auth_client *client, char *token, size_t size) {
    const double until = now() + LONGEST_WAIT;
    xilnex_auth_error *error = NULL;
    xilnex_auth_status status;
    double longest = 0;
    long frames = 0;

    for (;;) {
        const double began = now();
        status = xilnex_auth_try_get_token(client, token, size, NULL, &error);
        if (now() - began > longest) longest = now() - began;
        if (status != XILNEX_AUTH_PENDING || now() > until) break;
        draw();
        frames++;
    }
    printf("%s after %ld frames, longest call %.3f ms\n", xilnex_auth_status_id(status), frames, longest * 1e3);
    if (error != NULL) printf("%s\n", xilnex_auth_error_message(error));
    xilnex_auth_error_free(error);
    return status == XILNEX_AUTH_OK ? 0 : 1;
}

int main(void) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    xilnex_auth_error *error = NULL;
    int result = 1;

    if (xilnex_auth_client_new(config, &client, &error) == XILNEX_AUTH_OK) {
        result = sell(client, token, sizeof token);
    } else {
        fprintf(stderr, "%s\n", xilnex_auth_error_message(error));
        xilnex_auth_error_free(error);
    }
    memset(token, 0, sizeof token);
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    return result;
}
