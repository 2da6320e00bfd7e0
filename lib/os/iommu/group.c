/* SPDX-License-Identifier: MIT */
/*
 * Models: iommu_probe_device(), iommu_release_device() and the group they
 * keep [V7].
 */
#include "base/assert.h"
#include "os/dev.h"

#include <errno.h>
#include <string.h>

struct rsim_group *group_new(struct os *os)
{
	struct rsim_group *g;

	if (os->group_count == os->group_cap) {
		uint32_t cap = os->group_cap ? os->group_cap * 2 : 16;
		struct rsim_group **p =
			arena_hot(os->e->arena, cap * sizeof(*p));

		if (!p)
			return NULL;
		if (os->group_count)
			memcpy(p, os->groups, os->group_count * sizeof(*p));
		arena_release(os->e->arena, os->groups,
			      os->group_cap * sizeof(*p));
		os->groups = p;
		os->group_cap = cap;
	}
	g = arena_hot(os->e->arena, sizeof(*g));
	if (!g)
		return NULL;
	g->os = os;
	g->id = os->group_count;
	g->static_blocked = os->static_blocked;
	g->mutex.name = "group";
	os->groups[os->group_count++] = g;
	return g;
}

/*
 * The driver may refuse a function: a dump cannot say so, these rules do.
 *  - AMD: the IOMMU's own function (class 0806) is not behind itself.
 *  - SMMUv3, described by a device tree: a function joins when its driver is
 *    bound, which a host bridge never has; and a stream ID is given to one
 *    function only, so of several that share a requester ID (behind a bridge
 *    to conventional PCI) the first keeps it. The bridge's own requests carry
 *    another ID.
 */
static bool driver_refuses(const struct rsim_dev *dev)
{
	const struct hw_fn *fn;
	uint16_t rid;

	if (dev->os->iommu == RSIM_IOMMU_AMD)
		return dev->class_code >> 8 == 0x0806;
	if (dev->os->iommu != RSIM_IOMMU_SMMUV3)
		return false;
	if (dev->class_code >> 8 == 0x0600)
		return true;
	rid = hw_requester(&dev->fn);
	if (rid == bdf_rid(dev->fn.bdf))
		return false;
	for (fn = dev->fn.bus->first; fn; fn = fn->next)
		if (fn != &dev->fn && fn_cdev(fn)->group &&
		    hw_requester(fn) == rid)
			return true;
	return false;
}

static int first_domain(struct rsim_group *g)
{
	struct os *os = g->os;
	int64_t fault;

	if (g->default_domain || g->first)
		return 0;
	/* Linux goes on without a default domain: group->domain is NULL. */
	if (fault_hits(os->e, RSIM_FAULT_ALLOC_DEFAULT, 0, &fault))
		return 0;
	g->default_domain = os->identity_default
				    ? os->identity
				    : domain_new(os, RSIM_DOMAIN_DMA,
						 "default", g->instance);
	if (!g->default_domain)
		return -ENOMEM;
	g->domain = g->default_domain;
	return 0;
}

static void unlink_dev(struct rsim_group *g, struct rsim_dev *dev)
{
	struct rsim_dev **at = &g->first, *prev = NULL;

	while (*at != dev) {
		prev = *at;
		at = &prev->group_next;
	}
	*at = dev->group_next;
	if (g->last == dev)
		g->last = prev;
	dev->group_next = NULL;
	dev->group = NULL;
}

int group_probe_device(struct rsim_dev *dev, struct rsim_group *forced,
		       bool alone)
{
	struct os *os = dev->os;
	struct rsim_group *g = forced;
	int ret;

	if (!os->ops || driver_refuses(dev))
		return 0;
	if (!g)
		g = alone ? group_new(os) : pci_device_group(dev);
	if (!g)
		return -ENOMEM;
	if (!dev->fn.ste)
		dev->fn.ste = hw_ste_find(os->hw, dev->fn.bdf.domain,
					  hw_requester(&dev->fn));
	if (!dev->fn.ste || (dev->ats_cap && os_own(dev)))
		return -ENOMEM;
	mutex_lock(os->e, &g->mutex);
	ret = first_domain(g);
	if (!ret) {
		if (g->last)
			g->last->group_next = dev;
		else
			g->first = dev;
		g->last = dev;
		dev->group = g;
		/* iommu_group_add_device() does not ask the fence. */
		if (g->domain)
			ret = device_set_domain(dev, g->domain, NULL, 0);
		if (ret)
			unlink_dev(g, dev);
	}
	mutex_unlock(os->e, &g->mutex);
	return ret;
}

void group_release_device(struct rsim_dev *dev)
{
	struct rsim_group *g = dev->group;
	struct os *os = dev->os;
	unsigned i;

	if (!g)
		return;
	mutex_lock(os->e, &g->mutex);
	/* The driver puts the device on its release domain and forgets it. */
	while (dev->hw_pasid_count) {
		struct os_hw_pasid *p =
			&dev->hw_pasids[dev->hw_pasid_count - 1];

		if (domain_is_paging(p->domain))
			os->ops->set_pasid(dev, p->pasid, os->blocked,
					   p->domain);
		dev->hw_pasid_count--;
	}
	if (dev->hw_rid)
		os->ops->attach(dev, os->blocked, dev->hw_rid);
	unlink_dev(g, dev);
	for (i = 0; i < os->domain_count; i++)
		domain_forget(os->domains[i], dev);
	mutex_unlock(os->e, &g->mutex);
	arena_release(os->e->arena, dev->hw_pasids,
		      dev->hw_pasid_cap * sizeof(*dev->hw_pasids));
}

uint32_t rsim_group_number(const struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_group_number", "group is NULL");
	return group->id;
}

struct rsim_dev *rsim_group_first(const struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_group_first", "group is NULL");
	return group->first;
}

struct rsim_dev *rsim_group_next(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_group_next", "dev is NULL");
	return dev->group_next;
}

/* A task may act on it later: then it is part of what the task has seen. Who
 * holds the mutex sees what nobody else changes. */
static struct rsim_domain *answer(const struct rsim_group *g,
				  struct rsim_domain *d)
{
	if (g && mutex_held(g->os->e, &g->mutex))
		digest_observe(g->os->e, d ? d->id : 0);
	else if (g)
		digest_answer(g->os->e, d ? d->id : 0);
	return d;
}

struct rsim_domain *rsim_group_domain(const struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_group_domain", "group is NULL");
	return answer(group, group->domain);
}

struct rsim_domain *rsim_group_default(const struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_group_default", "group is NULL");
	return group->default_domain;
}

struct rsim_domain *rsim_group_blocking(const struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_group_blocking", "group is NULL");
	return answer(group, group->blocking_domain);
}

unsigned rsim_group_owned(const struct rsim_group *group)
{
	MISUSE_IF(!group, "rsim_group_owned", "group is NULL");
	digest_answer(group->os->e, group->owner_cnt);
	return group->owner_cnt;
}

bool rsim_group_fenced(struct rsim_group *group)
{
	bool fenced;

	MISUSE_IF(!group, "rsim_group_fenced", "group is NULL");
	fenced = group->os->proto->gate(group, NULL, RSIM_GATE_ATTACH) != 0;
	digest_answer(group->os->e, fenced);
	return fenced;
}

struct rsim_domain *rsim_get_domain(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_get_domain", "dev is NULL");
	return answer(dev->group, dev->group ? dev->group->domain : NULL);
}

struct rsim_domain *rsim_driver_get_domain(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_driver_get_domain", "dev is NULL");
	return answer(dev->group,
		      dev->group ? dev->os->proto->domain_of(dev) : NULL);
}
