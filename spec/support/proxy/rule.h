/* rule.h - what the proxy does to which message: "[always] DIRECTION WHAT ACTION". */
#ifndef MP_SPEC_PROXY_RULE_H
#define MP_SPEC_PROXY_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum proxy_action {
  ACTION_PASS,  /* only tell */
  ACTION_DROP,  /* this message is swallowed */
  ACTION_STALL, /* it and all behind it wait, in this direction, for SIGUSR2 */
  ACTION_FIN,   /* it is swallowed, both sides are closed */
  ACTION_RST,   /* the same, without good manners (TCP) */
  ACTION_KILL,  /* it passes, the backend gets the signal `number` */
  ACTION_SPLIT, /* from here on pieces of `number` bytes */
  ACTION_RATE   /* from here on `number` bytes a second, until SIGUSR2 */
} proxy_action;

typedef struct proxy_rule {
  bool to_client;   /* "back"; else "front" */
  char type;        /* of the message, '*' for any; '0' is a startup packet,
                       '.' an answer of one byte, or what is encrypted */
  const char *text; /* somewhere in its body; NULL: anything */
  uint64_t message; /* the nth of its connection and direction; 0: any */
  uint64_t byte;    /* counted from 1: what stands before it passes; 0: whole messages */
  proxy_action action;
  int number;
  bool is_lasting; /* "always"; else it acts once */
  bool done;
} proxy_rule;

/* One message, or a piece of it, on its way. */
typedef struct proxy_message {
  bool to_client;
  char type;
  const char *body;
  size_t length; /* of the whole */
  size_t body_length;
  uint64_t number, first_byte; /* of its direction, from 1 */
} proxy_message;

/* Cuts up its argument. */
bool rule_parse(proxy_rule *rule, char *text);
bool rule_matches(const proxy_rule *rule, const proxy_message *message);

#endif
