/* black_hole.c - a server behind a link, whose place a silent socket takes. */
#include "support/black_hole.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

void black_hole_open(black_hole *hole) {
  char server[108];
  snprintf(hole->folder, sizeof(hole->folder), "/tmp/mp-hole.XXXXXX");
  assert_non_null(mkdtemp(hole->folder));
  snprintf(hole->path, sizeof(hole->path), "%s/.s.PGSQL.5432", hole->folder);
  snprintf(server, sizeof(server), "%s/.s.PGSQL.%s", getenv("PGHOST"), getenv("PGPORT"));
  assert_int_equal(symlink(server, hole->path), 0);
  snprintf(hole->url, sizeof(hole->url),
           "postgresql://%s@/%s?host=%s&port=5432&application_name=%s", getenv("PGUSER"),
           getenv("PGDATABASE"), hole->folder, hole->folder);
  hole->listener = -1;
}

void black_hole_fall_silent(black_hole *hole) {
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  snprintf(at.sun_path, sizeof(at.sun_path), "%s", hole->path);
  assert_int_equal(unlink(hole->path), 0);
  hole->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
  assert_int_equal(bind(hole->listener, (struct sockaddr *)&at, sizeof(at)), 0);
  assert_int_equal(listen(hole->listener, 0), 0);
}

void black_hole_close(black_hole *hole) {
  if (hole->listener >= 0) close(hole->listener);
  unlink(hole->path);
  rmdir(hole->folder);
}

size_t black_hole_let_out(black_hole *hole) {
  struct timeval moment = {0, 200000};
  size_t count = 0;
  fd_set set;
  for (;;) {
    FD_ZERO(&set);
    FD_SET(hole->listener, &set);
    if (select(hole->listener + 1, &set, NULL, NULL, &moment) <= 0) return count;
    int client = accept(hole->listener, NULL, NULL);
    if (client < 0) return count;
    close(client);
    count++;
  }
}
