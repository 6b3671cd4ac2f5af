/* config_check.c - refuses connection settings that libpq would find wrong later, or
 * misread. */
#include "pg/config_check.h"

#include "base/error.h"

#include <stdbool.h>
#include <string.h>

enum { URL_MAX = 16384, PORT_MAX = 65535 };

typedef struct choice {
  const char *keyword;
  const char *values; /* each between commas */
} choice;

static const choice choices[] = {
    {"sslmode", ",disable,allow,prefer,require,verify-ca,verify-full,"},
    {"target_session_attrs", ",any,read-write,read-only,primary,standby,prefer-standby,"},
    {"gssencmode", ",disable,prefer,require,"},
    {"channel_binding", ",disable,prefer,require,"},
};

static const char *const numbers[] = {
    "connect_timeout",     "keepalives",       "keepalives_idle",
    "keepalives_interval", "keepalives_count", "tcp_user_timeout",
};

static const char escape_hint[] = "in user and password @ : / ? # % are written as "
                                  "%40 %3A %2F %3F %23 %25";

static mp_error *with_hint(mp_error *error, const char *hint) {
  mp__error_set(error, MP_FIELD_HINT, hint);
  return error;
}

/* What follows "postgresql://", or NULL where the text is no such URL. */
static const char *after_scheme(const char *url) {
  if (strncmp(url, "postgresql://", 13) == 0) return url + 13;
  return strncmp(url, "postgres://", 11) == 0 ? url + 11 : NULL;
}

/* Whether an @ stands where libpq would take a piece of the password for host, port or
 * database. */
static bool is_torn(const char *rest, size_t length) {
  size_t slash = strcspn(rest, "/"), at = strcspn(rest, "@");
  for (size_t i = at; i < length; i += 1 + strcspn(rest + i + 1, "@")) {
    if (i > at || i > slash) return true;
  }
  return false;
}

mp_error *mp__config_check_url(const char *url) {
  size_t length = strlen(url);
  if (length > URL_MAX) {
    return mp__error_new(MP_BAD_CONFIG, "the database URL has %zu bytes; it may have %d",
                         length, URL_MAX);
  }
  const char *rest = after_scheme(url);
  if (rest == NULL || !is_torn(rest, strcspn(rest, "?"))) return NULL;
  return with_hint(mp__error_new(MP_BAD_CONFIG,
                                 "the database URL has an @ in the password, the "
                                 "host or the database's name"),
                   escape_hint);
}

/* An unescaped slash in the password makes libpq take what stands before it for the port.
 */
static bool may_be_secret(const char *url) {
  const char *rest = url == NULL ? NULL : after_scheme(url);
  if (rest == NULL) return false;
  size_t at = strcspn(rest, "@");
  return rest[at] == '@' && at > strcspn(rest, "/?");
}

static bool is_port(const char *port, size_t length) {
  uint32_t number = 0;
  if (length == 0) return true; /* the default */
  for (size_t i = 0; i < length; i++) {
    if (port[i] < '0' || port[i] > '9' || number > PORT_MAX) return false;
    number = number * 10 + (uint32_t)(port[i] - '0');
  }
  return number > 0 && number <= PORT_MAX;
}

static mp_error *check_ports(const mp__config *config, const char *url) {
  const char *ports = mp__config_get(config, "port");
  for (const char *at = ports; at != NULL && *at != '\0';) {
    size_t length = strcspn(at, ",");
    if (!is_port(at, length) && may_be_secret(url)) {
      return with_hint(mp__error_new(MP_BAD_CONFIG,
                                     "the port in the URL is not a number from 1 to %d",
                                     PORT_MAX),
                       escape_hint);
    }
    if (!is_port(at, length)) {
      return mp__error_new(MP_BAD_CONFIG, "port \"%.*s\" is not a number from 1 to %d",
                           (int)(length < 20 ? length : 20), at, PORT_MAX);
    }
    at += length;
    if (*at == ',') at++;
  }
  return NULL;
}

/* Socket directories and abstract sockets have other rules than names. */
static mp_error *check_hosts(const mp__config *config) {
  const char *hosts = mp__config_get(config, "host");
  for (const char *at = hosts; at != NULL && *at != '\0';) {
    size_t length = strcspn(at, ",");
    if (*at != '/' && *at != '@' && strcspn(at, "@ \t\r\n") < length) {
      return with_hint(
          mp__error_new(MP_BAD_CONFIG, "a host's name has neither spaces nor an @ in it"),
          escape_hint);
    }
    at += length;
    if (*at == ',') at++;
  }
  return NULL;
}

static size_t count_items(const char *list) {
  size_t count = 1;
  for (; list != NULL && *list != '\0'; list++)
    count += *list == ',';
  return count;
}

static mp_error *check_counts(const mp__config *config) {
  const char *hosts = mp__config_get(config, "hostaddr");
  if (hosts == NULL) hosts = mp__config_get(config, "host");
  size_t ports = count_items(mp__config_get(config, "port"));
  if (ports == 1 || ports == count_items(hosts)) return NULL;
  return with_hint(mp__error_new(MP_BAD_CONFIG, "there are %zu ports for %zu hosts",
                                 ports, count_items(hosts)),
                   "give one port for all hosts, or one for each");
}

static bool is_choice(const char *value, const char *values) {
  size_t length = strlen(value);
  for (const char *at = strstr(values, value); at != NULL; at = strstr(at + 1, value)) {
    if (length > 0 && at[-1] == ',' && at[length] == ',') return true;
  }
  return false;
}

static mp_error *check_choices(const mp__config *config) {
  for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
    const char *value = mp__config_get(config, choices[i].keyword);
    if (value == NULL || is_choice(value, choices[i].values)) continue;
    const char *values = choices[i].values + 1;
    return mp__error_new(MP_BAD_CONFIG, "%s is one of %.*s, not \"%.40s\"",
                         choices[i].keyword, (int)strlen(values) - 1, values, value);
  }
  return NULL;
}

static mp_error *check_numbers(const mp__config *config) {
  for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
    const char *value = mp__config_get(config, numbers[i]);
    size_t sign = value != NULL && value[0] == '-';
    if (value == NULL || value[sign + strspn(value + sign, "0123456789")] == '\0')
      continue;
    return mp__error_new(MP_BAD_CONFIG, "%s is a whole number, not \"%.40s\"", numbers[i],
                         value);
  }
  return NULL;
}

static mp_error *check_database(const mp__config *config) {
  const char *name = mp__config_get(config, "dbname");
  if (name == NULL || strstr(name, "://") == NULL) return NULL;
  return with_hint(mp__error_new(MP_BAD_CONFIG, "the database's name is a URL"),
                   "give the URL by itself, without dbname=");
}

mp_error *mp__config_check(const mp__config *config, const char *url) {
  mp_error *error = check_ports(config, url);
  if (error == NULL) error = check_hosts(config);
  if (error == NULL) error = check_counts(config);
  if (error == NULL) error = check_choices(config);
  if (error == NULL) error = check_numbers(config);
  return error != NULL ? error : check_database(config);
}
