/* What a host asks of the plugin: three functions, found by name in a shared object. */
#ifndef PLUGIN_H
#define PLUGIN_H

#include <stddef.h>

/* A line for the host's log; called on any thread, never on two at once. */
typedef void plugin_log(const char *line);

/* Begins; 0 when all is well. Called once after loading, before the others. */
typedef int plugin_init_function(plugin_log *log);
int plugin_init(plugin_log *log);

/* Writes the value of an Authorization header, or why there is none; 0 when it is a header. Called by any thread. */
typedef int plugin_ask_function(char *text, size_t size);
int plugin_ask(char *text, size_t size);

/* Ends. Called once, when no thread is in plugin_ask, before unloading; plugin_init may be called again. */
typedef void plugin_shutdown_function(void);
void plugin_shutdown(void);

#endif
