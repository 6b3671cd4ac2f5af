/* system.c - the machine for Lua: users, files, locks, clocks, randomness. */
#include "system.h"

#include "error.h"
#include "object.h"

#include <moonpool/system.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RANDOM_MAX 65536

/* A file name or another text that C is to see whole. */
const char *mpl_check_name(lua_State *L, int index, const char *what) {
  size_t length = 0;
  const char *text = mpl_check_text(L, index, what, &length);
  const char *nul = memchr(text, '\0', length);
  if (nul == NULL) return text;
  mpl_raise(L, "bad_argument", NULL, "%s contains a NUL byte at offset %d", what,
            (int)(nul - text));
}

const char *mpl_check_path(lua_State *L, int index) {
  return mpl_check_name(L, index, "a path");
}

uint32_t mpl_check_number(lua_State *L, int index, const char *what) {
  int is_integer = 0;
  lua_Integer number = lua_tointegerx(L, index, &is_integer);
  bool fits = is_integer && number >= 0 && number <= (lua_Integer)UINT32_MAX;
  if (lua_type(L, index) == LUA_TNUMBER && fits) return (uint32_t)number;
  mpl_raise(L, "bad_argument", NULL, "%s must be an integer from 0, got %s", what,
            luaL_tolstring(L, index, NULL));
}

/* True, or system_error: "could not <action> <path>: <reason>". */
int mpl_system_answer(lua_State *L, int code, const char *action, const char *path) {
  if (code != 0)
    mpl_raise(L, "system_error", "check the path and who may use it",
              "could not %s %s: %s", action, path, mp_system_reason(code));
  lua_pushboolean(L, 1);
  return 1;
}

int mpl_system_nothing(lua_State *L) {
  lua_pushnil(L);
  return 1;
}

/* getuid() getpid() getppid() -> integer */
static int sys_getuid(lua_State *L) {
  lua_pushinteger(L, getuid());
  return 1;
}

static int sys_getpid(lua_State *L) {
  lua_pushinteger(L, getpid());
  return 1;
}

static int sys_getppid(lua_State *L) {
  lua_pushinteger(L, getppid());
  return 1;
}

void mpl_set_integer(lua_State *L, const char *name, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

void mpl_set_text(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

/* passwd(name_or_uid) -> { name, uid, gid, home, shell } | nil */
static int sys_passwd(lua_State *L) {
  mp_user user;
  bool is_known =
      lua_type(L, 1) == LUA_TNUMBER
          ? mp_system_user_by_uid(mpl_check_number(L, 1, "a user's number"), &user)
          : mp_system_user_by_name(mpl_check_name(L, 1, "a user's name"), &user);
  if (!is_known) return mpl_system_nothing(L);
  lua_createtable(L, 0, 5);
  mpl_set_text(L, "name", user.name);
  mpl_set_integer(L, "uid", user.uid);
  mpl_set_integer(L, "gid", user.gid);
  mpl_set_text(L, "home", user.home);
  mpl_set_text(L, "shell", user.shell);
  return 1;
}

/* env(name) -> string | nil */
static int sys_env(lua_State *L) {
  lua_pushstring(L, getenv(mpl_check_name(L, 1, "the name of a variable")));
  return 1;
}

/* environ() -> every variable by its name */
static int sys_environ(lua_State *L) {
  lua_newtable(L);
  for (char **entry = environ; entry != NULL && *entry != NULL; entry++) {
    const char *equals = strchr(*entry, '=');
    if (equals == NULL) continue;
    lua_pushlstring(L, *entry, (size_t)(equals - *entry));
    lua_pushstring(L, equals + 1);
    lua_rawset(L, -3);
  }
  return 1;
}

/* setenv(name, value); nil removes it */
static int sys_setenv(lua_State *L) {
  const char *name = mpl_check_name(L, 1, "the name of a variable");
  const char *value = lua_isnoneornil(L, 2) ? NULL : mpl_check_name(L, 2, "its value");
  int result = value != NULL ? setenv(name, value, 1) : unsetenv(name);
  return mpl_system_answer(L, result < 0 ? -errno : 0, "set the variable", name);
}

static int push_path(lua_State *L, int code, const char *what, const char *path) {
  (void)mpl_system_answer(L, code, "find", what);
  lua_pushstring(L, path);
  return 1;
}

/* cwd() exe_path() hostname() -> string */
static int sys_cwd(lua_State *L) {
  char path[MP_PATH_MAX];
  return push_path(L, mp_system_cwd(path, sizeof(path)), "the current directory", path);
}

static int sys_exe_path(lua_State *L) {
  char path[MP_PATH_MAX];
  return push_path(L, mp_system_exe_path(path, sizeof(path)), "this program", path);
}

static int sys_hostname(lua_State *L) {
  char name[256];
  return push_path(L, mp_system_hostname(name, sizeof(name)), "the machine's name", name);
}

/* isatty(fd) -> boolean */
static int sys_isatty(lua_State *L) {
  lua_pushboolean(L, isatty((int)mpl_check_number(L, 1, "a descriptor")));
  return 1;
}

/* window_width(fd) -> columns | nil */
static int sys_window_width(lua_State *L) {
  int width = mp_system_window_width((int)mpl_check_number(L, 1, "a descriptor"));
  if (width <= 0) return mpl_system_nothing(L);
  lua_pushinteger(L, width);
  return 1;
}

/* kill(pid, signal_number) -> whether there was such a process that we may signal */
static int sys_kill(lua_State *L) {
  lua_Integer pid = luaL_checkinteger(L, 1);
  int number = (int)luaL_checkinteger(L, 2);
  /* 0 and below mean groups, or everybody. */
  if (pid <= 0 || pid > INT32_MAX)
    mpl_raise(L, "bad_argument", NULL, "a process's number must be above 0");
  lua_pushboolean(L, kill((pid_t)pid, number) == 0);
  return 1;
}

/* random(n) -> n bytes fit for keys */
static int sys_random(lua_State *L) {
  uint32_t count = mpl_check_number(L, 1, "the number of bytes");
  if (count > RANDOM_MAX)
    mpl_raise(L, "bad_argument", NULL, "at most %d random bytes at once, got %d",
              RANDOM_MAX, (int)count);
  luaL_Buffer buffer;
  char *bytes = luaL_buffinitsize(L, &buffer, count);
  int code = mp_system_random(bytes, count);
  if (code != 0) return mpl_system_answer(L, code, "read", "random bytes");
  luaL_pushresultsize(&buffer, count);
  return 1;
}

/* hrtime() -> seconds of a monotonic clock; time() -> seconds since 1970 */
static int sys_hrtime(lua_State *L) {
  lua_pushnumber(L, mp_system_hrtime());
  return 1;
}

static int sys_time(lua_State *L) {
  lua_pushnumber(L, mp_system_time());
  return 1;
}

static const luaL_Reg functions[] = {
    {"getuid", sys_getuid},
    {"getpid", sys_getpid},
    {"getppid", sys_getppid},
    {"passwd", sys_passwd},
    {"env", sys_env},
    {"setenv", sys_setenv},
    {"cwd", sys_cwd},
    {"exe_path", sys_exe_path},
    {"hostname", sys_hostname},
    {"isatty", sys_isatty},
    {"kill", sys_kill},
    {"window_width", sys_window_width},
    {"random", sys_random},
    {"hrtime", sys_hrtime},
    {"time", sys_time},
    {"environ", sys_environ},
    {NULL, NULL},
};

int mpl_open_system(lua_State *L) {
  luaL_newlib(L, functions);
  mpl_open_system_files(L);
  return 1;
}
