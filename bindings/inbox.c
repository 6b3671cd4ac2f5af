/* inbox.c - the notifications of a session, waiting for Lua: a bounded queue. */
#include "inbox.h"

#include "error.h"
#include "object.h"
#include "session.h"

#include <moonpool/script.h>

#include <lauxlib.h>

#include <stdlib.h>
#include <string.h>

#define BYTES_MAX ((size_t)16 << 20)

typedef struct note {
  struct note *next;
  int pid;
  size_t channel_length, payload_length;
  char text[]; /* the channel, then the payload */
} note;

typedef struct waiter { /* data of a wait for something to happen */
  struct waiter *next;
  mp_wait *wait;
  struct mpl_inbox *box;
} waiter;

/* Its session points to it, until that is closed or this is collected. */
typedef struct mpl_inbox {
  mpl_object object;
  mp_session *session; /* NULL once that tells nothing more */
  note *first, **last;
  size_t count, limit, bytes;
  size_t dropped; /* since it overflowed: nothing is taken in until that was told */
  bool is_over;   /* its connection is lost, or its session closed */
  mp_error *error;
  waiter *waiters;
} mpl_inbox;

static const mpl_class inbox_class;

static void wake(mpl_inbox *box) {
  while (box->waiters != NULL) {
    waiter *first = box->waiters;
    box->waiters = first->next;
    mp_wait_done(first->wait);
  }
}

static note *copy_note(const char *channel, const char *payload, int pid) {
  size_t channel_length = strlen(channel), payload_length = strlen(payload);
  note *copy = malloc(sizeof(*copy) + channel_length + payload_length);
  if (copy == NULL) return NULL;
  *copy = (note){
      .pid = pid, .channel_length = channel_length, .payload_length = payload_length};
  char *text = copy->text; /* lengths tell the two apart */
  for (size_t i = 0; i < channel_length; i++)
    *text++ = channel[i];
  for (size_t i = 0; i < payload_length; i++)
    *text++ = payload[i];
  return copy;
}

static size_t size_of(const note *one) {
  return sizeof(*one) + one->channel_length + one->payload_length;
}

static void on_notified(const char *channel, const char *payload, int pid, void *data) {
  mpl_inbox *box = data;
  bool fits = box->dropped == 0 && box->count < box->limit && box->bytes < BYTES_MAX;
  note *copy = fits ? copy_note(channel, payload, pid) : NULL;
  if (copy == NULL) {
    box->dropped++;
  } else {
    *box->last = copy;
    box->last = &copy->next;
    box->count++;
    box->bytes += size_of(copy);
  }
  wake(box);
}

static void on_ended(const mp_error *error, void *data) {
  mpl_inbox *box = data;
  box->session = NULL;
  if (error != NULL) box->error = mp_error_copy(error);
  box->is_over = true;
  wake(box);
}

int mpl_inbox_new(lua_State *L) {
  mp_session *session = mpl_session_test(L, 1);
  if (session == NULL)
    mpl_raise(L, "bad_argument", NULL, "connection expected, got %s",
              luaL_typename(L, 1));
  lua_Integer limit = luaL_checkinteger(L, 2);
  mpl_inbox *box = mpl_object_new(L, &inbox_class, sizeof(*box), 0);
  box->last = &box->first;
  box->limit = limit < 1 ? 1 : (size_t)limit;
  box->session = session;
  mp_session_listen(session, on_notified, on_ended, box);
  return 1;
}

/* The first note must be freed after it was pushed, by error too: it stays in the queue
 * until then. */
static int push_note(lua_State *L, mpl_inbox *box) {
  note *first = box->first;
  lua_pushlstring(L, first->text, first->channel_length);
  lua_pushlstring(L, first->text + first->channel_length, first->payload_length);
  lua_pushinteger(L, first->pid);
  box->first = first->next;
  if (box->first == NULL) box->last = &box->first;
  box->count--;
  box->bytes -= size_of(first);
  free(first);
  return 3;
}

/* inbox:take() -> channel, payload, pid; or nil and "empty"; or nil, "overflow" and how
 * many were lost; or nil, "over" and why, where known */
static int inbox_take(lua_State *L) {
  mpl_inbox *box = mpl_object_check(L, 1, &inbox_class);
  if (box->first != NULL) return push_note(L, box);
  lua_pushnil(L);
  if (box->dropped > 0) {
    lua_pushliteral(L, "overflow");
    lua_pushinteger(L, (lua_Integer)box->dropped);
    box->dropped = 0;
    return 3;
  }
  lua_pushstring(L, box->is_over ? "over" : "empty");
  if (box->error == NULL) return 2;
  mp_script_push_error(L, box->error);
  return 3;
}

static void cancel_waiter(mp_wait *wait, int status) {
  (void)status;
  waiter *data = mp_wait_data(wait);
  waiter **at = &data->box->waiters;
  while (*at != data)
    at = &(*at)->next;
  *at = data->next;
  mp_wait_done(wait);
}

static int woken(lua_State *L, mp_wait *wait) {
  mp_wait_raise_ended(L, wait);
  return 0;
}

/* inbox:wait(): until there is something to take */
static int inbox_wait(lua_State *L) {
  mpl_inbox *box = mpl_object_check(L, 1, &inbox_class);
  mp_wait *wait = mp_wait_new(L, sizeof(waiter), NULL);
  if (box->first != NULL || box->dropped > 0 || box->is_over) return 0;
  waiter *data = mp_wait_data(wait);
  *data = (waiter){.next = box->waiters, .wait = wait, .box = box};
  box->waiters = data;
  mp_wait_begin(wait, cancel_waiter);
  return mp_wait_suspend(L, wait, woken);
}

static int inbox_gc(lua_State *L) {
  mpl_inbox *box = lua_touserdata(L, 1);
  if (box->session != NULL) mp_session_listen(box->session, NULL, NULL, NULL);
  box->session = NULL;
  wake(box);
  while (box->first != NULL) {
    note *first = box->first;
    box->first = first->next;
    free(first);
  }
  mp_error_free(box->error);
  box->error = NULL;
  return 0;
}

static const luaL_Reg inbox_methods[] = {
    {"take", inbox_take},
    {"wait", inbox_wait},
    {NULL, NULL},
};
static const luaL_Reg inbox_events[] = {
    {"__gc", inbox_gc},
    {NULL, NULL},
};
static const mpl_class inbox_class = {"inbox", inbox_methods, inbox_events};

void mpl_open_inbox(lua_State *L) {
  mpl_class_open(L, &inbox_class);
}
