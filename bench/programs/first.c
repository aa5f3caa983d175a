/* From nothing to a token: what a program in C does at its start. */
#include "bench.h"

int main(void) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    must(xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK, "making a client");
    must(get(client, token) > 0, "getting a token");
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    return 0;
}
