/* SPDX-License-Identifier: MIT */
/*
 * Finds B08 and B19; and on VT-d B20 and B21: what its driver makes of a
 * blocked domain and of a PASID that is not there.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, RSIM_CAP_PASID) ||
			scene_pasid(w, scene_a(w)) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "exit", scene_unbind_pasid));
}

const struct rsim_scene scene_pasid_exit = {
	.name = "pasid-exit",
	.what = "a reset, and a process with a PASID on the device exits",
	.build = build,
};

const struct rsim_scene scene_pasid_vtd = {
	.name = "pasid-vtd",
	.what = "on VT-d, a reset, and a process with a PASID on the device"
		" exits",
	.build = build,
	.config.iommu = RSIM_IOMMU_VTD,
};
