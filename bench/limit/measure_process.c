/* measure_process.c - what a command costs from start to end: measure_process TIMES
 * COMMAND...
 *
 * Wall and CPU time are means over all runs, the peak of memory is the highest. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static double usage_us(const struct rusage *usage) {
  return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e6 +
         (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

static _Noreturn void become(char **command) {
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) dup2(nowhere, STDOUT_FILENO);
  execvp(command[0], command);
  perror(command[0]);
  _exit(127);
}

static void run_once(char **command, struct rusage *usage) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) become(command);
  if (child < 0 || wait4(child, &status, 0, usage) != child || status != 0) {
    fprintf(stderr, "measure_process: %s failed\n", command[0]);
    exit(1);
  }
}

int main(int argc, char **argv) {
  int times = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0;
  if (times < 1) {
    fprintf(stderr, "usage: measure_process TIMES COMMAND...\n");
    return 2;
  }
  double start_us = now_us(), cpu_us = 0;
  long peak_kb = 0;
  for (int i = 0; i < times; i++) {
    struct rusage usage;
    run_once(argv + 2, &usage);
    cpu_us += usage_us(&usage);
    if (usage.ru_maxrss > peak_kb) peak_kb = usage.ru_maxrss;
  }
  printf("wall_us %.1f\ncpu_us %.1f\npeak_kb %ld\n", (now_us() - start_us) / times,
         cpu_us / times, peak_kb);
  return 0;
}
