/* The token request as a program in C makes it with libcurl. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t received;

static size_t receive(char *bytes, size_t size, size_t count, void *unused) {
    (void)bytes, (void)unused;
    received += size * count;
    return size * count;
}

int main(void) {
    char url[256], body[1024];
    CURL *curl;
    long status = 0;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = curl_easy_init();
    snprintf(url, sizeof url, "%s/connect/token", getenv("XILNEX_BASE_URL"));
    snprintf(body, sizeof body, "grant_type=client_credentials&client_id=%s&client_secret=%s&scope=coreapi",
             getenv("XILNEX_CLIENT_ID"), getenv("XILNEX_CLIENT_SECRET"));
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    if (getenv("XILNEX_CA_FILE") != NULL) curl_easy_setopt(curl, CURLOPT_CAINFO, getenv("XILNEX_CA_FILE"));
    if (curl_easy_perform(curl) != CURLE_OK) return 1;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return status == 200 && received > 0 ? 0 : 1;
}
