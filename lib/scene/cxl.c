/* SPDX-License-Identifier: MIT */
/*
 * Finds B01 and B06a.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_endpoint(w, RSIM_CAP_CXL_PORT,
				       &(struct rsim_dev_desc){
				.caps = RSIM_CAP_ATS | RSIM_CAP_PM |
					RSIM_CAP_NO_SOFT_RESET }) ||
			rsim_reset_method_store(scene_a(w), "cxl_bus") < 0 ||
			scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_READY) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "unmap", scene_unmap_reuse));
}

const struct rsim_scene scene_cxl = {
	.name = "cxl",
	.what = "cxl_bus, which unmasks the port and resets the bus inside",
	.build = build,
	.config.inv_timeout_ms = 500,
};
