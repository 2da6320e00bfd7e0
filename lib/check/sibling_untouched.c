/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <string.h>

static void shared_entry(struct rsim_checks *c, const struct rsim_event *ev,
			 struct rsim_dev *dev)
{
	struct rsim_dev *d = rsim_group_first(rsim_dev_group(dev));

	for (; d; d = rsim_group_next(d))
		if (d != dev &&
		    rsim_dev_requester(d) == rsim_dev_requester(dev) &&
		    !rsim_checks_facts(c, rsim_dev_number(d))->window && !ev->a)
			rsim_checks_fail(c,
					 "parking device %s parks device %s,"
					 " which is not being reset",
					 check_name(c, ev->dev),
					 check_name(c, rsim_dev_number(d)));
}

/* The driver shuts ATS off for who was silent, not for who shared its sync. */
static void fenced(struct rsim_checks *c, const struct rsim_event *ev)
{
	uint64_t *silent = rsim_checks_memory(c, ev->dev);

	if (ev->kind == RSIM_EV_HW && !strcmp(ev->what, "does not answer"))
		*silent = true;
	if (ev->kind == RSIM_EV_STE && !*silent &&
	    (!strcmp(ev->what, "EATS cleared") ||
	     !strcmp(ev->what, "ATS shut off")))
		rsim_checks_fail(c,
				 "device %s is fenced, and it has answered"
				 " every invalidation",
				 check_name(c, ev->dev));
}

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	uint32_t fencing = rsim_checks_fencing(c);
	struct rsim_dev *dev;

	if (ev->dev)
		fenced(c, ev);
	if (!fencing || (ev->kind != RSIM_EV_ATTACH &&
			 ev->kind != RSIM_EV_PASID && ev->kind != RSIM_EV_STE))
		return;
	dev = rsim_dev_numbered(rsim_checks_world(c), ev->dev);
	if (ev->kind == RSIM_EV_STE) {
		if (dev && rsim_dev_group(dev))
			shared_entry(c, ev, dev);
		return;
	}
	if (ev->dev != fencing)
		rsim_checks_fail(c,
				 "prepare() or done() of device %s calls the"
				 " driver for device %s",
				 check_name(c, fencing),
				 check_name(c, ev->dev));
	else if (rsim_checks_facts(c, ev->dev)->probing &&
		 !rsim_checks_facts(c, ev->dev)->in_method)
		rsim_checks_fail(c,
				 "a mere probe moves device %s to another"
				 " domain",
				 check_name(c, ev->dev));
}

const struct rsim_rule rule_sibling_untouched = {
	.name = "sibling-untouched",
	.says = "a reset changes nothing on a sibling, a time-out nothing for"
		" who answered, and a probe nothing at all",
	.source = "siblings are unaffected (0d5fd7a, b296ca1); a reset"
		  " capability probe must not suspend the IOMMU (v4 01/24)",
	.look_at = "the loop over the group, or the probe's caller",
	.event = event,
};
