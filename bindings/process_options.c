/* process_options.c - reading how a child program is to be started. */
#include "process_options.h"

#include "error.h"

#include <lauxlib.h>

#include <string.h>

static const char *check_string(lua_State *L, const char *what) {
  size_t length = 0;
  const char *text = mpl_check_text(L, -1, what, &length);
  if (memchr(text, '\0', length) == NULL) return text;
  mpl_raise(L, "bad_argument", NULL, "%s contains a NUL byte", what);
}

/* The list in the field as an array that C can take; NULL where there is none. The array
 * is left on the stack, its strings are the list's. */
static char **read_list(lua_State *L, int index, const char *name) {
  if (lua_getfield(L, index, name) != LUA_TTABLE) return NULL;
  size_t count = lua_rawlen(L, -1);
  char **strings = lua_newuserdatauv(L, (count + 1) * sizeof(*strings), 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, -2, (lua_Integer)i + 1);
    const char *text = check_string(L, name);
    memcpy(&strings[i], &text, sizeof(text));
    lua_pop(L, 1);
  }
  strings[count] = NULL;
  return strings;
}

static const char *read_text(lua_State *L, int index, const char *name) {
  if (lua_getfield(L, index, name) == LUA_TNIL) return NULL;
  return check_string(L, name);
}

static int64_t read_id(lua_State *L, int index, const char *name) {
  if (lua_getfield(L, index, name) == LUA_TNIL) return -1;
  int is_whole = 0;
  lua_Integer id = lua_tointegerx(L, -1, &is_whole);
  if (is_whole && id >= 0 && id <= (lua_Integer)UINT32_MAX) return id;
  mpl_raise(L, "bad_argument", NULL, "%s must be an integer from 0, got %s", name,
            luaL_tolstring(L, -1, NULL));
}

/* "null", "inherit", "pipe", or a file's path, which has a slash. */
static mp_stream read_stream(lua_State *L, int index, const char *name,
                             mp_stream_kind left_out) {
  const char *text = read_text(L, index, name);
  mp_stream stream = {left_out, NULL};
  if (text == NULL) return stream;
  if (strcmp(text, "null") == 0)
    stream.kind = MP_STREAM_NULL;
  else if (strcmp(text, "inherit") == 0)
    stream.kind = MP_STREAM_INHERIT;
  else if (strcmp(text, "pipe") == 0)
    stream.kind = MP_STREAM_PIPE;
  else if (strchr(text, '/') != NULL)
    stream = (mp_stream){MP_STREAM_FILE, text};
  else
    mpl_raise(
        L, "bad_argument", NULL,
        "%s must be \"null\", \"inherit\", \"pipe\" or a path with a slash, got \"%s\"",
        name, text);
  return stream;
}

void mpl_process_read_options(lua_State *L, int index, mp_process_options *out) {
  luaL_checkstack(L, 20, "options of a process");
  out->args = read_list(L, index, "args");
  if (out->args == NULL || out->args[0] == NULL)
    mpl_raise(L, "bad_argument", "write process.open { \"program\", \"argument\" }",
              "a program's name is missing");
  out->env = read_list(L, index, "env");
  out->cwd = read_text(L, index, "cwd");
  out->uid = read_id(L, index, "uid");
  out->gid = read_id(L, index, "gid");
  lua_getfield(L, index, "detached");
  out->is_detached = lua_toboolean(L, -1);
  out->in = read_stream(L, index, "stdin", MP_STREAM_NULL);
  out->out = read_stream(L, index, "stdout", MP_STREAM_PIPE);
  out->err = read_stream(L, index, "stderr", MP_STREAM_INHERIT);
  if (out->in.kind == MP_STREAM_PIPE || out->in.kind == MP_STREAM_FILE)
    mpl_raise(L, "bad_argument", NULL, "stdin must be \"null\" or \"inherit\"");
}
