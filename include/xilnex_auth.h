/**
 * @file
 * Access tokens from Xilnex Auth for C and C++. Generated from the Rust sources by `make header`; do not edit.
 *
 * Conventions: a call that can fail returns a status, XILNEX_AUTH_OK (0) for success, and gives an error object to
 * an `error` that is not NULL. Outputs are written on success only, except a length, which also tells what a buffer
 * that is too small lacks, and a buffer into which a token was being copied when another thread ended that one: it may
 * have zeros in it. `*error` is written on failure only, and becomes NULL where there is no room for an error. What stood
 * in outputs is never freed. All functions use the C calling convention.
 *
 * A handle is a number in the shape of a pointer: nothing is ever read or written where it seems to point. Each type has
 * one `_free` (a subscription `_unsubscribe`); handles may be freed in any order. A dead handle is one that was freed,
 * one of another type, any other pointer or number, and NULL. It is refused, by XILNEX_AUTH_INVALID_CONFIG and a message
 * that names the argument, or by the value that the comment of the function tells; freeing it does nothing. A handle may
 * be freed while other threads are in calls with it: they end as they would have. Sixteen million handles of a type can
 * be in use at once (65 thousand where pointers have 32 bits); beyond that there is no room for another.
 *
 * A text that a handle gives is an address, and lives as long as the handle: after the `_free` it must not be read.
 *
 * On Windows no function is to be called from DllMain, nor by a destructor of a static object in a DLL: while a process
 * ends there, its other threads are gone, and what they held is held for ever. Nothing has to be freed then.
 */
#ifndef XILNEX_AUTH_H
#define XILNEX_AUTH_H


#include <stddef.h>
#include <stdint.h>
#if defined(_WIN32) && !defined(XILNEX_AUTH_STATIC)
#define XILNEX_AUTH_API __declspec(dllimport)
#else
/** Stands before each function of the library. */
#define XILNEX_AUTH_API
#endif

#if defined(__GNUC__)
/** Stands before each function whose result must be looked at. */
#define XILNEX_AUTH_MUST_USE __attribute__((warn_unused_result))
#else
#define XILNEX_AUTH_MUST_USE
#endif

#if defined(_MSC_VER) && defined(_M_IX86)
/* One pointer, declared twice: this differs where a compiler was told by /Gz or /Gr that functions take their arguments in
   another way than those of the library do. Leave the option off for what includes this header. */
extern void (*xilnex_auth_takes_arguments_as_c_does)(void);
extern void(__cdecl *xilnex_auth_takes_arguments_as_c_does)(void);
#endif

/** The version of this header, as text. */
#define XILNEX_AUTH_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The first number of the version.
 */
#define XILNEX_AUTH_VERSION_MAJOR 0

/**
 * The second number of the version.
 */
#define XILNEX_AUTH_VERSION_MINOR 1

/**
 * The third number of the version.
 */
#define XILNEX_AUTH_VERSION_PATCH 0

/**
 * Bytes that hold any token with its NUL.
 */
#define XILNEX_AUTH_TOKEN_BUFFER 16384

/**
 * Bytes that hold the value of any Authorization header with its NUL.
 */
#define XILNEX_AUTH_HEADER_BUFFER 16391

/**
 * Gets tokens and keeps them. Thread-safe. Freed with xilnex_auth_client_free.
 */
typedef struct xilnex_auth_client xilnex_auth_client;

/**
 * The options of a client. Not thread-safe. Freed with xilnex_auth_config_free.
 */
typedef struct xilnex_auth_config xilnex_auth_config;

/**
 * Why a call failed. Holds no secret and no token. Freed with xilnex_auth_error_free.
 */
typedef struct xilnex_auth_error xilnex_auth_error;

/**
 * Something that happened to the tokens of this process. Holds no secret and no token. It lives as long as the
 * callback runs that it is given to, and is a dead handle afterwards: copy what is needed later.
 */
typedef struct xilnex_auth_event xilnex_auth_event;

/**
 * What all clients of one configuration have done in this process, as it was when it was asked for; immutable. Freed
 * with xilnex_auth_stats_free.
 */
typedef struct xilnex_auth_stats xilnex_auth_stats;

/**
 * Has a callback called for events. Ended and freed with xilnex_auth_events_unsubscribe.
 */
typedef struct xilnex_auth_subscription xilnex_auth_subscription;

/**
 * An access token; immutable. Freed with xilnex_auth_token_free, which overwrites it.
 */
typedef struct xilnex_auth_token xilnex_auth_token;

/**
 * 0 for success, else the number of the error's kind. Numbers never change their meaning; new ones may come.
 */
typedef int32_t xilnex_auth_status;

/**
 * What is called for every event, with the `data` that was given to xilnex_auth_events_subscribe: on any thread,
 * also one of this library, but never on two at once. It should return soon, since a token request waits for it. It
 * must neither throw nor longjmp. While it runs it is told nothing else, and it gets a token only if one is at hand,
 * else XILNEX_AUTH_INVALID_CONFIG.
 */
typedef void (*xilnex_auth_event_callback)(const xilnex_auth_event *event,
                                           void *data);

/**
 * Not yet: only xilnex_auth_try_get_token and xilnex_auth_try_access_token give it, without an error object. It is no kind
 * of error, whose numbers are all positive.
 */
#define XILNEX_AUTH_PENDING -1

/**
 * Success.
 */
#define XILNEX_AUTH_OK 0

/**
 * The caller's mistake: a wrong or missing option or argument, or a buffer that is too small.
 */
#define XILNEX_AUTH_INVALID_CONFIG 1

/**
 * The host name could not be resolved.
 */
#define XILNEX_AUTH_DNS 2

/**
 * No connection could be opened.
 */
#define XILNEX_AUTH_CONNECT 3

/**
 * The proxy did not open a tunnel.
 */
#define XILNEX_AUTH_PROXY 4

/**
 * No trusted TLS connection could be made; nothing secret was sent.
 */
#define XILNEX_AUTH_TLS 5

/**
 * The deadline passed.
 */
#define XILNEX_AUTH_TIMEOUT 6

/**
 * The authorization server cannot answer now.
 */
#define XILNEX_AUTH_UNAVAILABLE 7

/**
 * The authorization server refused the request (RFC 6749 section 5.2).
 */
#define XILNEX_AUTH_REJECTED 8

/**
 * The answer is not a token response.
 */
#define XILNEX_AUTH_BAD_RESPONSE 9

/**
 * The client is closed.
 */
#define XILNEX_AUTH_CLOSED 10

/**
 * A bug in this library.
 */
#define XILNEX_AUTH_INTERNAL 11

/**
 * The version of the library that is loaded, such as "0.1.0". Static; never NULL. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_version(void);

/**
 * The id of a status, such as "rejected", the same in every language; "ok" for success, "pending" for XILNEX_AUTH_PENDING,
 * "unknown" for a number that this version does not have. Static; never NULL. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_status_id(xilnex_auth_status status);

/**
 * The status that the call returned; 0 for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
xilnex_auth_status xilnex_auth_error_status(const xilnex_auth_error *error);

/**
 * The id of the kind, such as "rejected"; "ok" for a dead handle. Static; never NULL. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_error_id(const xilnex_auth_error *error);

/**
 * What happened, for a person. Lives as long as the error; empty for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_error_message(const xilnex_auth_error *error);

/**
 * What to look at or to do. Lives as long as the error; NULL where there is no hint, and for
 * a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_error_hint(const xilnex_auth_error *error);

/**
 * The error code of RFC 6749 section 5.2, such as "invalid_client". Lives as long as the error; NULL where the
 * server gave none, and for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_error_oauth_error(const xilnex_auth_error *error);

/**
 * The status of the HTTP answer; 0 where there was none, and for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
int xilnex_auth_error_http_status(const xilnex_auth_error *error);

/**
 * Seconds to wait before the next call: what the server asked for, at most 300; of a failure that is told again, how long
 * this library will send no request. Negative where there is nothing to wait for, and for a
 * dead handle. Thread-safe.
 */
XILNEX_AUTH_API
double xilnex_auth_error_retry_after(const xilnex_auth_error *error);

/**
 * How many times the library asked for a token before it gave up, whether the request arrived or not; 0 for
 * a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
int xilnex_auth_error_attempts(const xilnex_auth_error *error);

/**
 * 1 if the same call may succeed later without a change by the caller; else 0, also for a dead handle.
 * Thread-safe.
 */
XILNEX_AUTH_API
int xilnex_auth_error_is_retryable(const xilnex_auth_error *error);

/**
 * 1 if this is the failure of an earlier request, given again in the pause after it, so that no request was sent for
 * this call; else 0, also for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
int xilnex_auth_error_is_repeated(const xilnex_auth_error *error);

/**
 * A copy, for an error that lives too short, such as that of an event. The caller frees it; NULL for a dead
 * handle, and where there is no room for it. Thread-safe.
 */
XILNEX_AUTH_API
xilnex_auth_error *xilnex_auth_error_copy(const xilnex_auth_error *error);

/**
 * Frees an error, and with it its texts; a dead handle is fine. Thread-safe.
 */
XILNEX_AUTH_API
void xilnex_auth_error_free(xilnex_auth_error *error);

/**
 * The token text. Lives as long as the token; NULL for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_token_value(const xilnex_auth_token *token);

/**
 * How the token is used: "Bearer". Lives as long as the token; NULL for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_token_type(const xilnex_auth_token *token);

/**
 * The granted scope, separated by spaces. Lives as long as the token; NULL where none is known, and
 * for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_token_scope(const xilnex_auth_token *token);

/**
 * When the token expires, in seconds since 1970-01-01 UTC; 0 for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
int64_t xilnex_auth_token_expires_at(const xilnex_auth_token *token);

/**
 * The value of an Authorization header: "Bearer ", then the token. Lives as long as the token; NULL for a dead
 * handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_token_authorization_header(const xilnex_auth_token *token);

/**
 * Overwrites and frees a token, and with it its texts; a dead handle is fine. While another thread is in a call with
 * it, that happens when the call returns. Thread-safe.
 */
XILNEX_AUTH_API
void xilnex_auth_token_free(xilnex_auth_token *token);

/**
 * One figure by its name; negative for a name that this version does not have, for NULL and for a dead
 * handle. Counts, exact up to 2^53:
 * "requests": token requests, whether they arrived or not;
 * "successes" and "failures": how they ended;
 * "hits": calls that were answered from memory;
 * "refreshes_ahead": refreshes that were begun ahead of expiry;
 * "served_while_failing": calls that were answered from memory although the last refresh had failed;
 * "refused_in_cool_down": calls that were given the last error again, without a request;
 * "refused_by_budget": calls that were refused because of too many requests a minute.
 * Seconds, negative where there was none:
 * "last_refresh": how long the last successful refresh took, its pauses included;
 * "expires_in": how long the token at hand may still be handed out, 0 when it has expired.
 * Seconds of either sign, a NaN where none are known:
 * "clock_skew": how far this machine's clock is ahead of the server's, negative when it is behind: the least that explains
 * the Date of the last answer that had one. Thread-safe.
 */
XILNEX_AUTH_API
double xilnex_auth_stats_value(const xilnex_auth_stats *stats,
                               const char *name);

/**
 * How many token requests failed with this status, such as XILNEX_AUTH_REJECTED; 0 for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
uint64_t xilnex_auth_stats_failures(const xilnex_auth_stats *stats,
                                    xilnex_auth_status status);

/**
 * Frees statistics; a dead handle is fine. Thread-safe.
 */
XILNEX_AUTH_API
void xilnex_auth_stats_free(xilnex_auth_stats *stats);

/**
 * Has `callback` called with `data`, which may be NULL, for every event of this process, whichever client it is
 * about. `data` stays the caller's and has to live until the subscription has ended. So has the code of the callback:
 * a plugin that is unloaded unsubscribes first. The caller ends `*subscription` with xilnex_auth_events_unsubscribe.
 * A child made by fork hears its own events. Errors: XILNEX_AUTH_INVALID_CONFIG for NULL, and where there is
 * no room. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_events_subscribe(xilnex_auth_event_callback callback,
                                                void *data,
                                                xilnex_auth_subscription **subscription,
                                                xilnex_auth_error **error);

/**
 * Ends a subscription and frees it; a dead handle is fine. When it returns the callback is not running and will not run
 * again, so it waits for one that runs: hold no lock that the callback takes. Only the first call for a subscription
 * waits. Inside a callback it cannot wait: there, end only the subscription that is being told, and let its data live
 * until the callback returns. Thread-safe.
 */
XILNEX_AUTH_API
void xilnex_auth_events_unsubscribe(xilnex_auth_subscription *subscription);

/**
 * What happened: "refresh_started", "refresh_succeeded", "refresh_failed", "served_during_outage", "invalidated" or
 * "clock_skew"; new ones may come. Lives as long as the event; empty for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_event_name(const xilnex_auth_event *event);

/**
 * The client identifier of the configuration that it is about. Lives as long as the event; empty for a dead
 * handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_event_client_id(const xilnex_auth_event *event);

/**
 * The first 8 hexadecimal digits of the SHA-256 of the token that it is about. Lives as long as the event; NULL where
 * it is about none, and for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_event_token(const xilnex_auth_event *event);

/**
 * A line for the host's log, without its time: this library has no other log. Lives as long as the event; empty for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_event_message(const xilnex_auth_event *event);

/**
 * Seconds that the refresh took, its pauses included; negative where none has ended, and for a dead handle.
 * Thread-safe.
 */
XILNEX_AUTH_API
double xilnex_auth_event_took(const xilnex_auth_event *event);

/**
 * Seconds for which the token may still be handed out; negative where it is about none, and for a dead
 * handle. Thread-safe.
 */
XILNEX_AUTH_API
double xilnex_auth_event_expires_in(const xilnex_auth_event *event);

/**
 * Seconds that this machine's clock is ahead of the server's, negative when it is behind; a NaN where it is not about
 * that, and for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
double xilnex_auth_event_clock_skew(const xilnex_auth_event *event);

/**
 * 1 if a person should look: the refresh of a token that is still valid failed, so that there is time left, or a clock
 * is wrong; else 0, also for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
int xilnex_auth_event_is_warning(const xilnex_auth_event *event);

/**
 * When it happened, in seconds since 1970-01-01 UTC; 0 for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
double xilnex_auth_event_at(const xilnex_auth_event *event);

/**
 * Why there is no new token. Lives as long as the event and is not freed, but may be copied with
 * xilnex_auth_error_copy; NULL where there is no error, and for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const xilnex_auth_error *xilnex_auth_event_error(const xilnex_auth_event *event);

/**
 * An empty configuration: defaults, and nothing from the environment. The caller frees it. NULL where there is no room.
 * Thread-safe.
 */
XILNEX_AUTH_API
xilnex_auth_config *xilnex_auth_config_new(void);

/**
 * A configuration from the XILNEX_* environment variables. The caller frees it. A faulty variable is told by the
 * next xilnex_auth_config_set or xilnex_auth_client_new, so this call needs no error. NULL where there is no room.
 * Thread-safe as far as nobody changes the environment meanwhile.
 */
XILNEX_AUTH_API
xilnex_auth_config *xilnex_auth_config_from_env(void);

/**
 * Sets one option; name and value are UTF-8 and copied. The names are those of the option table in the README:
 * base_url, client_id, client_secret, client_secret_file, scope, client_auth, timeout, connect_timeout, ca_file,
 * proxy, store. Errors: XILNEX_AUTH_INVALID_CONFIG, also for a dead handle; then nothing was changed. Not thread-safe: of two
 * options that are set at once, one may be refused or lost.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_config_set(xilnex_auth_config *config,
                                          const char *name,
                                          const char *value,
                                          xilnex_auth_error **error);

/**
 * Frees a configuration; a dead handle is fine. Its secret is overwritten. Clients made from it go on. Thread-safe.
 */
XILNEX_AUTH_API
void xilnex_auth_config_free(xilnex_auth_config *config);

/**
 * Makes a client; sends nothing. The configuration stays the caller's and may be freed at once. Clients of equal
 * configuration share one token, so one for each job costs no request. The caller frees `*client`.
 * Errors: XILNEX_AUTH_INVALID_CONFIG, also for a dead handle, and where there is no room. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_client_new(const xilnex_auth_config *config,
                                          xilnex_auth_client **client,
                                          xilnex_auth_error **error);

/**
 * Writes the text of a valid token and a NUL into the buffer, and its length without the NUL to `*length`, which
 * may be NULL. XILNEX_AUTH_TOKEN_BUFFER bytes hold any token. In a buffer that is too small nothing is written,
 * the status is XILNEX_AUTH_INVALID_CONFIG and `*length` tells the length; so a NULL buffer of size 0 asks for it.
 * From memory where possible, else blocks for at most the client's timeout. Errors: every status. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_get_token(const xilnex_auth_client *client,
                                         char *buffer,
                                         size_t size,
                                         size_t *length,
                                         xilnex_auth_error **error);

/**
 * As xilnex_auth_get_token, but never blocks: for a thread that draws or sells meanwhile. XILNEX_AUTH_OK with the token at
 * hand, and a refresh that is due goes on behind it; else XILNEX_AUTH_PENDING, without outputs and without an error
 * object, while a request is under way that this call began or found: ask again, every 10 ms if need be. A request that
 * failed is told in the pause after it, which is a second at first: who asks less often than that may miss one, and
 * begins the next. A client's timeout is that of the request. Errors: every status, XILNEX_AUTH_UNAVAILABLE also where
 * the system refuses a thread for the request. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_try_get_token(const xilnex_auth_client *client,
                                             char *buffer,
                                             size_t size,
                                             size_t *length,
                                             xilnex_auth_error **error);

/**
 * Writes the value of an Authorization header, "Bearer " and the token, as xilnex_auth_get_token writes the token.
 * XILNEX_AUTH_HEADER_BUFFER bytes hold any header. Errors: every status. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_authorization_header(const xilnex_auth_client *client,
                                                    char *buffer,
                                                    size_t size,
                                                    size_t *length,
                                                    xilnex_auth_error **error);

/**
 * Gives a token with what is known of it. The caller frees `*token`. Blocks as xilnex_auth_get_token does.
 * Errors: every status. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_access_token(const xilnex_auth_client *client,
                                            xilnex_auth_token **token,
                                            xilnex_auth_error **error);

/**
 * As xilnex_auth_access_token, but never blocks: XILNEX_AUTH_PENDING and everything else as xilnex_auth_try_get_token has
 * it. The caller frees `*token`. Errors: every status. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_try_access_token(const xilnex_auth_client *client,
                                                xilnex_auth_token **token,
                                                xilnex_auth_error **error);

/**
 * As xilnex_auth_access_token, for a token that still lives for `min_ttl` seconds (0: any valid one; one that was
 * fetched less than 30 s ago, or a quarter of its life, is the best that the server has and is handed out all the
 * same), and waiting for at most `timeout` seconds (0: the client's timeout). The caller frees `*token`. Errors: every
 * status. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_access_token_with(const xilnex_auth_client *client,
                                                 double min_ttl,
                                                 double timeout,
                                                 xilnex_auth_token **token,
                                                 xilnex_auth_error **error);

/**
 * Drops a token that a resource server refused, so that the next call fetches another; a newer one stays. That costs
 * a request, so it happens at most once in 30 s, however many tokens are refused. `*invalidated`, which may be NULL,
 * becomes 1 if the token was dropped, else 0.
 * Errors: XILNEX_AUTH_INVALID_CONFIG for a dead handle, for NULL and for text that is not UTF-8. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_invalidate(const xilnex_auth_client *client,
                                          const char *token,
                                          int *invalidated,
                                          xilnex_auth_error **error);

/**
 * Tells what all clients of this configuration have done in this process so far. The caller frees `*stats`. Sends
 * nothing. Errors: XILNEX_AUTH_INVALID_CONFIG for a dead handle, for NULL, and where there is no room. Thread-safe.
 */
XILNEX_AUTH_API
XILNEX_AUTH_MUST_USE
xilnex_auth_status xilnex_auth_client_stats(const xilnex_auth_client *client,
                                            xilnex_auth_stats **stats,
                                            xilnex_auth_error **error);

/**
 * Ends a client: later calls give XILNEX_AUTH_CLOSED, and so do those that wait in other threads, at once. Others of
 * equal configuration go on. Nothing happens for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
void xilnex_auth_client_close(const xilnex_auth_client *client);

/**
 * Frees a client; a dead handle is fine. A call that another thread is in ends as it would have; its texts are gone.
 * Tokens and errors stay, and so does a request under way, for the clients that share it. Thread-safe.
 */
XILNEX_AUTH_API
void xilnex_auth_client_free(xilnex_auth_client *client);

/**
 * The client identifier that it works with. Lives as long as the client; NULL for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_client_id(const xilnex_auth_client *client);

/**
 * The base address of its authorization server. Lives as long as the client; NULL for a dead handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_client_base_url(const xilnex_auth_client *client);

/**
 * The scope that it asks for. Lives as long as the client; NULL where it asks for none, and for a dead
 * handle. Thread-safe.
 */
XILNEX_AUTH_API
const char *xilnex_auth_client_scope(const xilnex_auth_client *client);

#ifdef __cplusplus
}
#endif

#endif
