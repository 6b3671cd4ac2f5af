/* sql_lexer.c - splits SQL text into tokens as PostgreSQL's scanner does (manual,
 * section 4.1). */
#include "engine/sql_lexer.h"

#include <ctype.h>
#include <string.h>

static char peek(const mp__lexer *lexer, size_t ahead) {
  size_t at = lexer->at + ahead;
  if (at >= lexer->length) return '\0';
  return lexer->text[at];
}

static bool is_word_start(char c) {
  return isalpha((unsigned char)c) || c == '_' || ((unsigned char)c & 0x80) != 0;
}

static bool is_word_part(char c) {
  return is_word_start(c) || isdigit((unsigned char)c) || c == '$';
}

static void skip_line(mp__lexer *lexer) {
  while (lexer->at < lexer->length && lexer->text[lexer->at] != '\n')
    lexer->at++;
}

/* Block comments nest. */
static void skip_block(mp__lexer *lexer) {
  unsigned open = 0;
  do {
    if (peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
      open++;
      lexer->at += 2;
    } else if (peek(lexer, 0) == '*' && peek(lexer, 1) == '/') {
      open--;
      lexer->at += 2;
    } else {
      lexer->at++;
    }
  } while (open > 0 && lexer->at < lexer->length);
}

static void skip_space(mp__lexer *lexer) {
  while (lexer->at < lexer->length) {
    char c = peek(lexer, 0), next = peek(lexer, 1);
    if (isspace((unsigned char)c)) {
      lexer->at++;
    } else if (c == '-' && next == '-') {
      skip_line(lexer);
    } else if (c == '/' && next == '*') {
      skip_block(lexer);
    } else {
      return;
    }
  }
}

/* From the opening quote to behind the closing one; a doubled quote is part of the text.
 */
static void skip_quoted(mp__lexer *lexer, char quote, bool has_escapes) {
  lexer->at++;
  while (lexer->at < lexer->length) {
    char c = peek(lexer, 0);
    lexer->at++;
    if (c == '\\' && has_escapes) {
      lexer->at++;
    } else if (c == quote) {
      if (peek(lexer, 0) != quote) return;
      lexer->at++;
    }
  }
  if (lexer->at > lexer->length) lexer->at = lexer->length;
}

/* The length of "$tag$" here, or 0. */
static size_t dollar_tag(const mp__lexer *lexer) {
  size_t length = 1;
  if (isdigit((unsigned char)peek(lexer, 1))) return 0;
  while (is_word_part(peek(lexer, length)) && peek(lexer, length) != '$')
    length++;
  return peek(lexer, length) == '$' ? length + 1 : 0;
}

static void skip_dollar_quoted(mp__lexer *lexer, size_t tag) {
  const char *opening = lexer->text + lexer->at;
  lexer->at += tag;
  while (lexer->at + tag <= lexer->length) {
    if (memcmp(lexer->text + lexer->at, opening, tag) == 0) {
      lexer->at += tag;
      return;
    }
    lexer->at++;
  }
  lexer->at = lexer->length;
}

static mp__token_kind scan_dollar(mp__lexer *lexer) {
  size_t tag = dollar_tag(lexer);
  if (tag > 0) {
    skip_dollar_quoted(lexer, tag);
    return MP__TOKEN_STRING;
  }
  lexer->at++;
  if (!isdigit((unsigned char)peek(lexer, 0))) return MP__TOKEN_OTHER;
  while (isdigit((unsigned char)peek(lexer, 0)))
    lexer->at++;
  return MP__TOKEN_POSITIONAL;
}

/* E'', U&'', U&"", B'', X'', N'' are one token with their prefix; only E'' has escapes.
 */
static mp__token_kind scan_word(mp__lexer *lexer) {
  char first = (char)tolower((unsigned char)peek(lexer, 0));
  if (first == 'u' && peek(lexer, 1) == '&' &&
      (peek(lexer, 2) == '\'' || peek(lexer, 2) == '"')) {
    lexer->at += 2;
    char quote = peek(lexer, 0);
    skip_quoted(lexer, quote, false);
    return quote == '"' ? MP__TOKEN_QUOTED : MP__TOKEN_STRING;
  }
  if (strchr("ebxn", first) != NULL && peek(lexer, 1) == '\'') {
    lexer->at++;
    skip_quoted(lexer, '\'', first == 'e');
    return MP__TOKEN_STRING;
  }
  while (is_word_part(peek(lexer, 0)) && lexer->at < lexer->length)
    lexer->at++;
  return MP__TOKEN_WORD;
}

static mp__token_kind scan_number(mp__lexer *lexer) {
  while (isalnum((unsigned char)peek(lexer, 0)) || peek(lexer, 0) == '.' ||
         peek(lexer, 0) == '_') {
    bool exponent = tolower((unsigned char)peek(lexer, 0)) == 'e';
    lexer->at++;
    if (exponent && (peek(lexer, 0) == '+' || peek(lexer, 0) == '-')) lexer->at++;
  }
  return MP__TOKEN_NUMBER;
}

/* Keywords behind which an operand begins: no column has such a name without quotes, or
 * hardly one. */
static const char *const operator_words[] = {
    "all",     "and",       "any",        "array",   "as",       "between",   "both",
    "by",      "case",      "cast",       "else",    "distinct", "escape",    "except",
    "from",    "for",       "having",     "ilike",   "in",       "intersect", "is",
    "leading", "like",      "limit",      "not",     "offset",   "on",        "or",
    "placing", "returning", "select",     "similar", "some",     "symmetric", "then",
    "to",      "trailing",  "union",      "using",   "values",   "variadic",  "when",
    "where",   "overlaps",  "asymmetric",
};

static bool is_operator(const mp__lexer *lexer, mp__token token) {
  for (size_t i = 0; i < sizeof(operator_words) / sizeof(operator_words[0]); i++) {
    if (mp__lexer_is(lexer, token, operator_words[i])) return true;
  }
  return lexer->after_time && mp__lexer_is(lexer, token, "zone");
}

/* Only between brackets does it matter what came before. */
static void remember(mp__lexer *lexer, mp__token token) {
  lexer->previous = token.kind;
  if (lexer->brackets == 0) return;
  if (is_operator(lexer, token)) lexer->previous = MP__TOKEN_OTHER;
  lexer->after_time = mp__lexer_is(lexer, token, "time");
}

/* Whether what came before can end an operand: then a colon in brackets begins an upper
 * bound. */
static bool ends_operand(mp__token_kind kind) {
  return kind == MP__TOKEN_WORD || kind == MP__TOKEN_QUOTED || kind == MP__TOKEN_NUMBER ||
         kind == MP__TOKEN_POSITIONAL || kind == MP__TOKEN_NAMED ||
         kind == MP__TOKEN_CLOSE;
}

/* "::" is a cast and ":=" names an argument; in a[x:y] the colon separates bounds, while
 * in a[:x] it begins a parameter. */
static mp__token_kind scan_colon(mp__lexer *lexer) {
  if (peek(lexer, 1) == ':' || peek(lexer, 1) == '=') {
    lexer->at += 2;
    return MP__TOKEN_OTHER;
  }
  bool is_slice = lexer->brackets > 0 && ends_operand(lexer->previous);
  lexer->at++;
  if (is_slice || !is_word_start(peek(lexer, 0))) return MP__TOKEN_OTHER;
  while (is_word_part(peek(lexer, 0)) && peek(lexer, 0) != '$')
    lexer->at++;
  return MP__TOKEN_NAMED;
}

static mp__token_kind scan_sign(mp__lexer *lexer) {
  char c = peek(lexer, 0);
  lexer->at++;
  switch (c) {
  case '(':
    lexer->depth++;
    return MP__TOKEN_OPEN;
  case ')':
    if (lexer->depth > 0) lexer->depth--;
    return MP__TOKEN_CLOSE;
  case '[':
    lexer->brackets++;
    return MP__TOKEN_OTHER;
  case ']':
    if (lexer->brackets > 0) lexer->brackets--;
    return MP__TOKEN_CLOSE;
  case ';':
    return MP__TOKEN_SEMICOLON;
  default:
    return MP__TOKEN_OTHER;
  }
}

static mp__token_kind scan(mp__lexer *lexer) {
  char c = peek(lexer, 0);
  if (is_word_start(c)) return scan_word(lexer);
  if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)peek(lexer, 1)))) {
    return scan_number(lexer);
  }
  switch (c) {
  case '\'':
    skip_quoted(lexer, '\'', false);
    return MP__TOKEN_STRING;
  case '"':
    skip_quoted(lexer, '"', false);
    return MP__TOKEN_QUOTED;
  case '$':
    return scan_dollar(lexer);
  case ':':
    return scan_colon(lexer);
  default:
    return scan_sign(lexer);
  }
}

void mp__lexer_init(mp__lexer *lexer, const char *text, size_t length) {
  *lexer = (mp__lexer){.text = text, .length = length, .previous = MP__TOKEN_OTHER};
}

mp__token mp__lexer_next(mp__lexer *lexer) {
  skip_space(lexer);
  mp__token token = {.kind = MP__TOKEN_END, .start = lexer->at, .depth = lexer->depth};
  if (lexer->at >= lexer->length) return token;
  token.kind = scan(lexer);
  token.length = lexer->at - token.start;
  if (token.kind == MP__TOKEN_CLOSE) token.depth = lexer->depth;
  remember(lexer, token);
  return token;
}

bool mp__lexer_is(const mp__lexer *lexer, mp__token token, const char *keyword) {
  if (token.kind != MP__TOKEN_WORD || strlen(keyword) != token.length) return false;
  const char *word = lexer->text + token.start;
  for (size_t i = 0; i < token.length; i++) {
    if (tolower((unsigned char)word[i]) != keyword[i]) return false;
  }
  return true;
}
