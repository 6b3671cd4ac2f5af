/* moonpool/password.h - passwords that are made when a connection is opened. */
#ifndef MOONPOOL_PASSWORD_H
#define MOONPOOL_PASSWORD_H

#include <moonpool/export.h>

#include <stddef.h>

MP_BEGIN_C

/* One connection waits for its password. Yours until mp_password_give. */
typedef struct mp_password mp_password;

/* Who knows passwords that change, such as tokens. */
typedef struct mp_password_source {
  /* From the loop's top, once for each new connection: find it out, however long that
   * takes, within connect_timeout; then mp_password_give, not in this call. NULL: the
   * password is a fixed one. */
  void (*ask)(mp_password *password, void *data);
  /* Nobody waits for it any more; mp_password_give is still to be called, in this call
   * or later. */
  void (*cancel)(mp_password *password, void *data);
  void *data;
} mp_password_source;

MP_EXTERN void mp_password_set_data(mp_password *password, void *data);
MP_EXTERN void *mp_password_data(const mp_password *password);
/* Once, from the loop's top. `text` is copied, and the copies are wiped when the
 * connection is open or has failed; NULL: there is none, because of `failure`, and the
 * connection is not opened. */
MP_EXTERN void mp_password_give(mp_password *password, const char *text,
                                const char *failure);

MP_END_C

#endif
