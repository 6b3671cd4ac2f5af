/* system_file.c - files and directories of the machine. */
#include "base/alloc.h"

#include <moonpool/system.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(MP_PATH_MAX >= PATH_MAX, "realpath writes up to PATH_MAX");

static int code_of(int result) {
  return result < 0 ? -errno : 0;
}

static mp_file_type type_of(mode_t mode) {
  if (S_ISREG(mode)) return MP_FILE_REGULAR;
  if (S_ISDIR(mode)) return MP_FILE_DIRECTORY;
  if (S_ISSOCK(mode)) return MP_FILE_SOCKET;
  return S_ISLNK(mode) ? MP_FILE_LINK : MP_FILE_OTHER;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef struct name_list {
  char **names;
  size_t count, capacity;
} name_list;

static bool add_name(name_list *list, const char *name) {
  if (list->count == list->capacity) {
    size_t capacity = list->capacity > 0 ? list->capacity * 2 : 16;
    char **names = mp__realloc(list->names, capacity * sizeof(*names));
    if (names == NULL) return false;
    list->names = names;
    list->capacity = capacity;
  }
  list->names[list->count] = mp__strdup(name);
  return list->names[list->count] != NULL && ++list->count > 0;
}

static int read_names(DIR *directory, name_list *list) {
  for (;;) {
    errno = 0;
    const struct dirent *entry = readdir(directory);
    if (entry == NULL) return -errno;
    bool is_dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (!is_dots && !add_name(list, entry->d_name)) return -ENOMEM;
  }
}

int mp_system_stat(const char *path, mp_file_info *out) {
  struct stat found;
  if (lstat(path, &found) < 0) return -errno;
  *out = (mp_file_info){
      .type = type_of(found.st_mode),
      .mode = found.st_mode & 07777,
      .uid = found.st_uid,
      .gid = found.st_gid,
      .size = found.st_size,
      .mtime = (double)found.st_mtim.tv_sec + (double)found.st_mtim.tv_nsec / 1e9,
  };
  return 0;
}

int mp_system_list(const char *path, char ***names, size_t *count) {
  DIR *directory = opendir(path);
  if (directory == NULL) return -errno;
  name_list list = {0};
  int code = read_names(directory, &list);
  closedir(directory);
  if (code != 0) {
    mp_system_list_free(list.names, list.count);
    return code;
  }
  if (list.count > 0) qsort(list.names, list.count, sizeof(*list.names), compare_names);
  *names = list.names;
  *count = list.count;
  return 0;
}

void mp_system_list_free(char **names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    mp__free(names[i]);
  }
  mp__free(names);
}

int mp_system_realpath(const char *path, char out[MP_PATH_MAX]) {
  return realpath(path, out) != NULL ? 0 : -errno;
}

int mp_system_mkdir(const char *path, uint32_t mode) {
  return code_of(mkdir(path, mode));
}

int mp_system_mkdtemp(char *template_path) {
  return mkdtemp(template_path) != NULL ? 0 : -errno;
}

int mp_system_rmdir(const char *path) {
  return code_of(rmdir(path));
}

int mp_system_unlink(const char *path) {
  return code_of(unlink(path));
}

int mp_system_rename(const char *from, const char *to) {
  return code_of(rename(from, to));
}

int mp_system_chmod(const char *path, uint32_t mode) {
  return code_of(chmod(path, mode));
}

int mp_system_chown(const char *path, uint32_t uid, uint32_t gid) {
  return code_of(lchown(path, uid, gid));
}

int mp_system_touch(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
  if (fd < 0) return -errno;
  int code = code_of(futimens(fd, NULL));
  close(fd);
  return code;
}
