/* moonpool/hook.h - functions of the host's that are given each connection when it is
 * new, before it is lent and after it has come back. */
#ifndef MOONPOOL_HOOK_H
#define MOONPOOL_HOOK_H

#include <moonpool/session.h>

MP_BEGIN_C

/* One connection, lent to one hook; yours from `begin` to mp_visit_end. */
typedef struct mp_visit mp_visit;

typedef struct mp_hooks {
  size_t size;     /* set by MP_HOOKS_INIT; lets the struct grow */
  unsigned events; /* MP_HOOK_BIT of those that are wanted */
  /* Start what is to be done, and return: it may use the visit's session, and ends with
   * mp_visit_end, not in this call. Within connect_timeout. */
  void (*begin)(mp_visit *visit, void *data);
  /* The time is up, or the engine closes. The session is closed when this returns (see
   * mp_session_on_taken); mp_visit_end still is to be called, in this call or later. */
  void (*cancel)(mp_visit *visit, void *data);
  void *data;
} mp_hooks;
#define MP_HOOKS_INIT                                                                    \
  { .size = sizeof(mp_hooks) }

/* From the next connection on. An engine with MP_HOOK_CHECKOUT or MP_HOOK_CHECKIN gives
 * every read a connection to itself. After a session was reset its connection is new
 * again for MP_HOOK_CONNECT. What a hook changes on its connection stays. */
MP_EXTERN void mp_engine_set_hooks(mp_engine *engine, const mp_hooks *hooks);

MP_EXTERN mp_hook_event mp_visit_event(const mp_visit *visit);
/* NULL once it was taken away or closed. You may close it. */
MP_EXTERN mp_session *mp_visit_session(const mp_visit *visit);
MP_EXTERN void mp_visit_set_data(mp_visit *visit, void *data);
MP_EXTERN void *mp_visit_data(const mp_visit *visit);
/* Once, from the loop's top. With a failure the connection is closed, and whoever waits
 * for it is told MP_CONNECT_FAILED with that text. */
MP_EXTERN void mp_visit_end(mp_visit *visit, const char *failure);

MP_END_C

#endif
