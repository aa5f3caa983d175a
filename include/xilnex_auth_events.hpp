/**
 * @file
 * What happens to the tokens of the process, for C++17: events over xilnex_auth.h, header only.
 *
 *     xilnex_auth::subscription listening{[](const xilnex_auth::event &told) { log(told.message()); }};
 */
#ifndef XILNEX_AUTH_EVENTS_HPP
#define XILNEX_AUTH_EVENTS_HPP

#include "xilnex_auth.hpp"

#include <functional>

namespace xilnex_auth {

/** Something that happened to the tokens of this process. Lives as long as the function runs that it is given to. */
class event {
public:
    /** A view of an event of the C interface. */
    explicit event(const xilnex_auth_event *raw) noexcept : raw_(raw) {}

    event(const event &) = delete;
    event &operator=(const event &) = delete;

    /** What happened: "refresh_started" …, as xilnex_auth_event_name lists it. */
    std::string_view name() const noexcept { return detail::text(xilnex_auth_event_name(raw_)); }

    /** The client identifier of the configuration that it is about. */
    std::string_view client_id() const noexcept { return detail::text(xilnex_auth_event_client_id(raw_)); }

    /** The first 8 hexadecimal digits of the SHA-256 of the token; empty where it is about none. */
    std::string_view token() const noexcept { return detail::text(xilnex_auth_event_token(raw_)); }

    /** A line for a log. */
    std::string_view message() const noexcept { return detail::text(xilnex_auth_event_message(raw_)); }

    /** How long the refresh took, its pauses included, once it has ended. */
    std::optional<seconds> took() const noexcept { return detail::length(xilnex_auth_event_took(raw_)); }

    /** How long the token may still be handed out, where it is about one. */
    std::optional<seconds> expires_in() const noexcept { return detail::length(xilnex_auth_event_expires_in(raw_)); }

    /** How far this machine's clock is ahead of the server's, negative when it is behind, where it is about that. */
    std::optional<seconds> clock_skew() const noexcept {
        return detail::signed_length(xilnex_auth_event_clock_skew(raw_));
    }

    /**
     * Whether a person should look: the refresh of a token that is still valid failed, so that there is time left, or a
     * clock is wrong.
     */
    bool is_warning() const noexcept { return xilnex_auth_event_is_warning(raw_) != 0; }

    /** When it happened. */
    std::chrono::system_clock::time_point at() const noexcept {
        using clock = std::chrono::system_clock;
        return clock::time_point(std::chrono::duration_cast<clock::duration>(seconds(xilnex_auth_event_at(raw_))));
    }

    /** Why there is no new token, where that is so; a copy, which may be kept. */
    std::optional<xilnex_auth::error> error() const {
        const xilnex_auth_error *told = xilnex_auth_event_error(raw_);
        if (told == nullptr) return std::nullopt;
        return xilnex_auth::error(xilnex_auth_error_status(told), xilnex_auth_error_copy(told));
    }

private:
    const xilnex_auth_event *raw_;
};

/**
 * Has a function called for every event of this process, whichever client it is about: on any thread, but never on two
 * at once. It should return soon, since a token request waits for it, and it gets a token only if one is at hand. What
 * it throws is dropped.
 *
 * The listening ends with the object: when its destructor returns, the function is not running and will not run again,
 * so hold no lock that the function takes. A function may end its own subscription, but no other. A plugin that is
 * unloaded ends its subscriptions first.
 */
class subscription {
public:
    /** What is called. */
    using function = std::function<void(const event &)>;

    /** Begins to listen. */
    explicit subscription(function listener) : raw_(nullptr, ending{std::make_shared<kept>(std::move(listener))}) {
        xilnex_auth_subscription *made = nullptr;
        detail::call([&](xilnex_auth_error **raw) {
            return xilnex_auth_events_subscribe(tell, raw_.get_deleter().listener.get(), &made, raw);
        });
        raw_.reset(made);
    }

private:
    struct kept : std::enable_shared_from_this<kept> {
        explicit kept(function given) : call(std::move(given)) {}
        function call;
    };

    /* Holds the function for as long as it may be called: the pointer ends the listening before it lets go of this. */
    struct ending {
        std::shared_ptr<kept> listener;
        void operator()(xilnex_auth_subscription *raw) const noexcept { xilnex_auth_events_unsubscribe(raw); }
    };

    /* No exception may cross the C interface. */
    static void tell(const xilnex_auth_event *raw, void *data) noexcept {
        try {
            // A function that ends its own subscription lives until it returns.
            const auto listener = static_cast<kept *>(data)->shared_from_this();
            listener->call(event(raw));
        } catch (...) {
        }
    }

    std::unique_ptr<xilnex_auth_subscription, ending> raw_;
};

} // namespace xilnex_auth

#endif
