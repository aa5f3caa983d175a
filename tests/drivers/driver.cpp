// The driver of C++: commands from stdin, one line of JSON for each answer.
#include "driver.h"
#include <algorithm>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>
#include <xilnex_auth_events.hpp>

namespace {

using xilnex_auth::seconds;
using words = char *[MOST_WORDS];

std::vector<std::pair<std::string, std::string>> options;
std::optional<xilnex_auth::client> client;
std::string last_error;
heard heard_names;
std::optional<xilnex_auth::subscription> subscription;

const char *or_null(const char *text) { return *text == '\0' ? nullptr : text; }

void print(std::string_view name, std::string_view text) {
    std::fputs(std::string(name).c_str(), stdout);
    print_text(std::string(text).c_str());
}

void print_error(const xilnex_auth::error &error) {
    print("{\"error\":{\"kind\":", error.id());
    print(",\"message\":", error.what());
    std::fputs(",\"hint\":", stdout);
    print_text(or_null(error.hint()));
    std::fputs(",\"oauth_error\":", stdout);
    print_text(or_null(error.oauth_error()));
    std::fputs(",\"http_status\":", stdout);
    print_number(error.http_status(), error.http_status() != 0);
    std::fputs(",\"retry_after\":", stdout);
    print_number(error.retry_after().value_or(seconds(0)).count(), error.retry_after().has_value());
    std::printf(",\"attempts\":%d,\"is_retryable\":%s", error.attempts(), error.is_retryable() ? "true" : "false");
    std::printf(",\"is_repeated\":%s}}", error.is_repeated() ? "true" : "false");
    last_error = std::string(error.id()) + ": " + error.what() + " " + error.hint();
}

void make_client() {
    client.reset();
    auto config = xilnex_auth::config::from_env();
    for (const auto &[name, value] : options) config.set(name, value);
    client.emplace(config);
    std::fputs("{\"ok\":true}", stdout);
}

void access_token(double min_ttl) {
    const auto token = client->access_token(seconds(min_ttl));
    const seconds left = token.expires_at() - std::chrono::system_clock::now();
    print("{\"token\":", token.value());
    print(",\"token_type\":", token.type());
    std::fputs(",\"scope\":", stdout);
    print_text(or_null(std::string(token.scope()).c_str()));
    std::printf(",\"expires_in\":%.3f}", left.count());
}

void print_outcomes(std::vector<char *> &tokens, std::vector<char *> &errors) {
    std::fputs("{\"tokens\":", stdout);
    print_distinct(tokens.data(), tokens.size());
    std::fputs(",\"errors\":", stdout);
    print_distinct(errors.data(), errors.size());
    std::putchar('}');
}

/* One after the other. */
void many(std::size_t count) {
    std::vector<std::string> told(count);
    std::vector<char *> tokens, errors;
    for (std::string &text : told) {
        try {
            text = client->get_token();
            tokens.push_back(text.data());
        } catch (const xilnex_auth::error &error) {
            text = error.id();
            errors.push_back(text.data());
        }
    }
    print_outcomes(tokens, errors);
}

void print_length(const char *name, std::optional<seconds> length) {
    std::printf(",\"%s\":", name);
    print_number(length.value_or(seconds(0)).count(), length.has_value());
}

void stats() {
    const auto stats = client->stats();
    const auto print_count = [](const char *name, std::uint64_t count) {
        std::printf(",\"%s\":%llu", name, static_cast<unsigned long long>(count));
    };
    std::printf("{\"stats\":{\"requests\":%llu", static_cast<unsigned long long>(stats.requests()));
    print_count("successes", stats.successes());
    print_count("failures", stats.failures());
    print_count("hits", stats.hits());
    print_count("refreshes_ahead", stats.refreshes_ahead());
    print_count("served_while_failing", stats.served_while_failing());
    print_count("refused_in_cool_down", stats.refused_in_cool_down());
    print_count("refused_by_budget", stats.refused_by_budget());
    print_length("last_refresh", stats.last_refresh());
    print_length("expires_in", stats.expires_in());
    print_length("clock_skew", stats.clock_skew());
    std::fputs("}}", stdout);
}

void listen() {
    subscription.emplace([](const xilnex_auth::event &event) {
        remember(&heard_names, std::string(event.name()).c_str());
    });
    std::fputs("{\"ok\":true}", stdout);
}

void concurrent(std::size_t count) {
    std::vector<std::string> told(count);
    std::vector<char> failed(count);
    std::vector<std::thread> threads;
    for (std::size_t index = 0; index < count; index++)
        threads.emplace_back([&told, &failed, index] {
            try {
                told[index] = client->get_token();
            } catch (const xilnex_auth::error &error) {
                told[index] = error.id();
                failed[index] = 1;
            }
        });
    std::vector<char *> tokens, errors;
    for (std::size_t index = 0; index < count; index++) {
        threads[index].join();
        (failed[index] ? errors : tokens).push_back(told[index].data());
    }
    print_outcomes(tokens, errors);
}

/* Closes a client while threads wait for it and one waits for its equal. */
void close_while(std::size_t count) {
    using clock = std::chrono::steady_clock;
    auto config = xilnex_auth::config::from_env();
    for (const auto &[name, value] : options) config.set(name, value);
    const xilnex_auth::client other{config};
    std::vector<std::string> told(count + 1);
    std::vector<char> failed(count + 1);
    std::vector<clock::time_point> ended(count + 1);
    std::vector<std::thread> threads;
    for (std::size_t index = 0; index <= count; index++)
        threads.emplace_back([&, index] {
            try {
                told[index] = index == count ? other.get_token() : client->get_token();
            } catch (const xilnex_auth::error &error) {
                told[index] = error.id();
                failed[index] = 1;
            }
            ended[index] = clock::now();
        });
    std::this_thread::sleep_for(seconds(0.3));
    const auto closed = clock::now();
    client->close();
    seconds longest{};
    std::vector<char *> tokens, errors;
    for (std::size_t index = 0; index <= count; index++) {
        threads[index].join();
        (failed[index] ? errors : tokens).push_back(told[index].data());
        if (index < count) longest = std::max(longest, seconds(ended[index] - closed));
    }
    std::fputs("{\"tokens\":", stdout);
    print_distinct(tokens.data(), tokens.size());
    std::fputs(",\"errors\":", stdout);
    print_distinct(errors.data(), errors.size());
    std::printf(",\"seconds\":%.3f}", longest.count());
}

void show() {
    std::string shown(client->client_id());
    shown += " " + std::string(client->base_url()) + " " + std::string(client->scope()) + " " + last_error;
    print("{\"shown\":", shown);
    std::putchar('}');
}

void with_client(const words &given) {
    const std::string_view command = given[0];
    if (!client) {
        std::fputs("{\"error\":{\"kind\":\"no_client\"}}", stdout);
    } else if (command == "get_token") {
        print("{\"token\":", client->get_token());
        std::putchar('}');
    } else if (command == "authorization_header") {
        print("{\"header\":", client->authorization_header());
        std::putchar('}');
    } else if (command == "access_token") {
        access_token(std::atof(given[1]));
    } else if (command == "invalidate") {
        std::printf("{\"invalidated\":%s}", client->invalidate(given[1]) ? "true" : "false");
    } else if (command == "concurrent") {
        concurrent(static_cast<std::size_t>(std::atoi(given[1])));
    } else if (command == "close_while") {
        close_while(static_cast<std::size_t>(std::atoi(given[1])));
    } else if (command == "many") {
        many(static_cast<std::size_t>(std::atoi(given[1])));
    } else if (command == "stats") {
        stats();
    } else if (command == "events") {
        print_heard(&heard_names);
    } else if (command == "show") {
        show();
    } else if (command == "close") {
        client->close();
        std::fputs("{\"ok\":true}", stdout);
    } else {
        std::exit(2);
    }
}

void answer(const words &given) {
    const std::string_view command = given[0];
    try {
        if (command == "client") {
            make_client();
        } else if (command == "default_token") {
            print("{\"token\":", xilnex_auth::get_token());
            std::putchar('}');
        } else if (command == "listen") {
            listen();
        } else if (command == "sleep") {
            std::this_thread::sleep_for(seconds(std::atof(given[1])));
            std::fputs("{\"ok\":true}", stdout);
        } else {
            with_client(given);
        }
    } catch (const xilnex_auth::error &error) {
        print_error(error);
    }
    std::putchar('\n');
    std::fflush(stdout);
}

} // namespace

int main() {
    static char line[LONGEST_LINE];
    while (next_line(line)) {
        words given;
        split(line, given);
        if (std::string_view(given[0]) == "option") options.emplace_back(given[1], given[2]);
        else answer(given);
    }
}
