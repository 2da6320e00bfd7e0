/* SPDX-License-Identifier: MIT */
#include "check/check.h"

static uint32_t pasid_domain(const struct rsim_facts *f, uint32_t pasid)
{
	unsigned i;

	for (i = 0; i < 8; i++)
		if (f->pasids[i].domain && f->pasids[i].pasid == pasid)
			return f->pasids[i].domain;
	return 0;
}

static void pasid_op(struct rsim_checks *c, const struct rsim_event *ev,
		     const struct rsim_facts *f, struct rsim_dev *dev)
{
	uint32_t is = pasid_domain(f, ev->obj);
	struct rsim_domain *old;

	if (!rsim_fence_has_pasids(dev)) {
		rsim_checks_fail(c,
				 "a PASID callback for device %s, which has"
				 " no PASIDs",
				 check_name(c, ev->dev));
		return;
	}
	old = rsim_domain_numbered(rsim_checks_world(c), (uint32_t)ev->b);
	/* A PASID that is off is on the blocked domain. */
	if (!is && (!old || rsim_domain_type(old) == RSIM_DOMAIN_BLOCKED))
		return;
	if (ev->b != is)
		rsim_checks_fail(c,
				 "set_dev_pasid of device %s, PASID %u is"
				 " told old = %s, it is %s",
				 check_name(c, ev->dev), ev->obj,
				 check_domain(c, ev->b), check_domain(c, is));
}

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	const struct rsim_facts *f = rsim_checks_facts(c, ev->dev);
	struct rsim_domain *told;
	struct rsim_dev *dev;

	if (ev->kind != RSIM_EV_ATTACH && ev->kind != RSIM_EV_PASID)
		return;
	dev = rsim_dev_numbered(rsim_checks_world(c), ev->dev);
	if (!dev || !rsim_dev_group(dev))
		return;
	if (ev->kind == RSIM_EV_PASID)
		pasid_op(c, ev, f, dev);
	else if (f->domain && ev->b != f->domain)
		rsim_checks_fail(c,
				 "attach_dev of device %s is told old = %s,"
				 " it is %s",
				 check_name(c, ev->dev), check_domain(c, ev->b),
				 check_domain(c, f->domain));
	told = rsim_driver_get_domain(dev);
	if (f->domain && told && rsim_domain_number(told) != f->domain)
		rsim_checks_fail(c,
				 "the driver is told that device %s is on"
				 " %s, it is on %s",
				 check_name(c, ev->dev), rsim_domain_name(told),
				 check_domain(c, f->domain));
}

const struct rsim_rule rule_old_domain = {
	.name = "old-domain",
	.says = "the old domain given to a driver, and the domain it is told"
		" when it asks, are the ones in the hardware",
	.source = "`old` and iommu_driver_get_domain_for_dev() equal the"
		  " physical domain (b296ca1)",
	.look_at = "when the protocol marks a device as blocked, and for whom",
	.event = event,
};
