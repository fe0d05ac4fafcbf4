/* What the master's state machine needs of mapping, analysis and search.
 *
 * Used by node wiring. Pure functions behind struct qd_master_services.
 */
#ifndef QD_COORDINATOR_MASTER_SERVICES_H
#define QD_COORDINATOR_MASTER_SERVICES_H

#include "master/master.h"
#include "platform/env.h"

/* The services; the context is `env`, through which files that analyzers name are read. */
struct qd_master_services qd_master_services(struct qd_env *env);

#endif
