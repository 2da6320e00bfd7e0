/* SPDX-License-Identifier: MIT */
#include "check/check.h"
#include "check/facts.h"

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	const struct rsim_facts *f = rsim_checks_facts(c, ev->dev);

	if (ev->kind != RSIM_EV_RET || ev->ret || f->probing ||
	    !facts_is_method(ev->what) || !f->in_method)
		return;
	if (f->resets == f->resets_before)
		rsim_checks_fail(c,
				 "%s() reports success for device %s, which"
				 " was not reset",
				 ev->what, check_name(c, ev->dev));
}

const struct rsim_rule rule_no_false_success = {
	.name = "no-false-success",
	.says = "no reset reports success without one",
	.source = "was a real reset tested on each device? (review, 2026-06);"
		  " B01, C01, P03",
	.look_at = "whose result was ignored between the method and the"
		   " silicon",
	.event = event,
};
