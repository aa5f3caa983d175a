/* A host that begins and ends listening, over and over, while its threads cause events: none comes too late. */
#include "edge.h"

#include "clients.h"
#include <stdatomic.h>

#define THREADS 4
/* Of each ten listeners one ends itself while it is told something. */
#define ENDS_ITSELF 10

struct listener {
    xilnex_auth_subscription *subscription;
    atomic_int heard, is_over, is_running, ends_itself;
    struct listener *next;
};

/* Those whose memory is kept to the end, so that an event that comes too late is counted. */
static struct listener *kept;

static atomic_long next_number, told, late, overlaps;
static atomic_int is_done;

static void hear(const xilnex_auth_event *event, void *data) {
    struct listener *listener = data;
    if (atomic_exchange(&listener->is_running, 1)) atomic_fetch_add(&overlaps, 1);
    if (atomic_load(&listener->is_over)) atomic_fetch_add(&late, 1);
    if (xilnex_auth_event_message(event)[0] != '\0') atomic_fetch_add(&told, 1);
    /* Long enough that an end falls into it. */
    sleep_ms(0.1);
    if (atomic_exchange(&listener->ends_itself, 0)) {
        xilnex_auth_events_unsubscribe(listener->subscription);
        atomic_store(&listener->is_over, 1);
    }
    atomic_fetch_add(&listener->heard, 1);
    atomic_store(&listener->is_running, 0);
}

/* Each new client is an event that begins a request and one that ends it. */
static void *cause(void *data) {
    (void)data;
    while (!atomic_load(&is_done)) {
        xilnex_auth_client *client = numbered_client(atomic_fetch_add(&next_number, 1));
        (void)ask(client, 5);
        xilnex_auth_client_free(client);
    }
    return NULL;
}

/* Waits until it has ended itself; its memory is its own until it has returned. */
static const char *ends_itself(struct listener *listener) {
    const double limit = now_ms() + 10e3;
    /* Set only now, because an event may come before the subscription is known here. */
    atomic_store(&listener->ends_itself, 1);
    while (now_ms() < limit) {
        if (atomic_load(&listener->is_over) && !atomic_load(&listener->is_running)) return NULL;
        sleep_ms(0.2);
    }
    return "a listener that ends itself heard nothing for 10 s";
}

static const char *is_ended(struct listener *listener, int waits) {
    const double limit = now_ms() + 10e3;
    int still_runs;
    while (waits && !atomic_load(&listener->heard) && now_ms() < limit) sleep_ms(0.05);
    xilnex_auth_events_unsubscribe(listener->subscription);
    still_runs = atomic_load(&listener->is_running);
    atomic_store(&listener->is_over, 1);
    return still_runs ? "a listener still ran when its subscription had ended" : NULL;
}

static const char *listen_once(long round) {
    struct listener *listener = calloc(1, sizeof *listener);
    const char *wrong;

    if (listener == NULL) abort();
    if (xilnex_auth_events_subscribe(hear, listener, &listener->subscription, NULL) != XILNEX_AUTH_OK) abort();
    wrong = round % ENDS_ITSELF == 0 ? ends_itself(listener) : is_ended(listener, round % 2 == 0);
    if (wrong != NULL) return wrong;
    if (round % 3 == 0) {
        /* Whoever comes too late writes into freed memory. */
        free(listener);
    } else {
        listener->next = kept;
        kept = listener;
    }
    return NULL;
}

static void free_kept(void) {
    while (kept != NULL) {
        struct listener *next = kept->next;
        free(kept);
        kept = next;
    }
}

static void subscriptions(struct figure *figure, long scale) {
    const long before = token_requests();
    pthread_t threads[THREADS];
    long round;
    int index;

    for (index = 0; index < THREADS; index++)
        if (pthread_create(&threads[index], NULL, cause, NULL) != 0) abort();
    for (round = 0; round < scale * 10; round++) {
        const double began = now_ms();
        const char *wrong = listen_once(round);
        note(figure, wrong, now_ms() - began);
    }
    atomic_store(&is_done, 1);
    for (index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
    free_kept();
    if (atomic_load(&late) > 0 || atomic_load(&overlaps) > 0) {
        fprintf(stderr, "wrong: %ld late, %ld at once\n", atomic_load(&late), atomic_load(&overlaps));
        figure->wrong += atomic_load(&late) + atomic_load(&overlaps);
    }
    snprintf(figure->more, sizeof figure->more, ", \"events\": %ld", atomic_load(&told));
    figure->requests = requests_since(before, atomic_load(&next_number));
    if (figure->requests != atomic_load(&next_number)) figure->wrong++;
}

int main(int argc, char **argv) {
    const long scale = scale_of(argc, argv);
    return !tell("A subscription is made and ended while events happen", subscriptions, scale,
                 60e3 + (double)scale * 1e3);
}
