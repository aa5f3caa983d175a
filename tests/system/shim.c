/* Stands between a program and the C library, and lets the system fail as a file tells it, which may change meanwhile.

   The environment variable SYSTEM_SHIM names the file. Its lines:
     getaddrinfo hang | CODE | ADDRESS,ADDRESS     what a lookup does: never return, fail, or find these
     socket ERRNO                                  no socket can be made
     connect ERRNO [ADDRESS]                       no connection can be made, or none to that address
     thread ERRNO                                  no thread can be made
     wall SECONDS, boot SECONDS                    the clocks are ahead by so much, or behind
     boottime ERRNO                                the boot clock cannot be read
     coarse ERRNO                                  the clocks of a glance cannot be read
     interrupts                                    a signal each millisecond; read when the program starts
     hide PREFIX PREFIX                            no file or folder is to be seen whose path starts so */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* What the file says after a word at the start of a line; 0 when it does not. System calls alone: this runs everywhere. */
static int told(const char *word, char *rest, size_t size) {
    char text[2048];
    const char *path = getenv("SYSTEM_SHIM");
    long file, length;
    char *line, *end;
    if (path == NULL || (file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC)) < 0) return 0;
    length = syscall(SYS_read, file, text, sizeof text - 1);
    syscall(SYS_close, file);
    if (length <= 0) return 0;
    text[length] = '\0';
    for (line = text; *line != '\0'; line = end + (*end == '\n')) {
        size_t known = strlen(word);
        end = line + strcspn(line, "\n");
        if (strncmp(line, word, known) != 0 || (line[known] != ' ' && line + known != end)) continue;
        if (line + known != end) known++;
        snprintf(rest, size, "%.*s", (int)(end - line - (long)known), line + known);
        return 1;
    }
    return 0;
}

static int number(const char *word, long *value) {
    char rest[64];
    if (!told(word, rest, sizeof rest)) return 0;
    *value = strtol(rest, NULL, 10);
    return 1;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
    char rest[256];
    char *address, *next = rest;
    struct addrinfo numeric, **last = found;
    if (!told("getaddrinfo", rest, sizeof rest)) return REAL(getaddrinfo)(node, service, hints, found);
    while (strcmp(rest, "hang") == 0) {
        poll(NULL, 0, 50);
        if (!told("getaddrinfo", rest, sizeof rest)) return REAL(getaddrinfo)(node, service, hints, found);
    }
    if (strchr(rest, '.') == NULL) return (int)strtol(rest, NULL, 10);
    numeric = hints == NULL ? (struct addrinfo){0} : *hints;
    numeric.ai_flags |= AI_NUMERICHOST;
    while ((address = strsep(&next, ",")) != NULL) {
        int failed = REAL(getaddrinfo)(address, service, &numeric, last);
        if (failed) return failed;
        while (*last != NULL) last = &(*last)->ai_next;
    }
    return 0;
}

int socket(int domain, int type, int protocol) {
    long code;
    if ((domain != AF_INET && domain != AF_INET6) || !number("socket", &code)) return REAL(socket)(domain, type, protocol);
    errno = (int)code;
    return -1;
}

int connect(int file, const struct sockaddr *address, socklen_t length) {
    char rest[64], shown[64] = "", only[64] = "";
    long code = 0;
    if (address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, shown, sizeof shown);
    }
    if (shown[0] != '\0' && told("connect", rest, sizeof rest) && sscanf(rest, "%ld %63s", &code, only) >= 1 &&
        (only[0] == '\0' || strcmp(only, shown) == 0)) {
        errno = (int)code;
        return -1;
    }
    return REAL(connect)(file, address, length);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
    long code;
    if (number("thread", &code)) return (int)code;
    return REAL(pthread_create)(thread, attributes, run, argument);
}

/* What a clock shows, ahead by what the file says; -1 with errno when it cannot be read. */
static int read_clock(clockid_t clock, int read, int64_t *seconds) {
    long value;
    const int is_coarse = clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC_COARSE;
    if ((clock == CLOCK_BOOTTIME && number("boottime", &value)) || (is_coarse && number("coarse", &value))) {
        errno = (int)value;
        return -1;
    }
    if (read != 0) return -1;
    if ((clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && number("wall", &value)) *seconds += value;
    if (clock == CLOCK_BOOTTIME && number("boot", &value)) *seconds += value;
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    const int read = REAL(clock_gettime)(clock, now);
    int64_t seconds = now->tv_sec;
    if (read_clock(clock, read, &seconds) != 0) return -1;
    now->tv_sec = (time_t)seconds;
    return 0;
}

#if defined(__GLIBC__) && defined(SYS_clock_gettime64)
/* Where a time has 32 bits, what counts in 64 is a function of its own, which Rust looks for. */
struct long_timespec {
    int64_t tv_sec, tv_nsec;
};

int __clock_gettime64(clockid_t clock, struct long_timespec *now) {
    return read_clock(clock, (int)syscall(SYS_clock_gettime64, clock, now), &now->tv_sec);
}
#endif

int gettimeofday(struct timeval *now, void *zone) {
    long value;
    if (REAL(gettimeofday)(now, zone) != 0) return -1;
    if (number("wall", &value)) now->tv_sec += value;
    return 0;
}

static int is_hidden(const char *path) {
    char rest[256];
    char *prefix, *next = rest;
    if (path == NULL || !told("hide", rest, sizeof rest)) return 0;
    while ((prefix = strsep(&next, " ")) != NULL) {
        if (strncmp(path, prefix, strlen(prefix)) != 0) continue;
        errno = ENOENT;
        return 1;
    }
    return 0;
}

#define OPEN(name)                                                \
    int name(const char *path, int flags, ...) {                  \
        va_list more;                                             \
        mode_t mode;                                              \
        va_start(more, flags);                                    \
        mode = va_arg(more, mode_t);                              \
        va_end(more);                                             \
        return is_hidden(path) ? -1 : REAL(name)(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int stat(const char *path, struct stat *found) {
    return is_hidden(path) ? -1 : REAL(stat)(path, found);
}

int stat64(const char *path, struct stat64 *found) {
    return is_hidden(path) ? -1 : REAL(stat64)(path, found);
}

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *found) {
    return is_hidden(path) ? -1 : REAL(statx)(folder, path, flags, mask, found);
}

int access(const char *path, int mode) {
    return is_hidden(path) ? -1 : REAL(access)(path, mode);
}

DIR *opendir(const char *path) {
    return is_hidden(path) ? NULL : REAL(opendir)(path);
}

static void ignore(int signal) {
    (void)signal;
}

/* Without SA_RESTART: each call that waits is interrupted. */
__attribute__((constructor)) static void interrupt(void) {
    char rest[8];
    struct sigaction action = {0};
    struct itimerval each = {{0, 1000}, {0, 1000}};
    if (!told("interrupts", rest, sizeof rest)) return;
    action.sa_handler = ignore;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &each, NULL);
}
