/* config.h - where and how to connect: libpq's keywords, parsed once per engine. */
#ifndef MP_PG_CONFIG_H
#define MP_PG_CONFIG_H

#include <moonpool/error.h>
#include <moonpool/password.h>
#include <moonpool/setting.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct mp__config mp__config;

typedef enum mp__pooler_use {
  MP__POOLER_AUTO, /* found out by connecting */
  MP__POOLER_NONE,
  MP__POOLER_TRANSACTION
} mp__pooler_use;

typedef struct mp__config_options {
  const char
      *url; /* URL or keywords as libpq takes them; NULL or "": the environment's */
  const mp_setting *settings;
  size_t setting_count;
  const char *password;               /* NULL: the URL's, or what libpq finds */
  mp_password_source password_source; /* instead, where it can be asked */
  const char *application_name; /* NULL: "moonpool", unless URL or environment name one */
  bool read_only;               /* transactions are, unless they say otherwise */
  uint64_t connect_timeout_ms;  /* 0: no bound */
  mp__pooler_use pooler;
  bool always_named;   /* statements are prepared by name behind a pooler, too */
  size_t prepared_max; /* statements kept prepared per connection; 0: none are named */
} mp__config_options;

/* On failure *error says what is wrong (MP_BAD_CONFIG), without the URL or its password.
 */
MP_MUST_CHECK int mp__config_new(const mp__config_options *options, mp__config **out,
                                 mp_error **error);
void mp__config_free(mp__config *config);
/* Whether connections opened by either are alike. */
bool mp__config_is_same(const mp__config *config, const mp__config *other);
/* `config` takes the place of `old`, which connections may still use: it is kept with it.
 */
void mp__config_replace(mp__config *config, mp__config *old);

/* "app@db-1:5432/app", never a password; lives as long as the config. */
const char *mp__config_name(const mp__config *config);
/* Who is told what servers say unasked, from the loop's top; NULL: nobody. */
typedef void (*mp__notice_cb)(const mp_error *notice, void *data);
void mp__config_on_notice(mp__config *config, mp__notice_cb cb, void *data);
bool mp__config_wants_notices(const mp__config *config);
void mp__config_report_notice(const mp__config *config, const mp_error *notice);

const mp_password_source *mp__config_password_source(const mp__config *config);
uint64_t mp__config_connect_timeout_ms(const mp__config *config);
/* Statements may meet another server session each: nothing of a session can be relied on.
 */
bool mp__config_is_pooled(const mp__config *config);
/* What a connection found out; true when that was news. Only where the configuration
 * leaves it to find out. */
bool mp__config_note_pooler(const mp__config *config);
/* NULL, or why it cannot be behind the pooler that it is behind. */
MP_MUST_CHECK mp_error *mp__config_refuse_settings(const mp__config *config);
size_t mp__config_prepared_max(const mp__config *config);

/* The value of a libpq keyword, with the environment's default; NULL where there is none.
 */
const char *mp__config_get(const mp__config *config, const char *keyword);
/* Several hosts are named, any of which will do. */
bool mp__config_has_choice(const mp__config *config);
/* target_session_attrs asks for a server that takes writes. */
bool mp__config_wants_read_write(const mp__config *config);
/* Ask for one from the next connection on, unless it does. */
void mp__config_want_read_write(mp__config *config);
/* NULL-terminated, in step; what PQconnectStartParams takes, before host names are
 * resolved. */
const char *const *mp__config_keywords(const mp__config *config);
const char *const *mp__config_values(const mp__config *config);

#endif
