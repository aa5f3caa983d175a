/* A small till: loads a plugin and reports sales through it. Usage: till PLUGIN.so */
#include "till.h"
#include <dlfcn.h>
#include <stdio.h>

static const char *const sales[] = {
    "{\"receipt\":\"2001\",\"item\":\"kopi\",\"quantity\":1}",
    "{\"receipt\":\"2002\",\"item\":\"roti bakar\",\"quantity\":2}",
};

int main(int argc, char **argv) {
    char problem[512];
    size_t index, count = sizeof sales / sizeof *sales;
    void *plugin = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
    till_sale_function *report;

    if (plugin == NULL) {
        fprintf(stderr, "till: no plugin: %s\n", argc == 2 ? dlerror() : "usage: till PLUGIN.so");
        return 1;
    }
    /* ISO C has no cast from an object pointer to a function; POSIX asks for this form. */
    *(void **)&report = dlsym(plugin, "till_sale");
    if (report == NULL) {
        fprintf(stderr, "till: %s\n", dlerror());
        return 1;
    }
    for (index = 0; index < count; index++) {
        if (report(sales[index], problem, sizeof problem) != 0) {
            fprintf(stderr, "till: sale not reported: %s\n", problem);
            return 1;
        }
    }
    dlclose(plugin);
    printf("reported %lu sales through the plugin\n", (unsigned long)count);
    return 0;
}
