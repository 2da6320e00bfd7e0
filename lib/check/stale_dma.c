/* SPDX-License-Identifier: MIT */
#include "check/check.h"

static void event(struct rsim_checks *c, const struct rsim_event *ev)
{
	if (ev->kind != RSIM_EV_DMA || ev->ret || !ev->size)
		return;
	rsim_checks_fail(c,
			 "a request of device %s reached page 0x%llx, which"
			 " is no longer its own",
			 check_name(c, ev->dev), (unsigned long long)ev->b);
}

const struct rsim_rule rule_stale_dma = {
	.name = "stale-dma",
	.says = "no access reaches a page that was freed or went to somebody"
		" else since it was translated",
	.source = "after an invalidation returns, the device cannot reach the"
		  " invalidated memory; it cannot fail (review, 2025-07-31,"
		  " 2026-03-06)",
	.look_at = "the last ATC_INV of that device: was it answered, and who"
		   " opened the stream entry after that?",
	.event = event,
};
