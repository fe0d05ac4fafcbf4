/* Reading translog files: one file's longest valid prefix, and the chain of files after a commit. */
#include <string.h>

#include "base/checksum.h"
#include "index/translog.h"
#include "platform/new_file.h"

#define CRC32C_POLYNOMIAL 0x82f63b78u
/* Longer records are not tried: among so many bits a torn one would be a bit away by chance too often. */
#define BIT_ROT_SIZE_MAX ((uint32_t)1 << 18)
/* Size of the largest file that is read; a generation is rolled long before. */
#define FILE_SIZE_MAX ((uint64_t)1 << 36)

bool qd_translog_parse_header(const struct qd_translog_file *file, struct qd_translog_previous *previous)
{
    if (file->bytes.size < QD_TRANSLOG_HEADER_SIZE) return false;
    struct qd_reader reader = qd_reader_make(qd_slice_sub(file->bytes, 0, QD_TRANSLOG_HEADER_SIZE));
    bool good = qd_reader_u64(&reader) == QD_TRANSLOG_MAGIC && qd_reader_u32(&reader) == QD_TRANSLOG_VERSION;
    struct qd_slice uuid = qd_reader_bytes(&reader, QD_TRANSLOG_UUID_SIZE);
    good = good && qd_slice_equal(uuid, qd_slice_make(file->uuid, QD_TRANSLOG_UUID_SIZE));
    good = qd_reader_u64(&reader) == file->generation && good;
    previous->generation = qd_reader_u64(&reader);
    previous->size = qd_reader_u64(&reader);
    uint32_t checksum = qd_reader_u32(&reader);
    if (qd_crc32c(file->bytes.data, QD_TRANSLOG_HEADER_SIZE - sizeof(checksum)) != checksum) return false;
    return good && previous->generation < file->generation;
}

/* ---- records ---- */

static bool checks_are_off(const struct qd_translog_file *file)
{
    if (file->env == NULL) return false;
    return qd_planted(file->env, "torn_tail_accepted") || qd_planted(file->env, "skip_checksum_check");
}

/* The record at an offset, when its sizes fit and its checksum is right. */
static bool read_record(const struct qd_translog_file *file, uint64_t offset, struct qd_slice *payload)
{
    uint64_t left = file->bytes.size - offset;
    if (left < QD_TRANSLOG_RECORD_HEADER) return false;
    struct qd_reader reader = qd_reader_make(qd_slice_from(file->bytes, (size_t)offset));
    uint32_t size = qd_reader_u32(&reader);
    uint32_t checksum = qd_reader_u32(&reader);
    if (size == 0 || size > left - QD_TRANSLOG_RECORD_HEADER) return false;
    *payload = qd_reader_bytes(&reader, size);
    if (checks_are_off(file)) return true;
    return qd_translog_checksum(file->generation, offset, *payload) == checksum;
}

/* True when flipping one bit of the stored checksum or of the payload makes both agree. A flip `n` bits
 * before the end of the payload changes a checksum by a pattern that depends on n alone, so that one pass
 * tries all of them. */
static bool one_bit_off(uint32_t computed, uint32_t stored, uint64_t payload_size)
{
    uint32_t difference = computed ^ stored;
    if ((difference & (difference - 1)) == 0) return true;
    uint32_t pattern = CRC32C_POLYNOMIAL;
    for (uint64_t bit = 0; bit < payload_size * 8; bit++) {
        if (pattern == difference) return true;
        pattern = (pattern >> 1) ^ (CRC32C_POLYNOMIAL & (0 - (pattern & 1)));
    }
    return false;
}

/* Tells bit rot from a torn write: a torn or never written record is not one bit away from a right one. */
static bool is_bit_rot(const struct qd_translog_file *file, uint64_t offset)
{
    uint64_t left = file->bytes.size - offset;
    if (left < QD_TRANSLOG_RECORD_HEADER + 1) return false;
    struct qd_reader reader = qd_reader_make(qd_slice_from(file->bytes, (size_t)offset));
    uint32_t size = qd_reader_u32(&reader);
    uint32_t checksum = qd_reader_u32(&reader);
    struct qd_slice rest = qd_slice_from(file->bytes, (size_t)offset + QD_TRANSLOG_RECORD_HEADER);
    if (size > 0 && size <= rest.size && size <= BIT_ROT_SIZE_MAX) {
        struct qd_slice payload = qd_slice_sub(rest, 0, size);
        if (one_bit_off(qd_translog_checksum(file->generation, offset, payload), checksum, size)) return true;
    }
    for (int bit = 0; bit < 32; bit++) {
        uint32_t other = size ^ ((uint32_t)1 << bit);
        if (other == 0 || other > rest.size) continue;
        struct qd_slice payload = qd_slice_sub(rest, 0, other);
        if (qd_translog_checksum(file->generation, offset, payload) == checksum) return true;
    }
    return false;
}

static bool parse_marker(struct qd_slice payload, uint64_t *synced)
{
    struct qd_reader reader = qd_reader_make(payload);
    if (payload.size != QD_TRANSLOG_MARKER_SIZE) return false;
    if (qd_reader_byte(&reader) != QD_TRANSLOG_MARKER) return false;
    if (qd_reader_u64(&reader) != QD_TRANSLOG_MARKER_MAGIC) return false;
    *synced = qd_reader_u64(&reader);
    return true;
}

/* The largest size that markers behind `offset` prove to have been synced. */
static uint64_t proven_by_markers(const struct qd_translog_file *file, uint64_t offset)
{
    uint64_t proven = 0;
    uint8_t head[4];
    uint32_t size = QD_TRANSLOG_MARKER_SIZE;
    memcpy(head, &size, sizeof(head));
    uint64_t whole = QD_TRANSLOG_RECORD_HEADER + QD_TRANSLOG_MARKER_SIZE;
    for (uint64_t at = offset; at + whole <= file->bytes.size; at++) {
        struct qd_slice payload;
        uint64_t synced;
        if (memcmp(file->bytes.data + at, head, sizeof(head)) != 0) continue;
        if (!read_record(file, at, &payload) || !parse_marker(payload, &synced)) continue;
        if (synced <= at && synced > proven) proven = synced;
    }
    return proven;
}

static enum qd_status corrupted(const struct qd_translog_file *file, uint64_t offset, const char *what,
                                struct qd_error *error)
{
    return qd_error_set(error, QD_TRANSLOG_CORRUPTED, "translog [%.*s] is corrupted at offset [%llu]: %s",
                        QD_SLICE_ARG(file->name), (unsigned long long)offset, what);
}

static bool parse_operation(struct qd_slice payload, struct qd_translog_operation *operation)
{
    struct qd_reader reader = qd_reader_make(payload);
    unsigned kind = qd_reader_byte(&reader);
    *operation = (struct qd_translog_operation){ .kind = (enum qd_translog_kind)kind };
    operation->seq_no = qd_reader_zigzag(&reader);
    operation->primary_term = qd_reader_zigzag(&reader);
    operation->version = qd_reader_zigzag(&reader);
    operation->id = qd_reader_sized(&reader);
    unsigned routing = qd_reader_byte(&reader);
    if (routing != 0) operation->routing = qd_reader_sized(&reader);
    if (kind == QD_TRANSLOG_INDEX) operation->source = qd_reader_sized(&reader);
    bool known = kind >= QD_TRANSLOG_INDEX && kind <= QD_TRANSLOG_NOOP;
    return known && routing <= 1 && operation->seq_no >= 0 && !reader.failed && qd_reader_left(&reader) == 0;
}

/* A record that is not readable: the torn tail of a crash, or damage. */
static enum qd_status judge_tail(const struct qd_translog_file *file, uint64_t offset, struct qd_error *error)
{
    if (offset < file->proven) return corrupted(file, offset, "synced operations are damaged", error);
    if (offset == file->bytes.size) return QD_OK;
    if (is_bit_rot(file, offset)) return corrupted(file, offset, "a bit has changed", error);
    if (proven_by_markers(file, offset) > offset) {
        return corrupted(file, offset, "operations before the last sync are damaged", error);
    }
    return QD_OK;
}

enum qd_status qd_translog_parse(const struct qd_translog_file *file,
                                 const struct qd_translog_visitor *visitor,
                                 uint64_t *valid, uint64_t *operations, struct qd_error *error)
{
    uint64_t offset = QD_TRANSLOG_HEADER_SIZE;
    *operations = 0;
    if (file->bytes.size < offset) return corrupted(file, 0, "the file is shorter than its header", error);
    struct qd_slice payload;
    while (offset < file->bytes.size && read_record(file, offset, &payload)) {
        uint64_t synced;
        struct qd_translog_operation operation;
        if (!parse_marker(payload, &synced)) {
            if (!parse_operation(payload, &operation)) {
                return corrupted(file, offset, "an operation with a right checksum cannot be read", error);
            }
            QD_TRY(visitor->visit(visitor->context, &operation, error));
            ++*operations;
        }
        offset += QD_TRANSLOG_RECORD_HEADER + payload.size;
    }
    QD_TRY(judge_tail(file, offset, error));
    *valid = offset;
    return QD_OK;
}

/* ---- the chain ---- */

/* One file of the chain, newest first while it is built. */
struct link {
    uint64_t generation;
    uint64_t proven;     /* what the next header says of it; 0 for the newest */
    struct link *newer;
};

struct replay {
    const struct qd_translog *translog;
    struct qd_arena *arena;
    struct qd_translog_recovered *recovered;
};

/* Reads a file into a heap buffer: a whole one, or its header alone. */
static enum qd_status read_file(const struct replay *replay, uint64_t generation, bool header_only,
                                struct qd_buffer *bytes, struct qd_error *error)
{
    struct qd_env *env = replay->translog->env;
    struct qd_slice path = qd_translog_path(replay->arena, replay->translog->path, generation);
    struct qd_file *file;
    uint64_t size = 0;
    size_t got = 0;
    QD_TRY(env->disk->open(env, path, QD_FILE_READ, &file, error));
    enum qd_status status = env->disk->size(env, file, &size, error);
    if (status == QD_OK && size > FILE_SIZE_MAX) {
        status =
            qd_error_set(error, QD_TRANSLOG_CORRUPTED, "translog [%.*s] is too large", QD_SLICE_ARG(path));
    }
    if (header_only && size > QD_TRANSLOG_HEADER_SIZE) size = QD_TRANSLOG_HEADER_SIZE;
    bytes->size = 0;
    if (status == QD_OK) {
        char *to = qd_buffer_reserve(bytes, (size_t)size + 1);
        status = env->disk->read(env, file, 0, to, (size_t)size, &got, error);
        bytes->size = got;
    }
    env->disk->close(env, file);
    return status;
}

static enum qd_status file_size(const struct replay *replay, uint64_t generation, uint64_t *size,
                                struct qd_error *error)
{
    struct qd_env *env = replay->translog->env;
    struct qd_slice path = qd_translog_path(replay->arena, replay->translog->path, generation);
    struct qd_file *file;
    QD_TRY(env->disk->open(env, path, QD_FILE_READ, &file, error));
    enum qd_status status = env->disk->size(env, file, size, error);
    env->disk->close(env, file);
    return status;
}

static struct qd_translog_file describe(const struct replay *replay, uint64_t generation,
                                        struct qd_slice bytes)
{
    return (struct qd_translog_file){ .name = qd_translog_path(replay->arena, replay->translog->path,
                                                               generation),
                                      .bytes = bytes,
                                      .uuid = replay->translog->uuid,
                                      .generation = generation,
                                      .env = replay->translog->env };
}

/* The newest generation with a whole header. One without is the rest of an interrupted start of a generation,
 * as long as nothing follows the header: operations are only written behind a durable one. */
static enum qd_status find_newest(const struct replay *replay, const uint64_t *generations, size_t count,
                                  struct link **newest, struct qd_translog_previous *previous,
                                      struct qd_error *error)
{
    struct qd_buffer bytes = { 0 };
    enum qd_status status = QD_OK;
    *newest = NULL;
    for (size_t i = count; i > 0 && *newest == NULL && status == QD_OK; i--) {
        uint64_t size = 0;
        status = read_file(replay, generations[i - 1], true, &bytes, error);
        if (status == QD_OK) status = file_size(replay, generations[i - 1], &size, error);
        if (status != QD_OK) break;
        struct qd_translog_file file = describe(replay, generations[i - 1], qd_buffer_view(&bytes));
        if (qd_translog_parse_header(&file, previous)) {
            *newest = QD_NEW(replay->arena, struct link);
            (*newest)->generation = generations[i - 1];
        } else if (size > QD_TRANSLOG_HEADER_SIZE) {
            status = corrupted(&file, 0, "the header is damaged", error);
        }
    }
    qd_buffer_deinit(&bytes);
    return status;
}

static enum qd_status list_generations(const struct replay *replay, uint64_t **generations, size_t *count,
                                       struct qd_error *error)
{
    struct qd_env *env = replay->translog->env;
    struct qd_slice *names;
    size_t name_count;
    QD_TRY(env->disk->list(env, replay->translog->path, replay->arena, &names, &name_count, error));
    *generations = QD_NEW_ARRAY(replay->arena, uint64_t, name_count);
    *count = 0;
    for (size_t i = 0; i < name_count; i++) {
        uint64_t generation = qd_translog_generation_of(names[i]);
        if (generation == 0) continue;
        /* Names are sorted as text; insertion keeps the few numbers in order. */
        size_t at = (*count)++;
        for (; at > 0 && (*generations)[at - 1] > generation; at--) {
            (*generations)[at] = (*generations)[at - 1];
        }
        (*generations)[at] = generation;
    }
    return QD_OK;
}

static bool is_listed(const uint64_t *generations, size_t count, uint64_t generation)
{
    for (size_t i = 0; i < count; i++) {
        if (generations[i] == generation) return true;
    }
    return false;
}

/* Follows the headers back from the newest file to `from`. Result: the oldest link. */
static enum qd_status build_chain(const struct replay *replay, uint64_t from, struct link **oldest,
                                  struct qd_error *error)
{
    uint64_t *generations;
    size_t count;
    struct qd_translog_previous previous = { 0, 0 };
    QD_TRY(list_generations(replay, &generations, &count, error));
    replay->recovered->highest_file = count == 0 ? 0 : generations[count - 1];
    QD_TRY(find_newest(replay, generations, count, oldest, &previous, error));
    if (*oldest == NULL || (*oldest)->generation < from) {
        return qd_error_set(error, QD_TRANSLOG_CORRUPTED, "translog generation [%llu] is missing",
                            (unsigned long long)from);
    }
    struct qd_buffer bytes = { 0 };
    enum qd_status status = QD_OK;
    while (status == QD_OK && (*oldest)->generation > from) {
        if (previous.generation < from || !is_listed(generations, count, previous.generation)) {
            status = qd_error_set(error, QD_TRANSLOG_CORRUPTED, "translog generation [%llu] is missing",
                                  (unsigned long long)(previous.generation < from ? from
                                                       : previous.generation));
            break;
        }
        struct link *link = QD_NEW(replay->arena, struct link);
        *link = (struct link){ previous.generation, previous.size, *oldest };
        status = read_file(replay, link->generation, true, &bytes, error);
        if (status != QD_OK) break;
        struct qd_translog_file file = describe(replay, link->generation, qd_buffer_view(&bytes));
        if (!qd_translog_parse_header(&file, &previous)) {
            status = corrupted(&file, 0, "the header is damaged", error);
        }
        *oldest = link;
    }
    qd_buffer_deinit(&bytes);
    return status;
}

/* What is taken from the newest file may never have been synced: a crash of the process alone leaves it in
 * the system's cache. When a sync has failed, another one of the same file may report success and have
 * written nothing, so that the bytes go to a new file. */
static enum qd_status make_durable(const struct replay *replay, struct qd_slice bytes, struct qd_error *error)
{
    struct qd_slice directory = replay->translog->path;
    struct qd_new_file file = {
        .path = qd_translog_path(replay->arena, directory, replay->recovered->last_generation),
        .bytes = bytes
    };
    /* The shard does not open after a failure, so that nobody asks what is known then. */
    bool unknown = false;
    return qd_new_file_replace(replay->translog->env, &file, &unknown, error);
}

static enum qd_status replay_link(const struct replay *replay, const struct link *link,
                                  const struct qd_translog_visitor *visitor, struct qd_buffer *bytes,
                                  struct qd_error *error)
{
    QD_TRY(read_file(replay, link->generation, false, bytes, error));
    struct qd_translog_file file = describe(replay, link->generation, qd_buffer_view(bytes));
    file.proven = link->proven;
    struct qd_translog_previous previous;
    if (!qd_translog_parse_header(&file, &previous)) {
        return corrupted(&file, 0, "the header is damaged", error);
    }
    uint64_t valid;
    uint64_t operations;
    QD_TRY(qd_translog_parse(&file, visitor, &valid, &operations, error));
    replay->recovered->operations += operations;
    replay->recovered->bytes += valid;
    replay->recovered->last_generation = link->generation;
    replay->recovered->last_size = valid;
    return QD_OK;
}

enum qd_status qd_translog_replay(const struct qd_translog *translog, uint64_t from,
                                  const struct qd_translog_visitor *visitor,
                                      struct qd_translog_recovered *recovered,
                                  struct qd_error *error)
{
    *recovered = (struct qd_translog_recovered){ 0 };
    struct qd_arena *arena = qd_arena_create(4096);
    struct replay replay = { translog, arena, recovered };
    struct qd_buffer bytes = { 0 };
    struct link *link = NULL;
    enum qd_status status = build_chain(&replay, from, &link, error);
    for (; status == QD_OK && link != NULL; link = link->newer) {
        if (qd_planted(translog->env, "replay_from_wrong_generation") && link->newer != NULL) continue;
        status = replay_link(&replay, link, visitor, &bytes, error);
    }
    if (status == QD_OK) {
        struct qd_slice valid = qd_slice_sub(qd_buffer_view(&bytes), 0, recovered->last_size);
        status = make_durable(&replay, valid, error);
    }
    qd_buffer_deinit(&bytes);
    qd_arena_destroy(arena);
    return status;
}
