/* SPDX-License-Identifier: MIT */
/*
 * Finds B04.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 2, RSIM_CAP_PASID) ||
			scene_pasid(w, scene_b(w)) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "reset b", scene_reset_b));
}

const struct rsim_scene scene_pasid_group = {
	.name = "pasid-group",
	.what = "one of two devices that share a PASID is reset",
	.build = build,
};
