/* SPDX-License-Identifier: MIT */
/*
 * The machine's memory: pages with an owner and a generation. A page that is
 * freed and given to somebody else is how a stale translation becomes a
 * corruption.
 */
#ifndef RSIM_LIB_HW_MEMORY_H
#define RSIM_LIB_HW_MEMORY_H

#include <rsim/base.h>

struct hw;

struct hw_page {
	uint32_t owner;		/* whoever asked for it; 0: free */
	uint32_t generation;	/* counts allocations */
	uint32_t writes;	/* by devices, in this generation */
	uint32_t next_free;	/* index + 1 */
};

struct hw_memory {
	struct hw_page *pages;
	uint32_t count, cap;
	uint32_t free;		/* index + 1 of the page freed last */
};

/* The page freed last, or a new one; owned by @owner (not 0). 0: no memory. */
rsim_phys hw_page_alloc(struct hw *hw, uint32_t owner);
void hw_page_free(struct hw *hw, rsim_phys pa);
/* NULL: no such page. */
struct hw_page *hw_page_at(struct hw *hw, rsim_phys pa);

#endif
