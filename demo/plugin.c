/* A till plugin in C: reports each sale to the API with a token, which is fetched once and kept. */
#include "http_post.h"
#include "till.h"
#include <xilnex_auth.h>

static int refuse(char *problem, unsigned long problem_size, xilnex_auth_error *error) {
    snprintf(problem, problem_size, "%s: %s", xilnex_auth_error_id(error), xilnex_auth_error_message(error));
    xilnex_auth_error_free(error);
    return -1;
}

int till_sale(const char *sale, char *problem, unsigned long problem_size) {
    static char header[XILNEX_AUTH_HEADER_BUFFER];
    xilnex_auth_error *error = NULL;
    xilnex_auth_client *client = NULL;
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    int status;

    /* A client for each sale costs no request: equal configurations share one token. */
    if (xilnex_auth_client_new(config, &client, &error) != XILNEX_AUTH_OK) {
        xilnex_auth_config_free(config);
        return refuse(problem, problem_size, error);
    }
    xilnex_auth_config_free(config);
    if (xilnex_auth_authorization_header(client, header, sizeof header, NULL, &error) != XILNEX_AUTH_OK) {
        xilnex_auth_client_free(client);
        return refuse(problem, problem_size, error);
    }
    xilnex_auth_client_free(client);
    status = http_post(getenv("API_URL"), header, sale);
    memset(header, 0, sizeof header);
    if (status != 201) {
        snprintf(problem, problem_size, "the API answered %d", status);
        return -1;
    }
    return 0;
}
