/**
 * @file
 * Access tokens from Xilnex Auth for C++17: owners and exceptions over xilnex_auth.h, header only.
 *
 * Every failure throws xilnex_auth::error. A const object may be used by any number of threads at once. Objects
 * are moved, never copied; one that was moved from throws when it is used, and may be destroyed or assigned to.
 * xilnex_auth_events.hpp tells what happens to the tokens of the process.
 *
 *     xilnex_auth::client client{xilnex_auth::config::from_env().scope("coreapi")};
 *     send(client.authorization_header());
 */
#ifndef XILNEX_AUTH_HPP
#define XILNEX_AUTH_HPP

#if !defined(_MSC_VER) && __cplusplus < 201703L
#error "xilnex_auth.hpp needs C++17 or newer"
#endif

#include "xilnex_auth.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace xilnex_auth {

/** A length of time; std::chrono::seconds and milliseconds convert to it. */
using seconds = std::chrono::duration<double>;

namespace detail {

/* The C interface has a negative number where there is no length of time. */
inline std::optional<seconds> length(double given) noexcept {
    return given < 0 ? std::nullopt : std::optional<seconds>(given);
}

/* And a NaN where there is none of those that may be negative. */
inline std::optional<seconds> signed_length(double given) noexcept {
    return std::isnan(given) ? std::nullopt : std::optional<seconds>(given);
}

inline std::string_view text(const char *given) noexcept { return given == nullptr ? "" : given; }

} // namespace detail

/** Why a call failed. Holds no secret and no token. Copying it never throws. */
class error : public std::runtime_error {
public:
    /** Takes what the C interface gave; `raw` may be NULL. */
    error(xilnex_auth_status status, xilnex_auth_error *raw)
        : std::runtime_error(xilnex_auth_error_message(raw)), raw_(raw, xilnex_auth_error_free), status_(status) {}

    /** An error found on this side of the C interface. */
    error(xilnex_auth_status status, const std::string &message) : std::runtime_error(message), status_(status) {}

    /** The number of the kind: XILNEX_AUTH_REJECTED … */
    xilnex_auth_status status() const noexcept { return status_; }

    /** The id of the kind, such as "rejected". */
    const char *id() const noexcept { return xilnex_auth_status_id(status_); }

    /** What to look at or to do; empty where there is no hint. */
    const char *hint() const noexcept { return or_empty(xilnex_auth_error_hint(raw_.get())); }

    /** The error code of RFC 6749 section 5.2; empty where the server gave none. */
    const char *oauth_error() const noexcept { return or_empty(xilnex_auth_error_oauth_error(raw_.get())); }

    /** The status of the HTTP answer; 0 where there was none. */
    int http_status() const noexcept { return xilnex_auth_error_http_status(raw_.get()); }

    /** How long to wait before the next call, as xilnex_auth_error_retry_after tells it. */
    std::optional<seconds> retry_after() const noexcept {
        return detail::length(xilnex_auth_error_retry_after(raw_.get()));
    }

    /** How many times the library asked for a token before it gave up, whether the request arrived or not. */
    int attempts() const noexcept { return xilnex_auth_error_attempts(raw_.get()); }

    /** Whether the same call may succeed later without a change by the caller. */
    bool is_retryable() const noexcept { return xilnex_auth_error_is_retryable(raw_.get()) != 0; }

    /** Whether this is the failure of an earlier request, given again: no request was sent for this call. */
    bool is_repeated() const noexcept { return xilnex_auth_error_is_repeated(raw_.get()) != 0; }

private:
    static const char *or_empty(const char *text) noexcept { return text == nullptr ? "" : text; }

    std::shared_ptr<xilnex_auth_error> raw_;
    xilnex_auth_status status_;
};

namespace detail {

/* Makes a call of the C interface; throws what it gives to the error output. False: there is nothing yet. */
template <typename Call> bool call(Call make) {
    xilnex_auth_error *raw = nullptr;
    const xilnex_auth_status status = make(&raw);
    if (status != XILNEX_AUTH_OK && status != XILNEX_AUTH_PENDING) throw error(status, raw);
    return status == XILNEX_AUTH_OK;
}

/* A C text ends at its first NUL: what stands behind it would be lost without a word. */
inline std::string c_text(std::string_view text, const char *argument) {
    if (text.find('\0') != std::string_view::npos)
        throw error(XILNEX_AUTH_INVALID_CONFIG, std::string(argument) + " holds a NUL character: give printable text");
    return std::string(text);
}

template <typename T, void (*Free)(T *)> struct deleter {
    void operator()(T *handle) const noexcept { Free(handle); }
};

template <typename T, void (*Free)(T *)> using owner = std::unique_ptr<T, deleter<T, Free>>;

} // namespace detail

/** An access token with what is known of it; immutable. Its texts live as long as it does. */
class token {
public:
    /** Takes over a token of the C interface. */
    explicit token(xilnex_auth_token *raw) noexcept : raw_(raw) {}

    /** The token text. */
    std::string_view value() const { return detail::text(xilnex_auth_token_value(checked())); }

    /** How the token is used: "Bearer". */
    std::string_view type() const { return detail::text(xilnex_auth_token_type(checked())); }

    /** The granted scope; empty where none is known. */
    std::string_view scope() const { return detail::text(xilnex_auth_token_scope(checked())); }

    /** The value of an Authorization header: "Bearer ", then the token. */
    std::string_view authorization_header() const {
        return detail::text(xilnex_auth_token_authorization_header(checked()));
    }

    /** When the token expires. */
    std::chrono::system_clock::time_point expires_at() const {
        return std::chrono::system_clock::time_point(std::chrono::seconds(xilnex_auth_token_expires_at(checked())));
    }

private:
    const xilnex_auth_token *checked() const {
        if (!raw_) throw error(XILNEX_AUTH_INVALID_CONFIG, "the token was moved from");
        return raw_.get();
    }

    detail::owner<xilnex_auth_token, xilnex_auth_token_free> raw_;
};

/** The options of a client. The names are those of the option table in the README. Not thread-safe. */
class config {
public:
    /** Defaults, and nothing from the environment. */
    config() : raw_(xilnex_auth_config_new()) {}

    /** The XILNEX_* environment variables; the first option or client that uses it tells a faulty one. */
    static config from_env() { return config(xilnex_auth_config_from_env()); }

    /** Sets an option by name; on an error nothing was changed. */
    config &set(std::string_view name, std::string_view value) & {
        const std::string c_name = detail::c_text(name, "the option's name");
        std::string c_value = detail::c_text(value, c_name.c_str());
        detail::call([&](xilnex_auth_error **raw) {
            const xilnex_auth_status status = xilnex_auth_config_set(raw_.get(), c_name.c_str(), c_value.c_str(), raw);
            wipe(c_value);
            return status;
        });
        return *this;
    }

    /** The same on a temporary, so that calls can be chained. */
    config &&set(std::string_view name, std::string_view value) && { return std::move(set(name, value)); }

/* One setter for each option, on an object and on a temporary. */
#define XILNEX_AUTH_OPTION_(name, type)                                                                               \
    /** Sets the option name of the client; on an error nothing was changed. */                                       \
    config &name(type value) & { return set(#name, text(value)); }                                                    \
    /** The same on a temporary. */                                                                                   \
    config &&name(type value) && { return std::move(set(#name, text(value))); }
    XILNEX_AUTH_OPTION_(base_url, std::string_view)
    XILNEX_AUTH_OPTION_(client_id, std::string_view)
    XILNEX_AUTH_OPTION_(client_secret, std::string_view)
    XILNEX_AUTH_OPTION_(client_secret_file, std::string_view)
    XILNEX_AUTH_OPTION_(scope, std::string_view)
    XILNEX_AUTH_OPTION_(client_auth, std::string_view)
    XILNEX_AUTH_OPTION_(timeout, seconds)
    XILNEX_AUTH_OPTION_(connect_timeout, seconds)
    XILNEX_AUTH_OPTION_(ca_file, std::string_view)
    XILNEX_AUTH_OPTION_(proxy, std::string_view)
    XILNEX_AUTH_OPTION_(store, std::string_view)
#undef XILNEX_AUTH_OPTION_

private:
    friend class client;

    explicit config(xilnex_auth_config *raw) noexcept : raw_(raw) {}

    static std::string_view text(std::string_view value) noexcept { return value; }

    /* In milliseconds and by hand: printing a double would follow the locale. */
    static std::string text(seconds value) {
        // What fits no integer, or is none, is for the option's own rule to refuse.
        if (!(value.count() > -1e9 && value.count() < 1e9)) return "inf";
        const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(value).count();
        const std::string digits = std::to_string(count % 1000 + 1000);
        return count < 0 ? std::to_string(count) : std::to_string(count / 1000) + "." + digits.substr(1);
    }

    static void wipe(std::string &text) noexcept {
        for (volatile char &byte : text) byte = 0;
    }

    detail::owner<xilnex_auth_config, xilnex_auth_config_free> raw_;
};

/** What all clients of one configuration have done in this process, as it was when it was asked for; immutable. */
class stats {
public:
    /** Takes over statistics of the C interface. */
    explicit stats(xilnex_auth_stats *raw) noexcept : raw_(raw) {}

/* The counts and lengths of time by the names that xilnex_auth_stats_value lists and explains. */
#define XILNEX_AUTH_COUNT_(name)                                                                                      \
    /** The figure name of xilnex_auth_stats_value. */                                                                \
    std::uint64_t name() const noexcept { return count(#name); }
#define XILNEX_AUTH_LENGTH_(name)                                                                                     \
    /** The figure name of xilnex_auth_stats_value, where there was one. */                                           \
    std::optional<seconds> name() const noexcept { return detail::length(value(#name)); }
#define XILNEX_AUTH_SIGNED_(name)                                                                                     \
    /** The figure name of xilnex_auth_stats_value, of either sign, where it is known. */                             \
    std::optional<seconds> name() const noexcept { return detail::signed_length(value(#name)); }
    XILNEX_AUTH_COUNT_(requests)
    XILNEX_AUTH_COUNT_(successes)
    XILNEX_AUTH_COUNT_(failures)
    XILNEX_AUTH_COUNT_(hits)
    XILNEX_AUTH_COUNT_(refreshes_ahead)
    XILNEX_AUTH_COUNT_(served_while_failing)
    XILNEX_AUTH_COUNT_(refused_in_cool_down)
    XILNEX_AUTH_COUNT_(refused_by_budget)
    XILNEX_AUTH_LENGTH_(last_refresh)
    XILNEX_AUTH_LENGTH_(expires_in)
    XILNEX_AUTH_SIGNED_(clock_skew)
#undef XILNEX_AUTH_COUNT_
#undef XILNEX_AUTH_LENGTH_
#undef XILNEX_AUTH_SIGNED_

    /** How many token requests failed with this status, such as XILNEX_AUTH_REJECTED. */
    std::uint64_t failures(xilnex_auth_status status) const noexcept {
        return xilnex_auth_stats_failures(raw_.get(), status);
    }

private:
    double value(const char *name) const noexcept { return xilnex_auth_stats_value(raw_.get(), name); }

    /* A library that is older than this header may not know the name. */
    std::uint64_t count(const char *name) const noexcept {
        const double given = value(name);
        return given < 0 ? 0 : static_cast<std::uint64_t>(given);
    }

    detail::owner<xilnex_auth_stats, xilnex_auth_stats_free> raw_;
};

/** Gets access tokens and keeps them. Clients of equal configuration share one token. */
class client {
public:
    /** A client that the XILNEX_* environment variables configure. Sends nothing. */
    client() : client(config::from_env()) {}

    /** A client of this configuration, which may be changed or destroyed afterwards. Sends nothing. */
    explicit client(const config &options) {
        xilnex_auth_client *made = nullptr;
        detail::call([&](xilnex_auth_error **raw) { return xilnex_auth_client_new(options.raw_.get(), &made, raw); });
        raw_.reset(made);
    }

    /** The text of a valid token; from memory where possible, else blocks for at most `timeout`. */
    std::string get_token(seconds min_ttl = {}, seconds timeout = {}) const {
        return std::string(access_token(min_ttl, timeout).value());
    }

    /** The value of an Authorization header: "Bearer ", then the token. Blocks as get_token does. */
    std::string authorization_header(seconds min_ttl = {}, seconds timeout = {}) const {
        return std::string(access_token(min_ttl, timeout).authorization_header());
    }

    /**
     * A token that lives for `min_ttl` (0: any valid one; one that was fetched less than 30 s ago, or a quarter of its
     * life, is the best that the server has and is handed out all the same), waiting at most `timeout` (0: the
     * client's timeout).
     */
    token access_token(seconds min_ttl = {}, seconds timeout = {}) const {
        xilnex_auth_token *given = nullptr;
        detail::call([&](xilnex_auth_error **raw) {
            return xilnex_auth_access_token_with(raw_.get(), min_ttl.count(), timeout.count(), &given, raw);
        });
        return token(given);
    }

    /**
     * The text of a valid token if one is at hand; else nothing, and a request for one is under way: ask again. Never
     * blocks. A request that failed is told in the pause after it, as xilnex_auth_try_get_token tells it.
     */
    std::optional<std::string> try_get_token() const {
        const auto given = try_access_token();
        return given ? std::optional<std::string>(given->value()) : std::nullopt;
    }

    /** The same for the token object. */
    std::optional<token> try_access_token() const {
        xilnex_auth_token *given = nullptr;
        const bool is_there = detail::call([&](xilnex_auth_error **raw) {
            return xilnex_auth_try_access_token(raw_.get(), &given, raw);
        });
        return is_there ? std::optional<token>(given) : std::nullopt;
    }

    /**
     * Drops a token that a resource server refused; a newer one stays. True when it was dropped: that costs a request,
     * so it happens at most once in 30 s.
     */
    bool invalidate(std::string_view refused) const {
        int invalidated = 0;
        const std::string text = detail::c_text(refused, "the token");
        detail::call([&](xilnex_auth_error **raw) {
            return xilnex_auth_invalidate(raw_.get(), text.c_str(), &invalidated, raw);
        });
        return invalidated != 0;
    }

    /** The same for the token object. */
    bool invalidate(const token &refused) const { return invalidate(refused.value()); }

    /** What all clients of this configuration have done in this process so far. Sends nothing. */
    xilnex_auth::stats stats() const {
        xilnex_auth_stats *given = nullptr;
        detail::call([&](xilnex_auth_error **raw) { return xilnex_auth_client_stats(raw_.get(), &given, raw); });
        return xilnex_auth::stats(given);
    }

    /**
     * Ends this client: later calls throw an error of the kind "closed", and so do those that wait in other threads, at
     * once. Others of equal configuration go on.
     */
    void close() const noexcept { xilnex_auth_client_close(raw_.get()); }

    /** The client identifier that it works with; empty for a client that was moved from. */
    std::string_view client_id() const noexcept { return detail::text(xilnex_auth_client_id(raw_.get())); }

    /** The base address of its authorization server; empty for a client that was moved from. */
    std::string_view base_url() const noexcept { return detail::text(xilnex_auth_client_base_url(raw_.get())); }

    /** The scope that it asks for; empty where it asks for none. */
    std::string_view scope() const noexcept { return detail::text(xilnex_auth_client_scope(raw_.get())); }

private:
    detail::owner<xilnex_auth_client, xilnex_auth_client_free> raw_;
};

/** The text of a valid token, by the client that the environment configures. */
inline std::string get_token() {
    // A failure to make it is not remembered: the next call looks at the environment again.
    static const client shared;
    return shared.get_token();
}

/** The version of the library that is loaded. */
inline const char *version() noexcept { return xilnex_auth_version(); }

} // namespace xilnex_auth

#endif
