/* session_impl.h - the body of a session, shared by the files of this folder alone. */
#ifndef MP_SESSION_SESSION_IMPL_H
#define MP_SESSION_SESSION_IMPL_H

#include "engine/engine.h"

#include <moonpool/session.h>

struct mp_session {
  mp_engine *engine;
  mp__slot *slot;
  mp__conn *conn;
  char *label;
  mp__link operations;
  uint32_t depth;
  bool altered;    /* the connection's settings may differ from the engine's */
  bool reshaped;   /* the open transaction has changed the schema */
  bool lost;       /* the connection is gone, and one call was told */
  mp_error *cause; /* the first error that failed the open transaction */
};

/* session.c */
/* NULL when calls may go on, else why not. */
MP_MUST_CHECK mp_error *mp__session_refusal(const mp_session *session);
/* Start an operation of this session, or refuse it. */
void mp__session_start(mp_session *session, mp_operation *operation);
/* What a failed statement means for the session; gives the error to report (free it). */
MP_MUST_CHECK mp_error *mp__session_note(mp_operation *operation, const mp_error *error);
void mp__session_forget_cause(mp_session *session);

#endif
