/* config.c - merges URL, environment, settings and our defaults into libpq's keywords. */
#include "pg/config.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "pg/config_check.h"
#include "pg/service.h"

#include <libpq-fe.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define KEYWORDS_MAX 64

struct mp__config {
  mp__config *replaced; /* kept for the connections that were opened by it */
  char *keywords[KEYWORDS_MAX + 1], *values[KEYWORDS_MAX + 1];
  size_t count;
  char *name;
  uint64_t connect_timeout_ms;
  size_t prepared_max;
  mp__pooler_use pooler;
  bool always_named;
  bool has_settings; /* of the user's */
  bool *is_pooled;   /* apart: connections, which share the configuration, find it out */
  mp__notice_cb on_notice;
  void *on_notice_data;
};

/* What every connection needs so that values have one form (and a forgotten transaction
 * ends). */
static const mp_setting base_settings[] = {
    {"DateStyle", "ISO"},
    {"IntervalStyle", "postgres"},
    {"extra_float_digits", "1"},
    {"idle_in_transaction_session_timeout", "60s"},
};

/* The settings that decoding depends on. */
static const char *const fixed_settings[] = {"DateStyle", "IntervalStyle",
                                             "extra_float_digits", "client_encoding"};

/* libpq keywords that a connection of ours starts with unless it is told otherwise. */
static const mp_setting base_keywords[] = {
    {"client_encoding", "UTF8"},
    {"keepalives_idle", "30"},
    {"tcp_user_timeout", "30000"},
    {"fallback_application_name", "moonpool"},
};

static size_t find_keyword(const mp__config *config, const char *keyword) {
  for (size_t i = 0; i < config->count; i++) {
    if (strcmp(config->keywords[i], keyword) == 0) return i;
  }
  return KEYWORDS_MAX;
}

static bool set_keyword(mp__config *config, const char *keyword, const char *value) {
  size_t at = find_keyword(config, keyword);
  if (at == KEYWORDS_MAX) {
    if (config->count == KEYWORDS_MAX) return false;
    at = config->count;
    config->keywords[at] = mp__strdup(keyword);
    if (config->keywords[at] == NULL) return false;
    config->count++;
  }
  mp__free(config->values[at]);
  config->values[at] = mp__strdup(value);
  return config->values[at] != NULL;
}

static bool take_options(mp__config *config, const PQconninfoOption *options) {
  for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
    if (option->val == NULL || option->val[0] == '\0') continue;
    if (!set_keyword(config, option->keyword, option->val)) return false;
  }
  return true;
}

static bool take_environment(mp__config *config) {
  PQconninfoOption *defaults = PQconndefaults();
  if (defaults == NULL) return false;
  bool taken = take_options(config, defaults);
  PQconninfoFree(defaults);
  return taken;
}

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
static mp_error *take_service(mp__config *config, const char *url) {
  static const char *const refused[] = {"channel_binding", "ssl_max_protocol_version"};
  for (size_t i = 0; i < 2; i++) {
    PQconninfoOption *options = NULL;
    mp_error *error = mp__service_read(url, refused[i], &options);
    if (error != NULL) return error;
    bool taken = take_options(config, options);
    PQconninfoFree(options);
    if (!taken) return mp__error_oom();
  }
  return NULL;
}

static mp_error *take_url(mp__config *config, const char *url) {
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
  bool taken = take_options(config, options), has_service = names_service(options);
  PQconninfoFree(options);
  if (!taken) return mp__error_oom();
  return has_service ? take_service(config, url) : NULL;
}

/* Backslash and space separate the words of `options`. */
static void append_setting(mp__buffer *out, const char *name, const char *value) {
  mp__buffer_format(out, "%s-c %s=", out->length > 0 ? " " : "", name);
  for (const char *at = value; *at != '\0'; at++) {
    if (*at == ' ' || *at == '\\') mp__buffer_append(out, "\\", 1);
    mp__buffer_append(out, at, 1);
  }
}

static bool is_setting_name(const char *name) {
  if (name == NULL || name[0] == '\0') return false;
  return name[strspn(
             name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")] ==
         '\0';
}

static mp_error *check_setting(const mp_setting *setting) {
  if (!is_setting_name(setting->name) || setting->value == NULL) {
    mp_error *error = mp__error_new(MP_BAD_CONFIG, "\"%s\" is no name of a setting",
                                    setting->name == NULL ? "" : setting->name);
    mp__error_set(error, MP_FIELD_HINT, "a name has letters, digits, _ and . only");
    return error;
  }
  for (size_t i = 0; i < sizeof(fixed_settings) / sizeof(fixed_settings[0]); i++) {
    if (strcasecmp(setting->name, fixed_settings[i]) != 0) continue;
    mp_error *error =
        mp__error_new(MP_BAD_CONFIG, "setting \"%s\" is fixed: values are decoded by it",
                      setting->name);
    mp__error_set(error, MP_FIELD_HINT,
                  "leave it out, and convert in the query where you need to");
    return error;
  }
  return NULL;
}

/* A session that is read only by default is no "read-write" one to libpq, wherever it is.
 */
static bool take_read_only(mp__config *config, mp__buffer *text) {
  append_setting(text, "default_transaction_read_only", "on");
  const char *wanted = mp__config_get(config, "target_session_attrs");
  if (wanted == NULL || strcmp(wanted, "read-write") != 0) return true;
  return set_keyword(config, "target_session_attrs", "primary");
}

static mp_error *take_settings(mp__config *config, const mp__config_options *options) {
  const mp_setting *settings = options->settings;
  size_t count = options->setting_count;
  mp__buffer text = MP__BUFFER_INIT;
  for (size_t i = 0; i < sizeof(base_settings) / sizeof(base_settings[0]); i++) {
    append_setting(&text, base_settings[i].name, base_settings[i].value);
  }
  const char *given = mp__config_get(config, "options");
  if (given != NULL) mp__buffer_format(&text, " %s", given);
  config->has_settings = given != NULL || count > 0;
  for (size_t i = 0; i < count; i++) {
    mp_error *error = check_setting(&settings[i]);
    if (error != NULL) {
      mp__buffer_free(&text);
      return error;
    }
    append_setting(&text, settings[i].name, settings[i].value);
  }
  bool taken = !options->read_only || take_read_only(config, &text);
  taken = taken && !text.failed && set_keyword(config, "options", text.data);
  mp__buffer_free(&text);
  return taken ? NULL : mp__error_oom();
}

static bool take_base_keywords(mp__config *config) {
  if (!set_keyword(config, "client_encoding", base_keywords[0].value)) return false;
  for (size_t i = 1; i < sizeof(base_keywords) / sizeof(base_keywords[0]); i++) {
    if (find_keyword(config, base_keywords[i].name) != KEYWORDS_MAX) continue;
    if (!set_keyword(config, base_keywords[i].name, base_keywords[i].value)) return false;
  }
  return true;
}

static bool make_name(mp__config *config) {
  const char *user = mp__config_get(config, "user"),
             *host = mp__config_get(config, "host");
  const char *port = mp__config_get(config, "port"),
             *name = mp__config_get(config, "dbname");
  if (host == NULL) host = mp__config_get(config, "hostaddr");
  mp__buffer text = MP__BUFFER_INIT;
  mp__buffer_format(&text, "%s@%s:%s/%s", user == NULL ? "" : user,
                    host == NULL ? "local" : host, port == NULL ? "5432" : port,
                    name != NULL   ? name
                    : user != NULL ? user
                                   : "");
  config->name = mp__buffer_take(&text);
  return config->name != NULL;
}

mp_error *mp__config_refuse_settings(const mp__config *config) {
  if (!config->has_settings || !mp__config_is_pooled(config)) return NULL;
  mp_error *error = mp__error_new(
      MP_BAD_CONFIG, "settings cannot be given to connections behind a pooler");
  mp__error_set(error, MP_FIELD_HINT,
                "use SET LOCAL in transactions, or alter role ... set ...; take them out "
                "of the engine's options, the URL and PGOPTIONS");
  return error;
}

static mp_error *fill(mp__config *config, const mp__config_options *options) {
  config->is_pooled = mp__alloc_zero(sizeof(*config->is_pooled));
  if (config->is_pooled == NULL) return mp__error_oom();
  *config->is_pooled = options->pooler == MP__POOLER_TRANSACTION;
  if (!take_environment(config)) return mp__error_oom();
  mp_error *error = take_url(config, options->url);
  if (error == NULL) error = mp__config_check(config, options->url);
  if (error == NULL) {
    error = take_settings(config, options);
  }
  if (error == NULL) error = mp__config_refuse_settings(config);
  if (error != NULL) return error;
  if (!take_base_keywords(config)) return mp__error_oom();
  if (options->password != NULL && !set_keyword(config, "password", options->password)) {
    return mp__error_oom();
  }
  if (options->application_name != NULL &&
      !set_keyword(config, "application_name", options->application_name)) {
    return mp__error_oom();
  }
  return make_name(config) ? NULL : mp__error_oom();
}

int mp__config_new(const mp__config_options *options, mp__config **out,
                   mp_error **error) {
  mp__config *config = mp__alloc_zero(sizeof(*config));
  if (config == NULL) {
    *error = mp__error_oom();
    return MP_OUT_OF_MEMORY;
  }
  config->connect_timeout_ms = options->connect_timeout_ms;
  config->prepared_max = options->prepared_max;
  config->pooler = options->pooler;
  config->always_named = options->always_named;
  mp_error *failure = fill(config, options);
  if (failure == NULL) {
    *out = config;
    return MP_OK;
  }
  mp__config_free(config);
  *error = failure;
  return mp_error_status(failure);
}

void mp__config_free(mp__config *config) {
  if (config == NULL) return;
  for (size_t i = 0; i < config->count; i++) {
    mp__free(config->keywords[i]);
    mp__free(config->values[i]);
  }
  mp__config_free(config->replaced);
  mp__free(config->name);
  mp__free(config->is_pooled);
  mp__free(config);
}

bool mp__config_is_same(const mp__config *config, const mp__config *other) {
  if (config->count != other->count) return false;
  for (size_t i = 0; i < config->count; i++) {
    const char *value = mp__config_get(other, config->keywords[i]);
    if (value == NULL || strcmp(value, config->values[i]) != 0) return false;
  }
  return config->connect_timeout_ms == other->connect_timeout_ms;
}

void mp__config_replace(mp__config *config, mp__config *old) {
  config->replaced = old;
}

const char *mp__config_name(const mp__config *config) {
  return config->name;
}

uint64_t mp__config_connect_timeout_ms(const mp__config *config) {
  return config->connect_timeout_ms;
}

bool mp__config_is_pooled(const mp__config *config) {
  return *config->is_pooled;
}

bool mp__config_note_pooler(const mp__config *config) {
  if (config->pooler != MP__POOLER_AUTO || *config->is_pooled) return false;
  *config->is_pooled = true;
  return true;
}

size_t mp__config_prepared_max(const mp__config *config) {
  return mp__config_is_pooled(config) && !config->always_named ? 0 : config->prepared_max;
}

const char *mp__config_get(const mp__config *config, const char *keyword) {
  size_t at = find_keyword(config, keyword);
  return at == KEYWORDS_MAX ? NULL : config->values[at];
}

bool mp__config_has_choice(const mp__config *config) {
  const char *hosts = mp__config_get(config, "hostaddr");
  if (hosts == NULL) hosts = mp__config_get(config, "host");
  const char *wanted = mp__config_get(config, "target_session_attrs");
  if (wanted != NULL && strcmp(wanted, "any") != 0) return false;
  return hosts != NULL && strchr(hosts, ',') != NULL;
}

bool mp__config_wants_read_write(const mp__config *config) {
  const char *wanted = mp__config_get(config, "target_session_attrs");
  return wanted != NULL &&
         (strcmp(wanted, "read-write") == 0 || strcmp(wanted, "primary") == 0);
}

/* Without memory the next refusal asks again. */
void mp__config_want_read_write(mp__config *config) {
  if (mp__config_wants_read_write(config)) return;
  (void)set_keyword(config, "target_session_attrs", "read-write");
}

const char *const *mp__config_keywords(const mp__config *config) {
  return (const char *const *)config->keywords;
}

const char *const *mp__config_values(const mp__config *config) {
  return (const char *const *)config->values;
}

void mp__config_on_notice(mp__config *config, mp__notice_cb cb, void *data) {
  config->on_notice = cb;
  config->on_notice_data = data;
}

bool mp__config_wants_notices(const mp__config *config) {
  return config->on_notice != NULL;
}

void mp__config_report_notice(const mp__config *config, const mp_error *notice) {
  if (config->on_notice != NULL) config->on_notice(notice, config->on_notice_data);
}
