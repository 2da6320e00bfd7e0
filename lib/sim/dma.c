/* SPDX-License-Identifier: MIT */
#include "base/assert.h"
#include "sim/world.h"

#include <rsim/dma.h>

enum { ANY_REQUEST = 0xff };

rsim_phys rsim_page_alloc(struct rsim *w, uint32_t owner)
{
	rsim_phys pa;

	MISUSE_IF(!w, "rsim_page_alloc", "w is NULL");
	MISUSE_IF(!owner, "rsim_page_alloc", "owner is 0");
	digest_enter(&w->e);
	engine_point_first(&w->e, "page");
	pa = hw_page_alloc(&w->hw, owner);
	digest_leave(&w->e, pa);
	return pa;
}

void rsim_page_free(struct rsim *w, rsim_phys page)
{
	MISUSE_IF(!w, "rsim_page_free", "w is NULL");
	digest_enter(&w->e);
	engine_point_first(&w->e, "page");
	hw_page_free(&w->hw, page);
	digest_leave(&w->e, 0);
}

static const struct hw_page *page_at(struct rsim *w, const char *call,
				     rsim_phys page)
{
	const struct hw_page *p;

	MISUSE_IF(!w, call, "w is NULL");
	p = hw_page_at(&w->hw, page);
	MISUSE_IF(!p, call, "the address is not that of a page");
	return p;
}

static uint32_t answer(struct rsim *w, uint32_t value)
{
	digest_answer(&w->e, value);
	return value;
}

uint32_t rsim_page_owner(struct rsim *w, rsim_phys page)
{
	return answer(w, page_at(w, "rsim_page_owner", page)->owner);
}

uint32_t rsim_page_generation(struct rsim *w, rsim_phys page)
{
	return answer(w, page_at(w, "rsim_page_generation", page)->generation);
}

uint32_t rsim_page_writes(struct rsim *w, rsim_phys page)
{
	const struct hw_page *p = page_at(w, "rsim_page_writes", page);

	w->e.trace->asked |= ASKED_WRITES;
	return answer(w, p->writes);
}

static struct rsim_dma request(struct rsim_dev *dev, enum rsim_at at,
			       struct hw_dma d)
{
	switch (at) {
	case RSIM_AT_UNTRANSLATED:
		hw_dma_untranslated(&dev->fn, &d);
		break;
	case RSIM_AT_TRANSLATION_REQUEST:
		hw_dma_translate(&dev->fn, &d);
		break;
	case RSIM_AT_TRANSLATED:
		hw_dma_translated(&dev->fn, &d);
		break;
	}
	return (struct rsim_dma){ d.ret, d.pa, d.stale };
}

/* Before a request: all that the call goes on from is what was asked of it. */
static void stop(struct rsim_dev *dev, const struct hw_dma *d, unsigned at)
{
	struct engine *e = dev_engine(dev);

	digest_forget(e, digest_mix(d->addr ^ (uint64_t)d->pasid << 40,
				    (uint64_t)dev->fn.id << 16 | at << 8 |
					    d->perm));
	engine_point_first(e, "dma");
}

static struct rsim_dma end(struct rsim_dev *dev, struct rsim_dma d)
{
	digest_leave(dev_engine(dev),
		     digest_mix((uint64_t)d.ret, d.page) ^ d.stale);
	return d;
}

struct rsim_dma rsim_dma(struct rsim_dev *dev, enum rsim_at at,
			 rsim_pasid pasid, rsim_iova addr, bool write)
{
	struct hw_dma d = {
		.pasid = pasid, .addr = addr,
		.perm = write ? HW_WRITE : HW_READ,
	};

	MISUSE_IF(!dev, "rsim_dma", "dev is NULL");
	digest_enter(dev_engine(dev));
	stop(dev, &d, at);
	return end(dev, request(dev, at, d));
}

/* Entries outlive Enable; a device that has them may use them. */
static enum rsim_at next_request(const struct rsim_dev *dev,
				 const struct hw_dma *d)
{
	if (hw_atc_lookup(&dev->fn, d->pasid, d->addr))
		return RSIM_AT_TRANSLATED;
	return hw_fn_ats_enabled(&dev->fn) ? RSIM_AT_TRANSLATION_REQUEST
				   : RSIM_AT_UNTRANSLATED;
}

/*
 * The device looks into its ATC when it sends a request, not before: it
 * completes no invalidation while one is under way (PCIe 10.3.1). An entry
 * that went away after it was asked for is asked for again.
 */
struct rsim_dma rsim_dma_access(struct rsim_dev *dev, rsim_pasid pasid,
				rsim_iova addr, bool write)
{
	struct hw_dma d = {
		.pasid = pasid, .addr = addr,
		.perm = write ? HW_WRITE : HW_READ,
	};
	struct rsim_dma got;
	enum rsim_at at;

	MISUSE_IF(!dev, "rsim_dma_access", "dev is NULL");
	digest_enter(dev_engine(dev));
	do {
		stop(dev, &d, ANY_REQUEST);
		at = next_request(dev, &d);
		got = request(dev, at, d);
	} while (at == RSIM_AT_TRANSLATION_REQUEST && !got.ret);
	return end(dev, got);
}
