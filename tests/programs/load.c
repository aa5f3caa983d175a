/* A host that loads the library, gets a token from many threads and unloads it, over and over. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <xilnex_auth.h>

#define ROUNDS 20
#define THREADS 4

typedef xilnex_auth_config *from_env_function(void);
typedef xilnex_auth_status new_function(const xilnex_auth_config *, xilnex_auth_client **, xilnex_auth_error **);
typedef xilnex_auth_status get_function(const xilnex_auth_client *, char *, size_t, size_t *, xilnex_auth_error **);
typedef void free_client_function(xilnex_auth_client *);
typedef void free_config_function(xilnex_auth_config *);

static get_function *get_token;

static void *caller(void *client) {
    char token[XILNEX_AUTH_TOKEN_BUFFER];
    return get_token(client, token, sizeof token, NULL, NULL) == XILNEX_AUTH_OK ? client : NULL;
}

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) fprintf(stderr, "%s\n", dlerror());
    return found;
}

int main(int argc, char **argv) {
    int round, index;
    for (round = 0; round < ROUNDS; round++) {
        from_env_function *from_env;
        new_function *new_client;
        free_client_function *free_client;
        free_config_function *free_config;
        pthread_t threads[THREADS];
        xilnex_auth_client *client = NULL;
        xilnex_auth_config *config;
        void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;

        if (library == NULL) return 2;
        /* ISO C has no cast from an object pointer to a function; POSIX asks for this form. */
        *(void **)&from_env = symbol(library, "xilnex_auth_config_from_env");
        *(void **)&new_client = symbol(library, "xilnex_auth_client_new");
        *(void **)&get_token = symbol(library, "xilnex_auth_get_token");
        *(void **)&free_client = symbol(library, "xilnex_auth_client_free");
        *(void **)&free_config = symbol(library, "xilnex_auth_config_free");
        config = from_env();
        if (new_client(config, &client, NULL) != XILNEX_AUTH_OK) return 3;
        for (index = 0; index < THREADS; index++)
            if (pthread_create(&threads[index], NULL, caller, client) != 0) return 4;
        for (index = 0; index < THREADS; index++) {
            void *done = NULL;
            pthread_join(threads[index], &done);
            if (done == NULL) return 5;
        }
        free_client(client);
        free_config(config);
        if (dlclose(library) != 0) return 6;
    }
    printf("%d rounds\n", ROUNDS);
    return 0;
}
