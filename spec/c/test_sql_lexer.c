/* test_sql_lexer.c - statements are told apart by their keywords, wherever these hide. */
#include "base/error.h"
#include "engine/engine.h"
#include "engine/sql_lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct class_case {
  const char *sql;
  mp_statement_class kind;
} class_case;

static const class_case class_cases[] = {
    {"", MP_STATEMENT_EMPTY},
    {"  -- only a comment", MP_STATEMENT_EMPTY},
    {"/* a /* nested */ comment */ ;", MP_STATEMENT_EMPTY},
    {"select 1", MP_STATEMENT_READ},
    {"SELECT 1", MP_STATEMENT_READ},
    {"(select 1) union (select 2)", MP_STATEMENT_READ},
    {"values (1), (2)", MP_STATEMENT_READ},
    {"table users", MP_STATEMENT_READ},
    {"show search_path", MP_STATEMENT_READ},
    {"with a as (select 1) select * from a", MP_STATEMENT_READ},
    {"with a as (insert into t values (1) returning 1) select * from a",
     MP_STATEMENT_WRITE},
    {"with a as (select 1) delete from t", MP_STATEMENT_WRITE},
    {"with a as (select 'delete') select * from a", MP_STATEMENT_READ},
    {"with a as (select \"update\" from t) select * from a", MP_STATEMENT_READ},
    {"select * from t for update", MP_STATEMENT_WRITE},
    {"select * from t FOR NO KEY UPDATE", MP_STATEMENT_WRITE},
    {"select * from t for share skip locked", MP_STATEMENT_WRITE},
    {"select * from t for /* x */ key share", MP_STATEMENT_WRITE},
    {"select substring(a from 2 for 3) from t", MP_STATEMENT_READ},
    {"select 'for update'", MP_STATEMENT_READ},
    {"select * into u from t", MP_STATEMENT_WRITE},
    {"select * into temp u from t", MP_STATEMENT_SESSION},
    {"select * into local temporary table u from t", MP_STATEMENT_SESSION},
    {"select * into \"pg_temp\".u from t", MP_STATEMENT_SESSION},
    {"insert into temp values (1)", MP_STATEMENT_WRITE},
    {"with a as (select 1) insert into temporary select * from a", MP_STATEMENT_WRITE},
    {"explain execute p", MP_STATEMENT_SESSION},
    {"explain (analyze) create temp table t as select 1", MP_STATEMENT_SESSION},
    {"explain create table t as select 1", MP_STATEMENT_READ},
    {"explain analyze create table t as select 1", MP_STATEMENT_WRITE},
    {"select pg_notify('a', 'b')", MP_STATEMENT_WRITE},
    {"select \"nextval\"('s')", MP_STATEMENT_WRITE},
    {"explain select nextval('s')", MP_STATEMENT_READ},
    {"select 'nextval'", MP_STATEMENT_READ},
    {"explain select 1", MP_STATEMENT_READ},
    {"explain insert into t values (1)", MP_STATEMENT_READ},
    {"explain analyze insert into t values (1)", MP_STATEMENT_WRITE},
    {"explain (analyze, buffers) delete from t", MP_STATEMENT_WRITE},
    {"explain analyze select 1", MP_STATEMENT_READ},
    {"insert into t values (1)", MP_STATEMENT_WRITE},
    {"update t set a = 1", MP_STATEMENT_WRITE},
    {"create table t ()", MP_STATEMENT_WRITE},
    {"create temp table t ()", MP_STATEMENT_SESSION},
    {"CREATE\tTEMPORARY -- really\n TABLE t ()", MP_STATEMENT_SESSION},
    {"create or replace temporary view v as select 1", MP_STATEMENT_SESSION},
    {"create table temperature (temp int)", MP_STATEMENT_WRITE},
    {"create table pg_temp.t ()", MP_STATEMENT_SESSION},
    {"call f()", MP_STATEMENT_WRITE},
    {"do $$ begin commit; end $$", MP_STATEMENT_WRITE},
    {"begin", MP_STATEMENT_TRANSACTION},
    {"/* x */ BeGiN isolation level serializable", MP_STATEMENT_TRANSACTION},
    {"start transaction", MP_STATEMENT_TRANSACTION},
    {"commit", MP_STATEMENT_TRANSACTION},
    {"end", MP_STATEMENT_TRANSACTION},
    {"rollback to savepoint a", MP_STATEMENT_TRANSACTION},
    {"abort", MP_STATEMENT_TRANSACTION},
    {"savepoint a", MP_STATEMENT_TRANSACTION},
    {"release a", MP_STATEMENT_TRANSACTION},
    {"prepare transaction 'x'", MP_STATEMENT_TRANSACTION},
    {"prepare p as select 1", MP_STATEMENT_SESSION},
    {"set search_path = app", MP_STATEMENT_SESSION},
    {"set local search_path = app", MP_STATEMENT_SESSION},
    {"--c\nRESET all", MP_STATEMENT_SESSION},
    {"discard all", MP_STATEMENT_SESSION},
    {"declare c cursor for select 1", MP_STATEMENT_SESSION},
    {"lock table t", MP_STATEMENT_SESSION},
    {"listen a", MP_STATEMENT_LISTEN},
    {"unlisten *", MP_STATEMENT_LISTEN},
    {"notify a, 'x'", MP_STATEMENT_WRITE},
    {"copy t from stdin", MP_STATEMENT_COPY},
    {"COPY (select 1) TO /* x */ STDOUT with (format csv)", MP_STATEMENT_COPY},
    {"copy t to '/tmp/file'", MP_STATEMENT_WRITE},
};

static void tells_classes_apart(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(class_cases) / sizeof(class_cases[0]); i++) {
    const class_case *test = &class_cases[i];
    mp__verdict verdict = mp__classify(test->sql, strlen(test->sql));
    if (verdict.kind != test->kind)
      fail_msg("%s: class %d", test->sql, (int)verdict.kind);
  }
}

typedef struct many_case {
  const char *sql;
  bool has_many;
} many_case;

static const many_case many_cases[] = {
    {"select 1; select 2", true},
    {"select 1;", false},
    {"select 1; -- done", false},
    {";;select 1;;", false},
    {"select ';' ; /* ; */", false},
    {"select $$;$$ || $x$ ; $$ ; $x$", false},
    {"select 1; begin", true},
    {"create function f() returns int begin atomic select 1; select 2; end", false},
    {"create rule r as on insert to t do also (delete from u; delete from v)", false},
};

static void counts_statements(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(many_cases) / sizeof(many_cases[0]); i++) {
    const many_case *test = &many_cases[i];
    if (mp__classify(test->sql, strlen(test->sql)).has_many != test->has_many) {
      fail_msg("%s", test->sql);
    }
  }
}

typedef struct wire_case {
  const char *sql, *wire;
} wire_case;

/* NULL: the text goes out as it is. */
static const wire_case wire_cases[] = {
    {"select :a", "select $1"},
    {"select :a, :b, :a", "select $1, $2, $1"},
    {"select :a::int", "select $1::int"},
    {"select 1::int", NULL},
    {"select ':a'", NULL},
    {"select ':a' || :b", "select ':a' || $1"},
    {"select \":a\" from t where x = :x", "select \":a\" from t where x = $1"},
    {"select 1 -- :a\n", NULL},
    {"select /* :a /* :b */ :c */ :d", "select /* :a /* :b */ :c */ $1"},
    {"select $$ :a $$, :b", "select $$ :a $$, $1"},
    {"select $q$ :a $$ :b $q$", NULL},
    {"select E'it\\'s :a', :b", "select E'it\\'s :a', $1"},
    {"select 'it\\', :b", "select 'it\\', $1"},
    {"select U&'\\0041 :a', :b", "select U&'\\0041 :a', $1"},
    {"select a[1:2]", NULL},
    {"select a[n:m]", NULL},
    {"select a[:x]", "select a[$1]"},
    {"select array[case when :x then :y else :x end]",
     "select array[case when $1 then $2 else $1 end]"},
    {"select array[t at time zone :z]", "select array[t at time zone $1]"},
    {"select array[a[lo:hi], :x]", "select array[a[lo:hi], $1]"},
    {"select a[1:2], :b", "select a[1:2], $1"},
    {"select f(x := 1)", NULL},
    {"select :a, $1", NULL}, /* a text that numbers its own parameters */
    {"select a from t where b=:b and c>=:c", "select a from t where b=$1 and c>=$2"},
    {"select :name_1", "select $1"},
};

static void numbers_named_parameters(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(wire_cases) / sizeof(wire_cases[0]); i++) {
    const wire_case *test = &wire_cases[i];
    mp_statement *statement = NULL;
    mp_error *error = NULL;
    assert_int_equal(mp__statement_make(test->sql, strlen(test->sql), &statement, &error),
                     MP_OK);
    assert_string_equal(statement->wire, test->wire == NULL ? test->sql : test->wire);
    mp_statement_release(statement);
  }
}

static void remembers_names_in_order(void **state) {
  (void)state;
  const char *sql = "select :b, :a, :b";
  mp_statement *statement = NULL;
  mp_error *error = NULL;
  assert_int_equal(mp__statement_make(sql, strlen(sql), &statement, &error), MP_OK);
  assert_int_equal(mp_statement_name_count(statement), 2);
  assert_string_equal(mp_statement_name(statement, 0), "b");
  assert_string_equal(mp_statement_name(statement, 1), "a");
  mp_statement_release(statement);
}

static void refuses_a_nul_byte(void **state) {
  (void)state;
  mp_statement *statement = NULL;
  mp_error *error = NULL;
  assert_int_equal(mp__statement_make("select\0 1", 9, &statement, &error),
                   MP_BAD_ARGUMENT);
  assert_non_null(strstr(mp_error_message(error), "offset 6"));
  mp_error_free(error);
}

static const many_case control_cases[] = {
    {"select 1; commit", true},
    {"commit", true},
    {"insert into t values (1); /* x */ ROLLBACK; select 1", true},
    {"select 'commit'; select $$; commit $$", false},
    {"create table t (); insert into t default values", false},
    {"create function f() returns int begin atomic select 1; end; select 1", false},
    {"create function f() returns int begin atomic select 1; end; end", true},
    {"create rule r as on insert to t do also (delete from u; delete from v)", false},
    {"", false},
};

static void finds_transaction_control_in_scripts(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(control_cases) / sizeof(control_cases[0]); i++) {
    const many_case *test = &control_cases[i];
    if (mp__controls_transaction(test->sql, strlen(test->sql)) != test->has_many) {
      fail_msg("%s", test->sql);
    }
  }
}

static const char *const unfinished[] = {
    "select '",   "select \"",   "select $$",  "select $a$ $a",
    "/* /*",      "select E'\\", "select U&'", "$",
    "select $1$", ":",           "select a[",  "select ((",
    "--",         "e'",          "select 1e+", "::",
    "\xff\xfe",
};

static void survives_unfinished_text(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(unfinished) / sizeof(unfinished[0]); i++) {
    (void)mp__classify(unfinished[i], strlen(unfinished[i]));
  }
}

/* Any bytes end: each token takes at least one. */
static void survives_random_text(void **state) {
  (void)state;
  static const char alphabet[] = "'\"$:;()[]-/*\\aeuE&x1. \n=selectforupdate";
  uint64_t seed = 88172645463325252u;
  char text[64];
  for (int round = 0; round < 200000; round++) {
    for (size_t i = 0; i < sizeof(text); i++) {
      seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
      text[i] = alphabet[seed % (sizeof(alphabet) - 1)];
    }
    mp__lexer lexer;
    mp__lexer_init(&lexer, text, (size_t)(round % 64));
    size_t tokens = 0;
    while (mp__lexer_next(&lexer).kind != MP__TOKEN_END)
      assert_true(++tokens <= 64);
    assert_true(lexer.at <= lexer.length);
  }
}

static void notices_what_touches_the_session(void **state) {
  (void)state;
  static const char *const touching[] = {"select set_config('a.b', 'x', false)",
                                         "select PG_ADVISORY_LOCK(1)",
                                         "set a.b = 1",
                                         "listen a",
                                         "do $$ begin end $$",
                                         "select \"set_config\"('a.b', 'x', false)",
                                         "select U&\"set\\005fconfig\"('a', 'x', false)"};
  for (size_t i = 0; i < sizeof(touching) / sizeof(touching[0]); i++) {
    assert_true(mp__classify(touching[i], strlen(touching[i])).touches_session);
  }
  assert_false(mp__classify("select 'set_config'", 19).touches_session);
  assert_false(mp__classify("select pg_advisory_xact_lock(1)", 31).touches_session);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tells_classes_apart),
      cmocka_unit_test(counts_statements),
      cmocka_unit_test(finds_transaction_control_in_scripts),
      cmocka_unit_test(numbers_named_parameters),
      cmocka_unit_test(remembers_names_in_order),
      cmocka_unit_test(refuses_a_nul_byte),
      cmocka_unit_test(survives_unfinished_text),
      cmocka_unit_test(survives_random_text),
      cmocka_unit_test(notices_what_touches_the_session),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
