/* SPDX-License-Identifier: MIT */
#include "check/check.h"

static void end_group(struct rsim_checks *c, struct rsim_group *g)
{
	const struct rsim_fence_group *fence = rsim_fence_group(g);
	unsigned blocked = 0, parked = 0;
	struct rsim_dev *d;

	for (d = rsim_group_first(g); d; d = rsim_group_next(d)) {
		const struct rsim_facts *f =
			rsim_checks_facts(c, rsim_dev_number(d));
		struct rsim_domain *on = rsim_dev_hw_domain(d, RSIM_NO_PASID);

		if (rsim_fence_dev(d)->reset_depth && !f->window)
			rsim_checks_fail(c,
					 "device %s ends with a depth of"
					 " %u",
					 check_name(c, rsim_dev_number(d)),
					 rsim_fence_dev(d)->reset_depth);
		blocked += rsim_fence_dev(d)->blocked;
		parked += f->window || (on && on == rsim_group_blocking(g));
	}
	if (fence->recovery_cnt != blocked)
		rsim_checks_fail(c,
				 "group %u counts %u devices in recovery, it"
				 " has %u",
				 rsim_group_number(g), fence->recovery_cnt,
				 blocked);
	if (rsim_group_fenced(g) && !parked)
		rsim_checks_fail(c,
				 "group %u is fenced and none of its devices"
				 " is parked",
				 rsim_group_number(g));
}

static void end(struct rsim_checks *c)
{
	struct rsim *w = rsim_checks_world(c);
	struct rsim_dev *dev;

	for (dev = rsim_dev_next(w, NULL); dev; dev = rsim_dev_next(w, dev))
		if (rsim_dev_group(dev) &&
		    rsim_group_first(rsim_dev_group(dev)) == dev)
			end_group(c, rsim_dev_group(dev));
}

const struct rsim_rule rule_balanced = {
	.name = "balanced",
	.says = "depths and counts return to what the devices are, and no group"
		" stays fenced without a device that is parked",
	.source = "resetting_domain, recovery_cnt and reset_depth count the"
		  " devices between prepare() and done() (iommu.c)",
	.look_at = "a prepare() without its done(), or a device that left while"
		   " it was parked",
	.end = end,
};
