/* SPDX-License-Identifier: MIT */
#include "hw/config.h"
#include "base/assert.h"
#include "hw/hw.h"

#include <errno.h>
#include <string.h>

static uint64_t page_hash(const uint8_t *p)
{
	uint64_t h = 0x9e3779b97f4a7c15u;
	unsigned i;

	for (i = 0; i < HW_PAGE; i += 8) {
		uint64_t v;

		memcpy(&v, p + i, 8);
		h = (h ^ v) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h;
}

static int pages_grow(struct hw *hw)
{
	uint32_t cap = hw->page_cap ? hw->page_cap * 2 : 256, i;
	uint32_t *old = hw->page_table, *new;

	new = arena_cold(hw->e->arena, cap * sizeof(*new));
	if (!new)
		return -ENOMEM;
	for (i = 0; i < hw->page_cap; i++) {
		uint64_t h;

		if (!old[i])
			continue;
		h = page_hash((uint8_t *)hw->e->arena + old[i]);
		while (new[h & (cap - 1)])
			h++;
		new[h & (cap - 1)] = old[i];
	}
	hw->page_table = new;
	hw->page_cap = cap;
	return 0;
}

/* The shared page with these bytes; 0: no memory. */
static uint32_t page_share(struct hw *hw, const uint8_t *bytes)
{
	uint8_t *base = (uint8_t *)hw->e->arena, *p;
	uint64_t h = page_hash(bytes);
	uint32_t at;

	if (hw->page_count * 2 >= hw->page_cap && pages_grow(hw))
		return 0;
	while ((at = hw->page_table[h & (hw->page_cap - 1)])) {
		if (!memcmp(base + at, bytes, HW_PAGE))
			return at;
		h++;
	}
	p = arena_cold(hw->e->arena, HW_PAGE);
	if (!p)
		return 0;
	memcpy(p, bytes, HW_PAGE);
	at = (uint32_t)(p - base);
	hw->page_table[h & (hw->page_cap - 1)] = at;
	hw->page_count++;
	return at;
}

int hw_config_init(struct hw *hw, struct hw_config *c, const uint8_t *cfg,
		   unsigned size, const char **why)
{
	unsigned i;

	memset(c, 0, sizeof(*c));
	c->layout = hw_layout_find(hw, cfg, size, why);
	if (!c->layout)
		return *why ? -EINVAL : -ENOMEM;
	for (i = 0; i < size / HW_PAGE; i++) {
		c->page[i] = page_share(hw, cfg + i * HW_PAGE);
		if (!c->page[i])
			return -ENOMEM;
	}
	return 0;
}

void hw_config_fini(struct hw *hw, struct hw_config *c)
{
	unsigned i;

	for (i = 0; i < HW_PAGES; i++)
		if (c->owned & 1 << i)
			arena_release(hw->e->arena,
				      (uint8_t *)hw->e->arena + c->page[i],
				      HW_PAGE);
	memset(c, 0, sizeof(*c));
}

int hw_config_own_page(struct hw *hw, struct hw_config *c, unsigned page)
{
	uint8_t *base = (uint8_t *)hw->e->arena, *p;

	if (c->owned & 1 << page)
		return 0;
	p = arena_hot(hw->e->arena, HW_PAGE);
	if (!p)
		return -ENOMEM;
	memcpy(p, base + c->page[page], HW_PAGE);
	c->page[page] = (uint32_t)(p - base);
	c->owned |= (uint16_t)(1 << page);
	return 0;
}

int hw_config_own(struct hw *hw, struct hw_config *c)
{
	unsigned i;

	if ((c->owned & c->layout->rw_pages) == c->layout->rw_pages)
		return 0;
	for (i = 0; i < HW_PAGES; i++)
		if (c->layout->rw_pages & 1 << i &&
		    hw_config_own_page(hw, c, i))
			return -ENOMEM;
	return 0;
}

uint8_t *hw_config_at(struct hw *hw, const struct hw_config *c, unsigned off)
{
	return (uint8_t *)hw->e->arena + c->page[off / HW_PAGE] + off % HW_PAGE;
}

uint32_t hw_config_get(struct hw *hw, const struct hw_config *c, unsigned off,
		       unsigned size)
{
	const uint8_t *p = hw_config_at(hw, c, off);

	return size == 4 ? get32(p) : size == 2 ? get16(p) : *p;
}

void hw_config_set(struct hw *hw, struct hw_config *c, unsigned off,
		   unsigned size, uint32_t val)
{
	uint8_t *p = hw_config_at(hw, c, off);

	MUST(c->owned & 1 << off / HW_PAGE);
	if (size == 4)
		put32(p, val);
	else if (size == 2)
		put16(p, (uint16_t)val);
	else
		*p = (uint8_t)val;
}
