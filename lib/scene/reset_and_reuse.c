/* SPDX-License-Identifier: MIT */
/*
 * Finds B05 and Q01.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) || scene_map(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_may(w, RSIM_FAULT_READY) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "dma", scene_dma_a) ||
			scene_task(w, "unmap", scene_unmap_reuse));
}

const struct rsim_scene scene_reset_and_reuse = {
	.name = "reset-and-reuse",
	.what = "a reset, the device's DMA, and a page that is unmapped and"
		" reused;"
		" invalidations and the reset may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
