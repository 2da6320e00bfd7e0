/* SPDX-License-Identifier: MIT */
/*
 * Finds Q06: the driver has given up waiting for an invalidation, and the
 * hardware has not.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) || scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_task(w, "unmap", scene_unmap_reuse) ||
			scene_task(w, "dma", scene_dma_a) ||
			scene_task(w, "reset", scene_reset_a));
}

const struct rsim_scene scene_late_answer = {
	.name = "late-answer",
	.what = "a page is unmapped and reused, and the hardware waits for an"
		" invalidation longer than the driver does",
	.build = build,
	.config.inv_timeout_ms = 90000,
};
