/* random.h - numbers for jitter: fast, seeded per process, not for secrets. */
#ifndef MP_BASE_RANDOM_H
#define MP_BASE_RANDOM_H

#include <stdint.h>

typedef struct mp__random {
  uint64_t state;
} mp__random;

void mp__random_seed(mp__random *random);   /* from clock, pid and address */
double mp__random_unit(mp__random *random); /* in [0, 1) */

#endif
