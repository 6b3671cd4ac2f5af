/* statistics.c - counts what an engine's statements come to, in all and by fingerprint.
 */
#include "engine/statistics.h"

#include "base/alloc.h"
#include "engine/engine.h"
#include "engine/fingerprint.h"

#include <moonpool/statistics.h>

#include <string.h>

#define FINGERPRINTS_MAX 1000

typedef struct fingerprint {
  mp__link link; /* least recently used first */
  char *text;
  mp__statement_use use;
} fingerprint;

struct mp__statistics {
  mp_engine_statistics sums;
  mp__map *fingerprints;
  mp__link order;
};

typedef struct fingerprint_copy {
  char *text;
  mp_fingerprint shown;
} fingerprint_copy;

struct mp_fingerprints {
  size_t count;
  fingerprint_copy *items;
};

static const uint64_t bounds_us[MP_HISTOGRAM_BUCKETS] = {
    100,   250,    500,    1000,   2500,    5000,    10000,   25000,
    50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};

double mp_histogram_bound(size_t bucket) {
  return (double)bounds_us[bucket] / 1e6;
}

static void add_time(mp_histogram *histogram, uint64_t time_us) {
  size_t bucket = 0;
  while (bucket < MP_HISTOGRAM_BUCKETS && time_us > bounds_us[bucket])
    bucket++;
  histogram->counts[bucket]++;
  histogram->seconds += (double)time_us / 1e6;
}

mp__statistics *mp__statistics_new(void) {
  mp__statistics *statistics = mp__alloc_zero(sizeof(*statistics));
  if (statistics == NULL) return NULL;
  mp__list_init(&statistics->order);
  statistics->fingerprints = mp__map_new();
  if (statistics->fingerprints != NULL) return statistics;
  mp__free(statistics);
  return NULL;
}

static void drop(mp__statistics *statistics, fingerprint *entry) {
  mp__map_remove(statistics->fingerprints, entry->text, strlen(entry->text));
  mp__list_remove(&entry->link);
  mp__free(entry->text);
  mp__free(entry);
}

void mp__statistics_free(mp__statistics *statistics) {
  mp__link *link;
  if (statistics == NULL) return;
  while ((link = mp__list_first(&statistics->order)) != NULL) {
    drop(statistics, MP__CONTAINER(link, fingerprint, link));
  }
  mp__map_free(statistics->fingerprints);
  mp__free(statistics);
}

static void add_use(mp__statement_use *sum, const mp__statement_use *use) {
  sum->calls += use->calls;
  sum->errors += use->errors;
  sum->rows += use->rows;
  sum->queue_us += use->queue_us;
  sum->run_us += use->run_us;
  if (use->longest_us > sum->longest_us) sum->longest_us = use->longest_us;
}

/* Takes over `text`. */
static fingerprint *add_entry(mp__statistics *statistics, char *text) {
  fingerprint *entry = mp__alloc_zero(sizeof(*entry));
  if (entry == NULL ||
      mp__map_put(statistics->fingerprints, text, strlen(text), entry) != MP_OK) {
    mp__free(entry);
    mp__free(text);
    return NULL;
  }
  entry->text = text;
  mp__list_push_back(&statistics->order, &entry->link);
  while (mp__map_count(statistics->fingerprints) > FINGERPRINTS_MAX) {
    drop(statistics,
         MP__CONTAINER(mp__list_first(&statistics->order), fingerprint, link));
  }
  return entry;
}

static fingerprint *find_entry(mp__statistics *statistics, char *text) {
  fingerprint *entry = mp__map_get(statistics->fingerprints, text, strlen(text));
  if (entry == NULL) return add_entry(statistics, text);
  mp__free(text);
  mp__list_remove(&entry->link);
  mp__list_push_back(&statistics->order, &entry->link);
  return entry;
}

/* Without memory the use of one text is lost, and nothing else. */
void mp__statistics_fold(mp__statistics *statistics, mp_statement *statement) {
  if (statement->use.calls == 0) return;
  char *text = mp__fingerprint(statement->text, statement->length);
  fingerprint *entry = text == NULL ? NULL : find_entry(statistics, text);
  if (entry != NULL) add_use(&entry->use, &statement->use);
  statement->use = (mp__statement_use){0};
}

static uint64_t rows_of(const mp_result *result) {
  if (mp_result_column_count(result) > 0) return mp_result_row_count(result);
  return (uint64_t)mp_result_affected(result);
}

static uint64_t count_rows(const mp_result *result) {
  uint64_t rows = 0;
  for (; result != NULL; result = mp_result_next(result))
    rows += rows_of(result);
  return rows;
}

static void count_class(mp_engine_statistics *sums, mp_statement_class kind) {
  if (kind == MP_STATEMENT_READ)
    sums->reads++;
  else if (kind == MP_STATEMENT_WRITE)
    sums->writes++;
  else
    sums->others++;
}

static void add_sums(mp__statistics *statistics, mp_statement_class kind,
                     const mp__statement_use *use) {
  count_class(&statistics->sums, kind);
  statistics->sums.errors += use->errors;
  statistics->sums.rows += use->rows;
  add_time(&statistics->sums.queue, use->queue_us);
  add_time(&statistics->sums.run, use->run_us);
}

/* The hot path only adds to the statement's own use: the engine's cache folds it when the
 * statement leaves, or somebody asks. One that is in no cache is folded at once. */
static void record_statement(mp__statistics *statistics, mp_statement *statement,
                             const mp__statement_use *use) {
  add_use(&statement->use, use);
  add_sums(statistics, mp_statement_get_class(statement), use);
  if (mp__list_is_empty(&statement->link)) mp__statistics_fold(statistics, statement);
}

/* Commands and COPY have a text only. */
static void record_text(mp__statistics *statistics, const char *sql,
                        const mp__statement_use *use) {
  char *text = mp__fingerprint(sql, strlen(sql));
  fingerprint *entry = text == NULL ? NULL : find_entry(statistics, text);
  if (entry != NULL) add_use(&entry->use, use);
  add_sums(statistics, MP_STATEMENT_SESSION, use);
}

/* Each execution has an equal share of the time; the first has waited for them all. */
static void record_group(const mp_operation *operation, const mp_result *result,
                         const mp_error *error, const mp__statement_use *whole) {
  const mp_group *group = operation->group;
  size_t count = group->execution_count;
  size_t failed = error == NULL ? 0 : (size_t)mp_error_index(error);
  uint64_t share_us = count == 0 ? 0 : whole->run_us / count;
  for (size_t i = 0; i < count; i++) {
    mp_statement *statement = group->statements[group->executions[i].statement].statement;
    mp__statement_use use = {1,        i + 1 == failed, 0, i == 0 ? whole->queue_us : 0,
                             share_us, share_us};
    if (result != NULL) use.rows = rows_of(result);
    if (result != NULL) result = mp_result_next(result);
    record_statement(operation->engine->statistics, statement, &use);
  }
}

void mp__statistics_record(const mp_operation *operation, const mp_result *result,
                           const mp_error *error) {
  const mp__request_kind *kind = operation->request.kind;
  bool is_statement = kind == &mp__request_execute || kind == &mp__request_stream;
  bool is_group = kind == &mp__request_group;
  if (!is_statement && !is_group && !operation->counts_by_text) return;
  mp__statistics *statistics = operation->engine->statistics;
  mp_timing timing;
  mp_operation_get_timing(operation, &timing);
  uint64_t run_us = timing.server_us + timing.network_us;
  mp__statement_use use = {1,      error != NULL, operation->rows, timing.queue_us,
                           run_us, run_us};
  if (!is_group) use.rows += count_rows(result);
  if (is_group) {
    record_group(operation, result, error, &use);
  } else if (operation->counts_by_text && operation->text != NULL) {
    record_text(statistics, operation->text, &use);
  } else if (operation->statement != NULL) {
    record_statement(statistics, operation->statement, &use);
  }
}

void mp_engine_get_statistics(const mp_engine *engine, mp_engine_statistics *out) {
  *out = engine->statistics->sums;
}

static void fold_all(mp_engine *engine) {
  mp__link *list = &engine->statement_order;
  for (mp__link *link = list->next; link != list; link = link->next) {
    mp__statistics_fold(engine->statistics, MP__CONTAINER(link, mp_statement, link));
  }
}

static bool copy_entry(mp_fingerprints *list, const fingerprint *entry) {
  const mp__statement_use *use = &entry->use;
  fingerprint_copy *copy = &list->items[list->count];
  copy->text = mp__strdup(entry->text);
  copy->shown = (mp_fingerprint){.text = copy->text,
                                 .calls = use->calls,
                                 .errors = use->errors,
                                 .rows = use->rows,
                                 .queue_seconds = (double)use->queue_us / 1e6,
                                 .run_seconds = (double)use->run_us / 1e6,
                                 .longest_seconds = (double)use->longest_us / 1e6};
  list->count++;
  return copy->text != NULL;
}

mp_fingerprints *mp_engine_fingerprints(mp_engine *engine) {
  mp__statistics *statistics = engine->statistics;
  fold_all(engine);
  mp_fingerprints *list = mp__alloc_zero(sizeof(*list));
  if (list == NULL) return NULL;
  size_t count = mp__map_count(statistics->fingerprints);
  list->items = mp__alloc_array(count, sizeof(*list->items));
  bool copied = count == 0 || list->items != NULL;
  for (mp__link *link = statistics->order.next; copied && link != &statistics->order;
       link = link->next) {
    copied = copy_entry(list, MP__CONTAINER(link, fingerprint, link));
  }
  if (!copied) {
    mp_fingerprints_free(list);
    return NULL;
  }
  return list;
}

size_t mp_fingerprints_count(const mp_fingerprints *list) {
  return list->count;
}

const mp_fingerprint *mp_fingerprints_get(const mp_fingerprints *list, size_t index) {
  return &list->items[index].shown;
}

void mp_fingerprints_free(mp_fingerprints *list) {
  if (list == NULL) return;
  for (size_t i = 0; list->items != NULL && i < list->count; i++)
    mp__free(list->items[i].text);
  mp__free(list->items);
  mp__free(list);
}
