#include "search/document_cache.h"

#include "base/test.h"

static struct qd_slice found(struct qd_document_cache *cache, struct qd_document_key key,
                             struct qd_arena *arena)
{
    struct qd_slice record = QD_SLICE("nothing");
    if (!qd_document_cache_find(cache, &key, arena, &record)) return QD_SLICE("nothing");
    return record;
}

static void put(struct qd_document_cache *cache, struct qd_document_key key, const char *text)
{
    qd_document_cache_put(cache, &key, qd_slice_from_string(text));
}

TEST(document_cache, gives_what_was_put_and_nothing_else)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_document_cache *cache = qd_document_cache_create(1 << 20);
    uint64_t one = qd_document_cache_owner(cache), two = qd_document_cache_owner(cache);
    assert_true(one != two);
    put(cache, (struct qd_document_key){ one, 3, 17 }, "the record");
    put(cache, (struct qd_document_key){ one, 3, 18 }, "");
    assert_slice(found(cache, (struct qd_document_key){ one, 3, 17 }, arena), "the record");
    assert_slice(found(cache, (struct qd_document_key){ one, 3, 18 }, arena), "");
    assert_slice(found(cache, (struct qd_document_key){ two, 3, 17 }, arena), "nothing");
    assert_slice(found(cache, (struct qd_document_key){ one, 4, 17 }, arena), "nothing");
    assert_slice(found(cache, (struct qd_document_key){ one, 3, 16 }, arena), "nothing");
    qd_document_cache_destroy(cache);
    qd_arena_destroy(arena);
}

TEST(document_cache, keeps_records_up_to_the_size_of_a_slot)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_document_cache *cache = qd_document_cache_create(1 << 20);
    struct qd_document_key key = { 1, 1, 1 };
    char *bytes = qd_arena_alloc(arena, QD_DOCUMENT_CACHE_RECORD_MAX + 1);
    for (size_t i = 0; i <= QD_DOCUMENT_CACHE_RECORD_MAX; i++) bytes[i] = (char)(i * 7);
    for (size_t size = QD_DOCUMENT_CACHE_RECORD_MAX - 9; size <= QD_DOCUMENT_CACHE_RECORD_MAX; size++) {
        key.doc = (qd_doc_id)size;
        qd_document_cache_put(cache, &key, qd_slice_make(bytes, size));
        assert_true(qd_slice_equal(found(cache, key, arena), qd_slice_make(bytes, size)));
    }
    key.doc = 1;
    qd_document_cache_put(cache, &key, qd_slice_make(bytes, QD_DOCUMENT_CACHE_RECORD_MAX + 1));
    assert_slice(found(cache, key, arena), "nothing");
    qd_document_cache_destroy(cache);
    qd_arena_destroy(arena);
}

TEST(document_cache, lets_go_what_was_used_least_recently)
{
    struct qd_arena *arena = qd_arena_create(0);
    /* One set of four slots. */
    struct qd_document_cache *cache = qd_document_cache_create(4 * (int64_t)QD_DOCUMENT_CACHE_RECORD_MAX);
    for (qd_doc_id doc = 0; doc < 4; doc++) put(cache, (struct qd_document_key){ 1, 1, doc }, "here");
    assert_slice(found(cache, (struct qd_document_key){ 1, 1, 0 }, arena), "here");
    put(cache, (struct qd_document_key){ 1, 1, 4 }, "new");
    assert_slice(found(cache, (struct qd_document_key){ 1, 1, 1 }, arena), "nothing");
    put(cache, (struct qd_document_key){ 1, 1, 5 }, "newer");
    assert_slice(found(cache, (struct qd_document_key){ 1, 1, 2 }, arena), "nothing");
    assert_slice(found(cache, (struct qd_document_key){ 1, 1, 0 }, arena), "here");
    assert_slice(found(cache, (struct qd_document_key){ 1, 1, 3 }, arena), "here");
    assert_slice(found(cache, (struct qd_document_key){ 1, 1, 4 }, arena), "new");
    qd_document_cache_destroy(cache);
    qd_arena_destroy(arena);
}

TEST(document_cache, of_no_size_keeps_nothing)
{
    struct qd_arena *arena = qd_arena_create(0);
    struct qd_document_cache *cache = qd_document_cache_create(1);
    assert_null(cache);
    assert_int_equal(qd_document_cache_owner(cache), 0);
    put(cache, (struct qd_document_key){ 1, 1, 1 }, "text");
    assert_slice(found(cache, (struct qd_document_key){ 1, 1, 1 }, arena), "nothing");
    qd_document_cache_destroy(cache);
    qd_arena_destroy(arena);
}
