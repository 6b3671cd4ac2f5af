/* reader.c - how the cells of a result become Lua values: its columns, known once for all
 * rows. */
#include "reader.h"

#include "codec_types.h"
#include "error.h"

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

enum { REPEAT_ROWS_MIN = 8 };

static mpl_decode decode_of(const mp_type *type, bool is_binary) {
  const mpl_codec *codec = mp_type_codec(mpl_type_base(type));
  if (codec == NULL) return NULL;
  return is_binary ? codec->decode_binary : codec->decode_text;
}

static mpl_column learn(const mp_types *types, uint32_t oid, bool is_binary) {
  const mp_type *type = mp_types_find(types, oid);
  return (mpl_column){type, type == NULL ? NULL : decode_of(type, is_binary), is_binary};
}

/* Columns of one type often stand side by side. */
void mpl_columns_learn(mpl_column *columns, size_t count, const mp_result *result) {
  const mp_types *types = mp_result_types(result);
  uint32_t last = 0;
  for (size_t i = 0; i < count; i++) {
    bool is_binary = mp_result_column_format(result, i) == MP_FORMAT_BINARY;
    uint32_t oid = mp_result_column_type(result, i);
    bool is_alike = i > 0 && oid == last && columns[i - 1].is_binary == is_binary;
    columns[i] = is_alike ? columns[i - 1] : learn(types, oid, is_binary);
    last = oid;
  }
}

/* The note beside the columns of a statement's results. */
typedef struct known {
  mp_types *types; /* that they were learned with */
  mp_format
      format; /* of all of them; one that was asked for earlier may come in another */
  mpl_column columns[];
} known;

static void free_known(void *note) {
  known *gone = note;
  mp_types_release(gone->types);
  free(gone);
}

static const known *keep_known(mp_columns *columns, const mp_result *result) {
  size_t count = mp_result_column_count(result);
  known *made = malloc(sizeof(*made) + count * sizeof(mpl_column));
  if (made == NULL) return NULL;
  made->types = mp_types_retain(mp_result_types(result));
  made->format = mp_result_column_format(result, 0);
  mpl_columns_learn(made->columns, count, result);
  mp_columns_set_note(columns, made, free_known);
  return made;
}

static bool holds_for(const known *note, const mp_result *result) {
  return note->types == mp_result_types(result) &&
         note->format == mp_result_column_format(result, 0);
}

const mpl_column *mpl_columns_known(const mp_result *result) {
  mp_columns *columns = mp_result_columns(result);
  if (columns == NULL || mp_result_column_count(result) == 0) return NULL;
  const known *note = mp_columns_note(columns);
  if (note == NULL) note = keep_known(columns, result);
  return note != NULL && holds_for(note, result) ? note->columns : NULL;
}

static bool decode_parts(mpl_decoder *from, const mpl_column *by, const char *bytes,
                         size_t length) {
  if (by->type == NULL) {
    lua_pushlstring(from->L, bytes, length);
    return true;
  }
  if (by->is_binary) return mpl_read_binary(from, by->type, bytes, length);
  return mpl_read_literal(from, by->type, bytes, length);
}

MPL_NORETURN static void raise_trouble(const mpl_reader *from, size_t at,
                                       const mpl_decoder *by) {
  const char *label = mp_result_column_name(from->result, at),
             *name = mp_type_name(from->columns[at].type);
  if (by->is_changed) mp_types_doubt(by->types);
  if (by->trouble != NULL) {
    const mp_type *type = mp_types_find(by->types, by->trouble_oid);
    mpl_raise(from->L, "decode", "cast it to text, or select its fields one by one",
              "column \"%s\": type %s %s", label,
              type == NULL ? name : mp_type_name(type), by->trouble);
  }
  if (by->is_changed)
    mpl_raise(from->L, "decode", "run the statement again: the types are read anew",
              "column \"%s\" does not fit %s as it was: the type has changed", label,
              name);
  mpl_raise(from->L, "decode", "cast the column to text and report what it holds",
            "column \"%s\" holds a malformed %s", label, name);
}

/* A value made of parts, or whose decoder has refused the bytes. */
void mpl_reader_push_by_type(const mpl_reader *from, size_t at, const mp_cell *cell) {
  const mpl_column *by = &from->columns[at];
  mpl_decoder decoder = {.L = from->L, .types = mp_result_types(from->result)};
  if (by->decode == NULL && decode_parts(&decoder, by, cell->bytes, cell->length)) return;
  raise_trouble(from, at, &decoder);
}

static bool is_string(const mpl_column *column) {
  mpl_decode decode = column->decode;
  return decode == mpl_decode_text || decode == mpl_decode_char ||
         decode == mpl_decode_uuid;
}

void mpl_reader_open_repeats(mpl_reader *from, size_t row_count) {
  lua_State *L = from->L;
  if (row_count < REPEAT_ROWS_MIN) return;
  luaL_checkstack(L, (int)from->column_count + 16, "a result with too many columns");
  mpl_repeat *repeats = lua_newuserdatauv(L, from->column_count * sizeof(*repeats), 0);
  for (size_t i = 0; i < from->column_count; i++) {
    repeats[i] = (mpl_repeat){.patience = MPL_PATIENCE};
    if (!is_string(&from->columns[i])) continue;
    lua_pushnil(L);
    repeats[i].slot = lua_gettop(L);
  }
  from->repeats = repeats;
}

static bool is_last(const mpl_repeat *of, const mp_cell *cell) {
  return of->last.bytes != NULL && of->last.length == cell->length &&
         memcmp(of->last.bytes, cell->bytes, cell->length) == 0;
}

/* Who has never had two in a row is left alone; a run of new ones may follow many that
 * came again. */
void mpl_reader_push_repeat(const mpl_reader *from, size_t at, const mp_cell *cell) {
  mpl_repeat *of = &from->repeats[at];
  if (is_last(of, cell)) {
    lua_pushvalue(from->L, of->slot);
    if (of->patience < MPL_PATIENCE_MAX) of->patience++;
    return;
  }
  mpl_reader_push_decoded(from, at, cell);
  lua_copy(from->L, -1, of->slot);
  of->last = *cell;
  if (--of->patience == 0) of->slot = 0;
}

int mpl_reader_push_names(const mpl_reader *from) {
  int first = lua_gettop(from->L) + 1;
  luaL_checkstack(from->L, (int)from->column_count + 16,
                  "a result with too many columns");
  for (size_t i = 0; i < from->column_count; i++) {
    lua_pushstring(from->L, mp_result_column_name(from->result, i));
  }
  return first;
}
