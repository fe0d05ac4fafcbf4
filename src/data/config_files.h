/* Files of the node's configuration directory, as analysis reads them.
 *
 * Used by data (schemas) and coordinator (_analyze without an index).
 */
#ifndef QD_DATA_CONFIG_FILES_H
#define QD_DATA_CONFIG_FILES_H

#include "analysis/analysis.h"
#include "platform/env.h"

/* The files below env->config_directory; none can be read when `env` is NULL. Memory: the environment must
 * live as long as the result is used. Blocks: reading does, as long as the disk takes for a word list. */
struct qd_analysis_files qd_config_files(struct qd_env *env);

#endif
