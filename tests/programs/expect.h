/* What the programs count their failures by, in C and C++. */
#ifndef EXPECT_H
#define EXPECT_H

#include <stdio.h>

static int failures;

static inline void expect(int is_true, const char *what, int line) {
    if (is_true) return;
    printf("line %d: %s\n", line, what);
    failures++;
}
#define EXPECT(condition) expect((condition) ? 1 : 0, #condition, __LINE__)

#endif
