/* main.c - the command: starts the runtime and runs the command line in its main task. */
#include "host/runtime.h"
#include "host/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The arguments come as `...`, the program's own name first. */
static const char program[] = "local name = ...\n"
                              "arg = { [0] = name, select(2, ...) }\n"
                              "return require('moonpool.cli').main(arg)\n";

int main(int argc, char **argv) {
  mp__runtime runtime;
  if (argc > 1 && strcmp(argv[1], "__serve") == 0) return mp__serve(argc, argv);
  if (mp__runtime_open(&runtime) != MP_OK ||
      mp__runtime_catch_signals(&runtime) != MP_OK) {
    fprintf(stderr, "moonpool: the runtime cannot start: no memory or descriptors\n");
    return EXIT_FAILURE;
  }
  int code = mp_script_run(runtime.script, program, "=moonpool", argc, argv);
  mp_script_leave_memory(runtime.script);
  mp__runtime_close(&runtime);
  if (fflush(stdout) != 0 && code == 0) {
    fprintf(stderr, "moonpool: standard output cannot be written\n");
    code = EXIT_FAILURE;
  }
  return code;
}
