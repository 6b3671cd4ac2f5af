/* copy.h - COPY for Lua: rows to bytes, bytes to rows, and what waits in between. */
#ifndef MPL_COPY_H
#define MPL_COPY_H

#include "codec.h"
#include "object.h"
#include "session.h"

#include <moonpool/copy.h>
#include <moonpool/task.h>

/* Add copy_open, and what is in bulk.h, to the methods of the connection on top. */
void mpl_open_copy(lua_State *L);

typedef struct mpl_copy_column {
  const mp_type *type;    /* what a domain is made of */
  const mpl_codec *codec; /* of types that have one */
  bool is_direct;         /* its codec writes in binary what is no string or table */
} mpl_copy_column;

/* The columns of a table or query, as a userdata. User value 1: the list of their names.
 */
typedef struct mpl_copy_columns {
  mpl_object object;
  mp_statement *statement; /* keeps the types */
  size_t count;
  mpl_copy_column columns[];
} mpl_copy_columns;

/* copy_columns.c */
void mpl_copy_columns_open(lua_State *L);
void mpl_copy_columns_push(lua_State *L, mp_statement *statement);
mpl_copy_columns *mpl_copy_columns_check(lua_State *L, int index);

/* User values: 1 the connection, which it keeps; 2 the columns; 3 the chunk's memory;
 * 4 the columns' names. */
typedef struct mpl_copy {
  mpl_object object;
  mp_owned owned; /* by its task */
  mpl_reading reading;
  mp_copy *copy; /* NULL once it is over */
  const mpl_copy_columns *columns;
  bool is_binary, is_ended;
  bool is_encoding; /* for ever, when a value could not be encoded */
  bool has_header;
  mpl_buffer chunk;      /* in: not sent yet */
  size_t at;             /* out: in the portion */
  lua_Integer row_count; /* begun */
  size_t column;         /* in the row */
  int64_t rows;          /* copied, as the server says */
} mpl_copy;

/* copy_encode.c: append the row at `row`; `box` is the index of the copy. */
void mpl_copy_add(lua_State *L, mpl_copy *copy, int box, int row);
/* ... the rows of the list at `rows` from `first` on, until the chunk is full; the first
 * that was not added, 0 after the last. */
lua_Integer mpl_copy_add_list(lua_State *L, mpl_copy *copy, int box, int rows,
                              lua_Integer first);
/* ... what a COPY in binary ends with. */
void mpl_copy_add_end(lua_State *L, mpl_copy *copy, int box);
/* ... ready bytes. */
void mpl_copy_add_bytes(lua_State *L, mpl_copy *copy, int box, const char *bytes,
                        size_t length);
/* The chunk has been sent. */
void mpl_copy_clear(lua_State *L, mpl_copy *copy, int box);
bool mpl_copy_is_full(const mpl_copy *copy);

/* copy_decode.c: push the next row of the portion; false where it has no more. */
bool mpl_copy_read_row(lua_State *L, mpl_copy *copy, int box);

#endif
