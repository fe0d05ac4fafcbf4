/* The document cache with several threads at once: nobody may ever see a record that is not the document's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "platform/linux/linux_env.h"
#include "search/document_cache.h"

#define DOCS 24
#define ROUNDS 3000
#define WORKERS 4

struct worker {
    struct qd_document_cache *cache;
    uint64_t seed;
    uint64_t found;
    uint64_t wrong;
    unsigned *running;
};

/* Every byte of a document's record tells the document; so does the size. */
static size_t make_record(qd_doc_id doc, char *bytes)
{
    size_t size = 600 + (size_t)doc * 100;
    memset(bytes, (int)doc + 1, size);
    return size;
}

static bool is_record(qd_doc_id doc, struct qd_slice record)
{
    if (record.size != 600 + (size_t)doc * 100) return false;
    for (size_t i = 0; i < record.size; i++) {
        if (record.data[i] != (char)(doc + 1)) return false;
    }
    return true;
}

/* There are more documents than slots, so that threads drive out what others read. */
static void work(void *context)
{
    struct worker *worker = context;
    struct qd_arena *arena = qd_arena_create(0);
    char bytes[QD_DOCUMENT_CACHE_RECORD_MAX];
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct qd_slice record;
        worker->seed = worker->seed * UINT64_C(6364136223846793005) + 1442695040888963407;
        struct qd_document_key key = { 1, 1, (qd_doc_id)(worker->seed >> 40) % DOCS };
        qd_arena_reset(arena);
        if (qd_document_cache_find(worker->cache, &key, arena, &record)) {
            worker->found++;
            worker->wrong += !is_record(key.doc, record);
        } else {
            size_t size = make_record(key.doc, bytes);
            qd_document_cache_put(worker->cache, &key, qd_slice_make(bytes, size));
        }
    }
    qd_arena_destroy(arena);
}

static void work_done(void *context)
{
    struct worker *worker = context;
    (*worker->running)--;
}

TEST(document_cache_threads, see_whole_records_only)
{
    struct qd_env *env;
    char directory[] = "/tmp/qd_documents_XXXXXX";
    assert_non_null(mkdtemp(directory));
    struct qd_linux_env_options options = { .data_directory = qd_slice_from_string(directory),
                                            .threads = WORKERS };
    assert_ok(qd_linux_env_create(&options, &env, NULL));
    struct qd_document_cache *cache =
        qd_document_cache_create(16 * (int64_t)QD_DOCUMENT_CACHE_RECORD_MAX);
    struct worker workers[WORKERS];
    unsigned running = WORKERS;
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){ .cache = cache, .seed = i, .running = &running };
        env->work->submit(env, QD_WORK_SEARCH, NULL, work, work_done, &workers[i]);
    }
    while (running > 0) qd_linux_env_poll(env, true);
    uint64_t found = 0;
    for (unsigned i = 0; i < WORKERS; i++) {
        assert_int_equal(workers[i].wrong, 0);
        found += workers[i].found;
    }
    assert_true(found > 0);
    qd_document_cache_destroy(cache);
    qd_linux_env_destroy(env);
    char command[64];
    snprintf(command, sizeof(command), "rm -r %s", directory);
    assert_int_equal(system(command), 0);
}
