/* main.c - the limit: a workload in C with the least work we know of: limit WORKLOAD */
#include "limit.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *name;
  void (*run)(void);
} workloads[] = {
    {"point_select", point_select},
    {"point_select_pool", point_select_pool},
    {"point_select_sync_each", point_select_sync_each},
    {"point_select_sync_turn", point_select_sync_turn},
    {"type_rows", type_rows},
    {"copy_rows", copy_rows},
    {"insert_rows", insert_rows},
    {"insert_objects", insert_objects},
    {"get_objects", get_objects},
    {"select_objects", select_objects},
    {"update_objects", update_objects},
    {"eager_objects", eager_objects},
    {"stream_accounts", stream_accounts},
    {"first_row", first_row},
};

int main(int argc, char **argv) {
  for (size_t i = 0; argc == 2 && i < sizeof(workloads) / sizeof(workloads[0]); i++) {
    if (strcmp(argv[1], workloads[i].name) != 0) continue;
    workloads[i].run();
    return 0;
  }
  fprintf(stderr, "usage: limit WORKLOAD\n");
  return 2;
}
