#include "analysis/synonym_map.h"

#include <stdlib.h>

#include "analysis/analyzer.h"
#include "analysis/word_list.h"
#include "base/text.h"

/* A rule's reader: where it is and how it reads. */
struct parser {
    const struct qd_component_settings *settings;
    struct qd_synonym_map *map;
    struct qd_analyzer analyzer; /* the chain without the filters that do not take part */
    bool expand;
    bool lenient;
};

QD_VECTOR_TYPE(slices, struct qd_slice);
QD_VECTOR_TYPE(paths, struct qd_synonym_path);

/* Splits at `separator`, which a backslash protects. */
static struct slices split(struct qd_arena *arena, struct qd_slice text, const char *separator)
{
    struct slices parts = { 0 };
    size_t start = 0, size = strlen(separator), at = 0;
    while (at < text.size) {
        if (text.data[at] == '\\') {
            at += 2;
        } else if (at + size <= text.size && memcmp(text.data + at, separator, size) == 0) {
            if (at > start) *QD_PUSH(arena, &parts) = qd_slice_sub(text, start, at - start);
            at += size;
            start = at;
        } else {
            at++;
        }
    }
    if (start < text.size) *QD_PUSH(arena, &parts) = qd_slice_from(text, start);
    return parts;
}

static struct qd_slice unescape(struct qd_arena *arena, struct qd_slice text)
{
    char *out = qd_arena_alloc(arena, text.size);
    size_t size = 0;
    for (size_t at = 0; at < text.size; at++) {
        if (text.data[at] == '\\' && at + 1 < text.size) at++;
        out[size++] = text.data[at];
    }
    return qd_slice_make(out, size);
}

static void add(struct parser *parser, const struct qd_synonym_path *input,
                const struct qd_synonym_path *output, bool keep_original)
{
    struct qd_arena *arena = parser->map->arena;
    if (input->count == 0 || output->count == 0) return;
    struct qd_synonym_node *node = parser->map->root;
    for (size_t i = 0; i < input->count; i++) {
        struct qd_synonym_node *next = qd_map_get(&node->children, input->words[i]);
        if (next == NULL) {
            next = QD_NEW(arena, struct qd_synonym_node);
            qd_map_init(&next->children, arena);
            qd_map_put(&node->children, input->words[i], next);
        }
        node = next;
    }
    if (node->rule == NULL) node->rule = QD_NEW(arena, struct qd_synonym_rule);
    node->rule->keep_original |= keep_original;
    for (size_t i = 0; i < node->rule->paths.count; i++) {
        const struct qd_synonym_path *path = &node->rule->paths.data[i];
        size_t same = 0;
        while (same < path->count && path->count == output->count &&
               qd_slice_equal(path->words[same], output->words[same]))
            same++;
        if (path->count == output->count && same == path->count) return;
    }
    *QD_PUSH(arena, &node->rule->paths) = *output;
    if (output->count > parser->map->longest) parser->map->longest = output->count;
}

static enum qd_status analyse(struct parser *parser, struct qd_slice text, struct qd_synonym_path *path,
                              struct qd_error *error)
{
    struct qd_token_list tokens;
    struct qd_arena *arena = parser->map->arena;
    QD_TRY(qd_analyzer_run(&parser->analyzer, arena, text, &tokens, error));
    path->words = QD_NEW_ARRAY(arena, struct qd_slice, tokens.count + 1);
    path->count = 0;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct qd_token *token = &tokens.data[i];
        if (token->term.size == 0)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "term: %.*s analyzed to a zero-length token",
                                QD_SLICE_ARG(text));
        if (token->position_increment != 1)
            return qd_error_set(
                error, QD_ILLEGAL_ARGUMENT,
                "term: %.*s analyzed to a token (%.*s) with position increment != 1 (got: %u)",
                QD_SLICE_ARG(text), QD_SLICE_ARG(token->term), token->position_increment);
        path->words[path->count++] = token->term;
    }
    if (path->count == 0)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "term: %.*s was completely eliminated by analyzer",
                            QD_SLICE_ARG(text));
    return QD_OK;
}

/* Analyses each part; a lenient parser leaves out what does not work. */
static enum qd_status analyse_all(struct parser *parser, const struct slices *parts, struct paths *paths,
                                  struct qd_error *error)
{
    for (size_t i = 0; i < parts->count; i++) {
        struct qd_slice text = qd_trim(unescape(parser->map->arena, parts->data[i]));
        struct qd_synonym_path path = { 0 };
        enum qd_status status = analyse(parser, text, &path, error);
        if (status != QD_OK && !parser->lenient) return status;
        if (status != QD_OK) path.count = 0;
        *QD_PUSH(parser->map->arena, paths) = path;
    }
    return QD_OK;
}

/* Words that all mean the same. */
static void add_equal(struct parser *parser, const struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        if (!parser->expand) add(parser, &paths->data[i], &paths->data[0], false);
        for (size_t j = 0; parser->expand && j < paths->count; j++)
            if (i != j) add(parser, &paths->data[i], &paths->data[j], true);
    }
}

static enum qd_status add_solr(struct parser *parser, struct qd_slice line, struct qd_error *error)
{
    struct qd_arena *arena = parser->map->arena;
    struct paths inputs = { 0 }, outputs = { 0 };
    struct slices sides = split(arena, line, "=>");
    if (sides.count > 2)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "more than one explicit mapping specified on the same line");
    if (sides.count == 2) {
        struct slices left = split(arena, sides.data[0], ","), right = split(arena, sides.data[1], ",");
        QD_TRY(analyse_all(parser, &left, &inputs, error));
        QD_TRY(analyse_all(parser, &right, &outputs, error));
        for (size_t i = 0; i < inputs.count; i++)
            for (size_t j = 0; j < outputs.count; j++) add(parser, &inputs.data[i], &outputs.data[j], false);
        return QD_OK;
    }
    struct slices parts = split(arena, line, ",");
    QD_TRY(analyse_all(parser, &parts, &inputs, error));
    add_equal(parser, &inputs);
    return QD_OK;
}

static enum qd_status parse_solr(struct parser *parser, const struct qd_component_list *lines,
                                 struct qd_error *error)
{
    for (size_t i = 0; i < lines->count; i++) {
        struct qd_slice line = lines->items[i];
        if (line.size == 0 || line.data[0] == '#') continue;
        if (add_solr(parser, line, error) == QD_OK) continue;
        return qd_error_wrap(error, QD_PARSE, "Invalid synonym rule at line %zu", i + 1);
    }
    return QD_OK;
}

/* A line s(id,number,'word',type,sense,tags). */
static bool read_wordnet(struct qd_arena *arena, struct qd_slice line, struct qd_slice *id,
                         struct qd_slice *word)
{
    size_t start = qd_slice_find_byte(line, '\''), end = line.size;
    while (end > 0 && line.data[end - 1] != '\'') end--;
    size_t comma = qd_slice_find_byte(line, ',');
    if (!qd_slice_starts_with(line, QD_SLICE("s(")) || start == SIZE_MAX || end < start + 2 ||
        comma == SIZE_MAX || comma < 2) {
        return false;
    }
    *id = qd_slice_sub(line, 2, comma - 2);
    char *text = qd_arena_alloc(arena, line.size);
    size_t size = 0;
    for (size_t at = start + 1; at < end - 1; at++) {
        if (line.data[at] == '\'' && line.data[at + 1] == '\'') at++;
        text[size++] = line.data[at];
    }
    *word = qd_slice_make(text, size);
    return true;
}

static enum qd_status parse_wordnet(struct parser *parser, const struct qd_component_list *lines,
                                    struct qd_error *error)
{
    struct qd_slice last = { 0 }, id = { 0 }, word = { 0 };
    struct paths group = { 0 };
    for (size_t i = 0; i < lines->count; i++) {
        if (!read_wordnet(parser->map->arena, lines->items[i], &id, &word)) continue;
        if (!qd_slice_equal(last, id)) {
            add_equal(parser, &group);
            group = (struct paths){ 0 };
            last = id;
        }
        struct qd_synonym_path path = { 0 };
        enum qd_status status = analyse(parser, word, &path, error);
        if (status != QD_OK && !parser->lenient)
            return qd_error_wrap(error, QD_PARSE, "Invalid synonym rule at line %zu", i + 1);
        if (status == QD_OK) *QD_PUSH(parser->map->arena, &group) = path;
    }
    add_equal(parser, &group);
    return QD_OK;
}

/* The analyzer that rules go through: what stands before the filter, without the filters that may not take
 * part. */
static enum qd_status build_chain(struct parser *parser, struct qd_error *error)
{
    const struct qd_analyzer *chain = parser->settings->chain;
    struct qd_component *filters = QD_NEW_ARRAY(parser->map->arena, struct qd_component,
                                                chain->filter_count + 1);
    parser->analyzer = *chain;
    parser->analyzer.filters = filters;
    parser->analyzer.filter_count = 0;
    for (size_t i = 0; i < chain->filter_count; i++) {
        const struct qd_component *filter = &chain->filters[i];
        if (filter->kind->skip_synonyms) continue;
        if (filter->kind->no_synonyms)
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Token filter [%.*s] cannot be used to parse synonyms",
                                QD_SLICE_ARG(filter->name));
        filters[parser->analyzer.filter_count++] = *filter;
    }
    return QD_OK;
}

/* The rules themselves, or a file of them; *malformed: it is not UTF-8. */
static enum qd_status read_lines(const struct qd_component_settings *settings,
                                 struct qd_component_list *lines, bool *malformed, struct qd_error *error)
{
    bool found;
    struct qd_slice text = { 0 };
    *malformed = false;
    if (qd_json_get(settings->json, "synonyms") != NULL) {
        *lines = qd_component_list(settings, "synonyms", &found);
        return QD_OK;
    }
    QD_TRY(qd_word_list_file(settings, "synonyms", "synonyms_path", &found, &text, error));
    if (!found)
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "synonym requires either `synonyms` or `synonyms_path` to be configured");
    *malformed = !qd_utf8_valid(text);
    *lines = qd_word_list_lines(settings->arena, text);
    return QD_OK;
}

enum qd_status qd_synonym_map_create(const struct qd_component_settings *settings,
                                     struct qd_synonym_map **out, struct qd_error *error)
{
    struct qd_synonym_map *map = QD_NEW(settings->arena, struct qd_synonym_map);
    struct parser parser = { .settings = settings, .map = map };
    bool malformed, has_format;
    map->arena = settings->arena;
    map->root = QD_NEW(map->arena, struct qd_synonym_node);
    qd_map_init(&map->root->children, map->arena);
    QD_TRY(qd_component_bool(settings, "expand", true, &parser.expand, error));
    QD_TRY(qd_component_bool(settings, "lenient", false, &parser.lenient, error));
    struct qd_slice format = qd_component_text(settings, "format", &has_format);
    QD_TRY(build_chain(&parser, error));
    struct qd_component_list lines = { 0 };
    QD_TRY(read_lines(settings, &lines, &malformed, error));
    enum qd_status status = QD_PARSE;
    if (!malformed)
        status = has_format && qd_slice_is(format, "wordnet") ? parse_wordnet(&parser, &lines, error)
                                                              : parse_solr(&parser, &lines, error);
    if (status != QD_OK) return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Failed to build synonyms");
    *out = map;
    return QD_OK;
}

const struct qd_synonym_rule *qd_synonym_map_match(const struct qd_synonym_map *map,
                                                   const struct qd_token *tokens, size_t count,
                                                   size_t *length)
{
    const struct qd_synonym_node *node = map->root;
    const struct qd_synonym_rule *rule = NULL;
    for (size_t i = 0; i < count; i++) {
        node = qd_map_get(&node->children, tokens[i].term);
        if (node == NULL) break;
        if (node->rule == NULL) continue;
        rule = node->rule;
        *length = i + 1;
    }
    return rule;
}
