/* keep_awake.c - runs a command while no core may halt: keep_awake COMMAND...
 *
 * On a virtual machine each wake-up of a halted core costs more than a point select.
 * Spinners at idle priority keep the cores busy and give way to anything else. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CORES_MAX 64

static _Noreturn void spin(void) {
  struct sched_param param = {0};
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (sched_setscheduler(0, SCHED_IDLE, &param) != 0) _exit(1);
  for (;;) {
  }
}

static int run(char **command) {
  int status = 0;
  pid_t child = fork();
  if (child == 0) {
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
  }
  if (child < 0 || waitpid(child, &status, 0) != child) return 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int argc, char **argv) {
  pid_t spinners[CORES_MAX];
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  if (argc < 2) {
    fprintf(stderr, "usage: keep_awake COMMAND...\n");
    return 2;
  }
  if (cores > CORES_MAX) cores = CORES_MAX;
  for (long i = 0; i < cores; i++) {
    spinners[i] = fork();
    if (spinners[i] == 0) spin();
  }
  int status = run(argv + 1);
  for (long i = 0; i < cores; i++) {
    if (spinners[i] < 0) continue;
    kill(spinners[i], SIGKILL);
    waitpid(spinners[i], NULL, 0);
  }
  return status;
}
