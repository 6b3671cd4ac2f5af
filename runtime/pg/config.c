/* config.c - merges URL, environment, settings and our defaults into libpq's keywords. */
#include "pg/config.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "pg/config_check.h"
#include "pg/keywords.h"
#include "pg/setting.h"
#include "pg/url.h"

#include <string.h>

struct mp__config {
  mp__config *replaced; /* kept for the connections that were opened by it */
  mp__keywords keywords;
  char *name;
  uint64_t connect_timeout_ms;
  size_t prepared_max;
  mp__pooler_use pooler;
  bool always_named;
  bool has_settings; /* of the user's */
  bool *is_pooled;   /* apart: connections, which share the configuration, find it out */
  mp_password_source password_source;
  mp__notice_cb on_notice;
  void *on_notice_data;
};

/* libpq keywords that a connection of ours starts with unless it is told otherwise. */
static const mp_setting base_keywords[] = {
    {"client_encoding", "UTF8"},
    {"keepalives_idle", "30"},
    {"tcp_user_timeout", "30000"},
    {"fallback_application_name", "moonpool"},
};

static bool take_environment(mp__config *config) {
  PQconninfoOption *defaults = PQconndefaults();
  if (defaults == NULL) return false;
  bool taken = mp__keywords_take(&config->keywords, defaults);
  PQconninfoFree(defaults);
  return taken;
}

static bool take_base_keywords(mp__config *config) {
  mp__keywords *keywords = &config->keywords;
  if (!mp__keywords_set(keywords, base_keywords[0].name, base_keywords[0].value)) {
    return false;
  }
  for (size_t i = 1; i < sizeof(base_keywords) / sizeof(base_keywords[0]); i++) {
    const mp_setting *base = &base_keywords[i];
    if (mp__keywords_get(keywords, base->name) != NULL) continue;
    if (!mp__keywords_set(keywords, base->name, base->value)) return false;
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
  mp_error *error = mp__url_read(options->url, &config->keywords);
  if (error == NULL) error = mp__config_check(config, options->url);
  if (error == NULL) {
    config->has_settings =
        options->setting_count > 0 || mp__config_get(config, "options") != NULL;
    error = mp__settings_take(options->settings, options->setting_count,
                              options->read_only, &config->keywords);
  }
  if (error == NULL) error = mp__config_refuse_settings(config);
  if (error != NULL) return error;
  if (!take_base_keywords(config)) return mp__error_oom();
  if (options->password != NULL &&
      !mp__keywords_set(&config->keywords, "password", options->password)) {
    return mp__error_oom();
  }
  if (options->application_name != NULL &&
      !mp__keywords_set(&config->keywords, "application_name",
                        options->application_name)) {
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
  config->password_source = options->password_source;
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
  mp__keywords_free(&config->keywords);
  mp__config_free(config->replaced);
  mp__free(config->name);
  mp__free(config->is_pooled);
  mp__free(config);
}

bool mp__config_is_same(const mp__config *config, const mp__config *other) {
  return mp__keywords_are_same(&config->keywords, &other->keywords) &&
         config->password_source.ask == other->password_source.ask &&
         config->connect_timeout_ms == other->connect_timeout_ms;
}

void mp__config_replace(mp__config *config, mp__config *old) {
  config->replaced = old;
  config->on_notice = old->on_notice;
  config->on_notice_data = old->on_notice_data;
}

const char *mp__config_name(const mp__config *config) {
  return config->name;
}

const mp_password_source *mp__config_password_source(const mp__config *config) {
  return &config->password_source;
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
  return mp__keywords_get(&config->keywords, keyword);
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
  (void)mp__keywords_set(&config->keywords, "target_session_attrs", "read-write");
}

const char *const *mp__config_keywords(const mp__config *config) {
  return (const char *const *)config->keywords.names;
}

const char *const *mp__config_values(const mp__config *config) {
  return (const char *const *)config->keywords.values;
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
