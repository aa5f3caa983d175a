/* The driver of C: commands from stdin, one line of JSON for each answer. */
#include "driver.h"
#include <pthread.h>
#include <time.h>
#include <xilnex_auth.h>

struct option {
    char *name, *value;
};

static struct option options[MOST_OPTIONS];
static size_t option_count;
static xilnex_auth_client *client;
/* What a person could see of the last error. */
static char last_error[2048];

static char *copy(const char *text) {
    char *made = malloc(strlen(text) + 1);
    if (made == NULL) abort();
    return strcpy(made, text);
}

static void print_error(xilnex_auth_error *error) {
    const double retry_after = xilnex_auth_error_retry_after(error);
    const int http_status = xilnex_auth_error_http_status(error);
    const char *hint = xilnex_auth_error_hint(error);
    fputs("{\"error\":{\"kind\":", stdout);
    print_text(xilnex_auth_error_id(error));
    fputs(",\"message\":", stdout);
    print_text(xilnex_auth_error_message(error));
    fputs(",\"hint\":", stdout);
    print_text(hint);
    fputs(",\"oauth_error\":", stdout);
    print_text(xilnex_auth_error_oauth_error(error));
    fputs(",\"http_status\":", stdout);
    print_number(http_status, http_status != 0);
    fputs(",\"retry_after\":", stdout);
    print_number(retry_after, retry_after >= 0);
    printf(",\"attempts\":%d,\"is_retryable\":%s", xilnex_auth_error_attempts(error),
           xilnex_auth_error_is_retryable(error) ? "true" : "false");
    printf(",\"is_repeated\":%s}}", xilnex_auth_error_is_repeated(error) ? "true" : "false");
    snprintf(last_error, sizeof last_error, "%s: %s %s", xilnex_auth_error_id(error),
             xilnex_auth_error_message(error), hint == NULL ? "" : hint);
    xilnex_auth_error_free(error);
}

static xilnex_auth_status make(xilnex_auth_config *config, xilnex_auth_client **made, xilnex_auth_error **error) {
    size_t index;
    for (index = 0; index < option_count; index++) {
        const xilnex_auth_status status =
            xilnex_auth_config_set(config, options[index].name, options[index].value, error);
        if (status != XILNEX_AUTH_OK) return status;
    }
    return xilnex_auth_client_new(config, made, error);
}

static void make_client(void) {
    xilnex_auth_error *error = NULL;
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client_free(client);
    client = NULL;
    if (make(config, &client, &error) == XILNEX_AUTH_OK) fputs("{\"ok\":true}", stdout);
    else print_error(error);
    xilnex_auth_config_free(config);
}

static void get_token(const xilnex_auth_client *from) {
    char buffer[XILNEX_AUTH_TOKEN_BUFFER];
    xilnex_auth_error *error = NULL;
    if (xilnex_auth_get_token(from, buffer, sizeof buffer, NULL, &error) != XILNEX_AUTH_OK) {
        print_error(error);
        return;
    }
    fputs("{\"token\":", stdout);
    print_text(buffer);
    putchar('}');
}

static void default_token(void) {
    xilnex_auth_error *error = NULL;
    xilnex_auth_client *from_env = NULL;
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    if (xilnex_auth_client_new(config, &from_env, &error) == XILNEX_AUTH_OK) get_token(from_env);
    else print_error(error);
    xilnex_auth_client_free(from_env);
    xilnex_auth_config_free(config);
}

static void authorization_header(void) {
    char buffer[XILNEX_AUTH_HEADER_BUFFER];
    xilnex_auth_error *error = NULL;
    if (xilnex_auth_authorization_header(client, buffer, sizeof buffer, NULL, &error) != XILNEX_AUTH_OK) {
        print_error(error);
        return;
    }
    fputs("{\"header\":", stdout);
    print_text(buffer);
    putchar('}');
}

static void access_token(double min_ttl) {
    xilnex_auth_error *error = NULL;
    xilnex_auth_token *token = NULL;
    if (xilnex_auth_access_token_with(client, min_ttl, 0, &token, &error) != XILNEX_AUTH_OK) {
        print_error(error);
        return;
    }
    fputs("{\"token\":", stdout);
    print_text(xilnex_auth_token_value(token));
    fputs(",\"token_type\":", stdout);
    print_text(xilnex_auth_token_type(token));
    fputs(",\"scope\":", stdout);
    print_text(xilnex_auth_token_scope(token));
    printf(",\"expires_in\":%ld}", (long)(xilnex_auth_token_expires_at(token) - (int64_t)time(NULL)));
    xilnex_auth_token_free(token);
}

static void invalidate(const char *token) {
    xilnex_auth_error *error = NULL;
    int invalidated = 0;
    if (xilnex_auth_invalidate(client, token, &invalidated, &error) != XILNEX_AUTH_OK) print_error(error);
    else printf("{\"invalidated\":%s}", invalidated ? "true" : "false");
}

struct caller {
    pthread_t thread;
    xilnex_auth_status status;
    char token[XILNEX_AUTH_TOKEN_BUFFER];
};

static void *call(void *argument) {
    struct caller *caller = argument;
    caller->status = xilnex_auth_get_token(client, caller->token, sizeof caller->token, NULL, NULL);
    return NULL;
}

static void concurrent(size_t count) {
    static struct caller callers[MOST_THREADS];
    char *tokens[MOST_THREADS], *errors[MOST_THREADS], ids[MOST_THREADS][32];
    size_t index, token_count = 0, error_count = 0;
    if (count > MOST_THREADS) count = MOST_THREADS;
    for (index = 0; index < count; index++)
        if (pthread_create(&callers[index].thread, NULL, call, &callers[index]) != 0) abort();
    for (index = 0; index < count; index++) {
        pthread_join(callers[index].thread, NULL);
        if (callers[index].status == XILNEX_AUTH_OK) {
            tokens[token_count++] = callers[index].token;
        } else {
            snprintf(ids[index], sizeof ids[index], "%s", xilnex_auth_status_id(callers[index].status));
            errors[error_count++] = ids[index];
        }
    }
    fputs("{\"tokens\":", stdout);
    print_distinct(tokens, token_count);
    fputs(",\"errors\":", stdout);
    print_distinct(errors, error_count);
    putchar('}');
}

static void sleep_for(double seconds) {
    struct timespec length;
    length.tv_sec = (time_t)seconds;
    length.tv_nsec = (long)((seconds - (double)length.tv_sec) * 1e9);
    while (nanosleep(&length, &length) != 0 && errno == EINTR) continue;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct leaving {
    pthread_t thread;
    const xilnex_auth_client *from;
    xilnex_auth_status status;
    double ended;
    char token[XILNEX_AUTH_TOKEN_BUFFER];
};

static void *wait_for_token(void *argument) {
    struct leaving *caller = argument;
    caller->status = xilnex_auth_get_token(caller->from, caller->token, sizeof caller->token, NULL, NULL);
    caller->ended = now();
    return NULL;
}

/* Closes a client while threads wait for it and one waits for its equal. */
static void close_while(size_t count) {
    static struct leaving callers[MOST_THREADS + 1];
    char *told[MOST_THREADS + 1], ids[MOST_THREADS][32], *tokens[1];
    xilnex_auth_config *config = xilnex_auth_config_from_env();
    xilnex_auth_client *other = NULL;
    size_t index;
    double closed, longest = 0;
    if (count > MOST_THREADS || make(config, &other, NULL) != XILNEX_AUTH_OK) exit(2);
    for (index = 0; index <= count; index++) {
        callers[index].from = index == count ? other : client;
        if (pthread_create(&callers[index].thread, NULL, wait_for_token, &callers[index]) != 0) abort();
    }
    sleep_for(0.3);
    closed = now();
    xilnex_auth_client_close(client);
    for (index = 0; index < count; index++) {
        pthread_join(callers[index].thread, NULL);
        if (callers[index].ended - closed > longest) longest = callers[index].ended - closed;
        snprintf(ids[index], sizeof ids[index], "%s", xilnex_auth_status_id(callers[index].status));
        told[index] = ids[index];
    }
    pthread_join(callers[count].thread, NULL);
    tokens[0] = callers[count].token;
    fputs("{\"tokens\":", stdout);
    print_distinct(tokens, callers[count].status == XILNEX_AUTH_OK);
    fputs(",\"errors\":", stdout);
    print_distinct(told, count);
    printf(",\"seconds\":%.3f}", longest);
    xilnex_auth_client_free(other);
    xilnex_auth_config_free(config);
}

/* One after the other. */
static void many(long count) {
    static char kept[2][MOST_THREADS][XILNEX_AUTH_TOKEN_BUFFER];
    char *told[2][MOST_THREADS];
    size_t counts[2] = {0, 0};
    for (; count > 0; count--) {
        char buffer[XILNEX_AUTH_TOKEN_BUFFER];
        const xilnex_auth_status status = xilnex_auth_get_token(client, buffer, sizeof buffer, NULL, NULL);
        const int failed = status != XILNEX_AUTH_OK;
        const char *text = failed ? xilnex_auth_status_id(status) : buffer;
        const size_t last = counts[failed];
        if (last > 0 && strcmp(kept[failed][last - 1], text) == 0) continue;
        if (last == MOST_THREADS) exit(2);
        told[failed][last] = strcpy(kept[failed][last], text);
        counts[failed]++;
    }
    fputs("{\"tokens\":", stdout);
    print_distinct(told[0], counts[0]);
    fputs(",\"errors\":", stdout);
    print_distinct(told[1], counts[1]);
    putchar('}');
}

static void print_stats(void) {
    static const char *const names[] = {
        "requests", "successes", "failures", "hits", "refreshes_ahead", "served_while_failing",
        "refused_in_cool_down", "refused_by_budget", "last_refresh", "expires_in"};
    double skew;
    size_t index;
    xilnex_auth_stats *stats = NULL;
    xilnex_auth_error *error = NULL;
    if (xilnex_auth_client_stats(client, &stats, &error) != XILNEX_AUTH_OK) {
        print_error(error);
        return;
    }
    fputs("{\"stats\":", stdout);
    for (index = 0; index < sizeof names / sizeof *names; index++) {
        const double value = xilnex_auth_stats_value(stats, names[index]);
        printf("%s\"%s\":", index == 0 ? "{" : ",", names[index]);
        print_number(value, value >= 0);
    }
    skew = xilnex_auth_stats_value(stats, "clock_skew");
    fputs(",\"clock_skew\":", stdout);
    print_number(skew, skew == skew);
    fputs("}}", stdout);
    xilnex_auth_stats_free(stats);
}

static struct heard heard;

static void hear(const xilnex_auth_event *event, void *data) {
    (void)data;
    remember(&heard, xilnex_auth_event_name(event));
}

static void listen(void) {
    static xilnex_auth_subscription *subscription;
    xilnex_auth_error *error = NULL;
    if (xilnex_auth_events_subscribe(hear, NULL, &subscription, &error) == XILNEX_AUTH_OK)
        fputs("{\"ok\":true}", stdout);
    else print_error(error);
}

static void pause_for(double seconds) {
    sleep_for(seconds);
    fputs("{\"ok\":true}", stdout);
}

static void show(void) {
    char shown[4096];
    const char *scope = xilnex_auth_client_scope(client);
    snprintf(shown, sizeof shown, "%s %s %s %s", xilnex_auth_client_id(client), xilnex_auth_client_base_url(client),
             scope == NULL ? "" : scope, last_error);
    fputs("{\"shown\":", stdout);
    print_text(shown);
    putchar('}');
}

static void with_client(char **words) {
    if (client == NULL) fputs("{\"error\":{\"kind\":\"no_client\"}}", stdout);
    else if (strcmp(words[0], "get_token") == 0) get_token(client);
    else if (strcmp(words[0], "authorization_header") == 0) authorization_header();
    else if (strcmp(words[0], "access_token") == 0) access_token(atof(words[1]));
    else if (strcmp(words[0], "invalidate") == 0) invalidate(words[1]);
    else if (strcmp(words[0], "concurrent") == 0) concurrent((size_t)atoi(words[1]));
    else if (strcmp(words[0], "close_while") == 0) close_while((size_t)atoi(words[1]));
    else if (strcmp(words[0], "many") == 0) many(atol(words[1]));
    else if (strcmp(words[0], "stats") == 0) print_stats();
    else if (strcmp(words[0], "events") == 0) print_heard(&heard);
    else if (strcmp(words[0], "show") == 0) show();
    else if (strcmp(words[0], "close") == 0) {
        xilnex_auth_client_close(client);
        fputs("{\"ok\":true}", stdout);
    } else exit(2);
}

static void answer(char **words) {
    if (strcmp(words[0], "option") == 0) {
        if (option_count == MOST_OPTIONS) exit(2);
        options[option_count].name = copy(words[1]);
        options[option_count++].value = copy(words[2]);
        return;
    }
    if (strcmp(words[0], "client") == 0) make_client();
    else if (strcmp(words[0], "default_token") == 0) default_token();
    else if (strcmp(words[0], "listen") == 0) listen();
    else if (strcmp(words[0], "sleep") == 0) pause_for(atof(words[1]));
    else with_client(words);
    putchar('\n');
    fflush(stdout);
}

int main(void) {
    static char line[LONGEST_LINE];
    char *words[MOST_WORDS];
    while (next_line(line)) {
        split(line, words);
        answer(words);
    }
    while (option_count > 0) {
        free(options[--option_count].name);
        free(options[option_count].value);
    }
    xilnex_auth_client_free(client);
    return 0;
}
