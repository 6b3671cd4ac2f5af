/* visit.c - a connection in the hands of a hook: the session it has there, and its end.
 */
#include "base/alloc.h"
#include "base/error.h"
#include "session/session_impl.h"

struct mp_visit {
  mp__slot *slot;      /* NULL once it was taken away */
  mp_session *session; /* NULL once it is closed */
  mp_hook_event event;
  mp_hooks hooks; /* as they were when it began */
  void *data;
};

static const char *const names[] = {"connect", "checkout", "checkin"};

static void *begin(mp__slot *slot, mp_hook_event event, void *data) {
  mp_engine *engine = data;
  mp_visit *visit = mp__alloc_zero(sizeof(*visit));
  if (visit == NULL) return NULL;
  visit->session = mp__session_new(engine, slot);
  if (visit->session == NULL) {
    mp__free(visit);
    return NULL;
  }
  visit->slot = slot;
  visit->event = event;
  visit->hooks = engine->hooks;
  visit->session->visit = visit;
  visit->hooks.begin(visit, visit->hooks.data);
  return visit;
}

/* Whoever holds it must not use it any more. */
static void take_session(mp_visit *visit) {
  mp_session *session = visit->session;
  if (session == NULL) return;
  if (session->on_taken != NULL) session->on_taken(session->on_taken_data);
  if (visit->session != NULL) mp_session_close(visit->session);
}

static void cancel(void *data) {
  mp_visit *visit = data;
  take_session(visit);
  visit->slot = NULL;
  visit->hooks.cancel(visit, visit->hooks.data);
}

void mp_engine_set_hooks(mp_engine *engine, const mp_hooks *hooks) {
  mp__visitor visitor = {
      .events = hooks->events, .begin = begin, .cancel = cancel, .data = engine};
  engine->hooks = *hooks;
  mp__pool_on_visit(engine->pool, &visitor);
}

void mp__visit_forget_session(mp_visit *visit) {
  visit->session = NULL;
}

mp_hook_event mp_visit_event(const mp_visit *visit) {
  return visit->event;
}

mp_session *mp_visit_session(const mp_visit *visit) {
  return visit->session;
}

void mp_visit_set_data(mp_visit *visit, void *data) {
  visit->data = data;
}

void *mp_visit_data(const mp_visit *visit) {
  return visit->data;
}

static mp_error *failure_of(const mp_visit *visit, const char *failure) {
  if (failure == NULL) return NULL;
  mp_error *error = mp__error_new(MP_CONNECT_FAILED, "the hook \"%s\" failed: %s",
                                  names[visit->event], failure);
  mp__error_set(error, MP_FIELD_HINT,
                "mend the function that is given to the hook: a connection on which it "
                "fails is closed");
  return error;
}

void mp_visit_end(mp_visit *visit, const char *failure) {
  take_session(visit);
  mp__slot *slot = visit->slot;
  mp_error *error = slot == NULL ? NULL : failure_of(visit, failure);
  mp__free(visit);
  if (slot != NULL) mp__visit_end(slot, error);
}
