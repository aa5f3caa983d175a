/**
 * @file
 * An authorization server on this machine for the tests of a program that uses xilnex_auth.h, in a library of its own:
 * xilnex_auth_sandbox. Generated from the Rust sources by `make header`; do not edit.
 *
 * The conventions are those of xilnex_auth.h: handles are numbers in the shape of pointers, and a dead one (freed, of
 * another type, made up, NULL) is given the value that the comment of the function tells. A text that a handle gives lives
 * as long as the handle. All functions use the C calling convention.
 */
#ifndef XILNEX_AUTH_SANDBOX_H
#define XILNEX_AUTH_SANDBOX_H


#include <stddef.h>
#include <stdint.h>
#if defined(_WIN32) && !defined(XILNEX_AUTH_SANDBOX_STATIC)
#define XILNEX_AUTH_SANDBOX_API __declspec(dllimport)
#else
/** Stands before each function of the library. */
#define XILNEX_AUTH_SANDBOX_API
#endif

#if defined(__GNUC__)
/** Stands before each function whose result must be looked at. */
#define XILNEX_AUTH_SANDBOX_MUST_USE __attribute__((warn_unused_result))
#else
#define XILNEX_AUTH_SANDBOX_MUST_USE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A running authorization server on this machine. Thread-safe. Stopped and freed with xilnex_auth_sandbox_stop.
 */
typedef struct xilnex_auth_sandbox xilnex_auth_sandbox;

/**
 * Starts a sandbox that listens on this machine only. `options` is a JSON object in UTF-8, or NULL for a free port and one
 * client with a random secret; it may have any of these members: "port", "client_id", "client_secret", "scope" (texts),
 * "ttl" (seconds that tokens live), "latency" (seconds that an answer takes), "tls" (true or false), "script" (a list of
 * answers to the first token requests), "fault" (a name that `xilnex-auth sandbox --faults` lists), "fault_after" and
 * "fault_times" (numbers of requests). The caller ends `*sandbox` with xilnex_auth_sandbox_stop.
 * Returns 0, or 1 when it did not start: then `*sandbox` is not written, and the reason, cut to `size` bytes with its
 * NUL, is in `problem`, which may be NULL. Errors: a member that is wrong, a port that is taken, NULL for `sandbox`.
 * Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
XILNEX_AUTH_SANDBOX_MUST_USE
int xilnex_auth_sandbox_start(const char *options,
                              xilnex_auth_sandbox **sandbox,
                              char *problem,
                              size_t size);

/**
 * Stops a sandbox and frees it, and with it its texts: open connections are cut, its port is free then. A dead handle is
 * fine. While another thread is in a call with it, that happens when the call returns. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
void xilnex_auth_sandbox_stop(xilnex_auth_sandbox *sandbox);

/**
 * The address to give to clients as their base_url. Lives as long as the sandbox; NULL for a dead handle. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
const char *xilnex_auth_sandbox_base_url(const xilnex_auth_sandbox *sandbox);

/**
 * The identifier of the client that it knows. Lives as long as the sandbox; NULL for a dead handle. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
const char *xilnex_auth_sandbox_client_id(const xilnex_auth_sandbox *sandbox);

/**
 * The secret of that client. Lives as long as the sandbox; NULL for a dead handle. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
const char *xilnex_auth_sandbox_client_secret(const xilnex_auth_sandbox *sandbox);

/**
 * The scopes that the client may ask for, separated by spaces. Lives as long as the sandbox; NULL for a dead
 * handle. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
const char *xilnex_auth_sandbox_scope(const xilnex_auth_sandbox *sandbox);

/**
 * The file with the certificate that clients have to trust, to give to them as their ca_file. It and its text live as long
 * as the sandbox; NULL where it does not speak TLS, and for a dead handle. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
const char *xilnex_auth_sandbox_ca_file(const xilnex_auth_sandbox *sandbox);

/**
 * How many requests reached its token endpoint, whatever they were answered; 0 for a dead handle. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
uint64_t xilnex_auth_sandbox_token_requests(const xilnex_auth_sandbox *sandbox);

/**
 * Makes its resource, `/data` at the base address, refuse every token that was issued before. Nothing happens for a dead
 * handle. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
void xilnex_auth_sandbox_revoke_tokens(const xilnex_auth_sandbox *sandbox);

/**
 * Puts the time of the server forward by so many seconds: its tokens expire by it, and new ones are issued in it. Clients
 * go by the time of their machine. Returns 0, or 1 for a dead handle and for what is negative or no length of time: then
 * nothing happens. Thread-safe.
 */
XILNEX_AUTH_SANDBOX_API
int xilnex_auth_sandbox_advance(const xilnex_auth_sandbox *sandbox,
                                double seconds);

#ifdef __cplusplus
}
#endif

#endif
