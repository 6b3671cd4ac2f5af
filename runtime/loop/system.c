/* system.c - users, locks, clocks and randomness of the machine. */
#include <moonpool/system.h>

#include <uv.h>

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Enough for any line of the user database. */
enum { USER_LINE_MAX = 16384 };

static bool copy_user(const struct passwd *found, mp_user *out) {
  if (found == NULL) return false;
  *out = (mp_user){.uid = found->pw_uid, .gid = found->pw_gid};
  snprintf(out->name, sizeof(out->name), "%s", found->pw_name);
  snprintf(out->home, sizeof(out->home), "%s", found->pw_dir);
  snprintf(out->shell, sizeof(out->shell), "%s", found->pw_shell);
  return true;
}

static double seconds_of(clockid_t clock) {
  struct timespec now = {0};
  (void)clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

const char *mp_system_reason(int code) {
  return uv_strerror(code);
}

bool mp_system_user_by_name(const char *name, mp_user *out) {
  char line[USER_LINE_MAX];
  struct passwd entry, *found = NULL;
  return getpwnam_r(name, &entry, line, sizeof(line), &found) == 0 &&
         copy_user(found, out);
}

bool mp_system_user_by_uid(uint32_t uid, mp_user *out) {
  char line[USER_LINE_MAX];
  struct passwd entry, *found = NULL;
  return getpwuid_r(uid, &entry, line, sizeof(line), &found) == 0 &&
         copy_user(found, out);
}

int mp_system_cwd(char *out, size_t size) {
  return uv_cwd(out, &size);
}

int mp_system_exe_path(char *out, size_t size) {
  return uv_exepath(out, &size);
}

int mp_system_hostname(char *out, size_t size) {
  return uv_os_gethostname(out, &size);
}

int mp_system_window_width(int fd) {
  struct winsize window = {0};
  return ioctl(fd, TIOCGWINSZ, &window) == 0 ? window.ws_col : 0;
}

int mp_system_lock_file(const char *path, int *out) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return -errno;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
    *out = fd;
    return 0;
  }
  int code = -errno;
  close(fd);
  return code;
}

void mp_system_unlock(int lock) {
  close(lock);
}

int mp_system_random(void *out, size_t size) {
  return uv_random(NULL, NULL, out, size, 0, NULL);
}

double mp_system_hrtime(void) {
  return seconds_of(CLOCK_MONOTONIC);
}

double mp_system_time(void) {
  return seconds_of(CLOCK_REALTIME);
}
