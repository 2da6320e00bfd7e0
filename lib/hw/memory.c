/* SPDX-License-Identifier: MIT */
#include "hw/memory.h"
#include "base/assert.h"
#include "hw/hw.h"

#include <string.h>

/* Where memory begins: page 0 of it is not address 0. */
#define MEMORY_BASE ((rsim_phys)1 << 32)

struct hw_page *hw_page_at(struct hw *hw, rsim_phys pa)
{
	uint64_t i = (pa - MEMORY_BASE) / RSIM_PAGE_SIZE;

	return pa >= MEMORY_BASE && i < hw->memory.count
		       ? &hw->memory.pages[i] : NULL;
}

static bool memory_grow(struct hw *hw)
{
	struct hw_memory *m = &hw->memory;
	uint32_t cap = m->cap ? m->cap * 2 : 4;
	struct hw_page *p = arena_hot(hw->e->arena, cap * sizeof(*p));

	if (!p)
		return false;
	if (m->count)
		memcpy(p, m->pages, m->count * sizeof(*p));
	arena_release(hw->e->arena, m->pages, m->cap * sizeof(*p));
	m->pages = p;
	m->cap = cap;
	return true;
}

static void page_event(struct hw *hw, const char *what, rsim_phys pa,
		       const struct hw_page *p)
{
	struct rsim_event *ev = trace_add(hw->e, RSIM_EV_PAGE, 0, what);

	ev->a = pa;
	ev->b = p->generation;
	ev->obj = p->owner;
}

rsim_phys hw_page_alloc(struct hw *hw, uint32_t owner)
{
	struct hw_memory *m = &hw->memory;
	struct hw_page *p;
	uint32_t i;
	rsim_phys pa;

	if (m->free) {
		i = m->free - 1;
		m->free = m->pages[i].next_free;
	} else {
		if (m->count == m->cap && !memory_grow(hw))
			return 0;
		i = m->count++;
	}
	p = &m->pages[i];
	p->owner = owner;
	p->generation++;
	p->writes = 0;
	p->next_free = 0;
	pa = MEMORY_BASE + i * RSIM_PAGE_SIZE;
	page_event(hw, "allocated", pa, p);
	return pa;
}

void hw_page_free(struct hw *hw, rsim_phys pa)
{
	struct hw_page *p = hw_page_at(hw, pa);

	MISUSE_IF(!p || !p->owner || pa % RSIM_PAGE_SIZE, "rsim_page_free",
		  "the address is not that of an allocated page");
	page_event(hw, "freed", pa, p);
	p->owner = 0;
	p->next_free = hw->memory.free;
	hw->memory.free = (uint32_t)((pa - MEMORY_BASE) / RSIM_PAGE_SIZE) + 1;
}
