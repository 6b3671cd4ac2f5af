/* own.c - what a task has open comes back when it ends. */
#include "script/script_impl.h"

#include <moonpool/task.h>

#include <lua.h>

void mp__task_own(mp_task *task, mp_owned *owned, void (*release)(mp_owned *)) {
  mp_disown(owned);
  owned->release = release;
  owned->next = &task->owned;
  owned->prev = task->owned.prev;
  owned->prev->next = owned;
  task->owned.prev = owned;
}

const void *mp_task_running(lua_State *L) {
  return mp_script_of(L)->current;
}

void mp_own(lua_State *L, mp_owned *owned, void (*release)(mp_owned *)) {
  mp__task_own(mp_script_of(L)->current, owned, release);
}

bool mp_own_beside(mp_owned *owned, mp_owned *other, void (*release)(mp_owned *)) {
  mp_disown(owned);
  if (other->next == NULL) return false;
  owned->release = release;
  owned->next = other->next;
  owned->prev = other;
  other->next->prev = owned;
  other->next = owned;
  return true;
}

void mp_own_by_script(lua_State *L, mp_owned *owned, void (*release)(mp_owned *)) {
  mp__task_own(&mp_script_of(L)->root, owned, release);
}

bool mp_is_pinned(lua_State *L) {
  const mp_script *script = mp_script_of(L);
  if (script == NULL) return false;
  if (script->current->is_pinned) return true;
  const mp_owned *ring = &script->current->owned;
  for (const mp_owned *at = ring->next; at != NULL && at != ring; at = at->next) {
    if (at->pins) return true;
  }
  return false;
}

void mp_disown(mp_owned *owned) {
  if (owned->next == NULL) return;
  owned->prev->next = owned->next;
  owned->next->prev = owned->prev;
  owned->next = NULL;
  owned->prev = NULL;
}
