/* read_only.c - what an engine that only reads refuses before it is sent. */
#include "base/error.h"
#include "engine/engine.h"

bool mp_engine_is_read_only(const mp_engine *engine) {
  return engine->read_only;
}

mp_error *mp_engine_refuse_write(const mp_engine *engine, const mp_statement *statement) {
  mp_statement_class kind = mp_statement_get_class(statement);
  if (!engine->read_only || kind == MP_STATEMENT_READ || kind == MP_STATEMENT_EMPTY) {
    return NULL;
  }
  mp_error *error = mp__error_new(
      MP_BAD_ARGUMENT, "this engine only reads: the statement writes, or locks rows");
  mp__error_set(error, MP_FIELD_HINT,
                "call it on the engine itself, db:exec, not on db:read()");
  mp__error_set(error, MP_FIELD_QUERY, mp_statement_text(statement));
  return error;
}
