/* SPDX-License-Identifier: MIT */
/*
 * Models: an ATC. Spec: PCIe 10.2.3 (fill), 10.3 (invalidate), 10.3.7 and
 * 10.5.1.3 (E 0->1 empties it), 6.6.2 (so does a reset that really happens).
 */
#include "hw/atc.h"
#include "hw/function.h"
#include "hw/hw.h"

#include <string.h>

static void atc_event(struct hw_fn *fn, const char *what,
		      const struct hw_atc_entry *n)
{
	struct rsim_event *ev = trace_add(fn->hw->e, RSIM_EV_ATC, fn->id, what);

	ev->a = n->iova;
	ev->b = n->pa;
	ev->obj = n->pasid == RSIM_NO_PASID ? 0 : n->pasid;
}

static bool overlaps(const struct hw_atc_entry *n, rsim_pasid pasid,
		     rsim_iova iova, uint64_t size)
{
	if (!n->size)
		return false;
	/* No PASID and the whole range: everything (PCIe 10.3.3). */
	if (!size)
		return pasid == RSIM_NO_PASID || n->pasid == pasid;
	return n->pasid == pasid && n->iova < iova + size &&
	       iova < n->iova + n->size;
}

void hw_atc_fill(struct hw_fn *fn, const struct hw_atc_entry *entry)
{
	struct hw_atc *atc = fn->atc;
	unsigned i;

	for (i = 0; i < HW_ATC_ENTRIES; i++)
		if (overlaps(&atc->entry[i], entry->pasid, entry->iova,
			     entry->size))
			break;
	if (i == HW_ATC_ENTRIES)
		for (i = 0; i < HW_ATC_ENTRIES && atc->entry[i].size; i++)
			;
	if (i == HW_ATC_ENTRIES) {
		i = atc->next;
		atc->next = (atc->next + 1) % HW_ATC_ENTRIES;
	}
	atc->entry[i] = *entry;
	atc_event(fn, "caches", entry);
}

const struct hw_atc_entry *hw_atc_lookup(const struct hw_fn *fn,
					 rsim_pasid pasid, uint64_t addr)
{
	unsigned i;

	if (!fn->atc)
		return NULL;
	for (i = 0; i < HW_ATC_ENTRIES; i++)
		if (overlaps(&fn->atc->entry[i], pasid, addr, 1))
			return &fn->atc->entry[i];
	return NULL;
}

static void drop(struct hw_fn *fn, const char *why, struct hw_atc_entry *n)
{
	atc_event(fn, why, n);
	memset(n, 0, sizeof(*n));
}

void hw_atc_flush(struct hw_fn *fn, const char *why)
{
	unsigned i;

	if (!fn->atc)
		return;
	for (i = 0; i < HW_ATC_ENTRIES; i++)
		if (fn->atc->entry[i].size)
			drop(fn, why, &fn->atc->entry[i]);
}

unsigned hw_atc_count(const struct hw_fn *fn)
{
	unsigned i, n = 0;

	for (i = 0; fn->atc && i < HW_ATC_ENTRIES; i++)
		n += fn->atc->entry[i].size != 0;
	return n;
}

bool hw_atc_invalidate(struct hw_fn *fn, rsim_pasid pasid, rsim_iova iova,
		       uint64_t size)
{
	unsigned i;

	/* In a reset requests may be ignored: the hole of 10.3.1. A function
	 * in D3hot cannot complete one either. */
	if (!hw_fn_answers(fn) || fn->d_state)
		return false;
	if (!fn->atc)
		return true;
	if (fault_hits(fn->hw->e, RSIM_FAULT_ATC_INV, fn->id, NULL))
		return false;
	/* UR counts as an answer for the IOMMU (SMMUv3 3.9.1.5). */
	if (fault_hits(fn->hw->e, RSIM_FAULT_ATC_INV_UR, fn->id, NULL))
		return true;
	for (i = 0; i < HW_ATC_ENTRIES; i++)
		if (overlaps(&fn->atc->entry[i], pasid, iova, size))
			drop(fn, "drops", &fn->atc->entry[i]);
	return true;
}
