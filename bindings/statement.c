/* statement.c - runs statements for Lua: looks them up, encodes, executes, decodes. */
#include "statement.h"

#include "codec.h"
#include "description.h"
#include "error.h"
#include "group.h"
#include "observer.h"
#include "shape.h"
#include "step.h"
#include "stream.h"
#include "target.h"

#include <moonpool/script.h>
#include <moonpool/system.h>

#include <lauxlib.h>

/* Data of the one wait that a call makes; owns what it points to. */
typedef struct call {
  mpl_step step;
  mpl_target target;
  uint32_t depth; /* of transactions when it was called */
  const mpl_shape *shape;
  int arg_count; /* parameters, from index 3 on */
  mp_statement *statement;
  mp_params *params;
  mp_params **list; /* of many */
  size_t list_count;
  mp_result *result;
  double begun; /* mp_system_hrtime; 0: nobody observes */
  mp_timing timing;
} call;

static void free_call(void *data) {
  call *gone = data;
  mp_statement_release(gone->statement);
  mp_params_free(gone->params);
  mp_params_list_free(gone->list, gone->list_count);
  mp_result_free(gone->result);
  mp_error_free(gone->step.error);
}

static void on_described(mp_statement *statement, const mp_error *error, void *data) {
  (void)statement;
  mpl_step_done(error, data);
}

static void on_result(mp_result *result, const mp_error *error, void *data) {
  call *done = mp_wait_data(data);
  done->result = result;
  if (done->begun > 0) mp_operation_get_timing(done->step.operation, &done->timing);
  mpl_step_done(error, data);
}

static void on_script(const mp_error *error, void *data) {
  on_result(NULL, error, data);
}

/* Whether it succeeded or nobody knows: what is read next must not be older. */
static void note_write(lua_State *L, const call *data) {
  if (data->statement != NULL &&
      mp_statement_get_class(data->statement) == MP_STATEMENT_READ)
    return;
  mp_script_note_write(mp_script_of(L));
}

static int answer(lua_State *L, call *data) {
  note_write(L, data);
  if (data->step.error != NULL) mpl_raise_error(L, data->step.error);
  return data->shape == NULL ? 0 : data->shape->push(L, &data->result);
}

static int protected_answer(lua_State *L) {
  return answer(L, lua_touserdata(L, 1));
}

static size_t count_rows(const mp_result *result) {
  size_t rows = 0;
  for (; result != NULL; result = mp_result_next(result)) {
    rows += mp_result_column_count(result) > 0 ? mp_result_row_count(result)
                                               : (size_t)mp_result_affected(result);
  }
  return rows;
}

/* What the answer raises, the observer sees first. */
static int observed_answer(lua_State *L, call *data) {
  mpl_observation seen = {data->begun, mp_system_hrtime(), data->timing,
                          count_rows(data->result)};
  lua_pushcfunction(L, protected_answer);
  lua_pushlightuserdata(L, data);
  bool ok = lua_pcall(L, 1, 1, 0) == LUA_OK;
  if (ok) lua_pushnil(L);
  mpl_observer_tell(L, &seen, data->arg_count);
  if (!ok) lua_error(L);
  lua_pop(L, 1);
  return data->shape == NULL ? 0 : 1;
}

static int finish(lua_State *L, mp_wait *wait) {
  call *data = mp_wait_data(wait);
  return data->begun > 0 ? observed_answer(L, data) : answer(L, data);
}

/* Push the values of a statement's named parameters, taken from the table at `index`. */
static int push_named(lua_State *L, int index, const mp_statement *statement) {
  size_t count = mp_statement_name_count(statement);
  if (lua_type(L, index) != LUA_TTABLE)
    mpl_raise(L, "bad_argument", "write db:query(sql, { name = value })",
              "the parameters of this statement have names: it takes one table, got %s",
              luaL_typename(L, index));
  luaL_checkstack(L, (int)count + 8, "too many parameters");
  for (size_t i = 0; i < count; i++) {
    const char *name = mp_statement_name(statement, i);
    if (lua_getfield(L, index, name) == LUA_TNIL)
      mpl_raise(L, "bad_argument", "give mp.null for NULL", "parameter :%s has no value",
                name);
  }
  return (int)count;
}

void mpl_encode_arguments(lua_State *L, const mp_statement *statement, int index,
                          int count, mp_params **slot) {
  int top = lua_gettop(L);
  if (mp_statement_name_count(statement) > 0) {
    if (count != 1)
      mpl_raise(L, "bad_argument", "write db:query(sql, { name = value })",
                "named parameters are given in one table, got %d values", count);
    count = push_named(L, index, statement);
    index = top + 1;
  }
  *slot = mp_params_new(mp_statement_param_count(statement));
  if (*slot == NULL) mpl_raise_memory(L);
  mpl_encode_params(L, index, count, statement, *slot);
  lua_settop(L, top);
}

static int execute(lua_State *L, mp_wait *wait) {
  call *data = mp_wait_data(wait);
  mpl_encode_arguments(L, data->statement, 3, data->arg_count, &data->params);
  mp_params *params = data->params;
  data->params = NULL;
  mp_wait_begin(wait, mpl_step_cancel);
  return mpl_step_suspend(
      L, wait,
      mpl_target_execute(&data->target, data->statement, params, on_result, wait),
      finish);
}

int mpl_push_set(lua_State *L, int list, const mp_statement *statement, lua_Integer i) {
  if (lua_rawgeti(L, list, i) != LUA_TTABLE)
    mpl_raise(L, "bad_argument", "write db:many(sql, { { 1, 2 }, { 3, 4 } })",
              "parameters %d of many must be a table, got %s", (int)i,
              luaL_typename(L, -1));
  if (mp_statement_name_count(statement) > 0) return 1;
  int set = lua_gettop(L);
  lua_Integer count = (lua_Integer)mp_statement_param_count(statement);
  lua_Integer length = (lua_Integer)lua_rawlen(L, set);
  if (length > count) count = length;
  luaL_checkstack(L, (int)count + 8, "too many parameters");
  for (lua_Integer at = 1; at <= count; at++)
    lua_rawgeti(L, set, at);
  lua_remove(L, set);
  return (int)count;
}

static int execute_many(lua_State *L, mp_wait *wait) {
  call *data = mp_wait_data(wait);
  size_t count = lua_rawlen(L, 3);
  int top = lua_gettop(L);
  data->list = mp_params_list_new(count);
  if (data->list == NULL) mpl_raise_memory(L);
  data->list_count = count;
  for (size_t i = 0; i < count; i++) {
    int value_count = mpl_push_set(L, 3, data->statement, (lua_Integer)i + 1);
    mpl_encode_arguments(L, data->statement, top + 1, value_count, &data->list[i]);
    lua_settop(L, top);
  }
  mp_params **list = data->list;
  data->list = NULL;
  mp_wait_begin(wait, mpl_step_cancel);
  return mpl_step_suspend(L, wait,
                          mpl_target_execute_many(&data->target, data->statement, list,
                                                  count, on_result, wait),
                          finish);
}

/* The rows are waited for one portion after the other. */
static int open_stream(lua_State *L, mp_wait *wait) {
  call *data = mp_wait_data(wait);
  mpl_encode_arguments(L, data->statement, 3, data->arg_count, &data->params);
  return mpl_stream_open(L, &data->target, data->statement, data->arg_count,
                         &data->params);
}

static int run_described(lua_State *L, mp_wait *wait) {
  const call *data = mp_wait_data(wait);
  if (data->shape->push == NULL) return open_stream(L, wait);
  return data->shape->is_many ? execute_many(L, wait) : execute(L, wait);
}

MPL_NORETURN static void raise_ended(lua_State *L) {
  mpl_raise(L, "bad_argument", "let the tasks of a transaction end before it does",
            "another task ended the transaction before this statement was sent");
}

/* While the server described the text another task may have closed the target, or ended
 * the transaction that this statement was meant for. */
static void check_target_again(lua_State *L, call *data) {
  data->target = mpl_target_check(L, 1);
  bool is_same = mpl_target_depth(&data->target) >= data->depth;
  if (data->depth == 0 || (is_same && !mpl_target_is_committing(&data->target))) return;
  raise_ended(L);
}

/* Cancelled, though not by us: whoever did it has ended the target. */
static bool is_abandoned(const mp_wait *wait, const call *data) {
  return data->step.error != NULL && mp_error_status(data->step.error) == MP_CANCELLED &&
         mp_wait_ended_by(wait) == MP_OK;
}

static int after_describe(lua_State *L, mp_wait *wait) {
  call *data = mp_wait_data(wait);
  if (is_abandoned(wait, data) && data->depth > 0) raise_ended(L);
  if (is_abandoned(wait, data)) check_target_again(L, data);
  if (data->step.error != NULL) return finish(L, wait);
  mp_wait_check(L);
  check_target_again(L, data);
  return run_described(L, wait);
}

/* Look the text at 2 up; raises what forbids it. */
static void prepare(lua_State *L, call *data) {
  size_t length = 0;
  const char *sql = mpl_check_text(L, 2, "the SQL text", &length);
  if (mpl_target_statement(&data->target, sql, length, &data->statement,
                           &data->step.error) != MP_OK)
    mpl_raise_error(L, data->step.error);
  data->step.error = mpl_target_refuse(&data->target, data->statement);
  if (data->step.error != NULL) mpl_raise_error(L, data->step.error);
}

static mp_wait *new_call(lua_State *L, const mpl_shape *shape) {
  mpl_target target = mpl_target_check(L, 1);
  int arg_count = lua_gettop(L) - 2;
  mp_wait *wait = mp_wait_new(L, sizeof(call), free_call);
  call *data = mp_wait_data(wait);
  data->target = target;
  data->depth = mpl_target_depth(&target);
  data->shape = shape;
  data->arg_count = arg_count;
  if (mpl_observer_exists(L, 1, &target)) data->begun = mp_system_hrtime();
  return wait;
}

/* target:METHOD(sql, ...); the number of the answer's shape is the upvalue. */
static int run(lua_State *L) {
  const mpl_shape *shape = &mpl_shapes[lua_tointeger(L, lua_upvalueindex(1))];
  if (lua_gettop(L) < 2) lua_settop(L, 2);
  if (shape->is_many && lua_type(L, 3) != LUA_TTABLE)
    mpl_raise(L, "bad_argument", "write db:many(sql, { { 1, 2 }, { 3, 4 } })",
              "many takes a list of parameters, got %s", luaL_typename(L, 3));
  mp_wait *wait = new_call(L, shape);
  call *data = mp_wait_data(wait);
  prepare(L, data);
  if (shape->is_many && lua_rawlen(L, 3) == 0) {
    lua_newtable(L);
    return 1;
  }
  if (mp_statement_is_described(data->statement)) return run_described(L, wait);
  mpl_check_params(L, 3, data->arg_count);
  mp_wait_begin(wait, mpl_step_cancel);
  return mpl_step_suspend(
      L, wait, mpl_target_describe(&data->target, data->statement, on_described, wait),
      after_describe);
}

static int push_description(lua_State *L, mp_wait *wait) {
  const call *data = mp_wait_data(wait);
  if (data->step.error != NULL) mpl_raise_error(L, data->step.error);
  mpl_push_description(L, data->statement);
  return 1;
}

/* target:describe(sql) -> { params = { type }, columns = { { name =, type =, oid = } } }
 */
static int describe(lua_State *L) {
  lua_settop(L, 2);
  mp_wait *wait = new_call(L, NULL);
  call *data = mp_wait_data(wait);
  prepare(L, data);
  if (mp_statement_is_described(data->statement)) return push_description(L, wait);
  mp_wait_begin(wait, mpl_step_cancel);
  return mpl_step_suspend(
      L, wait, mpl_target_describe(&data->target, data->statement, on_described, wait),
      push_description);
}

/* target:script(sql): several statements, no parameters, no answer */
static int run_script(lua_State *L) {
  size_t length = 0;
  if (lua_gettop(L) > 2)
    mpl_raise(L, "bad_argument", "use db:exec for a statement with parameters",
              "a script takes no parameters, got %d", lua_gettop(L) - 2);
  lua_settop(L, 2);
  const char *sql = mpl_check_text(L, 2, "the SQL text", &length);
  mp_wait *wait = new_call(L, NULL);
  const call *data = mp_wait_data(wait);
  mp_wait_begin(wait, mpl_step_cancel);
  return mpl_step_suspend(
      L, wait, mpl_target_script(&data->target, sql, length, on_script, wait), finish);
}

void mpl_open_statements(lua_State *L) {
  for (lua_Integer i = 0; mpl_shapes[i].name != NULL; i++) {
    lua_pushinteger(L, i);
    lua_pushcclosure(L, run, 1);
    lua_setfield(L, -2, mpl_shapes[i].name);
  }
  lua_pushcfunction(L, describe);
  lua_setfield(L, -2, "describe");
  lua_pushcfunction(L, run_script);
  lua_setfield(L, -2, "script");
  mpl_open_groups(L);
}
