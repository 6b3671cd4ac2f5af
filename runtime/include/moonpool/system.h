/* moonpool/system.h - users, files, locks, clocks and randomness of the machine.
 *
 * Short, blocking calls for local files. Those that return int return 0 or a negated
 * errno, which mp_system_reason puts into words. */
#ifndef MOONPOOL_SYSTEM_H
#define MOONPOOL_SYSTEM_H

#include <moonpool/export.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

MP_BEGIN_C

typedef struct mp_user {
  uint32_t uid, gid;
  char name[64], home[1024], shell[256];
} mp_user;

typedef enum mp_file_type {
  MP_FILE_REGULAR,
  MP_FILE_DIRECTORY,
  MP_FILE_SOCKET,
  MP_FILE_LINK,
  MP_FILE_OTHER
} mp_file_type;

typedef struct mp_file_info {
  mp_file_type type;
  uint32_t mode; /* the permission bits */
  uint32_t uid, gid;
  int64_t size;
  double mtime; /* seconds since 1970 */
} mp_file_info;

/* Such as "no such file or directory"; lives for ever. */
MP_EXTERN const char *mp_system_reason(int code);

/* True when the machine knows the user. */
MP_EXTERN MP_MUST_CHECK bool mp_system_user_by_name(const char *name, mp_user *out);
MP_EXTERN MP_MUST_CHECK bool mp_system_user_by_uid(uint32_t uid, mp_user *out);

/* Each writes a text with its NUL, or fails with -ENOBUFS. */
MP_EXTERN MP_MUST_CHECK int mp_system_cwd(char *out, size_t size);
MP_EXTERN MP_MUST_CHECK int mp_system_exe_path(char *out, size_t size);
MP_EXTERN MP_MUST_CHECK int mp_system_hostname(char *out, size_t size);

/* Columns of the terminal; 0 when the descriptor is none. */
MP_EXTERN int mp_system_window_width(int fd);

/* Of the link itself where the path names one. */
MP_EXTERN MP_MUST_CHECK int mp_system_stat(const char *path, mp_file_info *out);
/* The names in a directory but . and .., sorted by their bytes; free the list. */
MP_EXTERN MP_MUST_CHECK int mp_system_list(const char *path, char ***names,
                                           size_t *count);
MP_EXTERN void mp_system_list_free(char **names, size_t count);
/* The path without links, dots and doubled slashes; `out` has room for MP_PATH_MAX. */
#define MP_PATH_MAX 4096
MP_EXTERN MP_MUST_CHECK int mp_system_realpath(const char *path, char out[MP_PATH_MAX]);

MP_EXTERN MP_MUST_CHECK int mp_system_mkdir(const char *path, uint32_t mode);
/* The last six characters of the template must be XXXXXX; they are replaced. */
MP_EXTERN MP_MUST_CHECK int mp_system_mkdtemp(char *template_path);
MP_EXTERN MP_MUST_CHECK int mp_system_rmdir(const char *path);
MP_EXTERN MP_MUST_CHECK int mp_system_unlink(const char *path);
MP_EXTERN MP_MUST_CHECK int mp_system_rename(const char *from, const char *to);
MP_EXTERN MP_MUST_CHECK int mp_system_chmod(const char *path, uint32_t mode);
MP_EXTERN MP_MUST_CHECK int mp_system_chown(const char *path, uint32_t uid, uint32_t gid);
/* Set the modification time to now; an empty file is made where there is none. */
MP_EXTERN MP_MUST_CHECK int mp_system_touch(const char *path);

/* Take the lock on a file, which is made where there is none; -EWOULDBLOCK while another
 * process has it. It lasts until mp_system_unlock or the end of the process; children do
 * not get it. */
MP_EXTERN MP_MUST_CHECK int mp_system_lock_file(const char *path, int *out);
MP_EXTERN void mp_system_unlock(int lock);

/* Fit for keys. */
MP_EXTERN MP_MUST_CHECK int mp_system_random(void *out, size_t size);
MP_EXTERN double mp_system_hrtime(void); /* seconds, monotonic */
MP_EXTERN double mp_system_time(void);   /* seconds since 1970 */

MP_END_C

#endif
