/* process.c - child programs for Lua: read, waited for, signalled, closed. */
#include "process.h"

#include "error.h"
#include "object.h"
#include "process_options.h"

#include <moonpool/process.h>
#include <moonpool/script.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Invariant: `reader` and `waiter` are waits whose operation is under way. */
typedef struct mpl_process {
  mpl_object object;
  mp_owned owned; /* by its task */
  mp_process *process;
  mp_wait *reader, *waiter;
} mpl_process;

typedef struct io { /* data of a wait */
  mpl_process *box;
  char *bytes;
  size_t length;
  int64_t exit_code;
  int signal_number;
  bool is_out_of_memory;
} io;

static const mpl_class process_class;

static void end_wait(mp_wait **slot) {
  mp_wait *wait = *slot;
  *slot = NULL;
  if (wait != NULL) mp_wait_done(wait);
}

static void close_process(mpl_process *box) {
  mp_process *process = box->process;
  box->process = NULL;
  if (process == NULL) return;
  mp_disown(&box->owned);
  mp_process_close(process);
  end_wait(&box->reader);
  end_wait(&box->waiter);
}

static void release(mp_owned *owned) {
  close_process((mpl_process *)(void *)((char *)owned - offsetof(mpl_process, owned)));
}

static mpl_process *check_process(lua_State *L) {
  mpl_process *box = mpl_object_check(L, 1, &process_class);
  if (box->process != NULL) return box;
  mpl_raise(L, "bad_argument", "read it and wait for it before it is closed",
            "the process was already closed");
}

static void free_io(void *data) {
  free(((io *)data)->bytes);
}

/* The chunk is kept until its task can take it. */
static void on_read(const char *bytes, size_t length, void *data) {
  mp_wait *wait = data;
  io *done = mp_wait_data(wait);
  if (length > 0) done->bytes = malloc(length);
  done->is_out_of_memory = length > 0 && done->bytes == NULL;
  if (done->bytes != NULL) memcpy(done->bytes, bytes, length);
  done->length = length;
  end_wait(&done->box->reader);
}

static void on_exit_seen(int64_t exit_code, int signal_number, void *data) {
  io *done = mp_wait_data(data);
  done->exit_code = exit_code;
  done->signal_number = signal_number;
  end_wait(&done->box->waiter);
}

static void cancel_read(mp_wait *wait, int status) {
  mpl_process *box = ((io *)mp_wait_data(wait))->box;
  (void)status;
  mp_process_stop_reading(box->process);
  end_wait(&box->reader);
}

static void cancel_wait(mp_wait *wait, int status) {
  mpl_process *box = ((io *)mp_wait_data(wait))->box;
  (void)status;
  mp_process_stop_waiting(box->process);
  end_wait(&box->waiter);
}

/* What ended the wait otherwise than by its answer is raised. */
static io *check_answer(lua_State *L, mp_wait *wait) {
  io *done = mp_wait_data(wait);
  mp_wait_raise_ended(L, wait);
  if (done->is_out_of_memory) mpl_raise_memory(L);
  (void)check_process(L);
  return done;
}

static int push_chunk(lua_State *L, mp_wait *wait) {
  const io *done = check_answer(L, wait);
  if (done->length > 0)
    lua_pushlstring(L, done->bytes, done->length);
  else
    lua_pushnil(L);
  return 1;
}

static int push_exit(lua_State *L, mp_wait *wait) {
  const io *done = check_answer(L, wait);
  lua_pushinteger(L, done->exit_code);
  lua_pushinteger(L, done->signal_number);
  return 2;
}

static mp_wait *new_wait(lua_State *L, mpl_process *box) {
  mp_wait *wait = mp_wait_new(L, sizeof(io), free_io);
  ((io *)mp_wait_data(wait))->box = box;
  return wait;
}

/* process:read() -> string, or nil at the end */
static int process_read(lua_State *L) {
  mpl_process *box = check_process(L);
  mp_wait *wait = new_wait(L, box);
  if (mp_process_read(box->process, on_read, wait) != MP_OK)
    mpl_raise(L, "bad_argument",
              "open it with stdout = \"pipe\", and read it in one task",
              "the output of this process cannot be read here: %s",
              box->reader != NULL ? "another task reads it" : "it is not a pipe");
  mp_wait_begin(wait, cancel_read);
  box->reader = wait;
  return mp_wait_suspend(L, wait, push_chunk);
}

/* process:wait() -> exit code, signal number (0: none) */
static int process_wait(lua_State *L) {
  mpl_process *box = check_process(L);
  mp_wait *wait = new_wait(L, box);
  if (mp_process_wait(box->process, on_exit_seen, wait) != MP_OK)
    mpl_raise(L, "bad_argument", "wait for it in one task",
              "another task waits for the end of this process");
  mp_wait_begin(wait, cancel_wait);
  box->waiter = wait;
  return mp_wait_suspend(L, wait, push_exit);
}

/* process:kill([signal_number]): SIGTERM when left out; nothing happens when it has ended
 */
static int process_kill(lua_State *L) {
  mpl_process *box = check_process(L);
  lua_Integer number = luaL_optinteger(L, 2, SIGTERM);
  if (number < 0 || number > 64 || mp_process_kill(box->process, (int)number) != 0)
    mpl_raise(L, "bad_argument", NULL, "signal %d cannot be sent to this process",
              (int)number);
  return 0;
}

/* process:pid() -> integer */
static int process_pid(lua_State *L) {
  lua_pushinteger(L, mp_process_pid(check_process(L)->process));
  return 1;
}

/* process:close(): kills it unless it has ended or is detached; never waits */
static int process_close(lua_State *L) {
  close_process(mpl_object_check(L, 1, &process_class));
  return 0;
}

/* process_open(options) -> process */
static int process_open(lua_State *L) {
  mp_process_options options = MP_PROCESS_OPTIONS_INIT;
  mp_script *script = mp_script_of(L);
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  mpl_process_read_options(L, 1, &options);
  mpl_process *box = mpl_object_new(L, &process_class, sizeof(*box), 0);
  mp_error **error = mpl_error_slot(L);
  if (mp_process_open(mp_script_loop(script), &options, &box->process, error) != MP_OK)
    mpl_raise_error(L, *error);
  mp_own(L, &box->owned, release);
  lua_pop(L, 1);
  return 1;
}

static int process_gc(lua_State *L) {
  close_process(lua_touserdata(L, 1));
  return 0;
}

static const luaL_Reg process_methods[] = {
    {"read", process_read}, {"wait", process_wait},   {"kill", process_kill},
    {"pid", process_pid},   {"close", process_close}, {NULL, NULL},
};
static const luaL_Reg process_events[] = {
    {"__gc", process_gc},
    {"__close", process_close},
    {NULL, NULL},
};
static const mpl_class process_class = {"process", process_methods, process_events};

int mpl_open_process(lua_State *L) {
  mpl_class_open(L, &process_class);
  lua_pushcfunction(L, process_open);
  lua_setfield(L, -2, "process_open");
  return 0;
}
