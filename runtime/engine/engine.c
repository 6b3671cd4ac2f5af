/* engine.c - an engine's life: options, pool, closing. */
#include "engine/engine.h"

#include "base/alloc.h"
#include "base/error.h"

#define POOL_MAX 10000u

void mp__engine_retain(mp_engine *engine) {
  engine->references++;
}

void mp__engine_drop(mp_engine *engine) {
  if (--engine->references > 0) return;
  if (engine->statements != NULL) mp__statement_cache_clear(engine);
  mp__map_free(engine->statements);
  mp__type_catalog_close(engine);
  mp__statistics_free(engine->statistics);
  mp__operation_free_spares(engine);
  mp__pool_free(engine->pool);
  mp__config_free(engine->config);
  mp__free(engine);
}

uint64_t mp__engine_task(const mp_engine *engine) {
  if (engine->current_task == NULL) return 0;
  return engine->current_task(engine->current_task_data);
}

static mp_error *check_pool(const mp_pool_options *pool) {
  if (pool->max < 1 || pool->max > POOL_MAX) {
    return mp__error_new(MP_BAD_CONFIG, "pool.max is %u; it is a number from 1 to %u",
                         pool->max, POOL_MAX);
  }
  if (pool->min > pool->max) {
    return mp__error_new(MP_BAD_CONFIG, "pool.min (%u) is more than pool.max (%u)",
                         pool->min, pool->max);
  }
  return NULL;
}

static int make_config(const mp_engine_options *options, mp__config **out,
                       mp_error **error) {
  mp__config_options config = {
      .url = options->url,
      .settings = options->settings,
      .setting_count = options->setting_count,
      .application_name = options->application_name,
      .read_only = options->read_only,
      .password = options->password,
      .password_source = options->password_source,
      .connect_timeout_ms = options->connect_timeout_ms,
      .pooler = (mp__pooler_use)options->pooler,
      .always_named = options->named_statements,
      .prepared_max = options->unnamed_statements ? 0 : options->statement_cache_size,
  };
  return mp__config_new(&config, out, error);
}

static int refuse(mp_engine *engine, mp_error *failure, mp_error **error) {
  int status = mp_error_status(failure);
  if (engine != NULL) mp__engine_drop(engine);
  *error = failure;
  return status;
}

int mp_engine_open(mp_loop *loop, const mp_engine_options *options, mp_engine **out,
                   mp_error **error) {
  mp_engine *engine = mp__alloc_zero(sizeof(*engine));
  if (engine == NULL) return refuse(NULL, mp__error_oom(), error);
  engine->loop = loop;
  engine->references = 1;
  engine->type_codec = options->type_codec;
  engine->type_codec_data = options->type_codec_data;
  engine->read_only = options->read_only;
  engine->current_task = options->current_task;
  engine->current_task_data = options->current_task_data;
  engine->statement_max = options->statement_cache_size;
  mp__list_init(&engine->operations);
  mp__list_init(&engine->spares);
  mp__list_init(&engine->statement_order);
  engine->statements = mp__map_new();
  engine->statistics = mp__statistics_new();
  if (engine->statements == NULL || engine->statistics == NULL ||
      !mp__type_catalog_open(engine)) {
    return refuse(engine, mp__error_oom(), error);
  }

  mp_error *failure = check_pool(&options->pool);
  if (failure != NULL) return refuse(engine, failure, error);
  if (make_config(options, &engine->config, &failure) != MP_OK) {
    return refuse(engine, failure, error);
  }
  if (mp__pool_new(loop, engine->config, &options->pool, &engine->pool) != MP_OK) {
    return refuse(engine, mp__error_oom(), error);
  }
  mp__pool_start(engine->pool);
  *out = engine;
  return MP_OK;
}

int mp_engine_reconfigure(mp_engine *engine, const mp_engine_options *options,
                          mp_error **error) {
  mp__config *config = NULL;
  mp_error *failure = check_pool(&options->pool);
  if (failure != NULL) return refuse(NULL, failure, error);
  if (make_config(options, &config, &failure) != MP_OK) {
    return refuse(NULL, failure, error);
  }
  if (mp__config_is_same(config, engine->config)) {
    mp__config_free(config);
  } else {
    mp__config_replace(config, engine->config);
    engine->config = config;
  }
  mp__pool_reconfigure(engine->pool, engine->config, &options->pool);
  return MP_OK;
}

static void on_empty(void *data) {
  mp_engine *engine = data;
  mp_loop_cb closed = engine->closed;
  void *closed_data = engine->closed_data;
  mp__timer_stop(engine->loop, &engine->drain);
  mp__loop_unhold(engine->loop);
  mp__engine_drop(engine);
  if (closed != NULL) closed(closed_data);
}

/* Sessions learn it from their connections, and still are their users' to close. */
static void on_drained(void *data) {
  mp_engine *engine = data;
  mp__engine_retain(engine);
  mp__link rest;
  mp__list_init(&rest);
  mp__list_move_all(&engine->operations, &rest);
  mp__link *link;
  while ((link = mp__list_first(&rest)) != NULL) {
    mp__list_remove(link);
    mp__list_push_back(&engine->operations, link);
    mp_operation_cancel(MP__CONTAINER(link, mp_operation, link), MP_SHUTTING_DOWN);
  }
  mp__pool_break(engine->pool);
  mp__engine_drop(engine);
}

void mp_engine_close(mp_engine *engine, uint64_t drain_ms, mp_loop_cb cb, void *data) {
  if (engine->closing) return;
  engine->closing = true;
  engine->closed = cb;
  engine->closed_data = data;
  mp__loop_hold(engine->loop);
  mp__timer_init(&engine->drain, on_drained, engine);
  mp__timer_start(engine->loop, &engine->drain, drain_ms);
  mp__pool_shut(engine->pool, on_empty, engine);
}

void mp_engine_on_notice(mp_engine *engine, mp_notice_cb cb, void *data) {
  mp__config_on_notice(engine->config, cb, data);
}

mp_pool *mp_engine_pool(mp_engine *engine) {
  return engine->pool;
}

bool mp_engine_is_pooled(const mp_engine *engine) {
  return mp__config_is_pooled(engine->config);
}

const char *mp_engine_name(const mp_engine *engine) {
  return mp__config_name(engine->config);
}
