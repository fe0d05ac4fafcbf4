#include "base/json.h"

#include <assert.h>
#include <yyjson.h>

#include "base/json_diagnose.h"
#include "base/map.h"
#include "base/number.h"

/* A yyjson value has the length or count above its 8 type bits, and containers know where they end. */
#define KEYS_COMPARED_MAX 64u

static const yyjson_val *value_of(const struct qd_json *node)
{
    return (const yyjson_val *)(const void *)node;
}

static const struct qd_json *node_of(const yyjson_val *value)
{
    return (const struct qd_json *)(const void *)value;
}

/* What json.h knows of yyjson's values. */
static_assert(sizeof(struct qd_json) == sizeof(yyjson_val), "a node is a value");
static_assert(offsetof(struct qd_json, tag_) == offsetof(yyjson_val, tag), "tags");
static_assert(offsetof(struct qd_json, text_) == offsetof(yyjson_val, uni), "contents");
static_assert(QD_JSON_TAG_RAW_ == YYJSON_TYPE_RAW && QD_JSON_TAG_STRING_ == YYJSON_TYPE_STR, "texts");
static_assert(QD_JSON_TAG_ARRAY_ == YYJSON_TYPE_ARR && QD_JSON_TAG_OBJECT_ == YYJSON_TYPE_OBJ, "containers");
static_assert(YYJSON_TYPE_NULL == 2 && YYJSON_TYPE_BOOL == 3 && YYJSON_TYPE_NUM == 4, "the rest");
static_assert(YYJSON_TYPE_ARR == 6 && YYJSON_TYPE_OBJ == 7, "containers come last");
static_assert(YYJSON_TYPE_MASK == 7 && QD_JSON_TAG_BITS_ == YYJSON_TAG_BIT, "bits");

struct allocation {
    size_t size;
    size_t padding; /* keeps what follows aligned to 16 */
};

static void *allocator_malloc(void *context, size_t size)
{
    struct allocation *allocation = qd_arena_alloc(context, size + sizeof(*allocation));
    allocation->size = size;
    return allocation + 1;
}

static void *allocator_realloc(void *context, void *pointer, size_t old_size, size_t size)
{
    (void)old_size;
    struct allocation *old = (struct allocation *)pointer - 1;
    if (size <= old->size) return pointer;
    struct allocation *grown =
        qd_arena_grow(context, old, old->size + sizeof(*old), size + sizeof(*old));
    grown->size = size;
    return grown + 1;
}

static void allocator_free(void *context, void *pointer)
{
    (void)context;
    (void)pointer;
}

/* Bits 0 to 255 for names: equal ones have the same. */
static unsigned name_bit(struct qd_slice name)
{
    uint64_t bytes = 0;
    if (name.size >= 8) {
        memcpy(&bytes, name.data, 8);
    } else if (name.size >= 4) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, name.data, 4);
        memcpy(&last, name.data + name.size - 4, 4);
        bytes = (uint64_t)last << 32 | first;
    } else if (name.size > 0) {
        bytes = (uint64_t)(uint8_t)name.data[0] << 8 | (uint8_t)name.data[name.size - 1];
    }
    return (unsigned)((bytes + name.size) * UINT64_C(0x9e3779b97f4a7c15) >> 56);
}

/* A few names: each is compared with those before it only when one of them has its bit. */
static bool few_bad_names(struct qd_json_iterator at)
{
    struct qd_slice few[KEYS_COMPARED_MAX];
    uint64_t seen[4] = { 0 };
    for (size_t i = 0; qd_json_next(&at); i++) {
        if (at.key.size > QD_JSON_NAME_SIZE_MAX) return true;
        unsigned bit = name_bit(at.key);
        uint64_t *word = &seen[bit >> 6];
        if ((*word >> (bit & 63) & 1) != 0) {
            for (size_t j = 0; j < i; j++) {
                if (qd_slice_equal(few[j], at.key)) return true;
            }
        }
        *word |= UINT64_C(1) << (bit & 63);
        few[i] = at.key;
    }
    return false;
}

/* True when two members of the object have the same name, or one is too long. */
static bool has_bad_names(struct qd_json_iterator at, size_t count)
{
    if (count <= KEYS_COMPARED_MAX) return few_bad_names(at);
    struct qd_arena *scratch = qd_arena_create(0);
    size_t slot_count = 64;
    while (slot_count < count * 2) slot_count *= 2;
    struct qd_slice *slots = QD_NEW_ARRAY(scratch, struct qd_slice, slot_count);
    bool found = false;
    while (!found && qd_json_next(&at)) {
        size_t slot = (size_t)qd_hash(at.key) & (slot_count - 1);
        while (slots[slot].data != NULL && !qd_slice_equal(slots[slot], at.key))
            slot = (slot + 1) & (slot_count - 1);
        found = slots[slot].data != NULL || at.key.size > QD_JSON_NAME_SIZE_MAX;
        slots[slot] = at.key;
    }
    qd_arena_destroy(scratch);
    return found;
}

static bool is_too_long(uint8_t type, size_t length)
{
    if (type == YYJSON_TYPE_RAW) return length > QD_JSON_NUMBER_SIZE_MAX;
    return type == YYJSON_TYPE_STR && length > QD_JSON_STRING_SIZE_MAX;
}

/* True when the tree keeps OpenSearch's rules beyond the grammar: depth, lengths, distinct names. Lengths
 * are those of the bytes here, so a false is a suspicion that the diagnoser decides. */
static bool keeps_rules(const yyjson_val *root, size_t count)
{
    const yyjson_val *ends[QD_JSON_DEPTH_MAX];
    size_t depth = 0;
    for (const yyjson_val *value = root; value < root + count; value++) {
        size_t length = (size_t)(value->tag >> YYJSON_TAG_BIT);
        uint8_t type = (uint8_t)value->tag & YYJSON_TYPE_MASK;
        if (type < YYJSON_TYPE_ARR) {
            if (length > QD_JSON_NUMBER_SIZE_MAX && is_too_long(type, length)) return false;
            continue;
        }
        while (depth > 0 && value >= ends[depth - 1]) depth--;
        if (depth == QD_JSON_DEPTH_MAX) return false;
        bool object = type == YYJSON_TYPE_OBJ;
        if (object && has_bad_names(qd_json_iterate(node_of(value)), length)) return false;
        ends[depth++] = value + value->uni.ofs / sizeof(*value);
    }
    return true;
}

/* yyjson's tree in `nodes`, over a copy of the text in `arena`; NULL when it refuses the text. */
static yyjson_doc *read_tree(struct qd_arena *arena, struct qd_arena *nodes, struct qd_slice text)
{
    if (text.size == 0) return NULL;
    char *copy = qd_arena_alloc(arena, text.size + YYJSON_PADDING_SIZE);
    memcpy(copy, text.data, text.size);
    memset(copy + text.size, 0, YYJSON_PADDING_SIZE);
    yyjson_alc allocator = { allocator_malloc, allocator_realloc, allocator_free, nodes };
    return yyjson_read_opts(copy, text.size, YYJSON_READ_NUMBER_AS_RAW | YYJSON_READ_INSITU, &allocator,
                            NULL);
}

enum qd_status qd_json_parse(struct qd_arena *arena, struct qd_slice text, struct qd_json_document *document,
                             struct qd_error *error)
{
    document->root = NULL;
    document->source = qd_arena_copy(arena, text);
    char *source = (char *)(uintptr_t)document->source.data;
    yyjson_doc *doc = read_tree(arena, arena, document->source);
    if (doc == NULL || !keeps_rules(doc->root, doc->val_read)) {
        bool empty = false, mended = false;
        QD_TRY(qd_json_diagnose(source, text.size, &empty, &mended, error));
        if (empty) return QD_OK;
        if (mended) doc = read_tree(arena, arena, document->source);
        if (doc == NULL) return qd_error_set(error, QD_JSON_PARSE, "Malformed content");
    }
    document->root = node_of(doc->root);
    return QD_OK;
}

enum qd_status qd_json_parse_view(struct qd_arena *arena, struct qd_arena *nodes, struct qd_slice text,
                                  struct qd_json_document *document, struct qd_error *error)
{
    yyjson_doc *doc = read_tree(arena, nodes, text);
    /* What is wrong, or can be mended in a copy, is found out the long way. */
    if (doc == NULL || !keeps_rules(doc->root, doc->val_read)) {
        return qd_json_parse(arena, text, document, error);
    }
    document->source = text;
    document->root = node_of(doc->root);
    return QD_OK;
}

struct qd_slice qd_json_word_text_(const struct qd_json *node)
{
    switch (qd_json_type_of(node)) {
    case QD_JSON_NULL:
        return QD_SLICE("null");
    case QD_JSON_BOOLEAN:
        return qd_json_boolean(node) ? QD_SLICE("true") : QD_SLICE("false");
    case QD_JSON_NUMBER:
    case QD_JSON_STRING:
    case QD_JSON_MISSING:
    case QD_JSON_ARRAY:
    case QD_JSON_OBJECT:
        break;
    }
    return QD_SLICE("");
}

bool qd_json_boolean(const struct qd_json *node)
{
    return node != NULL &&
           (value_of(node)->tag & YYJSON_TAG_MASK) == (YYJSON_TYPE_BOOL | YYJSON_SUBTYPE_TRUE);
}

bool qd_json_is_integral(const struct qd_json *node)
{
    if (!qd_json_is_number(node)) return false;
    struct qd_slice text = qd_json_text(node);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '.' || text.data[i] == 'e' || text.data[i] == 'E') return false;
    }
    return true;
}

bool qd_json_int64(const struct qd_json *node, int64_t *value)
{
    if (!qd_json_is_number(node) && !qd_json_is_string(node)) return false;
    struct qd_slice text = qd_json_text(node);
    return qd_parse_int64(text, value) || qd_parse_decimal_int64(text, value);
}

bool qd_json_double(const struct qd_json *node, double *value)
{
    if (!qd_json_is_number(node) && !qd_json_is_string(node)) return false;
    return qd_parse_double(qd_json_text(node), value);
}

size_t qd_json_size(const struct qd_json *node)
{
    if (!qd_json_is_array(node) && !qd_json_is_object(node)) return 0;
    return (size_t)(value_of(node)->tag >> YYJSON_TAG_BIT);
}

const struct qd_json *qd_json_get(const struct qd_json *node, const char *key)
{
    return qd_json_get_slice(node, qd_slice_from_string(key));
}

const struct qd_json *qd_json_get_slice(const struct qd_json *node, struct qd_slice key)
{
    if (!qd_json_is_object(node)) return NULL;
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) {
        if (qd_slice_equal(at.key, key)) return at.value;
    }
    return NULL;
}

struct qd_json_iterator qd_json_iterate(const struct qd_json *node)
{
    struct qd_json_iterator iterator = { .left_ = qd_json_size(node), .object_ = qd_json_is_object(node) };
    if (iterator.left_ > 0) iterator.next_ = node_of(value_of(node) + 1);
    return iterator;
}

/* The end of the string, number or word that starts at `at` of well-formed JSON. */
static size_t scalar_end(struct qd_slice source, size_t at)
{
    if (source.data[at] != '"') {
        while (at < source.size && strchr(",:]} \t\r\n", source.data[at]) == NULL) at++;
        return at;
    }
    for (at++; at < source.size && source.data[at] != '"'; at++) {
        if (source.data[at] == '\\') at++;
    }
    return at + 1;
}

/* yyjson's values lie in document order, names included, so the token with the node's number in the source
 * is its own. */
void qd_json_extent(const struct qd_json_document *document, const struct qd_json *node, size_t *start,
                    size_t *end)
{
    struct qd_slice source = document->source;
    size_t wanted = (size_t)(value_of(node) - value_of(document->root));
    size_t seen = 0;
    size_t depth = 0;
    bool inside = false;
    size_t at = 0;
    while (at < source.size) {
        char c = source.data[at];
        if (strchr(",: \t\r\n", c) != NULL) {
            at++;
            continue;
        }
        bool closing = c == '}' || c == ']';
        bool container = c == '{' || c == '[';
        if (!closing && seen++ == wanted) {
            *start = at;
            inside = true;
            if (container) depth = 0;
        }
        at = closing || container ? at + 1 : scalar_end(source, at);
        if (container) depth++;
        if (closing) depth--;
        if (inside && depth == 0) break;
        if (inside && !container && !closing && seen == wanted + 1) break;
    }
    *end = at;
}

void qd_json_position(const struct qd_json_document *document, const struct qd_json *node, int64_t *line,
                      int64_t *column)
{
    size_t start = 0, end = 0;
    qd_json_extent(document, node, &start, &end);
    qd_json_line_column(document->source, start, line, column);
}

void qd_json_position_end(const struct qd_json_document *document, const struct qd_json *node, int64_t *line,
                          int64_t *column)
{
    size_t start = 0, end = 0;
    qd_json_extent(document, node, &start, &end);
    qd_json_line_column(document->source, end == 0 ? 0 : end - 1, line, column);
}

void qd_json_position_after(const struct qd_json_document *document, const struct qd_json *node,
                            int64_t *line, int64_t *column)
{
    size_t start = 0, end = 0;
    qd_json_extent(document, node, &start, &end);
    while (end < document->source.size && strchr(",: \t\r\n", document->source.data[end]) != NULL) end++;
    qd_json_line_column(document->source, end, line, column);
}

const char *qd_json_token_name(const struct qd_json *value)
{
    switch (qd_json_type_of(value)) {
    case QD_JSON_OBJECT: return "START_OBJECT";
    case QD_JSON_ARRAY: return "START_ARRAY";
    case QD_JSON_STRING: return "VALUE_STRING";
    case QD_JSON_NUMBER: return "VALUE_NUMBER";
    case QD_JSON_BOOLEAN: return "VALUE_BOOLEAN";
    case QD_JSON_NULL: return "VALUE_NULL";
    case QD_JSON_MISSING: break;
    }
    return "END_OBJECT";
}
