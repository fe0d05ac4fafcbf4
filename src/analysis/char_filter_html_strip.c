/* Removes HTML markup and decodes character references. Source: Lucene HTMLStripCharFilter. */
#include <strings.h>

#include "analysis/char_filters.h"
#include "analysis/codepoint.h"
#include "analysis/component.h"
#include "analysis/html_entity_table.h"
#include "analysis/unicode_table.h"
#include "analysis/word_set.h"

struct state {
    struct qd_word_set escaped_tags; /* these stay as they are; in lower case */
};

/* Elements that do not end a word; all others become a line feed. */
static const char *const inline_tags[] = {
    "a",     "abbr",  "acronym", "b",     "basefont", "bdo",    "big",    "cite", "code", "dfn", "em",
    "font",  "i",     "img",     "input", "kbd",      "label",  "q",      "s",    "samp", "select", "small",
    "span",  "strike", "strong", "sub",   "sup",      "textarea", "tt",   "u",    "var",
};

static enum qd_status create(const struct qd_component_settings *settings, void **out, struct qd_error *error)
{
    (void)error;
    struct state *state = QD_NEW(settings->arena, struct state);
    struct qd_word_set_source source = { .key = "escaped_tags", .named = false, .ignore_case = true };
    QD_TRY(qd_word_set_read(settings, &source, &state->escaped_tags, error));
    *out = state;
    return QD_OK;
}

/* The text being stripped. */
struct strip {
    const struct state *state;
    struct qd_arena *arena;
    struct qd_slice in;
    struct qd_offset_map *map;
    char *out; /* never longer than the input */
    size_t size;
    int64_t shift;
};

static bool is_space(char c)
{
    return c == ' ' || (c >= 9 && c <= 13);
}

static bool is_name_start(uint32_t cp)
{
    return cp == '_' || cp == ':' || qd_unicode_is_letter(cp);
}

static bool is_name(uint32_t cp)
{
    return is_name_start(cp) || cp == '-' || cp == '.' || qd_unicode_is_digit(cp);
}

/* Replaces in[at, end) by `text`. */
static void replace(struct strip *strip, size_t at, size_t end, struct qd_slice text)
{
    if (text.size > 0) memcpy(strip->out + strip->size, text.data, text.size);
    strip->size += text.size;
    if (end - at == text.size) return;
    strip->shift += (int64_t)(end - at) - (int64_t)text.size;
    *QD_PUSH(strip->arena, strip->map) = (struct qd_offset_shift){ (uint32_t)strip->size, strip->shift };
}

/* The offset behind the first `what` from `at` on, ASCII case ignored; SIZE_MAX when there is none. */
static size_t find_end(struct qd_slice in, size_t at, const char *what)
{
    size_t size = strlen(what);
    for (; at + size <= in.size; at++)
        if (strncasecmp(in.data + at, what, size) == 0) return at + size;
    return SIZE_MAX;
}

/* A parsed tag. */
struct tag {
    struct qd_slice name;
    size_t end; /* behind '>' */
    bool closing;
    bool empty;    /* ends in "/>" */
    bool unclosed; /* the text ends inside */
};

/* Reads one attribute from `at` on; false when what is there is none. */
static bool skip_attribute(struct qd_slice in, size_t *at)
{
    size_t start = *at;
    while (*at < in.size && !is_space(in.data[*at]) && strchr("=<>/\"'", in.data[*at]) == NULL) ++*at;
    size_t equals = *at;
    while (equals < in.size && is_space(in.data[equals])) equals++;
    if (equals >= in.size || in.data[equals] != '=') return *at > start;
    *at = equals + 1;
    while (*at < in.size && is_space(in.data[*at])) ++*at;
    if (*at >= in.size) return true;
    char quote = in.data[*at];
    if (quote == '"' || quote == '\'') {
        ++*at;
        while (*at < in.size && in.data[*at] != quote) ++*at;
        if (*at < in.size) ++*at;
        return true;
    }
    start = *at;
    while (*at < in.size && !is_space(in.data[*at]) && in.data[*at] != '>' && in.data[*at] != '<') {
        if (in.data[*at] == '/' && *at + 1 < in.size && in.data[*at + 1] == '>') break;
        ++*at;
    }
    return *at > start;
}

static bool read_tag(struct qd_slice in, size_t at, struct tag *tag)
{
    *tag = (struct tag){ 0 };
    at++;
    if (at < in.size && in.data[at] == '/') {
        tag->closing = true;
        at++;
    }
    while (at < in.size && is_space(in.data[at])) at++;
    size_t start = at;
    uint32_t cp;
    while (at < in.size) {
        size_t size = qd_codepoint_read(in.data + at, in.data + in.size, &cp);
        if (at == start ? !is_name_start(cp) : !is_name(cp)) break;
        at += size;
    }
    if (at == start) return false;
    tag->name = qd_slice_sub(in, start, at - start);
    for (;;) {
        while (at < in.size && is_space(in.data[at])) at++;
        if (at >= in.size) {
            tag->unclosed = true;
            tag->end = in.size;
            return true;
        }
        if (in.data[at] == '>') {
            tag->end = at + 1;
            return true;
        }
        if (in.data[at] == '/') {
            size_t close = at + 1;
            while (close < in.size && is_space(in.data[close])) close++;
            if (close < in.size && in.data[close] == '>') {
                tag->empty = true;
                tag->end = close + 1;
                return true;
            }
            if (close >= in.size) {
                at = in.size;
                continue;
            }
            return false;
        }
        size_t before = at;
        if (!skip_attribute(in, &at) || at == before) return false;
    }
}

static bool is_inline(struct qd_slice name)
{
    for (size_t i = 0; i < sizeof(inline_tags) / sizeof(*inline_tags); i++)
        if (name.size == strlen(inline_tags[i]) && strncasecmp(name.data, inline_tags[i], name.size) == 0) {
            return true;
        }
    return false;
}

static bool name_is(struct qd_slice name, const char *text)
{
    return name.size == strlen(text) && strncasecmp(name.data, text, name.size) == 0;
}

/* The end of <script> or <style> and all that is inside. */
static size_t skip_raw(struct qd_slice in, size_t at, const char *close)
{
    size_t end = find_end(in, at, close);
    while (end != SIZE_MAX) {
        while (end < in.size && is_space(in.data[end])) end++;
        if (end < in.size && in.data[end] == '>') return end + 1;
        end = find_end(in, end, close);
    }
    return SIZE_MAX;
}

/* Handles "<!" and "<?"; returns the offset behind, or `at` when it is plain text. */
static size_t strip_special(struct strip *strip, size_t at)
{
    struct qd_slice in = strip->in, rest = qd_slice_from(in, at);
    size_t end;
    if (qd_slice_starts_with(rest, QD_SLICE("<!--"))) {
        end = find_end(in, at + 4, "-->");
    } else if (qd_slice_starts_with(rest, QD_SLICE("<![CDATA["))) {
        end = find_end(in, at + 9, "]]>");
        size_t close = end == SIZE_MAX ? in.size : end - 3;
        replace(strip, at, at + 9, QD_SLICE(""));
        memcpy(strip->out + strip->size, in.data + at + 9, close - at - 9);
        strip->size += close - at - 9;
        if (end == SIZE_MAX) return in.size;
        replace(strip, close, end, QD_SLICE(""));
        return end;
    } else if (qd_slice_starts_with(rest, QD_SLICE("<?"))) {
        end = find_end(in, at + 2, "?>");
        if (end == SIZE_MAX) return at;
    } else {
        end = find_end(in, at + 2, ">");
        if (end == SIZE_MAX) return at;
    }
    if (end == SIZE_MAX) end = in.size;
    replace(strip, at, end, QD_SLICE(""));
    return end;
}

static size_t strip_tag(struct strip *strip, size_t at)
{
    struct qd_slice in = strip->in;
    struct tag tag;
    if (at + 1 < in.size && (in.data[at + 1] == '!' || in.data[at + 1] == '?')) {
        return strip_special(strip, at);
    }
    if (!read_tag(in, at, &tag)) return at;
    if (tag.unclosed) {
        replace(strip, at, in.size, QD_SLICE(""));
        return in.size;
    }
    if (qd_word_set_has(&strip->state->escaped_tags, strip->arena, tag.name)) {
        memcpy(strip->out + strip->size, in.data + at, tag.end - at);
        strip->size += tag.end - at;
        return tag.end;
    }
    bool script = name_is(tag.name, "script"), style = name_is(tag.name, "style");
    if ((script || style) && !tag.closing && !tag.empty) {
        size_t end = skip_raw(in, tag.end, script ? "</script" : "</style");
        replace(strip, at, end == SIZE_MAX ? in.size : end, end == SIZE_MAX ? QD_SLICE("") : QD_SLICE("\n"));
        return end == SIZE_MAX ? in.size : end;
    }
    replace(strip, at, tag.end, is_inline(tag.name) ? QD_SLICE("") : QD_SLICE("\n"));
    return tag.end;
}

/* Reads "#65" or "#x41"; returns the bytes read, 0 when it is no number. */
static size_t read_number(struct qd_slice text, uint32_t *cp)
{
    bool hex = text.size > 1 && (text.data[1] == 'x' || text.data[1] == 'X');
    size_t start = hex ? 2 : 1, at = start;
    uint64_t value = 0;
    for (; at < text.size && at < start + 8; at++) {
        char c = text.data[at], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9') value = value * (hex ? 16 : 10) + (uint64_t)(c - '0');
        else if (hex && lower >= 'a' && lower <= 'f') value = value * 16 + (uint64_t)(lower - 'a') + 10;
        else break;
    }
    *cp = (uint32_t)value;
    return at > start && value <= 0x10FFFF ? at : 0;
}

static size_t read_name(struct qd_slice text, uint32_t *cp)
{
    size_t size = 0;
    while (size < text.size && size < 16 &&
           ((uint8_t)((text.data[size] | 0x20) - 'a') < 26 || (uint8_t)(text.data[size] - '0') < 10))
        size++;
    struct qd_slice name = qd_slice_sub(text, 0, size);
    size_t low = 0, high = QD_HTML_ENTITY_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = qd_slice_compare(qd_slice_from_string(qd_html_entity_table[middle].name), name);
        if (order == 0) {
            *cp = qd_html_entity_table[middle].code_point;
            return size;
        }
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return 0;
}

/* One reference, ended by ';' or by the end of the text; returns the offset behind, `at` when it is none. */
static size_t read_reference(struct qd_slice in, size_t at, uint32_t *cp)
{
    struct qd_slice rest = qd_slice_from(in, at + 1);
    size_t size = rest.size > 0 && rest.data[0] == '#' ? read_number(rest, cp) : read_name(rest, cp);
    if (size == 0) return at;
    if (size == rest.size) return in.size;
    return rest.data[size] == ';' ? at + size + 2 : at;
}

static size_t strip_reference(struct strip *strip, size_t at)
{
    uint32_t cp = 0, low = 0;
    char text[4];
    size_t end = read_reference(strip->in, at, &cp);
    if (end == at) return at;
    if (cp >= 0xD800 && cp < 0xDC00 && end < strip->in.size && strip->in.data[end] == '&') {
        size_t second = read_reference(strip->in, end, &low);
        if (second != end && low >= 0xDC00 && low < 0xE000) {
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
            end = second;
        }
    }
    if (cp >= 0xD800 && cp < 0xE000) cp = 0xFFFD;
    replace(strip, at, end, qd_slice_make(text, qd_codepoint_write(cp, text)));
    return end;
}

static enum qd_status filter(const void *data, struct qd_arena *arena, struct qd_slice in,
                             struct qd_slice *out, struct qd_offset_map *map)
{
    struct strip strip = { .state = data, .arena = arena, .in = in, .map = map };
    strip.out = qd_arena_alloc(arena, in.size + 4);
    for (size_t at = 0; at < in.size;) {
        size_t end = at;
        if (in.data[at] == '<') end = strip_tag(&strip, at);
        else if (in.data[at] == '&') end = strip_reference(&strip, at);
        if (end == at) {
            strip.out[strip.size++] = in.data[at];
            end = at + 1;
        }
        at = end;
    }
    *out = qd_slice_make(strip.out, strip.size);
    return QD_OK;
}

const struct qd_component_kind qd_char_filter_html_strip = {
    .name = "html_strip", .create = create, .filter = filter,
};
