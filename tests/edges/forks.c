/* A host that forks while its threads ask for tokens, drop them and make new clients: each child works at once. */
#include "edge.h"

#include "clients.h"
#include <stdatomic.h>

#define THREADS 8
/* How long a child may take for each of its calls, in seconds. */
#define PATIENCE 10.0

enum { EXISTING = 1, UNDER_WAY, NEW, DEAF };

static const char *const complaints[] = {NULL, "a child got no token by the client that was there",
                                         "a child got no token where a request was under way",
                                         "a child got no token by a new client", "a child heard no event"};

static xilnex_auth_client *shared;
static atomic_long next_number = 1, heard;
static atomic_int is_over;

static void hear(const xilnex_auth_event *event, void *data) {
    (void)data;
    if (xilnex_auth_event_name(event)[0] != '\0') atomic_fetch_add(&heard, 1);
}

/* Keeps memory, locks and requests busy. What the calls end with is looked at in the children. */
static void *load(void *data) {
    static const struct timespec moment = {0, 200000};
    char token[XILNEX_AUTH_TOKEN_BUFFER];
    long round;
    for (round = 0; !atomic_load(&is_over); round++) {
        xilnex_auth_status status = xilnex_auth_get_token(shared, token, sizeof token, NULL, NULL);
        if (status == XILNEX_AUTH_OK) status = xilnex_auth_invalidate(shared, token, NULL, NULL);
        if (status == XILNEX_AUTH_OK && round % 64 == 0) {
            xilnex_auth_client *other = numbered_client(atomic_fetch_add(&next_number, 1));
            (void)ask(other, round % 128 == 0 ? 0.001 : 5);
            xilnex_auth_client_free(other);
            /* The sandbox has to answer the children too. */
            sleep_ms(10);
        }
        /* One thread asks without a pause. */
        if (data != NULL) nanosleep(&moment, NULL);
    }
    return NULL;
}

static int is_served(long number) {
    xilnex_auth_client *client = numbered_client(number);
    const xilnex_auth_status status = ask(client, PATIENCE);
    xilnex_auth_client_free(client);
    return status == XILNEX_AUTH_OK;
}

/* The request of the client that a thread has just made stayed with the parent. */
static int child_life(long number) {
    atomic_store(&heard, 0);
    if (ask(shared, PATIENCE) != XILNEX_AUTH_OK) return EXISTING;
    if (!is_served(atomic_load(&next_number) - 1)) return UNDER_WAY;
    if (!is_served(number)) return NEW;
    return atomic_load(&heard) > 0 ? 0 : DEAF;
}

static const char *complaint(struct figure *figure, int status) {
    if (status == -1) {
        figure->hangs++;
        return NULL;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) > DEAF) {
        figure->crashes++;
        return NULL;
    }
    return complaints[WEXITSTATUS(status)];
}

static void fork_once(struct figure *figure, long number) {
    const double began = now_ms();
    const pid_t child = fork();
    const char *wrong;

    if (child == 0) _exit(child_life(number));
    wrong = complaint(figure, ending(child, PATIENCE * 3e3 + 5e3));
    note(figure, wrong, now_ms() - began);
}

static void forks(struct figure *figure, long scale) {
    const long before = token_requests();
    xilnex_auth_subscription *listening = NULL;
    pthread_t threads[THREADS];
    long index;

    /* The children's own configurations are far from those of the threads. */
    const long childrens = 500000;
    shared = numbered_client(childrens - 1);
    if (xilnex_auth_events_subscribe(hear, NULL, &listening, NULL) != XILNEX_AUTH_OK) abort();
    for (index = 0; index < THREADS; index++)
        if (pthread_create(&threads[index], NULL, load, index == 0 ? NULL : threads) != 0) abort();
    for (index = 0; index < scale; index++) fork_once(figure, childrens + index);
    atomic_store(&is_over, 1);
    for (index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
    xilnex_auth_events_unsubscribe(listening);
    xilnex_auth_client_free(shared);
    figure->requests = token_requests() - before;
}

int main(int argc, char **argv) {
    const long scale = scale_of(argc, argv);
    return !tell("A process forks while 8 threads ask, invalidate and make clients; each child gets its tokens", forks,
                 scale, 60e3 + (double)scale * 2e3);
}
