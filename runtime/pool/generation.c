/* generation.c - one loss or one failed check may condemn every connection that is as
 * old.
 */
#include "base/error.h"
#include "pool/pool_impl.h"

#include <string.h>

static void close_all(mp_pool *pool, slot_state state) {
  mp__link *link;
  while ((link = mp__list_first(&pool->slots[state])) != NULL) {
    mp__slot_close(MP__CONTAINER(link, mp__slot, link), "others of its age were lost");
  }
}

void mp__pool_invalidate(mp_pool *pool) {
  pool->generation++;
  pool->sums.invalidations++;
  close_all(pool, SLOT_IDLE);
  close_all(pool, SLOT_CHECKING);
}

bool mp__generation_is_over(const mp__slot *slot) {
  return slot->generation != slot->pool->generation;
}

uint32_t mp__generation_size(const mp_pool *pool) {
  uint32_t size = 0;
  for (int state = SLOT_CONNECTING + 1; state < SLOT_LISTS; state++) {
    const mp__link *list = &pool->slots[state];
    for (mp__link *link = list->next; link != list; link = link->next) {
      size += !mp__generation_is_over(MP__CONTAINER(link, mp__slot, link));
    }
  }
  return size;
}

/* 57P01 to 57P03 say that the server stops or starts, class 08 and silence that the way
 * to it has gone. What ends one session alone (25P03, 57P05) says nothing of the others.
 */
bool mp__generation_ends_with(const mp_error *error) {
  static const char *const states[] = {"57P01", "57P02", "57P03"};
  const char *sqlstate = mp_error_sqlstate(error);
  for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
    if (strcmp(sqlstate, states[i]) == 0) return true;
  }
  if (strncmp(sqlstate, "08", 2) == 0) return true;
  return mp_error_status(error) == MP_CONNECTION_LOST && sqlstate[0] == '\0';
}
