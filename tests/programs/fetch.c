/* One token by a client of its own, for whoever lets system calls fail or packets vanish meanwhile: says that it is ready,
 * begins when a byte arrives on stdin, says how many seconds the call took, and ends with the status of the call, or with
 * 50 when that took longer than it may. Usage: fetch SECONDS */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <xilnex_auth.h>

#define LATE 50
/* What a call may take beyond its deadline on a machine whose every system call is looked at. */
#define SLACK 0.7

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
    const double timeout = argc > 1 ? atof(argv[1]) : 0;
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *client = NULL;
    xilnex_auth_token *token = NULL;
    xilnex_auth_error *error = NULL;
    xilnex_auth_status status;
    double began, took;
    char byte;

    puts("ready");
    fflush(stdout);
    if (read(STDIN_FILENO, &byte, 1) < 0) byte = 0;
    /* Files are read here, which has a bound of its own. */
    status = xilnex_auth_client_new(config, &client, &error);
    began = now();
    if (status == XILNEX_AUTH_OK) status = xilnex_auth_access_token_with(client, 0, timeout, &token, &error);
    took = now() - began;
    printf("%.4f\n", took);
    if (took > timeout + SLACK) status = LATE;
    if (error != NULL) fprintf(stderr, "%s: %s\n", xilnex_auth_error_id(error), xilnex_auth_error_message(error));
    xilnex_auth_token_free(token);
    xilnex_auth_error_free(error);
    xilnex_auth_client_free(client);
    xilnex_auth_config_free(config);
    return (int)status;
}
