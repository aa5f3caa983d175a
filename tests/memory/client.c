/* A program that gets a token, rests, and frees everything: what of secret and token is left in it is looked at from
 * outside. Usage: client BASE_URL SECRET_FILE CA_FILE|- CLIENT_AUTH MODE */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xilnex_auth.h>

/* What a program has to wipe itself is wiped through a pointer that the compiler cannot see through. */
static void *(*const volatile overwrite)(void *, int, size_t) = memset;

/* What a program reads and never looks at again must not stay in a buffer of stdio. */
static void read_line(const char *path, char *line, size_t size) {
    FILE *file = fopen(path, "r");
    if (!file) exit(2);
    setvbuf(file, NULL, _IONBF, 0);
    if (!fgets(line, (int)size, file)) exit(2);
    line[strcspn(line, "\n")] = '\0';
    fclose(file);
}

static void set(xilnex_auth_config *config, const char *name, const char *value) {
    if (xilnex_auth_config_set(config, name, value, NULL) != XILNEX_AUTH_OK) exit(3);
}

static void set_secret(xilnex_auth_config *config, const char *path, int is_literal) {
    char secret[256];
    if (!is_literal) {
        set(config, "client_secret_file", path);
        return;
    }
    read_line(path, secret, sizeof secret);
    set(config, "client_secret", secret);
    overwrite(secret, 0, sizeof secret);
}

static xilnex_auth_token *ask(const xilnex_auth_client *client, const char *mode) {
    char text[XILNEX_AUTH_HEADER_BUFFER];
    xilnex_auth_token *token = NULL;
    int must_fail = strcmp(mode, "failing") == 0;
    int is_good;
    if (strcmp(mode, "text") == 0) {
        is_good = xilnex_auth_get_token(client, text, sizeof text, NULL, NULL) == XILNEX_AUTH_OK &&
                  xilnex_auth_authorization_header(client, text, sizeof text, NULL, NULL) == XILNEX_AUTH_OK;
        overwrite(text, 0, sizeof text);
    } else {
        is_good = xilnex_auth_access_token(client, &token, NULL) == XILNEX_AUTH_OK;
    }
    if (is_good == must_fail) exit(4);
    return token;
}

static void tell_and_wait(const char *word) {
    puts(word);
    fflush(stdout);
    if (getchar() == EOF) exit(5);
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    xilnex_auth_config *config = xilnex_auth_config_new();
    xilnex_auth_client *client = NULL;
    set(config, "client_id", "till-7");
    set(config, "base_url", argv[1]);
    set_secret(config, argv[2], strcmp(argv[5], "literal") == 0);
    if (strcmp(argv[3], "-") != 0) set(config, "ca_file", argv[3]);
    set(config, "client_auth", argv[4]);
    if (xilnex_auth_client_new(config, &client, NULL) != XILNEX_AUTH_OK) return 3;
    xilnex_auth_config_free(config);
    xilnex_auth_token *token = ask(client, argv[5]);
    tell_and_wait("held");
    xilnex_auth_token_free(token);
    xilnex_auth_client_free(client);
    tell_and_wait("freed");
    return 0;
}
