/* A host that loads the plugin, lets many threads ask it, and unloads it, over and over. Usage: host PLUGIN.so */
#define _POSIX_C_SOURCE 200809L
#include "plugin.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <xilnex_auth.h>

#define ROUNDS 10
#define THREADS 16
#define CALLS 100

static plugin_ask_function *ask;

static void log_line(const char *line) { fprintf(stderr, "plugin: %s\n", line); }

/* Gives the first refusal, or NULL when every call got a header. */
static void *work(void *refusal) {
    char text[XILNEX_AUTH_HEADER_BUFFER];
    int call;
    for (call = 0; call < CALLS; call++) {
        if (ask(text, sizeof text) != 0) {
            strncpy((char *)refusal, text, 199);
            return refusal;
        }
    }
    return NULL;
}

/* Lets all threads ask; 0 when each got what it asked for. */
static int ask_from_many_threads(void) {
    static char refusals[THREADS][200];
    pthread_t threads[THREADS];
    int index, started = 0, failed = 0;
    void *refusal;

    while (started < THREADS && pthread_create(&threads[started], NULL, work, refusals[started]) == 0) started++;
    for (index = 0; index < started; index++) {
        pthread_join(threads[index], &refusal);
        if (refusal != NULL) fprintf(stderr, "host: %s\n", (const char *)refusal);
        failed += refusal != NULL;
    }
    return failed + THREADS - started;
}

static int run(const char *path) {
    plugin_init_function *init;
    plugin_shutdown_function *end;
    void *plugin = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    int result = 1;

    if (plugin == NULL) {
        fprintf(stderr, "host: %s\n", dlerror());
        return 1;
    }
    /* ISO C has no cast from an object pointer to a function; POSIX asks for this form. */
    *(void **)&init = dlsym(plugin, "plugin_init");
    *(void **)&ask = dlsym(plugin, "plugin_ask");
    *(void **)&end = dlsym(plugin, "plugin_shutdown");
    if (init != NULL && ask != NULL && end != NULL && init(log_line) == 0) {
        result = ask_from_many_threads();
        end();
    }
    return dlclose(plugin) != 0 || result != 0;
}

int main(int argc, char **argv) {
    int round;
    for (round = 0; round < ROUNDS; round++) {
        if (argc != 2 || run(argv[1]) != 0) {
            fprintf(stderr, "host: round %d failed (usage: host PLUGIN.so)\n", round);
            return 1;
        }
    }
    printf("%d calls in %d rounds\n", ROUNDS * THREADS * CALLS, ROUNDS);
    return 0;
}
