#include "base/assert.h"
#include "base/date_internal.h"
#include "base/text.h"

#define DIGITS_MAX 19
#define OPTIONAL_DEPTH_MAX 64
#define NO_NUMBER SIZE_MAX

/* A pattern that is being put together. */
struct builder {
    struct qd_arena *arena;
    QD_VECTOR(struct qd_date_element) elements;
    size_t number;                     /* the number that adjacent ones follow, NO_NUMBER: none */
    size_t open[OPTIONAL_DEPTH_MAX];   /* indexes of open OPTIONALs */
    size_t open_count;
    struct qd_error *error;
};

static struct qd_date_element *add(struct builder *builder, enum qd_date_element_kind kind)
{
    builder->number = NO_NUMBER;
    struct qd_date_element *element = QD_PUSH(builder->arena, &builder->elements);
    element->kind = kind;
    return element;
}

static void add_literal(struct builder *builder, struct qd_slice text)
{
    if (text.size > 0) add(builder, QD_ELEMENT_LITERAL)->text = qd_arena_copy(builder->arena, text);
}

/* Numbers of fixed width right behind a number leave it that many digits less: "uuuuMMdd". */
static void add_adjacent(struct builder *builder, struct qd_date_element number)
{
    size_t first = builder->number;
    bool fixed = number.min == number.max && number.sign == QD_SIGN_NOT_NEGATIVE;
    if (first != NO_NUMBER && fixed) {
        struct qd_date_element *base = &builder->elements.data[first];
        base->following = (int8_t)(base->following + (int8_t)number.max);
        number.following = -1;
    } else if (first != NO_NUMBER && builder->elements.data[first].following == 0) {
        builder->elements.data[first].following = -1;
    }
    *add(builder, number.kind) = number;
    builder->number = first != NO_NUMBER && fixed ? first : builder->elements.count - 1;
}

static void add_number(struct builder *builder, enum qd_date_field field, int min, int max,
                       enum qd_date_sign sign)
{
    add_adjacent(builder, (struct qd_date_element){ .kind = QD_ELEMENT_NUMBER,
                                                    .field = field,
                                                    .min = (uint8_t)min,
                                                    .max = (uint8_t)max,
                                                    .sign = sign });
}

static void add_fraction(struct builder *builder, int min, int max, bool point)
{
    struct qd_date_element fraction = { .kind = QD_ELEMENT_FRACTION,
                                        .field = QD_FIELD_NANO,
                                        .min = (uint8_t)min,
                                        .max = (uint8_t)max,
                                        .sign = QD_SIGN_NOT_NEGATIVE,
                                        .point = point };
    if (min == max && !point) add_adjacent(builder, fraction);
    else *add(builder, QD_ELEMENT_FRACTION) = fraction;
}

static void add_text(struct builder *builder, enum qd_date_field field, enum qd_date_style style)
{
    struct qd_date_element *element = add(builder, QD_ELEMENT_TEXT);
    element->field = field;
    element->style = style;
}

static void add_offset(struct builder *builder, uint8_t pattern, const char *zero)
{
    struct qd_date_element *element = add(builder, QD_ELEMENT_OFFSET);
    element->offset_pattern = pattern;
    element->text = qd_slice_from_string(zero);
}

static bool begin_optional(struct builder *builder)
{
    if (builder->open_count == OPTIONAL_DEPTH_MAX) return false;
    (void)add(builder, QD_ELEMENT_OPTIONAL);
    builder->open[builder->open_count++] = builder->elements.count - 1;
    return true;
}

static void end_optional(struct builder *builder)
{
    (void)add(builder, QD_ELEMENT_OPTIONAL_END);
    builder->elements.data[builder->open[--builder->open_count]].end = builder->elements.count - 1;
}

static struct qd_date_pattern finish(struct builder *builder)
{
    while (builder->open_count > 0) end_optional(builder);
    return (struct qd_date_pattern){ .elements = builder->elements.data, .count = builder->elements.count };
}

/* ---- the table's notation ---- */

static enum qd_date_field field_of(char letter)
{
    static const struct {
        char letter;
        enum qd_date_field field;
    } fields[] = {
        { 'u', QD_FIELD_YEAR },         { 'y', QD_FIELD_YEAR_OF_ERA }, { 'M', QD_FIELD_MONTH },
        { 'd', QD_FIELD_DAY_OF_MONTH }, { 'D', QD_FIELD_DAY_OF_YEAR }, { 'Y', QD_FIELD_WEEK_YEAR },
        { 'w', QD_FIELD_WEEK },         { 'e', QD_FIELD_DAY_OF_WEEK }, { 'H', QD_FIELD_HOUR },
        { 'm', QD_FIELD_MINUTE },       { 's', QD_FIELD_SECOND },
    };
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        if (fields[i].letter == letter) return fields[i].field;
    }
    qd_unreachable();
}

static int take_number(const char **at, int otherwise)
{
    if (**at < '0' || **at > '9') return otherwise;
    int value = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) value = value * 10 + (**at - '0');
    return value;
}

/* One <element>; `at` is behind the '<'. */
static void add_notation(struct builder *builder, const char *at)
{
    char letter = *at++;
    bool fixed = *at >= '0' && *at <= '9';
    int min = take_number(&at, 1);
    int max = *at == '-' ? 0 : fixed ? min : DIGITS_MAX;
    if (max == 0) {
        at++;
        max = take_number(&at, 1);
    }
    enum qd_date_sign sign = *at == '+'   ? QD_SIGN_EXCEEDS_PAD
                             : *at == 'v' ? QD_SIGN_NEVER
                                          : QD_SIGN_NOT_NEGATIVE;
    if (*at == 'n' || !fixed) sign = QD_SIGN_NORMAL;
    switch (letter) {
    case 'f':
    case 'F':
        add_fraction(builder, min, max, letter == 'f');
        return;
    case 't':
        add(builder, QD_ELEMENT_EPOCH)->max = (uint8_t)min;
        return;
    case 'o':
        add_offset(builder, 4, "Z");
        return;
    case 'x':
        add_offset(builder, 1, "Z");
        return;
    case 'z':
        (void)add(builder, QD_ELEMENT_ZONE_OR_OFFSET);
        return;
    case 'V':
        (void)add(builder, QD_ELEMENT_ZONE_NAME);
        return;
    default:
        add_number(builder, field_of(letter), min, max, sign);
        return;
    }
}

struct qd_date_pattern qd_date_compile_notation(struct qd_arena *arena, const char *notation)
{
    struct builder builder = { .arena = arena, .number = NO_NUMBER };
    bool smart = false;
    bool utc = false;
    for (const char *at = notation; *at != 0; at++) {
        switch (*at) {
        case '[': {
            bool fits = begin_optional(&builder);
            qd_assert(fits);
            break;
        }
        case ']':
            end_optional(&builder);
            break;
        case '<':
            add_notation(&builder, at + 1);
            at = strchr(at, '>');
            break;
        case '~':
            smart = true;
            break;
        case '@':
            utc = true;
            break;
        default: {
            /* "-W" is one text in the reference, which shows in the index that errors name. */
            size_t size = at[0] == '-' && at[1] == 'W' ? 2 : 1;
            add_literal(&builder, qd_slice_make(at, size));
            at += size - 1;
            break;
        }
        }
    }
    struct qd_date_pattern pattern = finish(&builder);
    pattern.smart = smart;
    pattern.utc = utc;
    return pattern;
}

/* ---- java.time's patterns ---- */

static enum qd_status refuse(struct builder *builder, const char *what, struct qd_slice text)
{
    return qd_error_set(builder->error, QD_ILLEGAL_ARGUMENT, "%s%.*s", what, QD_SLICE_ARG(text));
}

/* How a letter stands for a field. */
enum letter_kind {
    LETTER_YEAR,        /* two letters: two digits */
    LETTER_PLAIN,       /* at least that many digits, no sign */
    LETTER_TWO,         /* one or two letters */
    LETTER_THREE,       /* one to three letters */
    LETTER_ONE,         /* one letter only */
    LETTER_TEXT,        /* a name */
    LETTER_NUMBER_TEXT, /* one or two letters: a number; more: a name */
    LETTER_FRACTION
};

static const struct letter {
    char letter;
    enum letter_kind kind;
    enum qd_date_field field;
} letters[] = {
    { 'G', LETTER_TEXT, QD_FIELD_ERA },
    { 'u', LETTER_YEAR, QD_FIELD_YEAR },
    { 'y', LETTER_YEAR, QD_FIELD_YEAR_OF_ERA },
    { 'Y', LETTER_YEAR, QD_FIELD_WEEK_YEAR },
    { 'Q', LETTER_NUMBER_TEXT, QD_FIELD_QUARTER },
    { 'q', LETTER_NUMBER_TEXT, QD_FIELD_QUARTER },
    { 'M', LETTER_NUMBER_TEXT, QD_FIELD_MONTH },
    { 'L', LETTER_NUMBER_TEXT, QD_FIELD_MONTH },
    { 'w', LETTER_TWO, QD_FIELD_WEEK },
    { 'W', LETTER_ONE, QD_FIELD_WEEK_OF_MONTH },
    { 'd', LETTER_TWO, QD_FIELD_DAY_OF_MONTH },
    { 'D', LETTER_THREE, QD_FIELD_DAY_OF_YEAR },
    { 'F', LETTER_ONE, QD_FIELD_ALIGNED_WEEK },
    { 'E', LETTER_TEXT, QD_FIELD_DAY_OF_WEEK },
    { 'e', LETTER_NUMBER_TEXT, QD_FIELD_DAY_OF_WEEK },
    { 'c', LETTER_NUMBER_TEXT, QD_FIELD_DAY_OF_WEEK },
    { 'a', LETTER_TEXT, QD_FIELD_HALF_DAY },
    { 'H', LETTER_TWO, QD_FIELD_HOUR },
    { 'k', LETTER_TWO, QD_FIELD_CLOCK_HOUR },
    { 'K', LETTER_TWO, QD_FIELD_HOUR_OF_HALF },
    { 'h', LETTER_TWO, QD_FIELD_CLOCK_HOUR_OF_HALF },
    { 'm', LETTER_TWO, QD_FIELD_MINUTE },
    { 's', LETTER_TWO, QD_FIELD_SECOND },
    { 'S', LETTER_FRACTION, QD_FIELD_NANO },
    { 'n', LETTER_PLAIN, QD_FIELD_NANO },
    { 'A', LETTER_PLAIN, QD_FIELD_MILLI_OF_DAY },
    { 'N', LETTER_PLAIN, QD_FIELD_NANO_OF_DAY },
};

static enum qd_date_style style_of(size_t count)
{
    return count == 5 ? QD_STYLE_NARROW : count == 4 ? QD_STYLE_FULL : QD_STYLE_SHORT;
}

static void add_count(struct builder *builder, enum qd_date_field field, size_t count)
{
    if (count == 1) add_number(builder, field, 1, DIGITS_MAX, QD_SIGN_NORMAL);
    else add_number(builder, field, (int)count, (int)count, QD_SIGN_NOT_NEGATIVE);
}

static void add_year(struct builder *builder, enum qd_date_field field, size_t count)
{
    if (count == 2) {
        add_adjacent(builder, (struct qd_date_element){ .kind = QD_ELEMENT_REDUCED_YEAR,
                                                        .field = field,
                                                        .min = 2,
                                                        .max = 2,
                                                        .sign = QD_SIGN_NOT_NEGATIVE });
        return;
    }
    add_number(builder, field, (int)count, DIGITS_MAX, count < 4 ? QD_SIGN_NORMAL : QD_SIGN_EXCEEDS_PAD);
}

static enum qd_status add_field_letters(struct builder *builder, const struct letter *letter,
                                        struct qd_slice run)
{
    static const size_t limits[] = {
        [LETTER_YEAR] = DIGITS_MAX, [LETTER_PLAIN] = DIGITS_MAX,
        [LETTER_TWO] = 2,           [LETTER_THREE] = 3,
        [LETTER_ONE] = 1,           [LETTER_TEXT] = 5,
        [LETTER_NUMBER_TEXT] = 5,   [LETTER_FRACTION] = 9,
    };
    size_t count = run.size;
    size_t limit = letter->letter == 'a' ? 1 : limits[letter->kind];
    if (count > limit) return refuse(builder, "Too many pattern letters: ", qd_slice_sub(run, 0, 1));
    switch (letter->kind) {
    case LETTER_YEAR:
        add_year(builder, letter->field, count);
        break;
    case LETTER_PLAIN:
        add_number(builder, letter->field, (int)count, DIGITS_MAX, QD_SIGN_NOT_NEGATIVE);
        break;
    case LETTER_TWO:
    case LETTER_ONE:
        add_count(builder, letter->field, count);
        break;
    case LETTER_THREE:
        if (count == 1) add_count(builder, letter->field, count);
        else add_number(builder, letter->field, (int)count, 3, QD_SIGN_NOT_NEGATIVE);
        break;
    case LETTER_TEXT:
        add_text(builder, letter->field, style_of(count));
        break;
    case LETTER_NUMBER_TEXT:
        if (count < 3) add_count(builder, letter->field, count);
        else add_text(builder, letter->field, style_of(count));
        break;
    case LETTER_FRACTION:
        add_fraction(builder, (int)count, (int)count, false);
        break;
    }
    return QD_OK;
}

/* The letters that stand for zones and offsets. */
static enum qd_status add_zone_letters(struct builder *builder, struct qd_slice run, bool *known)
{
    static const uint8_t offset_rows[] = { 0, 1, 3, 4, 5, 6 };
    size_t count = run.size;
    char letter = run.data[0];
    *known = true;
    bool too_many =
        (letter == 'X' || letter == 'x' || letter == 'Z') ? count > 5 : letter == 'z' && count > 4;
    if (too_many) return refuse(builder, "Too many pattern letters: ", qd_slice_sub(run, 0, 1));
    switch (letter) {
    case 'V':
        if (count != 2) return refuse(builder, "Pattern letter count must be 2: ", qd_slice_sub(run, 0, 1));
        (void)add(builder, QD_ELEMENT_ZONE_NAME);
        return QD_OK;
    case 'z':
    case 'v':
        (void)add(builder, QD_ELEMENT_ZONE_NAME);
        return QD_OK;
    case 'Z':
        if (count == 4) add(builder, QD_ELEMENT_LOCALIZED_OFFSET)->style = QD_STYLE_FULL;
        else add_offset(builder, count < 4 ? 3 : 6, count < 4 ? "+0000" : "Z");
        return QD_OK;
    case 'O':
        if (count != 1 && count != 4) {
            return refuse(builder, "Pattern letter count must be 1 or 4: ", qd_slice_sub(run, 0, 1));
        }
        add(builder, QD_ELEMENT_LOCALIZED_OFFSET)->style = style_of(count);
        return QD_OK;
    case 'X':
        add_offset(builder, offset_rows[count], "Z");
        return QD_OK;
    case 'x':
        add_offset(builder, offset_rows[count], count == 1 ? "+00" : count % 2 == 0 ? "+0000" : "+00:00");
        return QD_OK;
    default:
        *known = false;
        return QD_OK;
    }
}

static enum qd_status add_letters(struct builder *builder, struct qd_slice run)
{
    bool known;
    QD_TRY(add_zone_letters(builder, run, &known));
    if (known) return QD_OK;
    for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++) {
        if (letters[i].letter == run.data[0]) return add_field_letters(builder, &letters[i], run);
    }
    return refuse(builder, "Unknown pattern letter: ", qd_slice_sub(run, 0, 1));
}

/* A quoted literal; *at is at the opening quote and moves behind the closing one. Two quotes are one. */
static enum qd_status add_quoted(struct builder *builder, struct qd_slice pattern, size_t *at)
{
    struct qd_buffer text = { 0 };
    size_t i = *at + 1;
    bool closed = false;
    for (; i < pattern.size && !closed; i++) {
        if (pattern.data[i] != '\'') {
            qd_buffer_byte(&text, (uint8_t)pattern.data[i]);
        } else if (i + 1 < pattern.size && pattern.data[i + 1] == '\'') {
            qd_buffer_byte(&text, '\'');
            i++;
        } else {
            closed = true;
        }
    }
    if (closed) add_literal(builder, text.size == 0 ? QD_SLICE("'") : qd_buffer_view(&text));
    qd_buffer_deinit(&text);
    *at = i;
    return closed ? QD_OK : refuse(builder, "Pattern ends with an incomplete string literal: ", pattern);
}

static enum qd_status add_special(struct builder *builder, struct qd_slice pattern, size_t *at)
{
    char c = pattern.data[*at];
    if (c == '\'') return add_quoted(builder, pattern, at);
    if (c == '[' && !begin_optional(builder)) return refuse(builder, "Pattern nests too deep: ", pattern);
    if (c == ']' && builder->open_count == 0) {
        return refuse(builder, "Pattern invalid as it contains ] without previous [", QD_SLICE(""));
    }
    if (c == ']') end_optional(builder);
    if (c == '{' || c == '}' || c == '#') {
        return qd_error_set(builder->error, QD_ILLEGAL_ARGUMENT, "Pattern includes reserved character: '%c'",
                            c);
    }
    if (c != '[' && c != ']') {
        size_t end = *at;
        (void)qd_utf8_decode(pattern, &end);
        add_literal(builder, qd_slice_sub(pattern, *at, end - *at));
        *at = end;
        return QD_OK;
    }
    ++*at;
    return QD_OK;
}

enum qd_status qd_date_compile_pattern(struct qd_arena *arena, struct qd_slice pattern,
                                       struct qd_date_pattern *compiled, struct qd_error *error)
{
    struct builder builder = { .arena = arena, .number = NO_NUMBER, .error = error };
    size_t at = 0;
    while (at < pattern.size) {
        char c = pattern.data[at];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter) {
            QD_TRY(add_special(&builder, pattern, &at));
            continue;
        }
        size_t end = at;
        while (end < pattern.size && pattern.data[end] == c) end++;
        QD_TRY(add_letters(&builder, qd_slice_sub(pattern, at, end - at)));
        at = end;
    }
    *compiled = finish(&builder);
    return QD_OK;
}
