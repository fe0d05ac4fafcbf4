#include "mapping/decimal_pattern.h"

#include "base/buffer.h"

#define CURRENCY "\xC2\xA4"
#define PER_MILLE "\xE2\x80\xB0"

/* What a reader knows of one of the two subpatterns. */
struct subpattern {
    struct qd_buffer prefix, suffix; /* characters with a meaning have a quote before them */
    int64_t left, zeros, right;      /* signs '#' before, '0', and '#' behind the zeros */
    int64_t point;                   /* digits before the point; -1: there is none */
    int64_t group;                   /* digits behind the last comma; -1: there is none */
    int64_t exponent_min;            /* zeros behind the 'E' */
    int multiplier;
};

struct reader {
    struct qd_slice text;
    size_t at;
    bool negative; /* the second subpattern is read: its digits say nothing */
    bool ended;    /* the first one ended with a ';' */
    struct subpattern part;
    struct qd_error *error;
};

static enum qd_status refuse(const struct reader *reader, const char *what)
{
    return qd_error_set(reader->error, QD_ILLEGAL_ARGUMENT, "%s pattern \"%.*s\"", what,
                        QD_SLICE_ARG(reader->text));
}

static bool is_number_char(char byte) { return byte == '#' || byte == '0' || byte == ',' || byte == '.'; }

static bool next_is(const struct reader *reader, const char *text)
{
    return qd_slice_starts_with(qd_slice_from(reader->text, reader->at), qd_slice_from_string(text));
}

/* Takes `sign` with a quote before it when it stands here. */
static bool take_sign(struct reader *reader, const char *sign, struct qd_buffer *affix)
{
    if (!next_is(reader, sign)) return false;
    qd_buffer_byte(affix, '\'');
    qd_buffer_text(affix, sign);
    reader->at += strlen(sign);
    return true;
}

/* Takes a quote: doubled it stands for itself, alone it begins or ends a quotation. */
static void take_quote(struct reader *reader, bool *quoted, struct qd_buffer *affix)
{
    bool doubled = next_is(reader, "''");
    if (doubled) qd_buffer_text(affix, "''");
    else *quoted = !*quoted;
    reader->at += doubled ? 2 : 1;
}

static enum qd_status take_multiplier(struct reader *reader, int multiplier)
{
    if (reader->part.multiplier != 1) return refuse(reader, "Too many percent/per mille characters in");
    reader->part.multiplier = multiplier;
    return QD_OK;
}

/* Reads one character of a prefix or suffix, or the ';' that ends the subpattern. */
static enum qd_status read_affix(struct reader *reader, bool *quoted, struct qd_buffer *affix)
{
    char byte = reader->text.data[reader->at];
    if (byte == '\'') {
        take_quote(reader, quoted, affix);
        return QD_OK;
    }
    if (!*quoted && byte == ';') {
        if (affix == &reader->part.prefix || reader->negative)
            return refuse(reader, "Unquoted special character ';' in");
        reader->ended = true;
        reader->at++;
        return QD_OK;
    }
    if (!*quoted && (byte == '%' || next_is(reader, PER_MILLE)))
        QD_TRY(take_multiplier(reader, byte == '%' ? 100 : 1000));
    if (!*quoted && (take_sign(reader, CURRENCY CURRENCY, affix) || take_sign(reader, CURRENCY, affix) ||
                     take_sign(reader, "%", affix) || take_sign(reader, PER_MILLE, affix) ||
                     take_sign(reader, "-", affix))) {
        return QD_OK;
    }
    qd_buffer_byte(affix, (uint8_t)byte);
    reader->at++;
    return QD_OK;
}

static enum qd_status read_exponent(struct reader *reader)
{
    struct subpattern *part = &reader->part;
    if (part->exponent_min > 0) return refuse(reader, "Multiple exponential symbols in");
    for (reader->at++; next_is(reader, "0"); reader->at++) part->exponent_min++;
    if (part->left + part->zeros < 1 || part->exponent_min < 1)
        return refuse(reader, "Malformed exponential");
    return QD_OK;
}

static enum qd_status read_digit(struct reader *reader, char byte)
{
    struct subpattern *part = &reader->part;
    if (byte == ',') {
        part->group = 0;
        return QD_OK;
    }
    if (byte == '.') {
        if (part->point >= 0) return refuse(reader, "Multiple decimal separators in");
        part->point = part->left + part->zeros + part->right;
        return QD_OK;
    }
    if (byte == '0' && part->right > 0) return refuse(reader, "Unexpected '0' in");
    if (byte == '0') part->zeros++;
    else if (part->zeros > 0) part->right++;
    else part->left++;
    if (part->group >= 0 && part->point < 0) part->group++;
    return QD_OK;
}

static enum qd_status read_digits(struct reader *reader)
{
    while (reader->at < reader->text.size) {
        char byte = reader->text.data[reader->at];
        if (byte == 'E') {
            if (!reader->negative) return read_exponent(reader);
        } else if (!is_number_char(byte)) {
            break;
        } else if (!reader->negative) {
            QD_TRY(read_digit(reader, byte));
        }
        reader->at++;
    }
    return QD_OK;
}

/* "#.#" has a digit before its point, ".#" one behind it; then the order of the signs is checked. */
static enum qd_status check_digits(const struct reader *reader, struct subpattern *part)
{
    if (part->zeros == 0 && part->left > 0 && part->point >= 0) {
        int64_t before = part->point == 0 ? 1 : part->point;
        part->right = part->left - before;
        part->left = before - 1;
        part->zeros = 1;
    }
    bool misplaced = part->point >= 0 && (part->point < part->left || part->point > part->left + part->zeros);
    if ((part->point < 0 && part->right > 0) || misplaced || part->group == 0)
        return refuse(reader, "Malformed");
    return QD_OK;
}

/* Reads up to the ';' or the end. Digits may come again behind a suffix, which then goes on behind them. */
static enum qd_status read_subpattern(struct reader *reader)
{
    struct subpattern *part = &reader->part;
    struct qd_buffer *affix = &part->prefix;
    bool quoted = false;
    while (!(reader->ended && !reader->negative) && reader->at < reader->text.size) {
        if (quoted || !is_number_char(reader->text.data[reader->at])) {
            QD_TRY(read_affix(reader, &quoted, affix));
            continue;
        }
        QD_TRY(read_digits(reader));
        affix = &part->suffix;
    }
    return quoted ? refuse(reader, "Malformed") : check_digits(reader, part);
}

static int64_t at_most(int64_t value, int64_t most) { return value < most ? value : most; }

static void keep_digits(const struct subpattern *part, struct qd_decimal_pattern *pattern)
{
    int64_t total = part->left + part->zeros + part->right;
    int64_t point = part->point >= 0 ? part->point : total;
    pattern->integer_min = at_most(point - part->left, QD_DECIMAL_INTEGER_MAX);
    pattern->integer_max = at_most(point, QD_DECIMAL_INTEGER_MAX);
    pattern->fraction_max = at_most(total - point, QD_DECIMAL_FRACTION_MAX);
    pattern->fraction_min =
        part->point >= 0 ? at_most(part->left + part->zeros - point, QD_DECIMAL_FRACTION_MAX) : 0;
    pattern->group = part->group > 0 ? part->group : 0;
    pattern->exponent_min = part->exponent_min;
    pattern->multiplier = part->multiplier;
    pattern->point_always = part->point == 0 || part->point == total;
}

/* The text of an affix: quotes go, the doubled currency sign is the code of no currency. */
static struct qd_slice expanded(struct qd_slice minus, struct qd_slice affix, struct qd_arena *arena)
{
    struct qd_buffer text = { 0 };
    qd_buffer_slice(&text, minus);
    for (size_t i = 0; i < affix.size; i++) {
        bool code = false;
        if (affix.data[i] == '\'') {
            i++;
            code = qd_slice_starts_with(qd_slice_from(affix, i), QD_SLICE(CURRENCY CURRENCY));
        }
        if (!code) {
            qd_buffer_byte(&text, (uint8_t)affix.data[i]);
            continue;
        }
        qd_buffer_text(&text, "X" "XX");
        i += sizeof(CURRENCY CURRENCY) - 2;
    }
    struct qd_slice copy = qd_arena_copy(arena, qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    return copy;
}

/* A second subpattern that equals the first says nothing: a minus is shown then. */
static void keep_affixes(const struct subpattern *positive, const struct subpattern *negative,
                         struct qd_arena *arena, struct qd_decimal_pattern *pattern)
{
    struct qd_slice none = { "", 0 };
    struct qd_slice prefix = qd_buffer_view(&positive->prefix), suffix = qd_buffer_view(&positive->suffix);
    pattern->positive_prefix = expanded(none, prefix, arena);
    pattern->positive_suffix = expanded(none, suffix, arena);
    bool own = negative != NULL && !(qd_slice_equal(prefix, qd_buffer_view(&negative->prefix)) &&
                                     qd_slice_equal(suffix, qd_buffer_view(&negative->suffix)));
    const struct subpattern *shown = own ? negative : positive;
    pattern->negative_prefix = expanded(own ? none : QD_SLICE("-"), qd_buffer_view(&shown->prefix), arena);
    pattern->negative_suffix = expanded(none, qd_buffer_view(&shown->suffix), arena);
}

static void begin(struct reader *reader, bool negative)
{
    reader->negative = negative;
    reader->part = (struct subpattern){ .point = -1, .group = -1, .multiplier = 1 };
}

static void release(struct subpattern *part)
{
    qd_buffer_deinit(&part->prefix);
    qd_buffer_deinit(&part->suffix);
}

enum qd_status qd_decimal_pattern_read(struct qd_slice text, struct qd_arena *arena,
                                       struct qd_decimal_pattern *pattern, struct qd_error *error)
{
    struct reader reader = { .text = text, .error = error };
    *pattern = (struct qd_decimal_pattern){ .multiplier = 1 };
    begin(&reader, false);
    enum qd_status status = read_subpattern(&reader);
    struct subpattern positive = reader.part;
    keep_digits(&positive, pattern);
    if (text.size == 0) {
        /* Java's own default: every digit of the fraction, in groups of three. */
        pattern->fraction_max = QD_DECIMAL_FRACTION_MAX;
        pattern->group = 3;
        pattern->point_always = false;
    }
    /* Where there is no ';' Java reads the whole pattern once more as the negative one: it equals the
     * positive one then, except where an 'E' follows the exponent. */
    if (!reader.ended) reader.at = 0;
    begin(&reader, true);
    bool negative = status == QD_OK && reader.at < text.size;
    if (negative) status = read_subpattern(&reader);
    if (status == QD_OK) keep_affixes(&positive, negative ? &reader.part : NULL, arena, pattern);
    release(&reader.part);
    release(&positive);
    return status;
}
