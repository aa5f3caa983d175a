/* What the programs in C++ count their failures by. */
#ifndef EXPECT_H
#define EXPECT_H

#include <cstdio>

static int failures;

#define EXPECT(condition)                                                                                             \
    do {                                                                                                              \
        if (!(condition)) {                                                                                           \
            std::printf("line %d: %s\n", __LINE__, #condition);                                                       \
            failures++;                                                                                               \
        }                                                                                                             \
    } while (false)

#endif
