/* A host that loads the DLL and unloads it, over and over: first without a client, when it has to go; then after a token was
   got, when it has to stay, and at last while a token is fetched. */
#include <stdio.h>
#include <windows.h>
#include <xilnex_auth.h>

#define ROUNDS 20

typedef xilnex_auth_config *from_env_function(void);
typedef xilnex_auth_status new_function(const xilnex_auth_config *, xilnex_auth_client **, xilnex_auth_error **);
typedef xilnex_auth_status get_function(const xilnex_auth_client *, char *, size_t, size_t *, xilnex_auth_error **);
typedef xilnex_auth_status invalidate_function(const xilnex_auth_client *, const char *, int *, xilnex_auth_error **);
typedef void free_client_function(xilnex_auth_client *);
typedef void free_config_function(xilnex_auth_config *);

static void *symbol(HMODULE library, const char *name) {
    /* By way of a number: a pointer to a function is no pointer to an object. */
    void *found = (void *)(size_t)GetProcAddress(library, name);
    if (found == NULL) fprintf(stderr, "%s is not exported\n", name);
    return found;
}

/* Nobody was made a promise, so nothing may be left behind. */
static int unused(const char *path) {
    HMODULE library = LoadLibraryA(path);
    const char *(*version)(void);
    if (library == NULL) return 2;
    *(void **)&version = symbol(library, "xilnex_auth_version");
    if (version == NULL || version()[0] == '\0') return 8;
    if (!FreeLibrary(library)) return 7;
    return GetModuleHandleA(path) == NULL ? 0 : 9;
}

static int once(const char *path, int is_last) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    HMODULE library = LoadLibraryA(path);
    from_env_function *from_env;
    new_function *new_client;
    get_function *get_token, *try_get_token;
    invalidate_function *invalidate;
    free_client_function *free_client;
    free_config_function *free_config;
    xilnex_auth_client *client = NULL;
    xilnex_auth_config *config;
    int status = 0;
    if (library == NULL) return 2;
    *(void **)&from_env = symbol(library, "xilnex_auth_config_from_env");
    *(void **)&new_client = symbol(library, "xilnex_auth_client_new");
    *(void **)&get_token = symbol(library, "xilnex_auth_get_token");
    *(void **)&try_get_token = symbol(library, "xilnex_auth_try_get_token");
    *(void **)&invalidate = symbol(library, "xilnex_auth_invalidate");
    *(void **)&free_client = symbol(library, "xilnex_auth_client_free");
    *(void **)&free_config = symbol(library, "xilnex_auth_config_free");
    config = from_env();
    if (new_client(config, &client, NULL) != XILNEX_AUTH_OK) return 3;
    if (get_token(client, token, sizeof token, NULL, NULL) != XILNEX_AUTH_OK) status = 4;
    if (is_last && status == 0) {
        if (invalidate(client, token, NULL, NULL) != XILNEX_AUTH_OK) status = 5;
        else if (try_get_token(client, token, sizeof token, NULL, NULL) != XILNEX_AUTH_PENDING) status = 6;
    }
    free_client(client);
    free_config(config);
    if (!FreeLibrary(library)) return 7;
    return status != 0 || GetModuleHandleA(path) != NULL ? status : 10;
}

int main(int argc, char **argv) {
    int round;
    if (argc != 2) return 1;
    for (round = 1; round <= ROUNDS; round++) {
        const int status = unused(argv[1]);
        if (status != 0) return status;
    }
    for (round = 1; round <= ROUNDS; round++) {
        const int status = once(argv[1], round == ROUNDS);
        if (status != 0) return status;
    }
    /* The thread that fetches goes on in code that must still be there. */
    Sleep(1500);
    printf("%d rounds\n", ROUNDS);
    return 0;
}
