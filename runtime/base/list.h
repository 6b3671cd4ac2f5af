/* list.h - an intrusive doubly linked list: membership costs no memory and cannot fail.
 */
#ifndef MP_BASE_LIST_H
#define MP_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A list is a link that stands for its head; an unlinked member points to itself. */
typedef struct mp__link {
  struct mp__link *next, *prev;
} mp__link;

#define MP__CONTAINER(link, type, member)                                                \
  ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void mp__list_init(mp__link *list) {
  list->next = list;
  list->prev = list;
}

static inline bool mp__list_is_empty(const mp__link *list) {
  return list->next == list;
}

static inline void mp__list_insert_before(mp__link *at, mp__link *link) {
  link->next = at;
  link->prev = at->prev;
  at->prev->next = link;
  at->prev = link;
}

static inline void mp__list_push_back(mp__link *list, mp__link *link) {
  mp__list_insert_before(list, link);
}

static inline void mp__list_push_front(mp__link *list, mp__link *link) {
  mp__list_insert_before(list->next, link);
}

/* Safe on an unlinked member that was initialised. */
static inline void mp__list_remove(mp__link *link) {
  link->prev->next = link->next;
  link->next->prev = link->prev;
  mp__list_init(link);
}

static inline mp__link *mp__list_first(const mp__link *list) {
  return mp__list_is_empty(list) ? NULL : list->next;
}

static inline mp__link *mp__list_last(const mp__link *list) {
  return mp__list_is_empty(list) ? NULL : list->prev;
}

static inline mp__link *mp__list_pop_front(mp__link *list) {
  mp__link *link = mp__list_first(list);
  if (link != NULL) mp__list_remove(link);
  return link;
}

/* Move all members of `from` to the end of `to`. */
static inline void mp__list_move_all(mp__link *from, mp__link *to) {
  if (mp__list_is_empty(from)) return;
  from->next->prev = to->prev;
  to->prev->next = from->next;
  from->prev->next = to;
  to->prev = from->prev;
  mp__list_init(from);
}

#endif
