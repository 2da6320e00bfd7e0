/* SPDX-License-Identifier: MIT */
/*
 * Looks for Q03: one sync for the invalidations of two devices, and one of
 * them is silent. Who is taken for it?
 */
#include "scene/scene.h"

static void dma_b(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_dma_access(scene_b(w), RSIM_NO_PASID, SCENE_IOVA, true);
}

/* Only a may be silent. */
static int a_may_be_silent(struct rsim *w)
{
	return rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_ATC_INV, .dev = scene_a(w),
		.optional = true });
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 2, 0) || scene_map_cached(w) ||
			a_may_be_silent(w) ||
			scene_task(w, "unmap", scene_unmap_reuse) ||
			scene_task(w, "dma a", scene_dma_a) ||
			scene_task(w, "dma b", dma_b));
}

const struct rsim_scene scene_blame = {
	.name = "blame",
	.what = "a page of two devices is unmapped and reused while they use"
		" it; one of them may not answer",
	.build = build,
	.config.inv_timeout_ms = 500,
};
