/* SPDX-License-Identifier: MIT */
#include "check/check.h"

#include <string.h>

/* The hard-lockup watchdog fires after about so long with interrupts off. */
#define LOCKUP (10 * 1000 * RSIM_NS_PER_MS)

static void attached(struct rsim_checks *c, const struct rsim_event *ev)
{
	struct rsim *w = rsim_checks_world(c);
	struct rsim_dev *dev;

	/* An attach that succeeded moved every device that is not parked. */
	for (dev = rsim_dev_next(w, NULL); dev; dev = rsim_dev_next(w, dev)) {
		struct rsim_group *g = rsim_dev_group(dev);
		const struct rsim_facts *f;

		if (!g || rsim_group_number(g) + 1 != ev->obj ||
		    !rsim_group_domain(g) || rsim_fence_dev(dev)->blocked)
			continue;
		f = rsim_checks_facts(c, rsim_dev_number(dev));
		if (f->domain &&
		    f->domain != rsim_domain_number(rsim_group_domain(g)))
			rsim_checks_fail(c,
					 "an attach succeeded, and device %s"
					 " stays on %s",
					 check_name(c, f->dev),
					 check_domain(c, f->domain));
	}
}

static void task_event(struct rsim_checks *c, const struct rsim_event *ev)
{
	if (!strcmp(ev->what, "begins") || !strcmp(ev->what, "ends"))
		return;
	/* A lock's owner is the number of a task and one. */
	if (!strcmp(ev->what, "waits for ever") && ev->b > 1)
		rsim_checks_fail(c, "task %s waits for ever, for task %s",
				 check_task(c, ev->a),
				 check_task(c, ev->b - 1));
	else
		rsim_checks_fail(c, "task %s %s", check_task(c, ev->a),
				 ev->what);
}

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	switch (ev->kind) {
	case RSIM_EV_TASK:
		task_event(c, ev);
		break;
	case RSIM_EV_SLEEP:
		if (!strcmp(ev->what, "poll") && ev->a >= LOCKUP)
			rsim_checks_fail(
				c, "a driver spins for %u s",
				(unsigned)(ev->a / RSIM_NS_PER_MS / 1000));
		break;
	case RSIM_EV_RET:
		if (!ev->ret && ev->obj &&
		    (!strcmp(ev->what, "iommu_attach_group") ||
		     !strcmp(ev->what, "iommu_attach_device")))
			attached(c, ev);
		break;
	}
}

const struct rsim_rule rule_progress = {
	.name = "progress",
	.says = "nobody waits for ever or spins with interrupts off, and an"
		" attach that succeeds brings the device back",
	.source = "a successful reset plus attach brings a quarantined device"
		  " back; bounded with interrupts off (review, 2026-03-05/06)",
	.look_at = "the lock order, the queue's time-out, or what the attach"
		   " took for granted",
	.event = event,
};
