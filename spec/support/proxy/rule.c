/* rule.c - reads the proxy's rules, and tells which message one is about. */
#include "rule.h"

#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  proxy_action action;
} actions[] = {
    {"pass", ACTION_PASS},   {"drop", ACTION_DROP}, {"stall", ACTION_STALL},
    {"fin", ACTION_FIN},     {"rst", ACTION_RST},   {"kill", ACTION_KILL},
    {"split", ACTION_SPLIT}, {"rate", ACTION_RATE},
};

/* "name:number" */
static bool parse_action(proxy_rule *rule, char *text) {
  char *colon = strchr(text, ':');
  if (colon != NULL) {
    *colon = '\0';
    rule->number = atoi(colon + 1);
  }
  for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
    if (strcmp(text, actions[i].name) != 0) continue;
    rule->action = actions[i].action;
    bool needs_number = rule->action >= ACTION_KILL;
    return (rule->number > 0) == needs_number;
  }
  return false;
}

/* "message:4", "byte:100", "C", "C:COMMIT" */
static bool parse_what(proxy_rule *rule, char *text) {
  rule->type = '*';
  if (strncmp(text, "message:", 8) == 0) {
    rule->message = strtoull(text + 8, NULL, 10);
    return rule->message > 0;
  }
  if (strncmp(text, "byte:", 5) == 0) {
    rule->byte = strtoull(text + 5, NULL, 10);
    return rule->byte > 0;
  }
  rule->type = text[0];
  if (text[0] == '\0' || text[1] == '\0') return text[0] != '\0';
  rule->text = text + 2;
  return text[1] == ':';
}

/* The text of WHAT may have spaces, so that it is what is left. */
bool rule_parse(proxy_rule *rule, char *text) {
  static const char lasting[] = "always ";
  memset(rule, 0, sizeof(*rule));
  rule->is_lasting = strncmp(text, lasting, sizeof(lasting) - 1) == 0;
  if (rule->is_lasting) text += sizeof(lasting) - 1;
  char *what = strchr(text, ' '), *verb = strrchr(text, ' ');
  if (what == NULL || what == verb) return false;
  *what++ = '\0';
  *verb++ = '\0';
  rule->to_client = strcmp(text, "back") == 0;
  if (!rule->to_client && strcmp(text, "front") != 0) return false;
  return parse_what(rule, what) && parse_action(rule, verb);
}

static bool contains(const proxy_message *message, const char *text) {
  size_t length = strlen(text);
  for (size_t at = 0; at + length <= message->body_length; at++) {
    if (memcmp(message->body + at, text, length) == 0) return true;
  }
  return false;
}

bool rule_matches(const proxy_rule *rule, const proxy_message *message) {
  if (rule->done || rule->to_client != message->to_client) return false;
  if (rule->byte > 0) {
    return rule->byte >= message->first_byte &&
           rule->byte < message->first_byte + message->length;
  }
  if (rule->message > 0) return rule->message == message->number;
  if (rule->type != '*' && rule->type != message->type) return false;
  return rule->text == NULL || contains(message, rule->text);
}
