/* random.c - splitmix64: small, fast, and good enough for jitter. */
#include "base/random.h"

#include <time.h>
#include <unistd.h>

static uint64_t next(mp__random *random) {
  uint64_t value = random->state += UINT64_C(0x9e3779b97f4a7c15);
  value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
  return value ^ (value >> 31);
}

void mp__random_seed(mp__random *random) {
  struct timespec now = {0};
  (void)clock_gettime(CLOCK_REALTIME, &now);
  random->state = (uint64_t)now.tv_nsec ^ ((uint64_t)now.tv_sec << 30) ^
                  ((uint64_t)getpid() << 48) ^ (uint64_t)(uintptr_t)random;
  random->state = next(random);
}

double mp__random_unit(mp__random *random) {
  return (double)(next(random) >> 11) * 0x1.0p-53;
}
