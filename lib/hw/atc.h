/* SPDX-License-Identifier: MIT */
/* The Address Translation Cache of a function. */
#ifndef RSIM_LIB_HW_ATC_H
#define RSIM_LIB_HW_ATC_H

#include <rsim/base.h>

enum { HW_ATC_ENTRIES = 8 };	/* replaced round robin */

struct hw_atc_entry {
	rsim_iova iova;
	rsim_phys pa;
	uint64_t size;		/* 0: the slot is free */
	rsim_pasid pasid;
	uint32_t perm;
	uint32_t generation;	/* of the page when it was translated */
	uint32_t domain;	/* whose page table gave it, for the trace */
};

struct hw_atc {
	struct hw_atc_entry entry[HW_ATC_ENTRIES];
	uint32_t next;		/* the slot to fill when all are taken */
};

struct hw_fn;

void hw_atc_fill(struct hw_fn *fn, const struct hw_atc_entry *entry);
const struct hw_atc_entry *hw_atc_lookup(const struct hw_fn *fn,
					 rsim_pasid pasid, uint64_t addr);
void hw_atc_flush(struct hw_fn *fn, const char *why);
unsigned hw_atc_count(const struct hw_fn *fn);
/* An Invalidate Request arrives; false: it will never be answered. */
bool hw_atc_invalidate(struct hw_fn *fn, rsim_pasid pasid, rsim_iova iova,
		       uint64_t size);

#endif
