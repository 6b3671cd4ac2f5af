/* mailbox.c - a locked list of letters and the handle that wakes the loop. */
#include "loop/mailbox.h"

#include "base/alloc.h"

#include <uv.h>

#include <pthread.h>

struct mp__mailbox {
  pthread_mutex_t lock;
  unsigned references;
  uv_async_t *async; /* NULL: closed */
  mp__link letters;
};

mp__mailbox *mp__mailbox_new(uv_async_t *async) {
  mp__mailbox *mailbox = mp__alloc_zero(sizeof(*mailbox));
  if (mailbox == NULL) return NULL;
  if (pthread_mutex_init(&mailbox->lock, NULL) != 0) {
    mp__free(mailbox);
    return NULL;
  }
  mailbox->references = 1;
  mailbox->async = async;
  mp__list_init(&mailbox->letters);
  return mailbox;
}

mp__mailbox *mp__mailbox_retain(mp__mailbox *mailbox) {
  pthread_mutex_lock(&mailbox->lock);
  mailbox->references++;
  pthread_mutex_unlock(&mailbox->lock);
  return mailbox;
}

void mp__mailbox_release(mp__mailbox *mailbox) {
  pthread_mutex_lock(&mailbox->lock);
  bool is_last = --mailbox->references == 0;
  pthread_mutex_unlock(&mailbox->lock);
  if (!is_last) return;
  pthread_mutex_destroy(&mailbox->lock);
  mp__free(mailbox);
}

/* The lock is held while waking, so that the handle cannot be closed meanwhile. One
 * wake-up is enough for all letters that are not collected yet. */
bool mp__mailbox_send(mp__mailbox *mailbox, mp__deferred *letter) {
  pthread_mutex_lock(&mailbox->lock);
  bool is_open = mailbox->async != NULL;
  bool is_first = mp__list_is_empty(&mailbox->letters);
  if (is_open) mp__list_push_back(&mailbox->letters, &letter->link);
  if (is_open && is_first) (void)uv_async_send(mailbox->async);
  pthread_mutex_unlock(&mailbox->lock);
  return is_open;
}

void mp__mailbox_collect(mp__mailbox *mailbox, mp__link *list) {
  pthread_mutex_lock(&mailbox->lock);
  mp__list_move_all(&mailbox->letters, list);
  pthread_mutex_unlock(&mailbox->lock);
}

void mp__mailbox_close(mp__mailbox *mailbox) {
  pthread_mutex_lock(&mailbox->lock);
  mailbox->async = NULL;
  pthread_mutex_unlock(&mailbox->lock);
}
