/* black_hole.h - a server's socket under another name, behind which a black hole can be
 * put: whoever connects to that is neither refused nor answered. */
#ifndef MP_SPEC_BLACK_HOLE_H
#define MP_SPEC_BLACK_HOLE_H

#include <stddef.h>

typedef struct black_hole {
  char folder[32], path[64], url[192];
  int listener; /* -1: the server is there */
} black_hole;

/* To the server of the suite, by `url`, under the name `folder`. */
void black_hole_open(black_hole *hole);
void black_hole_close(black_hole *hole);
/* From now on it takes one connection into its queue, and lets the next wait in connect.
 */
void black_hole_fall_silent(black_hole *hole);
/* Lets out whom its queue holds, and tells how many: within a fifth of a second. */
size_t black_hole_let_out(black_hole *hole);

#endif
