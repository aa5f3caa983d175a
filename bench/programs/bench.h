/* What the programs in C share: the time, and a client of the environment with its token at hand. */
#ifndef XILNEX_AUTH_BENCH_H
#define XILNEX_AUTH_BENCH_H

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xilnex_auth.h>

static inline uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A figure that could not be taken is no figure. */
static inline void must(int is_good, const char *what) {
    if (is_good) return;
    fprintf(stderr, "%s failed\n", what);
    exit(1);
}

/* A client of the environment, of a configuration of its own for each number. */
static inline xilnex_auth_client *client_of(int number) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%.5f", 3 + number / 100000.0);
    must(xilnex_auth_config_set(config, "connect_timeout", seconds, NULL) == XILNEX_AUTH_OK, "setting an option");
    must(xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK, "making a client");
    xilnex_auth_config_free(config);
    return client;
}

static inline size_t get(const xilnex_auth_client *client, char *buffer) {
    size_t length = 0;
    must(xilnex_auth_get_token(client, buffer, XILNEX_AUTH_TOKEN_BUFFER, &length, NULL) == XILNEX_AUTH_OK,
         "getting a token");
    return length;
}

static inline void print_list(const char *name, const double *values, int count, const char *end) {
    int index;
    printf("\"%s\": [", name);
    for (index = 0; index < count; index++) printf("%s%.3f", index ? ", " : "", values[index]);
    printf("]%s", end);
}

#endif
