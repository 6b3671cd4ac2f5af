/* sql_lexer.h - one pass over a statement: its tokens, its class, its named parameters.
 */
#ifndef MP_ENGINE_SQL_LEXER_H
#define MP_ENGINE_SQL_LEXER_H

#include <moonpool/statement.h>

#include <stdbool.h>
#include <stddef.h>

typedef enum mp__token_kind {
  MP__TOKEN_END,
  MP__TOKEN_WORD,   /* keyword or unquoted identifier */
  MP__TOKEN_QUOTED, /* "identifier" */
  MP__TOKEN_STRING, /* any literal text, dollar-quoted too */
  MP__TOKEN_NUMBER,
  MP__TOKEN_POSITIONAL, /* $1 */
  MP__TOKEN_NAMED,      /* :name */
  MP__TOKEN_SEMICOLON,
  MP__TOKEN_OPEN,  /* ( */
  MP__TOKEN_CLOSE, /* ) */
  MP__TOKEN_OTHER
} mp__token_kind;

typedef struct mp__token {
  mp__token_kind kind;
  size_t start, length; /* in the text; a named parameter includes its colon */
  unsigned depth;       /* open parentheses around it */
} mp__token;

typedef struct mp__lexer {
  const char *text;
  size_t length, at;
  unsigned depth, brackets; /* open ( and [ */
  mp__token_kind previous;  /* a word that ends no operand counts as MP__TOKEN_OTHER */
  bool after_time;          /* the word before was TIME, as in AT TIME ZONE */
} mp__lexer;

void mp__lexer_init(mp__lexer *lexer, const char *text, size_t length);
/* The next token; white space and comments are passed over. */
mp__token mp__lexer_next(mp__lexer *lexer);
/* Whether a word token is this keyword (given in lower case), in any case. */
bool mp__lexer_is(const mp__lexer *lexer, mp__token token, const char *keyword);

/* What the keywords of one text say. */
typedef struct mp__verdict {
  mp_statement_class kind;
  bool touches_session; /* may leave something behind on the connection */
  bool changes_schema;  /* what texts mean may be another afterwards */
  bool changes_types;   /* ... and a type that is known may be another: ALTER */
  bool has_many;        /* more than one statement */
  bool has_named;
  size_t positional; /* the highest n of $n; 0: none */
} mp__verdict;

mp__verdict mp__classify(const char *text, size_t length);
/* Whether any of several statements begins or ends a transaction. */
bool mp__controls_transaction(const char *text, size_t length);

#endif
