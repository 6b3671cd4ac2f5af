/* resolve.c - name resolution on worker threads; those who ask for one name share a
 * look-up. */
#include "loop/resolve.h"

#include "base/alloc.h"
#include "loop/loop_impl.h"
#include "loop/work.h"

#include <netdb.h>
#include <string.h>

/* Joining a look-up that has hung for longer would hide that the resolver is back. */
enum { JOIN_MS = 1000 };

typedef struct mp__lookup {
  mp__link link;     /* in loop->lookups; alone once the loop is closed */
  mp__link resolves; /* those who wait for it */
  uint64_t started_ms;
  char *host;
  char **addresses; /* the rest is the thread's until it is done */
  size_t count;
  char reason[256];
} mp__lookup;

struct mp__resolve {
  mp__link link; /* in lookup->resolves */
  mp_loop *loop;
  mp__resolve_cb fn;
  void *data;
};

static void free_lookup(mp__lookup *lookup) {
  for (size_t i = 0; i < lookup->count; i++) {
    mp__free(lookup->addresses[i]);
  }
  mp__free(lookup->addresses);
  mp__free(lookup->host);
  mp__free(lookup);
}

static bool is_known(const mp__lookup *lookup, const char *address) {
  for (size_t i = 0; i < lookup->count; i++) {
    if (strcmp(lookup->addresses[i], address) == 0) return true;
  }
  return false;
}

static void add_address(mp__lookup *lookup, const struct addrinfo *info) {
  char address[NI_MAXHOST];
  if (getnameinfo(info->ai_addr, info->ai_addrlen, address, sizeof(address), NULL, 0,
                  NI_NUMERICHOST) != 0)
    return;
  if (is_known(lookup, address)) return;
  char *copy = mp__strdup(address);
  if (copy != NULL) lookup->addresses[lookup->count++] = copy;
}

static void fail(mp__lookup *lookup, const char *reason) {
  strncpy(lookup->reason, reason, sizeof(lookup->reason) - 1);
}

static void collect(mp__lookup *lookup, const struct addrinfo *list) {
  size_t size = 0;
  for (const struct addrinfo *info = list; info != NULL; info = info->ai_next) {
    size++;
  }
  lookup->addresses = mp__alloc_array(size, sizeof(char *));
  if (lookup->addresses == NULL) return;
  for (const struct addrinfo *info = list; info != NULL; info = info->ai_next) {
    add_address(lookup, info);
  }
}

static void run_lookup(void *data) {
  mp__lookup *lookup = data;
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *list = NULL;
  int failure = getaddrinfo(lookup->host, NULL, &hints, &list);
  if (failure != 0) {
    fail(lookup, gai_strerror(failure));
    return;
  }
  collect(lookup, list);
  if (lookup->count == 0) fail(lookup, "no address could be read");
  freeaddrinfo(list);
}

static void end_resolve(mp__resolve *resolve) {
  mp__list_remove(&resolve->link);
  mp__loop_unhold(resolve->loop);
  mp__free(resolve);
}

/* Each callback may drop others, or ask for the same name again. */
static void on_looked_up(void *data) {
  mp__lookup *lookup = data;
  mp__list_remove(&lookup->link);
  while (!mp__list_is_empty(&lookup->resolves)) {
    mp__resolve *resolve =
        MP__CONTAINER(mp__list_first(&lookup->resolves), mp__resolve, link);
    mp__resolve_cb fn = resolve->fn;
    void *fn_data = resolve->data;
    end_resolve(resolve);
    fn(fn_data, lookup->addresses, lookup->count,
       lookup->count > 0 ? NULL : lookup->reason);
  }
  free_lookup(lookup);
}

static mp__lookup *start_lookup(mp_loop *loop, const char *host) {
  mp__lookup *lookup = mp__alloc_zero(sizeof(*lookup));
  if (lookup == NULL) return NULL;
  mp__list_init(&lookup->resolves);
  lookup->started_ms = mp_loop_now_ms(loop);
  lookup->host = mp__strdup(host);
  mp__list_push_back(&loop->lookups, &lookup->link);
  if (lookup->host != NULL && mp__work_start(loop, MP__LANE_RESOLVE, false, run_lookup,
                                             on_looked_up, lookup) == MP_OK)
    return lookup;
  mp__list_remove(&lookup->link);
  free_lookup(lookup);
  return NULL;
}

static mp__lookup *find_lookup(mp_loop *loop, const char *host) {
  uint64_t now_ms = mp_loop_now_ms(loop);
  for (mp__link *link = loop->lookups.next; link != &loop->lookups; link = link->next) {
    mp__lookup *candidate = MP__CONTAINER(link, mp__lookup, link);
    if (now_ms - candidate->started_ms < JOIN_MS && strcmp(candidate->host, host) == 0)
      return candidate;
  }
  return NULL;
}

int mp__resolve_start(mp_loop *loop, const char *host, mp__resolve_cb fn, void *data,
                      mp__resolve **out) {
  mp__resolve *resolve = mp__alloc_zero(sizeof(*resolve));
  if (resolve == NULL) return MP_OUT_OF_MEMORY;
  mp__lookup *lookup = find_lookup(loop, host);
  if (lookup == NULL) lookup = start_lookup(loop, host);
  if (lookup == NULL) {
    mp__free(resolve);
    return MP_OUT_OF_MEMORY;
  }
  resolve->loop = loop;
  resolve->fn = fn;
  resolve->data = data;
  mp__list_push_back(&lookup->resolves, &resolve->link);
  mp__loop_hold(loop);
  *out = resolve;
  return MP_OK;
}

void mp__resolve_drop(mp__resolve *resolve) {
  end_resolve(resolve);
}

void mp__resolve_close(mp_loop *loop) {
  mp__link *link;
  while ((link = mp__list_pop_front(&loop->lookups)) != NULL) {
    mp__lookup *lookup = MP__CONTAINER(link, mp__lookup, link);
    while (!mp__list_is_empty(&lookup->resolves)) {
      mp__resolve_drop(
          MP__CONTAINER(mp__list_first(&lookup->resolves), mp__resolve, link));
    }
  }
}
