/* group.c - a group's life: filled, shared by what is under way, released. */
#include "pg/group.h"

#include "base/alloc.h"

mp_group *mp_group_new(void) {
  mp_group *group = mp__alloc_zero(sizeof(*group));
  if (group != NULL) group->references = 1;
  return group;
}

mp_group *mp__group_retain(mp_group *group) {
  group->references++;
  return group;
}

void mp_group_release(mp_group *group) {
  if (group == NULL || --group->references > 0) return;
  for (size_t i = 0; i < group->statement_count; i++)
    mp_statement_release(group->statements[i].statement);
  for (size_t i = 0; i < group->execution_count; i++)
    mp_params_free(group->executions[i].params);
  mp__free(group->statements);
  mp__free(group->executions);
  mp__free(group);
}

/* Room for one more of `size` bytes each; the old block when there is no memory. */
static void *grow(void *block, size_t count, size_t *room, size_t size) {
  if (count < *room) return block;
  size_t next = *room == 0 ? 8 : *room * 2;
  void *grown = mp__realloc(block, next * size);
  if (grown == NULL) return block;
  *room = next;
  return grown;
}

int mp_group_add_statement(mp_group *group, mp_statement *statement, size_t *index) {
  group->statements = grow(group->statements, group->statement_count,
                           &group->statement_room, sizeof(mp__group_statement));
  if (group->statement_count == group->statement_room) return MP_OUT_OF_MEMORY;
  *index = group->statement_count++;
  group->statements[*index] =
      (mp__group_statement){.statement = mp_statement_retain(statement)};
  return MP_OK;
}

size_t mp_group_statement_count(const mp_group *group) {
  return group->statement_count;
}

mp_statement *mp_group_statement(const mp_group *group, size_t index) {
  return group->statements[index].statement;
}

bool mp_group_is_described(const mp_group *group) {
  for (size_t i = 0; i < group->statement_count; i++) {
    if (!mp_statement_is_described(group->statements[i].statement)) return false;
  }
  return true;
}

int mp_group_add_execution(mp_group *group, size_t index, mp_params *params) {
  group->executions = grow(group->executions, group->execution_count,
                           &group->execution_room, sizeof(mp__execution));
  if (group->execution_count == group->execution_room) {
    mp_params_free(params);
    return MP_OUT_OF_MEMORY;
  }
  group->executions[group->execution_count++] =
      (mp__execution){.statement = index, .params = params};
  return MP_OK;
}

size_t mp_group_execution_count(const mp_group *group) {
  return group->execution_count;
}

bool mp__group_writes(const mp_group *group) {
  for (size_t i = 0; i < group->statement_count; i++) {
    if (group->statements[i].statement->kind != MP_STATEMENT_READ) return true;
  }
  return false;
}
