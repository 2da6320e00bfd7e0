/* SPDX-License-Identifier: MIT */
/* The page table of a domain: ranges, sorted by IOVA, that do not overlap. */
#ifndef RSIM_LIB_HW_PAGETABLE_H
#define RSIM_LIB_HW_PAGETABLE_H

#include <rsim/base.h>

struct hw;

enum { HW_READ = 1, HW_WRITE = 2 };

struct hw_map {
	rsim_iova iova;
	rsim_phys pa;
	uint64_t size;		/* bytes, a multiple of a page */
	uint32_t perm;		/* HW_READ, HW_WRITE */
};

struct hw_pagetable {
	struct hw_map *maps;
	uint32_t count, cap;
	uint32_t id;		/* of the domain it belongs to */
};

/* 0, -EEXIST (overlaps), -ENOMEM. */
int hw_map(struct hw *hw, struct hw_pagetable *pt, const struct hw_map *m);
/* Removes the whole ranges inside [iova, iova + size); bytes removed. */
uint64_t hw_unmap(struct hw_pagetable *pt, rsim_iova iova, uint64_t size);
/* The range that contains @iova, or NULL. O(log n). */
const struct hw_map *hw_walk(const struct hw_pagetable *pt, rsim_iova iova);
void hw_pagetable_fini(struct hw *hw, struct hw_pagetable *pt);

#endif
