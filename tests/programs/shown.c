/* The token at hand in C, which is copied without a lock, while others change what it is: never another client's, never one
   that is gone, and each call is counted. */
#include "expect.h"

#include "../edges/clients.h"
#include <pthread.h>
#include <string.h>

#define READERS 3
#define CALLS 20000
#define ROUNDS 4000
#define KINDS 3

static char tokens[KINDS][XILNEX_AUTH_TOKEN_BUFFER];

/* Asks twice: what the first call finds is shown to the second. */
static xilnex_auth_status get(const xilnex_auth_client *client, char *token) {
    const xilnex_auth_status status = xilnex_auth_get_token(client, token, XILNEX_AUTH_TOKEN_BUFFER, NULL, NULL);
    if (status != XILNEX_AUTH_OK) return status;
    return xilnex_auth_get_token(client, token, XILNEX_AUTH_TOKEN_BUFFER, NULL, NULL);
}

static int has(const xilnex_auth_client *client, const char *token) {
    char found[XILNEX_AUTH_TOKEN_BUFFER] = "";
    return get(client, found) == XILNEX_AUTH_OK && strcmp(found, token) == 0;
}

static double hits(const xilnex_auth_client *client) {
    xilnex_auth_stats *stats = NULL;
    double value = -1;
    if (xilnex_auth_client_stats(client, &stats, NULL) == XILNEX_AUTH_OK) value = xilnex_auth_stats_value(stats, "hits");
    xilnex_auth_stats_free(stats);
    return value;
}

static void a_handle_is_its_client_s_alone(void) {
    xilnex_auth_client *first = numbered_client(0), *equal = numbered_client(0), *next;
    char found[XILNEX_AUTH_TOKEN_BUFFER];

    EXPECT(has(first, tokens[0]) && has(equal, tokens[0]));
    xilnex_auth_client_close(first);
    EXPECT(has(equal, tokens[0]));
    EXPECT(get(first, found) == XILNEX_AUTH_CLOSED);
    xilnex_auth_client_free(first);
    EXPECT(get(first, found) == XILNEX_AUTH_INVALID_CONFIG);
    /* It lies where the first one lay. */
    next = numbered_client(1);
    EXPECT(get(first, found) == XILNEX_AUTH_INVALID_CONFIG);
    EXPECT(has(next, tokens[1]) && has(equal, tokens[0]));
    xilnex_auth_client_free(next);
    xilnex_auth_client_free(equal);
}

static void a_buffer_gets_all_or_nothing(const xilnex_auth_client *client) {
    const size_t whole = strlen(tokens[0]);
    char room[XILNEX_AUTH_TOKEN_BUFFER];
    size_t length, size;

    EXPECT(has(client, tokens[0]));
    for (size = 0; size <= whole; size += whole / 4) {
        memset(room, 'x', sizeof room);
        length = 0;
        EXPECT(xilnex_auth_get_token(client, room, size, &length, NULL) == XILNEX_AUTH_INVALID_CONFIG);
        EXPECT(length == whole && room[0] == 'x' && memchr(room, 0, sizeof room) == NULL);
    }
    EXPECT(xilnex_auth_get_token(client, NULL, 0, &length, NULL) == XILNEX_AUTH_INVALID_CONFIG && length == whole);
    EXPECT(xilnex_auth_get_token(client, NULL, 9, &length, NULL) == XILNEX_AUTH_INVALID_CONFIG);
    EXPECT(xilnex_auth_get_token(client, room, whole + 1, &length, NULL) == XILNEX_AUTH_OK && length == whole);
    EXPECT(strcmp(room, tokens[0]) == 0 && room[whole + 1] == 'x');
    EXPECT(xilnex_auth_get_token(client, room, (size_t)-1, NULL, NULL) == XILNEX_AUTH_OK);
}

static void *call(void *client) {
    char token[XILNEX_AUTH_TOKEN_BUFFER];
    int round, wrong = 0;
    for (round = 0; round < CALLS; round++)
        if (xilnex_auth_get_token(client, token, sizeof token, NULL, NULL) != XILNEX_AUTH_OK) wrong++;
    return wrong == 0 ? client : NULL;
}

static void each_call_is_counted(xilnex_auth_client *client) {
    const double before = hits(client);
    pthread_t threads[READERS];
    void *well;
    int index;

    for (index = 0; index < READERS; index++) EXPECT(pthread_create(&threads[index], NULL, call, client) == 0);
    /* Others come and go meanwhile. */
    for (index = 0; index < 200; index++) xilnex_auth_client_free(numbered_client(0));
    for (index = 0; index < READERS; index++) {
        EXPECT(pthread_join(threads[index], &well) == 0 && well == client);
    }
    EXPECT(hits(client) - before == READERS * CALLS);
}

static void an_invalidated_token_is_gone_everywhere(void) {
    xilnex_auth_client *first = numbered_client(2), *equal = numbered_client(2);
    char found[XILNEX_AUTH_TOKEN_BUFFER] = "";
    int was_dropped = 0;

    EXPECT(has(first, tokens[2]) && has(equal, tokens[2]));
    EXPECT(xilnex_auth_invalidate(first, tokens[2], &was_dropped, NULL) == XILNEX_AUTH_OK && was_dropped == 1);
    EXPECT(xilnex_auth_get_token(equal, found, sizeof found, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(strcmp(found, tokens[2]) != 0 && has(first, found));
    memcpy(tokens[2], found, sizeof found);
    xilnex_auth_client_free(first);
    xilnex_auth_client_free(equal);
}

/* What is in the handle that readers share, and of which kind it is. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static xilnex_auth_client *current;
static int kind;
static int is_over;

static void *read_current(void *unused) {
    char token[XILNEX_AUTH_TOKEN_BUFFER];
    long wrong = 0, served = 0;
    (void)unused;
    for (;;) {
        const xilnex_auth_client *client;
        xilnex_auth_status status;
        int expected, ends;
        pthread_mutex_lock(&lock);
        client = current, expected = kind, ends = is_over;
        pthread_mutex_unlock(&lock);
        if (ends) return wrong == 0 && served > 0 ? &is_over : NULL;
        for (status = XILNEX_AUTH_OK; status == XILNEX_AUTH_OK;) {
            status = xilnex_auth_get_token(client, token, sizeof token, NULL, NULL);
            if (status == XILNEX_AUTH_OK) served++;
            if (status == XILNEX_AUTH_OK && strcmp(token, tokens[expected]) != 0) wrong++;
            if (status != XILNEX_AUTH_OK && status != XILNEX_AUTH_INVALID_CONFIG) wrong++;
        }
    }
}

/* Of each kind only one client is alive, so that texts are dropped and lie elsewhere all the time. */
static void clients_that_come_and_go_are_never_taken_for_each_other(void) {
    pthread_t threads[READERS];
    void *well;
    int index, round;

    current = numbered_client(0), kind = 0;
    for (index = 0; index < READERS; index++) EXPECT(pthread_create(&threads[index], NULL, read_current, NULL) == 0);
    for (round = 1; round <= ROUNDS; round++) {
        xilnex_auth_client *before = current, *next = numbered_client(round % KINDS);
        EXPECT(has(next, tokens[round % KINDS]));
        pthread_mutex_lock(&lock);
        current = next, kind = round % KINDS;
        pthread_mutex_unlock(&lock);
        xilnex_auth_client_free(before);
    }
    pthread_mutex_lock(&lock);
    is_over = 1;
    pthread_mutex_unlock(&lock);
    xilnex_auth_client_free(current);
    for (index = 0; index < READERS; index++) {
        EXPECT(pthread_join(threads[index], &well) == 0);
        EXPECT(well != NULL);
    }
}

int main(void) {
    xilnex_auth_client *clients[KINDS];
    int index;

    for (index = 0; index < KINDS; index++) {
        clients[index] = numbered_client(index);
        EXPECT(get(clients[index], tokens[index]) == XILNEX_AUTH_OK);
    }
    EXPECT(strcmp(tokens[0], tokens[1]) != 0 && strcmp(tokens[1], tokens[2]) != 0);
    a_handle_is_its_client_s_alone();
    a_buffer_gets_all_or_nothing(clients[0]);
    each_call_is_counted(clients[0]);
    an_invalidated_token_is_gone_everywhere();
    for (index = 0; index < KINDS; index++) xilnex_auth_client_free(clients[index]);
    clients_that_come_and_go_are_never_taken_for_each_other();
    printf("%d failures\n", failures);
    return failures != 0;
}
