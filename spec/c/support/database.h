/* database.h - an engine on the server that the suite was given, and calls that wait for
 * it. */
#ifndef MP_SPEC_DATABASE_H
#define MP_SPEC_DATABASE_H

#include <moonpool/session.h>

/* Everything a test has open; made by database_open, gone with database_close. */
typedef struct spec_db {
  mp_loop *loop;
  mp_engine *engine;
} spec_db;

/* The outcome of one operation; `count` tells how often its callback ran. */
typedef struct outcome {
  bool done;
  int count, status;
  char kind[64], message[256], sqlstate[6];
  mp_result *result;
  mp_session *session;
} outcome;

/* NULL: the suite's DATABASE_URL. */
void database_open(spec_db *db, const char *url, const mp_pool_options *pool);
void database_close(spec_db *db);
/* Another engine on the suite's server, on the same loop; to be closed before it. */
void database_open_beside(spec_db *db, const spec_db *other);
void database_close_beside(spec_db *db);

/* Each runs the loop until the callback came. */
void query(spec_db *db, const char *sql, outcome *out);
void session_open(spec_db *db, outcome *out);
void session_query(spec_db *db, mp_session *session, const char *sql, outcome *out);
void wait_for(spec_db *db, outcome *out);
void outcome_free(outcome *out);
/* The first cell as text. */
const char *cell(const outcome *out);

/* Callbacks for operations started by hand; `data` is an outcome. */
void on_result(mp_result *result, const mp_error *error, void *data);
void on_done(const mp_error *error, void *data);
void on_session(mp_session *session, const mp_error *error, void *data);
mp_statement *statement_of(spec_db *db, const char *sql);

#endif
