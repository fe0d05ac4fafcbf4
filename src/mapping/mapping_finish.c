#include <stdlib.h>

#include "base/java_order.h"
#include "base/text.h"
#include "mapping/mapper.h"
#include "mapping/kept_source.h"
#include "mapping/type_metadata.h"

/* What the walk over the tree gathers. */
struct walk {
    struct qd_mapping_build *build;
    struct qd_mapping *mapping;
    QD_VECTOR(struct qd_mapper *) listed;
    QD_VECTOR(struct qd_field_mapper *) slots;
    QD_VECTOR(struct qd_object_mapper *) objects;
};

static void add_field(struct walk *walk, struct qd_field_mapper *field)
{
    struct qd_arena *arena = walk->build->arena;
    qd_map_put(&walk->mapping->names, field->base.path, &field->base);
    *QD_PUSH(arena, &walk->slots) = field;
    if (!field->kind->metadata) *QD_PUSH(arena, &walk->listed) = &field->base;
    field->field.parent = field->owner == NULL ? NULL : &field->owner->field;
    field->field.copy_to = field->copy_to.data;
    field->field.copy_to_count = (uint32_t)field->copy_to.count;
    for (size_t i = 0; i < field->multi_fields.entry_count; i++) {
        add_field(walk, field->multi_fields.entries[i].value);
    }
    if (field->prefix_field != NULL) add_field(walk, field->prefix_field);
    if (field->phrase_field != NULL) add_field(walk, field->phrase_field);
}

static int compare_children(const void *left, const void *right)
{
    const struct qd_mapper *const *a = left;
    const struct qd_mapper *const *b = right;
    return qd_utf16_compare((*a)->name, (*b)->name);
}

static void add_object(struct walk *walk, struct qd_object_mapper *object)
{
    struct qd_arena *arena = walk->build->arena;
    size_t count = object->children.entry_count;
    struct qd_mapper **sorted = QD_NEW_ARRAY(arena, struct qd_mapper *, count + 1);
    for (size_t i = 0; i < count; i++) sorted[i] = object->children.entries[i].value;
    qsort(sorted, count, sizeof(*sorted), compare_children);
    qd_map_init(&object->children, arena);
    if (!object->root) *QD_PUSH(arena, &walk->objects) = object;
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, count + 1);
    for (size_t i = 0; i < count; i++) {
        qd_map_put(&object->children, sorted[i]->name, sorted[i]);
        names[i] = sorted[i]->name;
    }
    /* The reference walks the tree in the order of its tries; see order_matches. */
    const size_t *order = qd_java_trie_order(arena, names, count);
    for (size_t i = 0; i < count; i++) {
        struct qd_mapper *child = sorted[order[i]];
        if (child->kind == QD_MAPPER_OBJECT) {
            add_object(walk, (struct qd_object_mapper *)child);
        } else if (child->kind == QD_MAPPER_FIELD) {
            add_field(walk, (struct qd_field_mapper *)child);
        } else {
            qd_map_put(&walk->mapping->names, child->path, child);
            *QD_PUSH(arena, &walk->listed) = child;
        }
    }
}

static int compare_paths(const void *left, const void *right)
{
    const struct qd_mapper *const *a = left;
    const struct qd_mapper *const *b = right;
    return qd_slice_compare((*a)->path, (*b)->path);
}

/* ---- checks ---- */

static enum qd_status check_field(struct qd_map *names, struct qd_field_mapper *field, struct qd_error *error)
{
    if (qd_map_find(names, field->base.path) != NULL) {
        return qd_error_set(error, QD_MAPPER_PARSING, "Field [%.*s] is defined more than once",
                            QD_SLICE_ARG(field->base.path));
    }
    qd_map_put(names, field->base.path, field);
    for (size_t i = 0; i < field->multi_fields.entry_count; i++) {
        QD_TRY(check_field(names, field->multi_fields.entries[i].value, error));
    }
    if (field->prefix_field != NULL) QD_TRY(check_field(names, field->prefix_field, error));
    return field->phrase_field == NULL ? QD_OK : check_field(names, field->phrase_field, error);
}

static enum qd_status check_object(struct qd_map *names, const struct qd_object_mapper *object,
                                   struct qd_error *error)
{
    for (size_t i = 0; i < object->children.entry_count; i++) {
        if (object->children.entries[i].removed) continue;
        struct qd_mapper *child = object->children.entries[i].value;
        if (child->kind == QD_MAPPER_OBJECT) {
            QD_TRY(check_object(names, (const struct qd_object_mapper *)child, error));
        } else if (child->kind == QD_MAPPER_FIELD) {
            QD_TRY(check_field(names, (struct qd_field_mapper *)child, error));
        }
    }
    return QD_OK;
}

enum qd_status qd_mapping_check_unique(struct qd_mapping_build *build, const struct qd_mapping *mapping,
                                       struct qd_error *error)
{
    struct qd_map names;
    qd_map_init(&names, build->arena);
    return check_object(&names, mapping->root, error);
}

static enum qd_status check_alias(const struct qd_mapping *mapping, const struct qd_alias_mapper *alias,
                                  struct qd_error *error)
{
    const char *why = NULL;
    const struct qd_mapper *target = qd_map_get(&mapping->names, alias->target);
    if (qd_slice_equal(alias->target, alias->base.path)) {
        why = "an alias cannot refer to itself";
    } else if (target == NULL) {
        why = "an alias must refer to an existing field in the mappings";
    } else if (target->kind == QD_MAPPER_ALIAS) {
        why = "an alias cannot refer to another alias";
    }
    if (why == NULL) return QD_OK;
    return qd_error_set(error, QD_MAPPER_PARSING, "Invalid [path] value [%.*s] for field alias [%.*s]: %s.",
                        QD_SLICE_ARG(alias->target), QD_SLICE_ARG(alias->base.path), why);
}

static enum qd_status check_copy_to(const struct qd_mapping *mapping, const struct qd_field_mapper *field,
                                    struct qd_error *error)
{
    if (field->copy_to.count > 0 && field->owner != NULL) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                            "[copy_to] may not be used to copy from a multi-field: [%.*s]",
                            QD_SLICE_ARG(field->base.path));
    }
    for (size_t i = 0; i < field->copy_to.count; i++) {
        struct qd_slice target = field->copy_to.data[i];
        const struct qd_mapper *mapper = qd_map_get(&mapping->names, target);
        bool multi = mapper != NULL && mapper->kind == QD_MAPPER_FIELD &&
                     ((const struct qd_field_mapper *)mapper)->owner != NULL;
        if (multi) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "[copy_to] may not be used to copy to a multi-field: [%.*s]",
                                QD_SLICE_ARG(target));
        }
        if (qd_map_find(&mapping->objects, target) != NULL) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Cannot copy to field [%.*s] since it is mapped as an object",
                                QD_SLICE_ARG(target));
        }
    }
    return QD_OK;
}

static enum qd_status check_references(const struct qd_mapping *mapping, struct qd_error *error)
{
    for (size_t i = 0; i < mapping->listed_count; i++) {
        const struct qd_mapper *mapper = mapping->listed[i];
        if (mapper->kind == QD_MAPPER_ALIAS) {
            QD_TRY(check_alias(mapping, (const struct qd_alias_mapper *)mapper, error));
        } else {
            QD_TRY(check_copy_to(mapping, (const struct qd_field_mapper *)mapper, error));
        }
    }
    return QD_OK;
}

static enum qd_status check_name_length(const struct qd_mapping *mapping, struct qd_slice name,
                                        struct qd_error *error)
{
    if ((int64_t)qd_utf16_length(name) <= mapping->limits.field_name_length) return QD_OK;
    return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                        "Field name [%.*s] is longer than the limit of [%lld] characters", QD_SLICE_ARG(name),
                        (long long)mapping->limits.field_name_length);
}

/* The names of objects, then of all fields in the order of one hash map: metadata has names as well. */
static enum qd_status check_name_lengths(const struct walk *walk, struct qd_error *error)
{
    static const char *const metadata[] = {
        "_ignored",     "_id",     "_routing", "_index",     "_source",  "_nested_path",
        "_field_names", "_seq_no", "_version", "_doc_count", "_feature", "_data_stream_timestamp"
    };
    enum { METADATA_COUNT = sizeof(metadata) / sizeof(metadata[0]) };
    const struct qd_mapping *mapping = walk->mapping;
    for (size_t i = 0; i < walk->objects.count; i++) {
        QD_TRY(check_name_length(mapping, walk->objects.data[i]->base.name, error));
    }
    size_t count = METADATA_COUNT + walk->listed.count;
    struct qd_slice *paths = QD_NEW_ARRAY(walk->build->arena, struct qd_slice, count);
    for (size_t i = 0; i < count; i++) {
        paths[i] = i < METADATA_COUNT ? qd_slice_from_string(metadata[i])
                                      : walk->listed.data[i - METADATA_COUNT]->path;
    }
    const size_t *order = qd_java_map_order(walk->build->arena, paths, count, 16);
    for (size_t i = 0; i < count; i++) {
        size_t at = order[i];
        bool mapped = at >= METADATA_COUNT;
        QD_TRY(check_name_length(mapping, mapped ? walk->listed.data[at - METADATA_COUNT]->name : paths[at],
                                 error));
    }
    return QD_OK;
}

static enum qd_status check_limits(const struct walk *walk, struct qd_error *error)
{
    const struct qd_mapping *mapping = walk->mapping;
    int64_t total = (int64_t)(walk->listed.count + walk->objects.count);
    if (total > mapping->limits.total_fields) {
        return qd_error_set(error, QD_ILLEGAL_ARGUMENT, "Limit of total fields [%lld] has been exceeded",
                            (long long)mapping->limits.total_fields);
    }
    for (size_t i = 0; i < walk->objects.count; i++) {
        struct qd_slice path = walk->objects.data[i]->base.path;
        int64_t depth = 2;
        for (size_t k = 0; k < path.size; k++) depth += path.data[k] == '.';
        if (depth > mapping->limits.depth) {
            return qd_error_set(error, QD_ILLEGAL_ARGUMENT,
                                "Limit of mapping depth [%lld] has been exceeded due to object field [%.*s]",
                                (long long)mapping->limits.depth, QD_SLICE_ARG(path));
        }
    }
    return check_name_lengths(walk, error);
}

static void add_metadata(struct walk *walk)
{
    struct qd_mapping *mapping = walk->mapping;
    for (size_t i = 0; i < qd_metadata_field_count; i++) {
        struct qd_field_mapper *field = qd_metadata_field_make(walk->build, i);
        add_field(walk, field);
        if (field->kind->type == QD_FIELD_ROUTING) mapping->routing = field;
        if (field->kind->type == QD_FIELD_IGNORED) mapping->ignored = field;
        if (field->kind->type == QD_FIELD_FIELD_NAMES) mapping->field_names = field;
        if (field->kind->type == QD_FIELD_DOC_COUNT) mapping->doc_count = field;
    }
}

/* Without dynamic_date_formats these two recognise dates. */
static enum qd_status default_date_formats(struct qd_mapping_build *build, struct qd_mapping *mapping,
                                           struct qd_error *error)
{
    static const char *const patterns[] = { "strict_date_optional_time||epoch_millis",
                                            "yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis" };
    if (mapping->has_date_formats) return QD_OK;
    for (size_t i = 0; i < 2; i++) {
        const struct qd_date_format *format = NULL;
        struct qd_slice pattern = qd_slice_from_string(patterns[i]);
        QD_TRY(qd_date_format_compile(build->arena, pattern, qd_slice_make(NULL, 0), &format, error));
        *QD_PUSH(build->arena, &mapping->date_formats) = format;
        *QD_PUSH(build->arena, &mapping->date_patterns) = pattern;
    }
    return QD_OK;
}

/* Patterns meet fields in the order of the reference's map of them, which holds metadata too, and aliases
 * after them. Keys of one bucket stand in the order in which the tree was walked. */
static void order_matches(struct walk *walk)
{
    struct qd_arena *arena = walk->build->arena;
    size_t count = walk->listed.count;
    size_t total = count + qd_metadata_field_count;
    struct qd_slice *names = QD_NEW_ARRAY(arena, struct qd_slice, total + 1);
    struct qd_mapper **kept = QD_NEW_ARRAY(arena, struct qd_mapper *, total + 1);
    struct qd_mapper **matched = QD_NEW_ARRAY(arena, struct qd_mapper *, count + 1);
    size_t found = 0;
    for (int aliases = 0; aliases < 2; aliases++) {
        size_t here = 0;
        for (size_t i = 0; i < walk->slots.count && aliases == 0; i++) {
            if (!walk->slots.data[i]->kind->metadata) continue;
            names[here] = walk->slots.data[i]->base.path;
            kept[here++] = NULL;
        }
        for (size_t i = 0; i < count; i++) {
            if ((walk->listed.data[i]->kind == QD_MAPPER_ALIAS) != (aliases == 1)) continue;
            names[here] = walk->listed.data[i]->path;
            kept[here++] = walk->listed.data[i];
        }
        size_t *order = qd_java_map_order(arena, names, here, 16);
        for (size_t i = 0; i < here; i++) {
            if (kept[order[i]] != NULL) matched[found++] = kept[order[i]];
        }
    }
    walk->mapping->matched = matched;
}

enum qd_status qd_mapping_finish(struct qd_mapping_build *build, struct qd_mapping *mapping, bool check,
                                 struct qd_error *error)
{
    struct walk walk = { .build = build, .mapping = mapping };
    qd_map_init(&mapping->names, build->arena);
    qd_map_init(&mapping->objects, build->arena);
    add_object(&walk, mapping->root);
    if (check) QD_TRY(check_limits(&walk, error));
    add_metadata(&walk);
    order_matches(&walk);
    if (walk.listed.count > 0) qsort(walk.listed.data, walk.listed.count, sizeof(void *), compare_paths);
    if (walk.objects.count > 0) qsort(walk.objects.data, walk.objects.count, sizeof(void *), compare_paths);
    qsort(walk.slots.data, walk.slots.count, sizeof(void *), compare_paths);
    mapping->listed = walk.listed.data;
    mapping->listed_count = walk.listed.count;
    mapping->slots = walk.slots.data;
    mapping->slot_count = (uint32_t)walk.slots.count;
    for (uint32_t i = 0; i < mapping->slot_count; i++) mapping->slots[i]->slot = i;
    for (size_t i = 0; i < walk.objects.count; i++) {
        qd_map_put(&mapping->objects, walk.objects.data[i]->base.path, walk.objects.data[i]);
    }
    const struct qd_field_mapper *source = &mapping->metadata[QD_META_SOURCE];
    mapping->source_filter = qd_kept_source_make(build->arena, qd_field_value(source, "includes")->node,
                                                 qd_field_value(source, "excludes")->node);
    QD_TRY(default_date_formats(build, mapping, error));
    return check_references(mapping, error);
}
