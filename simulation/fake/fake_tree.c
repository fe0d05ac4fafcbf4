#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "simulation/fake/fake_disk_internal.h"

#define SECTOR_SIZE ((size_t)512)
#define SWEEP_COUNT_MIN 256

/* ---- names ---- */

/* The place of `name`, or where it would be inserted. */
static size_t find_place(const struct qd_fake_names *names, const char *name)
{
    size_t low = 0;
    size_t high = names->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(names->entries[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_at(const struct qd_fake_names *names, size_t place, const char *name)
{
    return place < names->count && strcmp(names->entries[place].name, name) == 0;
}

struct qd_fake_node *qd_fake_names_find(const struct qd_fake_names *names, const char *name)
{
    size_t place = find_place(names, name);
    return is_at(names, place, name) ? names->entries[place].node : NULL;
}

static char *copy_text(const char *text)
{
    if (text == NULL) return NULL;
    size_t size = strlen(text) + 1;
    return memcpy(qd_fake_alloc(size), text, size);
}

void qd_fake_names_set(struct qd_fake_names *names, const char *name, struct qd_fake_node *node)
{
    size_t place = find_place(names, name);
    if (is_at(names, place, name)) {
        names->entries[place].node = node;
        return;
    }
    if (names->count == names->capacity) {
        names->capacity = names->capacity == 0 ? 8 : names->capacity * 2;
        names->entries = qd_fake_grow(names->entries, names->capacity * sizeof(*names->entries));
    }
    memmove(&names->entries[place + 1], &names->entries[place],
            (names->count - place) * sizeof(*names->entries));
    names->entries[place] = (struct qd_fake_entry){ copy_text(name), node };
    names->count++;
}

void qd_fake_names_remove(struct qd_fake_names *names, const char *name)
{
    size_t place = find_place(names, name);
    if (!is_at(names, place, name)) return;
    free(names->entries[place].name);
    names->count--;
    memmove(&names->entries[place], &names->entries[place + 1],
            (names->count - place) * sizeof(*names->entries));
}

static void names_clear(struct qd_fake_names *names)
{
    for (size_t i = 0; i < names->count; i++) free(names->entries[i].name);
    free(names->entries);
    *names = (struct qd_fake_names){ 0 };
}

static void names_copy(struct qd_fake_names *to, const struct qd_fake_names *from)
{
    names_clear(to);
    for (size_t i = 0; i < from->count; i++) qd_fake_names_set(to, from->entries[i].name,
                                                               from->entries[i].node);
}

/* ---- nodes ---- */

struct qd_fake_node *qd_fake_node_create(struct qd_fake_env *env, bool is_directory)
{
    struct qd_fake_node *node = qd_fake_alloc(sizeof(*node));
    node->is_directory = is_directory;
    node->linked = true;
    if (env->node_count == env->node_capacity) {
        env->node_capacity = env->node_capacity == 0 ? 64 : env->node_capacity * 2;
        env->nodes = qd_fake_grow(env->nodes, env->node_capacity * sizeof(struct qd_fake_node *));
    }
    env->nodes[env->node_count++] = node;
    return node;
}

static void apply_change(struct qd_fake_names *names, const struct qd_fake_change *change)
{
    if (change->from != NULL) qd_fake_names_remove(names, change->from);
    if (change->to != NULL) qd_fake_names_set(names, change->to, change->node);
}

void qd_fake_node_change(struct qd_fake_node *directory, const char *from, const char *to,
                         struct qd_fake_node *node)
{
    if (directory->change_count == directory->change_capacity) {
        directory->change_capacity = directory->change_capacity == 0 ? 8 : directory->change_capacity * 2;
        directory->changes =
            qd_fake_grow(directory->changes, directory->change_capacity * sizeof(*directory->changes));
    }
    struct qd_fake_change *change = &directory->changes[directory->change_count++];
    *change = (struct qd_fake_change){ copy_text(from), copy_text(to), node };
    apply_change(&directory->now, change);
}

static void forget_changes(struct qd_fake_node *directory)
{
    for (size_t i = 0; i < directory->change_count; i++) {
        free(directory->changes[i].from);
        free(directory->changes[i].to);
    }
    directory->change_count = 0;
}

void qd_fake_node_sync(struct qd_fake_node *node)
{
    if (node->sync_lies) return;
    if (node->is_directory) {
        for (size_t i = 0; i < node->change_count; i++) apply_change(&node->durable, &node->changes[i]);
        forget_changes(node);
        return;
    }
    node->stable = node->size;
    free(node->tail);
    node->tail = NULL;
    node->tail_size = 0;
}

void qd_fake_node_resize(struct qd_fake_env *env, struct qd_fake_node *node, size_t size)
{
    if (size < node->stable) {
        /* What is at rest beyond the cut is kept aside: the cut may turn out not to have happened. */
        size_t extra = node->stable - size;
        char *tail = qd_fake_alloc(extra + node->tail_size);
        memcpy(tail, node->data + size, extra);
        if (node->tail_size > 0) memcpy(tail + extra, node->tail, node->tail_size);
        free(node->tail);
        node->tail = tail;
        node->tail_size += extra;
        node->stable = size;
    }
    if (size > node->capacity) {
        node->capacity = size + size / 2 + 64;
        node->data = qd_fake_grow(node->data, node->capacity);
    }
    if (size > node->size) memset(node->data + node->size, 0, size - node->size);
    env->disk_used = env->disk_used - node->size + size;
    node->size = size;
}

void qd_fake_node_unlink(struct qd_fake_env *env, struct qd_fake_node *node)
{
    node->linked = false;
    if (node->open_count == 0) env->disk_used -= node->size;
}

void qd_fake_node_flip_bit(struct qd_fake_env *env, struct qd_fake_node *node)
{
    size_t at = (size_t)qd_fake_draw(env, node->size);
    node->data[at] = (char)((unsigned char)node->data[at] ^ (1u << qd_fake_draw(env, 8)));
    qd_fake_trace(env, 'b', at);
}

static void node_free(struct qd_fake_node *node)
{
    forget_changes(node);
    free(node->changes);
    names_clear(&node->now);
    names_clear(&node->durable);
    free(node->data);
    free(node->tail);
    free(node);
}

static void mark(struct qd_fake_node *node)
{
    if (node == NULL || node->marked) return;
    node->marked = true;
    for (size_t i = 0; i < node->now.count; i++) mark(node->now.entries[i].node);
    for (size_t i = 0; i < node->durable.count; i++) mark(node->durable.entries[i].node);
    for (size_t i = 0; i < node->change_count; i++) mark(node->changes[i].node);
}

static void sweep(struct qd_fake_env *env, bool keep_open)
{
    mark(env->root);
    size_t kept = 0;
    for (size_t i = 0; i < env->node_count; i++) {
        struct qd_fake_node *node = env->nodes[i];
        if (node->marked || (keep_open && node->open_count > 0)) {
            node->marked = false;
            env->nodes[kept++] = node;
        } else {
            node_free(node);
        }
    }
    env->node_count = kept;
}

void qd_fake_node_sweep(struct qd_fake_env *env)
{
    if (env->node_count >= SWEEP_COUNT_MIN && env->node_count * 2 > env->node_capacity) sweep(env, true);
}

/* ---- what a restart leaves ---- */

/* Of the unsynced changes either a prefix happened (a journal), or any subset. */
static void restart_directory(struct qd_fake_env *env, struct qd_fake_node *node)
{
    bool journal = qd_fake_draw(env, 2) == 0;
    size_t happened = (size_t)qd_fake_draw(env, node->change_count + 1);
    for (size_t i = 0; i < node->change_count; i++) {
        bool happens = journal ? i < happened : qd_fake_draw(env, 2) == 0;
        if (happens) apply_change(&node->durable, &node->changes[i]);
    }
    forget_changes(node);
    names_copy(&node->now, &node->durable);
}

/* A drawn end of the unsynced bytes: what was stable, all, or a multiple of the sector size between. */
static size_t draw_end(struct qd_fake_env *env, const struct qd_fake_node *node)
{
    if (node->size <= node->stable) return node->size;
    size_t first = node->stable / SECTOR_SIZE + 1;
    size_t sectors = node->size / SECTOR_SIZE >= first ? node->size / SECTOR_SIZE - first + 1 : 0;
    size_t choice = (size_t)qd_fake_draw(env, sectors + 2);
    if (choice == 0) return node->stable;
    return choice == 1 ? node->size : (first + choice - 2) * SECTOR_SIZE;
}

static void scramble(struct qd_fake_env *env, struct qd_fake_node *node)
{
    for (size_t at = node->stable; at < node->size;) {
        size_t end = (at / SECTOR_SIZE + 1) * SECTOR_SIZE;
        if (end > node->size) end = node->size;
        uint64_t fate = qd_fake_draw(env, 3);
        if (fate == 1) memset(node->data + at, 0, end - at);
        for (size_t i = at; fate == 2 && i < end; i++) node->data[i] = (char)qd_fake_draw(env, 256);
        at = end;
    }
}

static void restart_file(struct qd_fake_env *env, struct qd_fake_node *node)
{
    enum { LOST, KEPT, CUT, SCRAMBLED, FATE_COUNT };
    if (node->size == node->stable && node->tail_size == 0) return;
    uint64_t fate = qd_fake_draw(env, FATE_COUNT);
    if (fate == LOST) {
        size_t end = node->stable + node->tail_size;
        if (end > node->capacity) node->data = qd_fake_grow(node->data, node->capacity = end);
        if (node->tail_size > 0) memcpy(node->data + node->stable, node->tail, node->tail_size);
        node->size = end;
    }
    if (fate == CUT || fate == SCRAMBLED) node->size = draw_end(env, node);
    if (fate == SCRAMBLED) scramble(env, node);
    qd_fake_trace(env, fate, node->size);
}

void qd_fake_disk_restart(struct qd_fake_env *env)
{
    for (size_t i = 0; i < env->node_count; i++) {
        struct qd_fake_node *node = env->nodes[i];
        node->open_count = 0;
        if (node->is_directory) {
            restart_directory(env, node);
        } else {
            restart_file(env, node);
        }
        node->sync_lies = false;
        qd_fake_node_sync(node);
    }
    sweep(env, false);
    env->disk_used = 0;
    for (size_t i = 0; i < env->node_count; i++) {
        env->nodes[i]->linked = true;
        env->disk_used += env->nodes[i]->size;
    }
}

void qd_fake_disk_init(struct qd_fake_env *env)
{
    /* The root's two names stand for the data directory and for the file system's root. */
    env->root = qd_fake_node_create(env, true);
    qd_fake_node_change(env->root, NULL, "data", qd_fake_node_create(env, true));
    qd_fake_node_change(env->root, NULL, "system", qd_fake_node_create(env, true));
    qd_fake_node_sync(env->root);
}

void qd_fake_disk_deinit(struct qd_fake_env *env)
{
    for (size_t i = 0; i < env->node_count; i++) node_free(env->nodes[i]);
    free(env->nodes);
}
