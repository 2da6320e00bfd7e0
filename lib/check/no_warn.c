/* SPDX-License-Identifier: MIT */
#include "check/check.h"

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	if (ev->kind == RSIM_EV_WARN)
		rsim_checks_fail(c, "WARN: %s", ev->what);
}

const struct rsim_rule rule_no_warn = {
	.name = "no-warn",
	.says = "no WARN fires, and Linux does not crash",
	.source = "a WARN is a bug that Linux noticed itself",
	.look_at = "the function that the WARN names",
	.event = event,
};
