/* SPDX-License-Identifier: MIT */
#include "base/assert.h"
#include "sim/world.h"

#include <rsim/dma.h>

rsim_phys rsim_page_alloc(struct rsim *w, uint32_t owner)
{
	rsim_phys pa;

	MISUSE_IF(!w, "rsim_page_alloc", "w is NULL");
	MISUSE_IF(!owner, "rsim_page_alloc", "owner is 0");
	digest_enter(&w->e);
	engine_point(&w->e, "page");
	pa = hw_page_alloc(&w->hw, owner);
	digest_leave(&w->e, pa);
	return pa;
}

void rsim_page_free(struct rsim *w, rsim_phys page)
{
	MISUSE_IF(!w, "rsim_page_free", "w is NULL");
	digest_enter(&w->e);
	engine_point(&w->e, "page");
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
	return answer(w, page_at(w, "rsim_page_writes", page)->writes);
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
	/* rsim_dma_access() looked at the device to decide on these. */
	digest_observe(dev_engine(dev), (uint64_t)dev->fn.id << 8 | at);
	digest_observe(dev_engine(dev), addr ^ (uint64_t)pasid << 40 ^ write);
	engine_point(dev_engine(dev), "dma");
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
	digest_leave(dev_engine(dev), digest_mix((uint64_t)d.ret, d.pa) ^
					      d.stale);
	return (struct rsim_dma){ d.ret, d.pa, d.stale };
}

struct rsim_dma rsim_dma_access(struct rsim_dev *dev, rsim_pasid pasid,
				rsim_iova addr, bool write)
{
	struct rsim_dma d;

	MISUSE_IF(!dev, "rsim_dma_access", "dev is NULL");
	/* Entries outlive Enable; a device that has them may use them. */
	if (!rsim_dev_ats_enabled(dev) &&
	    !hw_atc_lookup(&dev->fn, pasid, addr))
		return rsim_dma(dev, RSIM_AT_UNTRANSLATED, pasid, addr, write);
	if (!hw_atc_lookup(&dev->fn, pasid, addr)) {
		d = rsim_dma(dev, RSIM_AT_TRANSLATION_REQUEST, pasid, addr,
			     write);
		if (d.ret)
			return d;
	}
	return rsim_dma(dev, RSIM_AT_TRANSLATED, pasid, addr, write);
}
