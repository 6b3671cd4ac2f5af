/* warning.c - Lua's `warn` in a state of ours: to stderr, off until `warn "@on"`. */
#include "script/script_impl.h"

#include <lua.h>

#include <stdio.h>
#include <string.h>

/* `@on` and `@off` are for us; other control messages are nobody's. */
static bool take_control(mp_script *script, const char *message, int is_continued) {
  if (script->is_warning || is_continued != 0 || message[0] != '@') return false;
  if (strcmp(message, "@on") == 0) script->shows_warnings = true;
  if (strcmp(message, "@off") == 0) script->shows_warnings = false;
  return true;
}

/* A warning comes in pieces. */
static void warn(void *data, const char *message, int is_continued) {
  mp_script *script = data;
  if (take_control(script, message, is_continued)) return;
  if (script->shows_warnings) {
    fprintf(stderr, "%s%s%s", script->is_warning ? "" : "warning: ", message,
            is_continued != 0 ? "" : "\n");
  }
  script->is_warning = is_continued != 0;
}

void mp__warning_setup(lua_State *L, mp_script *script) {
  lua_setwarnf(L, warn, script);
}
