/* SPDX-License-Identifier: MIT */
/*
 * Models: iommu_attach_device_pasid() and siblings, __iommu_set_group_pasid(),
 * __iommu_remove_group_pasid(), iommu_remove_dev_pasid() [V7].
 */
#include "base/assert.h"
#include "os/dev.h"

#include <errno.h>
#include <string.h>

/* Room for one more in what the driver last set. */
static int reserve(struct rsim_dev *dev)
{
	struct arena *a = dev_engine(dev)->arena;
	uint32_t cap = dev->hw_pasid_cap ? dev->hw_pasid_cap * 2 : 4;
	struct os_hw_pasid *p;

	if (dev->hw_pasid_count < dev->hw_pasid_cap)
		return 0;
	p = arena_hot(a, cap * sizeof(*p));
	if (!p)
		return -ENOMEM;
	if (dev->hw_pasid_count)
		memcpy(p, dev->hw_pasids, dev->hw_pasid_count * sizeof(*p));
	arena_release(a, dev->hw_pasids, dev->hw_pasid_cap * sizeof(*p));
	dev->hw_pasids = p;
	dev->hw_pasid_cap = cap;
	return 0;
}

/* What the driver last set, for rsim_dev_hw_domain(). */
static void remember(struct rsim_dev *dev, rsim_pasid pasid,
		     struct rsim_domain *domain)
{
	struct os_hw_pasid *p = dev->hw_pasids;
	unsigned i = 0;
	bool there;

	while (i < dev->hw_pasid_count && p[i].pasid < pasid)
		i++;
	there = i < dev->hw_pasid_count && p[i].pasid == pasid;
	if (domain_is_paging(domain)) {
		if (!there) {
			memmove(&p[i + 1], &p[i],
				(dev->hw_pasid_count - i) * sizeof(*p));
			dev->hw_pasid_count++;
		}
		p[i] = (struct os_hw_pasid){ pasid, domain };
	} else if (there) {
		dev->hw_pasid_count--;
		memmove(&p[i], &p[i + 1],
			(dev->hw_pasid_count - i) * sizeof(*p));
		memset(&p[dev->hw_pasid_count], 0, sizeof(*p));
	}
}

int pasid_set_one(struct rsim_dev *dev, rsim_pasid pasid,
		  struct rsim_domain *domain, struct rsim_domain *old)
{
	struct engine *e = dev_engine(dev);
	uint64_t at = trace_position(e);
	bool used = domain_has_user(domain, dev, pasid);
	struct rsim_event *ev;
	int64_t fault;
	int ret;

	ev = trace_add(e, RSIM_EV_PASID, dev->fn.id, "set_dev_pasid");
	ev->a = domain->id;
	ev->b = old ? old->id : 0;
	ev->obj = pasid;
	++*engine_depth(e);
	dev->in_driver = true;
	digest_enter(e);
	digest_observe(e, used);
	if (fault_hits(e, RSIM_FAULT_PASID, dev->fn.id, &fault))
		ret = (int)fault;
	else if (domain_is_paging(domain) && reserve(dev))
		ret = -ENOMEM;
	else
		ret = dev->os->ops->set_pasid(dev, pasid, domain, old);
	if (!ret)
		remember(dev, pasid, domain);
	else if (!used)
		domain_remove_user(domain, dev, pasid);
	digest_leave(e, (uint64_t)ret);
	dev->in_driver = false;
	--*engine_depth(e);
	trace_complete(e, at, ret);
	if (ret)
		trace_log(e, dev->fn.id, "set_dev_pasid failed",
			  (uint64_t)-ret);
	return ret;
}

/* The static blocked domain is what takes a PASID off. */
void pasid_remove_one(struct rsim_dev *dev, rsim_pasid pasid,
		      struct rsim_domain *old)
{
	if (pasid_set_one(dev, pasid, dev->os->blocked, old))
		trace_warn(dev_engine(dev), dev->fn.id,
			   "iommu_remove_dev_pasid");
}

int pasid_set_group(struct rsim_group *g, rsim_pasid pasid,
		    struct rsim_domain *domain, struct rsim_domain *old)
{
	struct rsim_dev *dev, *undo;
	int ret;

	for (dev = g->first; dev; dev = dev->group_next) {
		if (!dev->max_pasids)
			continue;
		ret = pasid_set_one(dev, pasid, domain, old);
		if (!ret)
			continue;
		for (undo = g->first; undo != dev; undo = undo->group_next) {
			if (!undo->max_pasids)
				continue;
			if (!old) {
				pasid_remove_one(undo, pasid, domain);
			} else if (pasid_set_one(undo, pasid, old, domain)) {
				trace_warn(g->os->e, undo->fn.id,
					   "__iommu_set_group_pasid");
				pasid_remove_one(undo, pasid, domain);
			}
		}
		return ret;
	}
	return 0;
}

static struct pasid_entry *table_find(const struct rsim_group *g,
				      rsim_pasid pasid)
{
	unsigned i;

	for (i = 0; i < g->pasid_count; i++)
		if (g->pasids[i].pasid == pasid)
			return &g->pasids[i];
	return NULL;
}

static int table_reserve(struct rsim_group *g)
{
	uint32_t cap = g->pasid_cap ? g->pasid_cap * 2 : 4;
	struct pasid_entry *p;

	if (g->pasid_count < g->pasid_cap)
		return 0;
	p = arena_hot(g->os->e->arena, cap * sizeof(*p));
	if (!p)
		return -ENOMEM;
	if (g->pasid_count)
		memcpy(p, g->pasids, g->pasid_count * sizeof(*p));
	arena_release(g->os->e->arena, g->pasids, g->pasid_cap * sizeof(*p));
	g->pasids = p;
	g->pasid_cap = cap;
	return 0;
}

static void table_insert(struct rsim_group *g, rsim_pasid pasid,
			 struct rsim_domain *domain)
{
	unsigned i = 0;

	while (i < g->pasid_count && g->pasids[i].pasid < pasid)
		i++;
	memmove(&g->pasids[i + 1], &g->pasids[i],
		(g->pasid_count - i) * sizeof(*g->pasids));
	g->pasids[i] = (struct pasid_entry){ pasid, domain };
	g->pasid_count++;
}

static void table_erase(struct rsim_group *g, struct pasid_entry *p)
{
	unsigned i = (unsigned)(p - g->pasids);

	g->pasid_count--;
	memmove(p, p + 1, (g->pasid_count - i) * sizeof(*p));
	memset(&g->pasids[g->pasid_count], 0, sizeof(*p));
}

/* What comes before the mutex is taken. */
static int pasid_allowed(const struct rsim_dev *dev, rsim_pasid pasid,
			 const struct rsim_domain *domain, bool attaching)
{
	const struct rsim_group *g = dev->group;

	if (!g || !domain_is_paging(domain))
		return -EOPNOTSUPP;
	/* Taking a PASID off again needs a static blocked domain. Who replaces
	 * one has attached it before, so only attaching asks. */
	if (attaching && !g->static_blocked)
		return -EOPNOTSUPP;
	if (domain->instance != g->instance || pasid == 0)
		return -EINVAL;
	return 0;
}

/* Every device that has PASIDs must have this one. */
static int pasid_in_range(const struct rsim_group *g, rsim_pasid pasid)
{
	const struct rsim_dev *dev;

	for (dev = g->first; dev; dev = dev->group_next)
		if (dev->max_pasids && pasid >= dev->max_pasids)
			return -EINVAL;
	return 0;
}

static int attach_locked(struct rsim_group *g, rsim_pasid pasid,
			 struct rsim_domain *domain)
{
	int ret = g->os->proto->gate(g, NULL, RSIM_GATE_PASID);

	if (!ret)
		ret = pasid_in_range(g, pasid);
	if (!ret && table_find(g, pasid))
		ret = -EBUSY;
	if (!ret)
		ret = table_reserve(g);
	if (!ret)
		ret = pasid_set_group(g, pasid, domain, NULL);
	if (!ret)
		table_insert(g, pasid, domain);
	return ret;
}

static int replace_locked(struct rsim_group *g, rsim_pasid pasid,
			  struct rsim_domain *domain)
{
	int ret = g->os->proto->gate(g, NULL, RSIM_GATE_PASID);
	struct pasid_entry *p;

	if (!ret)
		ret = pasid_in_range(g, pasid);
	if (ret)
		return ret;
	p = table_find(g, pasid);
	if (!p)
		return -EINVAL;
	if (p->domain != domain)
		ret = pasid_set_group(g, pasid, domain, p->domain);
	if (!ret)
		p->domain = domain;
	return ret;
}

static int pasid_call(struct rsim_dev *dev, const char *call,
		      rsim_pasid pasid, struct rsim_domain *domain,
		      int (*locked)(struct rsim_group *, rsim_pasid,
				    struct rsim_domain *))
{
	struct engine *e = dev_engine(dev);
	int ret;

	trace_call(e, dev->fn.id, call);
	ret = pasid_allowed(dev, pasid, domain, locked == attach_locked);
	if (!ret) {
		mutex_lock(e, &dev->group->mutex);
		ret = locked(dev->group, pasid, domain);
		mutex_unlock(e, &dev->group->mutex);
	}
	return trace_ret(e, dev->fn.id, call, ret);
}

int rsim_attach_pasid(struct rsim_dev *dev, rsim_pasid pasid,
		      struct rsim_domain *domain)
{
	MISUSE_IF(!dev, "rsim_attach_pasid", "dev is NULL");
	MISUSE_IF(!domain, "rsim_attach_pasid", "domain is NULL");
	MISUSE_IF(domain->os != dev->os, "rsim_attach_pasid",
		  "domain and dev are of two worlds");
	MISUSE_IF(domain->freed, "rsim_attach_pasid", "domain was freed");
	return pasid_call(dev, "iommu_attach_device_pasid", pasid, domain,
			  attach_locked);
}

int rsim_replace_pasid(struct rsim_dev *dev, rsim_pasid pasid,
		       struct rsim_domain *domain)
{
	MISUSE_IF(!dev, "rsim_replace_pasid", "dev is NULL");
	MISUSE_IF(!domain, "rsim_replace_pasid", "domain is NULL");
	MISUSE_IF(domain->os != dev->os, "rsim_replace_pasid",
		  "domain and dev are of two worlds");
	MISUSE_IF(domain->freed, "rsim_replace_pasid", "domain was freed");
	return pasid_call(dev, "iommu_replace_device_pasid", pasid, domain,
			  replace_locked);
}

void rsim_detach_pasid(struct rsim_dev *dev, rsim_pasid pasid)
{
	struct engine *e;
	struct rsim_dev *each;
	struct rsim_group *g;
	struct pasid_entry *p;

	MISUSE_IF(!dev, "rsim_detach_pasid", "dev is NULL");
	MISUSE_IF(!dev->group, "rsim_detach_pasid", "dev has no group");
	e = dev_engine(dev);
	g = dev->group;
	trace_call(e, dev->fn.id, "iommu_detach_device_pasid");
	mutex_lock(e, &g->mutex);
	p = table_find(g, pasid);
	if (!p) {
		/* A misuse handler may leave by longjmp(). */
		mutex_unlock(e, &g->mutex);
		trace_done(e, dev->fn.id, "iommu_detach_device_pasid");
		MISUSE_IF(true, "rsim_detach_pasid",
			  "the PASID is not attached");
	}
	for (each = g->first; each; each = each->group_next)
		if (each->max_pasids && !g->os->proto->skip(each))
			pasid_remove_one(each, pasid, p->domain);
	table_erase(g, p);
	mutex_unlock(e, &g->mutex);
	trace_done(e, dev->fn.id, "iommu_detach_device_pasid");
}

struct rsim_domain *rsim_group_pasid(const struct rsim_group *group,
				     rsim_pasid pasid)
{
	struct pasid_entry *p;

	MISUSE_IF(!group, "rsim_group_pasid", "group is NULL");
	p = table_find(group, pasid);
	digest_answer(group->os->e, p ? p->domain->id : 0);
	return p ? p->domain : NULL;
}

rsim_pasid rsim_group_next_pasid(const struct rsim_group *group,
				 rsim_pasid prev)
{
	rsim_pasid next = RSIM_NO_PASID;
	unsigned i = group ? group->pasid_count : 0;

	MISUSE_IF(!group, "rsim_group_next_pasid", "group is NULL");
	while (i-- > 0 && group->pasids[i].pasid > prev)
		next = group->pasids[i].pasid;
	digest_answer(group->os->e, next);
	return next;
}
