/* What must not happen, on purpose: whoever watches memory has to notice. Usage: faulty leak | stale */
#include <stdio.h>
#include <string.h>
#include <xilnex_auth.h>

/* In a function of its own, so that no register keeps the pointer. */
static int leak(const xilnex_auth_client *client) {
    xilnex_auth_token *token = NULL;
    return xilnex_auth_access_token(client, &token, NULL) == XILNEX_AUTH_OK;
}

static int stale(const xilnex_auth_client *client) {
    xilnex_auth_token *token = NULL;
    if (xilnex_auth_access_token(client, &token, NULL) != XILNEX_AUTH_OK) return 0;
    xilnex_auth_token_free(token);
    return xilnex_auth_token_expires_at(token) != 0;
}

int main(int argc, char **argv) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    int is_done = 0;

    if (xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK && argc > 1)
        is_done = strcmp(argv[1], "leak") == 0 ? leak(client) : stale(client);
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    printf("%s\n", is_done ? "done" : "not done");
    return 0;
}
