/* SPDX-License-Identifier: MIT */
/*
 * Finds B01, B02, B06a, P01, C01 and C01b: a reset inside a reset.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_endpoint(w, 0, &(struct rsim_dev_desc){
				.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
				.vendor = 0x8086, .device = 0x0a54 }) ||
			rsim_reset_method_store(scene_a(w),
						"device_specific") < 0 ||
			scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_READY) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "unmap", scene_unmap_reuse));
}

const struct rsim_scene scene_nested = {
	.name = "nested",
	.what = "a device-specific reset that does an FLR, and an unmap; what"
		" the"
		" quirk polls for, the FLR and invalidations may fail",
	.build = build,
	.config.inv_timeout_ms = 500,
};
