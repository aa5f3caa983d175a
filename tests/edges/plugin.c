/* A plugin that is unloaded while its request is under way: what unloading.c loads. */
#include "plugin.h"
#include <stdatomic.h>
#include <time.h>

#include "clients.h"

static xilnex_auth_subscription *listening;
static atomic_long heard;

static void hear(const xilnex_auth_event *event, void *data) {
    (void)data;
    if (xilnex_auth_event_name(event)[0] != '\0') atomic_fetch_add(&heard, 1);
}

/* The request is told of on its own thread, which may come a little after the caller has left. */
static int has_heard(void) {
    static const struct timespec moment = {0, 1000000};
    int looks;
    for (looks = 0; looks < 5000 && !atomic_load(&heard); looks++) nanosleep(&moment, NULL);
    return atomic_load(&heard) > 0;
}

int plugin_begin(long number) {
    const xilnex_auth_status listens = xilnex_auth_events_subscribe(hear, NULL, &listening, NULL);
    xilnex_auth_client *client = numbered_client(number);
    const xilnex_auth_status status = ask(client, 0.01);
    xilnex_auth_client_free(client);
    return listens == XILNEX_AUTH_OK && status == XILNEX_AUTH_TIMEOUT && has_heard();
}

int plugin_serve(long number) {
    xilnex_auth_client *client = numbered_client(number);
    const xilnex_auth_status status = ask(client, 5);
    xilnex_auth_client_free(client);
    return status == XILNEX_AUTH_OK;
}

/* The code of the callback goes away, so it is unsubscribed first. */
void plugin_end(void) {
    xilnex_auth_events_unsubscribe(listening);
    listening = NULL;
}
