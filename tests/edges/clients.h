/* Clients of the sandbox, each with an engine of its own where it is wanted. */
#ifndef CLIENTS_H
#define CLIENTS_H

#include <stdio.h>
#include <stdlib.h>
#include <xilnex_auth.h>

/* A configuration from the environment; each number makes another one, with a token of its own. */
static inline xilnex_auth_config *numbered_config(long number) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%ld.%06ld", 3 + number / 1000000, number % 1000000);
    if (xilnex_auth_config_set(config, "connect_timeout", seconds, NULL) != XILNEX_AUTH_OK) abort();
    return config;
}

/* A client for a configuration, which is freed. */
static inline xilnex_auth_client *client_of(xilnex_auth_config *config) {
    xilnex_auth_client *client = NULL;
    if (xilnex_auth_client_new(config, &client, NULL) != XILNEX_AUTH_OK) abort();
    xilnex_auth_config_free(config);
    return client;
}

static inline xilnex_auth_client *numbered_client(long number) { return client_of(numbered_config(number)); }

/* What a call ends with that waits for at most so many seconds. */
static inline xilnex_auth_status ask(const xilnex_auth_client *client, double timeout) {
    xilnex_auth_token *token = NULL;
    const xilnex_auth_status status = xilnex_auth_access_token_with(client, 0, timeout, &token, NULL);
    xilnex_auth_token_free(token);
    return status;
}

#endif
