/* test_process.c - children: output, exit, signals, back-pressure, refusal, and no
 * zombies. */
#include <moonpool/process.h>

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* clang-format off: cmocka needs what stands above. */
#include <cmocka.h>
/* clang-format on */

enum { BIG = 10 * 1000 * 1000, DESCRIPTORS = 256 };

typedef struct fixture {
  mp_loop *loop;
  mp_process *process;
  mp_error *error;
  bool has_read, has_exited;
  char text[65536 + 1];
  size_t length;
  int64_t exit_code;
  int signal_number;
} fixture;

static int open_loop(void **state) {
  fixture *self = calloc(1, sizeof(*self));
  *state = self;
  return mp_loop_open(NULL, &self->loop);
}

static int close_loop(void **state) {
  fixture *self = *state;
  mp_process_close(self->process);
  mp_error_free(self->error);
  mp_loop_close(self->loop);
  free(self);
  assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
  assert_int_equal(errno, ECHILD);
  return 0;
}

static void on_read(const char *bytes, size_t length, void *data) {
  fixture *self = data;
  memcpy(self->text, bytes, length);
  self->text[length] = '\0';
  self->length = length;
  self->has_read = true;
}

static void on_exit_seen(int64_t exit_code, int signal_number, void *data) {
  fixture *self = data;
  self->exit_code = exit_code;
  self->signal_number = signal_number;
  self->has_exited = true;
}

static void open_with(fixture *self, mp_process_options options) {
  options.out.kind = MP_STREAM_PIPE;
  int status = mp_process_open(self->loop, &options, &self->process, &self->error);
  assert_int_equal(status, MP_OK);
}

static void open_shell(fixture *self, const char *script) {
  char shell[] = "sh", flag[] = "-c", text[256];
  snprintf(text, sizeof(text), "%s", script);
  char *const args[] = {shell, flag, text, NULL};
  mp_process_options options = MP_PROCESS_OPTIONS_INIT;
  options.args = args;
  open_with(self, options);
}

static size_t read_some(fixture *self) {
  self->has_read = false;
  assert_int_equal(mp_process_read(self->process, on_read, self), MP_OK);
  assert_true(mp_loop_run_until(self->loop, &self->has_read));
  return self->length;
}

static void wait_for_end(fixture *self) {
  self->has_exited = false;
  assert_int_equal(mp_process_wait(self->process, on_exit_seen, self), MP_OK);
  assert_true(mp_loop_run_until(self->loop, &self->has_exited));
}

static void reads_what_it_writes_to_the_end(void **state) {
  fixture *self = *state;
  open_shell(self, "echo hello");

  assert_int_equal(read_some(self), 6);
  assert_string_equal(self->text, "hello\n");
  assert_int_equal(read_some(self), 0);
  assert_int_equal(read_some(self), 0);
  wait_for_end(self);

  assert_int_equal(self->exit_code, 0);
}

static void tells_its_exit_code_as_often_as_asked(void **state) {
  fixture *self = *state;
  open_shell(self, "exit 7");

  wait_for_end(self);
  wait_for_end(self);

  assert_int_equal(self->exit_code, 7);
  assert_int_equal(self->signal_number, 0);
}

static void is_ended_by_a_signal(void **state) {
  fixture *self = *state;
  open_shell(self, "echo; exec sleep 60");
  read_some(self);

  assert_int_equal(mp_process_kill(self->process, SIGTERM), 0);
  wait_for_end(self);

  assert_int_equal(self->signal_number, SIGTERM);
  assert_int_equal(mp_process_kill(self->process, SIGTERM), 0);
}

static void makes_a_fast_writer_wait_and_loses_nothing(void **state) {
  fixture *self = *state;
  size_t total = 0, length;
  open_shell(self, "head -c 10000000 /dev/zero");

  while ((length = read_some(self)) > 0) {
    assert_true(length <= 65536);
    total += length;
  }

  assert_int_equal(total, BIG);
}

static void joins_error_output_in_order(void **state) {
  fixture *self = *state;
  char shell[] = "sh", flag[] = "-c", text[] = "printf a; printf b >&2; printf c";
  char *const args[] = {shell, flag, text, NULL};
  mp_process_options options = MP_PROCESS_OPTIONS_INIT;
  options.args = args;
  options.err.kind = MP_STREAM_PIPE;
  open_with(self, options);
  wait_for_end(self);

  read_some(self);

  assert_string_equal(self->text, "abc");
}

static void starts_where_and_as_it_is_told(void **state) {
  fixture *self = *state;
  char shell[] = "/bin/sh", flag[] = "-c", text[] = "pwd; echo $NAME";
  char name[] = "NAME=value";
  char *const args[] = {shell, flag, text, NULL}, *const env[] = {name, NULL};
  mp_process_options options = MP_PROCESS_OPTIONS_INIT;
  options.args = args;
  options.env = env;
  options.cwd = "/";
  open_with(self, options);
  wait_for_end(self);

  read_some(self);

  assert_string_equal(self->text, "/\nvalue\n");
}

static void refuses(fixture *self, const char *program, const char *cwd,
                    const char *message) {
  char name[64];
  snprintf(name, sizeof(name), "%s", program);
  char *const args[] = {name, NULL};
  mp_process_options options = MP_PROCESS_OPTIONS_INIT;
  options.args = args;
  options.cwd = cwd;
  options.out.kind = MP_STREAM_PIPE;
  int status = mp_process_open(self->loop, &options, &self->process, &self->error);
  assert_int_equal(status, MP_BAD_ARGUMENT);
  assert_string_equal(mp_error_message(self->error), message);
  mp_error_free(self->error);
  self->error = NULL;
  assert_null(self->process);
}

static void names_the_program_that_it_cannot_start(void **state) {
  fixture *self = *state;

  refuses(self, "no-such-program", NULL,
          "could not start \"no-such-program\": there is no such program");
  refuses(self, "/etc/passwd", NULL,
          "could not start \"/etc/passwd\": permission denied");
  refuses(self, "sh", "/no/such/place",
          "could not start \"sh\" in /no/such/place: no such file or directory");
}

static void ends_a_child_that_is_closed(void **state) {
  fixture *self = *state;
  open_shell(self, "exec sleep 60");
  int pid = mp_process_pid(self->process);

  mp_process_close(self->process);
  self->process = NULL;
  mp_loop_run(self->loop); /* until it is collected */

  assert_int_equal(kill(pid, 0), -1);
}

static void collects_a_child_when_the_loop_is_closed_at_once(void **state) {
  fixture *self = *state;
  open_shell(self, "exec sleep 60");

  mp_process_close(self->process);
  self->process = NULL; /* closing the loop and counting children follow */
}

static void lets_a_detached_child_live(void **state) {
  fixture *self = *state;
  char sleep_name[] = "sleep", seconds[] = "60";
  char *const args[] = {sleep_name, seconds, NULL};
  mp_process_options options = MP_PROCESS_OPTIONS_INIT;
  options.args = args;
  options.is_detached = true;
  open_with(self, options);
  int pid = mp_process_pid(self->process);

  mp_process_close(self->process);
  self->process = NULL;
  mp_loop_run(self->loop);

  assert_int_equal(kill(pid, 0), 0);
  assert_int_equal(getsid(pid), pid);
  kill(pid, SIGKILL);
  assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void can_stop_reading_and_go_on_later(void **state) {
  fixture *self = *state;
  open_shell(self, "echo late");
  assert_int_equal(mp_process_read(self->process, on_read, self), MP_OK);
  assert_int_equal(mp_process_read(self->process, on_read, self), MP_BAD_ARGUMENT);

  mp_process_stop_reading(self->process);
  wait_for_end(self);
  assert_false(self->has_read);

  assert_int_equal(read_some(self), 5);
}

static bool is_inheritable(int fd) {
  int flags = fcntl(fd, F_GETFD);
  return flags >= 0 && (flags & FD_CLOEXEC) == 0;
}

/* Descriptors that the test itself was started with are none of ours. */
static void opens_nothing_that_children_inherit(void **state) {
  (void)state;
  bool before[DESCRIPTORS];
  fixture self = {0};
  for (int fd = 0; fd < DESCRIPTORS; fd++) {
    before[fd] = is_inheritable(fd);
  }

  assert_int_equal(mp_loop_open(NULL, &self.loop), MP_OK);
  open_shell(&self, "exit 0");
  wait_for_end(&self);

  for (int fd = 0; fd < DESCRIPTORS; fd++) {
    assert_int_equal(is_inheritable(fd), before[fd]);
  }
  mp_process_close(self.process);
  mp_loop_close(self.loop);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_loop, close_loop)
  const struct CMUnitTest tests[] = {
      TEST(reads_what_it_writes_to_the_end),
      TEST(tells_its_exit_code_as_often_as_asked),
      TEST(is_ended_by_a_signal),
      TEST(makes_a_fast_writer_wait_and_loses_nothing),
      TEST(joins_error_output_in_order),
      TEST(starts_where_and_as_it_is_told),
      TEST(names_the_program_that_it_cannot_start),
      TEST(ends_a_child_that_is_closed),
      TEST(collects_a_child_when_the_loop_is_closed_at_once),
      TEST(lets_a_detached_child_live),
      TEST(can_stop_reading_and_go_on_later),
      cmocka_unit_test(opens_nothing_that_children_inherit),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
