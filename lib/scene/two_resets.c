/* SPDX-License-Identifier: MIT */
/*
 * Finds B03 and B06c.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 2, 0) ||
			scene_may(w, RSIM_FAULT_READY) ||
			scene_task(w, "reset a", scene_reset_a) ||
			scene_task(w, "reset b", scene_reset_b));
}

const struct rsim_scene scene_two_resets = {
	.name = "two-resets",
	.what = "both devices of a group are reset, and either reset may fail",
	.build = build,
};
