/* A host whose callers leave in the middle of a request: they free everything that they have, over and over. */
#include "edge.h"

#include "clients.h"

#define THREADS 8
/* Kept engines, threads' stacks and the allocator's spare room come to less. */
#define MOST_GROWTH_KIB 32768

static struct figure *figure;
static long rounds;
static void (*once)(long number);

static long resident_kib(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*s %ld", &pages) != 1) abort();
    fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Each call has a deadline that passes long before the answer of the sandbox is there. */
static void leave_once(long number) {
    const double began = now_ms();
    xilnex_auth_config *config = numbered_config(number);
    xilnex_auth_client *client = NULL;
    xilnex_auth_error *error = NULL;
    xilnex_auth_token *token = NULL;
    xilnex_auth_status status = xilnex_auth_client_new(config, &client, &error);

    if (status == XILNEX_AUTH_OK) status = xilnex_auth_access_token_with(client, 0, 0.01, &token, &error);
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    note(figure, status == XILNEX_AUTH_TIMEOUT ? NULL : xilnex_auth_status_id(status), now_ms() - began);
    xilnex_auth_error_free(error);
    xilnex_auth_token_free(token);
}

struct call {
    xilnex_auth_client *client;
    xilnex_auth_status status;
};

static void *wait_for_it(void *data) {
    struct call *call = data;
    call->status = ask(call->client, 5);
    return NULL;
}

/* The call ends as it would have, and whoever comes later has no client. */
static void free_once(long number) {
    const double began = now_ms();
    struct call call = {numbered_client(number), XILNEX_AUTH_INTERNAL};
    pthread_t caller;
    const char *wrong = NULL;

    if (pthread_create(&caller, NULL, wait_for_it, &call) != 0) abort();
    sleep_ms(20);
    xilnex_auth_client_free(call.client);
    xilnex_auth_client_free(call.client);
    if (ask(call.client, 5) != XILNEX_AUTH_INVALID_CONFIG) wrong = "a freed client was used";
    pthread_join(caller, NULL);
    if (call.status != XILNEX_AUTH_OK) wrong = xilnex_auth_status_id(call.status);
    note(figure, wrong, now_ms() - began);
}

static void *leave(void *data) {
    long round;
    for (round = *(long *)data; round < rounds; round += THREADS) {
        once(round);
        /* No more requests than the sandbox can answer: each goes on for its 10 s if it has to. */
        sleep_ms(50);
    }
    return NULL;
}

static void all_leave(struct figure *shared, long scale, void (*leaves)(long)) {
    const long before = token_requests(), warm = resident_kib();
    pthread_t threads[THREADS];
    long first[THREADS], after;
    int index;

    figure = shared;
    rounds = scale;
    once = leaves;
    for (index = 0; index < THREADS; index++) {
        first[index] = index;
        if (pthread_create(&threads[index], NULL, leave, &first[index]) != 0) abort();
    }
    for (index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
    figure->requests = requests_since(before, scale);
    /* Each request goes on without its caller, once. */
    if (figure->requests != scale) figure->wrong++;
    sleep_ms(500);
    after = resident_kib();
    snprintf(figure->more, sizeof figure->more, ", \"rss_before_kib\": %ld, \"rss_after_kib\": %ld", warm, after);
    if (after - warm > MOST_GROWTH_KIB) figure->wrong++;
    /* And whoever comes later is served. */
    {
        xilnex_auth_client *later = numbered_client(scale);
        if (ask(later, 5) != XILNEX_AUTH_OK) figure->wrong++;
        xilnex_auth_client_free(later);
    }
}

static void callers_leave(struct figure *shared, long scale) { all_leave(shared, scale, leave_once); }

static void clients_leave(struct figure *shared, long scale) { all_leave(shared, scale, free_once); }

int main(int argc, char **argv) {
    const long scale = scale_of(argc, argv);
    const double limit = 60e3 + (double)scale * 100;
    int is_well = tell("A caller leaves in the middle of its request and frees its client", callers_leave, scale, limit);
    is_well &= tell("A client is freed twice while another thread waits for its token", clients_leave, scale, limit);
    return !is_well;
}
