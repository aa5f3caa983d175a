/* 64 threads that all need a token when there is none: one request, and one token or one error for all of them. */
#include "edge.h"

#include "clients.h"

#define THREADS 64
/* All callers have the one error within this time. */
#define MOST_SPREAD_MS 50
/* A machine that is busy with something else may miss it; the library never does it this often. */
#define TRIES 5

struct caller {
    const xilnex_auth_client *client;
    pthread_barrier_t *start;
    xilnex_auth_status status;
    int is_repeated, attempts;
    double began, ended;
    char told[XILNEX_AUTH_TOKEN_BUFFER];
};

static struct caller callers[THREADS];
static long configurations;

static void *call(void *data) {
    struct caller *caller = data;
    xilnex_auth_error *error = NULL;
    caller->told[0] = '\0';
    pthread_barrier_wait(caller->start);
    caller->began = now_ms();
    caller->status = xilnex_auth_get_token(caller->client, caller->told, sizeof caller->told, NULL, &error);
    caller->ended = now_ms();
    caller->is_repeated = xilnex_auth_error_is_repeated(error);
    caller->attempts = xilnex_auth_error_attempts(error);
    if (error != NULL) snprintf(caller->told, sizeof caller->told, "%s", xilnex_auth_error_message(error));
    xilnex_auth_error_free(error);
    return NULL;
}

/* Has all of them call at once; gives the time from the first who had something to the last. */
static double rush(const xilnex_auth_client *client) {
    pthread_barrier_t start;
    pthread_t threads[THREADS];
    double first, last;
    int index;

    pthread_barrier_init(&start, NULL, THREADS);
    for (index = 0; index < THREADS; index++) {
        callers[index].client = client;
        callers[index].start = &start;
        if (pthread_create(&threads[index], NULL, call, &callers[index]) != 0) abort();
    }
    for (index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
    pthread_barrier_destroy(&start);
    first = last = callers[0].ended;
    for (index = 1; index < THREADS; index++) {
        if (callers[index].ended < first) first = callers[index].ended;
        if (callers[index].ended > last) last = callers[index].ended;
    }
    return last - first;
}

/* All were given the same; a caller who came when the request was over is told the error again. */
static const char *what_differs(xilnex_auth_status expected) {
    int index;
    for (index = 0; index < THREADS; index++) {
        if (callers[index].status != expected) return xilnex_auth_status_id(callers[index].status);
        if (callers[index].is_repeated) continue;
        if (strcmp(callers[index].told, callers[0].told) != 0 && !callers[0].is_repeated) return "another answer";
        if (callers[index].attempts != callers[0].attempts) return "another number of attempts";
    }
    return NULL;
}

static double requests_of(const xilnex_auth_client *client) {
    xilnex_auth_stats *stats = NULL;
    double requests;
    if (xilnex_auth_client_stats(client, &stats, NULL) != XILNEX_AUTH_OK) abort();
    requests = xilnex_auth_stats_value(stats, "requests");
    xilnex_auth_stats_free(stats);
    return requests;
}

/* One rush after the other; a round whose callers were spread is tried again with a client that has no error yet. */
static void rushes(struct figure *figure, long scale, const char *name, const char *value, xilnex_auth_status expected,
                   double most_requests) {
    const long before = token_requests();
    long round;
    for (round = 0; round < scale; round++) {
        const char *wrong = NULL;
        double spread = 0;
        int tries;
        for (tries = 0; tries < TRIES; tries++) {
            xilnex_auth_config *config = numbered_config(configurations++);
            xilnex_auth_client *client;
            if (xilnex_auth_config_set(config, name, value, NULL) != XILNEX_AUTH_OK) abort();
            client = client_of(config);
            spread = rush(client);
            wrong = what_differs(expected);
            if (requests_of(client) > most_requests) wrong = "more requests than one flight may send";
            xilnex_auth_client_free(client);
            if (wrong != NULL || spread <= MOST_SPREAD_MS) break;
        }
        note(figure, wrong != NULL ? wrong : tries == TRIES ? "the callers were spread" : NULL, spread);
    }
    figure->requests = token_requests() - before;
}

static void cold(struct figure *figure, long scale) {
    rushes(figure, scale, "scope", getenv("XILNEX_SCOPE"), XILNEX_AUTH_OK, 1);
    if (figure->requests != configurations) figure->wrong++;
}

static void refused(struct figure *figure, long scale) {
    rushes(figure, scale, "client_secret", "wrong", XILNEX_AUTH_REJECTED, 1);
    if (figure->requests != configurations) figure->wrong++;
}

/* Port 9 is that of a service that nobody runs. */
static void unreachable(struct figure *figure, long scale) {
    rushes(figure, scale, "base_url", "http://127.0.0.1:9", XILNEX_AUTH_CONNECT, 3);
    if (figure->requests != 0) figure->wrong++;
}

int main(int argc, char **argv) {
    const long scale = scale_of(argc, argv);
    const double limit = 60e3 + (double)scale * 5e3;
    int is_well = tell("64 threads need the first token at once", cold, scale, limit);
    is_well &= tell("64 threads are refused at once", refused, scale, limit);
    is_well &= tell("64 threads find no server at once", unreachable, scale, limit);
    return !is_well;
}
