/* SPDX-License-Identifier: MIT */
/*
 * B11: what the fence is for.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "attach", scene_attach));
}

const struct rsim_scene scene_attach_in_reset = {
	.name = "attach-in-reset",
	.what = "a reset, and another domain is attached",
	.build = build,
};
