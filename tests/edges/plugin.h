/* What plugin.c does for its host. */
#ifndef PLUGIN_H
#define PLUGIN_H

/* Listens, and leaves a request under way; 1 when all was as it should be. */
int plugin_begin(long number);

/* Gets a token; 1 when it did. */
int plugin_serve(long number);

/* Listens no longer. */
void plugin_end(void);

typedef int plugin_work(long number);
typedef void plugin_farewell(void);

#endif
