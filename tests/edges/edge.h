/* What the edge programs in C share: a child for each figure that may crash or hang, and what the sandbox counted. */
#ifndef EDGE_H
#define EDGE_H

/* For memory that a child shares with its parent; it counts only before the first header. */
#define _DEFAULT_SOURCE

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What a figure tells. It lies in memory that the child shares with its parent, and is counted by many threads. */
struct figure {
    pthread_mutex_t lock;
    long count, hangs, crashes, wrong, requests;
    double slowest_ms;
    /* More members of the JSON object, each with a comma before it. */
    char more[256];
};

static inline double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static inline void sleep_ms(double length) {
    struct timespec pause;
    pause.tv_sec = (time_t)(length / 1e3);
    pause.tv_nsec = (long)((length - (double)pause.tv_sec * 1e3) * 1e6);
    nanosleep(&pause, NULL);
}

/* Something was done, rightly or not; what was wrong is told on stderr, up to a point. */
static inline void note(struct figure *figure, const char *wrong, double took_ms) {
    pthread_mutex_lock(&figure->lock);
    figure->count++;
    if (took_ms > figure->slowest_ms) figure->slowest_ms = took_ms;
    if (wrong != NULL && figure->wrong++ < 20) fprintf(stderr, "wrong: %s\n", wrong);
    pthread_mutex_unlock(&figure->lock);
}

/* Waits for a child for so long; what it ended with, or -1 when it had to be killed. */
static inline int ending(pid_t child, double limit_ms) {
    const double limit = now_ms() + limit_ms;
    int status = 0;
    for (;;) {
        const pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child) return status;
        if (now_ms() > limit) break;
        sleep_ms(2);
    }
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    return -1;
}

/* How many token requests the sandbox has received; -1 when it does not say. */
static inline long token_requests(void) {
    static const char request[] = "GET /sandbox HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    const char *base_url = getenv("XILNEX_BASE_URL"), *port = base_url == NULL ? NULL : strrchr(base_url, ':');
    const struct timeval patience = {10, 0};
    struct sockaddr_in address;
    char answer[65536], *found;
    size_t length = 0;
    ssize_t got = 1;
    const int peer = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)(port == NULL ? 0 : atoi(port + 1)));
    setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(peer, (struct sockaddr *)&address, sizeof address) != 0) got = 0;
    if (got > 0) got = write(peer, request, sizeof request - 1);
    while (got > 0 && length < sizeof answer - 1) {
        got = read(peer, answer + length, sizeof answer - 1 - length);
        if (got > 0) length += (size_t)got;
    }
    close(peer);
    answer[length] = '\0';
    found = strstr(answer, "\"token_requests\":");
    return found == NULL ? -1 : atol(found + strlen("\"token_requests\":"));
}

/* Waits until the sandbox has received so many requests since `before`, and a little longer for one too many. */
static inline long requests_since(long before, long expected) {
    const double limit = now_ms() + 10e3;
    while (token_requests() - before < expected && now_ms() < limit) sleep_ms(20);
    sleep_ms(50);
    return token_requests() - before;
}

/* Does the work in a child that starts with a library of its own, prints its line, and gives 1 if it went well. */
static inline int tell(const char *sentence, void (*work)(struct figure *, long), long scale, double limit_ms) {
    struct figure *figure =
        mmap(NULL, sizeof *figure, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child;
    int status, is_well;

    if (figure == MAP_FAILED) return 0;
    pthread_mutex_init(&figure->lock, NULL);
    fflush(stdout);
    child = fork();
    if (child == 0) {
        work(figure, scale);
        _exit(0);
    }
    status = ending(child, limit_ms);
    if (status == -1) figure->hangs++;
    else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) figure->crashes++;
    is_well = figure->hangs + figure->crashes + figure->wrong == 0;
    printf("{\"figure\": \"%s\", \"count\": %ld, \"hangs\": %ld, \"crashes\": %ld, \"wrong\": %ld, \"requests\": %ld, "
           "\"slowest_ms\": %.1f%s}\n",
           sentence, figure->count, figure->hangs, figure->crashes, figure->wrong, figure->requests,
           figure->slowest_ms, figure->more);
    fflush(stdout);
    munmap(figure, sizeof *figure);
    return is_well;
}

/* The SCALE that the program was given. */
static inline long scale_of(int argc, char **argv) {
    const long scale = argc > 1 ? atol(argv[1]) : 0;
    if (scale > 0 && getenv("XILNEX_BASE_URL") != NULL) return scale;
    fprintf(stderr, "usage: xilnex-auth sandbox --latency 0.2 -- %s SCALE\n", argv[0]);
    exit(2);
}

#endif
