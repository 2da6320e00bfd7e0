/* SPDX-License-Identifier: MIT */
/*
 * B13. Which may also be the first of its group: B09.
 */
#include "scene/scene.h"

static void hot_add(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_dev_add(w, &(struct rsim_dev_desc){
		.name = "b", .type = RSIM_RCIEP, .at = { .devfn = 2 << 3 },
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
		.group = rsim_dev_group(scene_a(w)),
	});
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "hot-add", hot_add));
}

const struct rsim_scene scene_hot_add = {
	.name = "hot-add",
	.what = "a device joins the group of one that is reset",
	.build = build,
};
