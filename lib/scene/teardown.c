/* SPDX-License-Identifier: MIT */
/*
 * Finds B07 and B06d.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) ||
			scene_may(w, RSIM_FAULT_READY) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "vfio", scene_attach_detach_free));
}

const struct rsim_scene scene_teardown = {
	.name = "teardown",
	.what = "a reset that may fail, and VFIO attaches, detaches and frees a"
		" domain",
	.build = build,
};
