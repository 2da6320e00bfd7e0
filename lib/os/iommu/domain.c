/* SPDX-License-Identifier: MIT */
/*
 * Models: iommu_paging_domain_alloc(), iommu_domain_free(), iommu_map(),
 * iommu_unmap() [V7].
 */
#include "base/assert.h"
#include "os/dev.h"

#include <errno.h>
#include <string.h>

static int domains_grow(struct os *os)
{
	uint32_t cap = os->domain_cap ? os->domain_cap * 2 : 16;
	struct rsim_domain **p;

	if (os->domain_count < os->domain_cap)
		return 0;
	p = arena_hot(os->e->arena, cap * sizeof(*p));
	if (!p)
		return -ENOMEM;
	if (os->domain_count)
		memcpy(p, os->domains, os->domain_count * sizeof(*p));
	arena_release(os->e->arena, os->domains, os->domain_cap * sizeof(*p));
	os->domains = p;
	os->domain_cap = cap;
	return 0;
}

struct rsim_domain *domain_new(struct os *os, enum rsim_domain_type type,
			       const char *name, uint16_t instance)
{
	struct rsim_domain *d;

	if (domains_grow(os))
		return NULL;
	d = arena_hot(os->e->arena, sizeof(*d));
	if (!d)
		return NULL;
	d->name = arena_strdup(os->e->arena, name);
	if (!d->name) {
		arena_release(os->e->arena, d, sizeof(*d));
		return NULL;
	}
	d->os = os;
	d->type = (uint8_t)type;
	d->instance = instance;
	os->domains[os->domain_count++] = d;
	d->id = d->pt.id = os->domain_count;
	return d;
}

int domain_add_user(struct rsim_domain *d, struct rsim_dev *dev,
		    rsim_pasid pasid)
{
	if (d->user_count == d->user_cap) {
		uint32_t cap = d->user_cap ? d->user_cap * 2 : 2;
		struct attachment *p =
			arena_hot(d->os->e->arena, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		if (d->user_count)
			memcpy(p, d->users, d->user_count * sizeof(*p));
		arena_release(d->os->e->arena, d->users,
			      d->user_cap * sizeof(*p));
		d->users = p;
		d->user_cap = cap;
	}
	d->users[d->user_count++] = (struct attachment){ dev, pasid };
	return 0;
}

bool domain_has_user(const struct rsim_domain *d, const struct rsim_dev *dev,
		     rsim_pasid pasid)
{
	unsigned i;

	for (i = 0; i < d->user_count; i++)
		if (d->users[i].dev == dev && d->users[i].pasid == pasid)
			return true;
	return false;
}

void domain_remove_user(struct rsim_domain *d, struct rsim_dev *dev,
			rsim_pasid pasid)
{
	unsigned i;

	for (i = 0; i < d->user_count; i++)
		if (d->users[i].dev == dev && d->users[i].pasid == pasid)
			break;
	if (i == d->user_count)
		return;
	d->user_count--;
	memmove(&d->users[i], &d->users[i + 1],
		(d->user_count - i) * sizeof(*d->users));
	memset(&d->users[d->user_count], 0, sizeof(*d->users));
}

/* A device may be there more than once, when it was attached twice: 7.0 does
 * so to the siblings of a device that was reset. */
void domain_forget(struct rsim_domain *d, const struct rsim_dev *dev)
{
	unsigned i = d->user_count;

	while (i-- > 0)
		if (d->users[i].dev == dev)
			domain_remove_user(d, d->users[i].dev,
					   d->users[i].pasid);
}

static void domain_event(struct rsim_domain *d, const char *what)
{
	trace_add(d->os->e, RSIM_EV_DOMAIN, 0, what)->a = d->id;
}

struct rsim_domain *rsim_domain_alloc(struct rsim_group *group,
				      const char *name)
{
	struct rsim_domain *d;

	MISUSE_IF(!group, "rsim_domain_alloc", "group is NULL");
	MISUSE_IF(!name, "rsim_domain_alloc", "name is NULL");
	d = domain_new(group->os, RSIM_DOMAIN_UNMANAGED, name,
		       group->instance);
	if (d)
		domain_event(d, "allocated");
	return d;
}

void rsim_domain_free(struct rsim_domain *domain)
{
	MISUSE_IF(!domain, "rsim_domain_free", "domain is NULL");
	MISUSE_IF(domain->freed, "rsim_domain_free", "domain is freed twice");
	MISUSE_IF(domain->type != RSIM_DOMAIN_UNMANAGED, "rsim_domain_free",
		  "the domain is Linux' own");
	engine_point(domain->os->e, "free");
	/* The struct stays, so that its use after this can be seen. Its page
	 * table is empty from now on: the pages belong to others. */
	domain->freed = true;
	hw_pagetable_fini(domain->os->hw, &domain->pt);
	domain_event(domain, "freed");
}

bool rsim_domain_is_freed(const struct rsim_domain *domain)
{
	MISUSE_IF(!domain, "rsim_domain_is_freed", "domain is NULL");
	digest_answer(domain->os->e, domain->freed);
	return domain->freed;
}

const char *rsim_domain_name(const struct rsim_domain *domain)
{
	MISUSE_IF(!domain, "rsim_domain_name", "domain is NULL");
	return domain->name;
}

uint32_t rsim_domain_number(const struct rsim_domain *domain)
{
	MISUSE_IF(!domain, "rsim_domain_number", "domain is NULL");
	return domain->id;
}

enum rsim_domain_type rsim_domain_type(const struct rsim_domain *domain)
{
	MISUSE_IF(!domain, "rsim_domain_type", "domain is NULL");
	return domain->type;
}

static void map_event(struct rsim_domain *d, enum rsim_event_kind kind,
		      rsim_iova iova, uint64_t b, uint64_t size)
{
	struct rsim_event *ev = trace_add(d->os->e, kind, 0, "");

	ev->a = iova;
	ev->b = b;
	ev->obj = d->id;
	ev->ret = (int32_t)(size / RSIM_PAGE_SIZE);
}

int rsim_map(struct rsim_domain *domain, rsim_iova iova, rsim_phys pa,
	     uint64_t size, bool writable)
{
	struct hw_map m = { iova, pa, size,
			    HW_READ | (writable ? HW_WRITE : 0u) };
	int ret;

	MISUSE_IF(!domain, "rsim_map", "domain is NULL");
	MISUSE_IF(domain->freed, "rsim_map", "domain was freed");
	if (!domain_is_paging(domain) || !size ||
	    (iova | pa | size) % RSIM_PAGE_SIZE || iova + size < iova)
		return -EINVAL;
	digest_enter(domain->os->e);
	engine_point_first(domain->os->e, "map");
	ret = hw_map(domain->os->hw, &domain->pt, &m);
	if (!ret)
		map_event(domain, RSIM_EV_MAP, iova, pa, size);
	digest_leave(domain->os->e, (uint64_t)ret);
	return ret;
}

uint64_t rsim_unmap(struct rsim_domain *domain, rsim_iova iova, uint64_t size)
{
	uint64_t bytes;

	MISUSE_IF(!domain, "rsim_unmap", "domain is NULL");
	MISUSE_IF(domain->freed, "rsim_unmap", "domain was freed");
	if (!domain_is_paging(domain) || !size || iova + size < iova)
		return 0;
	digest_enter(domain->os->e);
	engine_point_first(domain->os->e, "unmap");
	bytes = hw_unmap(&domain->pt, iova, size);
	if (bytes) {
		map_event(domain, RSIM_EV_UNMAP, iova, 0, bytes);
		digest_observe(domain->os->e, bytes);
		engine_point(domain->os->e, "flush");
		if (domain->os->ops)
			domain->os->ops->flush(domain, iova, size);
	}
	digest_leave(domain->os->e, bytes);
	return bytes;
}
