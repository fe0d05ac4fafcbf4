/* What the master's state machine needs of mapping, analysis and search.
 *
 * Used by node wiring. Pure functions behind struct qd_master_services.
 */
#ifndef QD_COORDINATOR_MASTER_SERVICES_H
#define QD_COORDINATOR_MASTER_SERVICES_H

#include "master/master.h"

/* The services; static storage, no context. */
const struct qd_master_services *qd_master_services(void);

#endif
