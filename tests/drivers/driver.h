/* What the drivers in C and C++ share: words from a line, and JSON on stdout. */
#ifndef DRIVER_H
#define DRIVER_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_WORDS 8
#define MOST_OPTIONS 32
#define MOST_THREADS 64
#define LONGEST_LINE (1 << 16)

/* Reads the next command, whatever signals arrive; 0 when there is none. */
static inline int next_line(char line[LONGEST_LINE]) {
    size_t length = 0;
    while (length < LONGEST_LINE - 1) {
        const ssize_t count = read(0, line + length, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return 0;
        if (line[length] == '\n') break;
        length++;
    }
    line[length] = '\0';
    return 1;
}

/* Replaces %XX in place. */
static inline void decode(char *word) {
    char *to = word, digits[3] = {0, 0, 0};
    for (; *word != '\0'; word++, to++) {
        if (*word == '%' && word[1] != '\0' && word[2] != '\0') {
            digits[0] = word[1];
            digits[1] = word[2];
            *to = (char)strtol(digits, NULL, 16);
            word += 2;
        } else {
            *to = *word;
        }
    }
    *to = '\0';
}

/* Splits a line at each space; a word that is missing is empty. */
static inline void split(char *line, char *words[MOST_WORDS]) {
    static char nothing[1];
    int count;
    line[strcspn(line, "\r\n")] = '\0';
    for (count = 0; count < MOST_WORDS; count++) {
        char *space = line == NULL ? NULL : strchr(line, ' ');
        words[count] = line == NULL ? nothing : line;
        if (space != NULL) *space = '\0';
        line = space == NULL ? NULL : space + 1;
    }
    for (count = 0; count < MOST_WORDS; count++) decode(words[count]);
}

/* Prints a text as JSON has it, or null. */
static inline void print_text(const char *text) {
    if (text == NULL) {
        fputs("null", stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') printf("\\%c", byte);
        else if (byte < 0x20) printf("\\u%04x", byte);
        else putchar(byte);
    }
    putchar('"');
}

/* The names of the events so far: one listener at a time writes, and nobody reads while events may come. */
struct heard {
    char names[32][32];
    size_t count;
};

static inline void remember(struct heard *heard, const char *name) {
    if (heard->count == sizeof heard->names / sizeof *heard->names) exit(2);
    strcpy(heard->names[heard->count++], name);
}

static inline void print_heard(const struct heard *heard) {
    size_t index;
    fputs("{\"events\":[", stdout);
    for (index = 0; index < heard->count; index++) {
        if (index > 0) putchar(',');
        print_text(heard->names[index]);
    }
    fputs("]}", stdout);
}

/* Prints a number, or null for one that stands for nothing. */
static inline void print_number(double number, int is_known) {
    if (is_known) printf("%.3f", number);
    else fputs("null", stdout);
}

static int compare(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Prints the distinct texts, sorted, as a JSON list. */
static inline void print_distinct(char **texts, size_t count) {
    size_t index;
    int printed = 0;
    qsort(texts, count, sizeof *texts, compare);
    putchar('[');
    for (index = 0; index < count; index++) {
        if (index > 0 && strcmp(texts[index - 1], texts[index]) == 0) continue;
        if (printed++) putchar(',');
        print_text(texts[index]);
    }
    putchar(']');
}

#endif
