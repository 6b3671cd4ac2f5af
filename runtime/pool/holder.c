/* holder.c - who keeps a connection, and what a pool can tell about them all. */
#include "pool/holder.h"

#include "base/alloc.h"
#include "base/buffer.h"
#include "pool/pool_impl.h"

enum { SHOWN_MAX = 5 };

mp__holder *mp__holder_new(uint64_t task, const char *label, const char *where,
                           const char *traceback) {
  mp__holder *holder = mp__alloc_zero(sizeof(*holder));
  if (holder == NULL) return NULL;
  holder->task = task;
  holder->label = mp__strdup(label);
  holder->where = mp__strdup(where);
  holder->traceback = mp__strdup(traceback);
  return holder;
}

void mp__holder_free(mp__holder *holder) {
  if (holder == NULL) return;
  mp__free(holder->label);
  mp__free(holder->where);
  mp__free(holder->traceback);
  mp__free(holder);
}

static mp_pool_lease lease_of(const mp_pool *pool, const mp__holder *holder) {
  uint64_t held_ms = mp__loop_cached_ms(pool->loop) - holder->since_ms;
  return (mp_pool_lease){.label = holder->label,
                         .where = holder->where,
                         .traceback = holder->traceback,
                         .seconds = (double)held_ms / 1000.0};
}

size_t mp_pool_leases(const mp_pool *pool, mp_pool_lease *out, size_t max) {
  size_t count = 0;
  const mp__link *list = &pool->slots[SLOT_LEASED];
  for (mp__link *link = list->next; link != list; link = link->next) {
    const mp__slot *slot = MP__CONTAINER(link, mp__slot, link);
    if (slot->holder == NULL) continue;
    if (count < max) out[count] = lease_of(pool, slot->holder);
    count++;
  }
  return count;
}

static const char *name_of(const mp_pool_lease *lease) {
  if (lease->label != NULL) return lease->label;
  return lease->where != NULL ? lease->where : "somebody unknown";
}

static void describe_leases(const mp_pool *pool, mp__buffer *out) {
  mp_pool_lease leases[SHOWN_MAX];
  size_t count = mp_pool_leases(pool, leases, SHOWN_MAX);
  size_t shown = count < SHOWN_MAX ? count : SHOWN_MAX;
  for (size_t i = 0; i < shown; i++) {
    mp__buffer_format(out, "%s%s for %.1f s", i == 0 ? "; held by " : ", ",
                      name_of(&leases[i]), leases[i].seconds);
  }
  if (count > shown) mp__buffer_format(out, " and %zu more", count - shown);
}

char *mp__pool_describe(const mp_pool *pool) {
  mp__buffer text = MP__BUFFER_INIT;
  mp__buffer_format(&text, "pool: max %u, %u in use, %u connecting, %u waiting",
                    pool->options.max, mp__pool_in_use(pool),
                    pool->counts[SLOT_CONNECTING], pool->waiting);
  describe_leases(pool, &text);
  return mp__buffer_take(&text);
}
