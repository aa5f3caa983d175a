// What the C++ header promises beyond the C interface: owners, moves, exceptions, texts with a NUL.
#include "expect.h"
#include <cstdio>
#include <cstring>
#include <type_traits>
#include <vector>
#include <xilnex_auth.hpp>

using namespace xilnex_auth;

template <typename Work> static void refused(const char *culprit, Work work) {
    try {
        work();
        EXPECT(!"an error was thrown");
    } catch (const error &told) {
        EXPECT(told.status() == XILNEX_AUTH_INVALID_CONFIG);
        EXPECT(std::strcmp(told.id(), "invalid_config") == 0);
        if (std::strstr(told.what(), culprit) == nullptr) std::printf("%s is not in: %s\n", culprit, told.what());
        EXPECT(std::strstr(told.what(), culprit) != nullptr);
    }
}

static_assert(!std::is_copy_constructible_v<client> && std::is_nothrow_move_constructible_v<client>);
static_assert(!std::is_copy_constructible_v<token> && std::is_nothrow_move_assignable_v<token>);
static_assert(!std::is_copy_constructible_v<stats> && std::is_nothrow_move_assignable_v<stats>);
static_assert(!std::is_copy_constructible_v<config> && std::is_nothrow_move_assignable_v<config>);
static_assert(std::is_nothrow_copy_constructible_v<error>);
static_assert(!std::is_convertible_v<config, client>, "a client is never made by accident");
static_assert(std::is_base_of_v<std::runtime_error, error>);

static void refused_again() {
    const client stranger{config::from_env().client_secret("wrong")};
    EXPECT(!stranger.stats().last_refresh() && !stranger.stats().expires_in());
    for (const bool is_repeated : {false, true}) {
        try {
            (void)stranger.get_token();
            EXPECT(!"an error was thrown");
        } catch (const error &told) {
            EXPECT(told.status() == XILNEX_AUTH_REJECTED && told.is_repeated() == is_repeated);
            EXPECT(told.retry_after().has_value() == is_repeated);
        }
    }
    EXPECT(stranger.stats().failures() == 1 && stranger.stats().failures(XILNEX_AUTH_REJECTED) == 1);
    EXPECT(stranger.stats().refused_in_cool_down() == 1);
}

static void asked_without_waiting() {
    const client other{config::from_env().connect_timeout(std::chrono::milliseconds(1700))};
    EXPECT(!other.try_get_token());
    const std::string value = other.get_token();
    EXPECT(other.try_get_token() == value);
    EXPECT(other.try_access_token()->value() == value);
    other.close();
    try {
        (void)other.try_get_token();
        EXPECT(!"a closed client throws");
    } catch (const error &told) {
        EXPECT(told.status() == XILNEX_AUTH_CLOSED);
    }
}

int main() {
    auto options = config::from_env().scope("coreapi").timeout(std::chrono::seconds(5));
    options.client_auth("basic").connect_timeout(std::chrono::milliseconds(1500));
    client first{options};
    EXPECT(first.scope() == "coreapi" && !first.client_id().empty() && !first.base_url().empty());

    const token whole = first.access_token(std::chrono::seconds(60), std::chrono::milliseconds(4500));
    EXPECT(whole.value() == first.get_token());
    EXPECT("Bearer " + std::string(whole.value()) == first.authorization_header());
    EXPECT(whole.type() == "Bearer" && whole.scope() == "coreapi");
    EXPECT(whole.expires_at() > std::chrono::system_clock::now());

    client second = std::move(first);
    EXPECT(second.get_token() == whole.value());
    EXPECT(first.client_id().empty());
    refused("client", [&] { (void)first.get_token(); });
    first = client{options};
    EXPECT(first.get_token() == whole.value());

    token taken = second.access_token();
    std::vector<token> kept;
    kept.push_back(std::move(taken));
    EXPECT(kept.front().value() == whole.value());
    refused("moved", [&] { (void)taken.value(); });

    refused("client_secret", [&] { options.client_secret(std::string_view("a\0b", 3)); });
    refused("XILNEX_TIMEOUT", [&] { options.timeout(std::chrono::seconds(-1)); });
    refused("unknown option scopes", [&] { options.set("scopes", "x"); });
    refused("min_ttl", [&] { (void)second.get_token(std::chrono::seconds(-1)); });

    const stats done = second.stats();
    EXPECT(done.requests() == 1 && done.successes() == 1 && done.failures() == 0 && done.hits() > 3);
    EXPECT(done.refreshes_ahead() + done.served_while_failing() + done.refused_in_cool_down() == 0);
    EXPECT(done.refused_by_budget() == 0 && done.failures(XILNEX_AUTH_REJECTED) == 0);
    EXPECT(done.last_refresh() > seconds(0) && done.expires_in() > std::chrono::minutes(50));
    refused_again();
    asked_without_waiting();

    EXPECT(second.invalidate(whole));
    EXPECT(!second.invalidate(whole.value()));
    second.close();
    try {
        (void)second.get_token();
        EXPECT(!"a closed client throws");
    } catch (const std::runtime_error &told) {
        EXPECT(std::strstr(told.what(), "closed") != nullptr);
    }
    EXPECT(std::strcmp(version(), XILNEX_AUTH_VERSION) == 0);
    std::printf("%d failures\n", failures);
    return failures != 0;
}
