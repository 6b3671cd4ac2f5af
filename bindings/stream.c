/* stream.c - rows for Lua, one at a time: decoded from portions, waited for in between.
 */
#include "stream.h"

#include "codec.h"
#include "error.h"
#include "object.h"
#include "observer.h"
#include "session.h"

#include <moonpool/script.h>
#include <moonpool/system.h>

/* User values: 1 the target, which it keeps; 2 its call while somebody observes. */
typedef struct mpl_stream {
  mpl_object object;
  mp_owned owned; /* by its task */
  mpl_reading reading;
  mp_stream *stream; /* NULL once it is over */
  mp_result *batch;
  const mp_result *at;       /* in `batch` */
  size_t row;                /* in `at` */
  size_t rows;               /* so far */
  double waited, since;      /* for rows, seconds; since: mp_system_hrtime */
  bool writes;               /* its statement is no plain read */
  bool is_waiting, is_ended; /* ended: by its last row or an error */
} mpl_stream;

typedef struct step { /* data of a wait for a batch */
  mp_stream *stream;
  mp_result *result;
  mp_error *error;
} step;

static const mpl_class stream_class;

static void end(mpl_stream *box) {
  mp_stream *stream = box->stream;
  box->stream = NULL;
  mp_disown(&box->owned);
  mpl_reading_over(&box->reading);
  mp_stream_close(stream);
  mp_result_free(box->batch);
  box->batch = NULL;
  box->at = NULL;
}

static void release(mp_owned *owned) {
  end((mpl_stream *)(void *)((char *)owned - offsetof(mpl_stream, owned)));
}

static void end_reading(mpl_reading *reading) {
  end((mpl_stream *)(void *)((char *)reading - offsetof(mpl_stream, reading)));
}

static void free_step(void *data) {
  step *gone = data;
  mp_result_free(gone->result);
  mp_error_free(gone->error);
}

static void cancel_step(mp_wait *wait, int status) {
  const step *data = mp_wait_data(wait);
  mp_stream_cancel(data->stream, status);
}

static void on_batch(mp_result *result, const mp_error *error, void *data) {
  step *done = mp_wait_data(data);
  done->result = result;
  if (error != NULL) done->error = mp_error_copy(error);
  mp_wait_done(data);
}

/* Upvalues of next_row: the stream, and what is known of its columns. */
enum { STREAM = 1, READER, NAMES };

static int push_row(lua_State *L, mpl_stream *box) {
  const mp_result *result = box->at;
  size_t row = box->row++;
  box->rows++;
  if (box->row == mp_result_row_count(result)) {
    box->row = 0;
    box->at = mp_result_next(result);
  }
  const mpl_row_reader *by = lua_touserdata(L, lua_upvalueindex(READER));
  lua_pushvalue(L, lua_upvalueindex(NAMES));
  mpl_read_row(L, by, lua_gettop(L), result, row);
  return 1;
}

static void learn_columns(lua_State *L, const mp_result *result) {
  if (!lua_isnil(L, lua_upvalueindex(READER))) return;
  mpl_push_row_reader(L, result);
  lua_replace(L, lua_upvalueindex(NAMES));
  lua_replace(L, lua_upvalueindex(READER));
}

/* It may have done its work, to its end or not: what is read next must not be older. */
static void note_write(lua_State *L, mpl_stream *box) {
  if (box->writes) mp_script_note_write(mp_script_of(L));
  box->writes = false;
}

static void push_outcome(lua_State *L, const mp_error *error) {
  if (error != NULL) mp_script_push_error(L, error);
  if (error == NULL) lua_pushnil(L);
}

/* Once: the error, or nil, is on top and stays. */
static void tell(lua_State *L, int index, mpl_stream *box) {
  int error = lua_gettop(L);
  lua_getiuservalue(L, index, 1);
  if (lua_getiuservalue(L, index, 2) == LUA_TTABLE) {
    lua_pushvalue(L, error);
    mpl_observer_tell_stream(L, error + 1, box->rows, box->waited);
    lua_pushnil(L);
    lua_setiuservalue(L, index, 2);
  }
  lua_settop(L, error);
}

/* The batch before is read, and nothing points into it. */
static int take_batch(lua_State *L, mp_wait *wait) {
  mpl_stream *box = lua_touserdata(L, lua_upvalueindex(STREAM));
  step *data = mp_wait_data(wait);
  box->is_waiting = false;
  box->waited += mp_system_hrtime() - box->since;
  if (data->error != NULL || data->result == NULL) {
    box->is_ended = true;
    end(box);
    note_write(L, box);
    push_outcome(L, data->error);
    tell(L, lua_upvalueindex(STREAM), box);
    if (data->error != NULL) lua_error(L);
    return 1;
  }
  mp_result_free(box->batch);
  box->batch = data->result;
  box->at = data->result;
  data->result = NULL;
  learn_columns(L, box->batch);
  return push_row(L, box);
}

static void check_open(lua_State *L, const mpl_stream *box) {
  if (box->is_waiting)
    mpl_raise(L, "bad_argument", "let one task read a stream",
              "another task waits for the next row of this stream");
  if (box->stream == NULL)
    mpl_raise(L, "bad_argument", "open another stream",
              "the stream was closed, or its transaction rolled back");
}

/* Waits that are given up leave `is_waiting` behind; then the stream has failed too. */
static int next_row(lua_State *L) {
  mpl_stream *box = lua_touserdata(L, lua_upvalueindex(STREAM));
  if (box->at != NULL) return push_row(L, box);
  if (box->is_ended) {
    lua_pushnil(L);
    return 1;
  }
  check_open(L, box);
  mp_wait *wait = mp_wait_new(L, sizeof(step), free_step);
  step *data = mp_wait_data(wait);
  data->stream = box->stream;
  box->is_waiting = true;
  box->since = mp_system_hrtime();
  mp_wait_begin(wait, cancel_step);
  mp_stream_next(box->stream, on_batch, wait);
  return mp_wait_suspend(L, wait, take_batch);
}

static int stream_close(lua_State *L) {
  mpl_stream *box = mpl_object_check(L, 1, &stream_class);
  end(box);
  note_write(L, box);
  lua_pushnil(L);
  tell(L, 1, box);
  return 0;
}

static int stream_gc(lua_State *L) {
  end(lua_touserdata(L, 1));
  return 0;
}

static const luaL_Reg stream_methods[] = {{"close", stream_close}, {NULL, NULL}};
static const luaL_Reg stream_events[] = {
    {"__gc", stream_gc},
    {"__close", stream_close},
    {NULL, NULL},
};
static const mpl_class stream_class = {"stream", stream_methods, stream_events};

int mpl_stream_open(lua_State *L, const mpl_target *target, mp_statement *statement,
                    int param_count, mp_params **params) {
  mpl_stream *box = mpl_object_new(L, &stream_class, sizeof(*box), 2);
  int at = lua_gettop(L);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, at, 1);
  if (mpl_observer_exists(L, 1, target)) {
    mpl_observer_keep_call(L, param_count);
    lua_setiuservalue(L, at, 2);
  }
  lua_pushvalue(L, at);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushcclosure(L, next_row, 3);
  mp_params *taken = *params;
  *params = NULL;
  box->stream = mpl_target_stream(target, statement, taken);
  if (box->stream == NULL) mpl_raise_memory(L);
  box->writes = mp_statement_get_class(statement) != MP_STATEMENT_READ;
  box->reading.end = end_reading;
  mpl_session_read(L, 1, &box->reading);
  mp_own(L, &box->owned, release);
  lua_pushnil(L);
  lua_pushnil(L);
  lua_pushvalue(L, at);
  return 4;
}

void mpl_open_stream(lua_State *L) {
  mpl_class_open(L, &stream_class);
}
