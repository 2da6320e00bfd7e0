/* SPDX-License-Identifier: MIT */
/*
 * Finds B06b and B15: a probe that opens what is parked, or parks what
 * is fine.
 */
#include "scene/scene.h"

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_endpoint(w, 0, &(struct rsim_dev_desc){
				.caps = RSIM_CAP_FLR | RSIM_CAP_ATS }) ||
			rsim_reset_method_store(scene_a(w), "flr") < 0 ||
			scene_may(w, RSIM_FAULT_READY) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "probe", scene_probe_a));
}

const struct rsim_scene scene_probe = {
	.name = "probe",
	.what = "a reset that may fail, and a write of default to reset_method",
	.build = build,
};
