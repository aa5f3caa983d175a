/* What a program must not do, on purpose: whoever watches memory has to notice. Usage: faulty leak | stale */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xilnex_auth.h>

/* In a function of its own, so that no register keeps the pointer. */
static int leak(const char *text) {
    char *copy = malloc(strlen(text) + 1);
    if (copy == NULL) return 0;
    strcpy(copy, text);
    return copy[0] == text[0];
}

/* A text lives as long as its token, and no longer. */
static int stale(xilnex_auth_token *token) {
    const char *text = xilnex_auth_token_type(token);
    xilnex_auth_token_free(token);
    return text[0] != 'x';
}

int main(int argc, char **argv) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    xilnex_auth_token *token = NULL;
    int is_done = 0;

    if (argc > 1 && xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK &&
        xilnex_auth_access_token(client, &token, NULL) == XILNEX_AUTH_OK)
        is_done = strcmp(argv[1], "leak") == 0 ? leak(xilnex_auth_token_type(token)) : stale(token);
    xilnex_auth_token_free(token);
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    printf("%s\n", is_done ? "done" : "not done");
    return 0;
}
