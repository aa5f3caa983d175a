/* A host that unloads a plugin, or the library itself, while a request is under way, over and over. The plugin lies
 * beside this program, which is not linked with the library: there, dlclose is the last that anybody holds of it. */
#include "edge.h"

#include "plugin.h"
#include <dlfcn.h>
#include <xilnex_auth.h>

static char plugin_path[4096];

static void *symbol(void *library, const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        abort();
    }
    return found;
}

static void *loaded(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        abort();
    }
    return library;
}

static const char *plugin_round(long round) {
    void *plugin = loaded(plugin_path);
    plugin_work *begin;
    plugin_farewell *end;
    int has_begun;

    /* ISO C has no cast from an object pointer to a function; POSIX asks for this form. */
    *(void **)&begin = symbol(plugin, "plugin_begin");
    *(void **)&end = symbol(plugin, "plugin_end");
    has_begun = begin(round);
    end();
    if (dlclose(plugin) != 0) return "dlclose";
    if (!has_begun) return "what the plugin was given";
    return dlopen(plugin_path, RTLD_NOW | RTLD_NOLOAD) == NULL ? NULL : "the plugin is still there";
}

/* The functions of the library that a host without a header file would look up. */
struct library {
    void *handle;
    xilnex_auth_config *(*config_from_env)(void);
    void (*config_free)(xilnex_auth_config *);
    xilnex_auth_status (*config_set)(xilnex_auth_config *, const char *, const char *, xilnex_auth_error **);
    xilnex_auth_status (*client_new)(const xilnex_auth_config *, xilnex_auth_client **, xilnex_auth_error **);
    void (*client_free)(xilnex_auth_client *);
    xilnex_auth_status (*access_token_with)(const xilnex_auth_client *, double, double, xilnex_auth_token **,
                                            xilnex_auth_error **);
    void (*token_free)(xilnex_auth_token *);
};

static struct library library_loaded(void) {
    struct library library;
    library.handle = loaded("libxilnex_auth.so.0");
    *(void **)&library.config_from_env = symbol(library.handle, "xilnex_auth_config_from_env");
    *(void **)&library.config_free = symbol(library.handle, "xilnex_auth_config_free");
    *(void **)&library.config_set = symbol(library.handle, "xilnex_auth_config_set");
    *(void **)&library.client_new = symbol(library.handle, "xilnex_auth_client_new");
    *(void **)&library.client_free = symbol(library.handle, "xilnex_auth_client_free");
    *(void **)&library.access_token_with = symbol(library.handle, "xilnex_auth_access_token_with");
    *(void **)&library.token_free = symbol(library.handle, "xilnex_auth_token_free");
    return library;
}

static xilnex_auth_status ask_through(struct library library, long round, double timeout) {
    xilnex_auth_config *config = library.config_from_env();
    xilnex_auth_client *client = NULL;
    xilnex_auth_token *token = NULL;
    xilnex_auth_status status;
    char seconds[32];

    snprintf(seconds, sizeof seconds, "3.%06ld", round);
    status = library.config_set(config, "connect_timeout", seconds, NULL);
    if (status == XILNEX_AUTH_OK) status = library.client_new(config, &client, NULL);
    library.config_free(config);
    if (status == XILNEX_AUTH_OK) status = library.access_token_with(client, 0, timeout, &token, NULL);
    library.token_free(token);
    library.client_free(client);
    return status;
}

static const char *library_round(long round) {
    const struct library library = library_loaded();
    const xilnex_auth_status status = ask_through(library, round, 0.01);
    if (dlclose(library.handle) != 0) return "dlclose";
    return status == XILNEX_AUTH_TIMEOUT ? NULL : "the call did not end at its deadline";
}

static void rounds(struct figure *figure, long scale, const char *(*once)(long)) {
    const long before = token_requests();
    long round;
    for (round = 0; round < scale; round++) {
        const double began = now_ms();
        const char *wrong = once(round);
        note(figure, wrong, now_ms() - began);
    }
    /* The requests go on although nobody is there any more. */
    figure->requests = requests_since(before, scale);
    if (figure->requests != scale) figure->wrong++;
}

static void plugins(struct figure *figure, long scale) {
    void *plugin;
    plugin_work *serve;

    rounds(figure, scale, plugin_round);
    plugin = loaded(plugin_path);
    *(void **)&serve = symbol(plugin, "plugin_serve");
    if (!serve(scale)) figure->wrong++;
    dlclose(plugin);
}

static void libraries(struct figure *figure, long scale) {
    rounds(figure, scale, library_round);
    if (ask_through(library_loaded(), scale, 5) != XILNEX_AUTH_OK) figure->wrong++;
}

int main(int argc, char **argv) {
    const long scale = scale_of(argc, argv);
    const double limit = 60e3 + (double)scale * 500;
    int is_well;
    snprintf(plugin_path, sizeof plugin_path, "%s-plugin.so", argv[0]);
    is_well = tell("A plugin is unloaded while its request is under way", plugins, scale, limit);
    is_well &= tell("The library is closed while a request is under way", libraries, scale, limit);
    return !is_well;
}
