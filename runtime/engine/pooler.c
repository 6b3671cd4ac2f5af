/* pooler.c - what must not run behind a pooler, where each transaction may meet another
 * session of the server's. */
#include "base/error.h"
#include "engine/engine.h"
#include "engine/sql_lexer.h"

/* First words of statements whose effect may end with the transaction; the second row
 * needs the word that says so. */
static const struct {
  const char *first, *needs, *spoils;
} passing[] = {
    {"set", "local", NULL},       {"set", "transaction", NULL},
    {"set", "constraints", NULL}, {"declare", NULL, "with_hold"},
    {"fetch", NULL, NULL},        {"move", NULL, NULL},
    {"close", NULL, NULL},        {"lock", NULL, NULL},
    {"create", "drop", NULL},
};

/* "with_hold" stands for the two words. */
static bool mentions(const char *text, size_t length, const char *word) {
  mp__lexer lexer;
  mp__token token, before = {.kind = MP__TOKEN_END};
  bool is_with_hold = word[0] == 'w' && word[4] == '_';
  mp__lexer_init(&lexer, text, length);
  while ((token = mp__lexer_next(&lexer)).kind != MP__TOKEN_END) {
    if (is_with_hold && mp__lexer_is(&lexer, before, "with") &&
        mp__lexer_is(&lexer, token, "hold")) {
      return true;
    }
    if (!is_with_hold && mp__lexer_is(&lexer, token, word)) return true;
    before = token;
  }
  return false;
}

static bool passes_with_transaction(const char *text, size_t length) {
  mp__lexer lexer;
  mp__lexer_init(&lexer, text, length);
  mp__token first = mp__lexer_next(&lexer);
  for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
    if (!mp__lexer_is(&lexer, first, passing[i].first)) continue;
    const char *needs = passing[i].needs, *spoils = passing[i].spoils;
    bool fits = needs == NULL || mentions(text, length, needs);
    if (fits && (spoils == NULL || !mentions(text, length, spoils))) return true;
  }
  return false;
}

static mp_error *refusal(const char *text) {
  mp_error *error = mp__error_new(
      MP_UNSUPPORTED_BEHIND_POOLER,
      "this statement leaves something on the session, which a pooler lends "
      "to others next");
  mp__error_set(error, MP_FIELD_HINT,
                "use what ends with a transaction inside one (SET LOCAL, "
                "pg_advisory_xact_lock), or connect to the server directly for this");
  mp__error_set(error, MP_FIELD_QUERY, text);
  return error;
}

mp_error *mp_engine_refuse_pooled(const mp_engine *engine, const mp_statement *statement,
                                  bool in_transaction) {
  if (!mp_engine_is_pooled(engine) || !statement->touches_session) return NULL;
  bool passes =
      in_transaction && passes_with_transaction(statement->text, statement->length);
  return passes ? NULL : refusal(statement->text);
}

/* Without those behind it. */
static size_t length_of_first(const char *text, size_t length) {
  mp__lexer lexer;
  mp__token token;
  mp__lexer_init(&lexer, text, length);
  while ((token = mp__lexer_next(&lexer)).kind != MP__TOKEN_END) {
    if (token.kind == MP__TOKEN_SEMICOLON && token.depth == 0) return token.start;
  }
  return length;
}

/* Its statements one by one. */
mp_error *mp__script_refuse_pooled(const mp_engine *engine, const char *text,
                                   size_t length, bool in_transaction) {
  if (!mp_engine_is_pooled(engine)) return NULL;
  mp__lexer lexer;
  mp__token token, before = {.kind = MP__TOKEN_SEMICOLON};
  mp__lexer_init(&lexer, text, length);
  while ((token = mp__lexer_next(&lexer)).kind != MP__TOKEN_END) {
    bool begins = before.kind == MP__TOKEN_SEMICOLON && before.depth == 0;
    const char *rest = text + token.start;
    size_t left = length - token.start;
    if (begins && mp__classify(rest, left).touches_session &&
        !(in_transaction && passes_with_transaction(rest, length_of_first(rest, left)))) {
      return refusal(text);
    }
    before = token;
  }
  return NULL;
}
