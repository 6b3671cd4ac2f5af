/* system_file.c - files, directories and locks for Lua. */
#include "error.h"
#include "object.h"
#include "system.h"

#include <moonpool/system.h>

#include <errno.h>
#include <string.h>

typedef struct mpl_lock {
  mpl_object object;
  int fd; /* -1: given back */
} mpl_lock;

static const mpl_class lock_class;

static const char *type_name(mp_file_type type) {
  switch (type) {
  case MP_FILE_REGULAR:
    return "file";
  case MP_FILE_DIRECTORY:
    return "directory";
  case MP_FILE_SOCKET:
    return "socket";
  case MP_FILE_LINK:
    return "link";
  case MP_FILE_OTHER:
    break;
  }
  return "other";
}

/* stat(path) -> { type, size, mode, uid, gid, mtime } of the path itself, links included
 * | nil */
static int sys_stat(lua_State *L) {
  mp_file_info info;
  if (mp_system_stat(mpl_check_path(L, 1), &info) != 0) return mpl_system_nothing(L);
  lua_createtable(L, 0, 6);
  mpl_set_text(L, "type", type_name(info.type));
  mpl_set_integer(L, "size", info.size);
  mpl_set_integer(L, "mode", info.mode);
  mpl_set_integer(L, "uid", info.uid);
  mpl_set_integer(L, "gid", info.gid);
  lua_pushnumber(L, info.mtime);
  lua_setfield(L, -2, "mtime");
  return 1;
}

typedef struct mpl_names {
  char **names;
  size_t count;
} mpl_names;

static int names_gc(lua_State *L) {
  mpl_names *box = lua_touserdata(L, 1);
  mpl_names gone = *box;
  *box = (mpl_names){0};
  mp_system_list_free(gone.names, gone.count);
  return 0;
}

static mpl_names *new_names(lua_State *L) {
  mpl_names *box = lua_newuserdatauv(L, sizeof(*box), 0);
  *box = (mpl_names){0};
  if (luaL_newmetatable(L, "moonpool.names")) {
    lua_pushcfunction(L, names_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return box;
}

/* list(path) -> sorted names | nil, message */
static int sys_list(lua_State *L) {
  const char *path = mpl_check_path(L, 1);
  mpl_names *box = new_names(L);
  int code = mp_system_list(path, &box->names, &box->count);
  if (code != 0) {
    lua_pushnil(L);
    lua_pushfstring(L, "could not list %s: %s", path, mp_system_reason(code));
    return 2;
  }
  lua_createtable(L, (int)box->count, 0);
  for (size_t i = 0; i < box->count; i++) {
    lua_pushstring(L, box->names[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* realpath(path) -> string */
static int sys_realpath(lua_State *L) {
  char found[MP_PATH_MAX];
  const char *path = mpl_check_path(L, 1);
  (void)mpl_system_answer(L, mp_system_realpath(path, found), "find", path);
  lua_pushstring(L, found);
  return 1;
}

/* mkdir(path, mode) and the others below -> true; they raise system_error */
static int sys_mkdir(lua_State *L) {
  const char *path = mpl_check_path(L, 1);
  uint32_t mode = lua_isnoneornil(L, 2) ? 0777 : mpl_check_number(L, 2, "a mode");
  return mpl_system_answer(L, mp_system_mkdir(path, mode), "make the directory", path);
}

/* mkdtemp("/tmp/name-XXXXXX") -> path */
static int sys_mkdtemp(lua_State *L) {
  char path[MP_PATH_MAX];
  const char *template_path = mpl_check_path(L, 1);
  size_t length = strlen(template_path);
  if (length >= sizeof(path))
    return mpl_system_answer(L, -ENAMETOOLONG, "make", template_path);
  memcpy(path, template_path, length + 1);
  (void)mpl_system_answer(L, mp_system_mkdtemp(path), "make a directory", template_path);
  lua_pushstring(L, path);
  return 1;
}

static int sys_rmdir(lua_State *L) {
  const char *path = mpl_check_path(L, 1);
  return mpl_system_answer(L, mp_system_rmdir(path), "remove the directory", path);
}

static int sys_unlink(lua_State *L) {
  const char *path = mpl_check_path(L, 1);
  return mpl_system_answer(L, mp_system_unlink(path), "remove", path);
}

static int sys_rename(lua_State *L) {
  const char *from = mpl_check_path(L, 1), *to = mpl_check_path(L, 2);
  return mpl_system_answer(L, mp_system_rename(from, to), "rename", from);
}

static int sys_chmod(lua_State *L) {
  const char *path = mpl_check_path(L, 1);
  uint32_t mode = mpl_check_number(L, 2, "a mode");
  return mpl_system_answer(L, mp_system_chmod(path, mode), "change the mode of", path);
}

static int sys_chown(lua_State *L) {
  const char *path = mpl_check_path(L, 1);
  uint32_t uid = mpl_check_number(L, 2, "a user's number");
  uint32_t gid = mpl_check_number(L, 3, "a group's number");
  return mpl_system_answer(L, mp_system_chown(path, uid, gid), "change the owner of",
                           path);
}

static int sys_touch(lua_State *L) {
  const char *path = mpl_check_path(L, 1);
  return mpl_system_answer(L, mp_system_touch(path), "touch", path);
}

static int lock_close(lua_State *L) {
  mpl_lock *lock = mpl_object_check(L, 1, &lock_class);
  int fd = lock->fd;
  lock->fd = -1;
  if (fd >= 0) mp_system_unlock(fd);
  return 0;
}

/* lock_file(path) -> lock, or nil while another process has it */
static int sys_lock_file(lua_State *L) {
  const char *path = mpl_check_path(L, 1);
  mpl_lock *lock = mpl_object_new(L, &lock_class, sizeof(*lock), 0);
  lock->fd = -1;
  int code = mp_system_lock_file(path, &lock->fd);
  if (code == -EWOULDBLOCK) return mpl_system_nothing(L);
  (void)mpl_system_answer(L, code, "lock", path);
  lua_pop(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {
    {"stat", sys_stat},     {"list", sys_list},       {"realpath", sys_realpath},
    {"mkdir", sys_mkdir},   {"mkdtemp", sys_mkdtemp}, {"rmdir", sys_rmdir},
    {"unlink", sys_unlink}, {"rename", sys_rename},   {"chmod", sys_chmod},
    {"chown", sys_chown},   {"touch", sys_touch},     {"lock_file", sys_lock_file},
    {NULL, NULL},
};
static const luaL_Reg lock_methods[] = {{"close", lock_close}, {NULL, NULL}};
static const luaL_Reg lock_events[] = {
    {"__close", lock_close}, {"__gc", lock_close}, {NULL, NULL}};
static const mpl_class lock_class = {"lock", lock_methods, lock_events};

void mpl_open_system_files(lua_State *L) {
  mpl_class_open(L, &lock_class);
  luaL_setfuncs(L, functions, 0);
}
