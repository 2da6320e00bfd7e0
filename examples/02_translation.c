/* SPDX-License-Identifier: MIT */
/*
 * Chapter 2: a translation and an ATC.
 *
 * The driver maps a page; the device asks the IOMMU for the translation and
 * keeps it in its ATC; from then on it sends the physical address itself.
 * Unmapping sends an invalidation, and the device drops the entry. The second
 * time we cut that answer off: the driver times out, nobody is told, and the
 * page goes to somebody else while the device still knows the way to it.
 */
#include "chapter.h"

enum { NIC = 1, SOMEBODY_ELSE = 2 };

int main(void)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = chapter_nic(w);
	struct rsim_domain *dma = rsim_get_domain(dev);
	rsim_phys page = rsim_page_alloc(w, NIC);

	rsim_note(w, "a page is mapped, used and unmapped");
	rsim_map(dma, 0x10000, page, RSIM_PAGE_SIZE, true);
	rsim_dma_access(dev, RSIM_NO_PASID, 0x10000, true);
	rsim_unmap(dma, 0x10000, RSIM_PAGE_SIZE);
	rsim_dma(dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID, 0x10000, true);

	rsim_note(w, "again, but the invalidation is not answered");
	rsim_map(dma, 0x10000, page, RSIM_PAGE_SIZE, true);
	rsim_dma_access(dev, RSIM_NO_PASID, 0x10000, true);
	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_ATC_INV, .dev = dev, .count = 1,
	});
	rsim_unmap(dma, 0x10000, RSIM_PAGE_SIZE);
	rsim_page_free(w, page);
	rsim_page_alloc(w, SOMEBODY_ELSE);
	rsim_dma(dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID, 0x10000, true);

	return chapter_end(w);
}
