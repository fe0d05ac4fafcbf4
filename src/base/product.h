/* What this program is and which OpenSearch it answers as.
 *
 * Used by the banner, headers, statistics and `--version`. The OpenSearch values are those of the reference
 * build, so that clients that check them work unchanged.
 */
#ifndef QD_BASE_PRODUCT_H
#define QD_BASE_PRODUCT_H

#define QD_PRODUCT_VERSION "0.1.0"
#define QD_OPENSEARCH_VERSION "3.8.0"
#define QD_OPENSEARCH_BUILD_HASH "e5a3c5691be87af6c12dbe3e158c59c04ee72973"
#define QD_OPENSEARCH_BUILD_DATE "2026-08-01T18:48:00.452816924Z"
#define QD_OPENSEARCH_BUILD_TYPE "zip"
#define QD_LUCENE_VERSION "10.5.0"
#define QD_MINIMUM_WIRE_VERSION "2.19.0"
#define QD_MINIMUM_INDEX_VERSION "2.0.0"
/* Value of the X-OpenSearch-Version header. */
#define QD_VERSION_HEADER "OpenSearch/" QD_OPENSEARCH_VERSION " (opensearch)"
/* index.version.created of an index made by this version. */
#define QD_INDEX_VERSION_CREATED "137297827"

#endif
