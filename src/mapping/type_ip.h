/* IP addresses as 16 bytes: IPv6, and IPv4 mapped into it (::ffff:a.b.c.d).
 *
 * Used by the ip field type, queries and formats. Source: OpenSearch InetAddresses, Lucene InetAddressPoint.
 */
#ifndef QD_MAPPING_TYPE_IP_H
#define QD_MAPPING_TYPE_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

/* Reads "1.2.3.4", "::1", "::ffff:1.2.3.4"; false when it is no address. */
bool qd_ip_parse(struct qd_slice text, uint8_t bytes[16]);

/* Prints as InetAddresses.toAddrString: IPv4 dotted, IPv6 compressed. Memory: the arena's. */
struct qd_slice qd_ip_print(const uint8_t bytes[16], struct qd_arena *arena);

#endif
