/* test_script.c - tasks, waits, scopes, coroutines, loading and exit, with timers alone.
 */
#include "support/lua/task_functions.h"

#include <moonpool/script.h>

#include <lauxlib.h>
#include <lua.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct fixture {
  mp_loop *loop;
  mp_script *script;
  char reported[4096];
} fixture;

static void on_error(const char *text, void *data) {
  fixture *fix = data;
  strncat(fix->reported, text, sizeof(fix->reported) - strlen(fix->reported) - 1);
}

static const char greeting[] = "nap() return { text = 'hello' }";
static const mp_script_module modules[] = {
    {"greeting", "@greeting.lua", greeting, sizeof(greeting) - 1},
    {"broken", "@broken.lua", "local = 1", 9},
    {"loop_a", "@loop_a.lua", "return require 'loop_b'", 23},
    {"loop_b", "@loop_b.lua", "return require 'loop_a'", 23},
};

static int set_up(void **state) {
  fixture *fix = test_calloc(1, sizeof(*fix));
  mp_script_options options = MP_SCRIPT_OPTIONS_INIT;
  options.on_error = on_error;
  options.on_error_data = fix;
  options.modules = modules;
  options.module_count = sizeof(modules) / sizeof(modules[0]);
  assert_int_equal(mp_loop_open(NULL, &fix->loop), MP_OK);
  assert_int_equal(mp_script_open(fix->loop, &options, &fix->script), MP_OK);
  lua_State *L = mp_script_state(fix->script);
  lua_pushcfunction(L, task_functions_install);
  assert_int_equal(lua_pcall(L, 0, 0, 0), LUA_OK);
  *state = fix;
  return 0;
}

static int tear_down(void **state) {
  fixture *fix = *state;
  mp_script_close(fix->script);
  mp_loop_close(fix->loop);
  test_free(fix);
  return 0;
}

static int run(fixture *fix, const char *text) {
  return mp_script_run(fix->script, text, "=test", 0, NULL);
}

/* Run Lua whose asserts are the test. */
static void check(void **state, const char *text) {
  fixture *fix = *state;
  int code = run(fix, text);
  if (fix->reported[0] != '\0') print_error("%s\n", fix->reported);
  assert_int_equal(code, 0);
  assert_string_equal(fix->reported, "");
}

/* What a dead coroutine still has open is closed when it is collected, after its task. */
static void collects_what_dead_coroutines_hold(void **state) {
  check(state, "local t = spawn(function()\n"
               "  local co = coroutine.create(function()\n"
               "    deadline(5, function() nap(0 / 0 == 0 and 1 or {}) end) end)\n"
               "  coroutine.resume(co)\n"
               "  local gen = coroutine.wrap(function()\n"
               "    deadline(5, function() coroutine.yield() end) end) gen()\n"
               "end)\n"
               "t:await() t = nil collectgarbage() collectgarbage() nap()");
}

static void closes_with_coroutines_waiting(void **state) {
  fixture *fix = *state;
  assert_int_equal(run(fix,
                       "spawn(function() coroutine.wrap(function()\n"
                       "  deadline(60, function() shield(function() nap(60) end) end)\n"
                       "end)() end)\n"
                       "nap() abandon()"),
                   4);
}

static void returns_the_programs_code(void **state) {
  assert_int_equal(run(*state, "return 7"), 7);
}

static void runs_until_every_task_has_ended(void **state) {
  check(state, "done = false spawn(function() nap(0.01) done = true end)");
  check(state, "assert(done)");
}

static void awaits_results_and_errors(void **state) {
  check(state, "local t = spawn(function(a, b) nap() return a, nil, b end, 1, 3)\n"
               "local a, b, c = t:await() assert(a == 1 and b == nil and c == 3)\n"
               "assert(select('#', t:await()) == 3)\n"
               "local e = {} local f = spawn(function() nap() error(e) end)\n"
               "local ok, err = pcall(f.await, f) assert(not ok and err == e)\n"
               "local ok, err = f:join() assert(ok == false and err == e)");
}

static void wakes_several_awaiters(void **state) {
  check(state, "local t = spawn(function() nap(0.005) return 5 end)\n"
               "local function get() return t:await() end\n"
               "local a, b = spawn(get), spawn(get)\n"
               "assert(a:await() + b:await() == 10)");
}

static void refuses_to_await_itself_or_a_cycle(void **state) {
  check(state,
        "local t t = spawn(function() return t:await() end)\n"
        "local ok, e = t:join() assert(not ok and e:find 'await itself', e)\n"
        "local a, b a = spawn(function() return b:await() end)\n"
        "b = spawn(function() nap() return a:await() end)\n"
        "local ok, e = b:join() assert(not ok and e:find 'each other', e) a:join()");
}

static void reports_an_error_nobody_awaits(void **state) {
  fixture *fix = *state;
  assert_int_equal(run(fix, "spawn(function() nap() error('lost', 0) end)"), 1);
  assert_non_null(strstr(fix->reported, "lost"));
  assert_non_null(strstr(fix->reported, "traceback"));
}

static void reports_the_main_tasks_error(void **state) {
  fixture *fix = *state;
  assert_int_equal(run(fix, "nap() error 'broken'"), 1);
  assert_non_null(strstr(fix->reported, "test:1: broken"));
}

static void survives_odd_errors(void **state) {
  fixture *fix = *state;
  assert_int_equal(run(fix, "error(nil)"), 1);
  assert_int_equal(run(fix, "error(setmetatable({}, { __tostring = error }))"), 1);
  assert_int_equal(
      run(fix, "error(setmetatable({}, { __tostring = function() return 1 end }))"), 1);
}

static void cancels_at_each_wait(void **state) {
  check(state,
        "local seen = {}\n"
        "local t = spawn(function()\n"
        "  for i = 1, 3 do local ok, e = pcall(nap, 10) seen[i] = tostring(e) end\n"
        "end)\n"
        "nap() t:cancel() t:join()\n"
        "for i = 1, 3 do assert(seen[i]:find 'cancelled', seen[i]) end");
}

static void cancels_before_the_start(void **state) {
  check(state,
        "local ran = false local t = spawn(function() ran = true end) t:cancel()\n"
        "local ok, e = t:join() assert(not ok and e:find 'cancelled' and not ran)\n"
        "t:cancel()");
}

static void shields_clean_up(void **state) {
  check(state, "local cleaned = false\n"
               "local t = spawn(function()\n"
               "  local guard <close> = setmetatable({}, { __close = function()\n"
               "    shield(function() nap(0.01) cleaned = true end) end })\n"
               "  nap(10)\n"
               "end)\n"
               "nap() t:cancel() assert(not t:join()) assert(cleaned)");
}

static void ends_waits_at_a_deadline(void **state) {
  check(state, "local ok, e = pcall(deadline, 0.01, function()\n"
               "  pcall(nap, 10) nap(10) end)\n"
               "assert(not ok and e:find 'timeout' and e:find '0.01', e)\n"
               "nap()\n"
               "assert(deadline(10, function() nap() return 3 end) == 3)");
}

static void nests_deadlines(void **state) {
  check(state, "local ok, e = pcall(deadline, 0.01, function()\n"
               "  return deadline(5, function() nap(10) end) end)\n"
               "assert(not ok and e:find '0.01', e)\n"
               "assert(deadline(5, function()\n"
               "  assert(not pcall(deadline, 0.01, function() nap(10) end)) nap() return "
               "true end))");
}

static void keeps_a_generators_deadline_to_itself(void **state) {
  check(state, "local gen = coroutine.wrap(function()\n"
               "  deadline(0.01, function() coroutine.yield(1) nap() end) end)\n"
               "assert(gen() == 1) nap(0.02)\n"
               "local ok, e = pcall(gen) assert(not ok and e:find 'timeout', e)");
}

static void waits_inside_coroutines(void **state) {
  check(
      state,
      "local function numbers()\n"
      "  return coroutine.wrap(function() for i = 1, 3 do nap() coroutine.yield(i) end "
      "end)\n"
      "end\n"
      "local outer = coroutine.wrap(function()\n"
      "  for n in numbers() do nap() coroutine.yield(n * 2) end end)\n"
      "local sum = 0 for n in outer do sum = sum + n end assert(sum == 12)\n"
      "local co = coroutine.create(function(a) nap() local b = coroutine.yield(a) nap()\n"
      "  error('x' .. b, 0) end)\n"
      "local ok, v = coroutine.resume(co, 4) assert(ok and v == 4)\n"
      "assert(coroutine.status(co) == 'suspended')\n"
      "local ok, e = coroutine.resume(co, 5) assert(not ok and e == 'x5')\n"
      "assert(coroutine.status(co) == 'dead')");
}

static void guards_a_waiting_coroutine(void **state) {
  check(state,
        "local co = coroutine.create(function() nap(0.01) return 1 end)\n"
        "local t = spawn(function() return coroutine.resume(co) end) nap()\n"
        "assert(coroutine.status(co) == 'normal')\n"
        "local ok, e = coroutine.resume(co) assert(not ok and e:find 'non%-suspended')\n"
        "assert(not pcall(coroutine.close, co))\n"
        "local ok, v = t:await() assert(ok and v == 1)");
}

static void refuses_to_wait_where_lua_cannot(void **state) {
  check(state, "local ok, e = pcall(table.sort, { 2, 1 }, function() nap() end)\n"
               "assert(not ok and e:find 'cannot wait here', e)\n"
               "local ok, e = pcall(string.gsub, 'x', 'x', function() nap() end)\n"
               "assert(not ok and e:find 'bad_argument', e)");
}

static void waits_while_requiring(void **state) {
  check(state,
        "local a = spawn(function() return require 'greeting' end)\n"
        "local g, where = require 'greeting'\n"
        "assert(g.text == 'hello' and where == '@greeting.lua')\n"
        "assert(a:await() == g and require 'greeting' == g)\n"
        "local ok, e = pcall(require, 'loop_a') assert(not ok and e:find 'loop', e)\n"
        "local ok, e = pcall(require, 'broken') assert(not ok and e:find 'broken.lua:1', "
        "e)\n"
        "local ok, e = pcall(require, 'no_such') assert(not ok and e:find 'no_such.lua', "
        "e)\n"
        "assert(require 'string' == string)");
}

static void refuses_bytecode(void **state) {
  check(state,
        "local code = string.dump(function() end)\n"
        "assert(not load(code)) assert(not load(code, 'x', 'b')) assert(not load(code, "
        "'x', 'bt'))\n"
        "assert(load('return ...', 'x', 't', {})(4) == 4)\n"
        "local path = os.tmpname() local f <close> = io.open(path, 'wb') f:write(code) "
        "f:flush()\n"
        "assert(not loadfile(path)) assert(not pcall(dofile, path)) os.remove(path)");
}

static void exits_in_order(void **state) {
  fixture *fix = *state;
  const char *text = "closed = false\n"
                     "spawn(function()\n"
                     "  local g <close> = setmetatable({}, { __close = function()\n"
                     "    shield(function() nap(0.01) closed = true end) end })\n"
                     "  nap(10)\n"
                     "end)\n"
                     "nap() pcall(os.exit, 3) error 'not reached'";
  assert_int_equal(run(fix, text), 3);
  assert_string_equal(fix->reported, "");
  lua_getglobal(mp_script_state(fix->script), "closed");
  assert_true(lua_toboolean(mp_script_state(fix->script), -1));
  lua_pop(mp_script_state(fix->script), 1);
}

static void reports_a_deadlock(void **state) {
  fixture *fix = *state;
  const char *text = "local t = spawn(function() coroutine.yield() end)\n"
                     "local gate = spawn(function() nap(3600) end)\n"
                     "gate:cancel() t:join() gate:join()";
  assert_int_equal(run(fix, text), 0);
}

static void waits_outside_of_tasks(void **state) {
  fixture *fix = *state;
  lua_State *L = mp_script_state(fix->script);
  assert_int_equal(luaL_dostring(L,
                                 "local t = spawn(function() nap() return 9 end) nap()\n"
                                 "return t:await()"),
                   LUA_OK);
  assert_int_equal(lua_tointeger(L, -1), 9);
  lua_settop(L, 0);
}

static void runs_ten_thousand_tasks(void **state) {
  check(state, "local n, done = 10000, 0\n"
               "for i = 1, n do spawn(function() nap() nap() done = done + 1 end) end\n"
               "while done < n do nap() end");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(collects_what_dead_coroutines_hold),
      TEST(closes_with_coroutines_waiting),
      TEST(returns_the_programs_code),
      TEST(runs_until_every_task_has_ended),
      TEST(awaits_results_and_errors),
      TEST(wakes_several_awaiters),
      TEST(refuses_to_await_itself_or_a_cycle),
      TEST(reports_an_error_nobody_awaits),
      TEST(reports_the_main_tasks_error),
      TEST(survives_odd_errors),
      TEST(cancels_at_each_wait),
      TEST(cancels_before_the_start),
      TEST(shields_clean_up),
      TEST(ends_waits_at_a_deadline),
      TEST(nests_deadlines),
      TEST(keeps_a_generators_deadline_to_itself),
      TEST(waits_inside_coroutines),
      TEST(guards_a_waiting_coroutine),
      TEST(refuses_to_wait_where_lua_cannot),
      TEST(waits_while_requiring),
      TEST(refuses_bytecode),
      TEST(exits_in_order),
      TEST(reports_a_deadlock),
      TEST(waits_outside_of_tasks),
      TEST(runs_ten_thousand_tasks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
