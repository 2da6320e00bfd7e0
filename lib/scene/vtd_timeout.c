/* SPDX-License-Identifier: MIT */
/*
 * Q07 and Q08.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 2, 0) || scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_task(w, "unmap", scene_unmap_reuse) ||
			scene_task(w, "reset b", scene_reset_b));
}

const struct rsim_scene scene_vtd_timeout = {
	.name = "vtd-timeout",
	.what = "two devices on VT-d are unmapped; invalidations may go"
		" unanswered",
	.build = build,
	.config.iommu = RSIM_IOMMU_VTD,
	.config.inv_timeout_ms = 90000,
};
