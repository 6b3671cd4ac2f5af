/* main.c - the command: a runtime whose main task is moonpool.cli. */
#include "host/runtime.h"
#include "host/serve.h"

#include <stdio.h>
#include <string.h>

static const char main_chunk[] = "return require('moonpool.cli').main { ... }";

/* Becoming the server program must come before threads, descriptors and signal handlers. */
static bool is_serve(int argc, char **argv) {
  return argc > 1 && strcmp(argv[1], "__serve") == 0;
}

int main(int argc, char **argv) {
  mp__runtime runtime;
  if (is_serve(argc, argv)) return mp__serve(argc, argv);
  if (mp__runtime_open(&runtime) != MP_OK) {
    fputs("moonpool: not enough memory to start\n", stderr);
    return 1;
  }
  int code = 1;
  if (mp__runtime_catch_signals(&runtime) == MP_OK) {
    code = mp_script_run(runtime.script, main_chunk, "=moonpool", argc - 1, argv + 1);
  } else {
    fputs("moonpool: cannot catch signals\n", stderr);
  }
  mp__runtime_close(&runtime);
  return code;
}
