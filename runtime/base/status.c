/* status.c - the names of the failure kinds. */
#include <moonpool/status.h>

#include <stddef.h>

const char *mp_status_name(int status) {
  switch (status) {
  case MP_OK:
    return "ok";
#define XX(name, number, kind)                                                           \
  case MP_##name:                                                                        \
    return kind;
    MP_STATUS_MAP(XX)
#undef XX
  }
  return NULL;
}
