#include "analysis/component.h"

#include "base/number.h"

enum qd_status qd_component_create(const struct qd_component_kind *kind,
                                   const struct qd_component_settings *settings,
                                   struct qd_component *component, struct qd_error *error)
{
    void *state = NULL;
    if (kind->create != NULL) QD_TRY(kind->create(settings, &state, error));
    *component = (struct qd_component){ .kind = kind, .state = state, .name = settings->name };
    return QD_OK;
}

const struct qd_component_kind *qd_component_find(enum qd_component_type type, struct qd_slice name)
{
    for (const struct qd_component_kind *const *kind = qd_component_table(type); *kind != NULL; kind++)
        if (qd_slice_is(name, (*kind)->name)) return *kind;
    return NULL;
}

struct qd_slice qd_component_text(const struct qd_component_settings *settings, const char *key, bool *found)
{
    *found = true;
    for (const struct qd_component_pair *pair = settings->pairs; pair != NULL && pair->key != NULL; pair++)
        if (strcmp(pair->key, key) == 0) return qd_slice_from_string(pair->value);
    const struct qd_json *node = qd_json_get(settings->json, key);
    if (node != NULL && !qd_json_is_null(node) && !qd_json_is_array(node) && !qd_json_is_object(node))
        return qd_json_text(node);
    *found = false;
    return QD_SLICE("");
}

enum qd_status qd_component_int(const struct qd_component_settings *settings, const char *key,
                                int32_t fallback, int32_t *value, struct qd_error *error)
{
    bool found;
    struct qd_slice text = qd_component_text(settings, key, &found);
    *value = fallback;
    if (!found) return QD_OK;
    int64_t number = 0;
    if (qd_parse_int64(text, &number) && number >= INT32_MIN && number <= INT32_MAX) {
        *value = (int32_t)number;
        return QD_OK;
    }
    (void)qd_error_set(error, QD_NUMBER_FORMAT, "For input string: \"%.*s\"", QD_SLICE_ARG(text));
    return qd_error_wrap(error, QD_SETTINGS, "Failed to parse int setting [%s] with value [%.*s]", key,
                         QD_SLICE_ARG(text));
}

enum qd_status qd_component_bool(const struct qd_component_settings *settings, const char *key, bool fallback,
                                 bool *value, struct qd_error *error)
{
    bool found;
    struct qd_slice text = qd_component_text(settings, key, &found);
    *value = fallback;
    if (!found) return QD_OK;
    if (!qd_slice_is(text, "true") && !qd_slice_is(text, "false")) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "Failed to parse value [%.*s] as only [true] or [false] are allowed.",
                            QD_SLICE_ARG(text));
    }
    *value = qd_slice_is(text, "true");
    return QD_OK;
}

/* Settings.getAsList splits a text at commas and trims nothing but the ends of the items. */
static struct qd_component_list split_commas(struct qd_arena *arena, struct qd_slice text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.size; i++) count += text.data[i] == ',';
    struct qd_component_list list = { QD_NEW_ARRAY(arena, struct qd_slice, count), 0 };
    for (size_t start = 0; start <= text.size;) {
        size_t size = qd_slice_find_byte(qd_slice_from(text, start), ',');
        if (size == SIZE_MAX) size = text.size - start;
        struct qd_slice item = qd_slice_sub(text, start, size);
        start += size + 1;
        while (item.size > 0 && (uint8_t)item.data[0] <= ' ') item = qd_slice_from(item, 1);
        while (item.size > 0 && (uint8_t)item.data[item.size - 1] <= ' ') item.size--;
        if (item.size > 0) list.items[list.count++] = item;
    }
    return list;
}

struct qd_component_list qd_component_list(const struct qd_component_settings *settings, const char *key,
                                           bool *found)
{
    const struct qd_json *node = qd_json_get(settings->json, key);
    if (!qd_json_is_array(node)) {
        struct qd_slice text = qd_component_text(settings, key, found);
        return *found ? split_commas(settings->arena, text) : (struct qd_component_list){ 0 };
    }
    *found = true;
    struct qd_component_list list = { QD_NEW_ARRAY(settings->arena, struct qd_slice, qd_json_size(node) + 1),
                                      0 };
    struct qd_json_iterator at = qd_json_iterate(node);
    while (qd_json_next(&at)) list.items[list.count++] = qd_json_text(at.value);
    return list;
}

uint32_t qd_offset_map_correct(const struct qd_offset_map *map, uint32_t offset)
{
    size_t low = 0, high = map->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (map->data[middle].output <= offset) low = middle + 1;
        else high = middle;
    }
    return low == 0 ? offset : (uint32_t)((int64_t)offset + map->data[low - 1].shift);
}

bool qd_component_keyword(const void *state)
{
    (void)state;
    return true;
}

bool qd_component_by_word(const void *state)
{
    (void)state;
    return true;
}
