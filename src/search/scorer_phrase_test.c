/* Exact phrases against a naive matcher over random documents: totals, order, and scores to the last bit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/number.h"
#include "base/test.h"
#include "search/search_test_support.h"

#define DOCS 9000
#define LENGTH_MAX 39 /* longer fields have rounded lengths */
#define WORDS 24
#define STOP WORDS /* a stop word: leaves a gap */
#define PHRASE_MAX 5

struct model {
    uint8_t words[DOCS][LENGTH_MAX];
    uint8_t sizes[DOCS];
    uint32_t numbers[DOCS];
    bool deleted[DOCS];
    uint64_t random;
};

/* What is asked: a phrase, and what else a document needs. */
struct question {
    uint8_t words[PHRASE_MAX];
    size_t size;
    uint32_t number_min; /* of the filter; 0: none */
    int also;            /* a word that must be there and scores; -1: none */
    int without;         /* a word that must not be there; -1: none */
};

struct hit {
    uint32_t doc;
    float score;
};

static uint32_t draw(struct model *model, uint32_t bound)
{
    model->random ^= model->random << 13;
    model->random ^= model->random >> 7;
    model->random ^= model->random << 17;
    return (uint32_t)((model->random >> 20) % bound);
}

/* Words of falling frequency, a stop word now and then. */
static uint8_t draw_word(struct model *model)
{
    uint8_t word = 0;
    if (draw(model, 12) == 0) return STOP;
    while (word + 1 < WORDS && draw(model, 5) != 0) word++;
    return word;
}

static void index_documents(struct search_world *world, struct model *model)
{
    for (uint32_t i = 0; i < DOCS; i++) {
        struct qd_buffer source = { 0 };
        char id[QD_NUMBER_TEXT_MAX + 1];
        id[qd_int64_to_text(i, id)] = '\0';
        /* Some blocks of w0 have thousands of occurrences. */
        bool repeating = i > 5000 && i < 5800;
        model->sizes[i] = (uint8_t)(repeating ? LENGTH_MAX - draw(model, 5) : 1 + draw(model, 20));
        model->numbers[i] = draw(model, 1000);
        qd_buffer_text(&source, "{\"t\":\"");
        for (uint8_t k = 0; k < model->sizes[i]; k++) {
            uint8_t word = repeating && draw(model, 9) != 0 ? 0 : draw_word(model);
            model->words[i][k] = word;
            if (word == STOP) qd_buffer_text(&source, "the ");
            else qd_buffer_format(&source, "%c%c ", 'b' + word, 'b' + word);
        }
        qd_buffer_format(&source, "\",\"n\":%u}", model->numbers[i]);
        search_world_index(world, id, qd_buffer_view(&source));
        qd_buffer_deinit(&source);
    }
    search_world_refresh(world);
    search_world_merge(world);
    for (uint32_t i = 3; i < DOCS; i += 11) {
        char id[QD_NUMBER_TEXT_MAX + 1];
        id[qd_int64_to_text(i, id)] = '\0';
        search_world_delete(world, id);
        model->deleted[i] = true;
    }
    search_world_refresh(world);
}

/* ---- the naive matcher ---- */
static uint32_t phrase_freq(const struct model *model, uint32_t doc, const uint8_t *words, size_t size)
{
    uint32_t freq = 0;
    for (size_t at = 0; at + size <= model->sizes[doc]; at++) {
        size_t k = 0;
        while (k < size && (words[k] == STOP || model->words[doc][at + k] == words[k])) k++;
        freq += k == size;
    }
    return freq;
}

struct weight {
    float weight, average;
};

/* Collection and terms count deleted documents. */
static struct weight weigh(const struct model *model, const uint8_t *words, size_t size)
{
    double idf = 0;
    uint64_t with_field = 0, tokens = 0;
    for (uint32_t i = 0; i < DOCS; i++) {
        uint64_t before = tokens;
        for (uint8_t k = 0; k < model->sizes[i]; k++) tokens += model->words[i][k] != STOP;
        with_field += tokens > before;
    }
    for (size_t k = 0; k < size; k++) {
        uint64_t docs = 0;
        if (words[k] == STOP) continue;
        for (uint32_t i = 0; i < DOCS; i++) docs += phrase_freq(model, i, &words[k], 1) > 0;
        idf += (double)(float)log(1 + ((double)with_field - (double)docs + 0.5) / ((double)docs + 0.5));
    }
    return (struct weight){ (float)idf, (float)((double)tokens / (double)with_field) };
}

static float score(const struct model *model, uint32_t doc, const struct weight *weight, uint32_t freq)
{
    const float k1 = 1.2f, b = 0.75f;
    float length = 0;
    for (uint8_t k = 0; k < model->sizes[doc]; k++) length += model->words[doc][k] != STOP;
    float inverse = 1.0f / (k1 * ((1 - b) + b * length / weight->average));
    return weight->weight - weight->weight / (1.0f + (float)freq * inverse);
}

static int compare_hits(const void *left, const void *right)
{
    const struct hit *a = left, *b = right;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return a->doc < b->doc ? -1 : 1;
}

static size_t find_hits(const struct model *model, const struct question *question, struct hit *hits)
{
    struct weight phrase = weigh(model, question->words, question->size), word = { 0 };
    uint8_t also = (uint8_t)question->also, without = (uint8_t)question->without;
    size_t count = 0;
    if (question->also >= 0) word = weigh(model, &also, 1);
    for (uint32_t i = 0; i < DOCS; i++) {
        uint32_t freq = phrase_freq(model, i, question->words, question->size);
        if (freq == 0 || model->deleted[i] || model->numbers[i] < question->number_min) continue;
        if (question->without >= 0 && phrase_freq(model, i, &without, 1) > 0) continue;
        hits[count] = (struct hit){ i, score(model, i, &phrase, freq) };
        if (question->also >= 0) {
            uint32_t times = phrase_freq(model, i, &also, 1);
            if (times == 0) continue;
            hits[count].score = (float)((double)hits[count].score + (double)score(model, i, &word, times));
        }
        count++;
    }
    qsort(hits, count, sizeof(*hits), compare_hits);
    return count;
}

/* ---- asking ---- */
static void write_query(const struct question *question, struct qd_buffer *out)
{
    qd_buffer_text(out, "{\"bool\":{\"must\":[{\"match_phrase\":{\"t\":\"");
    for (size_t i = 0; i < question->size; i++) {
        if (question->words[i] == STOP) qd_buffer_text(out, "the ");
        else qd_buffer_format(out, "%c%c ", 'b' + question->words[i], 'b' + question->words[i]);
    }
    qd_buffer_text(out, "\"}}");
    if (question->also >= 0)
        qd_buffer_format(out, ",{\"match\":{\"t\":\"%c%c\"}}", 'b' + question->also, 'b' + question->also);
    qd_buffer_text(out, "]");
    if (question->number_min > 0)
        qd_buffer_format(out, ",\"filter\":[{\"range\":{\"n\":{\"gte\":%u}}}]", question->number_min);
    if (question->without >= 0)
        qd_buffer_format(out, ",\"must_not\":[{\"match\":{\"t\":\"%c%c\"}}]", 'b' + question->without,
                         'b' + question->without);
    qd_buffer_text(out, "}}");
}

static void check(struct search_world *world, const struct question *question, const struct hit *hits,
                  size_t count, const char *track, size_t size)
{
    struct qd_buffer body = { 0 };
    struct qd_json_document answer;
    qd_buffer_text(&body, "{\"query\":");
    write_query(question, &body);
    qd_buffer_format(&body, ",\"_source\":false,\"size\":%zu,\"track_total_hits\":%s}", size, track);
    struct qd_arena *arena = world->arena;
    assert_ok(qd_json_parse(arena, search_world_search(world, qd_buffer_view(&body)), &answer,
                            &world->error));
    int64_t total = -1, limit = INT64_MAX;
    bool limited = qd_parse_int64(qd_slice_from_string(track), &limit);
    if (limited || track[0] == 't') {
        assert_true(qd_parse_int64(qd_json_text(qd_json_get(answer.root, "total")), &total));
        assert_int_equal(total, (int64_t)count > limit ? limit : (int64_t)count);
        assert_slice(qd_json_text(qd_json_get(answer.root, "relation")),
                     (int64_t)count > limit ? "gte" : "eq");
    }
    struct qd_json_iterator walk = qd_json_iterate(qd_json_get(answer.root, "hits"));
    assert_int_equal(qd_json_size(qd_json_get(answer.root, "hits")), count < size ? count : size);
    for (size_t i = 0; qd_json_next(&walk); i++) {
        struct qd_slice id = qd_json_text(qd_json_get(walk.value, "_id"));
        struct qd_slice text = qd_json_text(qd_json_get(walk.value, "_score"));
        int64_t doc = -1;
        assert_true(qd_parse_int64(id, &doc));
        assert_int_equal(doc, hits[i].doc);
        assert_true(strtof(qd_arena_format(arena, "%.*s", QD_SLICE_ARG(text)).data, NULL) == hits[i].score);
    }
    qd_buffer_deinit(&body);
}

static struct question draw_question(struct model *model)
{
    struct question question = { .size = 2 + draw(model, PHRASE_MAX - 1), .also = -1, .without = -1 };
    uint32_t doc = draw(model, DOCS);
    for (size_t i = 0; i < question.size; i++) question.words[i] = draw_word(model);
    /* Mostly what some document has. */
    if (draw(model, 4) != 0 && model->sizes[doc] > question.size) {
        uint32_t at = draw(model, model->sizes[doc] - (uint32_t)question.size);
        for (size_t i = 0; i < question.size; i++) question.words[i] = model->words[doc][at + i];
    }
    if (draw(model, 6) == 0) question.words[1] = question.words[0]; /* the same word twice */
    /* Words at both ends, so that it stays a phrase of two words. */
    if (question.words[0] == STOP) question.words[0] = 1;
    if (question.words[question.size - 1] == STOP) question.words[question.size - 1] = 0;
    if (draw(model, 3) == 0) question.number_min = 1 + draw(model, 999);
    if (draw(model, 3) == 0) question.also = (int)draw(model, 6);
    if (draw(model, 4) == 0) question.without = (int)draw(model, 12);
    return question;
}

TEST(scorer_phrase, answers_are_those_of_a_naive_matcher)
{
    struct search_world world;
    search_world_open(&world,
                      "{\"properties\":{\"t\":{\"type\":\"text\",\"analyzer\":\"gaps\"},"
                      "\"n\":{\"type\":\"integer\"}}}",
                      "{\"analyzer\":{\"gaps\":{\"type\":\"stop\"}}}");
    struct model *model = QD_NEW(world.arena, struct model);
    struct hit *hits = QD_NEW_ARRAY(world.arena, struct hit, DOCS);
    model->random = 4711;
    index_documents(&world, model);
    size_t found = 0;
    for (int round = 0; round < 150; round++) {
        struct question question = draw_question(model);
        size_t count = find_hits(model, &question, hits);
        check(&world, &question, hits, count, "true", 10);
        check(&world, &question, hits, count, "false", 10);
        check(&world, &question, hits, count, "5", 1);
        check(&world, &question, hits, count, "true", DOCS);
        check(&world, &question, hits, count, "true", 0);
        check(&world, &question, hits, count, "20", 0);
        found += count > 10;
    }
    assert_true(found > 40);
    search_world_close(&world);
}
