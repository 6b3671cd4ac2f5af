/* moonpool/script.h - one lua_State on one loop: tasks, the module loader, exit and
 * close.
 *
 * A script owns its state (mp_script_open: then `coroutine`, `require`, `load`,
 * `loadfile`, `dofile` and `os.exit` know about tasks, and only text chunks are loaded)
 * or is attached to a state of somebody else, in which no global is touched. */
#ifndef MOONPOOL_SCRIPT_H
#define MOONPOOL_SCRIPT_H

#include <moonpool/error.h>
#include <moonpool/loop.h>
#include <moonpool/task.h>
#include <moonpool/wait.h>

#include <stdarg.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_script mp_script;

/* One embedded module: `name` as `require` knows it, `chunkname` such as
 * "@moonpool/engine.lua". `text` is Lua, or what string.dump of the same release made of
 * it; Lua does not check such a chunk: it must be your own. */
typedef struct mp_script_module {
  const char *name;
  const char *chunkname;
  const char *text;
  size_t length;
} mp_script_module;

/* A failure that nobody awaited: one text of message and traceback. Must not touch Lua.
 */
typedef void (*mp_script_error_cb)(const char *text, void *data);

typedef struct mp_script_options {
  size_t size; /* set by MP_SCRIPT_OPTIONS_INIT; lets the struct grow */
  const mp_script_module *modules; /* borrowed; found by `require` before any file */
  size_t module_count;
  const char *module_path;     /* a package.path searched before `modules`; NULL: none */
  mp_script_error_cb on_error; /* NULL: standard error */
  void *on_error_data;
} mp_script_options;
#define MP_SCRIPT_OPTIONS_INIT                                                           \
  { .size = sizeof(mp_script_options) }

/* A script with a state of its own, the standard libraries open. The loop is borrowed. */
MP_EXTERN MP_MUST_CHECK int
mp_script_open(mp_loop *loop, const mp_script_options *options, mp_script **out);
/* Attach to the state of L; its registry then keeps the script. Raises for memory.
 * `on_close` runs after the state's finaliser has closed the script, with the loop, which
 * it may close. */
MP_EXTERN mp_script *mp_script_attach(struct lua_State *L, mp_loop *loop,
                                      void (*on_close)(mp_loop *loop));
/* The script that L belongs to; NULL for none. */
MP_EXTERN mp_script *mp_script_of(struct lua_State *L);
MP_EXTERN mp_loop *mp_script_loop(mp_script *script);
/* The number of the running task, never reused; code outside of tasks has one, too. */
MP_EXTERN uint64_t mp_script_current_task(const mp_script *script);
/* The running task has finished a write: it is to see that in what it reads from here on,
 * wherever it reads it. Tasks that it starts, and those that await it, inherit this. */
MP_EXTERN void mp_script_note_write(mp_script *script);
/* The number of the running task's last write (0: none), and in *out that of the
 * script's. */
MP_EXTERN uint64_t mp_script_last_write(const mp_script *script, uint64_t *out);
/* The main thread of its state, for setting it up before anything runs. */
MP_EXTERN struct lua_State *mp_script_state(mp_script *script);

/* Run a text chunk as the main task, with the arguments as `...`, until every task has
 * ended; gives the exit code: what the program or a signal asked for, else 1 when an
 * error went unseen, else the integer that the chunk returned, else 0. */
MP_EXTERN int mp_script_run(mp_script *script, const char *text, const char *chunkname,
                            int argc, char *const *argv);
/* End the run with `code`: cancels every task; what has not ended `drain_ms` later is
 * left behind. Safe inside and outside of tasks; the first code wins. */
MP_EXTERN void mp_script_exit(mp_script *script, int code, uint64_t drain_ms);

/* Show a text to people, one line or several, where errors that nobody awaited go. */
MP_EXTERN void mp_script_report(mp_script *script, const char *text);

/* Something that must end before the script is gone (an engine on its way to close). */
MP_EXTERN void mp_script_hold(mp_script *script);
MP_EXTERN void mp_script_unhold(mp_script *script);

/* Close: cancels tasks and gives them a bounded time, gives back what they and the script
 * own, closes the state. Not from inside a task. An attached script closes with its state
 * instead. */
MP_EXTERN void mp_script_close(mp_script *script);
/* For a program that ends once it has closed the script: what a state of ours holds goes
 * back with the process, which is quicker than piece by piece. */
MP_EXTERN void mp_script_leave_memory(mp_script *script);

/* The `coroutine` library whose functions forward our waits, as a new table. */
MP_EXTERN void mp_script_push_coroutine(struct lua_State *L);

/* The function on top of the stack (popped) makes errors from here on: it is called with
 * a table of mp.Error's fields and returns the error. Until then errors are "kind:
 * message" strings. */
MP_EXTERN void mp_script_set_error_constructor(struct lua_State *L);
/* Push what the constructor makes of an error. Raises only for memory. */
MP_EXTERN void mp_script_push_error(struct lua_State *L, const mp_error *error);
/* Raise a structured error; `hint` may be NULL. Never returns. */
MP_EXTERN MP_NORETURN int mp_script_raise(struct lua_State *L, const char *kind,
                                          const char *hint, const char *format, ...)
    MP_PRINTF(4, 5);
MP_EXTERN MP_NORETURN int mp_script_vraise(struct lua_State *L, const char *kind,
                                           const char *hint, const char *format,
                                           va_list args) MP_PRINTF(4, 0);

MP_END_C

#endif
