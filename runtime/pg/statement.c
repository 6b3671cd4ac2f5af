/* statement.c - a statement's life: text, references, description. */
#include "pg/statement.h"

#include "base/alloc.h"
#include "pg/columns.h"
#include "pg/conn_impl.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ids are unique in the process, so that no two engines can mean different texts by one
 * name on a connection; the counter carries no other state. */
static uint64_t next_id(void) {
  static atomic_uint_fast64_t last;
  return (uint64_t)atomic_fetch_add(&last, 1) + 1;
}

static void take_id(mp_statement *statement) {
  statement->id = next_id();
  snprintf(statement->name, sizeof(statement->name), "mp_%" PRIu64, statement->id);
}

static void forget_columns(mp_statement *statement) {
  mp__columns_release(statement->columns);
  statement->columns = NULL;
  statement->result_format = MP_FORMAT_TEXT;
}

static void forget_description(mp_statement *statement) {
  forget_columns(statement);
  mp__free(statement->param_types);
  statement->param_types = NULL;
  statement->param_count = 0;
  statement->described = false;
  statement->typed = false;
}

static bool describe_columns(mp_statement *statement, const PGresult *description) {
  statement->columns = mp__columns_new(description);
  return statement->columns != NULL;
}

static bool describe_params(mp_statement *statement, const PGresult *description) {
  size_t count = (size_t)PQnparams(description);
  statement->param_types = mp__alloc_array(count, sizeof(uint32_t));
  if (count > 0 && statement->param_types == NULL) return false;
  statement->param_count = count;
  for (size_t i = 0; i < count; i++) {
    statement->param_types[i] = PQparamtype(description, (int)i);
  }
  return true;
}

static bool describe_params_text(mp_statement *statement, const char *types) {
  size_t count = 0;
  for (const char *at = types; *at != '\0'; at++)
    count += *at == ',';
  count += strlen(types) > 2;
  statement->param_types = mp__alloc_array(count, sizeof(uint32_t));
  if (count > 0 && statement->param_types == NULL) return false;
  statement->param_count = count;
  char *next = NULL;
  for (size_t i = 0; i < count; i++, types = next) {
    statement->param_types[i] = (uint32_t)strtoul(types + 1, &next, 10);
  }
  return true;
}

bool mp__statement_describe_wide(mp_statement *statement, const char *types) {
  forget_description(statement);
  statement->described = describe_params_text(statement, types);
  if (!statement->described) forget_description(statement);
  return statement->described;
}

bool mp__statement_describe(mp_statement *statement, const PGresult *description) {
  forget_description(statement);
  statement->described =
      describe_params(statement, description) && describe_columns(statement, description);
  if (!statement->described) forget_description(statement);
  return statement->described;
}

uint32_t mp__statement_type_oid(const mp_statement *statement, size_t index) {
  if (index < statement->param_count) return statement->param_types[index];
  index -= statement->param_count;
  if (index >= mp_statement_column_count(statement)) return 0;
  return mp_statement_column_type(statement, index);
}

static bool is_loaded(const mp_types *types, uint32_t oid) {
  const mp_type *type = mp_types_find(types, oid);
  return type == NULL || !type->is_builtin || oid == MP_TYPE_RECORD ||
         type->inner_oid == MP_TYPE_RECORD;
}

void mp__statement_set_types(mp_statement *statement, mp_types *types) {
  bool binary = !statement->is_wide; /* the columns of a wide one are not known */
  mp_types_retain(types);
  mp_types_release(statement->types);
  statement->types = types;
  statement->typed = true;
  statement->has_loaded_types = false;
  for (size_t i = 0; i < mp_statement_column_count(statement); i++) {
    const mp_type *type = mp_types_find(types, mp_statement_column_type(statement, i));
    binary = binary && type != NULL && mp_type_is_binary(type);
  }
  uint32_t oid;
  for (size_t i = 0; (oid = mp__statement_type_oid(statement, i)) != 0; i++) {
    if (is_loaded(types, oid)) statement->has_loaded_types = true;
  }
  statement->result_format = binary ? MP_FORMAT_BINARY : MP_FORMAT_TEXT;
}

mp_statement *mp__statement_new(const char *sql, size_t length) {
  mp_statement *statement = mp__alloc_zero(sizeof(*statement));
  if (statement == NULL) return NULL;
  statement->text = mp__strndup(sql, length);
  if (statement->text == NULL) {
    mp__free(statement);
    return NULL;
  }
  statement->references = 1;
  take_id(statement);
  statement->length = length;
  statement->wire = statement->text;
  statement->kind = MP_STATEMENT_WRITE;
  statement->pace = MP__PACE_UNKNOWN;
  mp__list_init(&statement->link);
  mp__list_init(&statement->describers);
  return statement;
}

void mp__statement_retire(mp_statement *statement) {
  forget_columns(statement);
  statement->typed = false;
  take_id(statement);
}

enum { PACE_UNIT = 16, PACE_MAX_MS = 60000, FAST_MS = 20 };

void mp__statement_note_time(mp_statement *statement, uint64_t took_ms) {
  uint32_t took = (uint32_t)(took_ms < PACE_MAX_MS ? took_ms : PACE_MAX_MS) * PACE_UNIT;
  bool is_first = statement->pace == MP__PACE_UNKNOWN;
  statement->pace = is_first ? took : (statement->pace * 3 + took) / 4;
}

bool mp__statement_is_fast(const mp_statement *statement) {
  return statement->pace < FAST_MS * PACE_UNIT;
}

mp_statement *mp_statement_retain(mp_statement *statement) {
  statement->references++;
  return statement;
}

void mp_statement_release(mp_statement *statement) {
  if (statement == NULL || --statement->references > 0) return;
  forget_description(statement);
  mp_types_release(statement->types);
  mp__list_remove(&statement->link);
  for (size_t i = 0; i < statement->name_count; i++)
    mp__free(statement->names[i]);
  mp__free(statement->names);
  if (statement->wire != statement->text) mp__free(statement->wire);
  mp__free(statement->text);
  mp__free(statement);
}

const char *mp_statement_text(const mp_statement *statement) {
  return statement->text;
}

mp_statement_class mp_statement_get_class(const mp_statement *statement) {
  return statement->kind;
}

size_t mp_statement_name_count(const mp_statement *statement) {
  return statement->name_count;
}

const char *mp_statement_name(const mp_statement *statement, size_t index) {
  return statement->names[index];
}

bool mp_statement_is_described(const mp_statement *statement) {
  return statement->described && statement->typed;
}

const mp_types *mp_statement_types(const mp_statement *statement) {
  return statement->types;
}

size_t mp_statement_param_count(const mp_statement *statement) {
  return statement->param_count;
}

uint32_t mp_statement_param_type(const mp_statement *statement, size_t index) {
  return statement->param_types[index];
}

size_t mp_statement_column_count(const mp_statement *statement) {
  return statement->columns == NULL ? 0 : statement->columns->count;
}

const char *mp_statement_column_name(const mp_statement *statement, size_t index) {
  return statement->columns->each[index].name;
}

uint32_t mp_statement_column_type(const mp_statement *statement, size_t index) {
  return statement->columns->each[index].type;
}
