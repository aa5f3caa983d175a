/* How the cost of a call grows. Usage: growing configurations, hits among 1 to 10,000 live configurations with a token each;
   growing waiters, 1 to 10,000 threads that wait for one flight. Prints lists by name. */
#include "bench.h"
#include <sys/resource.h>

enum { MOST = 10000, STEPS = 9, HITS = 200000 };

static const int COUNTS[STEPS] = {1, 3, 10, 30, 100, 300, 1000, 3000, MOST};
static xilnex_auth_client *clients[MOST];
static uint64_t ended[MOST];
static char *pages[MOST];
static pthread_barrier_t start;

/* In an order that repeats after all of them and has no neighbours: what a cache of the processor makes of it, too. */
static double among(int count) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    uint64_t began;
    unsigned place = 0;
    int index;
    began = now_ns();
    for (index = 0; index < HITS; index++) {
        place = (place + 7919u) % (unsigned)count;
        get(clients[place], token);
    }
    return (double)(now_ns() - began) / HITS;
}

/* What a processor needs to copy as much out of as many places, each on pages of its own. */
static double copying(int count, size_t length) {
    static char copy[XILNEX_AUTH_TOKEN_BUFFER];
    uint64_t began;
    unsigned place = 0;
    int index;
    for (index = 0; index < count; index++)
        if (pages[index] == NULL) pages[index] = memset(aligned_alloc(4096, 4096), 't', 4096);
    began = now_ns();
    for (index = 0; index < HITS; index++) {
        place = (place + 7919u) % (unsigned)count;
        memcpy(copy, pages[place], length);
        __asm__ volatile("" : : "r"(copy) : "memory");
    }
    return (double)(now_ns() - began) / HITS;
}

/* Another client of a configuration that is there. */
static double making(int count) {
    enum { MADE = 500 };
    uint64_t began = now_ns();
    int index;
    for (index = 0; index < MADE; index++) xilnex_auth_client_free(client_of(index % count));
    return (double)(now_ns() - began) / MADE;
}

static void configurations(void) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER];
    double hits[STEPS], copies[STEPS], made[STEPS], count[STEPS];
    int step, there = 0;
    for (step = 0; step < STEPS; step++) {
        for (; there < COUNTS[step]; there++) clients[there] = client_of(there), get(clients[there], token);
        count[step] = COUNTS[step];
        hits[step] = among(COUNTS[step]);
        copies[step] = copying(COUNTS[step], strlen(token));
        made[step] = making(COUNTS[step]);
    }
    printf("{"), print_list("count", count, STEPS, ", "), print_list("hit", hits, STEPS, ", ");
    print_list("copy", copies, STEPS, ", ");
    print_list("client", made, STEPS, "}\n");
}

static void *wait_for_it(void *place) {
    char token[XILNEX_AUTH_TOKEN_BUFFER];
    pthread_barrier_wait(&start);
    get(clients[0], token);
    *(uint64_t *)place = now_ns();
    return NULL;
}

static double spent_ns(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return ((double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec) * 1e9 +
           ((double)used.ru_utime.tv_usec + (double)used.ru_stime.tv_usec) * 1e3;
}

static void waiting(int number, int count, double *release, double *spent) {
    static pthread_t threads[MOST];
    pthread_attr_t small;
    uint64_t first = UINT64_MAX, last = 0;
    int index;
    clients[0] = client_of(number);
    pthread_barrier_init(&start, NULL, (unsigned)count + 1);
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 128 * 1024);
    for (index = 0; index < count; index++)
        must(pthread_create(&threads[index], &small, wait_for_it, &ended[index]) == 0, "making a thread");
    *spent = spent_ns();
    pthread_barrier_wait(&start);
    for (index = 0; index < count; index++) pthread_join(threads[index], NULL);
    *spent = (spent_ns() - *spent) / count;
    for (index = 0; index < count; index++) {
        if (ended[index] < first) first = ended[index];
        if (ended[index] > last) last = ended[index];
    }
    *release = (double)(last - first) / count;
    pthread_attr_destroy(&small);
    pthread_barrier_destroy(&start);
    xilnex_auth_client_free(clients[0]);
}

static void waiters(void) {
    double release[STEPS], spent[STEPS], count[STEPS];
    int step;
    for (step = 0; step < STEPS; step++) {
        count[step] = COUNTS[step];
        waiting(step + 1, COUNTS[step], &release[step], &spent[step]);
    }
    printf("{"), print_list("count", count, STEPS, ", "), print_list("release", release, STEPS, ", ");
    print_list("processor", spent, STEPS, "}\n");
}

int main(int argc, char **argv) {
    must(argc == 2, "reading the arguments");
    if (strcmp(argv[1], "waiters") == 0) waiters();
    else configurations();
    return 0;
}
