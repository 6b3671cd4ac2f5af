/* address.c - listens at an address, and connects to one. */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef union address {
  struct sockaddr any;
  struct sockaddr_un local;
  struct sockaddr_in tcp;
} address;

static socklen_t read_address(const char *text, address *out) {
  memset(out, 0, sizeof(*out));
  const char *colon = strrchr(text, ':');
  if (colon == NULL) {
    out->local.sun_family = AF_UNIX;
    snprintf(out->local.sun_path, sizeof(out->local.sun_path), "%s", text);
    return sizeof(out->local);
  }
  char host[64];
  snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
  out->tcp.sin_family = AF_INET;
  out->tcp.sin_port = htons((uint16_t)atoi(colon + 1));
  inet_pton(AF_INET, host, &out->tcp.sin_addr);
  return sizeof(out->tcp);
}

int address_listen(const char *text) {
  address at;
  socklen_t length = read_address(text, &at);
  int on = 1, fd = socket(at.any.sa_family, SOCK_STREAM, 0);
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (fd < 0 || bind(fd, &at.any, length) != 0 || listen(fd, 64) != 0) return -1;
  return fd;
}

/* Where it is TCP. */
static void hold_nothing_back(int socket) {
  int on = 1;
  (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int address_accept(int listener) {
  int client = accept(listener, NULL, NULL);
  if (client >= 0) hold_nothing_back(client);
  return client;
}

int address_connect(const char *text) {
  address at;
  socklen_t length = read_address(text, &at);
  int server = socket(at.any.sa_family, SOCK_STREAM, 0);
  if (server < 0) return -1;
  if (connect(server, &at.any, length) != 0) {
    close(server);
    return -1;
  }
  hold_nothing_back(server);
  return server;
}

unsigned address_port(int listener) {
  address at = {0};
  socklen_t length = sizeof(at);
  if (getsockname(listener, &at.any, &length) != 0) return 0;
  return at.any.sa_family == AF_INET ? ntohs(at.tcp.sin_port) : 0;
}
