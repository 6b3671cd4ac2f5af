/* session_world.c - a session and somebody who looks on. */
#include "support/session_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

int session_world_open(void **state) {
  static spec_world world;
  memset(&world, 0, sizeof(world));
  mp_pool_options pool = MP_POOL_OPTIONS_INIT;
  pool.max = 1;
  database_open(&world.db, NULL, &pool);
  database_open(&world.other, NULL, &pool);
  query(&world.other, "drop table if exists session_spec", &world.out);
  outcome_free(&world.out);
  query(&world.other,
        "create table session_spec (n int unique deferrable initially deferred)",
        &world.out);
  outcome_free(&world.out);
  session_open(&world.db, &world.out);
  world.session = world.out.session;
  *state = &world;
  return 0;
}

int session_world_close(void **state) {
  spec_world *world = *state;
  outcome_free(&world->out);
  mp_session_close(world->session);
  query(&world->other, "drop table session_spec", &world->out);
  outcome_free(&world->out);
  database_close(&world->db);
  database_close(&world->other);
  return 0;
}

void session_world_run(spec_world *world, const char *sql) {
  outcome_free(&world->out);
  session_query(&world->db, world->session, sql, &world->out);
}

void session_world_look(spec_world *world, const char *sql) {
  outcome_free(&world->out);
  query(&world->other, sql, &world->out);
}

void session_world_end(spec_world *world, session_ending call) {
  world->out.done = false;
  assert_non_null(call(world->session, on_done, &world->out));
  wait_for(&world->db, &world->out);
}

void session_world_begin(spec_world *world) {
  world->out.done = false;
  assert_non_null(mp_session_begin(world->session, NULL, on_done, &world->out));
  wait_for(&world->db, &world->out);
  assert_int_equal(world->out.status, MP_OK);
}
