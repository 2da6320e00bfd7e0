/* SPDX-License-Identifier: MIT */
/*
 * The key of a state, with parts of it left out on purpose: a comparison that
 * does not notice would prove nothing. Linked in place of the library's.
 */
#define state_key whole_key
#include "explore/key.c"
#undef state_key

#include "base/assert.h"
#include "program.h"

#include <string.h>

enum key_part key_part;

struct key state_key(struct keyer *keyer, struct rsim *w,
		     const struct facts *facts, unsigned asked);

/* Bytes that are zero while the key is computed. */
struct hidden {
	void *at;
	size_t size;
	unsigned char was[1024];
};

static struct hidden hidden[128];
static unsigned hidden_count;

static void hide(void *at, size_t size)
{
	struct hidden *h = &hidden[hidden_count++];

	MUST(hidden_count < 128 && size <= sizeof(h->was));
	h->at = at;
	h->size = size;
	memcpy(h->was, at, size);
	memset(at, 0, size);
}

static void show(void)
{
	while (hidden_count) {
		struct hidden *h = &hidden[--hidden_count];

		memcpy(h->at, h->was, h->size);
	}
}

static void hide_dev(struct rsim_dev *dev, enum key_part part)
{
	struct hw_fn *fn = &dev->fn;
	unsigned i;

	if (part == KEY_NO_ATC && fn->atc)
		hide(fn->atc, sizeof(*fn->atc));
	if (part == KEY_NO_FENCE)
		hide(&dev->fence, sizeof(dev->fence));
	if (part == KEY_NO_LOCKS) {
		hide(&dev->lock.owner, sizeof(dev->lock.owner));
		hide(&dev->cfg_lock.owner, sizeof(dev->cfg_lock.owner));
	}
	if (part == KEY_NO_TABLES && fn->ste) {
		hide(&fn->ste->kind, sizeof(fn->ste->kind));
		hide(&fn->ste->eats, sizeof(fn->ste->eats));
		hide(&fn->ste->pt, sizeof(fn->ste->pt));
		hide(&dev->hw_rid, sizeof(dev->hw_rid));
	}
	for (i = 0; part == KEY_NO_CONFIG && i < HW_PAGES; i++)
		if (fn->cfg.owned & 1 << i)
			hide(hw_config_at(fn->hw, &fn->cfg, i * HW_PAGE),
			     HW_PAGE);
}

static void hide_os(struct rsim *w, enum key_part part)
{
	unsigned i;

	for (i = 0; i < w->os.group_count; i++) {
		struct rsim_group *g = w->os.groups[i];

		if (part == KEY_NO_FENCE)
			hide(&g->fence, sizeof(g->fence));
		if (part == KEY_NO_LOCKS)
			hide(&g->mutex.owner, sizeof(g->mutex.owner));
		if (part == KEY_NO_TABLES)
			hide(&g->domain, sizeof(g->domain));
	}
	for (i = 0; part == KEY_NO_MAPS && i < w->os.domain_count; i++)
		hide(&w->os.domains[i]->pt.count, sizeof(uint32_t));
}

static void hide_part(struct rsim *w, enum key_part part)
{
	struct engine *e = &w->e;
	unsigned i;

	for (i = 0; part == KEY_NO_TASKS && i < e->task_count; i++)
		hide(&e->tasks[i]->digest, sizeof(e->tasks[i]->digest));
	for (i = 0; part == KEY_NO_PAGES && i < w->hw.memory.count; i++)
		hide(&w->hw.memory.pages[i], sizeof(struct hw_page));
	if (part == KEY_NO_QUEUE)
		hide(&w->hw.iommu.queue, sizeof(w->hw.iommu.queue));
	if (part == KEY_NO_FAULTS)
		hide(&e->fault_count, sizeof(e->fault_count));
	for (i = 0; i < w->hw.fn_count; i++)
		hide_dev(fn_dev(w->hw.fns[i]), part);
	hide_os(w, part);
}

struct key state_key(struct keyer *keyer, struct rsim *w,
		     const struct facts *facts, unsigned asked)
{
	struct key k;

	if (key_part != KEY_WHOLE)
		hide_part(w, key_part);
	k = whole_key(keyer, w, key_part == KEY_NO_RULES ? NULL : facts, asked);
	show();
	return k;
}
