#include "data/report_messages.h"

static enum qd_status malformed(struct qd_error *error)
{
    return qd_error_set(error, QD_ILLEGAL_STATE, "malformed message between nodes");
}

/* A count of things that take at least `size` bytes each; a count that cannot be true is not believed. */
static size_t read_count(struct qd_reader *reader, size_t size)
{
    uint64_t count = qd_reader_varint(reader);
    if (count > qd_reader_left(reader) / size) {
        reader->failed = true;
        return 0;
    }
    return (size_t)count;
}

static uint32_t read_u32(struct qd_reader *reader)
{
    uint64_t value = qd_reader_varint(reader);
    if (value > UINT32_MAX) reader->failed = true;
    return reader->failed ? 0 : (uint32_t)value;
}

static bool read_bool(struct qd_reader *reader)
{
    return qd_reader_byte(reader) != 0;
}

/* ---- request ---- */

static void write_texts(const struct qd_slice *texts, size_t count, struct qd_buffer *buffer)
{
    qd_buffer_varint(buffer, count);
    for (size_t i = 0; i < count; i++) qd_buffer_sized(buffer, texts[i]);
}

static size_t read_texts(struct qd_reader *reader, struct qd_arena *arena, const struct qd_slice **texts)
{
    size_t count = read_count(reader, 1);
    struct qd_slice *list = QD_NEW_ARRAY(arena, struct qd_slice, count);
    for (size_t i = 0; i < count; i++) list[i] = qd_reader_sized(reader);
    *texts = list;
    return count;
}

void qd_report_message_write(const struct qd_report_message *message, struct qd_buffer *buffer)
{
    qd_buffer_byte(buffer, (uint8_t)message->parts);
    write_texts(message->indices, message->index_count, buffer);
    write_texts(message->groups, message->group_count, buffer);
    write_texts(message->fields, message->field_count, buffer);
}

enum qd_status qd_report_message_read(struct qd_slice bytes, struct qd_arena *arena,
                                      struct qd_report_message *message, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    message->parts = qd_reader_byte(&reader);
    if ((message->parts & ~QD_REPORT_PARTS_ALL) != 0) reader.failed = true;
    message->index_count = read_texts(&reader, arena, &message->indices);
    message->group_count = read_texts(&reader, arena, &message->groups);
    message->field_count = read_texts(&reader, arena, &message->fields);
    return reader.failed ? malformed(error) : QD_OK;
}

/* ---- parts of an answer ---- */

static void write_stats(const struct qd_stats *stats, struct qd_buffer *buffer)
{
    qd_buffer_varint(buffer, QD_STAT_COUNT);
    for (size_t i = 0; i < QD_STAT_COUNT; i++) qd_buffer_zigzag(buffer, stats->value[i]);
}

static const struct qd_stats *read_stats(struct qd_reader *reader, struct qd_arena *arena)
{
    struct qd_stats *stats = QD_NEW(arena, struct qd_stats);
    if (qd_reader_varint(reader) != QD_STAT_COUNT) reader->failed = true;
    for (size_t i = 0; i < QD_STAT_COUNT; i++) stats->value[i] = qd_reader_zigzag(reader);
    return stats;
}

static void write_groups(const struct qd_shard_report *report, struct qd_buffer *buffer)
{
    qd_buffer_varint(buffer, report->group_count);
    for (size_t i = 0; i < report->group_count; i++) {
        const struct qd_search_counters *counters = &report->groups[i].counters;
        qd_buffer_sized(buffer, report->groups[i].name);
        qd_buffer_varint(buffer, counters->query_total);
        qd_buffer_varint(buffer, counters->query_ns);
        qd_buffer_varint(buffer, counters->query_failed);
        qd_buffer_varint(buffer, counters->fetch_total);
        qd_buffer_varint(buffer, counters->fetch_ns);
    }
}

static void read_groups(struct qd_reader *reader, struct qd_arena *arena, struct qd_shard_report *report)
{
    size_t count = read_count(reader, 6);
    struct qd_report_group *list = QD_NEW_ARRAY(arena, struct qd_report_group, count);
    for (size_t i = 0; i < count; i++) {
        list[i].name = qd_reader_sized(reader);
        list[i].counters.query_total = qd_reader_varint(reader);
        list[i].counters.query_ns = qd_reader_varint(reader);
        list[i].counters.query_failed = qd_reader_varint(reader);
        list[i].counters.fetch_total = qd_reader_varint(reader);
        list[i].counters.fetch_ns = qd_reader_varint(reader);
    }
    report->groups = list;
    report->group_count = count;
}

static void write_commit(const struct qd_report_commit *commit, struct qd_buffer *buffer)
{
    qd_buffer_sized(buffer, commit->id);
    qd_buffer_sized(buffer, commit->history_uuid);
    qd_buffer_varint(buffer, commit->generation);
    qd_buffer_varint(buffer, commit->docs);
    qd_buffer_zigzag(buffer, commit->commit_max_seq_no);
    qd_buffer_zigzag(buffer, commit->commit_local_checkpoint);
    qd_buffer_zigzag(buffer, commit->max_seq_no);
    qd_buffer_zigzag(buffer, commit->local_checkpoint);
}

static const struct qd_report_commit *read_commit(struct qd_reader *reader, struct qd_arena *arena)
{
    struct qd_report_commit *commit = QD_NEW(arena, struct qd_report_commit);
    commit->id = qd_reader_sized(reader);
    commit->history_uuid = qd_reader_sized(reader);
    commit->generation = qd_reader_varint(reader);
    commit->docs = qd_reader_varint(reader);
    commit->commit_max_seq_no = qd_reader_zigzag(reader);
    commit->commit_local_checkpoint = qd_reader_zigzag(reader);
    commit->max_seq_no = qd_reader_zigzag(reader);
    commit->local_checkpoint = qd_reader_zigzag(reader);
    return commit;
}

static void write_segments(const struct qd_report_segments *segments, struct qd_buffer *buffer)
{
    qd_buffer_byte(buffer, segments->best_compression ? 1 : 0);
    qd_buffer_varint(buffer, segments->count);
    for (size_t i = 0; i < segments->count; i++) {
        const struct qd_report_segment *segment = &segments->list[i];
        qd_buffer_varint(buffer, segment->generation);
        qd_buffer_varint(buffer, segment->size);
        qd_buffer_varint(buffer, segment->docs);
        qd_buffer_varint(buffer, segment->live);
        qd_buffer_byte(buffer, segment->committed ? 1 : 0);
    }
}

static const struct qd_report_segments *read_segments(struct qd_reader *reader, struct qd_arena *arena)
{
    struct qd_report_segments *segments = QD_NEW(arena, struct qd_report_segments);
    segments->best_compression = read_bool(reader);
    segments->count = read_count(reader, 5);
    struct qd_report_segment *list = QD_NEW_ARRAY(arena, struct qd_report_segment, segments->count);
    for (size_t i = 0; i < segments->count; i++) {
        list[i].generation = qd_reader_varint(reader);
        list[i].size = qd_reader_varint(reader);
        list[i].docs = read_u32(reader);
        list[i].live = read_u32(reader);
        list[i].committed = read_bool(reader);
        if (list[i].live > list[i].docs) reader->failed = true;
    }
    segments->list = list;
    return segments;
}

static void write_recovery(const struct qd_report_recovery *recovery, struct qd_buffer *buffer)
{
    qd_buffer_byte(buffer, recovery->existing ? 1 : 0);
    qd_buffer_zigzag(buffer, recovery->start_ms);
    qd_buffer_zigzag(buffer, recovery->stop_ms);
    qd_buffer_zigzag(buffer, recovery->time_ms);
    qd_buffer_varint(buffer, recovery->bytes);
    qd_buffer_varint(buffer, recovery->operations);
    qd_buffer_varint(buffer, recovery->index_ns);
    qd_buffer_varint(buffer, recovery->translog_ns);
    qd_buffer_varint(buffer, recovery->file_count);
    for (size_t i = 0; i < recovery->file_count; i++) {
        qd_buffer_varint(buffer, recovery->files[i].generation);
        qd_buffer_varint(buffer, recovery->files[i].size);
    }
}

static const struct qd_report_recovery *read_recovery(struct qd_reader *reader, struct qd_arena *arena)
{
    struct qd_report_recovery *recovery = QD_NEW(arena, struct qd_report_recovery);
    recovery->existing = read_bool(reader);
    recovery->start_ms = qd_reader_zigzag(reader);
    recovery->stop_ms = qd_reader_zigzag(reader);
    recovery->time_ms = qd_reader_zigzag(reader);
    recovery->bytes = qd_reader_varint(reader);
    recovery->operations = qd_reader_varint(reader);
    recovery->index_ns = qd_reader_varint(reader);
    recovery->translog_ns = qd_reader_varint(reader);
    recovery->file_count = read_count(reader, 2);
    struct qd_report_file *files = QD_NEW_ARRAY(arena, struct qd_report_file, recovery->file_count);
    for (size_t i = 0; i < recovery->file_count; i++) {
        files[i].generation = qd_reader_varint(reader);
        files[i].size = qd_reader_varint(reader);
    }
    recovery->files = files;
    return recovery;
}

static void write_fields(const struct qd_shard_report *report, struct qd_buffer *buffer)
{
    qd_buffer_varint(buffer, report->field_count);
    for (size_t i = 0; i < report->field_count; i++) {
        qd_buffer_sized(buffer, report->fields[i].name);
        qd_buffer_zigzag(buffer, report->fields[i].bytes);
    }
}

static void read_fields(struct qd_reader *reader, struct qd_arena *arena, struct qd_shard_report *report)
{
    size_t count = read_count(reader, 2);
    struct qd_report_field *list = QD_NEW_ARRAY(arena, struct qd_report_field, count);
    for (size_t i = 0; i < count; i++) {
        list[i].name = qd_reader_sized(reader);
        list[i].bytes = qd_reader_zigzag(reader);
    }
    report->fields = list;
    report->field_count = count;
}

/* ---- answer ---- */

enum { PRIMARY = 1, INDEX_CLOSED = 2, STARTED = 4, OPEN = 8 };

static unsigned parts_of(const struct qd_shard_report *report)
{
    return (report->stats != NULL ? QD_REPORT_STATS : 0u) |
           (report->group_count > 0 ? QD_REPORT_GROUPS : 0u) |
           (report->commit != NULL ? QD_REPORT_COMMIT : 0u) |
           (report->segments != NULL ? QD_REPORT_SEGMENTS : 0u) |
           (report->recovery != NULL ? QD_REPORT_RECOVERY : 0u) |
           (report->field_count > 0 ? QD_REPORT_FIELDDATA : 0u);
}

static void write_report(const struct qd_shard_report *report, struct qd_buffer *buffer)
{
    unsigned parts = parts_of(report);
    unsigned flags = (report->primary ? PRIMARY : 0u) | (report->index_closed ? INDEX_CLOSED : 0u) |
                     (report->started ? STARTED : 0u) | (report->open ? OPEN : 0u);
    qd_buffer_sized(buffer, report->index_uuid);
    qd_buffer_sized(buffer, report->index_name);
    qd_buffer_sized(buffer, report->allocation_id);
    qd_buffer_sized(buffer, report->path);
    qd_buffer_sized(buffer, report->data_path);
    qd_buffer_varint(buffer, report->number);
    qd_buffer_byte(buffer, (uint8_t)flags);
    qd_buffer_zigzag(buffer, report->primary_term);
    qd_buffer_byte(buffer, (uint8_t)parts);
    if (report->stats != NULL) write_stats(report->stats, buffer);
    if (report->group_count > 0) write_groups(report, buffer);
    if (report->commit != NULL) write_commit(report->commit, buffer);
    if (report->segments != NULL) write_segments(report->segments, buffer);
    if (report->recovery != NULL) write_recovery(report->recovery, buffer);
    if (report->field_count > 0) write_fields(report, buffer);
}

static void read_report(struct qd_reader *reader, struct qd_arena *arena, struct qd_shard_report *report)
{
    report->index_uuid = qd_reader_sized(reader);
    report->index_name = qd_reader_sized(reader);
    report->allocation_id = qd_reader_sized(reader);
    report->path = qd_reader_sized(reader);
    report->data_path = qd_reader_sized(reader);
    report->number = read_u32(reader);
    unsigned flags = qd_reader_byte(reader);
    report->primary = (flags & PRIMARY) != 0;
    report->index_closed = (flags & INDEX_CLOSED) != 0;
    report->started = (flags & STARTED) != 0;
    report->open = (flags & OPEN) != 0;
    report->primary_term = qd_reader_zigzag(reader);
    unsigned parts = qd_reader_byte(reader);
    if ((parts & ~QD_REPORT_PARTS_ALL) != 0) reader->failed = true;
    if (reader->failed) return;
    if ((parts & QD_REPORT_STATS) != 0) report->stats = read_stats(reader, arena);
    if ((parts & QD_REPORT_GROUPS) != 0) read_groups(reader, arena, report);
    if ((parts & QD_REPORT_COMMIT) != 0) report->commit = read_commit(reader, arena);
    if ((parts & QD_REPORT_SEGMENTS) != 0) report->segments = read_segments(reader, arena);
    if ((parts & QD_REPORT_RECOVERY) != 0) report->recovery = read_recovery(reader, arena);
    if ((parts & QD_REPORT_FIELDDATA) != 0) read_fields(reader, arena, report);
}

void qd_reports_write(const struct qd_shard_report *reports, size_t count, struct qd_buffer *buffer)
{
    qd_buffer_varint(buffer, count);
    for (size_t i = 0; i < count; i++) write_report(&reports[i], buffer);
}

enum qd_status qd_reports_read(struct qd_slice bytes, struct qd_arena *arena,
                                     struct qd_shard_report **reports, size_t *count, struct qd_error *error)
{
    struct qd_reader reader = qd_reader_make(bytes);
    *count = read_count(&reader, 9);
    *reports = QD_NEW_ARRAY(arena, struct qd_shard_report, *count);
    for (size_t i = 0; i < *count && !reader.failed; i++) read_report(&reader, arena, &(*reports)[i]);
    return reader.failed ? malformed(error) : QD_OK;
}
