/* SPDX-License-Identifier: MIT */
/*
 * Finds B18: a reset that nobody could prepare.
 */
#include "scene/scene.h"

static void containment(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_dpc_event(rsim_dev_upstream(scene_a(w)));
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_endpoint(w, 0, &(struct rsim_dev_desc){
				.caps = RSIM_CAP_FLR | RSIM_CAP_ATS |
					RSIM_CAP_PM,
				.ready_ms.bus = 50 }) ||
			scene_map_cached(w) ||
			scene_task(w, "dpc", containment) ||
			scene_task(w, "unmap", scene_unmap_reuse));
}

const struct rsim_scene scene_dpc = {
	.name = "dpc",
	.what = "the port contains an error while a driver unmaps a page",
	.build = build,
	.config.inv_timeout_ms = 500,
};
