/* What the programs in C expect of a caller's mistake. */
#ifndef REFUSED_H
#define REFUSED_H

#include "expect.h"
#include <string.h>
#include <xilnex_auth.h>

/* The status is that of a caller's mistake, and the message names the culprit. */
static inline void expect_refusal(xilnex_auth_status status, xilnex_auth_error **error, const char *culprit, int line) {
    expect(status == XILNEX_AUTH_INVALID_CONFIG, "the status is XILNEX_AUTH_INVALID_CONFIG", line);
    expect(xilnex_auth_error_status(*error) == status, "the error has the status", line);
    expect(strstr(xilnex_auth_error_message(*error), culprit) != NULL, culprit, line);
    xilnex_auth_error_free(*error);
    *error = NULL;
}
#define REFUSED(call, culprit) expect_refusal((call), &error, culprit, __LINE__)

#endif
