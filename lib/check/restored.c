/* SPDX-License-Identifier: MIT */
#include "check/check.h"
#include "check/facts.h"

static bool same_pasids(struct rsim_checks *c, struct rsim_dev *dev,
			const struct rsim_facts *f)
{
	struct rsim_group *g = rsim_dev_group(dev);
	rsim_pasid p;
	unsigned i;

	if (!rsim_fence_has_pasids(dev))
		return true;
	for (p = rsim_group_next_pasid(g, 0); p != RSIM_NO_PASID;
	     p = rsim_group_next_pasid(g, p)) {
		for (i = 0; i < 8; i++)
			if (f->pasids[i].domain && f->pasids[i].pasid == p)
				break;
		if (i == 8 ||
		    f->pasids[i].domain !=
			    rsim_domain_number(rsim_group_pasid(g, p)))
			break;
	}
	if (p == RSIM_NO_PASID)
		return true;
	rsim_checks_fail(c,
			 "after a successful reset PASID %u of device %s is"
			 " not what the group's table says",
			 p, check_name(c, f->dev));
	return false;
}

/* What the stream entry does with a domain of each type. */
static bool same_kind(const struct rsim_facts *f, struct rsim_domain *want)
{
	static const uint8_t kinds[] = {
		[RSIM_DOMAIN_UNMANAGED] = 2,
		[RSIM_DOMAIN_DMA] = 2,
		[RSIM_DOMAIN_IDENTITY] = 1,
		[RSIM_DOMAIN_BLOCKED] = 0,
	};

	return !f->has_ste || f->ste_kind == kinds[rsim_domain_type(want)];
}

static void check(struct rsim_checks *c, struct rsim_dev *dev,
		  const struct rsim_facts *f, const char *when)
{
	struct rsim_domain *want = rsim_group_domain(rsim_dev_group(dev));

	if (!want)
		return;
	if (f->domain != rsim_domain_number(want))
		rsim_checks_fail(c,
				 "%s device %s is attached to %s,"
				 " the core believes %s",
				 when, check_name(c, f->dev),
				 check_domain(c, f->domain),
				 rsim_domain_name(want));
	else if (!same_kind(f, want))
		rsim_checks_fail(c,
				 "%s the stream entry of device %s is not"
				 " what its domain wants",
				 when, check_name(c, f->dev));
	else
		same_pasids(c, dev, f);
}

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	const struct rsim_facts *f = rsim_checks_facts(c, ev->dev);
	struct rsim_dev *dev;

	/* The return of the outermost method that succeeded. */
	if (ev->kind != RSIM_EV_RET || ev->ret || !facts_is_method(ev->what) ||
	    !f->in_method || f->window || f->probing)
		return;
	dev = rsim_dev_numbered(rsim_checks_world(c), ev->dev);
	if (check_fenced(dev))
		check(c, dev, f, "after a successful reset");
}

/* In the end nobody is parked but for a reset that failed. */
static void end(struct rsim_checks *c)
{
	struct rsim *w = rsim_checks_world(c);
	struct rsim_dev *dev;

	for (dev = rsim_dev_next(w, NULL); dev; dev = rsim_dev_next(w, dev)) {
		const struct rsim_facts *f =
			rsim_checks_facts(c, rsim_dev_number(dev));

		if (f->dev && check_fenced(dev) && !f->window &&
		    !f->reset_failed && !f->dirty)
			check(c, dev, f, "in the end");
	}
}

const struct rsim_rule rule_restored = {
	.name = "restored",
	.says = "after a successful outermost done() the hardware holds exactly"
		" the retained RID and PASID domains, and nobody is parked but"
		" for a reset that failed",
	.source = "unblock only when the outermost reset of that device is"
		  " over (0d5fd7a, b296ca1)",
	.look_at = "the last driver callbacks for that device, and which"
		   " done() was silent",
	.event = event,
	.end = end,
};
