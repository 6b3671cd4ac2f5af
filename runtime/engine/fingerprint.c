/* fingerprint.c - what texts have in common that differ in their values alone. */
#include "engine/fingerprint.h"

#include "base/buffer.h"
#include "engine/sql_lexer.h"

#include <string.h>

static bool is_value(mp__token_kind kind) {
  switch (kind) {
  case MP__TOKEN_STRING:
  case MP__TOKEN_NUMBER:
  case MP__TOKEN_POSITIONAL:
  case MP__TOKEN_NAMED:
    return true;
  case MP__TOKEN_END:
  case MP__TOKEN_WORD:
  case MP__TOKEN_QUOTED:
  case MP__TOKEN_SEMICOLON:
  case MP__TOKEN_OPEN:
  case MP__TOKEN_CLOSE:
  case MP__TOKEN_OTHER:
    break;
  }
  return false;
}

/* Lists of values are as long as their callers like: what repeats the item before it
 * goes. */
static const struct {
  const char *end, *kept;
} repetitions[] = {{"?, ?", "?"}, {"?,?", "?"}, {"(?), (?)", "(?)"}, {"(?),(?)", "(?)"}};

static void cut_repetition(mp__buffer *out) {
  for (size_t i = 0; i < sizeof(repetitions) / sizeof(repetitions[0]); i++) {
    size_t length = strlen(repetitions[i].end);
    if (out->failed || out->length < length) continue;
    if (memcmp(out->data + out->length - length, repetitions[i].end, length) != 0)
      continue;
    out->length -= length - strlen(repetitions[i].kept);
  }
}

char *mp__fingerprint(const char *text, size_t length) {
  mp__buffer out = MP__BUFFER_INIT;
  mp__lexer lexer;
  mp__token token;
  size_t end = 0; /* of the token before */
  mp__lexer_init(&lexer, text, length);
  while ((token = mp__lexer_next(&lexer)).kind != MP__TOKEN_END) {
    if (token.start > end && end > 0) mp__buffer_text(&out, " ");
    if (is_value(token.kind)) {
      mp__buffer_text(&out, "?");
    } else {
      mp__buffer_append(&out, text + token.start, token.length);
    }
    cut_repetition(&out);
    end = token.start + token.length;
  }
  mp__buffer_append(&out, "", 0);
  if (!out.failed && out.data != NULL) out.data[out.length] = '\0';
  return mp__buffer_take(&out);
}
