/* measure.c - clocks, the timed loop, and the lines that a peer reports. */
#include "limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

double bench_seconds(void) {
  const char *text = getenv("BENCH_SECONDS");
  return text == NULL ? 1.0 : strtod(text, NULL);
}

double now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double cpu_s(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

stopwatch stopwatch_start(void) {
  return (stopwatch){now_s(), cpu_s()};
}

void stopwatch_report(const stopwatch *watch, double operations) {
  double wall_s = now_s() - watch->wall_s, used_s = cpu_s() - watch->cpu_s;
  printf("wall_us %.4f\ncpu_us %.4f\n", wall_s / operations * 1e6,
         used_s / operations * 1e6);
}

void report_memory(const char *metric, const char *field) {
  char line[256];
  FILE *status = fopen("/proc/self/status", "r");
  if (status == NULL) fail("/proc/self/status");
  while (fgets(line, sizeof(line), status) != NULL) {
    size_t length = strlen(field);
    if (strncmp(line, field, length) != 0) continue;
    printf("%s %ld\n", metric, strtol(line + length + 1, NULL, 10));
  }
  fclose(status);
}

static long repeat(work_fn work, void *data, double seconds) {
  double end = now_s() + seconds;
  long done = 0;
  do {
    done += work(data);
  } while (now_s() < end);
  return done;
}

void measure(work_fn work, void *data) {
  repeat(work, data, WARM_UP_S);
  stopwatch watch = stopwatch_start();
  long done = repeat(work, data, bench_seconds());
  stopwatch_report(&watch, (double)done);
}
