/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <string.h>

static void invalidated(struct rsim_checks *c, const struct rsim_facts *f)
{
	struct rsim_dev *dev = rsim_dev_numbered(rsim_checks_world(c), f->dev);
	struct rsim_dev *pf = dev ? rsim_dev_pf(dev) : NULL;

	if (f->window && rsim_checks_fencing(c) != f->dev)
		rsim_checks_fail(c,
				 "an invalidation is sent to device %s"
				 " between prepare() and done()",
				 check_name(c, f->dev));
	else if (f->in_reset)
		rsim_checks_fail(c,
				 "an invalidation is sent to device %s,"
				 " which is in a reset",
				 check_name(c, f->dev));
	else if (pf && rsim_checks_facts(c, rsim_dev_number(pf))->in_reset)
		rsim_checks_fail(c,
				 "an invalidation is sent to device %s,"
				 " whose PF is in a reset",
				 check_name(c, f->dev));
}

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	const struct rsim_facts *f = rsim_checks_facts(c, ev->dev);
	struct rsim_dev *dev = rsim_dev_numbered(rsim_checks_world(c), ev->dev);

	if (!check_fenced(dev))
		return;
	switch (ev->kind) {
	case RSIM_EV_RET:
		if (!strcmp(ev->what, "pci_dev_reset_iommu_prepare") &&
		    !ev->ret && check_open(f))
			rsim_checks_fail(c,
					 "prepare() of device %s returned 0"
					 " and left it open",
					 check_name(c, ev->dev));
		break;
	case RSIM_EV_STE:
		/* What alias siblings share opens for all of them. */
		if (ev->a || ev->b) {
			struct rsim_dev *d =
				rsim_group_first(rsim_dev_group(dev));

			for (; d; d = rsim_group_next(d))
				if (rsim_dev_requester(d) ==
					    rsim_dev_requester(dev) &&
				    rsim_checks_facts(c, rsim_dev_number(d))
					    ->window)
					rsim_checks_fail(
						c,
						"device %s is unblocked"
						" before its outermost"
						" done()",
						check_name(c,
							   rsim_dev_number(d)));
		}
		break;
	case RSIM_EV_DMA:
		if (!ev->ret && f->window)
			rsim_checks_fail(c,
					 "a request of device %s passes"
					 " between prepare() and done()",
					 check_name(c, ev->dev));
		break;
	case RSIM_EV_CMD:
		if (!strcmp(ev->what, "ATC_INV"))
			invalidated(c, f);
		break;
	}
}

const struct rsim_rule rule_blocked_in_reset = {
	.name = "blocked-in-reset",
	.says = "from prepare() to the outermost done() no DMA, translation or"
		" invalidation passes, and none is sent to a device in reset",
	.source = "from prepare()'s return to done()'s restore: blocked, ATS"
		  " off, no invalidation issued to it (introduction cover;"
		  " review, 2025-07-29)",
	.look_at = "which prepare() returned without parking the device, or"
		   " which done() came too early",
	.event = event,
};
