/* url.c - reads a database URL, or keyword=value pairs, with the service it names. */
#include "pg/url.h"

#include "base/error.h"
#include "pg/config_check.h"
#include "pg/service.h"

#include <string.h>

/* libpq quotes the offending part of a URL in its message, and that may be the password:
 * say only what kind of thing is wrong, found by the beginning of its message. */
static const struct {
  const char *begins, *says;
} url_faults[] = {
    {"invalid URI query parameter", "it has a parameter that libpq does not know"},
    {"extra key/value separator", "a parameter has two \"=\""},
    {"missing key/value separator", "a parameter has no \"=\""},
    {"invalid percent-encoded", "a \"%\" is not followed by two hexadecimal digits"},
    {"forbidden value %00", "it contains %00"},
    {"unexpected character", "an unexpected character follows the host"},
    {"end of string reached", "a \"]\" is missing after an IPv6 address"},
    {"IPv6 host address", "the IPv6 address in it is empty"},
    {"missing \"=\"", "a keyword has no \"=\""},
    {"invalid connection option", "it has a keyword that libpq does not know"},
    {"unterminated quoted string", "a quoted value does not end"},
    {"out of memory", "there is no memory to read it"},
};

static mp_error *url_error(const char *message) {
  const char *says = "it is neither a postgresql:// URL nor keyword=value pairs";
  for (size_t i = 0; message != NULL && i < sizeof(url_faults) / sizeof(url_faults[0]);
       i++) {
    if (strstr(message, url_faults[i].begins) != NULL) says = url_faults[i].says;
  }
  mp_error *error =
      mp__error_new(MP_BAD_CONFIG, "the database URL cannot be read: %s", says);
  mp__error_set(
      error, MP_FIELD_HINT,
      "write postgresql://user:password@host:port/database; in user and password "
      "@ : / ? # % are written as %40 %3A %2F %3F %23 %25");
  return error;
}

static bool looks_like_url(const char *text) {
  return strstr(text, "://") != NULL;
}

static bool is_postgres_url(const char *text) {
  return strncmp(text, "postgresql://", 13) == 0 || strncmp(text, "postgres://", 11) == 0;
}

static bool names_service(const PQconninfoOption *options) {
  for (; options->keyword != NULL; options++) {
    if (strcmp(options->keyword, "service") == 0) return options->val != NULL;
  }
  return false;
}

/* The first reading lacks one keyword, which the second one has. */
static mp_error *read_service(const char *url, mp__keywords *into) {
  static const char *const refused[] = {"channel_binding", "ssl_max_protocol_version"};
  for (size_t i = 0; i < 2; i++) {
    PQconninfoOption *options = NULL;
    mp_error *error = mp__service_read(url, refused[i], &options);
    if (error != NULL) return error;
    bool taken = mp__keywords_take(into, options);
    PQconninfoFree(options);
    if (!taken) return mp__error_oom();
  }
  return NULL;
}

mp_error *mp__url_read(const char *url, mp__keywords *into) {
  if (url == NULL || url[0] == '\0') return NULL;
  mp_error *unfit = mp__config_check_url(url);
  if (unfit != NULL) return unfit;
  if (looks_like_url(url) && strchr(url, '=') == NULL && !is_postgres_url(url)) {
    return url_error(NULL);
  }
  char *message = NULL;
  PQconninfoOption *options = PQconninfoParse(url, &message);
  if (options == NULL) {
    mp_error *error = url_error(message);
    PQfreemem(message);
    return error;
  }
  bool taken = mp__keywords_take(into, options), has_service = names_service(options);
  PQconninfoFree(options);
  if (!taken) return mp__error_oom();
  return has_service ? read_service(url, into) : NULL;
}
