/* moonpool/statistics.h - what the statements of one engine have come to.
 *
 * Everything is counted since the engine was opened. A statement counts when it ends,
 * with an error too; its time runs from the call until its last answer. */
#ifndef MOONPOOL_STATISTICS_H
#define MOONPOOL_STATISTICS_H

#include <moonpool/engine.h>

MP_BEGIN_C

#define MP_HISTOGRAM_BUCKETS 16

/* `counts[i]` is how many took at most mp_histogram_bound(i) and more than the bound
 * before; the last one has those above every bound. */
typedef struct mp_histogram {
  uint64_t counts[MP_HISTOGRAM_BUCKETS + 1];
  double seconds; /* of all together */
} mp_histogram;

/* Seconds; `bucket` is below MP_HISTOGRAM_BUCKETS. */
MP_EXTERN double mp_histogram_bound(size_t bucket);

typedef struct mp_engine_statistics {
  uint64_t reads, writes, others; /* by MP_STATEMENT_READ, MP_STATEMENT_WRITE, the rest */
  uint64_t errors;
  uint64_t rows;           /* read or affected */
  mp_histogram queue, run; /* until it was sent; from there to the end */
} mp_engine_statistics;

MP_EXTERN void mp_engine_get_statistics(const mp_engine *engine,
                                        mp_engine_statistics *out);

/* One for all texts that differ in their values alone. */
typedef struct mp_fingerprint {
  const char *text; /* ? for each value; lives as long as the list */
  uint64_t calls, errors, rows;
  double queue_seconds, run_seconds, longest_seconds; /* longest: of `run` */
} mp_fingerprint;

typedef struct mp_fingerprints mp_fingerprints;

/* A copy of the thousand fingerprints that were used last, in no order; free it. NULL
 * without memory. */
MP_EXTERN mp_fingerprints *mp_engine_fingerprints(mp_engine *engine);
MP_EXTERN size_t mp_fingerprints_count(const mp_fingerprints *list);
MP_EXTERN const mp_fingerprint *mp_fingerprints_get(const mp_fingerprints *list,
                                                    size_t index);
MP_EXTERN void mp_fingerprints_free(mp_fingerprints *list);

MP_END_C

#endif
