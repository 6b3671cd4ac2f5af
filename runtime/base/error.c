/* error.c - one failure and its strings. */
#include "base/error.h"

#include "base/alloc.h"
#include "base/sqlstate.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Shared by an error's copies, on whichever thread they are, until one of them is
 * changed: when a server goes away, each of thousands of waiters gets a few. */
typedef struct texts {
  atomic_uint shares;
  char *message; /* never NULL */
  char *fields[MP_FIELD_COUNT];
} texts;

struct mp_error {
  int status;
  char sqlstate[6];
  int position;
  int index;
  bool is_retryable, in_transaction, is_static;
  texts *texts; /* NULL in the static error alone */
};

typedef union unconst {
  const mp_error *from;
  mp_error *to;
} unconst;

/* Read-only, so that it can be shared by all threads: every writer returns at
 * `is_static`. */
static const mp_error out_of_memory = {
    .status = MP_OUT_OF_MEMORY,
    .is_static = true,
};

static char *format_text(const char *format, va_list args) MP_PRINTF(1, 0);

static char *format_text(const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  char *text = length >= 0 ? mp__alloc((size_t)length + 1) : NULL;
  if (text != NULL) (void)vsnprintf(text, (size_t)length + 1, format, again);
  va_end(again);
  return text;
}

mp_error *mp__error_oom(void) {
  return (unconst){.from = &out_of_memory}.to;
}

/* Takes the message; NULL without memory, or for none. */
static texts *new_texts(char *message) {
  texts *made = message == NULL ? NULL : mp__alloc_zero(sizeof(*made));
  if (made == NULL) {
    mp__free(message);
    return NULL;
  }
  atomic_init(&made->shares, 1);
  made->message = message;
  return made;
}

static void drop_texts(texts *gone) {
  if (atomic_fetch_sub_explicit(&gone->shares, 1, memory_order_acq_rel) > 1) return;
  for (int field = 0; field < MP_FIELD_COUNT; field++) {
    mp__free(gone->fields[field]);
  }
  mp__free(gone->message);
  mp__free(gone);
}

/* Let this error's texts be its alone; false without memory. */
static bool unshare(mp_error *error) {
  texts *shared = error->texts;
  if (atomic_load_explicit(&shared->shares, memory_order_acquire) == 1) return true;
  texts *own = new_texts(mp__strdup(shared->message));
  if (own == NULL) return false;
  for (int field = 0; field < MP_FIELD_COUNT; field++) {
    own->fields[field] = mp__strdup(shared->fields[field]);
  }
  error->texts = own;
  drop_texts(shared);
  return true;
}

mp_error *mp__error_new(int status, const char *format, ...) {
  mp_error *error = mp__alloc_zero(sizeof(*error));
  if (error == NULL) return mp__error_oom();
  va_list args;
  va_start(args, format);
  error->status = status;
  error->texts = new_texts(format_text(format, args));
  va_end(args);
  if (error->texts != NULL) return error;
  mp__free(error);
  return mp__error_oom();
}

/* The new text may be among the old ones: it is copied before they go. */
static void replace(char **text, char *by) {
  mp__free(*text);
  *text = by;
}

void mp__error_set(mp_error *error, mp_error_field field, const char *text) {
  if (error->is_static) return;
  char *copy = mp__strdup(text);
  if (unshare(error)) {
    replace(&error->texts->fields[field], copy);
  } else {
    mp__free(copy);
  }
}

void mp__error_set_message(mp_error *error, const char *format, ...) {
  if (error->is_static) return;
  va_list args;
  va_start(args, format);
  char *message = format_text(format, args);
  va_end(args);
  if (message == NULL) return;
  if (unshare(error)) {
    replace(&error->texts->message, message);
  } else {
    mp__free(message);
  }
}

void mp__error_set_status(mp_error *error, int status) {
  if (!error->is_static) error->status = status;
}

void mp__error_set_sqlstate(mp_error *error, const char *sqlstate) {
  if (error->is_static) return;
  bool is_whole = sqlstate != NULL && strlen(sqlstate) == 5;
  memset(error->sqlstate, 0, sizeof(error->sqlstate));
  if (is_whole) memcpy(error->sqlstate, sqlstate, 5);
}

void mp__error_set_position(mp_error *error, int position) {
  if (!error->is_static) error->position = position;
}

void mp__error_set_index(mp_error *error, int index) {
  if (!error->is_static) error->index = index;
}

void mp__error_set_retryable(mp_error *error, bool retryable) {
  if (!error->is_static) error->is_retryable = retryable;
}

void mp__error_set_in_transaction(mp_error *error, bool in_transaction) {
  if (!error->is_static) error->in_transaction = in_transaction;
}

int mp_error_status(const mp_error *error) {
  return error->status;
}

const char *mp_error_kind(const mp_error *error) {
  const char *kind = NULL;
  if (error->status == MP_SERVER_ERROR && error->sqlstate[0] != '\0')
    kind = mp__sqlstate_name(error->sqlstate);
  if (kind == NULL) kind = mp_status_name(error->status);
  return kind != NULL ? kind : "server_error";
}

const char *mp_error_message(const mp_error *error) {
  return error->texts != NULL ? error->texts->message : "out of memory";
}

const char *mp_error_sqlstate(const mp_error *error) {
  return error->sqlstate;
}

const char *mp_error_get(const mp_error *error, mp_error_field field) {
  return error->texts != NULL ? error->texts->fields[field] : NULL;
}

int mp_error_position(const mp_error *error) {
  return error->position;
}

int mp_error_index(const mp_error *error) {
  return error->index;
}

bool mp_error_is_retryable(const mp_error *error) {
  return error->is_retryable;
}

bool mp_error_in_transaction(const mp_error *error) {
  return error->in_transaction;
}

mp_error *mp_error_copy(const mp_error *error) {
  if (error->is_static) return mp__error_oom();
  mp_error *copy = mp__alloc(sizeof(*copy));
  if (copy == NULL) return mp__error_oom();
  *copy = *error;
  atomic_fetch_add_explicit(&copy->texts->shares, 1, memory_order_relaxed);
  return copy;
}

void mp_error_free(mp_error *error) {
  if (error == NULL || error->is_static) return;
  drop_texts(error->texts);
  mp__free(error);
}
