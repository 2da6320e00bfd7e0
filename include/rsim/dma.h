/* SPDX-License-Identifier: MIT */
/*
 * dma.h - memory with owners, and what devices do to it.
 */
#ifndef RSIM_DMA_H
#define RSIM_DMA_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A page of memory for @owner (any number but 0). The page freed last is the
 * first to be given out again. Returns its address, or 0: the host has no
 * memory.
 */
RSIM_API rsim_phys rsim_page_alloc(struct rsim *w, uint32_t owner);
RSIM_API void rsim_page_free(struct rsim *w, rsim_phys page);
/* 0 for a free page; its allocations so far; device writes since the last. */
RSIM_API uint32_t rsim_page_owner(struct rsim *w, rsim_phys page);
RSIM_API uint32_t rsim_page_generation(struct rsim *w, rsim_phys page);
RSIM_API uint32_t rsim_page_writes(struct rsim *w, rsim_phys page);

/* The AT field of a request (PCIe 10.2.1). */
enum rsim_at {
	RSIM_AT_UNTRANSLATED,
	RSIM_AT_TRANSLATION_REQUEST,	/* fills the ATC */
	RSIM_AT_TRANSLATED,		/* goes through the ATC */
};

struct rsim_dma {
	/*
	 * 0: it reached memory (or, for a translation request, an entry was
	 * cached). -EPERM: the IOMMU aborted it; -EFAULT: no translation, or
	 * not that permission; -EOPNOTSUPP: a translation request that the
	 * IOMMU or the device does not do; -ENODEV: unreachable; -EAGAIN: the
	 * function is in a reset that will end, or not in D0; -EACCES: bus
	 * mastering is off.
	 */
	int ret;
	rsim_phys page;		/* address reached, if any */
	bool stale;		/* a page that is free, or that went to somebody
				 * else since it was translated: a corruption */
};

/* The function issues one request for @addr. PASID: RSIM_NO_PASID for none. */
RSIM_API struct rsim_dma rsim_dma(struct rsim_dev *dev, enum rsim_at at,
				  rsim_pasid pasid, rsim_iova addr,
				  bool write);
/*
 * What a driver's device does to access @addr: with ATS enabled it uses its
 * ATC, asking for a translation first if it has none; else it goes
 * untranslated.
 */
RSIM_API struct rsim_dma rsim_dma_access(struct rsim_dev *dev,
					 rsim_pasid pasid, rsim_iova addr,
					 bool write);

#ifdef __cplusplus
}
#endif
#endif
