/* work.c - blocking calls on threads of our own, so many at a time.
 *
 * libuv's four threads are shared with the host's files and look-ups, and a loop cannot
 * be closed while one of them is busy for it. Ours are detached: a call that hangs keeps
 * its thread and its job, and nothing else. */
#include "loop/work.h"

#include "base/alloc.h"
#include "loop/loop_impl.h"

#include <pthread.h>
#include <signal.h>

enum { LANES = 2 };

static const size_t lane_limits[LANES] = {
    [MP__LANE_CONNECT] = 1,
    [MP__LANE_RESOLVE] = 8,
};

typedef struct mp__crew mp__crew;

struct mp__work {
  mp__link link; /* in the crew's queue until a thread takes it */
  mp__deferred ended;
  mp_loop *loop; /* not to be touched from the thread */
  mp__crew *crew;
  mp__lane lane;
  bool hold;
  mp_loop_cb run, done;
  void *data;
};

/* Shared by the loop and its threads; the last one frees it. */
struct mp__crew {
  pthread_mutex_t lock;
  unsigned references;
  mp__mailbox *mailbox;
  size_t running[LANES];
  mp__link queues[LANES];
};

static void on_ended(void *data) {
  mp__work *work = data;
  if (work->hold) mp__loop_unhold(work->loop);
  work->done(work->data);
  mp__free(work);
}

/* Without the loop nobody else knows the data any more, so that it may end here. */
static void finish(mp__work *work) {
  mp__deferred_init(&work->ended, on_ended, work);
  if (mp__mailbox_send(work->crew->mailbox, &work->ended)) return;
  work->done(work->data);
  mp__free(work);
}

/* The next job of the lane; NULL ends the thread. */
static mp__work *take(mp__crew *crew, mp__lane lane) {
  pthread_mutex_lock(&crew->lock);
  mp__link *link = mp__list_pop_front(&crew->queues[lane]);
  if (link == NULL) crew->running[lane]--;
  pthread_mutex_unlock(&crew->lock);
  return link != NULL ? MP__CONTAINER(link, mp__work, link) : NULL;
}

static void *run_lane(void *data) {
  mp__work *work = data;
  mp__crew *crew = work->crew;
  mp__lane lane = work->lane;
  while (work != NULL) {
    work->run(work->data);
    finish(work);
    work = take(crew, lane);
  }
  mp__crew_release(crew);
  return NULL;
}

/* A host's signals are for threads that expect them. */
static bool start_thread(mp__work *work) {
  sigset_t all, before;
  pthread_t thread;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return false;
  (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failure = pthread_create(&thread, &attributes, run_lane, work);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  return failure == 0;
}

/* On a thread of its own where the lane has room, else behind those who run. The lock is
 * held throughout, so that a thread that ends meanwhile sees the queue. */
static bool admit(mp__crew *crew, mp__work *work) {
  pthread_mutex_lock(&crew->lock);
  size_t *running = &crew->running[work->lane];
  bool is_started = *running < lane_limits[work->lane];
  if (is_started) {
    crew->references++;
    ++*running;
    is_started = start_thread(work);
    if (!is_started) {
      crew->references--;
      --*running;
    }
  }
  bool is_queued = !is_started && *running > 0;
  if (is_queued) mp__list_push_back(&crew->queues[work->lane], &work->link);
  pthread_mutex_unlock(&crew->lock);
  return is_started || is_queued;
}

mp__crew *mp__crew_new(mp__mailbox *mailbox) {
  mp__crew *crew = mp__alloc_zero(sizeof(*crew));
  if (crew == NULL) return NULL;
  if (pthread_mutex_init(&crew->lock, NULL) != 0) {
    mp__free(crew);
    return NULL;
  }
  crew->references = 1;
  crew->mailbox = mp__mailbox_retain(mailbox);
  for (size_t lane = 0; lane < LANES; lane++) {
    mp__list_init(&crew->queues[lane]);
  }
  return crew;
}

void mp__crew_release(mp__crew *crew) {
  pthread_mutex_lock(&crew->lock);
  bool is_last = --crew->references == 0;
  pthread_mutex_unlock(&crew->lock);
  if (!is_last) return;
  pthread_mutex_destroy(&crew->lock);
  mp__mailbox_release(crew->mailbox);
  mp__free(crew);
}

int mp__work_start(mp_loop *loop, mp__lane lane, bool hold, mp_loop_cb run,
                   mp_loop_cb done, void *data) {
  mp__work *work = mp__alloc_zero(sizeof(*work));
  if (work == NULL) return MP_OUT_OF_MEMORY;
  mp__list_init(&work->link);
  work->loop = loop;
  work->crew = loop->crew;
  work->lane = lane;
  work->hold = hold;
  work->run = run;
  work->done = done;
  work->data = data;
  if (hold) mp__loop_hold(loop);
  if (admit(loop->crew, work)) return MP_OK;
  if (hold) mp__loop_unhold(loop);
  mp__free(work);
  return MP_OUT_OF_MEMORY;
}
