/* A token at hand in C. Usage: cached time ROUNDS, against a copy and two coarse clock reads, in nanoseconds;
   cached threads ROUNDS, how much more two threads do than one; cached loop COUNT THREADS, for who counts from outside. */
#define _GNU_SOURCE
#include "bench.h"
#include <sched.h>

enum { COUNT = 20000, OF_A_THREAD = 200000, MOST_ROUNDS = 1000 };

static xilnex_auth_client *client;
static long loop_count;
static pthread_barrier_t start;

static char token[XILNEX_AUTH_TOKEN_BUFFER], copy[XILNEX_AUTH_TOKEN_BUFFER];
static size_t length;

static double hits(void) {
    uint64_t began = now_ns();
    int index;
    for (index = 0; index < COUNT; index++) get(client, copy);
    return (double)(now_ns() - began) / COUNT;
}

static double copies(void) {
    uint64_t began = now_ns();
    int index;
    for (index = 0; index < COUNT; index++) {
        struct timespec boot, wall;
        clock_gettime(CLOCK_MONOTONIC_COARSE, &boot);
        clock_gettime(CLOCK_REALTIME_COARSE, &wall);
        memcpy(copy, token, length + 1);
        /* Nothing may be optimised away that a caller would see. */
        __asm__ volatile("" : : "r"(copy), "r"(&boot), "r"(&wall) : "memory");
    }
    return (double)(now_ns() - began) / COUNT;
}

static void *hit(void *unused) {
    char buffer[XILNEX_AUTH_TOKEN_BUFFER];
    long index;
    (void)unused;
    /* What a thread has to set up is no part of its hits. */
    get(client, buffer);
    pthread_barrier_wait(&start);
    for (index = 0; index < loop_count; index++) get(client, buffer);
    return NULL;
}

/* Work that shares nothing: what it gains by a second thread is what the machine has to give at the moment. */
static void *reckon(void *unused) {
    uint64_t value = 88172645463325252u;
    long index;
    (void)unused;
    pthread_barrier_wait(&start);
    for (index = 0; index < loop_count * 40; index++) {
        value ^= value << 13, value ^= value >> 7, value ^= value << 17;
        __asm__ volatile("" : "+r"(value));
    }
    return NULL;
}

/* Each on a processor of its own: two that wake together may else share one for as long as this takes. */
static void place(pthread_t thread, int number) {
    cpu_set_t all, own;
    int processor;
    must(sched_getaffinity(0, sizeof all, &all) == 0, "asking for the processors");
    for (processor = 0; processor < CPU_SETSIZE; processor++)
        if (CPU_ISSET(processor, &all) && number-- == 0) {
            CPU_ZERO(&own);
            CPU_SET(processor, &own);
            must(pthread_setaffinity_np(thread, sizeof own, &own) == 0, "choosing a processor");
        }
}

static double on_threads(void *(*work)(void *), int count) {
    pthread_t threads[2];
    uint64_t began;
    int index;
    pthread_barrier_init(&start, NULL, (unsigned)count + 1);
    for (index = 0; index < count; index++) {
        must(pthread_create(&threads[index], NULL, work, NULL) == 0, "making a thread");
        place(threads[index], index);
    }
    began = now_ns();
    pthread_barrier_wait(&start);
    for (index = 0; index < count; index++) pthread_join(threads[index], NULL);
    pthread_barrier_destroy(&start);
    return (double)(now_ns() - began);
}

static double scaling(void *(*work)(void *)) {
    double one = on_threads(work, 1);
    return 2 * one / on_threads(work, 2);
}

int main(int argc, char **argv) {
    static double first[MOST_ROUNDS], second[MOST_ROUNDS];
    int rounds, round;
    must(argc >= 3, "reading the arguments");
    rounds = atoi(argv[2]) < MOST_ROUNDS ? atoi(argv[2]) : MOST_ROUNDS;
    client = client_of(0);
    length = get(client, token);
    if (strcmp(argv[1], "loop") == 0) {
        loop_count = atol(argv[2]);
        on_threads(hit, argc > 3 ? atoi(argv[3]) : 1);
    } else if (strcmp(argv[1], "threads") == 0) {
        loop_count = OF_A_THREAD;
        for (round = 0; round < rounds; round++) first[round] = scaling(hit), second[round] = scaling(reckon);
        printf("{"), print_list("scaling", first, rounds, ", "), print_list("machine", second, rounds, "}\n");
    } else {
        for (round = 0; round < rounds; round++) first[round] = hits(), second[round] = copies();
        printf("{"), print_list("get_token", first, rounds, ", "), print_list("copy_and_clocks", second, rounds, "}\n");
    }
    xilnex_auth_client_free(client);
    return 0;
}
