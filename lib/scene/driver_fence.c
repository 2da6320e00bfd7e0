/* SPDX-License-Identifier: MIT */
/*
 * Q01, Q02, Q03, Q12 and Q13: does the driver's fence hold?
 */
#include "scene/scene.h"

static void unmap_then_write(struct rsim *w, void *arg)
{
	scene_unmap_reuse(w, arg);
	rsim_dma(scene_a(w), RSIM_AT_TRANSLATED, RSIM_NO_PASID, SCENE_IOVA,
		 true);
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 2, 0) || scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_task(w, "unmap", unmap_then_write) ||
			scene_task(w, "attach", scene_attach) ||
			scene_task(w, "reset", scene_reset_a));
}

const struct rsim_scene scene_driver_fence = {
	.name = "driver-fence",
	.what = "one of two devices does not answer an invalidation; another"
		" domain is attached and the device is reset",
	.build = build,
	.config.inv_timeout_ms = 500,
};
