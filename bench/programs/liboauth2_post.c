/* The token request by liboauth2, whose version in Debian has no client credentials grant: its POST of a form, and JSON. */
#include <jansson.h>
#include <oauth2/http.h>
#include <oauth2/mem.h>
#include <oauth2/util.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    char url[256];
    char *answer = NULL;
    oauth2_http_status_code_t status = 0;
    oauth2_log_t *log = oauth2_init(OAUTH2_LOG_ERROR, NULL);
    oauth2_nv_list_t *form = oauth2_nv_list_init(log);
    oauth2_http_call_ctx_t *call = oauth2_http_call_ctx_init(log);
    json_t *read = NULL;
    snprintf(url, sizeof url, "%s/connect/token", getenv("XILNEX_BASE_URL"));
    oauth2_nv_list_add(log, form, "grant_type", "client_credentials");
    oauth2_nv_list_add(log, form, "client_id", getenv("XILNEX_CLIENT_ID"));
    oauth2_nv_list_add(log, form, "client_secret", getenv("XILNEX_CLIENT_SECRET"));
    oauth2_nv_list_add(log, form, "scope", "coreapi");
    if (getenv("XILNEX_CA_FILE") != NULL) oauth2_http_call_ctx_ca_info_set(log, call, getenv("XILNEX_CA_FILE"));
    if (!oauth2_http_post_form(log, url, form, call, &answer, &status)) return 1;
    read = json_loads(answer, 0, NULL);
    if (status != 200 || json_object_get(read, "access_token") == NULL) return 1;
    json_decref(read);
    oauth2_mem_free(answer);
    oauth2_nv_list_free(log, form);
    oauth2_http_call_ctx_free(log, call);
    oauth2_shutdown(log);
    return 0;
}
