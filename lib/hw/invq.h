/* SPDX-License-Identifier: MIT */
/*
 * The IOMMU's invalidation queue, as far as devices answer it or do not.
 */
#ifndef RSIM_LIB_HW_INVQ_H
#define RSIM_LIB_HW_INVQ_H

#include <rsim/base.h>

struct hw;
struct hw_fn;

struct hw_invq {
	bool unanswered;	/* Invalidate Requests since the last sync */
	rsim_ns stuck_until;	/* the hardware gives up on them then */
	uint32_t aborts;	/* times that it gave up */
	uint32_t guilty;	/* number of the function silent last */
	bool abort_all;		/* ... which aborts all pending waits (VT-d) */
	uint32_t timeout_ms;	/* of the hardware (PCIe 10.3.1: 60 s +50 %) */
};

/* An Invalidate Request to @fn for a range (@size 0: everything), with or
 * without a PASID. Queued; the answer is seen by the next sync. */
void hw_invq_atc(struct hw *hw, struct hw_fn *fn, rsim_pasid pasid,
		 rsim_iova iova, uint64_t size);
/* A command that devices take no part in. */
void hw_invq_cmd(struct hw *hw, struct hw_fn *fn, const char *what);

enum hw_sync {
	HW_SYNC_DONE,		/* all that was queued is done */
	HW_SYNC_ERROR,		/* the hardware gave up on an answer: error
				 * raised, queue stopped until acknowledged */
	HW_SYNC_TIMEOUT,	/* still waiting after @poll_ms */
};
/* Waits for the queue, at most @poll_ms (RSIM_NEVER: as long as it takes).
 * The wait is polling: time passes, other tasks do run. */
enum hw_sync hw_invq_sync(struct hw *hw, uint32_t poll_ms);

#endif
