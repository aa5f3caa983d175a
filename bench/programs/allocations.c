/* Counts what a program asks of the C library's allocator, loaded before it; tells the number at its end, in the file that
   BENCH_ALLOCATIONS names. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static unsigned long calls;

static void count(void) { __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED); }

void *malloc(size_t size) { return count(), __libc_malloc(size); }
void *calloc(size_t members, size_t size) { return count(), __libc_calloc(members, size); }
void *realloc(void *block, size_t size) { return count(), __libc_realloc(block, size); }
void *memalign(size_t alignment, size_t size) { return count(), __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return count(), __libc_memalign(alignment, size); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    *block = (count(), __libc_memalign(alignment, size));
    return *block == NULL ? ENOMEM : 0;
}

__attribute__((destructor)) static void tell(void) {
    const char *name = getenv("BENCH_ALLOCATIONS");
    FILE *file = name == NULL ? NULL : fopen(name, "w");
    if (file == NULL) return;
    fprintf(file, "%lu\n", __atomic_load_n(&calls, __ATOMIC_RELAXED));
    fclose(file);
}
