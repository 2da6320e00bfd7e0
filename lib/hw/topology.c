/* SPDX-License-Identifier: MIT */
#include "hw/topology.h"
#include "base/assert.h"

#include <errno.h>
#include <string.h>

static uint64_t bus_key(const struct hw_bus *b)
{
	return (uint64_t)b->domain << 8 | b->number;
}

struct hw_bus *hw_bus_find(struct hw *hw, uint32_t domain, uint8_t number)
{
	uint64_t key = (uint64_t)domain << 8 | number;
	struct hw_bus *b = hw->last_bus;

	/* The list is in order, and mostly asked for in order. */
	if (!b || bus_key(b) > key)
		b = hw->buses;
	while (b && bus_key(b) < key) {
		hw->last_bus = b;
		b = b->next;
	}
	if (!b || bus_key(b) != key)
		return NULL;
	hw->last_bus = b;
	return b;
}

struct hw_bus *hw_bus_add(struct hw *hw, uint32_t domain, uint8_t number,
			  struct hw_fn *bridge, struct hw_bus *vf_parent)
{
	struct hw_bus *b = arena_hot(hw->e->arena, sizeof(*b)), **at;

	if (!b)
		return NULL;
	b->domain = domain;
	b->number = number;
	b->bridge = bridge;
	b->parent = bridge ? bridge->bus : vf_parent;
	/* Buses mostly come in order: start behind the last one used. */
	at = hw->last_bus && bus_key(hw->last_bus) < bus_key(b)
		     ? &hw->last_bus->next : &hw->buses;
	while (*at && bus_key(*at) < bus_key(b))
		at = &(*at)->next;
	b->next = *at;
	*at = b;
	hw->last_bus = b;
	if (bridge)
		bridge->below = b;
	return b;
}

static uint32_t bdf_slot(const struct hw *hw, struct rsim_bdf bdf)
{
	uint64_t key = (uint64_t)bdf.domain << 16 | bdf_rid(bdf);
	uint32_t h = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32);

	for (;; h++) {
		uint32_t id = hw->bdf_table[h & (hw->bdf_cap - 1)];
		const struct hw_fn *fn = id ? hw->fns[id - 1] : NULL;

		if (!id || (fn && fn->bdf.domain == bdf.domain &&
			    bdf_rid(fn->bdf) == bdf_rid(bdf)))
			return h & (hw->bdf_cap - 1);
	}
}

struct hw_fn *hw_fn_find(struct hw *hw, struct rsim_bdf bdf)
{
	uint32_t id = hw->bdf_cap ? hw->bdf_table[bdf_slot(hw, bdf)] : 0;

	return id ? hw->fns[id - 1] : NULL;
}

/* Room for one more function in both tables. */
static int tables_grow(struct hw *hw)
{
	struct arena *a = hw->e->arena;
	uint32_t cap = hw->fn_cap ? hw->fn_cap * 2 : 16, i;
	struct hw_fn **fns;
	uint32_t *bdfs;

	if (hw->fn_count < hw->fn_cap)
		return 0;
	fns = arena_hot(a, cap * sizeof(*fns));
	bdfs = arena_hot(a, 2 * cap * sizeof(*bdfs));
	if (!fns || !bdfs) {
		arena_release(a, fns, cap * sizeof(*fns));
		arena_release(a, bdfs, 2 * cap * sizeof(*bdfs));
		return -ENOMEM;
	}
	if (hw->fn_count)
		memcpy(fns, hw->fns, hw->fn_count * sizeof(*fns));
	arena_release(a, hw->fns, hw->fn_cap * sizeof(*fns));
	arena_release(a, hw->bdf_table, hw->bdf_cap * sizeof(*bdfs));
	hw->fns = fns;
	hw->fn_cap = cap;
	hw->bdf_table = bdfs;
	hw->bdf_cap = 2 * cap;
	for (i = 0; i < hw->fn_count; i++)
		if (fns[i])
			bdfs[bdf_slot(hw, fns[i]->bdf)] = i + 1;
	return 0;
}

static const struct hw_timing *timing_share(struct hw *hw,
					    const struct hw_timing *want)
{
	struct hw_timing *t;

	for (t = hw->timings; t; t = t->next)
		if (!memcmp(t, want, offsetof(struct hw_timing, next)))
			return t;
	t = arena_cold(hw->e->arena, sizeof(*t));
	if (!t)
		return NULL;
	*t = *want;
	t->next = hw->timings;
	hw->timings = t;
	return t;
}

static void link_on_bus(struct hw_fn *fn)
{
	struct hw_fn **at = &fn->bus->first;

	if (fn->bus->last && fn->bus->last->bdf.devfn < fn->bdf.devfn)
		at = &fn->bus->last->next;
	while (*at && (*at)->bdf.devfn < fn->bdf.devfn)
		at = &(*at)->next;
	fn->next = *at;
	*at = fn;
	if (!fn->next)
		fn->bus->last = fn;
}

static void initial_state(struct hw_fn *fn)
{
	unsigned e = fn_cap(fn, HW_CAP_EXP), pm = fn_cap(fn, HW_CAP_PM);

	fn->gone_at = HW_TIME_NEVER;
	if (pm)
		fn->d_state = fn_peek(fn, pm + PCI_PM_CTRL, 2) &
			      PCI_PM_CTRL_STATE_MASK;
	/* Whether a port shows DLL Link Active is what its bytes say: some
	 * claim to report it and never do. */
	if (e && fn_is_bridge(fn))
		fn->link_dllla = fn_peek(fn, e + PCI_EXP_LNKSTA, 2) &
				 PCI_EXP_LNKSTA_DLLLA;
}

int hw_fn_add(struct hw *hw, struct hw_bus *bus, const struct hw_fn_init *init,
	      size_t bytes, struct hw_fn **out, const char **why)
{
	struct hw_fn *fn;
	int ret;

	*why = NULL;
	if (hw_fn_find(hw, init->bdf))
		return -EEXIST;
	if (tables_grow(hw))
		return -ENOMEM;
	fn = arena_hot(hw->e->arena, bytes);
	if (!fn)
		return -ENOMEM;
	fn->hw = hw;
	fn->bdf = init->bdf;
	fn->type = (uint8_t)init->type;
	fn->bus = bus;
	fn->pf = init->pf;
	fn->timing = timing_share(hw, &init->timing);
	ret = fn->timing ? hw_config_init(hw, &fn->cfg, init->cfg, init->size,
					  why)
			 : -ENOMEM;
	if (!ret && fn_cap(fn, HW_CAP_ATS)) {
		fn->atc = arena_hot(hw->e->arena, sizeof(*fn->atc));
		if (!fn->atc)
			ret = -ENOMEM;
	}
	if (ret) {
		arena_release(hw->e->arena, fn, bytes);
		return ret;
	}
	initial_state(fn);
	hw->fns[hw->fn_count++] = fn;
	fn->id = hw->fn_count;
	hw->bdf_table[bdf_slot(hw, fn->bdf)] = fn->id;
	link_on_bus(fn);
	*out = fn;
	return 0;
}

void hw_fn_remove(struct hw_fn *fn, size_t bytes)
{
	struct hw *hw = fn->hw;
	struct hw_fn **at = &fn->bus->first, *prev = NULL;

	MUST(!fn->below || !fn->below->first);
	while (*at != fn) {
		prev = *at;
		at = &prev->next;
	}
	*at = fn->next;
	if (fn->bus->last == fn)
		fn->bus->last = prev;
	if (fn->below) {
		struct hw_bus **b = &hw->buses;

		while (*b != fn->below)
			b = &(*b)->next;
		*b = fn->below->next;
		hw->last_bus = NULL;
		arena_release(hw->e->arena, fn->below, sizeof(*fn->below));
	}
	/* The number stays taken (traces name it), the BDF becomes free. */
	hw->fns[fn->id - 1] = NULL;
	arena_release(hw->e->arena, fn->atc, sizeof(*fn->atc));
	hw_config_fini(hw, &fn->cfg);
	arena_release(hw->e->arena, fn, bytes);
}

uint16_t hw_requester(const struct hw_fn *fn)
{
	uint16_t rid = bdf_rid(fn->bdf);
	const struct hw_bus *bus;

	for (bus = fn->bus; bus && bus->parent; bus = bus->parent) {
		const struct hw_fn *b = bus->bridge;

		if (!b)
			continue;
		if (b->type == RSIM_PCIE_PCI_BRIDGE)
			rid = (uint16_t)(bus->number << 8);
		else if (b->type == RSIM_PCI_BRIDGE)
			rid = bdf_rid(b->bdf);
	}
	return rid;
}
