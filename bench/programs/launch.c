/* Runs a command and tells how many nanoseconds it took and the most memory that it had, in KiB, as JSON. In C, because a
   child's peak begins with that of the process which made it. */
#define _GNU_SOURCE
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

int main(int argc, char **argv) {
    struct timespec began, ended;
    struct rusage used;
    pid_t child;
    int status;
    if (argc < 2) return 2;
    clock_gettime(CLOCK_MONOTONIC, &began);
    if (posix_spawnp(&child, argv[1], NULL, NULL, argv + 1, environ) != 0) return 3;
    if (wait4(child, &status, 0, &used) != child) return 4;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return 5;
    printf("\n{\"ns\": %lld, \"kib\": %ld}\n",
           (long long)(ended.tv_sec - began.tv_sec) * 1000000000 + (ended.tv_nsec - began.tv_nsec), used.ru_maxrss);
    return 0;
}
