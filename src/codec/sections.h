/* The container of a segment: one immutable run of bytes with page-aligned, checksummed sections and a
 * footer.
 *
 * Used by every writer and reader of src/codec. The same bytes are a file (mapped) or an image in memory (a
 * segment that was refreshed but not flushed). Format: spec/formats/segment.md. Order of calls when writing:
 * create, (begin, append..., end)*, finish. One section is open at a time.
 */
#ifndef QD_CODEC_SECTIONS_H
#define QD_CODEC_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

/* Field number of sections that belong to the whole segment. */
#define QD_SECTION_NO_FIELD UINT32_MAX

enum qd_section_kind {
    QD_SECTION_FIELDS = 1, /* field table */
    QD_SECTION_META,       /* segment facts: document count, id, creation */
    QD_SECTION_TERMS,      /* term dictionary of a field */
    QD_SECTION_POSTINGS,   /* documents, frequencies, impacts */
    QD_SECTION_POSITIONS,
    QD_SECTION_OFFSETS,
    QD_SECTION_NORMS,
    QD_SECTION_NUMERIC,  /* numeric doc values */
    QD_SECTION_ORDINALS, /* keyword doc values: ordinals and their terms */
    QD_SECTION_BINARY,   /* binary doc values */
    QD_SECTION_POINTS,
    QD_SECTION_STORED, /* compressed blocks of stored fields */
    QD_SECTION_STORED_INDEX,
    QD_SECTION_IDS /* _id index */
};

/* Where a container's bytes go. append returns QD_OK or the storage's error; after an error nothing more is
 * sent. */
struct qd_sink {
    void *context; /* passed to append */
    enum qd_status (*append)(void *context, const void *data, size_t size, struct qd_error *error);
};

struct qd_sections_writer;

/* Starts a container. Memory: in `arena`. */
struct qd_sections_writer *qd_sections_writer_create(struct qd_arena *arena, struct qd_sink sink);

/* Opens a section; (kind, field) must be new. A section of a page (4096 bytes) or more begins at a page
 * border, smaller ones at a multiple of 64, so that a small segment stays small. */
void qd_sections_begin(struct qd_sections_writer *writer, enum qd_section_kind kind, uint32_t field);

/* Appends bytes to the open section. Sticky: an error of the sink is kept and returned by finish. */
void qd_sections_append(struct qd_sections_writer *writer, const void *data, size_t size);

/* Closes the open section and records its checksum. */
void qd_sections_end(struct qd_sections_writer *writer);

/* Writes the footer. Errors: the sink's first error. `size` (may be NULL) gets the container's size in bytes.
 */
QD_CHECKED enum qd_status qd_sections_finish(struct qd_sections_writer *writer, uint64_t *size,
                                             struct qd_error *error);

/* A container opened for reading; immutable but for the flags "this section's checksum was right" (atomic).
 */
struct qd_sections;

/* Opens a container over `bytes`, which must outlive it; checks magic, version, footer checksum and that
 * sections lie inside and do not overlap. `name` is used in errors. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_sections_open(struct qd_arena *arena, struct qd_slice name,
                                           struct qd_slice bytes, struct qd_sections **sections,
                                           struct qd_error *error);

/* Finds a section; its checksum is verified the first time it is asked for. A missing section gives an empty
 * slice and QD_OK. QD_SECTION_STORED is not verified here: its blocks carry their own checksums. Errors:
 * QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_sections_find(const struct qd_sections *sections, enum qd_section_kind kind,
                                           uint32_t field, struct qd_slice *bytes, struct qd_error *error);

/* Size of a section in bytes, 0 when missing; reads no section byte. */
uint64_t qd_sections_size(const struct qd_sections *sections, enum qd_section_kind kind, uint32_t field);

/* Verifies every byte of the container, all sections. Errors: QD_CORRUPTION. */
QD_CHECKED enum qd_status qd_sections_verify(const struct qd_sections *sections, struct qd_error *error);

/* The container's name, for errors. */
struct qd_slice qd_sections_name(const struct qd_sections *sections);

#endif
