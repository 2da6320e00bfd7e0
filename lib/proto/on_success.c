/* SPDX-License-Identifier: MIT */
/*
 * Models: the patch "iommu: Do not call pci_dev_reset_iommu_done() unless
 * reset succeeds" (2026-03-04, on top of 7.0). rsim's default.
 */
#include "proto/table.h"

#include <errno.h>

static int prepare(struct rsim_dev *dev)
{
	struct rsim_group *group;
	struct rsim_fence_group *fence;
	int ret = 0;

	if (!rsim_fence_applies(dev))
		return 0;
	group = rsim_fence_lock(dev);
	fence = rsim_fence_group(group);
	/* Prepared already: a reset failed before, and this one may heal it. */
	if (fence->resetting_domain)
		goto out;
	ret = rsim_fence_alloc_blocking(group);
	if (ret)
		goto out;
	if (rsim_group_domain(group) != rsim_group_blocking(group))
		ret = rsim_fence_attach(dev, rsim_group_blocking(group),
					rsim_group_domain(group));
	if (ret)
		goto out;
	rsim_fence_remove_pasids(dev);
	fence->resetting_domain = rsim_group_blocking(group);
out:
	rsim_fence_unlock(group);
	return ret;
}

static void done(struct rsim_dev *dev, bool succeeded)
{
	struct rsim_group *group;
	struct rsim_fence_group *fence;

	(void)succeeded;
	if (!rsim_fence_applies(dev))
		return;
	group = rsim_fence_lock(dev);
	fence = rsim_fence_group(group);
	if (!fence->resetting_domain)
		goto out;
	if (rsim_group_domain(group) != rsim_group_blocking(group) &&
	    rsim_fence_attach(dev, rsim_group_domain(group),
			      rsim_group_blocking(group)))
		rsim_fence_warn_done(dev);
	rsim_fence_restore_group_pasids(dev);
	fence->resetting_domain = NULL;
out:
	rsim_fence_unlock(group);
}

static int gate(struct rsim_group *group, struct rsim_dev *dev,
		enum rsim_gate why)
{
	(void)dev;
	(void)why;
	return rsim_fence_group(group)->resetting_domain ? -EBUSY : 0;
}

static bool skip(struct rsim_dev *dev)
{
	(void)dev;
	return false;
}

static struct rsim_domain *domain_of(struct rsim_dev *dev)
{
	struct rsim_group *group = rsim_dev_group(dev);
	struct rsim_fence_group *fence = rsim_fence_group(group);

	return fence->resetting_domain ? fence->resetting_domain
				       : rsim_group_domain(group);
}

const struct rsim_proto proto_on_success = {
	.name = "on-success",
	.what = "done() after a success only; a failed device stays parked",
	.done_rule = RSIM_DONE_ON_SUCCESS,
	.probe_fences = true,
	.prepare = prepare,
	.done = done,
	.gate = gate,
	.skip = skip,
	.domain_of = domain_of,
};
