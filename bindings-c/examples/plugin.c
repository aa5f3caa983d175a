/* A plugin: one client for all threads of its host, the host's own log, and nothing left behind when it is unloaded. */
#include "plugin.h"

#include <stdio.h>
#include <string.h>
#include <xilnex_auth.h>

static xilnex_auth_client *client;
static xilnex_auth_subscription *listening;
static plugin_log *host_log;

static void hear(const xilnex_auth_event *event, void *data) {
    (void)data;
    host_log(xilnex_auth_event_message(event));
}

static int refused(xilnex_auth_error *error) {
    host_log(xilnex_auth_error_message(error));
    xilnex_auth_error_free(error);
    plugin_shutdown();
    return 1;
}

int plugin_init(plugin_log *log) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_error *error = NULL;
    xilnex_auth_status status;

    host_log = log;
    status = xilnex_auth_client_new(config, &client, &error);
    xilnex_auth_config_free(config);
    if (status != XILNEX_AUTH_OK) return refused(error);
    if (xilnex_auth_events_subscribe(hear, NULL, &listening, &error) != XILNEX_AUTH_OK) return refused(error);
    return 0;
}

int plugin_ask(char *text, size_t size) {
    xilnex_auth_error *error = NULL;
    const char *message;

    if (xilnex_auth_authorization_header(client, text, size, NULL, &error) == XILNEX_AUTH_OK) return 0;
    message = xilnex_auth_error_message(error);
    if (size > 0) {
        text[0] = '\0';
        strncat(text, message, size - 1);
    }
    xilnex_auth_error_free(error);
    return 1;
}

/* The code of the callback goes away with the plugin, so it is unsubscribed first. The library itself stays loaded, and so
 * does the token: the next client of equal configuration finds it. */
void plugin_shutdown(void) {
    xilnex_auth_events_unsubscribe(listening);
    xilnex_auth_client_free(client);
    listening = NULL;
    client = NULL;
}
