/* A kept token in C against copying its text. Prints both in nanoseconds. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <xilnex_auth.h>

enum { ROUNDS = 7, COUNT = 200000 };

static char token[XILNEX_AUTH_TOKEN_BUFFER], copy[XILNEX_AUTH_TOKEN_BUFFER];
static size_t length;
static xilnex_auth_client *client;

static int get(void) { return xilnex_auth_get_token(client, token, sizeof token, &length, NULL); }

static int floor_of_it(void) {
    memcpy(copy, token, length + 1);
    /* Nothing may be optimised away that a caller would see. */
    __asm__ volatile("" : : "r"(copy) : "memory");
    return 0;
}

static double nanoseconds(int (*call)(void)) {
    double best = 1e18;
    int round, index;
    for (round = 0; round < ROUNDS; round++) {
        struct timespec start, end;
        double spent;
        clock_gettime(CLOCK_MONOTONIC, &start);
        for (index = 0; index < COUNT; index++)
            if (call() != XILNEX_AUTH_OK) return -1;
        clock_gettime(CLOCK_MONOTONIC, &end);
        spent = (double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec);
        if (spent / COUNT < best) best = spent / COUNT;
    }
    return best;
}

int main(void) {
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    double kept, floor;
    if (xilnex_auth_client_new(config, &client, NULL) != XILNEX_AUTH_OK || get() != XILNEX_AUTH_OK) return 1;
    kept = nanoseconds(get);
    floor = nanoseconds(floor_of_it);
    printf("%f %f\n", kept, floor);
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    return 0;
}
