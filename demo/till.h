/* What a till asks of a plugin: one function, loaded from a shared object. */
#ifndef TILL_H
#define TILL_H

/* Reports one sale, given as JSON. Returns 0, or -1 after writing the reason into problem. */
typedef int till_sale_function(const char *sale, char *problem, unsigned long problem_size);

#endif
