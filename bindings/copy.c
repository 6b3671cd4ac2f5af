/* copy.c - COPY for Lua: begun, fed or read in portions, ended. */
#include "copy.h"

#include "bulk.h"
#include "error.h"
#include "step.h"

#include <moonpool/script.h>

#include <lauxlib.h>

typedef struct step { /* data of a wait */
  mpl_step step;
  mp_copy *copy;
} step;

static const mpl_class copy_class;

static void end(mpl_copy *box) {
  mp_copy *copy = box->copy;
  box->copy = NULL;
  mp_disown(&box->owned);
  mpl_reading_over(&box->reading);
  mp_copy_close(copy);
}

static void release(mp_owned *owned) {
  end((mpl_copy *)(void *)((char *)owned - offsetof(mpl_copy, owned)));
}

static void end_reading(mpl_reading *reading) {
  end((mpl_copy *)(void *)((char *)reading - offsetof(mpl_copy, reading)));
}

static void free_step(void *data) {
  step *gone = data;
  mp_error_free(gone->step.error);
}

static void cancel_copy(mp_wait *wait, int status) {
  const step *data = mp_wait_data(wait);
  mp_copy_cancel(data->copy, status);
}

static mpl_copy *check_copy(lua_State *L) {
  mpl_copy *box = mpl_object_check(L, 1, &copy_class);
  if (box->copy != NULL) return box;
  mpl_raise(L, "bad_argument", "begin another COPY",
            "the COPY has ended, or its transaction was rolled back");
}

static mp_wait *new_wait(lua_State *L, mpl_copy *box) {
  mp_wait *wait = mp_wait_new(L, sizeof(step), free_step);
  step *data = mp_wait_data(wait);
  data->copy = box->copy;
  return wait;
}

static void check_step(lua_State *L, mp_wait *wait, mpl_copy *box) {
  const step *data = mp_wait_data(wait);
  if (data->step.error == NULL) return;
  end(box);
  mpl_raise_error(L, data->step.error);
}

/* That the COPY has ended meanwhile is told, with the reason, by the next wait. */
static void send_chunk(lua_State *L, mpl_copy *box) {
  if (box->chunk.length == 0) return;
  (void)!mp_copy_write(box->copy, box->chunk.data, box->chunk.length);
  mpl_copy_clear(L, box, 1);
}

/* While it waited another task may have ended it. */
static int sent(lua_State *L, mp_wait *wait) {
  mpl_copy *box = mpl_object_check(L, 1, &copy_class);
  check_step(L, wait, box);
  send_chunk(L, check_copy(L));
  return 0;
}

/* copy:flush(): send what was added, once what was sent before has left. It waits always,
 * so that a server that takes everything at once leaves the others their turn. */
static int copy_flush(lua_State *L) {
  mpl_copy *box = check_copy(L);
  lua_settop(L, 1);
  mp_wait *wait = new_wait(L, box);
  mp_wait_begin(wait, cancel_copy);
  mp_copy_flush(box->copy, mpl_step_done, wait);
  return mp_wait_suspend(L, wait, sent);
}

/* copy:add(row) -> whether to flush now */
static int copy_add(lua_State *L) {
  mpl_copy *box = check_copy(L);
  mpl_copy_add(L, box, 1, 2);
  lua_pushboolean(L, mpl_copy_is_full(box));
  return 1;
}

/* copy:add_list(rows, first) -> the first row that was not added, nil after the last */
static int copy_add_list(lua_State *L) {
  mpl_copy *box = check_copy(L);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_Integer at = mpl_copy_add_list(L, box, 1, 2, luaL_checkinteger(L, 3));
  if (at == 0) return 0;
  lua_pushinteger(L, at);
  return 1;
}

/* copy:add_bytes(text) -> whether to flush now */
static int copy_add_bytes(lua_State *L) {
  mpl_copy *box = check_copy(L);
  size_t length = 0;
  const char *bytes =
      mpl_check_text(L, 2, "what an iterator of ready data gives", &length);
  mpl_copy_add_bytes(L, box, 1, bytes, length);
  lua_pushboolean(L, mpl_copy_is_full(box));
  return 1;
}

/* copy:place() -> the row and the column's name of the value that could not be encoded;
 * nothing when none was */
static int copy_place(lua_State *L) {
  const mpl_copy *box = mpl_object_check(L, 1, &copy_class);
  if (!box->is_encoding || box->columns == NULL) return 0;
  lua_pushinteger(L, box->row_count);
  lua_getiuservalue(L, 1, 4);
  lua_rawgeti(L, -1, (lua_Integer)box->column + 1);
  lua_remove(L, -2);
  return 2;
}

static int finished(lua_State *L, mp_wait *wait) {
  mpl_copy *box = mpl_object_check(L, 1, &copy_class);
  mp_script_note_write(mp_script_of(L)); /* also when nobody knows whether it lasts */
  check_step(L, wait, box);
  if (box->copy != NULL) box->rows = mp_copy_row_count(box->copy);
  end(box);
  lua_pushinteger(L, (lua_Integer)box->rows);
  return 1;
}

static int finish(lua_State *L, mp_wait *wait) {
  sent(L, wait);
  const mpl_copy *box = check_copy(L);
  mp_wait_check(L);
  mp_wait_begin(wait, cancel_copy);
  mp_copy_finish(box->copy, mpl_step_done, wait);
  return mp_wait_suspend(L, wait, finished);
}

/* copy:finish() -> the rows that the server has stored */
static int copy_finish(lua_State *L) {
  mpl_copy *box = check_copy(L);
  lua_settop(L, 1);
  mpl_copy_add_end(L, box, 1);
  mp_wait *wait = new_wait(L, box);
  mp_wait_begin(wait, cancel_copy);
  mp_copy_flush(box->copy, mpl_step_done, wait);
  return mp_wait_suspend(L, wait, finish);
}

/* True when the COPY has no more; then it is over. */
static bool take_portion(lua_State *L, mp_wait *wait, mpl_copy *box) {
  size_t length = 0;
  check_step(L, wait, box);
  if (box->copy != NULL) mp_copy_data(box->copy, &length);
  box->at = 0;
  if (length > 0) return false;
  if (box->copy != NULL) box->rows = mp_copy_row_count(box->copy);
  box->is_ended = true;
  end(box);
  return true;
}

static int wait_for_data(lua_State *L, mpl_copy *box, mp_wait_resumed_cb resumed) {
  mp_wait *wait = new_wait(L, box);
  mp_wait_begin(wait, cancel_copy);
  mp_copy_read(box->copy, mpl_step_done, wait);
  return mp_wait_suspend(L, wait, resumed);
}

static int push_portion(lua_State *L, mp_wait *wait) {
  mpl_copy *box = mpl_object_check(L, 1, &copy_class);
  size_t length = 0;
  if (take_portion(L, wait, box)) return 0;
  const char *data = mp_copy_data(box->copy, &length);
  lua_pushlstring(L, data, length);
  return 1;
}

/* copy:read() -> whole rows as they came; nothing after the last */
static int copy_read(lua_State *L) {
  const mpl_copy *ended = mpl_object_check(L, 1, &copy_class);
  if (ended->is_ended) return 0;
  lua_settop(L, 1);
  return wait_for_data(L, check_copy(L), push_portion);
}

static int push_next(lua_State *L, mp_wait *wait) {
  mpl_copy *box = mpl_object_check(L, 1, &copy_class);
  if (take_portion(L, wait, box)) return 0;
  if (mpl_copy_read_row(L, box, 1)) return 1;
  return wait_for_data(L, box, push_next); /* its end, or the trailer alone */
}

/* copy:next() -> a row; nothing after the last */
static int copy_next(lua_State *L) {
  mpl_copy *box = mpl_object_check(L, 1, &copy_class);
  if (box->is_ended) return 0;
  box = check_copy(L);
  lua_settop(L, 1);
  if (mpl_copy_read_row(L, box, 1)) return 1;
  return wait_for_data(L, box, push_next);
}

/* copy:rows() -> how many were copied, once it has ended */
static int copy_rows(lua_State *L) {
  const mpl_copy *box = mpl_object_check(L, 1, &copy_class);
  lua_pushinteger(L, (lua_Integer)box->rows);
  return 1;
}

static int copy_close(lua_State *L) {
  end(mpl_object_check(L, 1, &copy_class));
  return 0;
}

static int copy_gc(lua_State *L) {
  end(lua_touserdata(L, 1));
  return 0;
}

static const luaL_Reg copy_methods[] = {
    {"flush", copy_flush},         {"add", copy_add},     {"add_list", copy_add_list},
    {"add_bytes", copy_add_bytes}, {"place", copy_place}, {"finish", copy_finish},
    {"read", copy_read},           {"next", copy_next},   {"rows", copy_rows},
    {"close", copy_close},         {NULL, NULL},
};
static const luaL_Reg copy_events[] = {
    {"__gc", copy_gc},
    {"__close", copy_close},
    {NULL, NULL},
};
static const mpl_class copy_class = {"copy", copy_methods, copy_events};

static void set_columns(lua_State *L, mpl_copy *box, int at) {
  if (lua_isnoneornil(L, 4)) return;
  box->columns = mpl_copy_columns_check(L, 4);
  lua_pushvalue(L, 4);
  lua_setiuservalue(L, at, 2);
  lua_getiuservalue(L, 4, 1);
  lua_setiuservalue(L, at, 4);
}

/* connection:copy_open(sql, direction, columns_or_nil, is_binary) -> copy; direction:
 * "in" or "out" */
static int copy_open(lua_State *L) {
  static const char *const directions[] = {"in", "out", NULL};
  mp_session *session = mpl_session_check_free(L);
  size_t length = 0;
  const char *sql = mpl_check_text(L, 2, "the SQL text", &length);
  bool is_out = luaL_checkoption(L, 3, NULL, directions) == 1;
  lua_settop(L, 5);
  mp_wait_check(L);
  mpl_copy *box = mpl_object_new(L, &copy_class, sizeof(*box), 4);
  set_columns(L, box, 6);
  box->is_binary = lua_toboolean(L, 5);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, 6, 1);
  box->copy = is_out ? mp_session_copy_out(session, sql, length)
                     : mp_session_copy_in(session, sql, length);
  if (box->copy == NULL) mpl_raise_memory(L);
  box->reading.end = end_reading;
  mpl_session_read(L, 1, &box->reading);
  mp_own(L, &box->owned, release);
  return 1;
}

void mpl_open_copy(lua_State *L) {
  static const luaL_Reg methods[] = {{"copy_open", copy_open}, {NULL, NULL}};
  luaL_setfuncs(L, methods, 0);
  mpl_open_bulk(L);
  mpl_class_open(L, &copy_class);
  mpl_copy_columns_open(L);
}
