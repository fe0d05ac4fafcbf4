#include "aggregation/tdigest.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

struct centroid {
    double mean;
    double weight;
};

struct qd_tdigest {
    struct qd_arena *arena;
    double compression;       /* as asked for */
    double inner_compression; /* what merges keep */
    struct centroid *centroids; /* centroids[count], ascending */
    size_t count;
    struct centroid *buffer;  /* buffer[buffered]: not merged yet */
    size_t buffered;
    size_t buffer_size;
    double merged_weight;
    double buffered_weight;
    double min, max;
    int merges;               /* odd merges run backwards */
    bool compressed;          /* to the compression as asked for */
    struct centroid *scratch; /* scratch[2 * scratch_size], for sorting */
    size_t scratch_size;
};

/* Centroids and buffer of a compression. */
struct sizes {
    double inner;
    size_t centroids;
    size_t buffer;
};

static double clamp_compression(double compression)
{
    if (!(compression >= 10)) return 10;
    return compression > QD_TDIGEST_COMPRESSION_MAX ? QD_TDIGEST_COMPRESSION_MAX : compression;
}

static struct sizes sizes_of(double compression)
{
    double slack = compression < 30 ? 30 : 10;
    struct sizes sizes;
    /* A buffer of five times the centroids allows twice the compression while values come in. */
    sizes.inner = 2 * compression;
    sizes.centroids = (size_t)ceil(sizes.inner + slack);
    sizes.buffer = 5 * sizes.centroids;
    return sizes;
}

size_t qd_tdigest_size(double compression)
{
    struct sizes sizes = sizes_of(clamp_compression(compression));
    return (sizes.centroids + sizes.buffer) * sizeof(struct centroid) + sizeof(struct qd_tdigest);
}

struct qd_tdigest *qd_tdigest_create(struct qd_arena *arena, double compression)
{
    struct qd_tdigest *digest = QD_NEW(arena, struct qd_tdigest);
    compression = clamp_compression(compression);
    struct sizes sizes = sizes_of(compression);
    digest->arena = arena;
    digest->compression = compression;
    digest->inner_compression = sizes.inner;
    digest->buffer_size = sizes.buffer;
    digest->min = INFINITY;
    digest->max = -INFINITY;
    return digest;
}

/* ---- merging ---- */

/* Sorts by mean, stable: bottom-up merges between two arrays. */
static struct centroid *sort_centroids(struct centroid *items, struct centroid *other, size_t count)
{
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t from = 0; from < count; from += 2 * width) {
            size_t middle = from + width < count ? from + width : count;
            size_t end = from + 2 * width < count ? from + 2 * width : count;
            size_t left = from;
            size_t right = middle;
            for (size_t i = from; i < end; i++) {
                bool take_left = left < middle && (right == end || items[left].mean <= items[right].mean);
                other[i] = items[take_left ? left++ : right++];
            }
        }
        struct centroid *swap = items;
        items = other;
        other = swap;
    }
    return items;
}

static void reverse(struct centroid *items, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct centroid swap = items[i];
        items[i] = items[count - 1 - i];
        items[count - 1 - i] = swap;
    }
}

/* The greatest weight of a centroid at quantile q by scale function k2, as a part of the whole. */
static double weight_limit(double quantile, double normalizer)
{
    return quantile * (1 - quantile) / normalizer;
}

static void fold(struct qd_tdigest *digest, const struct centroid *items, size_t count, double compression)
{
    double total = digest->merged_weight;
    double normalizer = compression / (4 * log(total / compression) + 24);
    struct centroid *centroids = digest->centroids;
    double so_far = 0;
    size_t last = 0;
    centroids[0] = items[0];
    for (size_t i = 1; i < count; i++) {
        double proposed = centroids[last].weight + items[i].weight;
        double low = weight_limit(so_far / total, normalizer);
        double high = weight_limit((so_far + proposed) / total, normalizer);
        bool joins = proposed <= total * (low < high ? low : high);
        if (i == 1 || i == count - 1) joins = false;
        if (joins) {
            centroids[last].weight += items[i].weight;
            centroids[last].mean += (items[i].mean - centroids[last].mean) * items[i].weight /
                                    centroids[last].weight;
        } else {
            so_far += centroids[last].weight;
            centroids[++last] = items[i];
        }
    }
    digest->count = last + 1;
}

/* Merges buffer and centroids. */
static void merge_all(struct qd_tdigest *digest, double compression)
{
    size_t count = digest->buffered + digest->count;
    if (count > digest->scratch_size) {
        digest->scratch_size = digest->buffer_size + digest->count + 16;
        digest->scratch = QD_NEW_ARRAY(digest->arena, struct centroid, 2 * digest->scratch_size);
        struct centroid *centroids = QD_NEW_ARRAY(digest->arena, struct centroid, digest->scratch_size);
        if (digest->count > 0) memcpy(centroids, digest->centroids, digest->count * sizeof(*centroids));
        digest->centroids = centroids;
    }
    struct centroid *items = digest->scratch;
    if (digest->buffered > 0) memcpy(items, digest->buffer, digest->buffered * sizeof(*items));
    if (digest->count > 0) {
        memcpy(items + digest->buffered, digest->centroids, digest->count * sizeof(*items));
    }
    items = sort_centroids(items, digest->scratch + digest->scratch_size, count);
    digest->merged_weight += digest->buffered_weight;
    bool backwards = digest->merges++ % 2 == 1;
    if (backwards) reverse(items, count);
    fold(digest, items, count, compression);
    if (backwards) reverse(digest->centroids, digest->count);
    if (digest->centroids[0].mean < digest->min) digest->min = digest->centroids[0].mean;
    if (digest->centroids[digest->count - 1].mean > digest->max) {
        digest->max = digest->centroids[digest->count - 1].mean;
    }
    digest->buffered = 0;
    digest->buffered_weight = 0;
}

/* Merges what is in the buffer. */
static void settle(struct qd_tdigest *digest)
{
    if (digest->buffered > 0) merge_all(digest, digest->inner_compression);
}

void qd_tdigest_compress(struct qd_tdigest *digest)
{
    if (digest->compressed || qd_tdigest_count(digest) <= 0) return;
    merge_all(digest, digest->compression);
    digest->compressed = true;
}

void qd_tdigest_add(struct qd_tdigest *digest, double value, double weight)
{
    if (isnan(value)) return;
    if (digest->buffered + digest->count + 1 >= digest->buffer_size) settle(digest);
    if (digest->buffer == NULL) {
        digest->buffer = QD_NEW_ARRAY(digest->arena, struct centroid, digest->buffer_size);
    }
    digest->buffer[digest->buffered++] = (struct centroid){ value, weight };
    digest->buffered_weight += weight;
    digest->compressed = false;
    if (value < digest->min) digest->min = value;
    if (value > digest->max) digest->max = value;
}

void qd_tdigest_merge(struct qd_tdigest *digest, struct qd_tdigest *other)
{
    qd_tdigest_compress(other);
    for (size_t i = 0; i < other->count; i++) {
        qd_tdigest_add(digest, other->centroids[i].mean, other->centroids[i].weight);
    }
}

double qd_tdigest_count(struct qd_tdigest *digest)
{
    return digest->merged_weight + digest->buffered_weight;
}

/* ---- asking ---- */

/* The mean of two values by weights, between them whatever the rounding. */
static double between(double left, double left_weight, double right, double right_weight)
{
    if (left > right) return between(right, right_weight, left, left_weight);
    double value = (left * left_weight + right * right_weight) / (left_weight + right_weight);
    value = value < right ? value : right;
    return value > left ? value : left;
}

/* The value at `index` between centroids i and i + 1, of which the first reaches up to `so_far`. */
static double quantile_between(const struct centroid *at, double so_far, double step, double index)
{
    double left_unit = 0;
    double right_unit = 0;
    if (at[0].weight == 1) {
        if (index - so_far < 0.5) return at[0].mean;
        left_unit = 0.5;
    }
    if (at[1].weight == 1) {
        if (so_far + step - index <= 0.5) return at[1].mean;
        right_unit = 0.5;
    }
    double from_left = index - so_far - left_unit;
    double from_right = so_far + step - index - right_unit;
    return between(at[0].mean, from_right, at[1].mean, from_left);
}

double qd_tdigest_quantile(struct qd_tdigest *digest, double quantile)
{
    settle(digest);
    size_t count = digest->count;
    const struct centroid *centroids = digest->centroids;
    if (count == 0) return (double)NAN;
    if (count == 1) return centroids[0].mean;
    double total = digest->merged_weight;
    double index = quantile * total;
    double first = centroids[0].weight;
    double last = centroids[count - 1].weight;
    if (index < 1) return digest->min;
    if (first > 1 && index < first / 2) {
        return digest->min + (index - 1) / (first / 2 - 1) * (centroids[0].mean - digest->min);
    }
    if (index > total - 1) return digest->max;
    if (last > 1 && total - index <= last / 2) {
        return digest->max - (total - index - 1) / (last / 2 - 1) * (digest->max - centroids[count - 1].mean);
    }
    double so_far = first / 2;
    for (size_t i = 0; i + 1 < count; i++) {
        double step = (centroids[i].weight + centroids[i + 1].weight) / 2;
        if (so_far + step > index) return quantile_between(&centroids[i], so_far, step, index);
        so_far += step;
    }
    double after = index - total - last / 2;
    return between(centroids[count - 1].mean, after, digest->max, last / 2 - after);
}

/* Outside of the means of the first and the last centroid. */
static double cdf_tail(double distance, double span, double weight, double total)
{
    if (distance == 0) return 0.5 / total;
    return (1 + distance / span * (weight / 2 - 1)) / total;
}

static double cdf_single(const struct qd_tdigest *digest, double value)
{
    double width = digest->max - digest->min;
    if (value - digest->min <= width) return 0.5;
    return (value - digest->min) / width;
}

/* The weight up to `value`, which is between the means of at[0] and at[1]. */
static double cdf_between(const struct centroid *at, double so_far, double value)
{
    double step = (at[0].weight + at[1].weight) / 2;
    double left = 0;
    double right = 0;
    if (!(at[1].mean - at[0].mean > 0)) return so_far + step;
    if (at[0].weight == 1) {
        if (at[1].weight == 1) return so_far + 1;
        left = 0.5;
    } else if (at[1].weight == 1) {
        right = 0.5;
    }
    double base = so_far + at[0].weight / 2 + left;
    return base + (step - left - right) * (value - at[0].mean) / (at[1].mean - at[0].mean);
}

double qd_tdigest_cdf(struct qd_tdigest *digest, double value)
{
    settle(digest);
    size_t count = digest->count;
    const struct centroid *centroids = digest->centroids;
    double total = digest->merged_weight;
    if (count == 0) return (double)NAN;
    if (value < digest->min) return 0;
    if (value > digest->max) return 1;
    if (count == 1) return cdf_single(digest, value);
    double first = centroids[0].mean;
    double last = centroids[count - 1].mean;
    if (value < first) return cdf_tail(value - digest->min, first - digest->min, centroids[0].weight, total);
    if (value > last) {
        return 1 - cdf_tail(digest->max - value, digest->max - last, centroids[count - 1].weight, total);
    }
    double so_far = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        if (centroids[i].mean == value) {
            double same = 0;
            for (; i < count && centroids[i].mean == value; i++) same += centroids[i].weight;
            return (so_far + same / 2) / total;
        }
        if (centroids[i].mean <= value && value < centroids[i + 1].mean) {
            return cdf_between(&centroids[i], so_far, value) / total;
        }
        so_far += centroids[i].weight;
    }
    return 1 - 0.5 / total;
}

double qd_tdigest_median_deviation(struct qd_tdigest *digest)
{
    double median = qd_tdigest_quantile(digest, 0.5);
    qd_tdigest_compress(digest);
    struct qd_tdigest *distances = qd_tdigest_create(digest->arena, digest->compression);
    for (size_t i = 0; i < digest->count; i++) {
        double distance = fabs(median - digest->centroids[i].mean);
        for (double j = 0; j < digest->centroids[i].weight; j++) qd_tdigest_add(distances, distance, 1);
    }
    return qd_tdigest_quantile(distances, 0.5);
}

/* ---- bytes ---- */

static void write_double(struct qd_buffer *buffer, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    qd_buffer_u64(buffer, bits);
}

static double read_double(struct qd_reader *reader)
{
    uint64_t bits = qd_reader_u64(reader);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

void qd_tdigest_write(struct qd_tdigest *digest, struct qd_buffer *buffer)
{
    qd_tdigest_compress(digest);
    write_double(buffer, digest->compression);
    qd_buffer_varint(buffer, digest->count);
    for (size_t i = 0; i < digest->count; i++) {
        write_double(buffer, digest->centroids[i].mean);
        qd_buffer_varint(buffer, (uint64_t)digest->centroids[i].weight);
    }
}

struct qd_tdigest *qd_tdigest_read(struct qd_reader *reader, struct qd_arena *arena)
{
    double compression = read_double(reader);
    uint64_t count = qd_reader_varint(reader);
    struct qd_tdigest *digest = qd_tdigest_create(arena, compression);
    if (reader->failed || compression != digest->compression || count > digest->buffer_size) {
        reader->failed = true;
    }
    double last = -INFINITY;
    if (reader->failed || count == 0) return digest;
    digest->scratch_size = digest->buffer_size * 2;
    digest->scratch = QD_NEW_ARRAY(arena, struct centroid, 2 * digest->scratch_size);
    digest->centroids = QD_NEW_ARRAY(arena, struct centroid, digest->scratch_size);
    for (uint64_t i = 0; i < count; i++) {
        double mean = read_double(reader);
        uint64_t weight = qd_reader_varint(reader);
        /* A weight beyond a segment's documents cannot come from a shard, and would be walked one by one. */
        if (reader->failed || mean < last || weight == 0 || weight > UINT32_MAX) {
            reader->failed = true;
            return digest;
        }
        digest->centroids[digest->count++] = (struct centroid){ mean, (double)weight };
        digest->merged_weight += (double)weight;
        last = mean;
    }
    digest->min = digest->centroids[0].mean;
    digest->max = digest->centroids[digest->count - 1].mean;
    digest->compressed = true;
    return digest;
}
