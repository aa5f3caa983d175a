/* Linked by Microsoft's rules with xilnex_auth.lib alone, without a C library: ends with 7 where the DLL answers. */
#include <xilnex_auth.h>

int start(void);

int start(void) {
    const char *version = xilnex_auth_version();
    const char *expected = XILNEX_AUTH_VERSION;
    for (; *version == *expected; version++, expected++)
        if (*version == '\0') return 7;
    return 1;
}
