/* The grammar of query_string: Lucene's classic query syntax by recursive descent. */
#include <stdlib.h>

#include "base/number.h"
#include "base/text.h"
#include "search/query_string.h"

enum token_kind {
    TOKEN_END,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_BARE,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_COLON,
    TOKEN_STAR,
    TOKEN_CARAT,
    TOKEN_QUOTED,
    TOKEN_TERM,
    TOKEN_FUZZY,
    TOKEN_PREFIX,
    TOKEN_WILDCARD,
    TOKEN_REGEXP,
    TOKEN_RANGE_IN,
    TOKEN_RANGE_EX,
    TOKEN_NUMBER,
    TOKEN_TO,
    TOKEN_RANGE_IN_END,
    TOKEN_RANGE_EX_END,
    TOKEN_RANGE_QUOTED,
    TOKEN_RANGE_GOOP,
    TOKEN_BAD
};
struct token {
    enum token_kind kind;
    struct qd_slice image;
    size_t end; /* offset behind it */
};

/* ---- tokens ---- */
static bool is_space(struct qd_slice text, size_t at, size_t *size)
{
    char c = text.data[at];
    *size = 1;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return true;
    *size = 3;
    return at + 3 <= text.size && memcmp(text.data + at, "\xe3\x80\x80", 3) == 0;
}

static bool is_start(char c) { return strchr(" \t\n\r+-!():^[]\"{}~*?\\/", c) == NULL || c == '\0'; }

/* How long a run of term characters from `at` is; wildcards are counted in when `wild`. */
static size_t run_of(struct qd_slice text, size_t at, bool wild)
{
    size_t start = at;
    while (at < text.size) {
        size_t space;
        char c = text.data[at];
        if (is_space(text, at, &space)) break;
        if (c == '\\') {
            if (at + 1 >= text.size) break;
            at += 2;
            while (at < text.size && ((unsigned char)text.data[at] & 0xc0) == 0x80) at++;
        } else if (is_start(c) || (at > start && (c == '-' || c == '+')) ||
                   (wild && (c == '*' || c == '?'))) {
            at++;
        } else {
            break;
        }
    }
    return at - start;
}

static struct token make(enum token_kind kind, struct qd_slice text, size_t at, size_t size)
{
    return (struct token){ kind, { text.data + at, size }, at + size };
}

static size_t quoted_size(struct qd_slice text, size_t at, char end)
{
    for (size_t i = at + 1; i < text.size; i++) {
        if (text.data[i] == '\\') i++;
        else if (text.data[i] == end) return i + 1 - at;
    }
    return 0;
}

/* "~" and all letters of a term behind it, whether they are a number or not. */
static size_t fuzzy_size(struct qd_slice text, size_t at)
{
    size_t i = at + 1;
    for (;;) {
        size_t run = run_of(text, i, false);
        bool sign = run == 0 && i < text.size && (text.data[i] == '-' || text.data[i] == '+');
        if (run == 0 && !sign) return i - at;
        i += sign ? 1 : run;
    }
}

static struct token word_token(struct qd_slice text, size_t at)
{
    size_t plain = run_of(text, at, false);
    size_t wild = run_of(text, at, true);
    struct qd_slice image = { text.data + at, plain };
    if (wild > plain) {
        if (wild == 1 && text.data[at] == '*') return make(TOKEN_STAR, text, at, 1);
        bool prefix = wild == plain + 1 && plain > 0 && text.data[at + plain] == '*';
        return make(prefix ? TOKEN_PREFIX : TOKEN_WILDCARD, text, at, wild);
    }
    if (plain == 0) return make(TOKEN_BAD, text, at, 1);
    enum token_kind kind = TOKEN_TERM;
    if (qd_slice_is(image, "AND") || qd_slice_is(image, "&&")) kind = TOKEN_AND;
    else if (qd_slice_is(image, "OR") || qd_slice_is(image, "||")) kind = TOKEN_OR;
    else if (qd_slice_is(image, "NOT")) kind = TOKEN_NOT;
    return make(kind, text, at, plain);
}

static struct token next_token(struct qd_slice text, size_t at)
{
    size_t space;
    while (at < text.size && is_space(text, at, &space)) at += space;
    if (at >= text.size) return make(TOKEN_END, text, text.size, 0);
    char c = text.data[at];
    bool before_space = at + 1 < text.size && is_space(text, at + 1, &space);
    if ((c == '+' || c == '-' || c == '!') && before_space) return make(TOKEN_BARE, text, at, 1);
    static const struct {
        char c;
        enum token_kind kind;
    } singles[] = { { '+', TOKEN_PLUS },  { '-', TOKEN_MINUS },    { '!', TOKEN_NOT },
                    { '(', TOKEN_OPEN },  { ')', TOKEN_CLOSE },    { ':', TOKEN_COLON },
                    { '^', TOKEN_CARAT }, { '[', TOKEN_RANGE_IN }, { '{', TOKEN_RANGE_EX } };
    for (size_t i = 0; i < sizeof(singles) / sizeof(singles[0]); i++) {
        if (c == singles[i].c) return make(singles[i].kind, text, at, 1);
    }
    if (c == '~') return make(TOKEN_FUZZY, text, at, fuzzy_size(text, at));
    if (c == '"' || c == '/') {
        size_t size = quoted_size(text, at, c);
        return size == 0 ? make(TOKEN_BAD, text, at, 1)
                         : make(c == '"' ? TOKEN_QUOTED : TOKEN_REGEXP, text, at, size);
    }
    if (c == ']' || c == '}') return make(TOKEN_BAD, text, at, 1);
    return word_token(text, at);
}

static struct token peek(const struct qd_string_parser *parser)
{
    return next_token(parser->text, parser->at);
}

static struct token take(struct qd_string_parser *parser)
{
    struct token token = peek(parser);
    parser->at = token.end;
    return token;
}

/* ---- what the reference's generated parser says ---- */
#define BIT(kind) (1u << (kind))
#define EXPECT_MODIFIERS (BIT(TOKEN_NOT) | BIT(TOKEN_PLUS) | BIT(TOKEN_MINUS))
#define EXPECT_CLAUSE                                                                                       \
    (BIT(TOKEN_BARE) | BIT(TOKEN_OPEN) | BIT(TOKEN_STAR) | BIT(TOKEN_QUOTED) | BIT(TOKEN_TERM) |            \
     BIT(TOKEN_PREFIX) | BIT(TOKEN_WILDCARD) | BIT(TOKEN_REGEXP) | BIT(TOKEN_RANGE_IN) |                    \
     BIT(TOKEN_RANGE_EX) | BIT(TOKEN_NUMBER))
#define EXPECT_MORE (BIT(TOKEN_AND) | BIT(TOKEN_OR) | EXPECT_MODIFIERS | EXPECT_CLAUSE)
#define EXPECT_BOUND (BIT(TOKEN_TO) | BIT(TOKEN_RANGE_QUOTED) | BIT(TOKEN_RANGE_GOOP))
#define EXPECT_RANGE_END (BIT(TOKEN_RANGE_IN_END) | BIT(TOKEN_RANGE_EX_END))

/* Which tokens a parser was ready to take: a set in the grammar's order, and what its look-ahead tried. */
struct expected {
    unsigned set;
    bool tried_term, tried_star;
};

/* How the generated parser writes its kinds of tokens, in their order. */
static const char *const token_names[] = {
    [TOKEN_END] = "<EOF>",           [TOKEN_AND] = "<AND>",
    [TOKEN_OR] = "<OR>",             [TOKEN_NOT] = "<NOT>",
    [TOKEN_PLUS] = "\"+\"",          [TOKEN_MINUS] = "\"-\"",
    [TOKEN_BARE] = "<BAREOPER>",     [TOKEN_OPEN] = "\"(\"",
    [TOKEN_CLOSE] = "\")\"",         [TOKEN_COLON] = "\":\"",
    [TOKEN_STAR] = "\"*\"",          [TOKEN_CARAT] = "\"^\"",
    [TOKEN_QUOTED] = "<QUOTED>",     [TOKEN_TERM] = "<TERM>",
    [TOKEN_FUZZY] = "<FUZZY_SLOP>",  [TOKEN_PREFIX] = "<PREFIXTERM>",
    [TOKEN_WILDCARD] = "<WILDTERM>", [TOKEN_REGEXP] = "<REGEXPTERM>",
    [TOKEN_RANGE_IN] = "\"[\"",      [TOKEN_RANGE_EX] = "\"{\"",
    [TOKEN_NUMBER] = "<NUMBER>",     [TOKEN_TO] = "\"TO\"",
    [TOKEN_RANGE_IN_END] = "\"]\"",  [TOKEN_RANGE_EX_END] = "\"}\"",
    [TOKEN_RANGE_QUOTED] = "<RANGE_QUOTED>", [TOKEN_RANGE_GOOP] = "<RANGE_GOOP>",
};

static size_t column_of(const struct qd_string_parser *parser, size_t offset)
{
    return qd_utf16_length((struct qd_slice){ parser->text.data, offset });
}

/* No token begins here. The generated lexer has read on until nothing can match any more. */
static enum qd_status lexical_error(struct qd_string_parser *parser, size_t start, const char *state,
                                    struct qd_error *error)
{
    struct qd_slice text = parser->text;
    char c = text.data[start];
    bool to_end = c == '"' || c == '/' || start + 1 >= text.size;
    struct qd_slice reason;
    if (!to_end) {
        reason = qd_arena_format(parser->context->arena,
                                 "Lexical error at line 1, column %zu.  Encountered: '%d' (%d),%s",
                                 column_of(parser, start) + 1, c, c, state);
    } else {
        struct qd_buffer prefix = { 0 };
        for (size_t i = start; start + 1 < text.size && i < text.size; i++) {
            if (text.data[i] == '"' || text.data[i] == '\\') qd_buffer_byte(&prefix, '\\');
            qd_buffer_byte(&prefix, (uint8_t)text.data[i]);
        }
        struct qd_slice view = qd_arena_copy(parser->context->arena, qd_buffer_view(&prefix));
        qd_buffer_deinit(&prefix);
        reason = qd_arena_format(parser->context->arena,
                                 "Lexical error at line 1, column %zu.  Encountered: <EOF>%s%.*s%s%s",
                                 column_of(parser, text.size) + 1, view.size > 0 ? " after prefix \"" : "",
                                 QD_SLICE_ARG(view), view.size > 0 ? "\"" : "", state);
    }
    (void)qd_error_set(error, QD_PARSE, "%.*s", QD_SLICE_ARG(reason));
    if (error != NULL) error->type_override = "token_mgr_error";
    return QD_PARSE;
}

static void write_expected(struct qd_buffer *out, const struct expected *expected)
{
    size_t count = (size_t)__builtin_popcount(expected->set) + expected->tried_term + expected->tried_star;
    qd_buffer_text(out, count > 1 ? "Was expecting one of:\n    " : "Was expecting:\n    ");
    for (unsigned kind = TOKEN_END; kind < TOKEN_BAD; kind++) {
        if ((expected->set & BIT(kind)) == 0) continue;
        qd_buffer_text(out, token_names[kind]);
        qd_buffer_text(out, kind == TOKEN_END ? " \n    " : " ...\n    ");
    }
    if (expected->tried_term) qd_buffer_text(out, "<TERM> ...\n    ");
    if (expected->tried_star) qd_buffer_text(out, "\"*\" ...\n    ");
}

/* The token `token` was met where others were expected. */
static enum qd_status unexpected(struct qd_string_parser *parser, const struct token *token,
                                 struct expected expected, struct qd_error *error)
{
    size_t start = token->end - token->image.size;
    struct qd_buffer out = { 0 };
    if (token->kind == TOKEN_BAD) return lexical_error(parser, start, " (in lexical state 2)", error);
    if (token->kind == TOKEN_END) {
        qd_buffer_format(&out, "Encountered \"<EOF>\" at line 1, column %zu.\n",
                         column_of(parser, parser->text.size));
    } else {
        qd_buffer_format(&out, "Encountered \" %s \"%.*s \"\" at line 1, column %zu.\n",
                         token_names[token->kind], QD_SLICE_ARG(token->image), column_of(parser, start));
    }
    write_expected(&out, &expected);
    struct qd_slice text = qd_arena_copy(parser->context->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return qd_error_set(error, QD_PARSE, "%.*s", QD_SLICE_ARG(text));
}

static enum qd_status syntax_error(struct qd_string_parser *parser, struct expected expected,
                                   struct qd_error *error)
{
    struct token token = peek(parser);
    return unexpected(parser, &token, expected, error);
}

/* The same inside a range, which has tokens of its own. */
static enum qd_status range_error(struct qd_string_parser *parser, unsigned set, struct qd_error *error)
{
    struct qd_slice text = parser->text;
    size_t space;
    size_t at = parser->at;
    while (at < text.size && is_space(text, at, &space)) at += space;
    struct token token = make(TOKEN_END, text, text.size, 0);
    if (at < text.size && (text.data[at] == ']' || text.data[at] == '}')) {
        token = make(text.data[at] == ']' ? TOKEN_RANGE_IN_END : TOKEN_RANGE_EX_END, text, at, 1);
    } else if (at < text.size) {
        size_t end = at;
        while (end < text.size && !is_space(text, end, &space) && text.data[end] != ']' &&
               text.data[end] != '}')
            end++;
        bool to = qd_slice_is((struct qd_slice){ text.data + at, end - at }, "TO");
        enum token_kind kind = to ? TOKEN_TO : TOKEN_RANGE_GOOP;
        size_t quoted = text.data[at] == '"' ? quoted_size(text, at, '"') : 0;
        token = quoted > 0 ? make(TOKEN_RANGE_QUOTED, text, at, quoted) : make(kind, text, at, end - at);
    }
    return unexpected(parser, &token, (struct expected){ .set = set }, error);
}

/* The text without its escapes. */
static enum qd_status unescape(struct qd_string_parser *parser, struct qd_slice image,
                               struct qd_slice *result, struct qd_error *error)
{
    struct qd_buffer out = { 0 };
    for (size_t i = 0; i < image.size; i++) {
        char c = image.data[i];
        if (c != '\\') {
            qd_buffer_byte(&out, (uint8_t)c);
            continue;
        }
        if (++i >= image.size) {
            qd_buffer_deinit(&out);
            return qd_error_set(error, QD_PARSE, "Term can not end with escape character.");
        }
        if (image.data[i] != 'u') {
            qd_buffer_byte(&out, (uint8_t)image.data[i]);
            continue;
        }
        uint32_t unit = 0;
        size_t digits = 0;
        for (; digits < 4 && i + 1 < image.size; digits++) {
            char d = image.data[i + 1];
            uint32_t value = d >= '0' && d <= '9'   ? (uint32_t)(d - '0')
                             : d >= 'a' && d <= 'f' ? (uint32_t)(d - 'a' + 10)
                             : d >= 'A' && d <= 'F' ? (uint32_t)(d - 'A' + 10)
                                                    : 99;
            if (value == 99) break;
            unit = unit * 16 + value;
            i++;
        }
        if (digits < 4) {
            qd_buffer_deinit(&out);
            return qd_error_set(error, QD_PARSE, "Truncated Unicode escape sequence.");
        }
        qd_utf8_append(&out, unit);
    }
    *result = qd_arena_copy(parser->context->arena, qd_buffer_view(&out));
    qd_buffer_deinit(&out);
    return QD_OK;
}

/* ---- clauses ---- */
enum conjunction { CONJUNCTION_NONE, CONJUNCTION_AND, CONJUNCTION_OR };
enum modifier { MODIFIER_NONE, MODIFIER_NOT, MODIFIER_REQUIRED };

QD_VECTOR_TYPE(clauses, struct qd_clause);

static void add_clause(struct qd_string_parser *parser, struct clauses *clauses, enum conjunction conjunction,
                       enum modifier modifier, struct qd_node *node)
{
    bool all = parser->options->conjunction;
    if (clauses->count > 0) {
        struct qd_clause *last = &clauses->data[clauses->count - 1];
        if (conjunction == CONJUNCTION_AND && last->occur != QD_MUST_NOT) last->occur = QD_MUST;
        if (all && conjunction == CONJUNCTION_OR && last->occur != QD_MUST_NOT) last->occur = QD_SHOULD;
    }
    if (node == NULL) return;
    bool prohibited = modifier == MODIFIER_NOT;
    bool required =
        all ? conjunction != CONJUNCTION_OR : modifier == MODIFIER_REQUIRED || conjunction == CONJUNCTION_AND;
    enum qd_occur occur = prohibited ? QD_MUST_NOT : required ? QD_MUST : QD_SHOULD;
    *QD_PUSH(parser->context->arena, clauses) = (struct qd_clause){ occur, node };
}

static enum qd_status parse_query(struct qd_string_parser *parser, struct qd_slice field,
                                  struct qd_node **node, struct qd_error *error);

/* "^2" and "~1" behind a term, in any order. */
struct suffixes {
    struct qd_slice boost, fuzzy; /* data NULL: none */
};

static enum qd_status take_boost(struct qd_string_parser *parser, struct qd_slice *boost,
                                 struct qd_error *error)
{
    (void)take(parser);
    size_t start = parser->at;
    size_t at = start;
    const struct qd_slice text = parser->text;
    while (at < text.size && ((text.data[at] >= '0' && text.data[at] <= '9') || text.data[at] == '.')) at++;
    if (at == start && at < text.size) return lexical_error(parser, at, "", error);
    if (at == start) return syntax_error(parser, (struct expected){ .set = BIT(TOKEN_NUMBER) }, error);
    *boost = (struct qd_slice){ text.data + start, at - start };
    parser->at = at;
    return QD_OK;
}

static enum qd_status take_suffixes(struct qd_string_parser *parser, struct suffixes *suffixes,
                                    struct qd_error *error)
{
    parser->ready = BIT(TOKEN_CARAT) | BIT(TOKEN_FUZZY);
    for (int i = 0; i < 2; i++) {
        struct token token = peek(parser);
        if (token.kind == TOKEN_CARAT && suffixes->boost.data == NULL) {
            QD_TRY(take_boost(parser, &suffixes->boost, error));
            parser->ready &= ~BIT(TOKEN_CARAT);
        } else if (token.kind == TOKEN_FUZZY && suffixes->fuzzy.data == NULL) {
            suffixes->fuzzy = token.image;
            (void)take(parser);
            parser->ready &= ~BIT(TOKEN_FUZZY);
        }
    }
    return QD_OK;
}

static void apply_boost(struct qd_string_parser *parser, struct qd_slice text, struct qd_node **node)
{
    float boost = 1.0f;
    if (*node == NULL || text.data == NULL || !qd_parse_float(text, &boost)) return;
    *node = qd_node_boost(parser->context->arena, *node, boost);
}

/* One bound of a range: quoted, or everything up to white space or the end of the range. */
static enum qd_status take_bound(struct qd_string_parser *parser, struct qd_slice *bound,
                                 struct qd_error *error)
{
    struct qd_slice text = parser->text;
    size_t space;
    while (parser->at < text.size && is_space(text, parser->at, &space)) parser->at += space;
    size_t start = parser->at;
    if (start >= text.size) return range_error(parser, EXPECT_BOUND, error);
    size_t size = text.data[start] == '"' ? quoted_size(text, start, '"') : 0;
    if (size > 0) {
        parser->at = start + size;
        return unescape(parser, (struct qd_slice){ text.data + start + 1, size - 2 }, bound, error);
    }
    size_t at = start;
    while (at < text.size && !is_space(text, at, &space) && text.data[at] != ']' && text.data[at] != '}')
        at++;
    if (at == start) return range_error(parser, EXPECT_BOUND, error);
    parser->at = at;
    struct qd_slice image = { text.data + start, at - start };
    if (qd_slice_is(image, "*")) {
        *bound = (struct qd_slice){ 0 };
        return QD_OK;
    }
    return unescape(parser, image, bound, error);
}

static enum qd_status parse_range(struct qd_string_parser *parser, struct qd_slice field,
                                  struct qd_node **node, struct qd_error *error)
{
    struct qd_string_range range = { .include_lower = take(parser).kind == TOKEN_RANGE_IN };
    QD_TRY(take_bound(parser, &range.lower, error));
    size_t space;
    size_t mark = parser->at;
    while (mark < parser->text.size && is_space(parser->text, mark, &space)) mark += space;
    size_t word = mark;
    while (word < parser->text.size && !is_space(parser->text, word, &space) &&
           parser->text.data[word] != ']' && parser->text.data[word] != '}')
        word++;
    if (!qd_slice_is((struct qd_slice){ parser->text.data + mark, word - mark }, "TO"))
        return range_error(parser, BIT(TOKEN_TO), error);
    parser->at = word;
    QD_TRY(take_bound(parser, &range.upper, error));
    while (parser->at < parser->text.size && is_space(parser->text, parser->at, &space)) parser->at += space;
    char end = parser->at < parser->text.size ? parser->text.data[parser->at] : 0;
    if (end != ']' && end != '}') return range_error(parser, EXPECT_RANGE_END, error);
    range.include_upper = end == ']';
    parser->at++;
    struct suffixes suffixes = { 0 };
    parser->ready = BIT(TOKEN_CARAT);
    if (peek(parser).kind == TOKEN_CARAT) {
        parser->ready = 0;
        QD_TRY(take_boost(parser, &suffixes.boost, error));
    }
    QD_TRY(qd_string_range(parser, field, &range, node, error));
    apply_boost(parser, suffixes.boost, node);
    return QD_OK;
}

static enum qd_status parse_quoted(struct qd_string_parser *parser, struct qd_slice field,
                                   struct qd_node **node, struct qd_error *error)
{
    struct token token = take(parser);
    struct suffixes suffixes = { 0 };
    QD_TRY(take_suffixes(parser, &suffixes, error));
    struct qd_slice text;
    QD_TRY(unescape(parser, (struct qd_slice){ token.image.data + 1, token.image.size - 2 }, &text, error));
    int64_t slop = parser->options->text.slop;
    float value;
    if (suffixes.fuzzy.size > 1 &&
        qd_parse_float((struct qd_slice){ suffixes.fuzzy.data + 1, suffixes.fuzzy.size - 1 }, &value))
        slop = (int64_t)value;
    QD_TRY(qd_string_text(parser, field, text, true, slop, node, error));
    apply_boost(parser, suffixes.boost, node);
    return QD_OK;
}

static enum qd_status check_regexp_length(const struct qd_string_parser *parser, struct qd_slice pattern,
                                          struct qd_error *error)
{
    int64_t max = parser->context->view->limits.max_regex_length;
    size_t length = qd_utf16_length(pattern);
    if (max <= 0 || (int64_t)length <= max) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "The length of regex [%zu] used in the [query_string] has exceeded the allowed "
                        "maximum of [%lld]. This maximum can be set by changing the [index.max_regex_length] "
                        "index level setting.",
                        length, (long long)max);
}

static enum qd_status bare_node(struct qd_string_parser *parser, struct qd_slice field,
                                const struct token *token, struct qd_slice fuzzy, struct qd_node **node,
                                struct qd_error *error)
{
    struct qd_slice text = token->image;
    if (token->kind == TOKEN_WILDCARD || token->kind == TOKEN_STAR)
        return qd_string_pattern(parser, field, QD_MULTI_WILDCARD, text, node, error);
    if (token->kind == TOKEN_PREFIX) {
        QD_TRY(unescape(parser, (struct qd_slice){ text.data, text.size - 1 }, &text, error));
        return qd_string_pattern(parser, field, QD_MULTI_PREFIX, text, node, error);
    }
    if (token->kind == TOKEN_REGEXP) {
        struct qd_slice pattern = { text.data + 1, text.size - 2 };
        QD_TRY(check_regexp_length(parser, pattern, error));
        return qd_string_pattern(parser, field, QD_MULTI_REGEXP, pattern, node, error);
    }
    QD_TRY(unescape(parser, text, &text, error));
    if (fuzzy.data != NULL) return qd_string_fuzzy(parser, field, text, fuzzy, node, error);
    return qd_string_text(parser, field, text, false, parser->options->text.slop, node, error);
}

static enum qd_status parse_term(struct qd_string_parser *parser, struct qd_slice field,
                                 struct expected expected, struct qd_node **node, struct qd_error *error)
{
    struct token token = peek(parser);
    if (token.kind == TOKEN_RANGE_IN || token.kind == TOKEN_RANGE_EX)
        return parse_range(parser, field, node, error);
    if (token.kind == TOKEN_QUOTED) return parse_quoted(parser, field, node, error);
    bool word = token.kind == TOKEN_TERM || token.kind == TOKEN_STAR || token.kind == TOKEN_PREFIX ||
                token.kind == TOKEN_WILDCARD || token.kind == TOKEN_REGEXP || token.kind == TOKEN_BARE;
    if (!word) return syntax_error(parser, expected, error);
    (void)take(parser);
    struct suffixes suffixes = { 0 };
    QD_TRY(take_suffixes(parser, &suffixes, error));
    QD_TRY(bare_node(parser, field, &token, suffixes.fuzzy, node, error));
    apply_boost(parser, suffixes.boost, node);
    return QD_OK;
}

static enum qd_status parse_clause(struct qd_string_parser *parser, struct qd_slice field,
                                   struct expected expected, struct qd_node **node, struct qd_error *error)
{
    struct token token = peek(parser);
    if (token.kind == TOKEN_TERM || token.kind == TOKEN_STAR) {
        struct token second = next_token(parser->text, token.end);
        if (second.kind == TOKEN_COLON) {
            parser->at = second.end;
            QD_TRY(unescape(parser, token.image, &field, error));
            expected = (struct expected){ .set = EXPECT_CLAUSE };
        }
    }
    if (peek(parser).kind != TOKEN_OPEN) return parse_term(parser, field, expected, node, error);
    (void)take(parser);
    QD_TRY(parse_query(parser, field, node, error));
    struct expected close = { .set = BIT(TOKEN_CLOSE) | EXPECT_MORE | parser->ready };
    if (peek(parser).kind != TOKEN_CLOSE) return syntax_error(parser, close, error);
    (void)take(parser);
    struct suffixes suffixes = { 0 };
    parser->ready = BIT(TOKEN_CARAT);
    if (peek(parser).kind == TOKEN_CARAT) {
        parser->ready = 0;
        QD_TRY(take_boost(parser, &suffixes.boost, error));
    }
    apply_boost(parser, suffixes.boost, node);
    return QD_OK;
}

/* What may stand behind the last of several bare terms. */
static bool ends_terms(enum token_kind kind)
{
    return kind != TOKEN_COLON && kind != TOKEN_STAR && kind != TOKEN_FUZZY && kind != TOKEN_CARAT &&
           kind != TOKEN_AND && kind != TOKEN_OR;
}

/* Takes two or more bare terms in a row as one text; false when there are none. */
static bool take_terms(struct qd_string_parser *parser, struct qd_slice *image)
{
    struct token first = peek(parser);
    if (first.kind != TOKEN_TERM) return false;
    size_t start = first.end - first.image.size;
    size_t end = 0;
    struct token token = next_token(parser->text, first.end);
    while (token.kind == TOKEN_TERM) {
        struct token after = next_token(parser->text, token.end);
        if (!ends_terms(after.kind)) break;
        end = token.end;
        token = after;
    }
    if (end == 0) return false;
    *image = (struct qd_slice){ parser->text.data + start, end - start };
    parser->at = end;
    parser->ready = 0;
    return true;
}

static void add_terms(struct qd_string_parser *parser, struct clauses *clauses, struct qd_node *node)
{
    if (node == NULL) return;
    struct qd_arena *arena = parser->context->arena;
    enum qd_occur occur = parser->options->conjunction ? QD_MUST : QD_SHOULD;
    if (!qd_node_is_boolean(node)) {
        *QD_PUSH(arena, clauses) = (struct qd_clause){ occur, node };
        return;
    }
    size_t count;
    const struct qd_clause *inner = qd_node_boolean_clauses(node, &count, NULL);
    bool terms = true;
    const struct qd_field *field;
    struct qd_slice term;
    for (size_t i = 0; i < count; i++) terms = terms && qd_node_term_of(inner[i].node, &field, &term);
    for (size_t i = 0; i < count; i++)
        *QD_PUSH(arena, clauses) = (struct qd_clause){ terms ? inner[i].occur : occur, inner[i].node };
}

static enum qd_status boolean_of(struct qd_string_parser *parser, const struct clauses *clauses,
                                 struct qd_node **node, struct qd_error *error)
{
    *node = NULL;
    if (clauses->count == 0) return QD_OK;
    int64_t max = parser->context->view->limits.max_clause_count;
    if (max > 0 && (int64_t)clauses->count > max)
        return qd_error_set(error, QD_TOO_MANY_CLAUSES, "maxClauseCount is set to %lld", (long long)max);
    *node = qd_node_boolean_make(parser->context->arena);
    for (size_t i = 0; i < clauses->count; i++)
        qd_node_boolean_add(*node, parser->context->arena, clauses->data[i].occur, clauses->data[i].node);
    qd_string_fix_negative(parser->context, *node);
    return QD_OK;
}

static enum modifier take_modifier(struct qd_string_parser *parser)
{
    enum token_kind kind = peek(parser).kind;
    if (kind != TOKEN_PLUS && kind != TOKEN_MINUS && kind != TOKEN_NOT) return MODIFIER_NONE;
    (void)take(parser);
    return kind == TOKEN_PLUS ? MODIFIER_REQUIRED : MODIFIER_NOT;
}

static enum conjunction take_conjunction(struct qd_string_parser *parser)
{
    enum token_kind kind = peek(parser).kind;
    if (kind != TOKEN_AND && kind != TOKEN_OR) return CONJUNCTION_NONE;
    (void)take(parser);
    return kind == TOKEN_AND ? CONJUNCTION_AND : CONJUNCTION_OR;
}

/* What a clause may begin with where the parser stands, given what stands before it. */
static struct expected expected_clause(const struct qd_string_parser *parser, bool began,
                                       enum conjunction conjunction, enum modifier modifier)
{
    struct expected expected = { .set = EXPECT_CLAUSE, .tried_term = true, .tried_star = true };
    if (modifier != MODIFIER_NONE) return expected;
    expected.set |= EXPECT_MODIFIERS;
    if (!began) expected.tried_star = false;
    if (!began || conjunction != CONJUNCTION_NONE) return expected;
    unsigned end = parser->depth > 1 ? BIT(TOKEN_CLOSE) : BIT(TOKEN_END);
    return (struct expected){ .set = end | EXPECT_MORE | parser->ready };
}

static enum qd_status parse_query(struct qd_string_parser *parser, struct qd_slice field,
                                  struct qd_node **node, struct qd_error *error)
{
    if (++parser->depth > QD_QUERY_STRING_DEPTH_MAX)
        return qd_error_set(error, QD_PARSE, "query is nested too deep");
    struct clauses clauses = { 0 };
    struct qd_node *first = NULL;
    bool began = false;
    for (;;) {
        enum token_kind kind = peek(parser).kind;
        if (began && (kind == TOKEN_END || kind == TOKEN_CLOSE)) break;
        struct qd_slice image;
        struct qd_node *one = NULL;
        if (take_terms(parser, &image)) {
            QD_TRY(unescape(parser, image, &image, error));
            QD_TRY(qd_string_text(parser, field, image, false, parser->options->text.slop, &one, error));
            add_terms(parser, &clauses, one);
            if (!began) first = one;
            began = true;
            continue;
        }
        enum conjunction conjunction = began ? take_conjunction(parser) : CONJUNCTION_NONE;
        enum modifier modifier = take_modifier(parser);
        struct expected expected = expected_clause(parser, began, conjunction, modifier);
        QD_TRY(parse_clause(parser, field, expected, &one, error));
        if (!began && modifier == MODIFIER_NONE) first = one;
        add_clause(parser, &clauses, conjunction, modifier, one);
        began = true;
    }
    parser->depth--;
    if (clauses.count == 1 && first != NULL) {
        *node = first;
        return QD_OK;
    }
    return boolean_of(parser, &clauses, node, error);
}

enum qd_status qd_string_parse(struct qd_string_parser *parser, struct qd_node **node, struct qd_error *error)
{
    enum qd_status status = parse_query(parser, (struct qd_slice){ 0 }, node, error);
    struct expected expected = { .set = BIT(TOKEN_END) | EXPECT_MORE | parser->ready };
    if (status == QD_OK && peek(parser).kind != TOKEN_END) status = syntax_error(parser, expected, error);
    if (status != QD_PARSE || error == NULL || error->arena == NULL) return status;
    struct qd_slice reason = error->reason;
    return qd_error_wrap(error, QD_PARSE, "Cannot parse '%.*s': %.*s", QD_SLICE_ARG(parser->text),
                         QD_SLICE_ARG(reason));
}

void qd_string_fix_negative(struct qd_query_context *context, struct qd_node *node)
{
    if (node == NULL || !qd_node_is_boolean(node)) return;
    size_t count;
    const struct qd_clause *clauses = qd_node_boolean_clauses(node, &count, NULL);
    for (size_t i = 0; i < count; i++) {
        if (clauses[i].occur != QD_MUST_NOT) return;
    }
    if (count > 0) qd_node_boolean_add(node, context->arena, QD_FILTER, qd_node_all(context->arena));
}
