/* SPDX-License-Identifier: MIT */
/*
 * The silicon of a machine: functions on buses, memory, an IOMMU. It knows
 * nothing of Linux; Linux reaches it through config accesses (function.h),
 * IOMMU tables (iommu.h) and queued commands (invq.h) only.
 */
#ifndef RSIM_LIB_HW_HW_H
#define RSIM_LIB_HW_HW_H

#include "engine/engine.h"
#include "hw/iommu.h"
#include "hw/layout.h"
#include "hw/memory.h"

struct hw_fn;

struct hw_bus {
	uint32_t domain;
	uint8_t number;
	struct hw_fn *bridge;	/* above it; NULL: a root bus, or VFs' bus */
	struct hw_bus *parent;	/* NULL: a root bus */
	struct hw_fn *first;	/* its functions in order of devfn */
	struct hw_fn *last;
	struct hw_bus *next;	/* in order of domain and number */
};

struct hw {
	struct engine *e;
	struct hw_layout *layouts;
	struct hw_timing *timings;
	uint32_t *page_table;	/* shared config pages, by content */
	uint32_t page_cap, page_count;
	struct hw_bus *buses;
	struct hw_fn **fns;	/* by number - 1; NULL: removed */
	uint32_t fn_count, fn_cap;
	uint32_t *bdf_table;	/* number of the function, by hash of its BDF */
	uint32_t bdf_cap;
	struct hw_bus *last_bus;	/* found last, a short cut */
	bool atc_flush_on_disable;	/* devices empty the ATC at E 1->0 */
	struct hw_memory memory;
	struct hw_iommu iommu;
};

#endif
