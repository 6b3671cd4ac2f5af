/* begin.c - the text of a BEGIN with its options. */
#include "engine/engine.h"

#include <stdio.h>

static const char *const isolations[] = {
    [MP_ISOLATION_DEFAULT] = "",
    [MP_ISOLATION_READ_COMMITTED] = " ISOLATION LEVEL READ COMMITTED",
    [MP_ISOLATION_REPEATABLE_READ] = " ISOLATION LEVEL REPEATABLE READ",
    [MP_ISOLATION_SERIALIZABLE] = " ISOLATION LEVEL SERIALIZABLE",
};

static const char *const read_onlys[] = {
    [MP_TOGGLE_DEFAULT] = "",
    [MP_TOGGLE_ON] = " READ ONLY",
    [MP_TOGGLE_OFF] = " READ WRITE",
};

static const char *const deferrables[] = {
    [MP_TOGGLE_DEFAULT] = "",
    [MP_TOGGLE_ON] = " DEFERRABLE",
    [MP_TOGGLE_OFF] = " NOT DEFERRABLE",
};

void mp__begin_text(const mp_transaction_options *options, char *out, size_t size) {
  const mp_transaction_options plain = MP_TRANSACTION_OPTIONS_INIT;
  if (options == NULL) options = &plain;
  (void)snprintf(out, size, "BEGIN%s%s%s", isolations[options->isolation],
                 read_onlys[options->read_only], deferrables[options->deferrable]);
}
