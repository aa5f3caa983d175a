/* POST over plain HTTP to this machine, as little as the demonstration needs. */
#ifndef HTTP_POST_H
#define HTTP_POST_H

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Sends body to base/data with the given Authorization header. Returns the status, or -1. */
static int http_post(const char *base, const char *authorization, const char *body) {
    char host[128], port[16], head[20000], answer[64];
    struct addrinfo hints, *address = NULL;
    int status = -1, connection = -1, length;

    if (sscanf(base, "http://%127[^:]:%15[0-9]", host, port) != 2) return -1;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &address) != 0) return -1;
    connection = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
    length = snprintf(head, sizeof head,
                      "POST /data HTTP/1.1\r\nHost: %s:%s\r\nAuthorization: %s\r\n"
                      "Content-Type: application/json\r\nContent-Length: %lu\r\nConnection: close\r\n\r\n",
                      host, port, authorization, (unsigned long)strlen(body));
    if (connection >= 0 && length > 0 && (size_t)length < sizeof head &&
        connect(connection, address->ai_addr, address->ai_addrlen) == 0 &&
        write(connection, head, (size_t)length) == length &&
        write(connection, body, strlen(body)) == (ssize_t)strlen(body)) {
        ssize_t got = read(connection, answer, sizeof answer - 1);
        if (got > 0) {
            answer[got] = '\0';
            if (sscanf(answer, "HTTP/1.1 %d", &status) != 1) status = -1;
        }
    }
    memset(head, 0, sizeof head);
    if (connection >= 0) close(connection);
    freeaddrinfo(address);
    return status;
}

#endif
