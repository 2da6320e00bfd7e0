/* SPDX-License-Identifier: MIT */
/* Memory from the host, behind the hooks that a test may set. */
#ifndef RSIM_LIB_BASE_HOST_H
#define RSIM_LIB_BASE_HOST_H

#include <rsim/world.h>

/* May @bytes more be allocated? Asked before every allocation there is. */
static inline bool host_allows(const struct rsim_host *h, size_t bytes)
{
	return !h->allow || h->allow(h->ctx, bytes);
}

/* NULL when refused or out of memory. */
void *host_alloc(const struct rsim_host *h, size_t bytes);
void *host_realloc(const struct rsim_host *h, void *p, size_t bytes);

#endif
