// What the C++ header of the events promises: views, owners, and a function that may throw or end itself.
#include "expect.h"
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>
#include <xilnex_auth_events.hpp>

using namespace xilnex_auth;

static_assert(!std::is_copy_constructible_v<subscription> && std::is_nothrow_move_constructible_v<subscription>);
static_assert(std::is_nothrow_move_assignable_v<subscription> && !std::is_copy_constructible_v<event>);

/* Each has a token of its own, which may be dropped once. */
static client another() {
    static int made;
    return client{config::from_env().connect_timeout(std::chrono::milliseconds(3000 + made++))};
}

static void drop_a_token() {
    const client other = another();
    EXPECT(other.invalidate(other.get_token()));
}

static void what_an_event_tells() {
    const client other = another();
    std::atomic<int> heard{0};
    const auto started = std::chrono::system_clock::now() - std::chrono::seconds(1);
    const subscription listening{[&](const event &told) {
        EXPECT(told.client_id() == other.client_id() && !told.is_warning() && !told.error());
        EXPECT(!told.clock_skew());
        EXPECT(told.at() > started && told.message().substr(0, told.client_id().size()) == told.client_id());
        if (told.name() == "refresh_succeeded") {
            EXPECT(told.token().size() == 8 && told.took() > seconds(0));
            EXPECT(told.expires_in() > std::chrono::minutes(50));
        } else {
            EXPECT(told.name() == "refresh_started" && told.token().empty() && !told.took() && !told.expires_in());
        }
        heard++;
    }};
    (void)other.get_token();
    EXPECT(heard == 2);
}

static void an_error_may_be_kept() {
    std::vector<error> kept;
    std::atomic<int> heard{0};
    {
        const subscription listening{[&](const event &told) {
            if (auto why = told.error()) kept.push_back(*why);
            heard++;
        }};
        try {
            (void)client{config::from_env().client_secret("wrong")}.get_token();
        } catch (const error &) {
        }
        EXPECT(heard == 2);
    }
    EXPECT(kept.size() == 1 && kept[0].status() == XILNEX_AUTH_REJECTED && !kept[0].is_repeated());
    EXPECT(kept.size() == 1 && std::string(kept[0].oauth_error()) == "invalid_client");
}

static int count_of(const std::vector<std::string> &names, const char *name) {
    int count = 0;
    for (const std::string &known : names) count += known == name;
    return count;
}

static void moves_and_exceptions() {
    std::vector<std::string> first, second;
    const auto note = [](std::vector<std::string> &names) {
        return [&names](const event &told) {
            names.emplace_back(told.name());
            throw std::runtime_error("contained");
        };
    };
    {
        subscription one{note(first)};
        subscription moved = std::move(one);
        drop_a_token();
        moved = subscription{note(second)};
        drop_a_token();
    }
    drop_a_token();
    EXPECT(count_of(first, "invalidated") == 1 && count_of(second, "invalidated") == 1);
}

static void a_function_may_end_itself() {
    std::optional<subscription> own;
    std::string captured = "a text that is too long to lie inside of the string object";
    int heard = 0;
    const client other = another();
    const std::string token = other.get_token();
    own.emplace([&own, &heard, captured](const event &told) {
        if (told.name() != "invalidated") return;
        own.reset();
        // The function still has what it captured.
        if (captured.size() > 40) heard++;
    });
    EXPECT(other.invalidate(token));
    drop_a_token();
    EXPECT(heard == 1 && !own);
}

int main() {
    what_an_event_tells();
    an_error_may_be_kept();
    moves_and_exceptions();
    a_function_may_end_itself();
    try {
        subscription nothing{subscription::function{}};
        drop_a_token();
    } catch (const error &) {
        EXPECT(!"a function that is not there is no error");
    }
    std::printf("%d failures\n", failures);
    return failures != 0;
}
