/* Regular expressions: any bytes as a pattern, and generated patterns against a naive matcher.
 *
 * The input makes a tree of operators, which is printed as a pattern and also run directly over short texts:
 * the set of ends that a node can reach from a start is a mask of bits. Work and patterns are bounded, so
 * that no input takes long.
 */
#include <stdlib.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/text.h"
#include "codec/automaton.h"

/* Depth of generated trees, code points of a text, bytes of a raw pattern. */
#define DEPTH_MAX 4
#define TEXT_MAX 12
#define RAW_MAX 200
#define WORK_MAX 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum kind { CHAR, ANY, CLASS, CONCAT, UNION, OPTIONAL, STAR, PLUS, RANGE, INTERSECT, COMPLEMENT, KIND_COUNT };

struct node {
    enum kind kind;
    uint32_t letter;      /* CHAR; CLASS: the first of two */
    bool negated;         /* CLASS */
    uint32_t min, max;    /* RANGE */
    struct node *left, *right;
};

static const uint32_t letters[] = { 'a', 'b', 'c', 0xe9, 0x20ac, 0x1f600 };
#define LETTERS (sizeof(letters) / sizeof(letters[0]))

static uint32_t letter_at(uint8_t byte)
{
    return letters[byte % LETTERS];
}

static struct node *grow(struct qd_arena *arena, struct qd_reader *input, int depth)
{
    struct node *node = QD_NEW(arena, struct node);
    uint8_t byte = qd_reader_byte(input);
    node->kind = (enum kind)(byte % (depth == 0 ? CLASS + 1 : KIND_COUNT));
    node->negated = byte >= 128;
    node->letter = letter_at(qd_reader_byte(input));
    if (node->kind == RANGE) {
        node->min = qd_reader_byte(input) % 3;
        node->max = node->min + qd_reader_byte(input) % 3;
    }
    if (node->kind > CLASS) node->left = grow(arena, input, depth - 1);
    if (node->kind == CONCAT || node->kind == UNION || node->kind == INTERSECT) {
        node->right = grow(arena, input, depth - 1);
    }
    return node;
}

/* The star of what accepts nothing accepts nothing in Lucene, not even the empty string, which this matcher
 * cannot tell; with a question mark in between it does. */
static void print(const struct node *node, struct qd_buffer *out)
{
    static const char *const between[KIND_COUNT] = { [UNION] = "|", [INTERSECT] = "&" };
    static const char *const after[KIND_COUNT] = { [OPTIONAL] = "?", [STAR] = "?*", [PLUS] = "+" };
    if (node->kind == CHAR) {
        qd_utf8_append(out, node->letter);
    } else if (node->kind == ANY) {
        qd_buffer_byte(out, '.');
    } else if (node->kind == CLASS) {
        qd_buffer_text(out, node->negated ? "[^b" : "[b");
        qd_utf8_append(out, node->letter);
        qd_buffer_byte(out, ']');
    } else {
        qd_buffer_text(out, node->kind == COMPLEMENT ? "(~(" : "((");
        print(node->left, out);
        qd_buffer_byte(out, ')');
        if (between[node->kind] != NULL) qd_buffer_text(out, between[node->kind]);
        if (node->right != NULL) print(node->right, out);
        if (after[node->kind] != NULL) qd_buffer_text(out, after[node->kind]);
        if (node->kind == RANGE) qd_buffer_format(out, "{%u,%u}", node->min, node->max);
        qd_buffer_byte(out, ')');
    }
}

struct text {
    uint32_t code_points[TEXT_MAX];
    uint32_t size;
};

static uint32_t ends(const struct node *node, const struct text *text, uint32_t from);

/* Where `node` can end when it starts at any of `starts`. */
static uint32_t ends_of_all(const struct node *node, const struct text *text, uint32_t starts)
{
    uint32_t mask = 0;
    for (uint32_t i = 0; i <= text->size; i++) {
        if ((starts >> i & 1) != 0) mask |= ends(node, text, i);
    }
    return mask;
}

static uint32_t repeated(const struct node *node, const struct text *text, uint32_t from, uint32_t min,
                         uint32_t max)
{
    uint32_t at = (uint32_t)1 << from, all = min == 0 ? at : 0;
    for (uint32_t i = 1; i <= max && i <= min + TEXT_MAX + 1; i++) {
        at = ends_of_all(node, text, at);
        if (i >= min) all |= at;
    }
    return all;
}

static bool meets(const struct node *node, uint32_t code_point)
{
    if (node->kind == ANY) return true;
    if (node->kind == CHAR) return code_point == node->letter;
    return (code_point == 'b' || code_point == node->letter) != node->negated;
}

static uint32_t ends(const struct node *node, const struct text *text, uint32_t from)
{
    uint32_t here = (uint32_t)1 << from, later = ((uint32_t)2 << text->size) - here;
    switch (node->kind) {
    case CHAR:
    case ANY:
    case CLASS:
        return from < text->size && meets(node, text->code_points[from]) ? here << 1 : 0;
    case CONCAT:
        return ends_of_all(node->right, text, ends(node->left, text, from));
    case UNION:
        return ends(node->left, text, from) | ends(node->right, text, from);
    case INTERSECT:
        return ends(node->left, text, from) & ends(node->right, text, from);
    case COMPLEMENT:
        return later & ~ends(node->left, text, from);
    case OPTIONAL:
        return here | ends(node->left, text, from);
    case STAR:
        return repeated(node->left, text, from, 0, UINT32_MAX);
    case PLUS:
        return repeated(node->left, text, from, 1, UINT32_MAX);
    case RANGE:
        return repeated(node->left, text, from, node->min, node->max);
    case KIND_COUNT:
        break;
    }
    qd_unreachable();
}

static void compare(const struct node *node, const struct qd_automaton *automaton, struct qd_reader *input)
{
    struct qd_buffer bytes = { 0 };
    for (int round = 0; round < 16; round++) {
        struct text text = { .size = qd_reader_byte(input) % (TEXT_MAX + 1) };
        bytes.size = 0;
        for (uint32_t i = 0; i < text.size; i++) {
            text.code_points[i] = letter_at(qd_reader_byte(input));
            qd_utf8_append(&bytes, text.code_points[i]);
        }
        bool wanted = (ends(node, &text, 0) >> text.size & 1) != 0;
        qd_assert(qd_automaton_matches(automaton, qd_buffer_view(&bytes)) == wanted);
    }
    qd_buffer_deinit(&bytes);
}

static void run(struct qd_slice pattern, const struct node *node, struct qd_reader *input)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_regexp_options options = { QD_REGEXP_ALL | QD_REGEXP_COMPLEMENT, false, WORK_MAX };
    struct qd_automaton *automaton = NULL;
    struct qd_error error;
    qd_error_init(&error, arena);
    enum qd_status status = qd_automaton_regexp(arena, pattern, &options, &automaton, &error);
    qd_assert(node == NULL || status == QD_OK || status == QD_TOO_COMPLEX_TO_DETERMINIZE);
    if (status == QD_OK && node != NULL) compare(node, automaton, input);
    if (status == QD_OK && node == NULL) (void)qd_automaton_matches(automaton, pattern);
    qd_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qd_reader input = { data, data + size, false };
    if (size > 0 && data[0] % 2 == 0) {
        (void)qd_reader_byte(&input);
        size_t left = qd_reader_left(&input);
        run(qd_reader_bytes(&input, left < RAW_MAX ? left : RAW_MAX), NULL, &input);
        return 0;
    }
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_buffer pattern = { 0 };
    (void)qd_reader_byte(&input);
    const struct node *node = grow(arena, &input, DEPTH_MAX);
    print(node, &pattern);
    run(qd_buffer_view(&pattern), node, &input);
    qd_buffer_deinit(&pattern);
    qd_arena_destroy(arena);
    return 0;
}
