/* SPDX-License-Identifier: MIT */
/*
 * Looks for Q05: the interrupt that tells of a time-out may not get to run.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) || scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_may(w, RSIM_FAULT_IRQ) ||
			scene_task(w, "unmap", scene_unmap_reuse) ||
			scene_task(w, "dma", scene_dma_a));
}

const struct rsim_scene scene_no_interrupt = {
	.name = "no-interrupt",
	.what = "a page is unmapped and reused; the invalidation and the"
		" interrupt that would tell of it may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
