/* Dead handles in C: freed, of another type, made up, kept beyond their time. Each is refused, and nothing breaks. */
#include "refused.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define THREADS 4
#define ROUNDS 50
#define MANY 100000

enum { CLIENT, CONFIG, TOKEN, ERROR, STATS, SUBSCRIPTION, EVENT, TYPES };

/* One of each type that is alive; an event is so only while it is told. */
static void *live[TYPES];

static void refuse_client(void *dead) {
    xilnex_auth_error *error = NULL;
    xilnex_auth_token *token = NULL;
    xilnex_auth_stats *stats = NULL;
    char buffer[8] = "abc";
    size_t length = 7;
    int invalidated = 7;

    REFUSED(xilnex_auth_get_token(dead, buffer, sizeof buffer, &length, &error), "argument client");
    REFUSED(xilnex_auth_authorization_header(dead, buffer, sizeof buffer, &length, &error), "argument client");
    REFUSED(xilnex_auth_access_token(dead, &token, &error), "argument client");
    REFUSED(xilnex_auth_try_get_token(dead, buffer, sizeof buffer, &length, &error), "argument client");
    REFUSED(xilnex_auth_try_access_token(dead, &token, &error), "argument client");
    REFUSED(xilnex_auth_access_token_with(dead, 0, 0, &token, &error), "argument client");
    REFUSED(xilnex_auth_invalidate(dead, "x", &invalidated, &error), "argument client");
    REFUSED(xilnex_auth_client_stats(dead, &stats, &error), "argument client");
    EXPECT(xilnex_auth_get_token(dead, buffer, sizeof buffer, NULL, NULL) == XILNEX_AUTH_INVALID_CONFIG);
    EXPECT(strcmp(buffer, "abc") == 0 && length == 7 && invalidated == 7 && token == NULL && stats == NULL);
    EXPECT(xilnex_auth_client_id(dead) == NULL && xilnex_auth_client_base_url(dead) == NULL);
    EXPECT(xilnex_auth_client_scope(dead) == NULL);
    xilnex_auth_client_close(dead);
    xilnex_auth_client_free(dead);
}

static void refuse_config(void *dead) {
    xilnex_auth_error *error = NULL;
    xilnex_auth_client *client = NULL;

    REFUSED(xilnex_auth_config_set(dead, "scope", "coreapi", &error), "argument config");
    REFUSED(xilnex_auth_client_new(dead, &client, &error), "argument config");
    EXPECT(client == NULL);
    xilnex_auth_config_free(dead);
}

static void refuse_token(void *dead) {
    EXPECT(xilnex_auth_token_value(dead) == NULL && xilnex_auth_token_authorization_header(dead) == NULL);
    EXPECT(xilnex_auth_token_type(dead) == NULL && xilnex_auth_token_scope(dead) == NULL);
    EXPECT(xilnex_auth_token_expires_at(dead) == 0);
    xilnex_auth_token_free(dead);
}

static void refuse_error(void *dead) {
    EXPECT(xilnex_auth_error_status(dead) == XILNEX_AUTH_OK && xilnex_auth_error_hint(dead) == NULL);
    EXPECT(strcmp(xilnex_auth_error_id(dead), "ok") == 0 && strcmp(xilnex_auth_error_message(dead), "") == 0);
    EXPECT(xilnex_auth_error_oauth_error(dead) == NULL && xilnex_auth_error_http_status(dead) == 0);
    EXPECT(xilnex_auth_error_retry_after(dead) < 0 && xilnex_auth_error_attempts(dead) == 0);
    EXPECT(xilnex_auth_error_is_retryable(dead) == 0 && xilnex_auth_error_is_repeated(dead) == 0);
    EXPECT(xilnex_auth_error_copy(dead) == NULL);
    xilnex_auth_error_free(dead);
}

static void refuse_stats(void *dead) {
    EXPECT(xilnex_auth_stats_value(dead, "hits") < 0 && xilnex_auth_stats_failures(dead, XILNEX_AUTH_DNS) == 0);
    xilnex_auth_stats_free(dead);
}

static void refuse_subscription(void *dead) { xilnex_auth_events_unsubscribe(dead); }

static void refuse_event(void *dead) {
    const double skew = xilnex_auth_event_clock_skew(dead);
    EXPECT(skew != skew);
    EXPECT(strcmp(xilnex_auth_event_name(dead), "") == 0 && strcmp(xilnex_auth_event_message(dead), "") == 0);
    EXPECT(strcmp(xilnex_auth_event_client_id(dead), "") == 0 && xilnex_auth_event_token(dead) == NULL);
    EXPECT(xilnex_auth_event_took(dead) < 0 && xilnex_auth_event_expires_in(dead) < 0);
    EXPECT(xilnex_auth_event_at(dead) <= 0 && xilnex_auth_event_is_warning(dead) == 0);
    EXPECT(xilnex_auth_event_error(dead) == NULL);
}

static void (*const refuse[TYPES])(void *) = {refuse_client, refuse_config,       refuse_token, refuse_error,
                                              refuse_stats,  refuse_subscription, refuse_event};

/* Every function of every type gets the handles of all others, and NULL. */
static void refuse_other_types(void) {
    int type, other;
    for (type = 0; type < TYPES; type++) {
        for (other = 0; other < TYPES; other++)
            if (type != other) refuse[type](live[other]);
        refuse[type](NULL);
    }
}

/* Numbers that nobody gave, addresses of the caller's own, and each live handle with one bit wrong, unless that
 * makes it the one of the type that is asked. */
static void refuse_forgeries(void) {
    static char of_the_program[16];
    char on_the_stack[16], *allocated = calloc(1, 256);
    void *const forged[] = {(void *)1,          (void *)3,  (void *)8,         (void *)-1,    (void *)-8,
                            of_the_program,     &failures,  on_the_stack,      allocated,     allocated + 1,
                            of_the_program + 3, live + TOKEN, on_the_stack + 5};
    int type, other;
    unsigned bit;
    size_t index;

    for (type = 0; type < TYPES; type++) {
        for (index = 0; index < sizeof forged / sizeof *forged; index++) refuse[type](forged[index]);
        for (other = 0; other < TYPES; other++) {
            for (bit = 0; live[other] != NULL && bit < sizeof(void *) * 8; bit++) {
                void *const wrong = (void *)((uintptr_t)live[other] ^ (uintptr_t)1 << bit);
                if (wrong != live[type]) refuse[type](wrong);
            }
        }
    }
    free(allocated);
}

static void expect_life(void) {
    static char text[XILNEX_AUTH_TOKEN_BUFFER];
    EXPECT(xilnex_auth_get_token(live[CLIENT], text, sizeof text, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(strlen(xilnex_auth_client_id(live[CLIENT])) > 0);
    EXPECT(strlen(xilnex_auth_token_value(live[TOKEN])) > 20);
    EXPECT(xilnex_auth_config_set(live[CONFIG], "scope", "coreapi", NULL) == XILNEX_AUTH_OK);
    EXPECT(strstr(xilnex_auth_error_message(live[ERROR]), "config") != NULL);
    EXPECT(xilnex_auth_stats_value(live[STATS], "requests") >= 1);
}

/* What a careless listener does: it keeps the event, its error and the subscription, and frees what is not its own. */
struct listener {
    const void *event, *error;
    int heard;
};

static void hear(const xilnex_auth_event *event, void *data) {
    struct listener *listener = data;

    if (strcmp(xilnex_auth_event_name(event), "refresh_started") == 0) return;
    listener->heard++;
    listener->event = live[EVENT] = (void *)(uintptr_t)event;
    refuse_other_types();
    listener->error = xilnex_auth_event_error(event);
    if (listener->error == NULL) {
        /* Only now: there is no second client that a wrong bit would lead to. */
        refuse_forgeries();
    } else {
        EXPECT(xilnex_auth_error_status(listener->error) == XILNEX_AUTH_REJECTED);
        xilnex_auth_error_free((void *)(uintptr_t)listener->error);
        refuse_error((void *)(uintptr_t)listener->error);
    }
    EXPECT(strlen(xilnex_auth_event_client_id(event)) > 0);
    live[EVENT] = NULL;
}

static void *make_config(void) { return xilnex_auth_config_from_env(); }

static void *client_with(const char *name, const char *value) {
    xilnex_auth_config *config = make_config();
    xilnex_auth_client *client = NULL;
    EXPECT(xilnex_auth_config_set(config, name, value, NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_client_new(config, &client, NULL) == XILNEX_AUTH_OK);
    xilnex_auth_config_free(config);
    return client;
}

static void *make_client(void) { return client_with("timeout", "9"); }

static void *make_token(void) {
    xilnex_auth_token *token = NULL;
    EXPECT(xilnex_auth_access_token(live[CLIENT], &token, NULL) == XILNEX_AUTH_OK);
    return token;
}

static void *make_error(void) {
    xilnex_auth_error *error = NULL;
    EXPECT(xilnex_auth_client_new(NULL, NULL, &error) == XILNEX_AUTH_INVALID_CONFIG);
    return error;
}

static void *make_stats(void) {
    xilnex_auth_stats *stats = NULL;
    EXPECT(xilnex_auth_client_stats(live[CLIENT], &stats, NULL) == XILNEX_AUTH_OK);
    return stats;
}

static struct listener listener;

static void *make_subscription(void) {
    xilnex_auth_subscription *subscription = NULL;
    EXPECT(xilnex_auth_events_subscribe(hear, &listener, &subscription, NULL) == XILNEX_AUTH_OK);
    return subscription;
}

static void *(*const make[EVENT])(void) = {make_client, make_config, make_token,
                                           make_error,  make_stats,  make_subscription};

static void end(int type, void *handle) {
    if (type == CLIENT) xilnex_auth_client_free(handle);
    if (type == CONFIG) xilnex_auth_config_free(handle);
    if (type == TOKEN) xilnex_auth_token_free(handle);
    if (type == ERROR) xilnex_auth_error_free(handle);
    if (type == STATS) xilnex_auth_stats_free(handle);
    if (type == SUBSCRIPTION) xilnex_auth_events_unsubscribe(handle);
}

/* What was freed stays dead, also when something else has its place. */
static void freed(void) {
    void *dead[EVENT][ROUNDS];
    int type, round, older;
    for (type = 0; type < EVENT; type++) {
        for (round = 0; round < ROUNDS; round++) {
            dead[type][round] = make[type]();
            EXPECT(dead[type][round] != NULL);
            for (older = 0; older < round; older++) {
                EXPECT(dead[type][older] != dead[type][round]);
                end(type, dead[type][older]);
            }
            end(type, dead[type][round]);
            refuse[type](dead[type][round]);
        }
        refuse[type](dead[type][0]);
        expect_life();
    }
}

static void events(void) {
    xilnex_auth_client *stranger = client_with("client_secret", "wrong");
    static char text[XILNEX_AUTH_TOKEN_BUFFER];
    int invalidated = 0;

    EXPECT(xilnex_auth_get_token(stranger, text, sizeof text, NULL, NULL) == XILNEX_AUTH_REJECTED);
    EXPECT(listener.heard == 1 && listener.event != NULL && listener.error != NULL);
    refuse_event((void *)(uintptr_t)listener.event);
    refuse_error((void *)(uintptr_t)listener.error);
    xilnex_auth_client_free(stranger);

    EXPECT(xilnex_auth_get_token(live[CLIENT], text, sizeof text, NULL, NULL) == XILNEX_AUTH_OK);
    EXPECT(xilnex_auth_invalidate(live[CLIENT], text, &invalidated, NULL) == XILNEX_AUTH_OK && invalidated);
    EXPECT(listener.heard == 2 && listener.error == NULL);
    refuse_event((void *)(uintptr_t)listener.event);
}

/* Threads use, and all of them free, what the main thread frees too. */
static void *use(void *data) {
    void *const *shared = data;
    static const char *const names[] = {"scope", "timeout"};
    xilnex_auth_status status = XILNEX_AUTH_OK;
    long round;

    for (round = 0; status == XILNEX_AUTH_OK; round++) {
        char text[XILNEX_AUTH_TOKEN_BUFFER];
        xilnex_auth_token *token = NULL;
        (void)xilnex_auth_token_expires_at(shared[TOKEN]);
        (void)!xilnex_auth_config_set(shared[CONFIG], names[round % 2], "7", NULL);
        status = xilnex_auth_get_token(shared[CLIENT], text, sizeof text, NULL, NULL);
        if (status == XILNEX_AUTH_OK) status = xilnex_auth_access_token(shared[CLIENT], &token, NULL);
        EXPECT(status != XILNEX_AUTH_OK || strlen(xilnex_auth_token_value(token)) > 20);
        xilnex_auth_token_free(token);
    }
    EXPECT(status == XILNEX_AUTH_INVALID_CONFIG);
    end(TOKEN, shared[TOKEN]);
    end(CONFIG, shared[CONFIG]);
    return NULL;
}

static void freed_by_other_threads(void) {
    pthread_t threads[THREADS];
    void *shared[TYPES] = {NULL};
    int round, index, type;

    for (round = 0; round < ROUNDS; round++) {
        for (type = CLIENT; type <= TOKEN; type++) shared[type] = make[type]();
        for (index = 0; index < THREADS; index++)
            EXPECT(pthread_create(&threads[index], NULL, use, shared) == 0);
        for (type = TOKEN; type >= CLIENT; type--) end(type, shared[type]);
        for (index = 0; index < THREADS; index++) pthread_join(threads[index], NULL);
        for (type = CLIENT; type <= TOKEN; type++) refuse[type](shared[type]);
    }
}

static void many(void) {
    xilnex_auth_error **copies = calloc(MANY, sizeof *copies);
    int index, wrong = 0;
    for (index = 0; index < MANY; index++) copies[index] = xilnex_auth_error_copy(live[ERROR]);
    for (index = 0; index < MANY; index++) wrong += xilnex_auth_error_status(copies[index]) != XILNEX_AUTH_INVALID_CONFIG;
    for (index = 0; index < MANY; index++) xilnex_auth_error_free(copies[index]);
    for (index = 0; index < MANY; index++) wrong += xilnex_auth_error_status(copies[index]) != XILNEX_AUTH_OK;
    EXPECT(wrong == 0);
    free(copies);
}

int main(void) {
    int type;
    for (type = 0; type < EVENT; type++) live[type] = make[type]();
    listener.heard = 0;
    refuse_other_types();
    refuse_forgeries();
    expect_life();
    events();
    /* From here on nobody listens: a listener may end no subscription but its own. */
    end(SUBSCRIPTION, live[SUBSCRIPTION]);
    freed();
    freed_by_other_threads();
    many();
    expect_life();
    for (type = 0; type < EVENT; type++) end(type, live[type]);
    for (type = 0; type < EVENT; type++) refuse[type](live[type]);
    printf("%d failures\n", failures);
    return failures != 0;
}
