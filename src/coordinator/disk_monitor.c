#include "coordinator/disk_monitor.h"

#include <stdlib.h>

#include "base/assert.h"
#include "coordinator/cluster_service.h"
#include "coordinator/cluster_settings.h"
#include "coordinator/disk_watermarks.h"

#define INTERVAL_DEFAULT_MS 30000
#define BLOCK "index.blocks.read_only_allow_delete"

struct qd_disk_monitor {
    struct qd_coordinator *coordinator;
    struct qd_timer *timer;      /* until the next look; NULL while one is under way */
    bool asking;                 /* a work item asks for the room */
    bool stopped;                /* no further look */
    bool known;                  /* the last question was answered */
    uint64_t total, available;   /* bytes, of the last answer */
};

static void look(void *context);

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

static void judge(struct qd_disk_monitor *monitor)
{
    struct qd_watermark marks[QD_WATERMARK_COUNT];
    const char *enabled = "cluster.routing.allocation.disk.threshold_enabled";
    if (!qd_cluster_setting_bool(monitor->coordinator, enabled, true)) return;
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
