/* main.c - a proxy in front of a PostgreSQL server that breaks things by rule, for specs.
 *
 *   spec_proxy LISTEN TARGET [RULE...]
 *
 * LISTEN and TARGET are the path of a Unix socket, or ADDRESS:PORT; port 0 is any free
 * one. Each connection is forwarded message by message. A RULE is "DIRECTION WHAT ACTION"
 * and acts once, with "always" in front of it each time:
 *
 *   DIRECTION  front (what the client sends) or back (what the server sends)
 *   WHAT       message:N  the Nth message of a connection in that direction
 *              byte:K     the Kth byte; what stands before it passes
 *              T or T:TEXT  a message of that type with the text in its body; * is any
 *                         type, 0 a startup packet
 *   ACTION     pass (only tell), drop, stall (all behind it, too), fin, rst, kill:SIGNAL
 *              (the backend), split:N (pieces of N bytes from here on), rate:N (N bytes
 *              a second from here on, until SIGUSR2); see rule.h
 *
 * For example "back C:COMMIT fin" lets the server commit and swallows the answer.
 * SIGUSR1 closes every client's side and keeps the server's open; SIGTERM closes both,
 * SIGHUP does so by RST (TCP). SIGUSR2 lets what is stalled or slow go on. Events, one a
 * line, on standard output: "listening PORT", "open N", "backend N PID", "rule R N" (the
 * Rth rule acted on connection N), "close N FRONT BACK FRONT_BYTES BACK_BYTES" (messages
 * and bytes that went each way). */
#include "address.h"
#include "stream.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  LINKS_MAX = 256,
  RULES_MAX = 64,
  CANCEL = 80877102,
  SSL = 80877103,
  GSS = 80877104,
  TICK_MS = 5,
  PATIENCE_MS = 1000, /* with a reader of pieces */
  BUFFER = 65536
};

typedef struct proxy_link {
  unsigned number;
  int client, server; /* -1: closed */
  proxy_stream front, back;
  int backend;
} proxy_link;

static proxy_link links[LINKS_MAX];
static size_t link_count;
static unsigned link_number;
static proxy_rule rules[RULES_MAX];
static size_t rule_count;
static volatile sig_atomic_t must_cut, must_end, must_reset, must_release;
static sigset_t waiting_mask; /* signals come while it waits, and never just before */

static void on_signal(int number) {
  if (number == SIGUSR1) must_cut = 1;
  if (number == SIGTERM) must_end = 1;
  if (number == SIGHUP) must_reset = 1;
  if (number == SIGUSR2) must_release = 1;
}

static void close_side(int *side, bool abruptly) {
  struct linger linger = {1, 0};
  if (*side < 0) return;
  if (abruptly) setsockopt(*side, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
  close(*side);
  *side = -1;
}

static void accept_client(int listener, const char *target) {
  int client = address_accept(listener);
  if (client < 0) return;
  int server = link_count < LINKS_MAX ? address_connect(target) : -1;
  if (server < 0) {
    close(client);
    return;
  }
  proxy_link *link = &links[link_count++];
  *link = (proxy_link){.number = ++link_number, .client = client, .server = server};
  link->front.is_starting = true;
  link->back.to_client = true;
  printf("open %u\n", link->number);
}

/* What a message means for the cutting of those behind it. */
static void follow(proxy_link *link, const proxy_message *message) {
  if (message->type == '0') {
    uint32_t code = stream_number(message->body);
    if (code == SSL || code == GSS) link->back.single++;
    if (code != SSL && code != GSS && code != CANCEL) link->front.is_starting = false;
  } else if (message->type == '.' && *message->body != 'N' && !link->back.is_opaque) {
    link->back.is_opaque = link->front.is_opaque = *message->body != 'E';
  } else if (message->to_client && message->type == 'K' && message->body_length >= 4) {
    link->backend = (int)stream_number(message->body);
    printf("backend %u %d\n", link->number, link->backend);
  }
}

static const proxy_rule *find_rule(const proxy_message *message, const proxy_link *link) {
  for (size_t i = 0; i < rule_count; i++) {
    if (!rule_matches(&rules[i], message)) continue;
    rules[i].done = !rules[i].is_lasting;
    printf("rule %zu %u\n", i + 1, link->number);
    return &rules[i];
  }
  return NULL;
}

static bool is_writable_soon(int socket) {
  struct pollfd polled = {socket, POLLOUT, 0};
  return poll(&polled, 1, PATIENCE_MS) > 0 && (polled.revents & POLLOUT) != 0;
}

/* What is left, at once or piece by piece. */
static void write_out(proxy_stream *stream, int socket) {
  stream->rate = 0;
  if (stream->piece == 0) (void)stream_write(stream, socket);
  while (stream->piece > 0 && stream->judged > 0) {
    if (!is_writable_soon(socket) || !stream_write(stream, socket)) return;
  }
}

/* A local socket is writable while its reader has at most a quarter of the buffer to
 * read, so that with the smallest buffer no more than two pieces are read as one. */
static void cut_into_pieces(proxy_stream *stream, int socket, int size) {
  int least = 0;
  (void)setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least));
  stream->piece = (size_t)size;
}

/* `length` is what is left of the message. */
static void act(proxy_link *link, proxy_stream *stream, const proxy_rule *rule,
                size_t length) {
  switch (rule->action) {
  case ACTION_PASS:
    stream_pass(stream, length);
    return;
  case ACTION_DROP:
    stream_drop(stream, length);
    return;
  case ACTION_STALL:
    stream->stalled = true;
    stream->rest = length;
    return;
  case ACTION_KILL:
    stream_pass(stream, length);
    if (link->backend > 0) kill(link->backend, rule->number);
    return;
  case ACTION_SPLIT:
    cut_into_pieces(stream, stream->to_client ? link->client : link->server,
                    rule->number);
    stream_pass(stream, length);
    return;
  case ACTION_RATE:
    stream->rate = (size_t)rule->number;
    stream_pass(stream, length);
    return;
  case ACTION_FIN:
  case ACTION_RST:
    write_out(stream, stream->to_client ? link->client : link->server);
    close_side(&link->client, rule->action == ACTION_RST);
    close_side(&link->server, rule->action == ACTION_RST);
    return;
  }
}

static void judge(proxy_link *link, proxy_stream *stream) {
  proxy_message message;
  while (link->client >= 0 && stream_next(stream, &message)) {
    const proxy_rule *rule = find_rule(&message, link);
    size_t before = rule == NULL     ? message.length
                    : rule->byte > 0 ? (size_t)(rule->byte - message.first_byte)
                                     : 0;
    if (rule != NULL && rule->action == ACTION_STALL && before == 0) {
      stream->stalled = true; /* all of it will be read anew */
      return;
    }
    follow(link, &message);
    stream_count(stream, &message);
    stream_pass(stream, before);
    if (rule != NULL) act(link, stream, rule, message.length - before);
  }
}

static bool move(proxy_link *link, proxy_stream *stream, int from, int to, short events) {
  if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && !stream_read(stream, from)) {
    judge(link, stream);
    write_out(stream, to);
    return false;
  }
  judge(link, stream);
  return true;
}

/* Whoever takes nothing any more may have said why before. */
static void hear_out(proxy_link *link, proxy_stream *stream, int from, int to) {
  size_t heard;
  if (link->client < 0) return;
  do {
    heard = stream->length;
    bool goes_on = stream_read(stream, from);
    judge(link, stream);
    if (!goes_on) break;
  } while (stream->length > heard);
  if (link->client >= 0) write_out(stream, to);
}

static bool write_piece(proxy_stream *stream, int socket, short events) {
  if (stream->piece > 0 && (events & POLLOUT) == 0) return true;
  return stream_write(stream, socket);
}

/* The end of one side is the end of both, except for a server whose client was cut off.
 */
static void serve(proxy_link *link, short client_events, short server_events) {
  bool goes_on = move(link, &link->front, link->client, link->server, client_events) &&
                 move(link, &link->back, link->server, link->client, server_events);
  if (link->client >= 0 && goes_on) {
    goes_on = write_piece(&link->front, link->server, server_events) &&
              write_piece(&link->back, link->client, client_events);
  }
  if (goes_on) return;
  hear_out(link, &link->back, link->server, link->client);
  close_side(&link->client, false);
  close_side(&link->server, false);
}

static void obey_signals(void) {
  for (size_t i = 0; (must_cut || must_end || must_reset) && i < link_count; i++) {
    close_side(&links[i].client, must_reset);
    if (must_end || must_reset) close_side(&links[i].server, must_reset);
  }
  for (size_t i = 0; must_release && i < link_count; i++) {
    links[i].front.stalled = links[i].back.stalled = false;
    links[i].front.rate = links[i].back.rate = 0;
  }
  must_cut = must_end = must_reset = must_release = 0;
}

/* Server sides that were left open stay so until the proxy ends. */
static void forget_closed(void) {
  for (size_t i = link_count; i-- > 0;) {
    if (links[i].client >= 0) continue;
    printf("close %u %llu %llu %llu %llu\n", links[i].number,
           (unsigned long long)links[i].front.messages,
           (unsigned long long)links[i].back.messages,
           (unsigned long long)links[i].front.bytes,
           (unsigned long long)links[i].back.bytes);
    stream_free(&links[i].front);
    stream_free(&links[i].back);
    links[i] = links[--link_count];
  }
}

/* A side that takes nothing more holds up the other, as without a proxy. */
static short wanted(const proxy_stream *writes, const proxy_stream *reads) {
  bool may_read = reads->judged < BUFFER;
  bool may_write = writes->judged > 0 && writes->rate == 0;
  return (short)((may_read ? POLLIN : 0) | (may_write ? POLLOUT : 0));
}

/* Each tick gives the slow ones their share. */
static bool allow(void) {
  static struct timespec last;
  struct timespec now;
  bool has_slow = false;
  clock_gettime(CLOCK_MONOTONIC, &now);
  double passed =
      (double)(now.tv_sec - last.tv_sec) + (double)(now.tv_nsec - last.tv_nsec) / 1e9;
  last = now;
  for (size_t i = 0; i < link_count; i++) {
    stream_allow(&links[i].front, passed);
    stream_allow(&links[i].back, passed);
    has_slow = has_slow || links[i].front.rate > 0 || links[i].back.rate > 0;
  }
  return has_slow;
}

static void run(int listener, const char *target) {
  struct pollfd polls[1 + 2 * LINKS_MAX];
  const struct timespec tick = {0, TICK_MS * 1000000};
  for (;;) {
    bool has_slow = allow();
    polls[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    size_t polled = link_count;
    for (size_t i = 0; i < polled; i++) {
      polls[1 + 2 * i] =
          (struct pollfd){links[i].client, wanted(&links[i].back, &links[i].front), 0};
      polls[2 + 2 * i] =
          (struct pollfd){links[i].server, wanted(&links[i].front, &links[i].back), 0};
    }
    (void)fflush(
        stdout); /* what is told has happened: bytes in front of it are written */
    int ready = ppoll(polls, 1 + 2 * polled, has_slow ? &tick : NULL, &waiting_mask);
    obey_signals();
    for (size_t i = 0; i < polled; i++) {
      if (links[i].client < 0) continue;
      if (ready < 0) polls[1 + 2 * i].revents = polls[2 + 2 * i].revents = 0;
      serve(&links[i], polls[1 + 2 * i].revents, polls[2 + 2 * i].revents);
    }
    forget_closed();
    if (ready > 0 && polls[0].revents != 0) accept_client(listener, target);
  }
}

static void set_signals(void) {
  static const int obeyed[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGHUP};
  struct sigaction action = {.sa_handler = on_signal};
  sigset_t blocked;
  sigemptyset(&blocked);
  for (size_t i = 0; i < sizeof(obeyed) / sizeof(obeyed[0]); i++) {
    sigaddset(&blocked, obeyed[i]);
    sigaction(obeyed[i], &action, NULL);
  }
  sigprocmask(SIG_BLOCK, &blocked, &waiting_mask);
  for (size_t i = 0; i < sizeof(obeyed) / sizeof(obeyed[0]); i++)
    sigdelset(&waiting_mask, obeyed[i]);
}

int main(int argc, char **argv) {
  if (argc < 3 || argc - 3 > RULES_MAX) return 2;
  for (int i = 3; i < argc; i++) {
    if (rule_parse(&rules[rule_count++], argv[i])) continue;
    fprintf(stderr, "spec_proxy: rule %d cannot be read\n", i - 2);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  set_signals();
  int listener = address_listen(argv[1]);
  if (listener < 0) {
    fprintf(stderr, "spec_proxy: %s: %s\n", argv[1], strerror(errno));
    return 1;
  }
  printf("listening %u\n", address_port(listener));
  run(listener, argv[2]);
}
