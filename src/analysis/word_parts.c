#include "analysis/word_parts.h"

#include "analysis/codepoint.h"
#include "analysis/unicode_table.h"
#include "analysis/word_list.h"
#include "base/text.h"

static const struct {
    const char *name;
    uint8_t type;
} type_names[] = {
    { "LOWER", QD_PART_LOWER }, { "UPPER", QD_PART_UPPER },       { "ALPHA", QD_PART_ALPHA },
    { "DIGIT", QD_PART_DIGIT }, { "ALPHANUM", QD_PART_ALPHANUM }, { "SUBWORD_DELIM", QD_PART_DELIMITER },
};

/* One character, perhaps as \\u0041 or \\n. */
static bool read_char(struct qd_slice text, uint32_t *cp)
{
    static const char names[] = "\\nrtbf", values[] = "\\\n\r\t\b\f";
    if (text.size == 0) return false;
    if (text.data[0] != '\\' || text.size == 1)
        return qd_codepoint_read(text.data, text.data + text.size, cp) == text.size;
    const char *name = text.data[1] == 0 ? NULL : strchr(names, text.data[1]);
    if (text.size == 2) {
        *cp = name != NULL ? (uint8_t)values[name - names] : (uint8_t)text.data[1];
        return true;
    }
    if (text.data[1] != 'u' || text.size != 6) return false;
    *cp = 0;
    for (size_t i = 2; i < 6; i++) {
        uint8_t letter = (uint8_t)text.data[i], lower = letter | 0x20;
        bool digit = letter >= '0' && letter <= '9';
        if (!digit && (lower < 'a' || lower > 'f')) return false;
        *cp = *cp << 4 | (digit ? letter - (uint32_t)'0' : lower - (uint32_t)'a' + 10);
    }
    return true;
}

static enum qd_status read_types(const struct qd_component_settings *settings,
                                 struct qd_word_parts_options *options, struct qd_error *error)
{
    bool found;
    struct qd_component_list rules;
    QD_TRY(qd_word_list_read(settings, "type_table", &found, &rules, error));
    options->types = QD_NEW_ARRAY(settings->arena, struct qd_word_parts_type, rules.count + 1);
    for (size_t i = 0; i < rules.count; i++) {
        struct qd_slice rule = rules.items[i];
        if (qd_word_list_is_comment(rule)) continue;
        size_t arrow = 0;
        while (arrow + 1 < rule.size && (rule.data[arrow] != '=' || rule.data[arrow + 1] != '>')) arrow++;
        if (arrow + 1 >= rule.size)
            return qd_error_set(error, QD_RUNTIME, "Line [%zu]: Invalid mapping rule: [%.*s]", i + 1,
                                QD_SLICE_ARG(rule));
        struct qd_slice left = qd_trim(qd_slice_sub(rule, 0, arrow)),
                        right = qd_trim(qd_slice_from(rule, arrow + 2));
        struct qd_word_parts_type *type = &options->types[options->type_count++];
        for (size_t j = 0; j < sizeof(type_names) / sizeof(*type_names); j++)
            if (qd_slice_is(right, type_names[j].name)) type->type = type_names[j].type;
        if (type->type == 0)
            return qd_error_set(error, QD_RUNTIME, "Line [%zu]: Invalid mapping rule: [%.*s]. Illegal type.",
                                i + 1, QD_SLICE_ARG(rule));
        if (!read_char(left, &type->code_point))
            return qd_error_set(
                error, QD_RUNTIME,
                "Line [%zu]: Invalid mapping rule: [%.*s]. Only a single character is allowed.", i + 1,
                QD_SLICE_ARG(rule));
    }
    return QD_OK;
}

enum qd_status qd_word_parts_read(const struct qd_component_settings *settings,
                                  struct qd_word_parts_options *options, struct qd_error *error)
{
    const struct {
        const char *key;
        bool fallback;
        bool *value;
    } rows[] = {
        { "generate_word_parts", true, &options->generate_word_parts },
        { "generate_number_parts", true, &options->generate_number_parts },
        { "catenate_words", false, &options->catenate_words },
        { "catenate_numbers", false, &options->catenate_numbers },
        { "catenate_all", false, &options->catenate_all },
        { "split_on_case_change", true, &options->split_on_case_change },
        { "preserve_original", false, &options->preserve_original },
        { "split_on_numerics", true, &options->split_on_numerics },
        { "stem_english_possessive", true, &options->stem_english_possessive },
        { "adjust_offsets", true, &options->adjust_offsets },
        { "ignore_keywords", false, &options->ignore_keywords },
    };
    QD_TRY(read_types(settings, options, error));
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        QD_TRY(qd_component_bool(settings, rows[i].key, rows[i].fallback, rows[i].value, error));
    struct qd_word_set_source source = { .key = "protected_words", .listed = true };
    QD_TRY(qd_word_set_read(settings, &source, &options->protected_words, error));
    return QD_OK;
}

static uint8_t class_of(const struct qd_word_parts_options *options, uint32_t cp)
{
    for (size_t i = options->type_count; i-- > 0;)
        if (options->types[i].code_point == cp) return options->types[i].type;
    if (cp > 0xFFFF) return QD_PART_ALPHANUM;
    /* The reference's own table for Latin-1 is not in use when the settings bring one. */
    bool latin = cp < 0x100 && options->type_count == 0;
    if (latin && (cp == 0xAA || cp == 0xBA)) return QD_PART_LOWER;
    switch (qd_unicode_category(cp)) {
    case QD_CATEGORY_UPPERCASE: return QD_PART_UPPER;
    case QD_CATEGORY_LOWERCASE: return QD_PART_LOWER;
    case QD_CATEGORY_TITLECASE:
    case QD_CATEGORY_MODIFIER_LETTER:
    case QD_CATEGORY_OTHER_LETTER:
    case QD_CATEGORY_NONSPACING_MARK:
    case QD_CATEGORY_ENCLOSING_MARK:
    case QD_CATEGORY_COMBINING_SPACING_MARK: return QD_PART_ALPHA;
    case QD_CATEGORY_DECIMAL_DIGIT: return QD_PART_DIGIT;
    case QD_CATEGORY_LETTER_NUMBER:
    case QD_CATEGORY_OTHER_NUMBER: return latin ? QD_PART_DELIMITER : QD_PART_DIGIT;
    default: return QD_PART_DELIMITER;
    }
}

static bool is_possessive(const struct qd_word_parts *parts, size_t end)
{
    if (!parts->options->stem_english_possessive || end <= 2) return false;
    const char *text = parts->term.data;
    char quote = text[parts->borders[end - 2]], s = text[parts->borders[end - 1]];
    return quote == '\'' && (s == 's' || s == 'S') && (parts->types[end - 3] & QD_PART_ALPHA) != 0 &&
           (end == parts->bound || (parts->types[end] & QD_PART_DELIMITER) != 0);
}

void qd_word_parts_start(struct qd_word_parts *parts, const struct qd_word_parts_options *options,
                         struct qd_arena *arena, struct qd_slice term)
{
    *parts = (struct qd_word_parts){ .options = options, .term = term };
    parts->borders = QD_NEW_ARRAY(arena, size_t, term.size + 1);
    parts->types = QD_NEW_ARRAY(arena, uint8_t, term.size + 1);
    for (size_t at = 0; at < term.size; parts->count++) {
        uint32_t cp;
        parts->borders[parts->count] = at;
        at += qd_codepoint_read(term.data + at, term.data + term.size, &cp);
        parts->types[parts->count] = class_of(options, cp);
    }
    parts->borders[parts->count] = term.size;
    parts->bound = parts->count;
    while (parts->first < parts->count && (parts->types[parts->first] & QD_PART_DELIMITER) != 0) {
        parts->first++;
    }
    while (parts->bound > parts->first && (parts->types[parts->bound - 1] & QD_PART_DELIMITER) != 0) {
        parts->bound--;
    }
    parts->final_possessive = is_possessive(parts, parts->bound);
    parts->current = parts->first;
}

static bool is_break(const struct qd_word_parts_options *options, uint8_t last, uint8_t type)
{
    bool last_alpha = (last & QD_PART_ALPHA) != 0, alpha = (type & QD_PART_ALPHA) != 0;
    bool last_digit = (last & QD_PART_DIGIT) != 0, digit = (type & QD_PART_DIGIT) != 0;
    if ((type & last) != 0) return false;
    if (!options->split_on_case_change && last_alpha && alpha) return false;
    if ((last & QD_PART_UPPER) != 0 && alpha) return false;
    return options->split_on_numerics || !((last_alpha && digit) || (last_digit && alpha));
}

void qd_word_parts_next(struct qd_word_parts *parts)
{
    uint8_t last = 0;
    if (parts->end > 0) parts->current = parts->end;
    if (parts->done) return;
    if (parts->skip_possessive) parts->current += 2;
    parts->skip_possessive = false;
    while (parts->current < parts->bound && ((last = parts->types[parts->current]) & QD_PART_DELIMITER) != 0)
        parts->current++;
    if (parts->current >= parts->bound) {
        parts->done = true;
        return;
    }
    for (parts->end = parts->current + 1; parts->end < parts->bound; parts->end++) {
        uint8_t type = parts->types[parts->end];
        if (is_break(parts->options, last, type)) break;
        last = type;
    }
    if (parts->end + 1 < parts->bound && is_possessive(parts, parts->end + 2)) parts->skip_possessive = true;
}

uint8_t qd_word_parts_type(const struct qd_word_parts *parts)
{
    if (parts->done) return 0;
    uint8_t type = parts->types[parts->current];
    return type == QD_PART_LOWER || type == QD_PART_UPPER ? QD_PART_ALPHA : type;
}

bool qd_word_parts_single(const struct qd_word_parts *parts)
{
    size_t end = parts->final_possessive ? parts->bound - 2 : parts->bound;
    return parts->current == parts->first && parts->end == end;
}

struct qd_slice qd_word_parts_slice(const struct qd_word_parts *parts, size_t from, size_t to)
{
    return qd_slice_sub(parts->term, parts->borders[from], parts->borders[to] - parts->borders[from]);
}

bool qd_word_parts_joins(const struct qd_word_parts_options *options, uint8_t type)
{
    return (options->catenate_words && (type & QD_PART_ALPHA) != 0) ||
           (options->catenate_numbers && (type & QD_PART_DIGIT) != 0);
}

bool qd_word_parts_generates(const struct qd_word_parts_options *options, uint8_t type)
{
    return (options->generate_word_parts && (type & QD_PART_ALPHA) != 0) ||
           (options->generate_number_parts && (type & QD_PART_DIGIT) != 0);
}

void qd_word_parts_locate(const struct qd_word_parts *parts, const struct qd_component_run *run,
                          const struct qd_token *token, struct qd_word_parts_place *place)
{
    struct qd_slice original = qd_slice_sub(run->original, token->start_offset,
                                            token->end_offset - token->start_offset);
    *place = (struct qd_word_parts_place){ 0 };
    if (qd_codepoint_unit_count(original) != qd_codepoint_unit_count(parts->term)) return;
    place->exact = true;
    place->offsets = QD_NEW_ARRAY(run->arena, uint32_t, parts->count + 1);
    size_t at = 0, units = 0, wanted = 0;
    for (size_t i = 0; i <= parts->count; i++) {
        uint32_t cp;
        while (units < wanted && at < original.size) {
            at += qd_codepoint_read(original.data + at, original.data + original.size, &cp);
            units += qd_codepoint_units(cp);
        }
        place->offsets[i] = token->start_offset + (uint32_t)at;
        if (i == parts->count) break;
        struct qd_slice letter = qd_word_parts_slice(parts, i, i + 1);
        wanted += qd_codepoint_unit_count(letter);
    }
}
