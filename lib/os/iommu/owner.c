/* SPDX-License-Identifier: MIT */
/* Models: __iommu_take_dma_ownership(), __iommu_release_dma_ownership(). */
#include "base/assert.h"
#include "os/dev.h"

#include <errno.h>

static int claim_locked(struct rsim_group *g)
{
	int ret;

	if (g->owner_cnt)
		return -EPERM;
	if ((g->domain && g->domain != g->default_domain) || g->pasid_count)
		return -EBUSY;
	ret = rsim_fence_alloc_blocking(g);
	if (!ret)
		ret = group_set_domain(g, g->blocking_domain, 0);
	if (ret)
		return ret;
	g->owned_by_user = true;
	g->owner_cnt++;
	return 0;
}

int rsim_claim_dma_owner(struct rsim_group *group)
{
	int ret;

	MISUSE_IF(!group, "rsim_claim_dma_owner", "group is NULL");
	trace_call(group->os->e, 0, "iommu_group_claim_dma_owner");
	mutex_lock(group->os->e, &group->mutex);
	ret = claim_locked(group);
	mutex_unlock(group->os->e, &group->mutex);
	return trace_ret(group->os->e, 0, "iommu_group_claim_dma_owner", ret);
}

void rsim_release_dma_owner(struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_release_dma_owner", "group is NULL");
	trace_call(group->os->e, 0, "iommu_group_release_dma_owner");
	mutex_lock(group->os->e, &group->mutex);
	if (!group->owner_cnt || !group->owned_by_user || group->pasid_count) {
		trace_warn(group->os->e, 0, "__iommu_release_dma_ownership");
	} else {
		group->owner_cnt = 0;
		group->owned_by_user = false;
		group_set_domain_nofail(group, group->default_domain);
	}
	mutex_unlock(group->os->e, &group->mutex);
	trace_done(group->os->e, 0, "iommu_group_release_dma_owner");
}
