/* SPDX-License-Identifier: MIT */
#include "hw/pagetable.h"
#include "hw/hw.h"

#include <errno.h>
#include <string.h>

/* Index of the first range that ends after @iova. */
static uint32_t first_after(const struct hw_pagetable *pt, rsim_iova iova)
{
	uint32_t lo = 0, hi = pt->count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (pt->maps[mid].iova + pt->maps[mid].size <= iova)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int pagetable_grow(struct hw *hw, struct hw_pagetable *pt)
{
	uint32_t cap = pt->cap ? pt->cap * 2 : 2;
	struct hw_map *p = arena_hot(hw->e->arena, cap * sizeof(*p));

	if (!p)
		return -ENOMEM;
	if (pt->count)
		memcpy(p, pt->maps, pt->count * sizeof(*p));
	arena_release(hw->e->arena, pt->maps, pt->cap * sizeof(*p));
	pt->maps = p;
	pt->cap = cap;
	return 0;
}

int hw_map(struct hw *hw, struct hw_pagetable *pt, const struct hw_map *m)
{
	uint32_t i = first_after(pt, m->iova);

	if (i < pt->count && pt->maps[i].iova < m->iova + m->size)
		return -EEXIST;
	if (pt->count == pt->cap && pagetable_grow(hw, pt))
		return -ENOMEM;
	memmove(&pt->maps[i + 1], &pt->maps[i],
		(pt->count - i) * sizeof(*m));
	pt->maps[i] = *m;
	pt->count++;
	return 0;
}

uint64_t hw_unmap(struct hw_pagetable *pt, rsim_iova iova, uint64_t size)
{
	uint32_t i = first_after(pt, iova), n = 0;
	uint64_t bytes = 0;

	if (i < pt->count && pt->maps[i].iova < iova)
		i++;	/* begins before: not wholly inside */
	while (i + n < pt->count &&
	       pt->maps[i + n].iova + pt->maps[i + n].size <= iova + size)
		bytes += pt->maps[i + n++].size;
	if (!n)
		return 0;
	memmove(&pt->maps[i], &pt->maps[i + n],
		(pt->count - i - n) * sizeof(*pt->maps));
	pt->count -= n;
	memset(&pt->maps[pt->count], 0, n * sizeof(*pt->maps));
	return bytes;
}

const struct hw_map *hw_walk(const struct hw_pagetable *pt, rsim_iova iova)
{
	uint32_t i = first_after(pt, iova);

	return i < pt->count && pt->maps[i].iova <= iova ? &pt->maps[i] : NULL;
}

void hw_pagetable_fini(struct hw *hw, struct hw_pagetable *pt)
{
	arena_release(hw->e->arena, pt->maps, pt->cap * sizeof(*pt->maps));
	pt->maps = NULL;
	pt->count = pt->cap = 0;
}
