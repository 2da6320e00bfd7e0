/* SPDX-License-Identifier: MIT */
/*
 * B16, and the group that stays fenced by a device that is no more.
 */
#include "scene/scene.h"

static void reset_if_there(struct rsim *w, void *arg)
{
	(void)arg;
	if (scene_a(w))
		rsim_reset_store(scene_a(w), "1");
}

static void remove_a(struct rsim *w, void *arg)
{
	struct rsim_dev *a = scene_a(w);

	(void)arg;
	rsim_dev_remove(a);
}

static void attach_b(struct rsim *w, void *arg)
{
	struct rsim_group *g = rsim_dev_group(scene_b(w));
	struct rsim_domain *vfio = rsim_domain_alloc(g, "vfio");

	(void)arg;
	if (vfio)
		rsim_attach_group(g, vfio);
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 2, 0) ||
			rsim_reset_method_store(scene_a(w), "flr") < 0 ||
			scene_may(w, RSIM_FAULT_READY) ||
			scene_task(w, "reset", reset_if_there) ||
			scene_task(w, "remove", remove_a) ||
			scene_task(w, "attach", attach_b));
}

const struct rsim_scene scene_removal = {
	.name = "removal",
	.what = "a device leaves its group of two while it is reset, which may"
		" fail",
	.build = build,
};
