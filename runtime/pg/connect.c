/* connect.c - from a configuration to an open connection, within one deadline over
 * everything. */
#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "pg/conn_impl.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#define ADDRESSES_MAX_PER_HOST 8

static void next_item(const char **list, char *out, size_t size) {
  const char *at = *list == NULL ? "" : *list;
  size_t length = strcspn(at, ",");
  size_t kept = length < size ? length : size - 1;
  memcpy(out, at, kept);
  out[kept] = '\0';
  *list = at[length] == ',' ? at + length + 1 : at + length;
}

static bool is_list_end(const char *list) {
  return list == NULL || *list == '\0';
}

static void add_entry(conn_target *target, const char *address) {
  const char *comma = target->entries > 0 ? "," : "";
  mp__buffer_format(&target->host_list, "%s%s", comma, target->host);
  mp__buffer_format(&target->address_list, "%s%s", comma, address);
  mp__buffer_format(&target->port_list, "%s%s", comma, target->port);
  target->entries++;
}

static bool needs_resolving(const char *host) {
  unsigned char address[16];
  if (host[0] == '\0' || host[0] == '/' || host[0] == '@') return false;
  return inet_pton(AF_INET, host, address) != 1 &&
         inet_pton(AF_INET6, host, address) != 1;
}

/* Values are decoded by these, and a URL's options or PGDATESTYLE may have changed them.
 */
static const mp_setting expected[] = {
    {"DateStyle", "ISO"}, {"IntervalStyle", "postgres"}, {"client_encoding", "UTF8"}};

static mp_error *check_settings(PGconn *pg) {
  for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
    const char *value = PQparameterStatus(pg, expected[i].name);
    size_t length = strlen(expected[i].value);
    if (value == NULL || strncmp(value, expected[i].value, length) == 0) continue;
    mp_error *error =
        mp__error_new(MP_BAD_CONFIG, "the connection's %s is \"%.40s\", not %s",
                      expected[i].name, value, expected[i].value);
    mp__error_set(error, MP_FIELD_HINT,
                  "values are decoded by it: take it out of the URL's options and of "
                  "PGOPTIONS and PGDATESTYLE");
    return error;
  }
  return NULL;
}

/* TCP_INFO is refused by other sockets. */
static uint32_t measure_round_trip(int socket) {
  struct tcp_info info;
  socklen_t size = sizeof(info);
  memset(&info, 0, sizeof(info));
  return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_rtt : 0;
}

/* PgBouncer gives clients a number of its own, from all of 32 bits; a process of Linux
 * has one below 2^22. */
static bool is_process(int number) {
  return number >= 0 && number < 1 << 22;
}

static void finish_open(mp__conn *conn) {
  if (!is_process(PQbackendPID(conn->pg))) (void)mp__config_note_pooler(conn->config);
  PQsetErrorVerbosity(conn->pg, PQERRORS_DEFAULT);
  if (PQsetnonblocking(conn->pg, 1) != 0 || PQenterPipelineMode(conn->pg) != 1) {
    mp__conn_fail(conn, mp__error_from_connect(conn->pg, mp__config_name(conn->config)));
    return;
  }
  mp_error *unfit = mp__config_refuse_settings(conn->config);
  if (unfit == NULL) unfit = check_settings(conn->pg);
  if (unfit != NULL) {
    mp__conn_fail(conn, unfit);
    return;
  }
  mp__password_settle(conn);
  mp__cancel_key_settle(conn);
  mp__timer_stop(conn->loop, &conn->deadline);
  mp__timer_stop(conn->loop, &conn->turn);
  mp__conn_target_free(conn->target);
  conn->target = NULL;
  conn->round_trip_us = measure_round_trip(PQsocket(conn->pg));
  mp__conn_set_state(conn, CONN_OPEN);
  mp__conn_retain(conn);
  conn->events.opened(conn, NULL, conn->data);
  mp__conn_pump(conn);
  mp__conn_drop(conn);
}

static void on_connecting(void *data, int events);

/* libpq may have opened another socket, perhaps under the same number: watch it afresh.
 */
static void watch_socket(mp__conn *conn, int events, mp__poll_cb fn) {
  int status = mp__poll_open(conn->loop, PQsocket(conn->pg), fn, conn, &conn->poll);
  if (status != MP_OK) {
    mp__conn_fail(conn, mp__error_oom());
    return;
  }
  mp__poll_watch(conn->poll, events);
}

/* PgBouncer refuses startup parameters that it cannot keep for a session; it says so in
 * English always. Then the same again without them. */
static bool try_plain(mp__conn *conn) {
  if (strstr(PQerrorMessage(conn->pg), "unsupported startup parameter") == NULL)
    return false;
  if (!mp__config_note_pooler(conn->config)) {
    /* Another connection may have found it out since this one began. */
    if (!mp__config_is_pooled(conn->config) || !conn->has_options) return false;
  }
  mp__conn_try_again(conn);
  return true;
}

static void step(mp__conn *conn) {
  mp__poll_close(conn->poll);
  conn->poll = NULL;
  switch (PQconnectPoll(conn->pg)) {
  case PGRES_POLLING_READING:
    watch_socket(conn, MP__READABLE, on_connecting);
    return;
  case PGRES_POLLING_WRITING:
    watch_socket(conn, MP__WRITABLE, on_connecting);
    return;
  case PGRES_POLLING_OK:
    watch_socket(conn, MP__READABLE, mp__conn_on_socket);
    if (conn->state == CONN_CONNECTING) finish_open(conn);
    return;
  case PGRES_POLLING_FAILED:
  case PGRES_POLLING_ACTIVE:
    break;
  }
  if (try_plain(conn)) return;
  mp__conn_fail(conn, mp__error_from_connect(conn->pg, mp__config_name(conn->config)));
}

static void on_connecting(void *data, int events) {
  (void)events;
  mp__conn *conn = data;
  mp__conn_retain(conn);
  step(conn);
  mp__conn_drop(conn);
}

static void begin_polling(mp__conn *conn) {
  if (conn->pg == NULL || PQstatus(conn->pg) == CONNECTION_BAD) {
    mp__conn_fail(conn, mp__error_from_connect(conn->pg, mp__config_name(conn->config)));
    return;
  }
  /* Verbose messages carry the SQLSTATE, which libpq 15 gives in no other way here. */
  PQsetErrorVerbosity(conn->pg, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(conn->pg, mp__conn_on_notice, conn);
  mp__cancel_key_listen(conn);
  watch_socket(conn, MP__WRITABLE, on_connecting);
}

/* The configuration's keywords, with the lists of what was resolved in their place. */
static PGconn *start(mp__conn *conn, conn_target *target) {
  conn->has_options = !mp__config_is_pooled(conn->config);
  const char *const *keywords = mp__config_keywords(conn->config);
  const char *const *values = mp__config_values(conn->config);
  const char *names[80], *texts[80];
  size_t count = 0;
  for (size_t i = 0; keywords[i] != NULL && count < 70; i++) {
    if (strcmp(keywords[i], "host") == 0 || strcmp(keywords[i], "hostaddr") == 0)
      continue;
    if (strcmp(keywords[i], "port") == 0) continue;
    bool is_given = conn->password != NULL && strcmp(keywords[i], "password") == 0;
    if (is_given) continue;
    if (strcmp(keywords[i], "options") == 0 && !conn->has_options) continue;
    names[count] = keywords[i];
    texts[count++] = values[i];
  }
  const mp_setting lists[] = {{"host", target->host_list.data},
                              {"hostaddr", target->address_list.data},
                              {"port", target->port_list.data}};
  for (size_t i = 0; i < 3; i++) {
    names[count] = lists[i].name;
    texts[count++] = lists[i].value;
  }
  if (conn->password != NULL) {
    names[count] = "password";
    texts[count++] = conn->password;
  }
  names[count] = texts[count] = NULL;
  return PQconnectStartParams(names, texts, 0);
}

static void connect_now(mp__conn *conn) {
  conn_target *target = conn->target;
  if (target->entries == 0) {
    mp_error *error = mp__error_new(MP_CONNECT_FAILED, "cannot connect to %s: %s",
                                    mp__config_name(conn->config), target->reason);
    mp__error_set(error, MP_FIELD_HINT, "check the host name in the database URL");
    mp__conn_fail(conn, error);
    return;
  }
  if (target->host_list.failed || target->address_list.failed ||
      target->port_list.failed) {
    mp__conn_fail(conn, mp__error_oom());
    return;
  }
  conn->pg = start(conn, target);
  mp__conn_set_state(conn, CONN_CONNECTING);
  begin_polling(conn);
  if (conn->state == CONN_CONNECTING) mp__turn_begin(conn);
}

void mp__conn_try_again(mp__conn *conn) {
  mp__poll_close(conn->poll);
  conn->poll = NULL;
  mp__cancel_key_settle(conn);
  PQfinish(conn->pg);
  conn->pg = start(conn, conn->target);
  begin_polling(conn);
}

static void resolve_next(mp__conn *conn);

static void on_resolved(void *data, char *const *addresses, size_t count,
                        const char *reason) {
  mp__conn *conn = data;
  conn_target *target = conn->target;
  target->resolve = NULL;
  if (count == 0) {
    snprintf(target->reason, sizeof(target->reason),
             "could not resolve host \"%.100s\": %s", target->host, reason);
  }
  for (size_t i = 0; i < count && i < ADDRESSES_MAX_PER_HOST; i++) {
    add_entry(target, addresses[i]);
  }
  mp__conn_retain(conn);
  resolve_next(conn);
  mp__conn_drop(conn);
}

/* A single port serves every host; otherwise the lists are in step. */
static void next_port(conn_target *target, const char *all_ports) {
  const char *list = strchr(all_ports, ',') == NULL ? all_ports : target->ports;
  next_item(&list, target->port, sizeof(target->port));
  if (strchr(all_ports, ',') != NULL) target->ports = list;
}

/* True when the entry needs a look-up, which has then begun. */
static bool take_entry(mp__conn *conn) {
  conn_target *target = conn->target;
  const char *ports = mp__config_get(conn->config, "port");
  char address[256];
  next_item(&target->hosts, target->host, sizeof(target->host));
  next_item(&target->addresses, address, sizeof(address));
  next_port(target, ports == NULL ? "" : ports);
  if (address[0] != '\0' || !needs_resolving(target->host)) {
    /* A numeric host is its own address; a socket directory has none. */
    bool numeric = address[0] == '\0' && target->host[0] != '\0' &&
                   target->host[0] != '/' && target->host[0] != '@';
    add_entry(target, numeric ? target->host : address);
    return false;
  }
  int status =
      mp__resolve_start(conn->loop, target->host, on_resolved, conn, &target->resolve);
  if (status != MP_OK) mp__conn_fail(conn, mp__error_oom());
  return true;
}

static void resolve_next(mp__conn *conn) {
  conn_target *target = conn->target;
  while (!is_list_end(target->hosts) || !is_list_end(target->addresses)) {
    if (take_entry(conn)) return;
  }
  connect_now(conn);
}

static void on_deadline(void *data) {
  mp__conn *conn = data;
  double seconds = (double)mp__config_connect_timeout_ms(conn->config) / 1000.0;
  const char *phase = conn->asked_password != NULL    ? "waiting for its password"
                      : conn->state == CONN_RESOLVING ? "looking up the host name"
                                                      : "connecting";
  mp_error *error =
      mp__error_new(MP_CONNECT_TIMEOUT, "no connection to %s within %g s (while %s)",
                    mp__config_name(conn->config), seconds, phase);
  mp__error_set_retryable(error, true);
  mp__conn_fail(conn, error);
}

/* An entry is due even when nothing names a host: libpq then takes its default socket. */
void mp__conn_resolve(mp__conn *conn) {
  conn_target *target = conn->target;
  mp__conn_retain(conn);
  if (target == NULL) {
    mp__conn_fail(conn, mp__error_oom());
  } else if (is_list_end(target->hosts) && is_list_end(target->addresses)) {
    if (!take_entry(conn)) connect_now(conn);
  } else {
    resolve_next(conn);
  }
  mp__conn_drop(conn);
}

static void begin(void *data) {
  mp__conn *conn = data;
  if (!mp__password_ask(conn)) mp__conn_resolve(conn);
}

void mp__conn_connect(mp__conn *conn) {
  uint64_t timeout_ms = mp__config_connect_timeout_ms(conn->config);
  mp__timer_init(&conn->deadline, on_deadline, conn);
  mp__timer_init(&conn->turn, NULL, conn);
  if (timeout_ms > 0) mp__timer_start(conn->loop, &conn->deadline, timeout_ms);
  mp__deferred_init(&conn->start, begin, conn);
  conn->state = CONN_RESOLVING;
  conn->target = mp__alloc_zero(sizeof(*conn->target));
  if (conn->target != NULL) {
    conn->target->hosts = mp__config_get(conn->config, "host");
    conn->target->addresses = mp__config_get(conn->config, "hostaddr");
    conn->target->ports = mp__config_get(conn->config, "port");
  }
  mp__deferred_schedule(conn->loop, &conn->start);
}

void mp__conn_target_free(conn_target *target) {
  if (target == NULL) return;
  if (target->resolve != NULL) mp__resolve_drop(target->resolve);
  mp__buffer_free(&target->host_list);
  mp__buffer_free(&target->address_list);
  mp__buffer_free(&target->port_list);
  mp__free(target);
}
