/* test_poll.c - readiness of sockets: both directions, stopping, broken peers, reused
 * numbers. */
#include "loop/poll.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

typedef struct fixture {
  mp_loop *loop;
  mp__poll *poll;
  int ends[2]; /* ours and the peer's */
  int events, calls;
  bool is_ready;
  char received[16];
} fixture;

static void open_pair(int ends[2]) {
  assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
}

static int open_all(void **state) {
  fixture *self = calloc(1, sizeof(*self));
  *state = self;
  open_pair(self->ends);
  return mp_loop_open(NULL, &self->loop);
}

static int close_all(void **state) {
  fixture *self = *state;
  mp__poll_close(self->poll);
  close(self->ends[0]);
  close(self->ends[1]);
  mp_loop_close(self->loop);
  free(self);
  return 0;
}

static void on_ready(void *data, int events) {
  fixture *self = data;
  self->events = events;
  self->calls++;
  self->is_ready = true;
  mp__poll_watch(self->poll, 0);
}

static void on_ready_close(void *data, int events) {
  fixture *self = data;
  on_ready(self, events);
  mp__poll_close(self->poll);
  self->poll = NULL;
}

static void open_poll(fixture *self, mp__poll_cb fn) {
  assert_int_equal(mp__poll_open(self->loop, self->ends[0], fn, self, &self->poll),
                   MP_OK);
}

static int wait_for_events(fixture *self, int events) {
  self->is_ready = false;
  mp__poll_watch(self->poll, events);
  mp__loop_hold(self->loop);
  assert_true(mp_loop_run_until(self->loop, &self->is_ready));
  mp__loop_unhold(self->loop);
  return self->events;
}

static void send_text(int fd, const char *text) {
  assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void tells_when_it_can_be_written(void **state) {
  fixture *self = *state;
  open_poll(self, on_ready);

  int events = wait_for_events(self, MP__READABLE | MP__WRITABLE);

  assert_int_equal(events, MP__WRITABLE);
}

static void tells_when_something_arrived(void **state) {
  fixture *self = *state;
  open_poll(self, on_ready);
  send_text(self->ends[1], "x");

  int events = wait_for_events(self, MP__READABLE);

  assert_int_equal(events, MP__READABLE);
}

static void tells_when_the_peer_is_gone(void **state) {
  fixture *self = *state;
  open_poll(self, on_ready);
  shutdown(self->ends[1], SHUT_RDWR);

  int events = wait_for_events(self, MP__READABLE);

  assert_true((events & MP__READABLE) != 0);
  assert_int_equal(recv(self->ends[0], self->received, 1, 0), 0);
}

static void raise_flag(void *data) {
  *(bool *)data = true;
}

static void says_nothing_while_it_watches_nothing(void **state) {
  fixture *self = *state;
  bool flag = false;
  open_poll(self, on_ready);
  mp__poll_watch(self->poll, MP__READABLE);
  mp__poll_watch(self->poll, 0);
  send_text(self->ends[1], "x");

  mp__loop_hold(self->loop);
  for (int turn = 0; turn < 5; turn++) {
    flag = false;
    assert_int_equal(mp_loop_post(self->loop, raise_flag, &flag), MP_OK);
    assert_true(mp_loop_run_until(self->loop, &flag));
  }
  mp__loop_unhold(self->loop);

  assert_int_equal(self->calls, 0);
}

static void can_be_closed_in_its_callback(void **state) {
  fixture *self = *state;
  open_poll(self, on_ready_close);

  wait_for_events(self, MP__WRITABLE);

  assert_null(self->poll);
  assert_int_equal(self->calls, 1);
}

/* A new socket gets the number of the one that was just closed, before libuv has
 * forgotten it. */
static void follows_a_reused_descriptor(void **state) {
  fixture *self = *state;
  for (int round = 0; round < 100; round++) {
    int old = self->ends[0];
    open_poll(self, on_ready);
    mp__poll_watch(self->poll, MP__READABLE);
    mp__poll_close(self->poll);
    close(self->ends[0]);
    close(self->ends[1]);
    open_pair(self->ends);
    assert_int_equal(self->ends[0], old);

    open_poll(self, on_ready);
    send_text(self->ends[1], "x");
    assert_int_equal(wait_for_events(self, MP__READABLE), MP__READABLE);
    assert_int_equal(recv(self->ends[0], self->received, 1, 0), 1);
    mp__poll_close(self->poll);
    self->poll = NULL;
  }
}

/* Each of two sockets defers what follows from what it has read. */
typedef struct follower {
  struct followers *all;
  mp__poll *poll;
  int ends[2];
  mp__deferred next;
} follower;

typedef struct followers {
  mp_loop *loop;
  follower each[2];
  char order[8]; /* 'r' for a socket that was read, 'n' for what follows from it */
  bool is_over;
} followers;

static void note(followers *all, char what) {
  all->order[strlen(all->order)] = what;
  all->is_over = strlen(all->order) == 4;
}

static void on_next(void *data) {
  follower *self = data;
  note(self->all, 'n');
}

static void on_read(void *data, int events) {
  follower *self = data;
  (void)events;
  mp__poll_watch(self->poll, 0);
  note(self->all, 'r');
  mp__deferred_schedule(self->all->loop, &self->next);
}

static void open_follower(followers *all, follower *out) {
  out->all = all;
  open_pair(out->ends);
  mp__deferred_init(&out->next, on_next, out);
  assert_int_equal(mp__poll_open(all->loop, out->ends[0], on_read, out, &out->poll),
                   MP_OK);
  mp__poll_watch(out->poll, MP__READABLE);
  send_text(out->ends[1], "x");
}

static void close_follower(follower *self) {
  mp__poll_close(self->poll);
  close(self->ends[0]);
  close(self->ends[1]);
}

static void goes_on_with_one_socket_before_the_next_is_read(void **state) {
  fixture *self = *state;
  followers all = {.loop = self->loop};
  open_follower(&all, &all.each[0]);
  open_follower(&all, &all.each[1]);

  mp__loop_hold(self->loop);
  assert_true(mp_loop_run_until(self->loop, &all.is_over));
  mp__loop_unhold(self->loop);

  assert_string_equal(all.order, "rnrn");
  close_follower(&all.each[0]);
  close_follower(&all.each[1]);
}

static void refuses_what_is_no_socket(void **state) {
  fixture *self = *state;
  mp__poll *poll = NULL;

  assert_int_equal(mp__poll_open(self->loop, -1, on_ready, self, &poll), MP_BAD_ARGUMENT);

  assert_null(poll);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
  const struct CMUnitTest tests[] = {
      TEST(tells_when_it_can_be_written),
      TEST(tells_when_something_arrived),
      TEST(tells_when_the_peer_is_gone),
      TEST(says_nothing_while_it_watches_nothing),
      TEST(can_be_closed_in_its_callback),
      TEST(follows_a_reused_descriptor),
      TEST(refuses_what_is_no_socket),
      TEST(goes_on_with_one_socket_before_the_next_is_read),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
