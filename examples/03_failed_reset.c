/* SPDX-License-Identifier: MIT */
/*
 * Chapter 3: a failed reset, and why the device stays parked.
 *
 * The device holds a stale translation (chapter 2), and its reset fails: it
 * never becomes ready. Linux 7.0 calls done() all the same; the device is
 * attached again, and its next translated request writes into a page that
 * belongs to somebody else. With the patch "Do not call
 * pci_dev_reset_iommu_done() unless reset succeeds", rsim's default, the
 * device stays parked and the same request is aborted.
 */
#include "chapter.h"

static void story(const char *proto)
{
	struct rsim *w = rsim_new(&(struct rsim_config){
		.proto = rsim_proto_find(proto),
	});
	struct rsim_dev *dev = chapter_nic(w);
	struct rsim_domain *dma = rsim_get_domain(dev);
	rsim_phys page = rsim_page_alloc(w, 1);
	struct rsim_dma d;
	int ret;

	rsim_map(dma, 0x10000, page, RSIM_PAGE_SIZE, true);
	rsim_dma_access(dev, RSIM_NO_PASID, 0x10000, true);
	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_ATC_INV, .dev = dev,
	});
	rsim_unmap(dma, 0x10000, RSIM_PAGE_SIZE);
	rsim_page_free(w, page);
	page = rsim_page_alloc(w, 2);

	rsim_reset_method_store(dev, "flr");
	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_READY, .dev = dev,
	});
	ret = rsim_reset_function(dev);
	d = rsim_dma(dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID, 0x10000, true);

	printf("%-10s  reset %d, the device is %s, its write %s\n", proto, ret,
	       rsim_dev_blocked(dev) ? "parked" : "open",
	       d.ret ? "is aborted" : "lands in somebody else's page");
	rsim_free(w);
}

int main(void)
{
	story("v7.0");
	story("on-success");
	story("v7.1");
	story("quarantine");
	return 0;
}
