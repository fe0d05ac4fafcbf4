/* What a field keeps: the vocabulary that mapping and codec share.
 *
 * Source: Lucene IndexOptions, DocValuesType.
 */
#ifndef QD_BASE_FIELD_KINDS_H
#define QD_BASE_FIELD_KINDS_H

/* What postings keep for each document. */
enum qd_index_options {
    QD_INDEX_NONE,
    QD_INDEX_DOCS,
    QD_INDEX_FREQS,
    QD_INDEX_POSITIONS,
    QD_INDEX_OFFSETS
};

/* The kind of column (doc values). */
enum qd_column_kind {
    QD_COLUMN_NONE,
    QD_COLUMN_NUMERIC,  /* sorted longs per document */
    QD_COLUMN_ORDINALS, /* sorted distinct ordinals per document, terms sorted by bytes */
    QD_COLUMN_BINARY    /* byte strings per document, in the order given, duplicates kept */
};

#endif
