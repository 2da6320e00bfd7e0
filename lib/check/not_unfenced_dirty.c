/* SPDX-License-Identifier: MIT */
#include "check/check.h"

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	const struct rsim_facts *f = rsim_checks_facts(c, ev->dev);

	if (ev->kind != RSIM_EV_STE || (!ev->a && !ev->b) || check_open(f) ||
	    !f->has_ste || !f->dirty)
		return;
	if (!check_fenced(rsim_dev_numbered(rsim_checks_world(c), ev->dev)))
		return;
	rsim_checks_fail(c, "device %s is unblocked, and %s",
			 check_name(c, ev->dev), f->dirty);
}

const struct rsim_rule rule_not_unfenced_dirty = {
	.name = "not-unfenced-dirty",
	.says = "a device is not unblocked unless it was really reset since it"
		" was last known stale",
	.source = "the device stays blocked until it has really been reset"
		  " (quarantine v2 1/7, v3 cover)",
	.look_at = "which done() opened the stream entry, and what the silicon"
		   " says of the reset before it",
	.event = event,
};
