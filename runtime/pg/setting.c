/* setting.c - the settings that a server session starts with, as libpq's `options`. */
#include "pg/setting.h"

#include "base/buffer.h"
#include "base/error.h"

#include <string.h>
#include <strings.h>

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
static bool take_read_only(mp__keywords *into, mp__buffer *text) {
  append_setting(text, "default_transaction_read_only", "on");
  const char *wanted = mp__keywords_get(into, "target_session_attrs");
  if (wanted == NULL || strcmp(wanted, "read-write") != 0) return true;
  return mp__keywords_set(into, "target_session_attrs", "primary");
}

mp_error *mp__settings_take(const mp_setting *settings, size_t count, bool read_only,
                            mp__keywords *into) {
  mp__buffer text = MP__BUFFER_INIT;
  for (size_t i = 0; i < sizeof(base_settings) / sizeof(base_settings[0]); i++) {
    append_setting(&text, base_settings[i].name, base_settings[i].value);
  }
  const char *given = mp__keywords_get(into, "options");
  if (given != NULL) mp__buffer_format(&text, " %s", given);
  for (size_t i = 0; i < count; i++) {
    mp_error *error = check_setting(&settings[i]);
    if (error != NULL) {
      mp__buffer_free(&text);
      return error;
    }
    append_setting(&text, settings[i].name, settings[i].value);
  }
  bool taken = !read_only || take_read_only(into, &text);
  taken = taken && !text.failed && mp__keywords_set(into, "options", text.data);
  mp__buffer_free(&text);
  return taken ? NULL : mp__error_oom();
}
