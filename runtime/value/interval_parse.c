/* interval_parse.c - reads intervals: the server's styles postgres and postgres_verbose,
 * and ISO 8601. */
#include "value/clock.h"

#include <moonpool/interval.h>

#include <stddef.h>
#include <string.h>

#define UNIT_LENGTH_MAX 12
#define PART(name)      offsetof(mp_interval_parts, name)

typedef struct number {
  int64_t whole, microseconds; /* both negative where it is */
  bool negative, has_fraction;
} number;

static const struct unit {
  const char *name; /* without the plural's s */
  size_t part;
} units[] = {
    {"year", PART(years)},   {"yr", PART(years)},
    {"month", PART(months)}, {"mon", PART(months)},
    {"week", PART(weeks)},   {"day", PART(days)},
    {"hour", PART(hours)},   {"minute", PART(minutes)},
    {"min", PART(minutes)},  {"second", PART(seconds)},
    {"sec", PART(seconds)},  {"microsecond", PART(microseconds)},
};

/* An ISO designator; those behind the T are in a table of their own. */
static const struct designator {
  char letter;
  size_t part;
} iso_date[] = {{'Y', PART(years)},
                {'M', PART(months)},
                {'W', PART(weeks)},
                {'D', PART(days)}},
  iso_time[] = {{'H', PART(hours)}, {'M', PART(minutes)}, {'S', PART(seconds)}};

/* Summed towards the sign, so that the least int64 can be read. */
static int read_whole(mp__cursor *in, bool negative, int64_t *out) {
  bool overflow = false;
  *out = 0;
  for (; mp__at_digit(in); in->at++) {
    int digit = *in->at - '0';
    overflow = overflow || __builtin_mul_overflow(*out, INT64_C(10), out) ||
               __builtin_add_overflow(*out, (int64_t)(negative ? -digit : digit), out);
  }
  return overflow ? MP_ENCODE : MP_OK;
}

/* "-12.5" */
static int read_signed(mp__cursor *in, number *out) {
  *out = (number){.negative = mp__skip(in, '-')};
  if (!out->negative) mp__skip(in, '+');
  if (!mp__at_digit(in)) return MP_BAD_ARGUMENT;
  int status = read_whole(in, out->negative, &out->whole);
  out->has_fraction = mp__skip(in, '.');
  if (out->has_fraction && !mp__read_fraction(in, &out->microseconds))
    return MP_BAD_ARGUMENT;
  if (out->negative) out->microseconds = -out->microseconds;
  return status;
}

static int add(mp_interval_parts *parts, size_t part, int64_t value) {
  int64_t *sum = (int64_t *)(void *)((char *)parts + part);
  return __builtin_add_overflow(*sum, value, sum) ? MP_ENCODE : MP_OK;
}

static int add_number(mp_interval_parts *parts, size_t part, const number *count) {
  if (count->has_fraction && part != PART(seconds)) return MP_BAD_ARGUMENT;
  int status = add(parts, part, count->whole);
  if (status == MP_OK) status = add(parts, PART(microseconds), count->microseconds);
  return status;
}

/* Behind the hours: ":05" or ":05:06.7", signed as they are. */
static int read_clock(mp__cursor *in, const number *hours, mp_interval_parts *parts) {
  int64_t minutes = 0, seconds = 0, microseconds = 0;
  if (hours->has_fraction || !mp__skip(in, ':')) return MP_BAD_ARGUMENT;
  if (!mp__read_number(in, 2, 2, &minutes) || minutes > 59) return MP_BAD_ARGUMENT;
  if (mp__skip(in, ':')) {
    if (!mp__read_number(in, 2, 2, &seconds) || seconds > 59) return MP_BAD_ARGUMENT;
    if (mp__skip(in, '.') && !mp__read_fraction(in, &microseconds))
      return MP_BAD_ARGUMENT;
  }
  int64_t sign = hours->negative ? -1 : 1;
  int status = add(parts, PART(hours), hours->whole);
  if (status == MP_OK) status = add(parts, PART(minutes), sign * minutes);
  if (status == MP_OK) status = add(parts, PART(seconds), sign * seconds);
  if (status == MP_OK) status = add(parts, PART(microseconds), sign * microseconds);
  return status;
}

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* In lower case; false where there is none, or none that short. */
static bool read_word(mp__cursor *in, char out[UNIT_LENGTH_MAX + 1]) {
  size_t length = 0;
  for (; in->at < in->end && is_letter(*in->at); in->at++) {
    if (length == UNIT_LENGTH_MAX) return false;
    out[length++] = (char)(*in->at | 0x20);
  }
  out[length] = '\0';
  return length > 0;
}

static const struct unit *find_unit(const char *word) {
  for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
    size_t length = strlen(units[i].name);
    if (strncmp(word, units[i].name, length) != 0) continue;
    if (strcmp(word + length, "") == 0 || strcmp(word + length, "s") == 0)
      return &units[i];
  }
  return NULL;
}

static void skip_blanks(mp__cursor *in) {
  while (mp__skip(in, ' '))
    continue;
}

static int read_part(mp__cursor *in, mp_interval_parts *parts) {
  char word[UNIT_LENGTH_MAX + 1];
  number count;
  int status = read_signed(in, &count);
  if (status != MP_OK) return status;
  if (in->at < in->end && *in->at == ':') return read_clock(in, &count, parts);
  skip_blanks(in);
  const struct unit *unit = read_word(in, word) ? find_unit(word) : NULL;
  return unit == NULL ? MP_BAD_ARGUMENT : add_number(parts, unit->part, &count);
}

/* At the end of the text, or at the "ago" that ends it. */
static bool at_end(mp__cursor *in, bool *ago) {
  *ago = in->end - in->at == 3 && memcmp(in->at, "ago", 3) == 0;
  return *ago || in->at == in->end;
}

static int parse_postgres(mp__cursor *in, mp_interval_parts *parts, bool *ago) {
  mp__skip(in, '@');
  do {
    skip_blanks(in);
    int status = read_part(in, parts);
    if (status != MP_OK) return status;
    skip_blanks(in);
  } while (!at_end(in, ago));
  return MP_OK;
}

static int read_designated(mp__cursor *in, bool behind_t, mp_interval_parts *parts) {
  const struct designator *known = behind_t ? iso_time : iso_date;
  size_t size = behind_t ? sizeof(iso_time) : sizeof(iso_date);
  number count;
  int status = read_signed(in, &count);
  if (status != MP_OK) return status;
  for (size_t i = 0; i < size / sizeof(known[0]); i++) {
    if (mp__skip(in, known[i].letter)) return add_number(parts, known[i].part, &count);
  }
  return MP_BAD_ARGUMENT;
}

/* Behind the P. */
static int parse_iso(mp__cursor *in, mp_interval_parts *parts) {
  bool behind_t = false;
  do {
    if (!behind_t) behind_t = mp__skip(in, 'T');
    int status = read_designated(in, behind_t, parts);
    if (status != MP_OK) return status;
  } while (in->at < in->end);
  return MP_OK;
}

static bool is_word(const char *text, size_t length, const char *word) {
  return length == strlen(word) && memcmp(text, word, length) == 0;
}

int mp_interval_parse(const char *text, size_t length, mp_interval *out) {
  mp__cursor in = {text, text + length};
  mp_interval_parts parts = {0};
  bool ago = false;
  if (is_word(text, length, "infinity") || is_word(text, length, "-infinity")) {
    *out = text[0] == '-' ? MP_INTERVAL_MINUS_INFINITY : MP_INTERVAL_INFINITY;
    return MP_OK;
  }
  int status =
      mp__skip(&in, 'P') ? parse_iso(&in, &parts) : parse_postgres(&in, &parts, &ago);
  if (status == MP_OK) status = mp_interval_from_parts(&parts, out);
  if (status == MP_OK && ago) status = mp_interval_negate(out, out);
  return status;
}
