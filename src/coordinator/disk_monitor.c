#include "coordinator/disk_monitor.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/number.h"
#include "base/units.h"
#include "coordinator/cluster_service.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/disk_watermarks.h"

#define INTERVAL_DEFAULT_MS 30000
#define BLOCK "index.blocks.read_only_allow_delete"
#define ENABLED "cluster.routing.allocation.disk.threshold_enabled"
#define SINGLE QD_WATERMARK_PREFIX "enable_for_single_data_node"

struct qd_disk_monitor {
    struct qd_coordinator *coordinator;
    struct qd_timer *timer;      /* until the next look; NULL while one is under way */
    bool asking;                 /* a work item asks for the room */
    bool stopped;                /* no further look */
    bool known;                  /* the last question was answered */
    bool telling;                /* the manager is being told what room there is */
    uint64_t total, available;   /* bytes, of the last answer */
};

static void look(void *context);
static void tell_room(struct qd_disk_monitor *monitor);

static void look_again(struct qd_disk_monitor *monitor)
{
    struct qd_env *env = monitor->coordinator->env;
    int64_t ms = qd_cluster_setting_ms(monitor->coordinator, "cluster.info.update.interval",
                                       INTERVAL_DEFAULT_MS);
    if (!monitor->stopped) monitor->timer = env->clock->timer_start(env, qd_duration_ms(ms), look, monitor);
}

/* What the three watermarks are now; a text that cannot be read was refused when it was set. */
static bool watermarks_now(const struct qd_disk_monitor *monitor, struct qd_watermark *marks)
{
    for (size_t i = 0; i < QD_WATERMARK_COUNT; i++) {
        struct qd_slice text = qd_cluster_setting(monitor->coordinator, qd_watermark_keys[i]);
        if (text.data == NULL) text = qd_slice_from_string(qd_watermark_defaults[i]);
        if (qd_watermark_parse(text, qd_watermark_keys[i], &marks[i], NULL) != QD_OK) return false;
    }
    return true;
}

/* Sets or takes away the block of every index that has not the wanted state. */
static void submit(struct qd_disk_monitor *monitor, bool block)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(monitor->coordinator->cluster);
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    struct qd_command_request request = { .priority = QD_PRIORITY_URGENT,
                                          .source = QD_SLICE("update-settings [disk threshold]") };
    size_t count = 0;
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "put_index_settings");
    qd_json_member_array(&writer, "indices");
    for (size_t i = 0; i < state->index_count; i++) {
        const struct qd_index_metadata *index = state->indices[i];
        if (qd_settings_bool(&index->settings, BLOCK, false) == block) continue;
        qd_json_string(&writer, index->name);
        count++;
    }
    qd_json_end_array(&writer);
    qd_json_member_object(&writer, "settings");
    if (block) {
        qd_json_member_text(&writer, BLOCK, "true");
    } else {
        qd_json_name(&writer, BLOCK);
        qd_json_null(&writer);
    }
    qd_json_end_object(&writer);
    qd_json_end_object(&writer);
    if (count > 0) {
        struct qd_env *env = monitor->coordinator->env;
        env->log(env, block
                          ? QD_SLICE("flood stage disk watermark exceeded, all indices of this node will be "
                                     "marked read-only")
                          : QD_SLICE("releasing read-only-allow-delete block, the disk has room again"));
        qd_cluster_service_submit(monitor->coordinator->cluster, &request, &command);
    } else {
        qd_buffer_deinit(&command);
    }
}

static void told(void *context, const struct qd_command_outcome *outcome)
{
    struct qd_disk_monitor *monitor = context;
    monitor->telling = false;
    /* A state that could not be written is told again with the next look. */
    if (outcome->error == NULL) tell_room(monitor);
}

/* What the disk allows; a cluster's only data node is not held back unless that was asked for. */
static enum qd_disk_room room_now(const struct qd_disk_monitor *monitor)
{
    const struct qd_cluster_state *state = qd_cluster_service_state(monitor->coordinator->cluster);
    struct qd_watermark marks[QD_WATERMARK_COUNT];
    size_t data_nodes = 0;
    for (size_t i = 0; i < state->node_count; i++) data_nodes += state->nodes[i].data;
    if (!qd_cluster_setting_bool(monitor->coordinator, ENABLED, true)) return QD_DISK_ROOM_FREE;
    if (data_nodes < 2 && !qd_cluster_setting_bool(monitor->coordinator, SINGLE, false)) {
        return QD_DISK_ROOM_FREE;
    }
    if (!watermarks_now(monitor, marks)) return QD_DISK_ROOM_FREE;
    if (qd_watermark_passed(&marks[QD_WATERMARK_HIGH], monitor->total, monitor->available)) {
        return QD_DISK_ROOM_HIGH;
    }
    bool low = qd_watermark_passed(&marks[QD_WATERMARK_LOW], monitor->total, monitor->available);
    return low ? QD_DISK_ROOM_LOW : QD_DISK_ROOM_FREE;
}

/* The watermark that is passed and how much is free, as the reference tells it. */
static struct qd_slice room_reason(const struct qd_disk_monitor *monitor, size_t which,
                                   struct qd_arena *arena)
{
    struct qd_watermark marks[QD_WATERMARK_COUNT];
    if (!watermarks_now(monitor, marks)) return (struct qd_slice){ 0 };
    const struct qd_watermark *mark = &marks[which];
    const char *name = which == QD_WATERMARK_HIGH ? "high" : "low";
    struct qd_buffer most = { 0 }, left = { 0 };
    char number[32];
    if (mark->in_bytes) {
        qd_bytes_print(&most, mark->free_bytes);
        qd_bytes_print(&left, (int64_t)monitor->available);
    } else {
        qd_buffer_append(&most, number, qd_double_to_text(mark->used_percent, number));
        double percent = 100.0 * (double)monitor->available / (double)monitor->total;
        qd_buffer_append(&left, number, qd_double_to_text(percent, number));
    }
    const char *required = mark->in_bytes ? "having less than the minimum required"
                                          : "using more disk space than the maximum allowed";
    const char *unit = mark->in_bytes ? "" : "%";
    const char *space = mark->in_bytes ? " free space" : "";
    struct qd_slice reason = qd_arena_format(
        arena,
        "the node is above the %s watermark cluster setting [%s=%.*s], %s [%.*s%s]%s, actual free: [%.*s%s]",
        name, qd_watermark_keys[which], QD_SLICE_ARG(mark->text), required, (int)most.size, most.data, unit,
        space, (int)left.size, left.data, unit);
    qd_buffer_deinit(&most);
    qd_buffer_deinit(&left);
    return reason;
}

/* Tells the manager when the state says something else. */
static void tell_room(struct qd_disk_monitor *monitor)
{
    static const char *const names[] = { "free", "low", "high" };
    const struct qd_cluster_state *state = qd_cluster_service_state(monitor->coordinator->cluster);
    struct qd_slice id = monitor->coordinator->local_node->id;
    struct qd_command_request request = { .priority = QD_PRIORITY_HIGH, .source = QD_SLICE("disk room"),
                                          .done = told, .context = monitor };
    struct qd_buffer command = { 0 };
    struct qd_json_writer writer = { .out = &command };
    if (monitor->stopped || monitor->telling || !monitor->known) return;
    enum qd_disk_room room = room_now(monitor);
    size_t at = 0;
    while (at < state->node_count && !qd_slice_equal(state->nodes[at].id, id)) at++;
    if (at == state->node_count || state->nodes[at].room == room) return;
    qd_json_begin_object(&writer);
    qd_json_member_text(&writer, "type", "node_room");
    qd_json_member_string(&writer, "node", id);
    qd_json_member_text(&writer, "room", names[room]);
    if (room != QD_DISK_ROOM_FREE) {
        struct qd_arena *arena = qd_arena_create(0);
        size_t which = room == QD_DISK_ROOM_HIGH ? QD_WATERMARK_HIGH : QD_WATERMARK_LOW;
        qd_json_member_string(&writer, "reason", room_reason(monitor, which, arena));
        qd_arena_destroy(arena);
    }
    qd_json_end_object(&writer);
    monitor->telling = true;
    qd_cluster_service_submit(monitor->coordinator->cluster, &request, &command);
}

/* Other watermarks or a node that has joined: the last answer is judged anew. */
static void state_changed(void *context, const struct qd_cluster_state *old, struct qd_cluster_state *state)
{
    (void)old;
    (void)state;
    tell_room(context);
}

static void judge(struct qd_disk_monitor *monitor)
{
    struct qd_watermark marks[QD_WATERMARK_COUNT];
    tell_room(monitor);
    if (!qd_cluster_setting_bool(monitor->coordinator, ENABLED, true)) return;
    if (!watermarks_now(monitor, marks)) return;
    if (qd_watermark_passed(&marks[QD_WATERMARK_FLOOD_STAGE], monitor->total, monitor->available)) {
        submit(monitor, true);
    } else if (!qd_watermark_passed(&marks[QD_WATERMARK_HIGH], monitor->total, monitor->available)) {
        submit(monitor, false);
    }
}

static void ask(void *context)
{
    struct qd_disk_monitor *monitor = context;
    struct qd_env *env = monitor->coordinator->env;
    monitor->known = env->disk->space(env, &monitor->total, &monitor->available, NULL) == QD_OK;
}

static void answered(void *context)
{
    struct qd_disk_monitor *monitor = context;
    monitor->asking = false;
    if (monitor->known && !monitor->stopped) judge(monitor);
    look_again(monitor);
}

static void look(void *context)
{
    struct qd_disk_monitor *monitor = context;
    struct qd_env *env = monitor->coordinator->env;
    monitor->timer = NULL;
    monitor->asking = true;
    env->work->submit(env, QD_WORK_MANAGEMENT, NULL, ask, answered, monitor);
}

struct qd_disk_monitor *qd_disk_monitor_create(struct qd_coordinator *coordinator)
{
    struct qd_disk_monitor *monitor = calloc(1, sizeof(*monitor));
    qd_assert(monitor != NULL);
    monitor->coordinator = coordinator;
    qd_cluster_service_add_applier(coordinator->cluster, state_changed, monitor);
    look(monitor);
    return monitor;
}

bool qd_disk_monitor_stop(struct qd_disk_monitor *monitor)
{
    struct qd_env *env = monitor->coordinator->env;
    monitor->stopped = true;
    if (monitor->timer != NULL) env->clock->timer_stop(env, monitor->timer);
    monitor->timer = NULL;
    return !monitor->asking;
}

void qd_disk_monitor_destroy(struct qd_disk_monitor *monitor)
{
    free(monitor);
}
