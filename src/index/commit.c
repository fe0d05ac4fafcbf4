#include "index/commit.h"

#include <string.h>

#include "base/assert.h"
#include "base/bitset.h"
#include "base/buffer.h"
#include "base/checksum.h"
#include "base/number.h"
#include "platform/new_file.h"

#define COMMIT_MAGIC 0x54494d4d4f434451u
#define LIVE_MAGIC 0x534556494c4f4451u
#define FORMAT_VERSION 1
#define SEGMENT_BYTES 36
#define COMMIT_SIZE_MAX ((uint64_t)1 << 26)

struct qd_slice qd_commit_path(struct qd_arena *arena, struct qd_slice directory, uint64_t generation)
{
    return qd_arena_format(arena, "%.*s/commit-%llu", QD_SLICE_ARG(directory),
                           (unsigned long long)generation);
}

struct qd_slice qd_segment_path(struct qd_arena *arena, struct qd_slice directory, uint64_t generation)
{
    return qd_arena_format(arena, "%.*s/seg-%llu", QD_SLICE_ARG(directory), (unsigned long long)generation);
}

struct qd_slice qd_live_path(struct qd_arena *arena, struct qd_slice directory, uint64_t generation,
                             uint64_t live_generation)
{
    return qd_arena_format(arena, "%.*s/live-%llu-%llu", QD_SLICE_ARG(directory),
                           (unsigned long long)generation, (unsigned long long)live_generation);
}

bool qd_commit_name_number(struct qd_slice name, const char *prefix, uint64_t *number)
{
    struct qd_slice start = qd_slice_from_string(prefix);
    return qd_slice_starts_with(name, start) && qd_parse_uint64(qd_slice_from(name, start.size), number);
}

uint32_t qd_commit_tail_checksum(struct qd_slice bytes)
{
    size_t size = bytes.size < QD_COMMIT_TAIL ? bytes.size : QD_COMMIT_TAIL;
    return qd_crc32c(bytes.data + (bytes.size - size), size);
}

/* ---- files ---- */
enum qd_status qd_commit_read_file(struct qd_env *env, struct qd_slice path, uint64_t size_max,
                                   struct qd_arena *arena, struct qd_slice *bytes, struct qd_error *error)
{
    struct qd_file *file;
    uint64_t size = 0;
    size_t got = 0;
    QD_TRY(env->disk->open(env, path, QD_FILE_READ, &file, error));
    enum qd_status status = env->disk->size(env, file, &size, error);
    if (status == QD_OK && size > size_max) status = qd_corrupt(error, path, 0, "the file is too large");
    if (status == QD_OK) {
        char *data = qd_arena_alloc(arena, (size_t)size + 1);
        status = env->disk->read(env, file, 0, data, (size_t)size, &got, error);
        *bytes = qd_slice_make(data, got);
    }
    env->disk->close(env, file);
    return status;
}

/* ---- manifests ---- */
static void encode(const struct qd_commit *commit, struct qd_buffer *out)
{
    qd_buffer_u64(out, COMMIT_MAGIC);
    qd_buffer_u32(out, FORMAT_VERSION);
    qd_buffer_u64(out, commit->generation);
    qd_buffer_append(out, commit->id, QD_COMMIT_UUID_SIZE);
    qd_buffer_append(out, commit->history_uuid, QD_COMMIT_UUID_SIZE);
    qd_buffer_u64(out, commit->translog_generation);
    qd_buffer_u64(out, commit->next_segment_generation);
    qd_buffer_u64(out, (uint64_t)commit->max_seq_no);
    qd_buffer_u64(out, (uint64_t)commit->local_checkpoint);
    qd_buffer_u32(out, commit->segment_count);
    for (uint32_t i = 0; i < commit->segment_count; i++) {
        const struct qd_commit_segment *segment = &commit->segments[i];
        qd_buffer_u64(out, segment->generation);
        qd_buffer_u64(out, segment->size);
        qd_buffer_u32(out, segment->tail_checksum);
        qd_buffer_u32(out, segment->doc_count);
        qd_buffer_u32(out, segment->live_count);
        qd_buffer_u64(out, segment->live_generation);
    }
    qd_buffer_u32(out, qd_crc32c(out->data, out->size));
}

enum qd_status qd_commit_write(struct qd_env *env, struct qd_slice directory, const struct qd_commit *commit,
                               bool *unknown, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(1024);
    struct qd_buffer bytes = { 0 };
    encode(commit, &bytes);
    struct qd_new_file file = { .path = qd_commit_path(arena, directory, commit->generation),
                                .bytes = qd_buffer_view(&bytes),
                                .directory_bug = "skip_manifest_directory_sync" };
    enum qd_status status = qd_new_file_replace(env, &file, unknown, error);
    qd_buffer_deinit(&bytes);
    qd_arena_destroy(arena);
    return status;
}

static void read_segments(struct qd_reader *reader, struct qd_arena *arena, struct qd_commit *commit)
{
    struct qd_commit_segment *segments = QD_NEW_ARRAY(arena, struct qd_commit_segment, commit->segment_count);
    for (uint32_t i = 0; i < commit->segment_count; i++) {
        segments[i].generation = qd_reader_u64(reader);
        segments[i].size = qd_reader_u64(reader);
        segments[i].tail_checksum = qd_reader_u32(reader);
        segments[i].doc_count = qd_reader_u32(reader);
        segments[i].live_count = qd_reader_u32(reader);
        segments[i].live_generation = qd_reader_u64(reader);
    }
    commit->segments = segments;
}

enum qd_status qd_commit_parse(struct qd_slice name, struct qd_slice bytes, struct qd_arena *arena,
                               struct qd_commit *commit, struct qd_error *error)
{
    *commit = (struct qd_commit){ 0 };
    if (bytes.size < sizeof(uint32_t)) return qd_corrupt(error, name, 0, "the manifest is too short");
    size_t body = bytes.size - sizeof(uint32_t);
    struct qd_reader tail = qd_reader_make(qd_slice_from(bytes, body));
    if (qd_crc32c(bytes.data, body) != qd_reader_u32(&tail)) {
        return qd_corrupt(error, name, body, "the manifest's checksum is wrong");
    }
    struct qd_reader reader = qd_reader_make(qd_slice_sub(bytes, 0, body));
    if (qd_reader_u64(&reader) != COMMIT_MAGIC) return qd_corrupt(error, name, 0, "this is no manifest");
    if (qd_reader_u32(&reader) != FORMAT_VERSION) {
        return qd_corrupt(error, name, 8, "unknown version of the manifest");
    }
    commit->generation = qd_reader_u64(&reader);
    struct qd_slice id = qd_reader_bytes(&reader, QD_COMMIT_UUID_SIZE);
    struct qd_slice uuid = qd_reader_bytes(&reader, QD_COMMIT_UUID_SIZE);
    if (reader.failed) return qd_corrupt(error, name, 0, "the manifest is too short");
    memcpy(commit->id, id.data, QD_COMMIT_UUID_SIZE);
    memcpy(commit->history_uuid, uuid.data, QD_COMMIT_UUID_SIZE);
    commit->translog_generation = qd_reader_u64(&reader);
    commit->next_segment_generation = qd_reader_u64(&reader);
    commit->max_seq_no = (int64_t)qd_reader_u64(&reader);
    commit->local_checkpoint = (int64_t)qd_reader_u64(&reader);
    commit->segment_count = qd_reader_u32(&reader);
    if (reader.failed || qd_reader_left(&reader) != (uint64_t)commit->segment_count * SEGMENT_BYTES) {
        return qd_corrupt(error, name, 0, "the manifest's size is wrong");
    }
    read_segments(&reader, arena, commit);
    return QD_OK;
}

enum qd_status qd_commit_read_newest(struct qd_env *env, struct qd_slice directory, struct qd_arena *arena,
                                     struct qd_commit *commit, bool *found, struct qd_error *error)
{
    struct qd_slice *names;
    size_t count;
    QD_TRY(env->disk->list(env, directory, arena, &names, &count, error));
    *found = false;
    uint64_t below = UINT64_MAX;
    enum qd_status status = QD_OK;
    for (;;) {
        uint64_t best = 0;
        for (size_t i = 0; i < count; i++) {
            uint64_t number = 0;
            if (qd_commit_name_number(names[i], "commit-", &number) && number < below && number > best) {
                best = number;
            }
        }
        if (best == 0) return status;
        *found = true;
        struct qd_slice bytes;
        struct qd_slice path = qd_commit_path(arena, directory, best);
        QD_TRY(qd_commit_read_file(env, path, COMMIT_SIZE_MAX, arena, &bytes, error));
        status = qd_commit_parse(path, bytes, arena, commit, error);
        if (status == QD_OK && commit->generation != best) {
            status = qd_corrupt(error, path, 0, "the manifest belongs to another generation");
        }
        if (status == QD_OK) return QD_OK;
        below = best;
    }
}

/* ---- live documents ---- */
enum qd_status qd_live_docs_write(struct qd_env *env, struct qd_slice path, const struct qd_live_docs *live,
                                  bool *unknown, struct qd_error *error)
{
    struct qd_buffer bytes = { 0 };
    qd_buffer_u64(&bytes, LIVE_MAGIC);
    qd_buffer_u32(&bytes, FORMAT_VERSION);
    qd_buffer_u32(&bytes, live->doc_count);
    qd_buffer_u32(&bytes, live->live_count);
    size_t words = qd_bitset_word_count(live->doc_count);
    for (size_t i = 0; i < words; i++) qd_buffer_u64(&bytes, live->words[i]);
    qd_buffer_u32(&bytes, qd_crc32c(bytes.data, bytes.size));
    struct qd_new_file file = { .path = path, .bytes = qd_buffer_view(&bytes) };
    enum qd_status status = qd_new_file_write(env, &file, unknown, error);
    qd_buffer_deinit(&bytes);
    return status;
}

static enum qd_status parse_live(struct qd_slice path, struct qd_slice bytes, uint32_t doc_count,
                                 struct qd_arena *arena, struct qd_live_docs **live, struct qd_error *error)
{
    size_t words = qd_bitset_word_count(doc_count);
    size_t body = 20 + words * 8;
    if (bytes.size != body + sizeof(uint32_t)) return qd_corrupt(error, path, 0, "the size is wrong");
    struct qd_reader tail = qd_reader_make(qd_slice_from(bytes, body));
    if (qd_crc32c(bytes.data, body) != qd_reader_u32(&tail)) {
        return qd_corrupt(error, path, body, "checksum is wrong");
    }
    struct qd_reader reader = qd_reader_make(bytes);
    bool good = qd_reader_u64(&reader) == LIVE_MAGIC && qd_reader_u32(&reader) == FORMAT_VERSION;
    good = good && qd_reader_u32(&reader) == doc_count;
    uint32_t live_count = qd_reader_u32(&reader);
    if (!good) return qd_corrupt(error, path, 0, "this is no file of live documents for the segment");
    uint64_t *copy = qd_arena_alloc(arena, (words + 1) * sizeof(*copy));
    for (size_t i = 0; i < words; i++) copy[i] = qd_reader_u64(&reader);
    if (doc_count % 64 != 0 && copy[words - 1] >> (doc_count % 64) != 0) {
        return qd_corrupt(error, path, body, "bits beyond the last document");
    }
    *live = qd_live_docs_from_words(doc_count, copy);
    if ((*live)->live_count == live_count) return QD_OK;
    qd_live_docs_release(*live);
    return qd_corrupt(error, path, 16, "the count of live documents is wrong");
}

enum qd_status qd_live_docs_read(struct qd_env *env, struct qd_slice path, uint32_t doc_count,
                                 struct qd_live_docs **live, struct qd_error *error)
{
    struct qd_arena *arena = qd_arena_create(4096);
    struct qd_slice bytes;
    uint64_t size_max = 24 + (uint64_t)qd_bitset_word_count(doc_count) * 8;
    enum qd_status status = qd_commit_read_file(env, path, size_max, arena, &bytes, error);
    if (status == QD_OK) status = parse_live(path, bytes, doc_count, arena, live, error);
    qd_arena_destroy(arena);
    return status;
}
