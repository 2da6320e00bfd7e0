/* SPDX-License-Identifier: MIT */
/*
 * Chapter 4: a second reset that brings the device back.
 *
 * The FLR runs into its time-out, power management declines, the bus reset
 * runs into its time-out too: the device is parked and its group is fenced,
 * nobody may attach another domain. Its ATC still holds an entry. The next
 * attempt finds it prepared already; this time the bus reset works, the ATC is
 * empty, and only now is the device let go.
 */
#include "chapter.h"

static void state(struct rsim_dev *dev, const char *when)
{
	struct rsim_group *group = rsim_dev_group(dev);

	printf("%-18s %s, group %s, %u translations cached\n", when,
	       rsim_dev_blocked(dev) ? "parked" : "open",
	       rsim_group_fenced(group) ? "fenced" : "free",
	       rsim_dev_atc_count(dev));
}

int main(void)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *dev = chapter_nic(w);
	struct rsim_group *group = rsim_dev_group(dev);
	struct rsim_domain *vfio = rsim_domain_alloc(group, "vfio");

	rsim_map(rsim_get_domain(dev), 0x10000, rsim_page_alloc(w, 1),
		 RSIM_PAGE_SIZE, true);
	rsim_dma_access(dev, RSIM_NO_PASID, 0x10000, true);
	state(dev, "before:");

	/* Two resets that never end, and an invalidation without an answer. */
	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_READY, .dev = dev, .count = 2,
	});
	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_ATC_INV, .dev = dev, .count = 1,
	});
	printf("first reset: %d\n", rsim_reset_function(dev));
	state(dev, "after a failure:");
	printf("attach: %d\n", rsim_attach_group(group, vfio));

	printf("second reset: %d\n", rsim_reset_function(dev));
	state(dev, "after a success:");
	printf("attach: %d\n", rsim_attach_group(group, vfio));
	rsim_free(w);
	return 0;
}
