/* poll.c - readiness of a socket, in a struct that outlives its use until libuv lets go
 * of it. */
#include "loop/poll.h"

#include "base/alloc.h"
#include "loop/loop_impl.h"

#include <uv.h>

struct mp__poll {
  uv_poll_t handle;
  mp_loop *loop;
  mp__poll_cb fn;
  void *data;
  int events; /* what libuv watches now */
};

_Static_assert((int)MP__READABLE == (int)UV_READABLE, "the bits are passed on");
_Static_assert((int)MP__WRITABLE == (int)UV_WRITABLE, "the bits are passed on");

/* libuv has stopped a handle whose status is negative. */
static void on_ready(uv_poll_t *handle, int status, int events) {
  mp__poll *poll = MP__CONTAINER(handle, mp__poll, handle);
  mp_loop *loop = poll->loop;
  if (status < 0) poll->events = 0;
  mp__loop_enter(loop);
  poll->fn(poll->data, status < 0 ? MP__READABLE | MP__WRITABLE
                                  : events & (MP__READABLE | MP__WRITABLE));
  mp__loop_leave(loop);
  mp__deferred_drain_early(loop);
}

static void on_closed(uv_handle_t *handle) {
  mp__poll *poll = MP__CONTAINER(handle, mp__poll, handle);
  mp_loop *loop = poll->loop;
  mp__free(poll);
  mp__loop_remove_handle(loop);
}

int mp__poll_open(mp_loop *loop, int fd, mp__poll_cb fn, void *data, mp__poll **out) {
  mp__poll *poll = mp__alloc_zero(sizeof(*poll));
  if (poll == NULL) return MP_OUT_OF_MEMORY;
  poll->loop = loop;
  poll->fn = fn;
  poll->data = data;
  int status = uv_poll_init(loop->uv, &poll->handle, fd);
  if (status != 0) {
    mp__free(poll);
    return mp__loop_status(status);
  }
  mp__loop_add_handle(loop, (uv_handle_t *)&poll->handle);
  *out = poll;
  return MP_OK;
}

void mp__poll_watch(mp__poll *poll, int events) {
  if (events == poll->events) return;
  poll->events = events;
  if (events == 0)
    (void)uv_poll_stop(&poll->handle);
  else
    (void)uv_poll_start(&poll->handle, events, on_ready);
}

void mp__poll_close(mp__poll *poll) {
  if (poll == NULL) return;
  (void)uv_poll_stop(&poll->handle);
  uv_close((uv_handle_t *)&poll->handle, on_closed);
}
