/* test_fingerprint.c - texts that differ in their values alone have one fingerprint. */
#include "base/alloc.h"
#include "engine/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
  const char *text, *fingerprint;
} cases[] = {
    {"", ""},
    {"select 1", "select ?"},
    {"  select\n\t 1 -- one\n", "select ?"},
    {"select /* a /* nested */ one */ 'x'", "select ?"},
    {"select * from t where a = $1 and b = :name",
     "select * from t where a = ? and b = ?"},
    {"select E'\\'', $$a$$, 1.5e3", "select ?"},
    {"where id in (1, 2, 3)", "where id in (?)"},
    {"where id in (1,2,3)", "where id in (?)"},
    {"values (1, 'a'), (2, 'b'), (3, 'c')", "values (?)"},
    {"insert into t values ($1,$2),($3,$4)", "insert into t values (?)"},
    {"select a.\"B c\"::text[]", "select a.\"B c\"::text[]"},
    {"select f(1) + f(2)", "select f(?) + f(?)"},
    {"select 'unclosed", "select ?"},
};

static void is_what_texts_have_in_common(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
    char *found = mp__fingerprint(cases[i].text, strlen(cases[i].text));

    assert_string_equal(found, cases[i].fingerprint);
    mp__free(found);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(is_what_texts_have_in_common),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
