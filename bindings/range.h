/* range.h - the flags in front of a range in binary, as the server has them. */
#ifndef MPL_RANGE_H
#define MPL_RANGE_H

enum {
  MPL_RANGE_EMPTY = 0x01,
  MPL_RANGE_LOWER_INC = 0x02,
  MPL_RANGE_UPPER_INC = 0x04,
  MPL_RANGE_LOWER_INFINITE = 0x08,
  MPL_RANGE_UPPER_INFINITE = 0x10
};

#endif
