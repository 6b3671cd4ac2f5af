/* moonpool/export.h - what marks a function as part of the public C interface. */
#ifndef MOONPOOL_EXPORT_H
#define MOONPOOL_EXPORT_H

#if defined(__GNUC__) || defined(__clang__)
#define MP_EXTERN            __attribute__((visibility("default")))
#define MP_MUST_CHECK        __attribute__((warn_unused_result))
#define MP_PRINTF(at, first) __attribute__((format(printf, at, first)))
#define MP_NORETURN          __attribute__((noreturn))
#else
#define MP_NORETURN
#define MP_EXTERN
#define MP_MUST_CHECK
#define MP_PRINTF(at, first)
#endif

#ifdef __cplusplus
#define MP_BEGIN_C extern "C" {
#define MP_END_C   }
#else
#define MP_BEGIN_C
#define MP_END_C
#endif

#endif
