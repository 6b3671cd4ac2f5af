/* group.c - runs recorded statements for Lua, in one round trip, all or nothing. */
#include "group.h"

#include "codec.h"
#include "error.h"
#include "group_scope.h"
#include "shape.h"
#include "statement.h"
#include "target.h"

#include <moonpool/script.h>

#include <lauxlib.h>

#include <string.h>

/* The stack of run_group and its continuations. */
enum { TARGET = 1, ENTRIES, OPTIONS, BY_TEXT };

/* Data of the one wait; owns what it points to. */
typedef struct call {
  mpl_target target;
  mpl_group_scope scope;
  uint32_t depth; /* of transactions when it was called */
  mp_group *group;
  mp_params *params; /* being encoded */
  mp_result *result; /* those not pushed yet */
  mp_result *answer; /* being pushed */
  mp_error *error;
  mp_operation *operation;
  mp_timing timing;
} call;

static void free_call(void *data) {
  call *gone = data;
  mp_group_release(gone->group);
  mp_params_free(gone->params);
  mp_result_free(gone->result);
  mp_result_free(gone->answer);
  mp_error_free(gone->error);
}

static void cancel_call(mp_wait *wait, int status) {
  const call *data = mp_wait_data(wait);
  mp_operation_cancel(data->operation, status);
}

static void on_result(mp_result *result, const mp_error *error, void *data) {
  call *done = mp_wait_data(data);
  done->result = result;
  mp_operation_get_timing(done->operation, &done->timing);
  if (error != NULL) done->error = mp_error_copy(error);
  mp_wait_done(data);
}

static void on_described(const mp_error *error, void *data) {
  on_result(NULL, error, data);
}

static int suspend(lua_State *L, mp_wait *wait, mp_operation *operation,
                   mp_wait_resumed_cb resumed) {
  call *data = mp_wait_data(wait);
  data->operation = operation;
  if (operation != NULL) return mp_wait_suspend(L, wait, resumed);
  mp_wait_done(wait);
  mpl_raise_memory(L);
}

/* Push entry `i`; until the next, an error is about it: `entries.at` tells Lua. */
static void push_entry(lua_State *L, lua_Integer i) {
  lua_pushinteger(L, i);
  lua_setfield(L, ENTRIES, "at");
  lua_rawgeti(L, ENTRIES, i);
}

/* The answer's shape of the entry on top. */
static const mpl_shape *shape_of(lua_State *L) {
  lua_getfield(L, -1, "method");
  const char *name = lua_tostring(L, -1);
  const mpl_shape *shape = mpl_shapes;
  while (shape->name != NULL && strcmp(shape->name, name) != 0)
    shape++;
  lua_pop(L, 1);
  return shape;
}

/* The index of the statement of the entry on top, which joins the group when it is new.
 */
static size_t statement_of(lua_State *L, call *data) {
  size_t length = 0, index = 0;
  lua_getfield(L, -1, "sql");
  const char *sql = mpl_check_text(L, lua_gettop(L), "the SQL text", &length);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, BY_TEXT) == LUA_TNUMBER) {
    index = (size_t)lua_tointeger(L, -1);
    lua_pop(L, 2);
    return index;
  }
  lua_pop(L, 1);
  mp_statement *statement = NULL;
  if (mpl_target_statement(&data->target, sql, length, &statement, &data->error) != MP_OK)
    mpl_raise_error(L, data->error);
  data->error = mpl_target_refuse(&data->target, statement);
  int status = mp_group_add_statement(data->group, statement, &index);
  mp_statement_release(statement);
  if (data->error != NULL) mpl_raise_error(L, data->error);
  if (status != MP_OK) mpl_raise_memory(L);
  lua_pushinteger(L, (lua_Integer)index);
  lua_rawset(L, BY_TEXT);
  return index;
}

static void add_execution(lua_State *L, call *data, size_t index) {
  mp_params *params = data->params;
  data->params = NULL;
  if (mp_group_add_execution(data->group, index, params) != MP_OK) mpl_raise_memory(L);
}

static void encode_once(lua_State *L, call *data, size_t index) {
  int entry = lua_gettop(L);
  lua_getfield(L, entry, "n");
  int count = (int)lua_tointeger(L, -1);
  lua_pop(L, 1);
  luaL_checkstack(L, count + 16, "too many parameters");
  for (int i = 1; i <= count; i++)
    lua_rawgeti(L, entry, i);
  mpl_check_params(L, entry + 1, count);
  mpl_encode_arguments(L, mp_group_statement(data->group, index), entry + 1, count,
                       &data->params);
  lua_settop(L, entry);
  add_execution(L, data, index);
}

/* Once for each of the parameter sets in the list that stands first. */
static void encode_many(lua_State *L, call *data, size_t index) {
  const mp_statement *statement = mp_group_statement(data->group, index);
  if (lua_rawgeti(L, -1, 1) != LUA_TTABLE)
    mpl_raise(L, "bad_argument", "write p:many(sql, { { 1, 2 }, { 3, 4 } })",
              "many takes a list of parameters, got %s", luaL_typename(L, -1));
  int list = lua_gettop(L);
  size_t count = lua_rawlen(L, list);
  for (size_t i = 0; i < count; i++) {
    int value_count = mpl_push_set(L, list, statement, (lua_Integer)i + 1);
    mpl_encode_arguments(L, statement, list + 1, value_count, &data->params);
    lua_settop(L, list);
    add_execution(L, data, index);
  }
  lua_pop(L, 1);
}

static lua_Integer entry_count(lua_State *L) {
  return (lua_Integer)lua_rawlen(L, ENTRIES);
}

static mp_result **next_answer(call *data) {
  mp_result_free(data->answer);
  data->answer = data->result;
  data->result = mp_result_cut(data->answer);
  return &data->answer;
}

/* The answers to as many executions as the list of the entry on top has. */
static void push_many(lua_State *L, call *data) {
  lua_rawgeti(L, -1, 1);
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  lua_pop(L, 1);
  lua_createtable(L, (int)count, 0);
  for (lua_Integer i = 1; i <= count; i++) {
    mpl_push_rows(L, *next_answer(data));
    lua_rawseti(L, -2, i);
  }
}

static void push_answer(lua_State *L, call *data) {
  const mpl_shape *shape = shape_of(L);
  if (shape->is_many)
    push_many(L, data);
  else
    (void)shape->push(L, next_answer(data));
}

/* Each answer stands at its entry's place; `n` counts them, for some may be nil. */
static int push_answers(lua_State *L, call *data) {
  lua_Integer count = entry_count(L);
  lua_pushboolean(L, 1);
  lua_setfield(L, ENTRIES, "is_done");
  lua_createtable(L, (int)count, 1);
  int answers = lua_gettop(L);
  for (lua_Integer i = 1; i <= count; i++) {
    push_entry(L, i);
    push_answer(L, data);
    lua_rawseti(L, answers, i);
    lua_settop(L, answers);
  }
  lua_pushinteger(L, count);
  lua_setfield(L, answers, "n");
  return 1;
}

/* An error of the group as a whole is about none of its entries. */
static void forget_entry(lua_State *L) {
  lua_pushnil(L);
  lua_setfield(L, ENTRIES, "at");
}

/* Whatever came of it: what is read next must not be older. */
static void note_writes(lua_State *L, const call *data) {
  size_t count = mp_group_statement_count(data->group);
  bool writes = data->scope.scope.finish == MP_GROUP_FINISH_COMMIT;
  for (size_t i = 0; i < count && !writes; i++) {
    const mp_statement *statement = mp_group_statement(data->group, i);
    writes = mp_statement_get_class(statement) != MP_STATEMENT_READ;
  }
  if (writes) mp_script_note_write(mp_script_of(L));
}

static void set_seconds(lua_State *L, const char *name, uint64_t time_us) {
  lua_pushnumber(L, (double)time_us / 1e6);
  lua_setfield(L, ENTRIES, name);
}

/* For whoever observes: entries.rows, and seconds as entries.queue, server, network. */
static void tell(lua_State *L, const call *data) {
  size_t rows = 0;
  for (const mp_result *at = data->result; at != NULL; at = mp_result_next(at)) {
    rows += mp_result_column_count(at) > 0 ? mp_result_row_count(at)
                                           : (size_t)mp_result_affected(at);
  }
  lua_pushinteger(L, (lua_Integer)rows);
  lua_setfield(L, ENTRIES, "rows");
  set_seconds(L, "queue", data->timing.queue_us);
  set_seconds(L, "server", data->timing.server_us);
  set_seconds(L, "network", data->timing.network_us);
}

static int finish(lua_State *L, mp_wait *wait) {
  call *data = mp_wait_data(wait);
  note_writes(L, data);
  tell(L, data);
  if (data->error != NULL) mpl_raise_error(L, data->error);
  return push_answers(L, data);
}

static int execute(lua_State *L, mp_wait *wait) {
  call *data = mp_wait_data(wait);
  lua_Integer count = entry_count(L);
  for (lua_Integer i = 1; i <= count; i++) {
    push_entry(L, i);
    size_t index = statement_of(L, data);
    if (shape_of(L)->is_many)
      encode_many(L, data, index);
    else
      encode_once(L, data, index);
    lua_pop(L, 1);
  }
  forget_entry(L);
  const mp_group_scope *scope = mpl_group_scope_on(&data->scope, &data->target);
  if (scope == NULL && mp_group_execution_count(data->group) == 0)
    return push_answers(L, data);
  mp_wait_begin(wait, cancel_call);
  return suspend(
      L, wait,
      mpl_target_execute_group(&data->target, data->group, scope, on_result, wait),
      finish);
}

static int after_describe(lua_State *L, mp_wait *wait) {
  call *data = mp_wait_data(wait);
  if (data->error != NULL) mpl_raise_error(L, data->error);
  mp_wait_check(L);
  data->target = mpl_target_check_again(L, TARGET, data->depth);
  return execute(L, wait);
}

static void collect_statements(lua_State *L, call *data) {
  lua_Integer count = entry_count(L);
  for (lua_Integer i = 1; i <= count; i++) {
    push_entry(L, i);
    (void)statement_of(L, data);
    lua_pop(L, 1);
  }
  forget_entry(L);
}

/* target:run_group(entries [, scope]) -> answers; an entry is { method = , sql = , n = ,
 * values... }. `entries.at` tells which one an error is about, `entries.is_done` that all
 * were executed. The scope is what the group begins and finishes (group_scope.h). */
static int run_group(lua_State *L) {
  lua_settop(L, OPTIONS);
  luaL_checktype(L, ENTRIES, LUA_TTABLE);
  mpl_target target = mpl_target_check(L, TARGET);
  lua_newtable(L);
  mp_wait *wait = mp_wait_new(L, sizeof(call), free_call);
  call *data = mp_wait_data(wait);
  data->target = target;
  data->depth = mpl_target_depth(&target);
  mpl_group_scope_read(L, OPTIONS, &data->scope);
  data->group = mp_group_new();
  if (data->group == NULL) mpl_raise_memory(L);
  collect_statements(L, data);
  if (mp_group_is_described(data->group)) return execute(L, wait);
  mp_wait_begin(wait, cancel_call);
  return suspend(
      L, wait, mpl_target_describe_group(&data->target, data->group, on_described, wait),
      after_describe);
}

/* call_without_waiting(fn, ...) -> results of fn, in which every wait is refused */
static int call_without_waiting(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  if (mp_wait_forbid(L, lua_gettop(L) - 1, LUA_MULTRET) != LUA_OK) return lua_error(L);
  return lua_gettop(L);
}

void mpl_open_groups(lua_State *L) {
  lua_pushcfunction(L, run_group);
  lua_setfield(L, -2, "run_group");
}

void mpl_open_group(lua_State *L) {
  lua_pushcfunction(L, call_without_waiting);
  lua_setfield(L, -2, "call_without_waiting");
}
