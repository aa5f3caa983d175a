// The smallest whole program in C++: configured by the environment, prints a token.
#include <cstdio>
#include <xilnex_auth.hpp>

int main() {
    try {
        xilnex_auth::client client{xilnex_auth::config::from_env().scope("coreapi")};
        std::puts(client.get_token().c_str());
        return 0;
    } catch (const xilnex_auth::error &error) {
        std::fprintf(stderr, "%s: %s\n%s\n", error.id(), error.what(), error.hint());
        return error.status();
    }
}
