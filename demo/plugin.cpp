// A till plugin in C++: the same through the RAII header.
#include "http_post.h"
#include "till.h"
#include <xilnex_auth.hpp>

extern "C" int till_sale(const char *sale, char *problem, unsigned long problem_size) try {
    static const xilnex_auth::client client{xilnex_auth::config::from_env()};
    const int status = http_post(std::getenv("API_URL"), client.authorization_header().c_str(), sale);
    if (status == 201) return 0;
    std::snprintf(problem, problem_size, "the API answered %d", status);
    return -1;
} catch (const xilnex_auth::error &error) {
    std::snprintf(problem, problem_size, "%s: %s", error.id(), error.what());
    return -1;
}
