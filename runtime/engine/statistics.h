/* statistics.h - what an engine's statements have come to: counts, times, and each text's
 * share. */
#ifndef MP_ENGINE_STATISTICS_H
#define MP_ENGINE_STATISTICS_H

#include <moonpool/error.h>
#include <moonpool/result.h>
#include <moonpool/statement.h>

typedef struct mp__statistics mp__statistics;
struct mp_operation;

MP_MUST_CHECK mp__statistics *mp__statistics_new(void);
void mp__statistics_free(mp__statistics *statistics);

/* An operation ends. */
void mp__statistics_record(const struct mp_operation *operation, const mp_result *result,
                           const mp_error *error);
/* Add a statement's use to that of its fingerprint, and start it anew. */
void mp__statistics_fold(mp__statistics *statistics, mp_statement *statement);

#endif
