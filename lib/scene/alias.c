/* SPDX-License-Identifier: MIT */
/*
 * Finds B10.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) ||
			!rsim_dev_add(w, &(struct rsim_dev_desc){
				.name = "b", .type = RSIM_RCIEP,
				.at = { .devfn = 2 << 3 },
				.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
				.group = rsim_dev_group(scene_a(w)),
				.alias_of = scene_a(w) }) ||
			scene_task(w, "reset a", scene_reset_a) ||
			scene_task(w, "reset b", scene_reset_b));
}

const struct rsim_scene scene_alias = {
	.name = "alias",
	.what = "two functions with one requester ID are reset",
	.build = build,
};
