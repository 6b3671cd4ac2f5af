/* loop.c - a libuv loop of our own or of a host: opening, running, posting, closing. */
#include "loop/loop.h"

#include "base/alloc.h"
#include "loop/loop_impl.h"

#include <uv.h>

/* A closed handle is gone after a turn or two; one that nobody closed would never go. */
enum { CLOSE_TURNS = 16 };
/* How long what is under way holds up closing. */
enum { CLOSE_MS = 2000 };

typedef struct posted {
  mp__deferred letter;
  mp_loop_cb fn;
  void *data;
} posted;

static bool is_busy(const mp_loop *loop) {
  return loop->holds > 0 || !mp__list_is_empty(&loop->deferred);
}

static void collect_letters(mp_loop *loop) {
  mp__link letters;
  mp__list_init(&letters);
  mp__mailbox_collect(loop->mailbox, &letters);
  mp__deferred_take(loop, &letters);
}

static void on_async(uv_async_t *handle) {
  collect_letters(MP__CONTAINER(handle, mp_loop, async));
}

static void drain(mp_loop *loop) {
  mp__loop_enter(loop);
  mp__deferred_drain(loop);
  mp__loop_leave(loop);
}

static bool is_over(const mp_loop *loop) {
  return *loop->until || loop->is_stopping || loop->is_closing || !is_busy(loop);
}

/* Due timers and what is deferred run before the poll, which must not block when they
 * have ended what the loop runs for. */
static void on_prepare(uv_prepare_t *handle) {
  mp_loop *loop = MP__CONTAINER(handle, mp_loop, prepare);
  mp__timers_run(loop);
  drain(loop);
  if (loop->until != NULL && is_over(loop)) uv_stop(loop->uv);
}

/* What sockets scheduled runs right after the poll. */
static void on_check(uv_check_t *handle) {
  mp_loop *loop = MP__CONTAINER(handle, mp_loop, check);
  loop->has_drained = false;
  drain(loop);
}

static void free_loop(mp_loop *loop) {
  /* UV_EBUSY: somebody left a handle of theirs open; libuv may still touch the loop. */
  if (loop->is_own && uv_loop_close(&loop->own) != 0) return;
  mp__fork_mark_clear(&loop->process);
  mp__free(loop);
}

static void on_async_closed(uv_handle_t *handle) {
  mp__loop_remove_handle(MP__CONTAINER(handle, mp_loop, async));
}

static void on_prepare_closed(uv_handle_t *handle) {
  mp__loop_remove_handle(MP__CONTAINER(handle, mp_loop, prepare));
}

static void on_check_closed(uv_handle_t *handle) {
  mp__loop_remove_handle(MP__CONTAINER(handle, mp_loop, check));
}

static void on_idle_closed(uv_handle_t *handle) {
  mp__loop_remove_handle(MP__CONTAINER(handle, mp_loop, idle));
}

static void on_timer_closed(uv_handle_t *handle) {
  mp__loop_remove_handle(MP__CONTAINER(handle, mp_loop, timer));
}

static void close_handles(mp_loop *loop) {
  uv_close((uv_handle_t *)&loop->async, on_async_closed);
  uv_close((uv_handle_t *)&loop->prepare, on_prepare_closed);
  uv_close((uv_handle_t *)&loop->check, on_check_closed);
  uv_close((uv_handle_t *)&loop->idle, on_idle_closed);
  uv_close((uv_handle_t *)&loop->timer, on_timer_closed);
}

/* Only uv_async_init can fail. */
static int open_handles(mp_loop *loop) {
  int status = uv_async_init(loop->uv, &loop->async, on_async);
  if (status != 0) return mp__loop_status(status);
  (void)uv_prepare_init(loop->uv, &loop->prepare);
  (void)uv_check_init(loop->uv, &loop->check);
  (void)uv_idle_init(loop->uv, &loop->idle);
  (void)uv_timer_init(loop->uv, &loop->timer);
  mp__loop_add_handle(loop, (uv_handle_t *)&loop->async);
  mp__loop_add_handle(loop, (uv_handle_t *)&loop->prepare);
  mp__loop_add_handle(loop, (uv_handle_t *)&loop->check);
  mp__loop_add_handle(loop, (uv_handle_t *)&loop->idle);
  mp__loop_add_handle(loop, (uv_handle_t *)&loop->timer);
  (void)uv_prepare_start(&loop->prepare, on_prepare);
  (void)uv_check_start(&loop->check, on_check);
  return MP_OK;
}

/* Run the close callbacks. A loop that still has handles then is left behind: libuv may
 * touch it. */
static void end_closing(mp_loop *loop) {
  loop->is_running = true;
  for (int turn = 0; loop->handles > 0 && turn < CLOSE_TURNS; turn++) {
    (void)uv_run(loop->uv, UV_RUN_NOWAIT);
  }
  loop->is_running = false;
  if (loop->handles == 0) free_loop(loop);
}

static mp_loop *new_loop(uv_loop_t *host) {
  mp_loop *loop = mp__alloc_zero(sizeof(*loop));
  if (loop == NULL) return NULL;
  loop->is_own = host == NULL;
  loop->uv = host != NULL ? host : &loop->own;
  loop->thread = pthread_self();
  mp__fork_mark_set(&loop->process);
  loop->armed_ms = UINT64_MAX;
  mp__list_init(&loop->deferred);
  mp__list_init(&loop->lookups);
  mp__list_init(&loop->at_close);
  return loop;
}

static void run_posted(void *data) {
  posted letter = *(posted *)data;
  mp__free(data);
  letter.fn(letter.data);
}

int mp__loop_status(int uv_status) {
  bool is_wrong = uv_status == UV_EBADF || uv_status == UV_EINVAL ||
                  uv_status == UV_EPERM || uv_status == UV_EEXIST;
  if (uv_status >= 0) return MP_OK;
  return is_wrong ? MP_BAD_ARGUMENT : MP_OUT_OF_MEMORY;
}

void mp__loop_enter(mp_loop *loop) {
  loop->depth++;
}

void mp__loop_leave(mp_loop *loop) {
  loop->depth--;
}

void mp__loop_add_handle(mp_loop *loop, uv_handle_t *handle) {
  uv_unref(handle);
  loop->handles++;
}

void mp__loop_remove_handle(mp_loop *loop) {
  loop->handles--;
  if (loop->handles == 0 && loop->is_closing && !loop->is_running) free_loop(loop);
}

void mp__loop_update_ref(mp_loop *loop) {
  if (is_busy(loop)) uv_ref((uv_handle_t *)&loop->async);
  if (!is_busy(loop)) uv_unref((uv_handle_t *)&loop->async);
}

void mp__loop_at_close(mp_loop *loop, mp__deferred *deferred) {
  mp__list_push_back(&loop->at_close, &deferred->link);
}

void mp__loop_add_backlog(mp_loop *loop, int change) {
  loop->backlog += (unsigned)change;
}

unsigned mp__loop_backlog(const mp_loop *loop) {
  return loop->backlog;
}

void mp__loop_hold(mp_loop *loop) {
  if (loop->holds++ == 0) mp__loop_update_ref(loop);
}

void mp__loop_unhold(mp_loop *loop) {
  if (--loop->holds == 0) mp__loop_update_ref(loop);
}

uint64_t mp__loop_cached_ms(const mp_loop *loop) {
  return uv_now(loop->uv);
}

uint64_t mp__loop_fresh_ms(mp_loop *loop) {
  uv_update_time(loop->uv);
  return uv_now(loop->uv);
}

uv_loop_t *mp__loop_uv(mp_loop *loop) {
  return loop->uv;
}

int mp_loop_open(uv_loop_t *host, mp_loop **out) {
  mp_loop *loop = new_loop(host);
  if (loop == NULL) return MP_OUT_OF_MEMORY;
  int status = loop->is_own ? mp__loop_status(uv_loop_init(&loop->own)) : MP_OK;
  if (status != MP_OK) goto fail;

  status = MP_OUT_OF_MEMORY;
  loop->mailbox = mp__mailbox_new(&loop->async);
  if (loop->mailbox != NULL) loop->crew = mp__crew_new(loop->mailbox);
  if (loop->crew != NULL) status = open_handles(loop);
  if (status == MP_OK) {
    *out = loop;
    return MP_OK;
  }
  if (loop->crew != NULL) mp__crew_release(loop->crew);
  if (loop->mailbox != NULL) mp__mailbox_release(loop->mailbox);
  if (loop->is_own) (void)uv_loop_close(&loop->own);

fail:
  mp__fork_mark_clear(&loop->process);
  mp__free(loop);
  return status;
}

void mp_loop_run(mp_loop *loop) {
  static const bool never = false;
  (void)mp_loop_run_until(loop, &never);
}

bool mp_loop_run_until(mp_loop *loop, const bool *flag) {
  if (loop->is_running || loop->depth > 0)
    return *flag; /* libuv cannot run inside itself */
  loop->is_running = true;
  loop->is_stopping = false;
  loop->until = flag;
  collect_letters(loop);
  while (!is_over(loop)) {
    (void)uv_run(loop->uv, UV_RUN_ONCE);
    if (!loop->is_closing) collect_letters(loop);
  }
  loop->until = NULL;
  loop->is_running = false;
  bool is_up = *flag;
  if (loop->is_closing) end_closing(loop);
  return is_up;
}

void mp_loop_stop(mp_loop *loop) {
  loop->is_stopping = true;
}

bool mp_loop_is_running(const mp_loop *loop) {
  return loop->is_running;
}

int mp_loop_post(mp_loop *loop, mp_loop_cb fn, void *data) {
  posted *letter = mp__alloc(sizeof(*letter));
  if (letter == NULL) return MP_OUT_OF_MEMORY;
  mp__deferred_init(&letter->letter, run_posted, letter);
  letter->fn = fn;
  letter->data = data;
  if (mp__mailbox_send(loop->mailbox, &letter->letter)) return MP_OK;
  mp__free(letter);
  return MP_SHUTTING_DOWN;
}

uint64_t mp_loop_now_ms(const mp_loop *loop) {
  (void)loop;
  return uv_hrtime() / 1000000;
}

uint64_t mp__clock_us(void) {
  return uv_hrtime() / 1000;
}

int mp_loop_check_caller(const mp_loop *loop) {
  if (!mp__fork_mark_is_here(&loop->process)) return MP_WRONG_PROCESS;
  return pthread_equal(loop->thread, pthread_self()) ? MP_OK : MP_WRONG_THREAD;
}

static void raise_flag(void *data) {
  *(bool *)data = true;
}

/* Let what is under way end, for a bounded time; what is posted later finds the mailbox
 * closed. */
static void settle(mp_loop *loop) {
  bool is_late = false;
  mp__timer patience;
  mp__timer_init(&patience, raise_flag, &is_late);
  mp__timer_start(loop, &patience, CLOSE_MS);
  (void)mp_loop_run_until(loop, &is_late);
  mp__timer_stop(loop, &patience);
  mp__mailbox_close(loop->mailbox);
  collect_letters(loop);
  mp__deferred_drain(loop);
}

static void end_leftovers(mp_loop *loop) {
  mp__link *link;
  while ((link = mp__list_pop_front(&loop->at_close)) != NULL) {
    mp__deferred *leftover = MP__CONTAINER(link, mp__deferred, link);
    leftover->fn(leftover->data);
  }
}

void mp_loop_close(mp_loop *loop) {
  /* A forked child shares the descriptors that closing would disarm under its parent. */
  if (!mp__fork_mark_is_here(&loop->process)) return;
  mp__resolve_close(loop);
  settle(loop);
  end_leftovers(loop);
  mp__crew_release(loop->crew);
  mp__mailbox_release(loop->mailbox);
  close_handles(loop);

  loop->is_closing = true;
  /* Inside a callback libuv cannot be run: whoever runs the loop ends this. */
  if (!loop->is_running && loop->depth == 0) end_closing(loop);
}
