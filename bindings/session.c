/* session.c - sessions for Lua: a connection of one's own and the transactions on it. */
#include "session.h"

#include "anchor.h"
#include "copy.h"
#include "engine.h"
#include "engine_event.h"
#include "error.h"
#include "inbox.h"
#include "object.h"
#include "statement.h"
#include "step.h"
#include "stream.h"
#include "traceback.h"
#include "transaction.h"

#include <moonpool/script.h>

#include <stdio.h>
#include <string.h>

/* User values: 1 the engine, which it keeps; 2 where it was closed. */
typedef struct mpl_session {
  mpl_object object;
  mp_owned owned; /* by its task */
  mp_session *session;
  mp_script *script;
  mpl_hooks *hooks; /* of its engine, a share */
  mpl_reading *readings;
} mpl_session;

typedef struct step { /* data of a wait for its opening */
  mpl_step step;
  mp_session *session; /* which nobody has taken over yet */
} step;

static const mpl_class session_class;

void mpl_session_read(lua_State *L, int index, mpl_reading *reading) {
  mpl_session *box = mpl_object_test(L, index, &session_class);
  if (box == NULL) return;
  reading->task = mp_task_running(L);
  reading->next = box->readings;
  reading->at = &box->readings;
  if (box->readings != NULL) box->readings->at = &reading->next;
  box->readings = reading;
}

void mpl_reading_over(mpl_reading *reading) {
  if (reading->at == NULL) return;
  *reading->at = reading->next;
  if (reading->next != NULL) reading->next->at = reading->at;
  reading->at = NULL;
}

void mpl_session_check_unread(lua_State *L, int index) {
  const mpl_session *box = mpl_object_test(L, index, &session_class);
  const mpl_reading *reading = box == NULL ? NULL : box->readings;
  for (; reading != NULL; reading = reading->next) {
    if (reading->task != mp_task_running(L)) continue;
    mpl_raise(
        L, "bad_argument",
        "collect the rows first, use a cursor, or use another connection",
        "this task is in the middle of a stream or COPY on the same connection, and "
        "would wait for itself");
  }
}

/* What is being read could keep a rollback waiting for ever. */
static void end_readings(mpl_session *box) {
  while (box->readings != NULL)
    box->readings->end(box->readings);
}

static void close_session(mpl_session *box) {
  mp_session *session = box->session;
  end_readings(box);
  box->session = NULL; /* first: closing runs callbacks that look at it */
  if (session == NULL) return;
  mp_disown(&box->owned);
  mp_session_close(session);
}

static void release(mp_owned *owned) {
  close_session((mpl_session *)(void *)((char *)owned - offsetof(mpl_session, owned)));
}

mp_session *mpl_session_test(lua_State *L, int index) {
  mpl_session *box = mpl_object_test(L, index, &session_class);
  if (box == NULL) return NULL;
  if (box->session != NULL) return box->session;
  const char *hint = "open another with db:connect or db:begin";
  if (lua_getiuservalue(L, index, 2) != LUA_TSTRING)
    mpl_raise(L, "bad_argument", hint,
              "connection was already released: its task has ended");
  mpl_raise(L, "bad_argument", hint, "connection was already released at %s",
            lua_tostring(L, -1));
}

bool mpl_session_is(lua_State *L, int index) {
  return mpl_object_test(L, index, &session_class) != NULL;
}

mp_session *mpl_session_check(lua_State *L) {
  mp_session *session = mpl_session_test(L, 1);
  if (session != NULL) return session;
  mpl_raise(L, "bad_argument", "call methods with a colon, object:method(...)",
            "connection expected, got %s", luaL_typename(L, 1));
}

mp_session *mpl_session_check_free(lua_State *L) {
  mp_session *session = mpl_session_check(L);
  mpl_session_check_unread(L, 1);
  return session;
}

mp_session *mpl_session_peek(lua_State *L, int index) {
  const mpl_session *box = mpl_object_check(L, index, &session_class);
  return box->session;
}

void mpl_session_end_readings(lua_State *L, int index) {
  end_readings(mpl_object_check(L, index, &session_class));
}

static void free_step(void *data) {
  step *gone = data;
  mp_session_close(gone->session);
  mp_error_free(gone->step.error);
}

static void on_opened(mp_session *session, const mp_error *error, void *data) {
  step *done = mp_wait_data(data);
  done->session = session;
  mpl_step_done(error, data);
}

/* The next call would tell, but that may never come. */
static void on_lost(mp_session *session, const mp_error *error, void *data) {
  const mpl_session *box = data;
  if (mpl_engine_tell_lost(box->hooks, error)) return;
  const char *hint = mp_error_get(error, MP_FIELD_HINT);
  char line[1024];
  (void)session;
  (void)snprintf(line, sizeof(line), "moonpool: %s (%s)", mp_error_message(error),
                 hint == NULL ? "" : hint);
  mp_script_report(box->script, line);
}

/* The engine takes it back: it must not be touched from here on. */
static void on_taken(void *data) {
  mpl_session *box = data;
  end_readings(box);
  box->session = NULL;
  mp_disown(&box->owned);
}

static mpl_session *push_box(lua_State *L, int engine) {
  mpl_session *box = mpl_object_new(L, &session_class, sizeof(*box), 2);
  lua_pushvalue(L, engine);
  lua_setiuservalue(L, -2, 1);
  box->script = mp_script_of(L);
  box->hooks = mpl_hooks_keep(mpl_engine_hooks(L, engine));
  return box;
}

static void fill_box(lua_State *L, mpl_session *box, mp_session *session) {
  box->session = session;
  mp_session_on_lost(session, on_lost, box);
  mp_session_on_taken(session, on_taken, box);
  box->owned.pins = true; /* another's statement may wait for a lock that it holds */
  mp_own(L, &box->owned, release);
}

static int push_session(lua_State *L, mp_wait *wait) {
  mpl_step_check(L, wait);
  step *data = mp_wait_data(wait);
  mpl_session *box = push_box(L, 1);
  fill_box(L, box, data->session);
  data->session = NULL;
  return 1;
}

void mpl_session_push(lua_State *L, int engine, mp_session *session) {
  fill_box(L, push_box(L, engine), session);
}

static bool looks_for_leaks(mp_engine *engine) {
  return mp_pool_get_options(mp_engine_pool(engine))->leak_after_ms > 0;
}

/* engine:session_open([label [, where]]) */
int mpl_session_open(lua_State *L) {
  mp_session_options options = MP_SESSION_OPTIONS_INIT;
  mp_engine *engine = mpl_engine_test(L, 1);
  if (engine == NULL)
    mpl_raise(L, "bad_argument", NULL, "engine expected, got %s", luaL_typename(L, 1));
  lua_settop(L, 3);
  if (lua_isstring(L, 2)) options.label = lua_tostring(L, 2);
  if (lua_isstring(L, 3)) options.where = lua_tostring(L, 3);
  char traceback[2048];
  if (looks_for_leaks(engine)) {
    mpl_traceback(L, 1, traceback, sizeof(traceback));
    options.traceback = traceback;
  }
  mp_wait *wait = mp_wait_new(L, sizeof(step), free_step);
  mp_wait_begin(wait, mpl_step_cancel);
  return mpl_step_suspend(L, wait, mp_session_open(engine, &options, on_opened, wait),
                          push_session);
}

/* session:tie_to(anchor): it comes back with the anchor's task, at once if that has ended
 */
static int session_tie_to(lua_State *L) {
  mpl_session *box = mpl_object_check(L, 1, &session_class);
  mp_owned *anchor = mpl_anchor_check(L, 2);
  if (box->session == NULL || mp_own_beside(&box->owned, anchor, release)) return 0;
  close_session(box);
  return 0;
}

/* session:session_break(reason): its connection gives no sign of life */
static int session_break(lua_State *L) {
  const mpl_session *box = mpl_object_check(L, 1, &session_class);
  const char *reason = luaL_checkstring(L, 2);
  if (box->session != NULL) mp_session_break(box->session, reason);
  return 0;
}

/* session:engine() -> the engine, also after the end */
static int session_engine(lua_State *L) {
  (void)mpl_object_check(L, 1, &session_class);
  lua_getiuservalue(L, 1, 1);
  return 1;
}

/* session:is_alive() -> false once closed or its connection is lost */
static int session_is_alive(lua_State *L) {
  const mpl_session *box = mpl_object_check(L, 1, &session_class);
  lua_pushboolean(L, box->session != NULL && mp_session_is_alive(box->session));
  return 1;
}

/* session:close(): the connection goes back; never waits */
static int session_close(lua_State *L) {
  mpl_session *box = mpl_object_check(L, 1, &session_class);
  if (box->session == NULL) return 0;
  luaL_where(L, 1);
  size_t length = lua_rawlen(L, -1);
  lua_pushlstring(L, lua_tostring(L, -1), length > 2 ? length - 2 : 0);
  lua_setiuservalue(L, 1, 2);
  close_session(box);
  return 0;
}

static int session_gc(lua_State *L) {
  mpl_session *box = lua_touserdata(L, 1);
  close_session(box);
  mpl_hooks_drop(box->hooks);
  box->hooks = NULL;
  return 0;
}

static int session_tostring(lua_State *L) {
  const mpl_session *box = mpl_object_check(L, 1, &session_class);
  if (box->session == NULL)
    lua_pushliteral(L, "connection(released)");
  else
    lua_pushfstring(L, "connection(depth %d)", (int)mp_session_depth(box->session));
  return 1;
}

static const luaL_Reg session_methods[] = {
    {"session_break", session_break},
    {"tie_to", session_tie_to},
    {"inbox", mpl_inbox_new},
    {"engine", session_engine},
    {"is_alive", session_is_alive},
    {"close", session_close},
    {NULL, NULL},
};
static const luaL_Reg session_events[] = {
    {"__gc", session_gc},
    {"__close", session_close},
    {"__tostring", session_tostring},
    {NULL, NULL},
};
static const mpl_class session_class = {"connection", session_methods, session_events};

void mpl_open_session(lua_State *L) {
  mpl_open_inbox(L);
  mpl_class_open(L, &session_class);
  mpl_class_push_methods(L, &session_class);
  mpl_open_transactions(L);
  mpl_open_statements(L);
  mpl_open_copy(L);
  lua_pop(L, 1);
  mpl_open_stream(L);
}
