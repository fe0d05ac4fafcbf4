#include "mapping/type_ip.h"

#include "mapping/accumulate.h"

/* ---- text ---- */

static bool parse_four(struct qd_slice text, uint8_t bytes[4])
{
    size_t at = 0;
    for (int part = 0; part < 4; part++) {
        if (part > 0) {
            if (at >= text.size || text.data[at] != '.') return false;
            at++;
        }
        unsigned value = 0;
        size_t start = at;
        while (at < text.size && text.data[at] >= '0' && text.data[at] <= '9') {
            value = value * 10 + (unsigned)(text.data[at++] - '0');
            if (at - start > 3) return false;
        }
        bool leading_zero = at - start > 1 && text.data[start] == '0';
        if (at == start || value > 255 || leading_zero) return false;
        bytes[part] = (uint8_t)value;
    }
    return at == text.size;
}

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

/* One group of hex digits at *at. */
static bool parse_group(struct qd_slice text, size_t *at, uint16_t *group)
{
    size_t start = *at;
    unsigned value = 0;
    while (*at < text.size && hex_digit(text.data[*at]) >= 0) {
        value = value * 16 + (unsigned)hex_digit(text.data[(*at)++]);
        if (*at - start > 4) return false;
    }
    *group = (uint16_t)value;
    return *at > start;
}

static bool parse_six(struct qd_slice text, uint8_t bytes[16])
{
    uint16_t groups[8] = { 0 };
    int count = 0;
    int gap = -1;
    size_t at = 0;
    if (qd_slice_starts_with(text, QD_SLICE("::"))) {
        gap = 0;
        at = 2;
    }
    while (at < text.size) {
        if (count >= 8) return false;
        size_t start = at;
        if (!parse_group(text, &at, &groups[count])) return false;
        if (at < text.size && text.data[at] == '.') {
            uint8_t four[4];
            if (count > 6 || !parse_four(qd_slice_from(text, start), four)) return false;
            groups[count++] = (uint16_t)(four[0] << 8 | four[1]);
            groups[count++] = (uint16_t)(four[2] << 8 | four[3]);
            at = text.size;
            break;
        }
        count++;
        if (at == text.size) break;
        if (text.data[at++] != ':') return false;
        if (at == text.size) return false;
        if (text.data[at] != ':') continue;
        if (gap >= 0) return false;
        gap = count;
        at++;
    }
    if (gap < 0 ? count != 8 : count > 7) return false;
    uint16_t full[8] = { 0 };
    int tail = gap < 0 ? 0 : count - gap;
    for (int i = 0; i < count - tail; i++) full[i] = groups[i];
    for (int i = 0; i < tail; i++) full[8 - tail + i] = groups[count - tail + i];
    for (int i = 0; i < 8; i++) {
        bytes[2 * i] = (uint8_t)(full[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)full[i];
    }
    return true;
}

bool qd_ip_parse(struct qd_slice text, uint8_t bytes[16])
{
    if (qd_slice_find_byte(text, ':') != SIZE_MAX) return parse_six(text, bytes);
    memset(bytes, 0, 10);
    bytes[10] = 0xFF;
    bytes[11] = 0xFF;
    return parse_four(text, bytes + 12);
}

static bool is_mapped(const uint8_t bytes[16])
{
    for (int i = 0; i < 10; i++) {
        if (bytes[i] != 0) return false;
    }
    return bytes[10] == 0xFF && bytes[11] == 0xFF;
}

struct qd_slice qd_ip_print(const uint8_t bytes[16], struct qd_arena *arena)
{
    if (is_mapped(bytes)) {
        return qd_arena_format(arena, "%d.%d.%d.%d", bytes[12], bytes[13], bytes[14], bytes[15]);
    }
    uint16_t groups[8];
    for (int i = 0; i < 8; i++) groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    int best = -1;
    int best_length = 1; /* a single zero group is not compressed */
    for (int i = 0; i < 8;) {
        int end = i;
        while (end < 8 && groups[end] == 0) end++;
        if (end - i > best_length) {
            best = i;
            best_length = end - i;
        }
        i = end == i ? i + 1 : end;
    }
    struct qd_buffer text = { 0 };
    for (int i = 0; i < 8; i++) {
        if (i == best) {
            qd_buffer_text(&text, "::");
            i += best_length - 1;
            continue;
        }
        bool after_gap = best >= 0 && i == best + best_length;
        qd_buffer_format(&text, i == 0 || after_gap ? "%x" : ":%x", (unsigned)groups[i]);
    }
    struct qd_slice printed = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return printed;
}

/* ---- the field type ---- */

static const struct qd_parameter parameters[] = {
    { .name = "index", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "doc_values", .kind = QD_PARAMETER_BOOLEAN, .default_integer = 1 },
    { .name = "store", .kind = QD_PARAMETER_BOOLEAN },
    { .name = "ignore_malformed", .kind = QD_PARAMETER_EXPLICIT_BOOLEAN, .updatable = true },
    { .name = "null_value", .kind = QD_PARAMETER_STRING, .accepts_null = true },
    { .name = "meta", .kind = QD_PARAMETER_META, .updatable = true },
};

static enum qd_status configure(struct qd_mapping_build *build, struct qd_field_mapper *mapper,
                                struct qd_error *error)
{
    (void)build;
    (void)error;
    struct qd_field *field = &mapper->field;
    *field = (struct qd_field){ 0 };
    field->name = mapper->base.path;
    field->type = QD_FIELD_IP;
    field->type_name = "ip";
    field->indexed = qd_field_value(mapper, "index")->boolean;
    field->stored = qd_field_value(mapper, "store")->boolean;
    field->column = qd_field_value(mapper, "doc_values")->boolean ? QD_COLUMN_ORDINALS : QD_COLUMN_NONE;
    field->point_bytes = field->indexed ? 16 : 0;
    field->ignore_malformed = qd_field_value(mapper, "ignore_malformed")->boolean;
    field->ignore_above = INT64_MAX;
    field->similarity = (struct qd_similarity){ QD_SIMILARITY_BM25, 1.2F, 0.75F, true };
    field->meta = qd_field_value(mapper, "meta")->node;
    const struct qd_parameter_value *null_value = qd_field_value(mapper, "null_value");
    field->null_value = null_value->null ? NULL : null_value->node;
    uint8_t bytes[16];
    /* A null_value that is no address is kept and printed but never used. */
    bool usable = !null_value->null && qd_ip_parse(null_value->text, bytes);
    mapper->null_text = usable ? null_value->text : qd_slice_make(NULL, 0);
    return QD_OK;
}

static enum qd_status parse(struct qd_parse_context *context, struct qd_field_mapper *mapper,
                            const struct qd_json *value, struct qd_error *error)
{
    const struct qd_field *field = &mapper->field;
    struct qd_slice text = mapper->null_text;
    uint8_t *bytes = qd_arena_alloc(context->arena, 16);
    enum qd_status status = QD_OK;
    if (!qd_json_is_null(value)) status = qd_value_text(context, value, &text, error);
    if (status == QD_OK && text.data == NULL) return QD_OK;
    if (status == QD_OK && !qd_ip_parse(text, bytes)) {
        status = qd_error_set(error, QD_ILLEGAL_ARGUMENT, "'%.*s' is not an IP string literal.",
                              QD_SLICE_ARG(text));
    }
    if (status != QD_OK) {
        if (!field->ignore_malformed) return status;
        qd_add_ignored(context, mapper);
        return QD_OK;
    }
    if (field->indexed || field->column != QD_COLUMN_NONE) {
        qd_add_term(context, mapper, qd_slice_make(bytes, 16));
    }
    if (field->stored) {
        qd_add_stored(context, mapper, qd_json_quote(context->arena, qd_ip_print(bytes, context->arena)));
    }
    if (field->column == QD_COLUMN_NONE && (field->indexed || field->stored))
        qd_add_field_name(context, mapper);
    return QD_OK;
}

const struct qd_field_kind qd_kind_ip = {
    QD_FIELD_IP, "ip", parameters, sizeof(parameters) / sizeof(parameters[0]), configure, parse, false
};
