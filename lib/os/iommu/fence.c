/* SPDX-License-Identifier: MIT */
/*
 * What protocols are made of (include/rsim/proto.h, second half): the steps
 * of pci_dev_reset_iommu_prepare() and _done() that all revisions share.
 */
#include "base/assert.h"
#include "os/dev.h"

#include <errno.h>

struct rsim_fence_group *rsim_fence_group(struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_fence_group", "group is NULL");
	return &group->fence;
}

struct rsim_fence_dev *rsim_fence_dev(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_fence_dev", "dev is NULL");
	return &dev->fence;
}

bool rsim_fence_applies(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_fence_applies", "dev is NULL");
	return pci_ats_supported(dev) && dev->group;
}

struct rsim_group *rsim_fence_lock(struct rsim_dev *dev)
{
	MISUSE_IF(!dev || !dev->group, "rsim_fence_lock",
		  "dev is NULL or has no group");
	mutex_lock(dev_engine(dev), &dev->group->mutex);
	return dev->group;
}

void rsim_fence_unlock(struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_fence_unlock", "group is NULL");
	mutex_unlock(group->os->e, &group->mutex);
}

/* The call is an event only where something is really allocated. */
int rsim_fence_alloc_blocking(struct rsim_group *group)
{
	struct engine *e;
	int64_t fault;
	int ret = 0;

	MISUSE_IF(!group, "rsim_fence_alloc_blocking", "group is NULL");
	if (group->blocking_domain)
		return 0;
	if (group->static_blocked) {
		group->blocking_domain = group->os->blocked;
		return 0;
	}
	e = group->os->e;
	if (fault_hits(e, RSIM_FAULT_ALLOC, 0, &fault))
		ret = (int)fault;
	else
		group->blocking_domain =
			domain_new(group->os, RSIM_DOMAIN_UNMANAGED,
				   "blocking", group->instance);
	if (!ret && !group->blocking_domain)
		ret = -ENOMEM;
	trace_add(e, RSIM_EV_DOMAIN, 0, "alloc blocking")->ret = ret;
	return ret;
}

int rsim_fence_attach(struct rsim_dev *dev, struct rsim_domain *domain,
		      struct rsim_domain *old)
{
	MISUSE_IF(!dev, "rsim_fence_attach", "dev is NULL");
	/* Where Linux would dereference NULL, the world goes on: the trace
	 * says so and the device stays where it is. */
	if (!domain) {
		trace_warn(dev_engine(dev), dev->fn.id,
			   "NULL dereference in __iommu_attach_device");
		return 0;
	}
	return iommu_attach_one(dev, domain, old);
}

void rsim_fence_remove_pasids(struct rsim_dev *dev)
{
	unsigned i;

	MISUSE_IF(!dev, "rsim_fence_remove_pasids", "dev is NULL");
	for (i = 0; i < dev->group->pasid_count; i++)
		pasid_remove_one(dev, dev->group->pasids[i].pasid,
				 dev->group->pasids[i].domain);
}

void rsim_fence_restore_group_pasids(struct rsim_dev *dev)
{
	struct rsim_group *g;
	unsigned i;

	MISUSE_IF(!dev, "rsim_fence_restore_group_pasids", "dev is NULL");
	g = dev->group;
	for (i = 0; i < g->pasid_count; i++)
		if (pasid_set_group(g, g->pasids[i].pasid, g->pasids[i].domain,
				    g->blocking_domain))
			rsim_fence_warn_done(dev);
}

void rsim_fence_restore_pasids(struct rsim_dev *dev)
{
	struct rsim_group *g;
	unsigned i;

	MISUSE_IF(!dev, "rsim_fence_restore_pasids", "dev is NULL");
	g = dev->group;
	for (i = 0; i < g->pasid_count; i++)
		if (pasid_set_one(dev, g->pasids[i].pasid, g->pasids[i].domain,
				  g->blocking_domain))
			rsim_fence_warn_done(dev);
}

bool rsim_fence_has_pasids(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_fence_has_pasids", "dev is NULL");
	return dev->max_pasids > 0;
}

bool rsim_fence_alias_blocked(struct rsim_dev *dev)
{
	struct rsim_dev *other;

	MISUSE_IF(!dev, "rsim_fence_alias_blocked", "dev is NULL");
	for (other = dev->group->first; other; other = other->group_next)
		if (other != dev && other->fn.ste == dev->fn.ste &&
		    other->fence.blocked)
			return true;
	return false;
}

void rsim_fence_block_ats(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_fence_block_ats", "dev is NULL");
	if (!dev->os->ops->block_ats)
		return;
	trace_log(dev_engine(dev), dev->fn.id, "broken: ATS is shut off", 0);
	dev->os->ops->block_ats(dev);
}

void rsim_fence_reset_device_done(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_fence_reset_device_done", "dev is NULL");
	if (!dev->os->ops->reset_device_done)
		return;
	trace_add(dev_engine(dev), RSIM_EV_DRIVER, dev->fn.id,
		  "reset_device_done");
	dev->os->ops->reset_device_done(dev);
}

void rsim_fence_warn_prepare(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_fence_warn_prepare", "dev is NULL");
	trace_warn(dev_engine(dev), dev->fn.id, "pci_dev_reset_iommu_prepare");
}

void rsim_fence_warn_done(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_fence_warn_done", "dev is NULL");
	trace_warn(dev_engine(dev), dev->fn.id, "pci_dev_reset_iommu_done");
}

void rsim_fence_log(struct rsim_dev *dev, const char *message)
{
	MISUSE_IF(!dev, "rsim_fence_log", "dev is NULL");
	trace_log(dev_engine(dev), dev->fn.id, message, 0);
}
