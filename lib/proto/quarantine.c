/* SPDX-License-Identifier: MIT */
/*
 * Models: the quarantine series (on the list since 2026-04-16; its third
 * posting on top of the fixes of 7.1, with the driver-level fence of the later
 * ones): done() is told the result, and a device that did not answer an
 * invalidation is shut off.
 */
#include "proto/table.h"

#include <errno.h>

static int prepare(struct rsim_dev *dev)
{
	struct rsim_group *group;
	struct rsim_fence_group *fence;
	struct rsim_fence_dev *own;
	int ret = 0;

	if (!rsim_fence_applies(dev))
		return 0;
	group = rsim_fence_lock(dev);
	fence = rsim_fence_group(group);
	own = rsim_fence_dev(dev);
	/* Nested: the outermost pair does the work. */
	if (own->reset_depth++)
		goto out;
	/* Quarantined since a reset failed: it is parked already. */
	if (own->blocked)
		goto out;
	ret = rsim_fence_alloc_blocking(group);
	if (!ret && rsim_group_domain(group) != rsim_group_blocking(group))
		ret = rsim_fence_attach(dev, rsim_group_blocking(group),
					rsim_group_domain(group));
	if (ret) {
		own->reset_depth--;
		goto out;
	}
	/* Before the PASIDs: the driver asks what the RID is attached to. */
	own->blocked = true;
	if (rsim_fence_has_pasids(dev))
		rsim_fence_remove_pasids(dev);
	fence->recovery_cnt++;
out:
	rsim_fence_unlock(group);
	return ret;
}

static void done(struct rsim_dev *dev, bool succeeded)
{
	struct rsim_group *group;
	struct rsim_fence_group *fence;
	struct rsim_fence_dev *own;

	if (!rsim_fence_applies(dev))
		return;
	group = rsim_fence_lock(dev);
	fence = rsim_fence_group(group);
	own = rsim_fence_dev(dev);
	if (!own->reset_depth) {
		rsim_fence_warn_done(dev);
		goto out;
	}
	if (--own->reset_depth)
		goto out;
	if (!succeeded) {
		rsim_fence_log(dev, "kept_blocked");
		goto out;
	}
	if (rsim_fence_alias_blocked(dev))
		rsim_fence_log(dev, "unblocked under a blocked alias");
	rsim_fence_reset_device_done(dev);
	if (rsim_group_domain(group) &&
	    rsim_group_domain(group) != rsim_group_blocking(group) &&
	    rsim_fence_attach(dev, rsim_group_domain(group),
			      rsim_group_blocking(group)))
		rsim_fence_warn_done(dev);
	own->blocked = false;
	if (rsim_fence_has_pasids(dev))
		rsim_fence_restore_pasids(dev);
	if (!fence->recovery_cnt)
		rsim_fence_warn_done(dev);
	else
		fence->recovery_cnt--;
out:
	rsim_fence_unlock(group);
}

static int gate(struct rsim_group *group, struct rsim_dev *dev,
		enum rsim_gate why)
{
	if (why == RSIM_GATE_TEARDOWN)
		return 0;
	if (why == RSIM_GATE_DEFERRED)
		return rsim_fence_dev(dev)->blocked ? -EBUSY : 0;
	return rsim_fence_group(group)->recovery_cnt ? -EBUSY : 0;
}

static bool skip(struct rsim_dev *dev)
{
	return rsim_fence_dev(dev)->blocked;
}

static void broken(struct rsim_dev *dev)
{
	rsim_fence_block_ats(dev);
}

static struct rsim_domain *domain_of(struct rsim_dev *dev)
{
	struct rsim_group *group = rsim_dev_group(dev);

	return rsim_fence_dev(dev)->blocked ? rsim_group_blocking(group)
					    : rsim_group_domain(group);
}

const struct rsim_proto proto_quarantine = {
	.name = "quarantine",
	.what = "done() knows the result; a broken device stays parked",
	.done_rule = RSIM_DONE_RESULT,
	.probe_fences = true,
	.prepare = prepare,
	.done = done,
	.gate = gate,
	.skip = skip,
	.broken = broken,
	.domain_of = domain_of,
};
