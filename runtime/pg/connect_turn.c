/* connect_turn.c - gives each of several hosts its share of the deadline, and leaves out
 * one that does not answer: libpq would wait for it until the whole deadline is over. */
#include "pg/conn_impl.h"

#include <string.h>

static bool is_item(const char *list, size_t length, const char *value) {
  return strlen(value) == length && strncmp(list, value, length) == 0;
}

static const char *skip_item(const char *list) {
  size_t length = strcspn(list, ",");
  return list[length] == ',' ? list + length + 1 : list + length;
}

/* The entry that libpq is trying; `entries` when it cannot be told. */
static size_t find_current(const mp__conn *conn) {
  const conn_target *target = conn->target;
  const char *addresses = target->address_list.data, *ports = target->port_list.data;
  const char *hosts = target->host_list.data;
  const char *address = PQhostaddr(conn->pg), *host = PQhost(conn->pg);
  const char *port = PQport(conn->pg);
  for (size_t i = 0; i < target->entries; i++) {
    size_t length = strcspn(addresses, ",");
    bool is_host = length > 0 ? address != NULL && is_item(addresses, length, address)
                              : host != NULL && is_item(hosts, strcspn(hosts, ","), host);
    size_t digits = strcspn(ports, ",");
    if (is_host && (digits == 0 || port == NULL || is_item(ports, digits, port)))
      return i;
    addresses = skip_item(addresses);
    ports = skip_item(ports);
    hosts = skip_item(hosts);
  }
  return target->entries;
}

static void remove_item(mp__buffer *list, size_t number) {
  char *at = list->data;
  for (size_t i = 0; i < number; i++)
    at += strcspn(at, ",") + 1;
  const char *rest = skip_item(at);
  if (*rest == '\0' && at > list->data && rest[-1] != ',') at--; /* the comma before it */
  list->length -= (size_t)(rest - at);
  memmove(at, rest, strlen(rest) + 1);
}

static void leave_out(conn_target *target, size_t number) {
  remove_item(&target->host_list, number);
  remove_item(&target->address_list, number);
  remove_item(&target->port_list, number);
  target->entries--;
}

static void watch(mp__conn *conn) {
  size_t entries = conn->target == NULL ? 0 : conn->target->entries;
  uint64_t left_ms = conn->turn_left_ms;
  if (entries < 2 || left_ms == 0) return;
  uint64_t share_ms = left_ms / entries;
  conn->turn_left_ms -= share_ms;
  conn->turn_entry = find_current(conn);
  mp__timer_start(conn->loop, &conn->turn, share_ms);
}

/* One that has had its whole share has had its turn. */
static void on_turn(void *data) {
  mp__conn *conn = data;
  if (conn->state != CONN_CONNECTING || conn->target == NULL) return;
  size_t current = find_current(conn);
  if (current != conn->turn_entry || current >= conn->target->entries) {
    watch(conn);
    return;
  }
  leave_out(conn->target, current);
  mp__conn_retain(conn);
  mp__conn_try_again(conn);
  if (conn->state == CONN_CONNECTING) watch(conn);
  mp__conn_drop(conn);
}

void mp__turn_begin(mp__conn *conn) {
  mp__timer_init(&conn->turn, on_turn, conn);
  conn->turn_left_ms = mp__config_connect_timeout_ms(conn->config);
  if (conn->state == CONN_CONNECTING) watch(conn);
}
