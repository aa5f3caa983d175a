/* A host that asks when it ends: in the destructor of a thread's own data, and in what it has given to atexit. */
#include "edge.h"

#include "clients.h"

#define THREADS 16

static xilnex_auth_client *shared;
static pthread_key_t own;
static struct figure *figure;
static long first_number;

/* A kept token, a token that has to be fetched, a mistake, and the end of everything that came of it. */
static const char *use_everything(long fresh) {
    xilnex_auth_client *client = numbered_client(fresh);
    xilnex_auth_error *error = NULL;
    xilnex_auth_token *token = NULL;
    const char *wrong = NULL;

    if (ask(shared, 5) != XILNEX_AUTH_OK) wrong = "no kept token at the end";
    if (xilnex_auth_access_token(client, &token, NULL) != XILNEX_AUTH_OK) wrong = "no new token at the end";
    if (xilnex_auth_token_value(token) == NULL) wrong = "a token without a text at the end";
    xilnex_auth_client_free(client);
    if (xilnex_auth_access_token(client, &token, &error) != XILNEX_AUTH_INVALID_CONFIG) wrong = "a freed client was used";
    if (xilnex_auth_error_message(error)[0] == '\0') wrong = "an error without a text at the end";
    xilnex_auth_error_free(error);
    xilnex_auth_token_free(token);
    return wrong;
}

/* By now the thread has no data of the library any more, if it had. */
static void at_the_end_of_a_thread(void *data) {
    const double began = now_ms();
    const char *wrong = use_everything(*(const long *)data);
    note(figure, wrong, now_ms() - began);
}

/* Every other thread uses the library for the first time in its destructor. */
static void *end_after_use(void *data) {
    if (*(long *)data % 2 == 0 && ask(shared, 5) != XILNEX_AUTH_OK) note(figure, "no token before the end", 0);
    pthread_setspecific(own, data);
    return NULL;
}

static void threads_end(struct figure *told, long scale) {
    long round, index, numbers[THREADS];
    pthread_t threads[THREADS];

    figure = told;
    shared = numbered_client(0);
    if (pthread_key_create(&own, at_the_end_of_a_thread) != 0) abort();
    for (round = 0; round < scale; round++) {
        for (index = 0; index < THREADS; index++) {
            numbers[index] = 1 + round * THREADS + index;
            if (pthread_create(&threads[index], NULL, end_after_use, &numbers[index]) != 0) abort();
        }
        for (index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
    }
    xilnex_auth_client_free(shared);
    if (figure->count != scale * THREADS) figure->wrong++;
}

static void at_the_end_of_the_process(void) {
    const char *wrong = use_everything(first_number);
    if (wrong == NULL) return;
    fprintf(stderr, "wrong: %s\n", wrong);
    _exit(3);
}

static void *wait_meanwhile(void *data) {
    long number = *(const long *)data;
    while (number > 0) (void)ask(numbered_client(++number), 5);
    return NULL;
}

static void end_of_a_process(long round) {
    pthread_t waiting;
    /* Before the library is used, so that whatever it may have given to atexit itself is over. */
    if (atexit(at_the_end_of_the_process) != 0) _exit(4);
    shared = numbered_client(0);
    if (ask(shared, 5) != XILNEX_AUTH_OK) _exit(5);
    first_number = 1000 * (round + 1);
    if (pthread_create(&waiting, NULL, wait_meanwhile, &first_number) != 0) _exit(6);
    sleep_ms((double)(round % 5));
    exit(0);
}

static void processes_end(struct figure *told, long scale) {
    long round;
    for (round = 0; round < scale; round++) {
        const double began = now_ms();
        const pid_t child = fork();
        int status;
        if (child == 0) end_of_a_process(round);
        status = ending(child, 10e3);
        if (status == -1) told->hangs++;
        else if (WIFSIGNALED(status)) told->crashes++;
        note(told, status == 0 ? NULL : "a process did not end well", now_ms() - began);
    }
}

int main(int argc, char **argv) {
    const long scale = scale_of(argc, argv);
    const double limit = 60e3 + (double)scale * 1e3;
    int is_well = tell("A thread asks in the destructor of its own data", threads_end, scale, limit);
    is_well &= tell("A process asks in an atexit handler while a thread waits", processes_end, scale, limit);
    return !is_well;
}
