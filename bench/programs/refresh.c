/* Hits while a refresh is under way, and as long before it. Usage: refresh TURNS LATENCY_MS, against a server that takes so
   long for an answer; prints the nanoseconds that 999 of 1000 hits do not exceed, of each turn. */
#include "bench.h"

enum { CHUNK_NS = 10000000, CHUNKS = 128, MOST_HITS = 200000, MOST_TURNS = 20 };

struct chunk {
    uint32_t count, spent[MOST_HITS];
};

static struct chunk chunks[CHUNKS];
static uint32_t sorted[CHUNKS * (size_t)MOST_HITS];

static void fill(const xilnex_auth_client *client, struct chunk *chunk, char *token) {
    uint64_t end = now_ns() + CHUNK_NS, before = now_ns();
    chunk->count = 0;
    while (before < end && chunk->count < MOST_HITS) {
        uint64_t after;
        get(client, token);
        after = now_ns();
        chunk->spent[chunk->count++] = (uint32_t)(after - before);
        before = after;
    }
}

static int compare(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* Of the chunks from `first` on. */
static double nearly_longest(long first, long count) {
    size_t total = 0;
    long index;
    for (index = first; index < first + count; index++) {
        const struct chunk *chunk = &chunks[index % CHUNKS];
        memcpy(sorted + total, chunk->spent, chunk->count * sizeof *sorted);
        total += chunk->count;
    }
    qsort(sorted, total, sizeof *sorted, compare);
    return sorted[total - 1 - total / 1000];
}

int main(int argc, char **argv) {
    static char token[XILNEX_AUTH_TOKEN_BUFFER], before[XILNEX_AUTH_TOKEN_BUFFER];
    static double during[MOST_TURNS], quiet[MOST_TURNS];
    xilnex_auth_client *client = client_of(0);
    uint64_t deadline;
    int turns, turn = 0;
    long width, index = 0;
    must(argc == 3, "reading the arguments");
    turns = atoi(argv[1]) < MOST_TURNS ? atoi(argv[1]) : MOST_TURNS;
    /* The beginning and the landing belong to it. */
    width = atol(argv[2]) / 10 + 2;
    must(2 * width < CHUNKS, "a latency that is so long");
    get(client, before);
    deadline = now_ns() + (uint64_t)turns * 10000000000u;
    while (turn < turns) {
        must(now_ns() < deadline, "waiting for a refresh");
        fill(client, &chunks[index++ % CHUNKS], token);
        if (strcmp(token, before) == 0) continue;
        strcpy(before, token);
        if (index < 2 * width + 1) continue;
        fill(client, &chunks[index++ % CHUNKS], token);
        during[turn] = nearly_longest(index - width, width);
        quiet[turn++] = nearly_longest(index - 2 * width, width);
        index = 0;
    }
    printf("{"), print_list("during", during, turns, ", "), print_list("quiet", quiet, turns, "}\n");
    xilnex_auth_client_free(client);
    return 0;
}
