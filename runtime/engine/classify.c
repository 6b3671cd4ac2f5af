/* classify.c - what a statement does, told by its keywords alone. */
#include "engine/sql_lexer.h"

#include <string.h>

typedef struct first_word {
  const char *word;
  mp_statement_class kind;
} first_word;

/* Everything else is a write. WITH, SELECT, EXPLAIN, CREATE and COPY need a closer look.
 */
static const first_word first_words[] = {
    {"select", MP_STATEMENT_READ},
    {"values", MP_STATEMENT_READ},
    {"table", MP_STATEMENT_READ},
    {"show", MP_STATEMENT_READ},
    {"with", MP_STATEMENT_READ},
    {"explain", MP_STATEMENT_READ},
    {"begin", MP_STATEMENT_TRANSACTION},
    {"start", MP_STATEMENT_TRANSACTION},
    {"commit", MP_STATEMENT_TRANSACTION},
    {"end", MP_STATEMENT_TRANSACTION},
    {"rollback", MP_STATEMENT_TRANSACTION},
    {"abort", MP_STATEMENT_TRANSACTION},
    {"savepoint", MP_STATEMENT_TRANSACTION},
    {"release", MP_STATEMENT_TRANSACTION},
    {"set", MP_STATEMENT_SESSION},
    {"reset", MP_STATEMENT_SESSION},
    {"discard", MP_STATEMENT_SESSION},
    {"prepare", MP_STATEMENT_SESSION},
    {"execute", MP_STATEMENT_SESSION},
    {"deallocate", MP_STATEMENT_SESSION},
    {"declare", MP_STATEMENT_SESSION},
    {"fetch", MP_STATEMENT_SESSION},
    {"move", MP_STATEMENT_SESSION},
    {"close", MP_STATEMENT_SESSION},
    {"lock", MP_STATEMENT_SESSION},
    {"load", MP_STATEMENT_SESSION},
    {"listen", MP_STATEMENT_LISTEN},
    {"unlisten", MP_STATEMENT_LISTEN},
};

/* Words that make a write, or a lock, of what began as a read. FOR alone is part of other
 * clauses (substring, overlay): the word behind it decides. */
static const char *const writing_words[] = {"insert", "update", "delete", "merge",
                                            "into"};
static const char *const lock_strengths[] = {"update", "no", "share", "key"};

static const char *const words_before_temp[] = {"create", "replace", "global", "local"};
static const char *const words_before_into_temp[] = {"into", "global", "local"};
static const char *const explain_words[] = {"explain", "analyze", "analyse", "verbose"};

/* First words of statements after which a text may have other types. */
static const char *const shaping_words[] = {"create", "alter", "drop",
                                            "import", "do",    "call"};

/* Functions that leave something on the connection: a setting, a lock, a connection to
 * elsewhere, a seed. (Large objects close with their transaction.) */
static const char *const touching_functions[] = {
    "set_config",
    "pg_advisory_lock",
    "pg_advisory_lock_shared",
    "pg_try_advisory_lock",
    "pg_try_advisory_lock_shared",
    "pg_advisory_unlock",
    "pg_advisory_unlock_shared",
    "pg_advisory_unlock_all",
    "pg_replication_origin_session_setup",
    "pg_replication_origin_session_reset",
    "dblink_connect",
    "dblink_connect_u",
    "dblink_disconnect",
    "dblink_open",
    "dblink_send_query",
    "setseed",
};

/* Functions of the server that write, or that act on it: no mere read, which could be
 * sent again or to a replica. */
static const char *const writing_functions[] = {
    "nextval",
    "setval",
    "pg_notify",
    "lo_create",
    "lo_creat",
    "lo_unlink",
    "lo_put",
    "lowrite",
    "lo_truncate",
    "lo_truncate64",
    "lo_from_bytea",
    "lo_import",
    "lo_export",
    "pg_cancel_backend",
    "pg_terminate_backend",
    "pg_reload_conf",
    "pg_rotate_logfile",
    "pg_promote",
    "pg_switch_wal",
    "pg_create_restore_point",
    "pg_logical_emit_message",
    "pg_create_physical_replication_slot",
    "pg_create_logical_replication_slot",
    "pg_copy_physical_replication_slot",
    "pg_copy_logical_replication_slot",
    "pg_drop_replication_slot",
    "pg_replication_slot_advance",
    "pg_logical_slot_get_changes",
    "pg_logical_slot_get_binary_changes",
    "pg_replication_origin_create",
    "pg_replication_origin_drop",
    "pg_replication_origin_advance",
    "pg_stat_reset",
    "pg_stat_reset_shared",
    "pg_stat_reset_slru",
    "pg_stat_reset_single_table_counters",
    "pg_stat_reset_single_function_counters",
    "pg_stat_statements_reset",
    "pg_import_system_collations",
    "brin_summarize_new_values",
    "brin_summarize_range",
    "brin_desummarize_range",
    "gin_clean_pending_list",
    "dblink_exec",
    "query_to_xml",
    "query_to_xmlschema",
    "query_to_xml_and_xmlschema",
};

static bool is_one_of(const mp__lexer *lexer, mp__token token, const char *const *words,
                      size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (mp__lexer_is(lexer, token, words[i])) return true;
  }
  return false;
}

#define IS_ONE_OF(lexer, token, words)                                                   \
  is_one_of(lexer, token, words, sizeof(words) / sizeof((words)[0]))

/* What has been seen of one text so far. */
typedef struct sql_reader {
  mp__lexer lexer;
  mp__token first, previous, token;
  size_t words; /* in the first statement */
  bool has_first, ended;
  bool explains_known; /* the word that begins what is explained has been seen */
  bool selects_into;   /* INTO of a SELECT, not of an INSERT or MERGE */
  bool is_explain, analyzes, is_prepare, is_copy, is_create, is_with, is_atomic;
  mp__verdict verdict;
} sql_reader;

static mp_statement_class class_of_first(const sql_reader *reader) {
  for (size_t i = 0; i < sizeof(first_words) / sizeof(first_words[0]); i++) {
    if (mp__lexer_is(&reader->lexer, reader->token, first_words[i].word)) {
      return first_words[i].kind;
    }
  }
  return MP_STATEMENT_WRITE;
}

static void take_first(sql_reader *reader) {
  const mp__lexer *lexer = &reader->lexer;
  mp__token token = reader->token;
  reader->has_first = true;
  reader->verdict.kind = class_of_first(reader);
  reader->is_explain = mp__lexer_is(lexer, token, "explain");
  reader->is_prepare = mp__lexer_is(lexer, token, "prepare");
  reader->is_copy = mp__lexer_is(lexer, token, "copy");
  reader->is_create = mp__lexer_is(lexer, token, "create");
  reader->is_with = mp__lexer_is(lexer, token, "with");
  reader->verdict.changes_schema = IS_ONE_OF(lexer, token, shaping_words);
  /* A block may set, lock, listen or make temporary tables, and nobody can tell. */
  reader->verdict.touches_session = mp__lexer_is(lexer, token, "do");
  reader->verdict.changes_types = mp__lexer_is(lexer, token, "alter");
}

static bool is(const sql_reader *reader, const char *keyword) {
  return mp__lexer_is(&reader->lexer, reader->token, keyword);
}

static bool follows(const sql_reader *reader, const char *keyword) {
  return mp__lexer_is(&reader->lexer, reader->previous, keyword);
}

/* PREPARE TRANSACTION ends a transaction; CREATE TEMP ... lives on the connection; COPY
 * to or from the client needs its protocol (to or from a file it is a write). */
static void take_second(sql_reader *reader) {
  if (reader->is_prepare && reader->words == 2 && is(reader, "transaction")) {
    reader->verdict.kind = MP_STATEMENT_TRANSACTION;
  }
  if (reader->is_create && (is(reader, "temp") || is(reader, "temporary")) &&
      IS_ONE_OF(&reader->lexer, reader->previous, words_before_temp)) {
    reader->verdict.kind = MP_STATEMENT_SESSION;
  }
  if (reader->is_copy && (is(reader, "stdin") || is(reader, "stdout"))) {
    reader->verdict.kind = MP_STATEMENT_COPY;
  }
}

static bool is_plain_explain(const sql_reader *reader) {
  return reader->is_explain && !reader->analyzes;
}

static bool is_write_in_read(const sql_reader *reader) {
  if (follows(reader, "for") &&
      IS_ONE_OF(&reader->lexer, reader->token, lock_strengths)) {
    return true;
  }
  if (is(reader, "into")) return !is_plain_explain(reader);
  bool may_write = reader->is_with || (reader->is_explain && reader->analyzes);
  return may_write && IS_ONE_OF(&reader->lexer, reader->token, writing_words);
}

/* EXPLAIN may run what a session alone may. */
static void take_explained(sql_reader *reader) {
  bool begins = reader->is_explain && !reader->explains_known &&
                reader->token.depth == 0 &&
                !IS_ONE_OF(&reader->lexer, reader->token, explain_words);
  if (!begins) return;
  reader->explains_known = true;
  reader->is_create = is(reader, "create");
  mp_statement_class kind = class_of_first(reader);
  bool counts =
      kind == MP_STATEMENT_SESSION || (kind == MP_STATEMENT_WRITE && reader->analyzes);
  if (counts) reader->verdict.kind = kind;
}

/* SELECT ... INTO TEMP makes a table that lives on the connection; a table that is called
 * so is another matter. */
static void take_into(sql_reader *reader) {
  if (is(reader, "into")) {
    reader->selects_into = !follows(reader, "insert") && !follows(reader, "merge");
  }
  if (reader->selects_into && (is(reader, "temp") || is(reader, "temporary")) &&
      IS_ONE_OF(&reader->lexer, reader->previous, words_before_into_temp)) {
    reader->verdict.kind = MP_STATEMENT_SESSION;
  }
}

/* Whether the word or quoted name is this one. */
static bool is_name(const sql_reader *reader, const char *name) {
  const mp__token token = reader->token;
  if (token.kind == MP__TOKEN_WORD) return is(reader, name);
  const char *text = reader->lexer.text + token.start;
  return text[0] == '"' && token.length == strlen(name) + 2 &&
         memcmp(text + 1, name, token.length - 2) == 0;
}

static bool is_function(const sql_reader *reader, const char *const *names,
                        size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (is_name(reader, names[i])) return true;
  }
  return false;
}

#define IS_FUNCTION(reader, names)                                                       \
  is_function(reader, names, sizeof(names) / sizeof((names)[0]))

/* What a name may be the name of. Whoever writes U&"..." may mean any of them. */
static void take_name(sql_reader *reader) {
  bool makes = reader->is_create || (reader->selects_into && follows(reader, "into"));
  if (makes && is_name(reader, "pg_temp")) reader->verdict.kind = MP_STATEMENT_SESSION;
  bool is_escaped = reader->token.kind == MP__TOKEN_QUOTED &&
                    reader->lexer.text[reader->token.start] != '"';
  if (is_escaped || IS_FUNCTION(reader, touching_functions)) {
    reader->verdict.touches_session = true;
  }
  bool writes = is_escaped || IS_FUNCTION(reader, writing_functions);
  if (writes && reader->verdict.kind == MP_STATEMENT_READ && !is_plain_explain(reader)) {
    reader->verdict.kind = MP_STATEMENT_WRITE;
  }
}

static void take_word(sql_reader *reader) {
  reader->words++;
  if (!reader->has_first) take_first(reader);
  take_explained(reader);
  take_second(reader);
  if (reader->is_create && follows(reader, "begin") && is(reader, "atomic")) {
    reader->is_atomic = true;
  }
  if (is(reader, "analyze") || is(reader, "analyse")) reader->analyzes = true;
  if (reader->verdict.kind == MP_STATEMENT_READ && is_write_in_read(reader)) {
    reader->verdict.kind = MP_STATEMENT_WRITE;
  }
  take_into(reader);
  take_name(reader);
}

/* More digits than any number of parameters has are the server's to refuse. */
static void take_positional(sql_reader *reader) {
  const char *digits = reader->lexer.text + reader->token.start + 1;
  size_t number = 0;
  for (size_t i = 0; i + 1 < reader->token.length && i < 9; i++)
    number = number * 10 + (size_t)(digits[i] - '0');
  if (number > reader->verdict.positional) reader->verdict.positional = number;
}

static void take(sql_reader *reader) {
  switch (reader->token.kind) {
  case MP__TOKEN_SEMICOLON: /* in the body of a rule or of a BEGIN ATOMIC function it ends
                               nothing */
    if (reader->has_first && reader->token.depth == 0 && !reader->is_atomic)
      reader->ended = true;
    return;
  case MP__TOKEN_POSITIONAL:
    take_positional(reader);
    break;
  case MP__TOKEN_NAMED:
    reader->verdict.has_named = true;
    break;
  case MP__TOKEN_WORD:
    if (!reader->ended) take_word(reader);
    break;
  case MP__TOKEN_QUOTED:
    if (!reader->ended) take_name(reader);
    break;
  case MP__TOKEN_END:
  case MP__TOKEN_STRING:
  case MP__TOKEN_NUMBER:
  case MP__TOKEN_OPEN:
  case MP__TOKEN_CLOSE:
  case MP__TOKEN_OTHER:
    break;
  }
  if (reader->ended) reader->verdict.has_many = true;
}

mp__verdict mp__classify(const char *text, size_t length) {
  sql_reader reader = {.verdict = {.kind = MP_STATEMENT_EMPTY}};
  mp__lexer_init(&reader.lexer, text, length);
  reader.previous.kind = MP__TOKEN_END;
  while ((reader.token = mp__lexer_next(&reader.lexer)).kind != MP__TOKEN_END) {
    take(&reader);
    reader.previous = reader.token;
  }
  mp__verdict verdict = reader.verdict;
  bool leaves =
      verdict.kind == MP_STATEMENT_SESSION || verdict.kind == MP_STATEMENT_LISTEN;
  verdict.touches_session = verdict.touches_session || leaves;
  return verdict;
}

/* The statements of a text are read one by one: a verdict speaks of the first alone. */
bool mp__controls_transaction(const char *text, size_t length) {
  mp__lexer lexer;
  mp__lexer_init(&lexer, text, length);
  size_t start = 0;
  bool in_body = false; /* of a BEGIN ATOMIC function, whose END ends no transaction */
  bool found = false;
  mp__token token;
  mp__token before = {.kind = MP__TOKEN_SEMICOLON};
  do {
    token = mp__lexer_next(&lexer);
    bool begins = before.kind == MP__TOKEN_SEMICOLON && before.depth == 0;
    if (begins && in_body && mp__lexer_is(&lexer, token, "end")) {
      in_body = false;
    } else if (begins && !in_body && token.kind != MP__TOKEN_END) {
      start = token.start;
      found = found ||
              mp__classify(text + start, length - start).kind == MP_STATEMENT_TRANSACTION;
    }
    if (mp__lexer_is(&lexer, before, "begin") && mp__lexer_is(&lexer, token, "atomic")) {
      in_body = true;
    }
    before = token;
  } while (token.kind != MP__TOKEN_END && !found);
  return found;
}
