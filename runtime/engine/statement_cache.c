/* statement_cache.c - the texts an engine knows, and what must not run on it. */
#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "engine/engine.h"
#include "engine/sql_lexer.h"

#include <stdalign.h>
#include <string.h>

/* The place of a name among the statement's names, which it joins when it is new. */
static size_t name_index(mp_statement *statement, const char *name, size_t length) {
  for (size_t i = 0; i < statement->name_count; i++) {
    if (strlen(statement->names[i]) == length &&
        memcmp(statement->names[i], name, length) == 0) {
      return i;
    }
  }
  char **names =
      mp__realloc(statement->names, (statement->name_count + 1) * sizeof(char *));
  if (names == NULL) return SIZE_MAX;
  statement->names = names;
  names[statement->name_count] = mp__strndup(name, length);
  if (names[statement->name_count] == NULL) return SIZE_MAX;
  return statement->name_count++;
}

/* The text with :name as $n; comments and literals are copied as they are. */
static bool number_names(mp_statement *statement) {
  mp__buffer wire = MP__BUFFER_INIT;
  mp__lexer lexer;
  size_t copied = 0;
  mp__lexer_init(&lexer, statement->text, statement->length);
  mp__token token;
  while ((token = mp__lexer_next(&lexer)).kind != MP__TOKEN_END) {
    if (token.kind != MP__TOKEN_NAMED) continue;
    size_t index =
        name_index(statement, statement->text + token.start + 1, token.length - 1);
    if (index == SIZE_MAX) wire.failed = true;
    mp__buffer_append(&wire, statement->text + copied, token.start - copied);
    mp__buffer_format(&wire, "$%zu", index + 1);
    copied = token.start + token.length;
  }
  mp__buffer_append(&wire, statement->text + copied, statement->length - copied);
  char *text = mp__buffer_take(&wire);
  if (text != NULL) statement->wire = text;
  return text != NULL;
}

int mp__statement_make(const char *sql, size_t length, mp_statement **out,
                       mp_error **error) {
  const char *nul = memchr(sql, '\0', length);
  if (nul != NULL) {
    *error =
        mp__error_new(MP_BAD_ARGUMENT, "the statement contains a NUL byte at offset %zu",
                      (size_t)(nul - sql));
    return MP_BAD_ARGUMENT;
  }
  mp_statement *statement = mp__statement_new(sql, length);
  if (statement == NULL) goto no_memory;
  mp__verdict verdict = mp__classify(sql, length);
  statement->kind = verdict.kind;
  statement->touches_session = verdict.touches_session;
  statement->changes_schema = verdict.changes_schema;
  statement->has_many = verdict.has_many;
  statement->changes_types = verdict.changes_types;
  if (verdict.has_named && verdict.positional == 0 && !number_names(statement)) {
    mp_statement_release(statement);
    goto no_memory;
  }
  size_t params = verdict.positional;
  if (statement->name_count > params) params = statement->name_count;
  statement->is_wide = params > MP__DESCRIBED_PARAMS_MAX;
  *out = statement;
  return MP_OK;

no_memory:
  *error = mp__error_oom();
  return MP_OUT_OF_MEMORY;
}

static mp__recent_text *recent_of(mp_engine *engine, const char *sql) {
  size_t place = (size_t)((uintptr_t)sql / alignof(max_align_t));
  return &engine->recent_texts[place & (MP__RECENT_TEXTS - 1)];
}

/* By its address, which saves hashing it; another text may be there by now. */
static mp_statement *find(mp_engine *engine, const char *sql, size_t length) {
  mp__recent_text *recent = recent_of(engine, sql);
  mp_statement *known = recent->sql == sql ? recent->statement : NULL;
  if (known != NULL && known->length == length && memcmp(known->text, sql, length) == 0)
    return known;
  known = mp__map_get(engine->statements, sql, length);
  if (known != NULL) *recent = (mp__recent_text){sql, known};
  return known;
}

static void forget_recent(mp_engine *engine, const mp_statement *statement) {
  for (size_t i = 0; i < MP__RECENT_TEXTS; i++) {
    mp__recent_text *recent = &engine->recent_texts[i];
    if (recent->statement == statement) *recent = (mp__recent_text){NULL, NULL};
  }
}

static void forget(mp_engine *engine, mp_statement *statement) {
  forget_recent(engine, statement);
  mp__statistics_fold(engine->statistics, statement);
  mp__map_remove(engine->statements, statement->text, statement->length);
  mp__list_remove(&statement->link);
  mp_statement_release(statement);
}

static int remember(mp_engine *engine, mp_statement *statement) {
  int status =
      mp__map_put(engine->statements, statement->text, statement->length, statement);
  if (status != MP_OK) return status;
  mp__list_push_back(&engine->statement_order, &statement->link);
  mp_statement_retain(statement);
  while (mp__map_count(engine->statements) > engine->statement_max) {
    mp__link *oldest = mp__list_first(&engine->statement_order);
    forget(engine, MP__CONTAINER(oldest, mp_statement, link));
  }
  return MP_OK;
}

int mp_engine_statement(mp_engine *engine, const char *sql, size_t length,
                        mp_statement **out, mp_error **error) {
  mp_statement *statement = find(engine, sql, length);
  if (statement != NULL && !mp__type_catalog_agrees(engine, statement)) {
    forget(engine, statement);
    statement = NULL;
  }
  if (statement != NULL) {
    mp__list_remove(&statement->link);
    mp__list_push_back(&engine->statement_order, &statement->link);
    *out = mp_statement_retain(statement);
    return MP_OK;
  }
  int status = mp__statement_make(sql, length, &statement, error);
  if (status != MP_OK) return status;
  (void)remember(engine, statement); /* without memory it is merely not cached */
  *out = statement;
  return MP_OK;
}

void mp__statement_cache_retire(mp_engine *engine, mp_statement *statement) {
  const mp_statement *known =
      mp__map_get(engine->statements, statement->text, statement->length);
  mp__statement_retire(statement);
  if (known == statement) forget(engine, statement);
}

void mp__statement_cache_clear(mp_engine *engine) {
  mp__link *link;
  while ((link = mp__list_first(&engine->statement_order)) != NULL) {
    forget(engine, MP__CONTAINER(link, mp_statement, link));
  }
}

/* What a class of statements would do to a connection that others use next, and the way
 * out. */
static const struct {
  mp_statement_class kind;
  const char *why, *hint;
} refusals[] = {
    {MP_STATEMENT_TRANSACTION, "transactions are not begun or ended by text here",
     "use db:transaction(fn) or db:begin(), and tx:commit(), tx:rollback() or "
     "tx:transaction(fn)"},
    {MP_STATEMENT_SESSION, "it would change the connection for others",
     "use db:connect() for a connection of your own, or the engine's settings"},
    {MP_STATEMENT_LISTEN, "notifications would reach a connection that others use",
     "use db:listen(channel)"},
    {MP_STATEMENT_COPY, "COPY needs a protocol of its own",
     "use db:copy_in(table, columns, rows) or db:copy_out(sql)"},
};

mp_error *mp__statement_refusal(const mp_statement *statement) {
  if (statement->has_many) {
    mp_error *error =
        mp__error_new(MP_BAD_ARGUMENT, "this text holds more than one statement");
    mp__error_set(error, MP_FIELD_HINT,
                  "use db:script(text) to run several, without parameters");
    mp__error_set(error, MP_FIELD_QUERY, statement->text);
    return error;
  }
  for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
    if (refusals[i].kind != statement->kind) continue;
    mp_error *error = mp__error_new(MP_BAD_ARGUMENT, "this statement cannot run here: %s",
                                    refusals[i].why);
    mp__error_set(error, MP_FIELD_HINT, refusals[i].hint);
    mp__error_set(error, MP_FIELD_QUERY, statement->text);
    return error;
  }
  return NULL;
}

mp_error *mp_engine_refuse(const mp_statement *statement) {
  return mp__statement_refusal(statement);
}
