/* The smallest whole program in C: configured by the environment, prints a token. */
#include <stdio.h>
#include <xilnex_auth.h>

int main(void) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    size_t length = 0;
    int status = 0;
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_error *error = NULL;
    xilnex_auth_client *client = NULL;

    if (xilnex_auth_config_set(config, "scope", "coreapi", &error) != XILNEX_AUTH_OK ||
        xilnex_auth_client_new(config, &client, &error) != XILNEX_AUTH_OK ||
        xilnex_auth_get_token(client, token, sizeof token, &length, &error) != XILNEX_AUTH_OK) {
        fprintf(stderr, "%s: %s\n", xilnex_auth_error_id(error), xilnex_auth_error_message(error));
        status = (int)xilnex_auth_error_status(error);
        xilnex_auth_error_free(error);
    } else {
        printf("%s\n", token);
    }
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    return status;
}
