/* moonpool/setting.h - one server setting that each new connection starts with. */
#ifndef MOONPOOL_SETTING_H
#define MOONPOOL_SETTING_H

typedef struct mp_setting {
  const char *name;
  const char *value;
} mp_setting;

#endif
