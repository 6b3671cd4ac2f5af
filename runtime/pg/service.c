/* service.c - the values that a service file adds to a URL, as libpq itself reads them.
 *
 * libpq looks a service up only when it connects. So it is made to: with a value that it
 * refuses after everything has been read and before anything is done with it. */
#include "pg/service.h"

#include "base/error.h"

#include <string.h>

static PGconn *read_all(const char *url, const char *refused) {
  const char *const keywords[] = {"dbname", refused, NULL};
  const char *const values[] = {url, "refused", NULL};
  return PQconnectStartParams(keywords, values, 1);
}

static void blank(PQconninfoOption *options, const char *keyword) {
  for (PQconninfoOption *option = options; option->keyword != NULL; option++) {
    if (strcmp(option->keyword, keyword) == 0 && option->val != NULL) {
      option->val[0] = '\0';
    }
  }
}

/* Nothing was read when the service is not there. */
static mp_error *missing(PGconn *pg) {
  const char *message = PQerrorMessage(pg);
  if (strstr(message, "refused") != NULL) return NULL;
  mp_error *error = mp__error_new(MP_BAD_CONFIG, "the service cannot be read: %.*s",
                                  (int)strcspn(message, "\n"), message);
  mp__error_set(error, MP_FIELD_HINT,
                "services stand in ~/.pg_service.conf, or in the file that "
                "PGSERVICEFILE names");
  return error;
}

mp_error *mp__service_read(const char *url, const char *refused, PQconninfoOption **out) {
  PGconn *pg = read_all(url, refused);
  if (pg == NULL) return mp__error_oom();
  mp_error *error = missing(pg);
  *out = error == NULL ? PQconninfo(pg) : NULL;
  PQfinish(pg);
  if (error != NULL) return error;
  if (*out == NULL) return mp__error_oom();
  blank(*out, refused);
  return NULL;
}
