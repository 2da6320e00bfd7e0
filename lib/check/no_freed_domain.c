/* SPDX-License-Identifier: MIT */
#include "check/check.h"

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	struct rsim_domain *to;

	if (ev->kind != RSIM_EV_ATTACH && ev->kind != RSIM_EV_PASID)
		return;
	to = rsim_domain_numbered(rsim_checks_world(c), (uint32_t)ev->a);
	if (to && rsim_domain_is_freed(to))
		rsim_checks_fail(c,
				 "device %s is attached to domain %s, which"
				 " was freed",
				 check_name(c, ev->dev), rsim_domain_name(to));
}

const struct rsim_rule rule_no_freed_domain = {
	.name = "no-freed-domain",
	.says = "no domain is attached after it was freed",
	.source = "group->domain never points to a freed domain (5474e6e,"
		  " CVE-2026-52952)",
	.look_at = "the teardown that was refused while the device was parked",
	.event = event,
};
