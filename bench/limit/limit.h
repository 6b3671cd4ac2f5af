/* limit/limit.h - what the programs of the limit share: clocks, reports, a connection,
 * the wire. */
#ifndef MOONPOOL_BENCH_LIMIT_H
#define MOONPOOL_BENCH_LIMIT_H

#include <libpq-fe.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCOUNT_COUNT 1000000
#define WARM_UP_S     0.2

/* A measured stretch of work: begun, then reported as "METRIC VALUE" lines for each
 * operation. */
typedef struct stopwatch {
  double wall_s, cpu_s;
} stopwatch;

double bench_seconds(void); /* BENCH_SECONDS: how long a timed loop runs */
double now_s(void);
stopwatch stopwatch_start(void);
void stopwatch_report(const stopwatch *watch, double operations);
void report_memory(const char *metric,
                   const char *field); /* a field of /proc/self/status */

/* Calls `work`, which returns how many operations it did, for a while, and reports. */
typedef long (*work_fn)(void *data);
void measure(work_fn work, void *data);

/* Ends the program with the server's words on every failure. */
PGconn *dial(void);
PGresult *expect_success(PGresult *result);
void prepare(PGconn *conn, const char *name, const char *sql);
void run(PGconn *conn, const char *sql);
uint32_t random_below(uint32_t end);
_Noreturn void fail(const char *what);

typedef struct account {
  int32_t aid, bid, abalance;
  char filler[85];
} account;

#define POINT_SELECT                                                                     \
  "select aid, bid, abalance, filler from pgbench_accounts where aid = $1"

/* Parameters of a point select, of an account chosen at random. */
typedef struct point_params {
  uint32_t id; /* in network order */
  const char *values[1];
  int lengths[1], formats[1];
} point_params;

void point_params_set(point_params *params);
void read_account(const PGresult *result, account *out);

int16_t get_int16(const char *wire);
int32_t get_int32(const char *wire);
int64_t get_int64(const char *wire);
double get_double(const char *wire);
char *copy_text(const PGresult *from, int row, int column); /* the caller frees it */

/* A buffer that grows; numbers go in in network order. */
typedef struct bytes {
  char *data;
  size_t length, capacity;
} bytes;

void put_bytes(bytes *out, const void *data, size_t length);
void put_int16(bytes *out, int16_t value);
void put_int32(bytes *out, int32_t value);
void put_int64(bytes *out, int64_t value);
void put_double(bytes *out, double value);
void put_text(bytes *out, const char *text); /* its length before it */
void put_array(bytes *out, int32_t element_type, int32_t count);

#define ARRAYS_MAX 4

/* Executes a prepared statement, each of whose parameters is an array. */
PGresult *exec_arrays(PGconn *conn, const char *name, const bytes *arrays, int count);

/* The workloads. */
void point_select(void);
void point_select_pool(void);
void point_select_sync_each(void);
void point_select_sync_turn(void);
void type_rows(void);
void copy_rows(void);
void insert_rows(void);
void insert_objects(void);
void get_objects(void);
void select_objects(void);
void update_objects(void);
void eager_objects(void);
void stream_accounts(void);
void first_row(void);

#endif
