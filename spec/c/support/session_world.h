/* session_world.h - one session with a table, session_spec (n int unique deferrable
 * initially deferred), and a second engine to look at it from outside. */
#ifndef MP_SPEC_SESSION_WORLD_H
#define MP_SPEC_SESSION_WORLD_H

#include "support/database.h"

typedef struct spec_world {
  spec_db db, other;
  mp_session *session;
  outcome out; /* of the last call */
} spec_world;

typedef mp_operation *(*session_ending)(mp_session *session, mp_done_cb cb, void *data);

int session_world_open(void **state);
int session_world_close(void **state);
/* On the session; the call returns when it has its outcome, as those below. */
void session_world_run(spec_world *world, const char *sql);
/* On the other engine. */
void session_world_look(spec_world *world, const char *sql);
void session_world_begin(spec_world *world);
void session_world_end(spec_world *world, session_ending call);

#define WITH_WORLD(test)                                                                 \
  cmocka_unit_test_setup_teardown(test, session_world_open, session_world_close)

#endif
