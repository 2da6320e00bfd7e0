/* SPDX-License-Identifier: MIT */
/*
 * Models: SMMUv3 (stream table, EATS, ATSCHK), VT-d (context entries), AMD
 * (device table) as far as one function's requests meet them.
 * Spec: ../docs/coverage.md "blocked means"; PCIe 10.2; SMMUv3 3.9.1, 5.2.
 */
#include "hw/iommu.h"
#include "hw/hw.h"

#include <errno.h>
#include <string.h>

static uint32_t ste_slot(const struct hw_iommu *m, uint64_t key)
{
	uint32_t h = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32);

	while (m->table[h & (m->cap - 1)] &&
	       m->table[h & (m->cap - 1)]->key != key)
		h++;
	return h & (m->cap - 1);
}

static bool table_grow(struct hw *hw)
{
	struct hw_iommu *m = &hw->iommu;
	uint32_t cap = m->cap ? m->cap * 2 : 16, old = m->cap, i;
	struct hw_ste **was = m->table;
	struct hw_ste **t = arena_hot(hw->e->arena, cap * sizeof(*t));

	if (!t)
		return false;
	m->table = t;
	m->cap = cap;
	for (i = 0; i < old; i++)
		if (was[i])
			t[ste_slot(m, was[i]->key)] = was[i];
	arena_release(hw->e->arena, was, old * sizeof(*was));
	return true;
}

struct hw_ste *hw_ste_find(struct hw *hw, uint32_t domain, uint16_t rid)
{
	struct hw_iommu *m = &hw->iommu;
	uint64_t key = (uint64_t)domain << 16 | rid;
	uint32_t i;

	if (m->count * 2 >= m->cap && !table_grow(hw))
		return NULL;
	i = ste_slot(m, key);
	if (!m->table[i]) {
		m->table[i] = arena_hot(hw->e->arena, sizeof(struct hw_ste));
		if (!m->table[i])
			return NULL;
		m->table[i]->key = key;
		m->count++;
	}
	return m->table[i];
}

static struct hw_pasid_entry *pasid_find(struct hw_ste *ste, rsim_pasid pasid)
{
	unsigned i;

	for (i = 0; i < ste->pasid_count; i++)
		if (ste->pasids[i].pasid == pasid)
			return &ste->pasids[i];
	return NULL;
}

int hw_ste_set_pasid(struct hw *hw, struct hw_ste *ste, rsim_pasid pasid,
		     const struct hw_pagetable *pt)
{
	struct hw_pasid_entry *p = pasid_find(ste, pasid);

	if (!pt) {
		if (p) {
			*p = ste->pasids[--ste->pasid_count];
			memset(&ste->pasids[ste->pasid_count], 0, sizeof(*p));
		}
		return 0;
	}
	if (!p && ste->pasid_count == ste->pasid_cap) {
		uint32_t cap = ste->pasid_cap ? ste->pasid_cap * 2 : 4;

		p = arena_hot(hw->e->arena, cap * sizeof(*p));
		if (!p)
			return -ENOMEM;
		if (ste->pasid_count)
			memcpy(p, ste->pasids, ste->pasid_count * sizeof(*p));
		arena_release(hw->e->arena, ste->pasids,
			      ste->pasid_cap * sizeof(*p));
		ste->pasids = p;
		ste->pasid_cap = cap;
		p = NULL;
	}
	if (!p)
		p = &ste->pasids[ste->pasid_count++];
	*p = (struct hw_pasid_entry){ pasid, pt };
	return 0;
}

static enum hw_verdict walk(const struct hw_pagetable *pt,
			    const struct hw_request *r, struct hw_map *out)
{
	const struct hw_map *m = hw_walk(pt, r->addr);

	if (!m || (m->perm & r->perm) != r->perm)
		return HW_FAULT;
	*out = *m;
	return HW_OK;
}

enum hw_verdict hw_iommu_untranslated(struct hw *hw,
				      const struct hw_request *r,
				      struct hw_map *out)
{
	*out = (struct hw_map){
		.iova = r->addr & ~(RSIM_PAGE_SIZE - 1),
		.pa = r->addr & ~(RSIM_PAGE_SIZE - 1),
		.size = RSIM_PAGE_SIZE,
		.perm = HW_READ | HW_WRITE,
	};
	if (hw->iommu.style == RSIM_IOMMU_NONE || !r->ste)
		return HW_OK;
	if (r->pasid != RSIM_NO_PASID) {
		struct hw_pasid_entry *p = pasid_find(r->ste, r->pasid);

		return p ? walk(p->pt, r, out) : HW_ABORTED;
	}
	switch (r->ste->kind) {
	case HW_STE_BYPASS:
		return HW_OK;
	case HW_STE_TRANSLATE:
		return walk(r->ste->pt, r, out);
	}
	return HW_ABORTED;
}

enum hw_verdict hw_iommu_translation_request(struct hw *hw,
					     const struct hw_request *r,
					     struct hw_map *out)
{
	/* Not allowed: UR. Mapped or not, the rest is a success, and a miss
	 * is one without any permission (SMMUv3 3.9.1.2). */
	if (hw->iommu.style == RSIM_IOMMU_NONE || !r->ste || !r->ste->eats)
		return HW_UR;
	return hw_iommu_untranslated(hw, r, out);
}

enum hw_verdict hw_iommu_translated(struct hw *hw, const struct hw_request *r)
{
	if (hw->iommu.style == RSIM_IOMMU_NONE || !r->ste)
		return HW_OK;
	if (hw->iommu.style == RSIM_IOMMU_SMMUV3 && !hw->iommu.check_translated)
		return HW_OK;
	/* The page tables are not looked at: that is the point of ATS. */
	return r->ste->eats ? HW_OK : HW_ABORTED;
}
