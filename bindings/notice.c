/* notice.c - what servers say unasked, waiting for Lua: a bounded queue of an engine. */
#include "notice.h"

#include "error.h"

#include <moonpool/script.h>

#include <stdbool.h>
#include <stdlib.h>

enum { COUNT_MAX = 10000 };

typedef struct queued {
  struct queued *next;
  mp_error *notice;
} queued;

typedef struct waiter { /* data of a wait for the next one */
  struct waiter *next;
  mp_wait *wait;
  mpl_notices *notices;
} waiter;

struct mpl_notices {
  mp_engine *engine; /* NULL once it is gone */
  queued *first, **last;
  size_t count, dropped;
  waiter *waiters;
};

static void wake(mpl_notices *notices) {
  while (notices->waiters != NULL) {
    waiter *first = notices->waiters;
    notices->waiters = first->next;
    mp_wait_done(first->wait);
  }
}

/* Over the bound the newest are left out, which is told behind the rest. */
static void on_notice(const mp_error *notice, void *data) {
  mpl_notices *notices = data;
  queued *entry = notices->count < COUNT_MAX ? calloc(1, sizeof(*entry)) : NULL;
  if (entry == NULL) {
    notices->dropped++;
    return;
  }
  entry->notice = mp_error_copy(notice);
  *notices->last = entry;
  notices->last = &entry->next;
  notices->count++;
  wake(notices);
}

mpl_notices *mpl_notices_new(mp_engine *engine) {
  mpl_notices *notices = calloc(1, sizeof(*notices));
  if (notices == NULL) return NULL;
  notices->engine = engine;
  notices->last = &notices->first;
  mp_engine_on_notice(engine, on_notice, notices);
  return notices;
}

void mpl_notices_end(mpl_notices *notices) {
  if (notices == NULL) return;
  notices->engine = NULL;
  wake(notices);
}

static void drop_first(mpl_notices *notices) {
  queued *entry = notices->first;
  notices->first = entry->next;
  if (notices->first == NULL) notices->last = &notices->first;
  notices->count--;
  mp_error_free(entry->notice);
  free(entry);
}

void mpl_notices_free(mpl_notices *notices) {
  if (notices == NULL) return;
  while (notices->first != NULL)
    drop_first(notices);
  free(notices);
}

static void set_text(lua_State *L, const char *name, const char *text) {
  if (text == NULL || text[0] == '\0') return;
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void push_notice(lua_State *L, const mp_error *notice) {
  lua_createtable(L, 0, 8);
  set_text(L, "severity", mp_error_get(notice, MP_FIELD_SEVERITY));
  set_text(L, "sqlstate", mp_error_sqlstate(notice));
  set_text(L, "message", mp_error_message(notice));
  set_text(L, "detail", mp_error_get(notice, MP_FIELD_DETAIL));
  set_text(L, "hint", mp_error_get(notice, MP_FIELD_HINT));
  set_text(L, "context", mp_error_get(notice, MP_FIELD_CONTEXT));
  set_text(L, "query", mp_error_get(notice, MP_FIELD_QUERY));
}

static void push_dropped(lua_State *L, mpl_notices *notices) {
  lua_createtable(L, 0, 2);
  set_text(L, "severity", "WARNING");
  lua_pushfstring(L, "%d notices were left out", (int)notices->dropped);
  lua_setfield(L, -2, "message");
  notices->dropped = 0;
}

static int push_next(lua_State *L, mpl_notices *notices) {
  if (notices->first == NULL && notices->dropped > 0) {
    push_dropped(L, notices);
    return 1;
  }
  if (notices->first == NULL) {
    lua_pushboolean(L, notices->engine != NULL);
    return 1;
  }
  push_notice(L, notices->first->notice);
  drop_first(notices);
  return 1;
}

static void cancel_waiter(mp_wait *wait, int status) {
  (void)status;
  waiter *data = mp_wait_data(wait);
  waiter **at = &data->notices->waiters;
  while (*at != data)
    at = &(*at)->next;
  *at = data->next;
  mp_wait_done(wait);
}

static int woken(lua_State *L, mp_wait *wait) {
  const waiter *data = mp_wait_data(wait);
  mp_wait_raise_ended(L, wait);
  return push_next(L, data->notices);
}

int mpl_notices_next(lua_State *L, mpl_notices *notices) {
  mp_wait *wait = mp_wait_new(L, sizeof(waiter), NULL);
  bool has_any = notices->first != NULL || notices->dropped > 0;
  if (has_any || notices->engine == NULL) return push_next(L, notices);
  waiter *data = mp_wait_data(wait);
  *data = (waiter){.next = notices->waiters, .wait = wait, .notices = notices};
  notices->waiters = data;
  mp_wait_begin_quiet(wait, cancel_waiter);
  return mp_wait_suspend(L, wait, woken);
}
