/* type_catalog.c - the types of a database: read in one statement, on the connection of
 * whoever met one that nobody knows; concurrent operations share the trip. */
#include "base/error.h"
#include "engine/engine.h"
#include "engine/type_rows.h"

/* Invariant: `type_followers` holds operations with a connection of their own and a
 * described statement, which go on when the one that reads the catalogue has ended.
 * Sessions do not follow: what they named may be visible on their connection alone. */

enum { RECORD_ARRAY = 2287 };

static bool keep_unknown(mp_types *types, const mp_statement *statement) {
  uint32_t oid;
  for (size_t i = 0; (oid = mp__statement_type_oid(statement, i)) != 0; i++) {
    if (!mp__types_add_unknown(types, oid)) return false;
  }
  return true;
}

/* A row whose message tells its types may name any of them. */
static bool is_enough(const mp_engine *engine, const mp_types *types,
                      const mp_statement *statement) {
  uint32_t oid;
  if (types == NULL) return false;
  if (types != engine->builtin_types && mp__types_are_doubted(types)) return false;
  for (size_t i = 0; (oid = mp__statement_type_oid(statement, i)) != 0; i++) {
    bool is_record = oid == MP_TYPE_RECORD || oid == RECORD_ARRAY;
    if (is_record && types == engine->builtin_types) return false;
    if (mp_types_find(types, oid) == NULL) return false;
  }
  return true;
}

/* What the operation may look its statement's types up in; NULL where a type is missing.
 */
static mp_types *find_types(const mp_operation *operation) {
  const mp__type_scope *scope = operation->scope;
  mp_engine *engine = operation->engine;
  mp_types *candidates[] = {engine->builtin_types,
                            scope != NULL && scope->is_private ? NULL : engine->types,
                            scope != NULL ? scope->types : NULL};
  for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
    if (is_enough(engine, candidates[i], operation->statement)) return candidates[i];
  }
  return NULL;
}

static void replace(mp_types **place, mp_types *types) {
  mp_types *old = *place;
  *place = types;
  mp_types_release(old);
}

/* What a session saw is for all, unless it may look different to them. */
static mp_types **place_for(mp_operation *operation, bool is_complete) {
  mp__type_scope *scope = operation->scope;
  bool is_shared =
      scope == NULL || (is_complete && !scope->is_private && !scope->keeps_to_itself);
  return is_shared ? &operation->engine->types : &scope->types;
}

static bool take_catalog(mp_operation *operation, const mp_result *rows) {
  mp_engine *engine = operation->engine;
  mp_types *types = mp__types_new();
  if (types == NULL) return false;
  bool made = mp__type_rows_add(types, rows);
  mp_types **place =
      place_for(operation, made && is_enough(engine, types, operation->statement));
  made = made && keep_unknown(types, operation->statement) &&
         (*place == NULL || mp__types_keep_unknown(types, *place)) &&
         mp__types_close(types, engine->type_codec, engine->type_codec_data);
  if (made)
    replace(place, types);
  else
    mp_types_release(types);
  return made;
}

static void end_loading(mp_operation *operation) {
  mp_engine *engine = operation->engine;
  operation->loads_types = false;
  if (operation->scope != NULL) return;
  engine->is_loading_types = false;
  if (!mp__list_is_empty(&engine->type_followers))
    mp__deferred_schedule(engine->loop, &engine->type_waking);
}

static void load(mp_operation *operation) {
  mp_engine *engine = operation->engine;
  const char *version = mp__conn_parameter(operation->conn, "server_version");
  operation->loads_types = true;
  if (operation->scope == NULL) engine->is_loading_types = true;
  operation->request.kind = &mp__request_command;
  operation->request.text = mp__type_rows_query(version);
  mp__operation_submit(operation);
}

static void load_or_follow(mp_operation *operation) {
  mp_engine *engine = operation->engine;
  if (operation->scope != NULL || !engine->is_loading_types) {
    load(operation);
    return;
  }
  mp__operation_follow(operation);
  mp__list_push_back(&engine->type_followers, &operation->loading);
}

bool mp__type_catalog_step(mp_operation *operation, mp_result **result,
                           const mp_error **error) {
  bool has_rows = operation->request.kind == &mp__request_command && *result != NULL;
  if (operation->loads_types) end_loading(operation);
  if (has_rows) {
    operation->has_loaded_types = true;
    if (!take_catalog(operation, *result)) *error = mp__error_oom();
  }
  mp_result_free(*result);
  *result = NULL;
  if (*error != NULL) return false;
  mp_types *types = find_types(operation);
  if (types == NULL && !operation->has_loaded_types) {
    load_or_follow(operation);
    return true;
  }
  if (types == NULL) types = operation->engine->types;
  mp__statement_set_types(operation->statement, types);
  return false;
}

void mp__type_catalog_leave(mp_operation *operation) {
  mp__list_remove(&operation->loading);
  if (operation->loads_types) end_loading(operation);
}

static void wake_followers(void *data) {
  mp_engine *engine = data;
  mp__link followers, *link;
  mp__engine_retain(engine);
  mp__list_init(&followers);
  mp__list_move_all(&engine->type_followers, &followers);
  while ((link = mp__list_pop_front(&followers)) != NULL) {
    mp__operation_step(MP__CONTAINER(link, mp_operation, loading));
  }
  mp__engine_drop(engine);
}

static mp_types *make_builtin(const mp_engine *engine) {
  mp_types *types = mp__types_new();
  if (types == NULL) return NULL;
  if (mp__types_close(types, engine->type_codec, engine->type_codec_data)) return types;
  mp_types_release(types);
  return NULL;
}

bool mp__type_catalog_open(mp_engine *engine) {
  mp__list_init(&engine->type_followers);
  mp__deferred_init(&engine->type_waking, wake_followers, engine);
  engine->builtin_types = make_builtin(engine);
  engine->types = mp_types_retain(engine->builtin_types);
  return engine->types != NULL;
}

void mp__type_catalog_close(mp_engine *engine) {
  if (engine->type_waking.fn != NULL)
    mp__deferred_cancel(engine->loop, &engine->type_waking);
  replace(&engine->types, NULL);
  replace(&engine->builtin_types, NULL);
}

void mp__type_catalog_forget(mp_engine *engine) {
  replace(&engine->types, mp_types_retain(engine->builtin_types));
}

bool mp__type_catalog_agrees(mp_engine *engine, const mp_statement *statement) {
  if (mp__types_are_doubted(engine->types)) mp__type_catalog_forget(engine);
  return !mp_statement_is_described(statement) || !statement->has_loaded_types ||
         statement->types == engine->types;
}

int mp_engine_renew_types(mp_engine *engine) {
  mp_types *types = make_builtin(engine);
  if (types == NULL) return MP_OUT_OF_MEMORY;
  replace(&engine->builtin_types, types);
  mp__type_catalog_forget(engine);
  mp__statement_cache_clear(engine);
  return MP_OK;
}
