#include "simulation/model.h"

#include "base/number.h"

void qd_model_init(struct qd_model *model)
{
    *model = (struct qd_model){ 0 };
    for (int i = 0; i < QD_MODEL_IDS; i++) {
        model->slots[i].candidate_count = 1;
        model->slots[i].seq_no = -2;
    }
}

bool qd_model_equal(const struct qd_model_document *left, const struct qd_model_document *right)
{
    if (left->exists != right->exists) return false;
    if (!left->exists) return true;
    return left->number == right->number && left->key == right->key && left->words == right->words &&
           left->extra == right->extra && left->padding == right->padding;
}

void qd_model_set(struct qd_model_slot *slot, const struct qd_model_document *document)
{
    slot->candidates[0] = *document;
    slot->candidate_count = 1;
}

bool qd_model_may_be(struct qd_model_slot *slot, const struct qd_model_document *document)
{
    for (uint32_t i = 0; i < slot->candidate_count; i++) {
        if (qd_model_equal(&slot->candidates[i], document)) return true;
    }
    if (slot->candidate_count == QD_MODEL_CANDIDATES) return false;
    slot->candidates[slot->candidate_count++] = *document;
    return true;
}

/* Padding without repetitions that would hide lost or displaced bytes. */
static uint8_t padding_byte(uint32_t place)
{
    return (uint8_t)('a' + (place * 7 + place / 26) % 26);
}

static bool parse_padding(struct qd_slice text, uint32_t *size)
{
    *size = (uint32_t)text.size;
    for (uint32_t i = 0; i < *size; i++) {
        if ((uint8_t)text.data[i] != padding_byte(i)) return false;
    }
    return true;
}

void qd_model_source(const struct qd_model_document *document, struct qd_buffer *out)
{
    bool first = true;
    qd_buffer_format(out, "{\"n\":%lld,\"k\":\"k%u\",\"t\":\"", (long long)document->number, document->key);
    for (unsigned i = 0; i < QD_MODEL_WORDS; i++) {
        if ((document->words & (1u << i)) == 0) continue;
        qd_buffer_format(out, "%sw%u", first ? "" : " ", i);
        first = false;
    }
    qd_buffer_text(out, "\"");
    if (document->extra != 0) {
        qd_buffer_format(out, ",\"x%lld\":%lld", (long long)(document->extra % 5),
                         (long long)document->extra);
    }
    if (document->padding > 0) {
        qd_buffer_text(out, ",\"p\":\"");
        for (uint32_t i = 0; i < document->padding; i++) qd_buffer_byte(out, padding_byte(i));
        qd_buffer_text(out, "\"");
    }
    qd_buffer_text(out, "}");
}

static bool parse_words(struct qd_slice text, uint32_t *words)
{
    *words = 0;
    while (text.size > 0) {
        size_t blank = qd_slice_find_byte(text, ' ');
        size_t size = blank == SIZE_MAX ? text.size : blank;
        int64_t word;
        if (size < 2 || text.data[0] != 'w') return false;
        if (!qd_parse_int64(qd_slice_sub(text, 1, size - 1), &word) || word >= QD_MODEL_WORDS) return false;
        *words |= 1u << word;
        text = qd_slice_from(text, blank == SIZE_MAX ? size : size + 1);
    }
    return true;
}

bool qd_model_parse(const struct qd_json *source, struct qd_model_document *document)
{
    struct qd_json_iterator at = qd_json_iterate(source);
    *document = (struct qd_model_document){ .exists = source != NULL };
    while (qd_json_next(&at)) {
        int64_t value = 0;
        if (qd_slice_is(at.key, "n")) {
            if (!qd_json_int64(at.value, &document->number)) return false;
        } else if (qd_slice_is(at.key, "k")) {
            struct qd_slice text = qd_json_text(at.value);
            if (text.size < 2 || !qd_parse_int64(qd_slice_from(text, 1), &value)) return false;
            document->key = (uint32_t)value;
        } else if (qd_slice_is(at.key, "t")) {
            if (!parse_words(qd_json_text(at.value), &document->words)) return false;
        } else if (qd_slice_is(at.key, "p")) {
            if (!parse_padding(qd_json_text(at.value), &document->padding)) return false;
        } else if (at.key.size == 2 && at.key.data[0] == 'x') {
            if (!qd_json_int64(at.value, &document->extra)) return false;
        } else {
            return false;
        }
    }
    return true;
}
