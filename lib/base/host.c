/* SPDX-License-Identifier: MIT */
#include "base/host.h"

#include <stdlib.h>

void *host_alloc(const struct rsim_host *h, size_t bytes)
{
	return host_allows(h, bytes) ? calloc(1, bytes) : NULL;
}

void *host_realloc(const struct rsim_host *h, void *p, size_t bytes)
{
	return host_allows(h, bytes) ? realloc(p, bytes) : NULL;
}
