/* SPDX-License-Identifier: MIT */
/*
 * Models: __iommu_attach_device(), __iommu_device_set_domain(),
 * __iommu_group_set_domain_internal() and its callers [V7];
 * the fence is asked through the protocol.
 */
#include "base/assert.h"
#include "os/dev.h"

#include <errno.h>

int iommu_attach_one(struct rsim_dev *dev, struct rsim_domain *domain,
		     struct rsim_domain *old)
{
	struct engine *e = dev_engine(dev);
	uint64_t at = trace_position(e);
	int64_t fault;
	int ret;

	trace_ab(e, RSIM_EV_ATTACH, dev->fn.id, "attach_dev", domain->id,
		 old ? old->id : 0);
	++*engine_depth(e);
	dev->in_driver = true;
	digest_enter(e);
	if (fault_hits(e, RSIM_FAULT_ATTACH, dev->fn.id, &fault))
		ret = (int)fault;
	else
		ret = dev->os->ops->attach(dev, domain, old);
	digest_leave(e, (uint64_t)ret);
	dev->in_driver = false;
	--*engine_depth(e);
	trace_complete(e, at, ret);
	if (ret) {
		trace_log(e, dev->fn.id, "attach_dev failed", (uint64_t)-ret);
		return ret;
	}
	dev->hw_rid = domain;
	dev->attach_deferred = false;
	return 0;
}

int device_set_domain(struct rsim_dev *dev, struct rsim_domain *domain,
		      struct rsim_domain *old, unsigned flags)
{
	struct rsim_group *g = dev->group;
	int ret;

	if (dev->require_direct && (domain->type == RSIM_DOMAIN_BLOCKED ||
				    domain == g->blocking_domain)) {
		trace_log(dev_engine(dev), dev->fn.id, "require_direct", 0);
		return -EINVAL;
	}
	if (dev->attach_deferred) {
		if (domain == g->default_domain)
			return 0;
		dev->attach_deferred = false;
	}
	ret = iommu_attach_one(dev, domain, old);
	/* The device must not stay on a domain that is going away. */
	if (ret && flags & SET_MUST_SUCCEED && g->blocking_domain &&
	    g->blocking_domain != domain)
		iommu_attach_one(dev, g->blocking_domain, old);
	return ret;
}

/* Puts the devices before @failed back, in the order of the list. */
static void roll_back(struct rsim_group *g, struct rsim_dev *failed,
		      struct rsim_domain *domain)
{
	struct rsim_dev *dev;

	for (dev = g->first; dev != failed; dev = dev->group_next) {
		if (g->os->proto->skip(dev) || !g->domain)
			continue;
		if (device_set_domain(dev, g->domain, domain,
				      SET_MUST_SUCCEED))
			trace_warn(g->os->e, dev->fn.id,
				   "__iommu_group_set_domain_internal");
	}
}

int group_set_domain(struct rsim_group *g, struct rsim_domain *domain,
		     unsigned flags)
{
	struct rsim_dev *dev;
	int ret, result = 0;

	if (g->domain == domain)
		return 0;
	if (!domain) {
		trace_warn(g->os->e, 0, "__iommu_group_set_domain_internal");
		return -EINVAL;
	}
	ret = g->os->proto->gate(g, NULL,
				 flags & SET_MUST_SUCCEED ? RSIM_GATE_TEARDOWN
							  : RSIM_GATE_ATTACH);
	if (ret)
		return ret;
	for (dev = g->first; dev; dev = dev->group_next) {
		if (g->os->proto->skip(dev))
			continue;
		ret = device_set_domain(dev, domain, g->domain, flags);
		if (!ret)
			continue;
		result = ret;
		if (!(flags & SET_MUST_SUCCEED)) {
			roll_back(g, dev, domain);
			return ret;
		}
	}
	g->domain = domain;
	return result;
}

void group_set_domain_nofail(struct rsim_group *g, struct rsim_domain *domain)
{
	if (group_set_domain(g, domain, SET_MUST_SUCCEED))
		trace_warn(g->os->e, 0, "__iommu_group_set_domain_nofail");
}

static int attach_locked(struct rsim_group *g, struct rsim_domain *domain)
{
	if (g->domain && g->domain != g->default_domain &&
	    g->domain != g->blocking_domain)
		return -EBUSY;
	if (domain->instance != g->instance)
		return -EINVAL;
	return group_set_domain(g, domain, 0);
}

/* Enters a public call on @g: its name in the trace, its mutex taken. */
static void enter(struct rsim_group *g, const char *call)
{
	trace_call(g->os->e, 0, call);
	mutex_lock_next(g->os->e, &g->mutex);
}

static int leave(struct rsim_group *g, const char *call, int ret)
{
	mutex_unlock(g->os->e, &g->mutex);
	trace_ret(g->os->e, 0, call, ret);
	trace_last(g->os->e)->obj = g->id + 1;
	return ret;
}

int rsim_attach_group(struct rsim_group *group, struct rsim_domain *domain)
{
	MISUSE_IF(!group, "rsim_attach_group", "group is NULL");
	MISUSE_IF(!domain, "rsim_attach_group", "domain is NULL");
	MISUSE_IF(domain->os != group->os, "rsim_attach_group",
		  "domain and group are of two worlds");
	MISUSE_IF(domain->freed, "rsim_attach_group", "domain was freed");
	enter(group, "iommu_attach_group");
	return leave(group, "iommu_attach_group",
		     attach_locked(group, domain));
}

/* __iommu_group_set_core_domain(). */
static void set_core_domain(struct rsim_group *g)
{
	group_set_domain_nofail(g, g->owned_by_user ? g->blocking_domain
						    : g->default_domain);
}

void rsim_detach_group(struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_detach_group", "group is NULL");
	enter(group, "iommu_detach_group");
	set_core_domain(group);
	leave(group, "iommu_detach_group", TRACE_VOID);
}

int rsim_attach_device(struct rsim_dev *dev, struct rsim_domain *domain)
{
	struct rsim_group *g;

	MISUSE_IF(!dev, "rsim_attach_device", "dev is NULL");
	MISUSE_IF(!domain, "rsim_attach_device", "domain is NULL");
	MISUSE_IF(domain->os != dev->os, "rsim_attach_device",
		  "domain and dev are of two worlds");
	MISUSE_IF(domain->freed, "rsim_attach_device", "domain was freed");
	g = dev->group;
	if (!g)
		return -ENODEV;
	enter(g, "iommu_attach_device");
	return leave(g, "iommu_attach_device",
		     g->first != g->last ? -EINVAL : attach_locked(g, domain));
}

void rsim_detach_device(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_detach_device", "dev is NULL");
	MISUSE_IF(!dev->group, "rsim_detach_device", "dev has no group");
	enter(dev->group, "iommu_detach_device");
	if (dev->group->first == dev->group->last)
		set_core_domain(dev->group);
	else
		trace_warn(dev->os->e, dev->fn.id, "iommu_detach_device");
	leave(dev->group, "iommu_detach_device", TRACE_VOID);
}

int rsim_replace_group(struct rsim_group *group, struct rsim_domain *domain)
{
	MISUSE_IF(!group, "rsim_replace_group", "group is NULL");
	if (!domain)
		return -EINVAL;
	MISUSE_IF(domain->os != group->os, "rsim_replace_group",
		  "domain and group are of two worlds");
	MISUSE_IF(domain->freed, "rsim_replace_group", "domain was freed");
	enter(group, "iommu_replace_group_handle");
	return leave(group, "iommu_replace_group_handle",
		     domain->instance != group->instance
			     ? -EINVAL : group_set_domain(group, domain, 0));
}

static int deferred_locked(struct rsim_dev *dev, struct rsim_domain *domain)
{
	int ret = dev->os->proto->gate(dev->group, dev, RSIM_GATE_DEFERRED);

	return ret ? ret : iommu_attach_one(dev, domain, NULL);
}

int rsim_deferred_attach(struct rsim_dev *dev, struct rsim_domain *domain)
{
	MISUSE_IF(!dev, "rsim_deferred_attach", "dev is NULL");
	MISUSE_IF(!domain, "rsim_deferred_attach", "domain is NULL");
	MISUSE_IF(domain->os != dev->os, "rsim_deferred_attach",
		  "domain and dev are of two worlds");
	MISUSE_IF(domain->freed, "rsim_deferred_attach", "domain was freed");
	if (!dev->group || !dev->attach_deferred)
		return 0;
	enter(dev->group, "iommu_deferred_attach");
	return leave(dev->group, "iommu_deferred_attach",
		     dev->attach_deferred ? deferred_locked(dev, domain) : 0);
}
