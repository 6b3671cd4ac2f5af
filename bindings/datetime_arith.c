/* datetime_arith.c - sums and differences of timestamps, dates and intervals, as the
 * server has them. */
#include "datetime_arith.h"

#include "codec.h"
#include "date.h"
#include "error.h"
#include "interval.h"
#include "time.h"
#include "timestamp.h"
#include "values.h"

#include <moonpool/datetime.h>

#define DAY_MICROSECONDS INT64_C(86400000000)

static void check_status(lua_State *L, int status) {
  if (status == MP_OK) return;
  mpl_raise(L, "bad_argument", NULL, "time arithmetic: %s",
            status == MP_ENCODE
                ? "the result is beyond the range that PostgreSQL can store"
                : "infinity minus infinity is nothing");
}

__attribute__((noreturn)) static void refuse(lua_State *L, const char *verb,
                                             const char *preposition) {
  const char *first = mpl_kind_of(L, 1);
  mpl_raise(L, "bad_argument", "times go with intervals, dates with numbers of days, too",
            "%s cannot be %s %s %s", mpl_kind_of(L, 2), verb, preposition, first);
}

/* The interval at `index`; false where there is none. */
static bool take_interval(lua_State *L, int index, bool negate, mp_interval *out) {
  const mp_interval *value = mpl_test_interval(L, index);
  if (value == NULL) return false;
  *out = *value;
  if (negate) check_status(L, mp_interval_negate(value, out));
  return true;
}

/* Whole days; false where there is no number. */
static bool take_days(lua_State *L, int index, int64_t *out) {
  int is_integer = 0;
  if (lua_type(L, index) != LUA_TNUMBER) return false;
  *out = lua_tointegerx(L, index, &is_integer);
  if (is_integer) return true;
  mpl_raise(L, "bad_argument", "use an interval, or round it first",
            "a date is moved by whole days");
}

static int64_t midnight(lua_State *L, int32_t date) {
  int64_t out = date > 0 ? MP_TIMESTAMP_INFINITY : MP_TIMESTAMP_MINUS_INFINITY;
  if (!mp_date_is_finite(date)) return out;
  bool overflow = __builtin_mul_overflow((int64_t)date, DAY_MICROSECONDS, &out);
  check_status(L, overflow ? MP_ENCODE : mp_timestamp_shift(out, 0, &out));
  return out;
}

static int move_timestamp(lua_State *L, int64_t value, bool utc, const mp_interval *by) {
  check_status(L, mp_timestamp_add(value, by, &value));
  return mpl_push_timestamp(L, value, utc);
}

static int move_date(lua_State *L, int32_t date, int64_t days) {
  check_status(L, mp_date_shift(date, days, &date));
  mpl_push_date(L, date);
  return 1;
}

/* What stands first is moved by what stands second; 0 where they do not go together. */
static int move(lua_State *L, int first, int second, bool negate) {
  mp_interval by, sum;
  int64_t value = 0, days = 0;
  bool utc = false;
  const int32_t *date = mpl_test_date(L, first);
  const mp_interval *interval = mpl_test_interval(L, first);
  if (date != NULL && take_days(L, second, &days)) {
    if (negate && days == INT64_MIN) check_status(L, MP_ENCODE);
    return move_date(L, *date, negate ? -days : days);
  }
  if (!take_interval(L, second, negate, &by)) return 0;
  if (mpl_test_timestamp(L, first, &value, &utc))
    return move_timestamp(L, value, utc, &by);
  if (date != NULL) return move_timestamp(L, midnight(L, *date), false, &by);
  if (interval == NULL) return 0;
  check_status(L, mp_interval_add(interval, &by, &sum));
  return mpl_push_interval(L, &sum);
}

int mpl_datetime_add(lua_State *L) {
  int count = move(L, 1, 2, false);
  if (count == 0) count = move(L, 2, 1, false);
  if (count == 0) refuse(L, "added", "to");
  return count;
}

static int subtract_timestamps(lua_State *L) {
  int64_t to = 0, from = 0;
  bool to_utc = false, from_utc = false;
  mp_interval out;
  if (!mpl_test_timestamp(L, 1, &to, &to_utc) ||
      !mpl_test_timestamp(L, 2, &from, &from_utc))
    return 0;
  if (to_utc != from_utc) {
    mpl_raise(L, "bad_argument", "give both an offset, or none",
              "a timestamp with an offset cannot be subtracted from one without, or the "
              "other way round");
  }
  int status = mp_timestamp_difference(to, from, &out);
  if (status == MP_BAD_ARGUMENT)
    mpl_raise(L, "bad_argument", NULL, "infinite timestamps cannot be subtracted");
  check_status(L, status);
  return mpl_push_interval(L, &out);
}

static int subtract_dates(lua_State *L) {
  const int32_t *to = mpl_test_date(L, 1), *from = mpl_test_date(L, 2);
  if (to == NULL || from == NULL) return 0;
  if (!mp_date_is_finite(*to) || !mp_date_is_finite(*from))
    mpl_raise(L, "bad_argument", NULL, "infinite dates cannot be subtracted");
  lua_pushinteger(L, (lua_Integer)*to - *from);
  return 1;
}

int mpl_datetime_subtract(lua_State *L) {
  int count = subtract_timestamps(L);
  if (count == 0) count = subtract_dates(L);
  if (count == 0) count = move(L, 1, 2, true);
  if (count == 0) refuse(L, "subtracted", "from");
  return count;
}

bool mpl_buffer_datetime(mpl_buffer *buffer, lua_State *L, int index) {
  return mpl_buffer_timestamp(buffer, L, index) || mpl_buffer_date(buffer, L, index) ||
         mpl_buffer_time(buffer, L, index) || mpl_buffer_interval(buffer, L, index);
}
