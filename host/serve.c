/* serve.c - becomes a server program, with fewer privileges and tied to its parent. */
#include "host/serve.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* As shells have it: used wrongly, could not execute, not found. */
enum { EXIT_USAGE = 2, EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127 };

enum { UID_AT = 2, GID_AT = 3, DASHES_AT = 4, PROGRAM_AT = 5 };
enum { EARLY_DASHES_AT = 2, EARLY_PROGRAM_AT = 3 };

/* A client's locale and connection settings must not reach a server. */
static const char *const foreign_prefixes[] = {"LC_", "LANG", "PG"};

static int fail(const char *what) {
  fprintf(stderr, "moonpool: cannot %s: %s\n", what, strerror(errno));
  return EXIT_CANNOT_RUN;
}

static bool read_id(const char *text, uint32_t *out) {
  char *end = NULL;
  errno = 0;
  unsigned long long value = strtoull(text, &end, 10);
  /* The last value means "unchanged" to the system calls. */
  if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || value >= UINT32_MAX)
    return false;
  *out = (uint32_t)value;
  return true;
}

static int take_identity(uid_t uid, gid_t gid) {
  if (uid == geteuid() && uid == getuid()) return 0;
  if (setgroups(1, &gid) != 0) return fail("set the groups");
  if (setgid(gid) != 0) return fail("set the group");
  if (setuid(uid) != 0) return fail("set the user");
  if (uid != 0 && setuid(0) == 0) {
    errno = EPERM;
    return fail("give up the privileges for good");
  }
  return 0;
}

/* After the change of identity, which clears it. The parent may have died before it was
 * set. */
static int die_with(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGINT) != 0)
    return fail("tie the server to its supervisor");
  if (getppid() == parent) return 0;
  errno = ESRCH;
  return fail("find the supervisor");
}

static bool is_foreign(const char *entry) {
  for (size_t i = 0; i < sizeof(foreign_prefixes) / sizeof(foreign_prefixes[0]); i++)
    if (strncmp(entry, foreign_prefixes[i], strlen(foreign_prefixes[i])) == 0)
      return true;
  return false;
}

static void clean_environment(void) {
  char **kept = environ;
  for (char **entry = environ; *entry != NULL; entry++)
    if (!is_foreign(*entry)) *kept++ = *entry;
  *kept = NULL;
}

/* What outlives the caller must not keep its pipes and locks open. */
static int become(char **program) {
  umask(S_IRWXG | S_IRWXO);
  if (chdir("/") != 0) return fail("go to /");
  clean_environment();
  (void)close_range(STDERR_FILENO + 1, UINT32_MAX, 0);
  execv(program[0], program);
  int code = errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
  fprintf(stderr, "moonpool: cannot run %s: %s\n", program[0], strerror(errno));
  return code;
}

static bool has_dashes(int argc, char **argv, int at) {
  return argc > at + 1 && strcmp(argv[at], "--") == 0;
}

int mp__serve(int argc, char **argv) {
  pid_t parent = getppid();
  uint32_t uid = 0;
  uint32_t gid = 0;
  if (has_dashes(argc, argv, EARLY_DASHES_AT)) return become(&argv[EARLY_PROGRAM_AT]);
  if (!has_dashes(argc, argv, DASHES_AT) || !read_id(argv[UID_AT], &uid) ||
      !read_id(argv[GID_AT], &gid)) {
    fprintf(stderr, "usage: moonpool __serve [UID GID] -- PROGRAM [ARGUMENT...]\n");
    return EXIT_USAGE;
  }

  int status = take_identity(uid, gid);
  if (status != 0) return status;
  status = die_with(parent);
  if (status != 0) return status;
  return become(&argv[PROGRAM_AT]);
}
