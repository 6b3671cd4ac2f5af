/* service.h - the values that a service file adds to a URL. */
#ifndef MP_PG_SERVICE_H
#define MP_PG_SERVICE_H

#include <moonpool/error.h>

#include <libpq-fe.h>

/* Every keyword but `refused`, which must be one that libpq checks: "channel_binding" or
 * "ssl_max_protocol_version". Reads files, connects to nothing. On success free *out with
 * PQconninfoFree. */
MP_MUST_CHECK mp_error *mp__service_read(const char *url, const char *refused,
                                         PQconninfoOption **out);

#endif
