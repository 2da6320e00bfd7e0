/* SPDX-License-Identifier: MIT */
/*
 * Models: CMD_SYNC / wait descriptor / COMPLETION_WAIT behind ATC commands.
 * Spec: PCIe 10.3.1 (reply time); SMMUv3 4.7.3; VT-d 6.5.2.
 */
#include "hw/invq.h"
#include "hw/atc.h"
#include "hw/function.h"
#include "hw/hw.h"

void hw_invq_cmd(struct hw *hw, struct hw_fn *fn, const char *what)
{
	trace_add(hw->e, RSIM_EV_CMD, fn ? fn->id : 0, what);
}

void hw_invq_atc(struct hw *hw, struct hw_fn *fn, rsim_pasid pasid,
		 rsim_iova iova, uint64_t size)
{
	struct hw_invq *q = &hw->iommu.queue;
	struct rsim_event *ev = trace_add(hw->e, RSIM_EV_CMD, fn->id,
					  "ATC_INV");

	ev->a = size ? iova : 0;
	ev->b = size;
	ev->obj = pasid == RSIM_NO_PASID ? 0 : pasid;
	if (hw_atc_invalidate(fn, pasid, iova, size))
		return;
	trace_add(hw->e, RSIM_EV_HW, fn->id, "does not answer");
	q->unanswered = true;
	q->guilty = fn->id;
	if (q->stuck_until <= hw->e->now)
		q->stuck_until = hw->e->now +
				 q->timeout_ms * RSIM_NS_PER_MS;
}

static enum hw_sync wait_for_sync(struct hw *hw, uint32_t poll_ms)
{
	struct hw_invq *q = &hw->iommu.queue;
	rsim_ns limit = poll_ms == RSIM_NEVER
				? UINT64_MAX
				: hw->e->now + poll_ms * RSIM_NS_PER_MS;
	/* The queue works in order: a failure belongs to the first sync that
	 * was queued behind it, whoever queued that. */
	uint32_t aborts = q->abort_all ? q->aborts : 0;
	bool mine = q->unanswered;

	trace_add(hw->e, RSIM_EV_CMD, 0, "SYNC");
	digest_observe(hw->e, (uint64_t)mine << 32 | aborts);
	q->unanswered = false;
	if (q->stuck_until <= hw->e->now && !mine)
		return HW_SYNC_DONE;
	/* The error is raised by an interrupt; where that cannot run, whoever
	 * polls learns nothing before its own time-out. */
	if (q->stuck_until > limit ||
	    (mine && poll_ms != RSIM_NEVER &&
	     fault_hits(hw->e, RSIM_FAULT_IRQ, 0, NULL))) {
		engine_poll(hw->e, limit - hw->e->now);
		trace_add(hw->e, RSIM_EV_CMD, 0, "SYNC not answered in time");
		return HW_SYNC_TIMEOUT;
	}
	if (q->stuck_until > hw->e->now)
		engine_poll(hw->e, q->stuck_until - hw->e->now);
	if (mine) {
		/* VT-d's time-out aborts every wait that is pending. */
		q->aborts++;
		trace_add(hw->e, RSIM_EV_CMD, 0, "ATC invalidation timed out");
		return HW_SYNC_ERROR;
	}
	return q->abort_all && q->aborts != aborts ? HW_SYNC_ERROR
						   : HW_SYNC_DONE;
}

enum hw_sync hw_invq_sync(struct hw *hw, uint32_t poll_ms)
{
	enum hw_sync ret;

	digest_enter(hw->e);
	ret = wait_for_sync(hw, poll_ms);
	digest_leave(hw->e, ret);
	return ret;
}
