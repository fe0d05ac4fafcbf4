/* Operations: version checks, sequence numbers, index buffer and translog. */
#include "base/assert.h"
#include "base/map.h"
#include "index/engine_internal.h"
#include "index/engine_run.h"

/* ---- conflicts ---- Source: OpenSearch VersionType, VersionConflictEngineException. */
static enum qd_status conflict(const struct qd_operation *operation, struct qd_error *error,
                               const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static enum qd_status conflict(const struct qd_operation *operation, struct qd_error *error,
                               const char *format, ...)
{
    if (error->arena == NULL) return qd_error_set(error, QD_VERSION_CONFLICT, "version conflict");
    va_list arguments;
    va_start(arguments, format);
    struct qd_slice detail = qd_arena_vformat(error->arena, format, arguments);
    va_end(arguments);
    return qd_error_set(error, QD_VERSION_CONFLICT, "[%.*s]: version conflict, %.*s",
                        QD_SLICE_ARG(operation->id), QD_SLICE_ARG(detail));
}

static bool exists(const struct qd_found *found)
{
    return found->place == QD_FOUND_BUFFER || found->place == QD_FOUND_SEALED ||
           found->place == QD_FOUND_SEGMENT;
}

static enum qd_status check_seq_no(const struct qd_operation *operation, const struct qd_found *found,
                                   struct qd_error *error)
{
    if (operation->if_seq_no == QD_SEQ_NO_NONE) return QD_OK;
    if (!exists(found)) {
        return conflict(operation, error,
                        "required seqNo [%lld], primary term [%lld]. but no document was found",
                        (long long)operation->if_seq_no, (long long)operation->if_primary_term);
    }
    if (found->seq_no == operation->if_seq_no && found->term == operation->if_primary_term) return QD_OK;
    return conflict(operation, error,
                    "required seqNo [%lld], primary term [%lld]. current document has seqNo [%lld] and "
                    "primary term [%lld]",
                    (long long)operation->if_seq_no, (long long)operation->if_primary_term,
                        (long long)found->seq_no,
                    (long long)found->term);
}

static enum qd_status check_version(const struct qd_operation *operation, const struct qd_found *found,
                                    struct qd_error *error)
{
    if (operation->version_type == QD_VERSION_INTERNAL) {
        if (operation->kind != QD_OPERATION_CREATE || !exists(found)) return QD_OK;
        return conflict(operation, error, "document already exists (current version [%lld])",
                        (long long)found->version);
    }
    if (found->place == QD_FOUND_NOWHERE) return QD_OK;
    if (operation->version_type == QD_VERSION_EXTERNAL && found->version >= operation->version) {
        return conflict(operation, error,
                        "current version [%lld] is higher or equal to the one provided [%lld]",
                        (long long)found->version, (long long)operation->version);
    }
    if (operation->version_type == QD_VERSION_EXTERNAL_GTE && found->version > operation->version) {
        return conflict(operation, error, "current version [%lld] is higher than the one provided [%lld]",
                        (long long)found->version, (long long)operation->version);
    }
    return QD_OK;
}

static enum qd_status check_conflicts(const struct qd_engine *engine, const struct qd_operation *operation,
                                      const struct qd_found *found, struct qd_error *error)
{
    if (!qd_planted(engine->env, "seq_no_check_skipped")) QD_TRY(check_seq_no(operation, found, error));
    (void)engine;
    return check_version(operation, found, error);
}

/* ---- changes ---- */

/* A change that has been decided. */
struct change {
    struct qd_slice id;
    uint64_t hash;                      /* of the id */
    const struct qd_document *document; /* NULL: delete */
    struct qd_slice source;
    int64_t version;
    int64_t seq_no;
    int64_t term;
};

static enum qd_status log_change(struct qd_engine *engine, const struct change *change,
                                 enum qd_translog_kind kind, struct qd_error *error)
{
    struct qd_translog_operation operation = { .kind = kind,
                                               .seq_no = change->seq_no,
                                               .primary_term = change->term,
                                               .version = change->version,
                                               .id = change->id };
    if (kind == QD_TRANSLOG_INDEX) {
        operation.routing = change->document->routing;
        operation.source = change->source;
    }
    return qd_translog_append(&engine->translog, &operation, error);
}

static void take_seq_no(struct qd_engine *engine, int64_t seq_no)
{
    if (seq_no > engine->max_seq_no) engine->max_seq_no = seq_no;
    engine->changed = true;
    engine->dirty = true;
}

static void remember(struct qd_engine *engine, const struct change *change, qd_doc_id doc)
{
    if (qd_planted(engine->env, "version_map_not_restored") && engine->translog.file == NULL) return;
    struct qd_version_entry *entry = qd_version_map_put_hashed(&engine->recent, change->id, change->hash);
    entry->version = change->version;
    entry->seq_no = change->seq_no;
    entry->term = change->term;
    entry->doc = doc;
    qd_version_map_remove(&engine->tombstones, change->id);
}

static void index_change(struct qd_engine *engine, const struct change *change, const struct qd_found *found)
{
    qd_engine_delete_found(engine, change->id, found);
    if (engine->buffer == NULL) {
        engine->buffer = qd_index_buffer_create(engine->hash_seed, engine->shape);
        if (engine->shape != NULL) qd_version_map_reserve(&engine->recent, engine->shape->doc_count);
    }
    struct qd_buffer_facts facts = { change->version, change->seq_no, change->term };
    qd_doc_id doc = qd_index_buffer_add(engine->buffer, change->document, &facts);
    remember(engine, change, doc);
}

static void delete_change(struct qd_engine *engine, const struct change *change, const struct qd_found *found)
{
    qd_engine_delete_found(engine, change->id, found);
    qd_version_map_remove(&engine->recent, change->id);
    struct qd_version_entry *entry = qd_version_map_put(&engine->tombstones, change->id);
    entry->version = change->version;
    entry->seq_no = change->seq_no;
    entry->term = change->term;
    entry->time_ms = (int64_t)(qd_engine_now(engine) / 1000000);
}

/* ---- replay ---- */
enum qd_status qd_engine_replay(struct qd_engine *engine, const struct qd_translog_operation *operation,
                                const struct qd_document *document, struct qd_error *error)
{
    struct qd_found found = { .place = QD_FOUND_NOWHERE };
    struct change change = { .id = operation->id,
                             .hash = qd_hash(operation->id),
                             .document = document,
                             .version = operation->version,
                             .seq_no = operation->seq_no,
                             .term = operation->primary_term };
    if (operation->kind != QD_TRANSLOG_NOOP) QD_TRY(qd_engine_find(engine, operation->id, &found, error));
    if (operation->kind == QD_TRANSLOG_INDEX) {
        QD_TRY(qd_index_buffer_check(document, error));
        index_change(engine, &change, &found);
    } else if (operation->kind == QD_TRANSLOG_DELETE) {
        delete_change(engine, &change, &found);
    }
    take_seq_no(engine, operation->seq_no);
    return QD_OK;
}

/* ---- apply ---- */

/* A document that cannot be indexed leaves a hole in the sequence numbers, which a noop fills. */
static enum qd_status apply_failure(struct qd_engine *engine, struct qd_operation *operation,
                                    struct qd_error *error)
{
    struct change change =
        { .id = { NULL, 0 }, .seq_no = engine->max_seq_no + 1, .term = operation->primary_term };
    QD_TRY(log_change(engine, &change, QD_TRANSLOG_NOOP, error));
    take_seq_no(engine, change.seq_no);
    engine->stats.index_failed++;
    return QD_OK;
}

static struct change decide(const struct qd_engine *engine, const struct qd_operation *operation,
                            const struct qd_found *found)
{
    struct change change = { .id = operation->id,
                             .hash = operation->id_hash,
                             .document = operation->document,
                             .version = found->place == QD_FOUND_NOWHERE ? 1 : found->version + 1,
                             .seq_no = engine->max_seq_no + 1,
                             .term = operation->primary_term };
    if (operation->version_type != QD_VERSION_INTERNAL) change.version = operation->version;
    if (operation->document != NULL) {
        change.source = operation->source.data != NULL ? operation->source : operation->document->source;
    }
    return change;
}

static enum qd_status apply_index(struct qd_engine *engine, struct qd_operation *operation,
                                  const struct qd_found *found, struct qd_error *error)
{
    operation->status = qd_index_buffer_check(operation->document, &operation->error);
    if (operation->status != QD_OK) return apply_failure(engine, operation, error);
    struct change change = decide(engine, operation, found);
    QD_TRY(log_change(engine, &change, QD_TRANSLOG_INDEX, error));
    index_change(engine, &change, found);
    take_seq_no(engine, change.seq_no);
    operation->result = exists(found) ? QD_RESULT_UPDATED : QD_RESULT_CREATED;
    operation->result_version = change.version;
    operation->seq_no = change.seq_no;
    operation->term = change.term;
    return QD_OK;
}

static enum qd_status apply_delete(struct qd_engine *engine, struct qd_operation *operation,
                                   const struct qd_found *found, struct qd_error *error)
{
    struct change change = decide(engine, operation, found);
    QD_TRY(log_change(engine, &change, QD_TRANSLOG_DELETE, error));
    delete_change(engine, &change, found);
    take_seq_no(engine, change.seq_no);
    operation->result = exists(found) ? QD_RESULT_DELETED : QD_RESULT_NOT_FOUND;
    operation->result_version = change.version;
    operation->seq_no = change.seq_no;
    operation->term = change.term;
    return QD_OK;
}

/* An id that was made for this request exists nowhere yet, so that nothing has to be looked up. */
static bool is_new(const struct qd_operation *operation)
{
    return operation->auto_id && operation->kind != QD_OPERATION_DELETE &&
           operation->version_type == QD_VERSION_INTERNAL && operation->if_seq_no == QD_SEQ_NO_NONE;
}

static enum qd_status apply(struct qd_engine *engine, struct qd_operation *operation, struct qd_error *error)
{
    struct qd_found found = { .place = QD_FOUND_NOWHERE };
    if (operation->id_hash == 0) operation->id_hash = qd_hash(operation->id);
    if (!is_new(operation)) {
        QD_TRY(qd_engine_find_hashed(engine, operation->id, operation->id_hash, &found, error));
    }
    operation->status = check_conflicts(engine, operation, &found, &operation->error);
    if (operation->status != QD_OK) {
        engine->stats.index_failed += operation->kind != QD_OPERATION_DELETE;
        return QD_OK;
    }
    if (operation->kind == QD_OPERATION_DELETE) return apply_delete(engine, operation, &found, error);
    return apply_index(engine, operation, &found, error);
}

static void count(struct qd_engine *engine, const struct qd_operation *operation)
{
    if (operation->status != QD_OK) return;
    bool is_delete = operation->kind == QD_OPERATION_DELETE;
    engine->stats.index_total += !is_delete;
    engine->stats.delete_total += is_delete;
}

/* What has passed since `start` goes to the operations that were applied meanwhile, to each the same. */
static void count_time(struct qd_engine *engine, const struct qd_engine_run *run)
{
    uint64_t nanoseconds = qd_engine_now(engine) - run->start_ns;
    uint64_t indexed = engine->stats.index_total - run->indexed;
    uint64_t deleted = engine->stats.delete_total - run->deleted;
    if (indexed + deleted == 0) return;
    uint64_t for_deletes = nanoseconds / (indexed + deleted) * deleted;
    engine->stats.delete_ns += for_deletes;
    engine->stats.index_ns += nanoseconds - for_deletes;
}

static struct qd_engine_run begin_run(const struct qd_engine *engine)
{
    return (struct qd_engine_run){ .running = true,
                                   .start_ns = qd_engine_now(engine),
                                   .indexed = engine->stats.index_total,
                                   .deleted = engine->stats.delete_total };
}

static enum qd_status apply_one(struct qd_engine *engine, struct qd_operation *operation,
                                struct qd_error *error)
{
    operation->seq_no = QD_SEQ_NO_NONE;
    operation->term = QD_TERM_NONE;
    operation->status = QD_OK;
    if (engine->buffer != NULL && qd_index_buffer_size(engine->buffer) >= QD_ENGINE_BUFFER_HARD_MAX) {
        bool changed;
        if (engine->build != NULL) {
            operation->status = qd_error_set(&operation->error, QD_REJECTED_EXECUTION,
                                             "the index buffer is full while the one before is written");
            return QD_OK;
        }
        QD_TRY(qd_engine_refresh(engine, &changed, error));
    }
    enum qd_status status = apply(engine, operation, error);
    if (status != QD_OK) return qd_engine_fail(engine, status, error);
    count(engine, operation);
    return QD_OK;
}

enum qd_status qd_engine_apply(struct qd_engine *engine, struct qd_operation *operation,
                               struct qd_error *error)
{
    QD_TRY(qd_engine_check(engine, error));
    qd_assert((operation->document == NULL) == (operation->kind == QD_OPERATION_DELETE));
    if (engine->run.running) {
        QD_TRY(apply_one(engine, operation, error));
        if (++engine->run.unpublished < QD_ENGINE_PUBLISH_EVERY) return QD_OK;
        engine->run.unpublished = 0;
    } else {
        struct qd_engine_run run = begin_run(engine);
        QD_TRY(apply_one(engine, operation, error));
        count_time(engine, &run);
    }
    qd_engine_publish_stats(engine);
    return QD_OK;
}

void qd_engine_run(struct qd_engine *engine, bool begins)
{
    if (begins) {
        engine->run = begin_run(engine);
        return;
    }
    if (engine->run.running) count_time(engine, &engine->run);
    engine->run.running = false;
    qd_engine_publish_stats(engine);
}

/* A long generation ends at a sync: what it holds is durable by then, so that not being able to begin the
 * next one harms nothing. */
static enum qd_status roll_long_generation(struct qd_engine *engine, struct qd_error *error)
{
    uint64_t limit = engine->options.translog_generation_bytes;
    uint64_t operations = engine->translog.operations;
    uint64_t bytes = engine->translog.size;
    int64_t modified_ms = engine->translog.modified_ms;
    if (limit == 0 || bytes < limit || operations == 0) return QD_OK;
    enum qd_status status = qd_translog_roll(&engine->translog, error);
    if (engine->translog.failed) return status;
    if (status == QD_OK) {
        engine->earlier_operations += operations;
        engine->earlier_bytes += bytes;
        if (engine->earlier_modified_ms == 0) engine->earlier_modified_ms = modified_ms;
    }
    return QD_OK;
}

enum qd_status qd_engine_sync(struct qd_engine *engine, struct qd_error *error)
{
    QD_TRY(qd_engine_check(engine, error));
    enum qd_status status = qd_translog_sync(&engine->translog, error);
    if (status == QD_OK) status = roll_long_generation(engine, error);
    return status == QD_OK ? QD_OK : qd_engine_fail(engine, status, error);
}
