/* SPDX-License-Identifier: MIT */
/*
 * Looks for Q17: a device that was fenced is still in the lists of those that
 * are sent invalidations, and a reset takes the fence away.
 */
#include "scene/scene.h"

static void unmap_twice(struct rsim *w, void *arg)
{
	struct rsim_domain *d =
		rsim_group_default(rsim_dev_group(scene_a(w)));
	rsim_phys page;

	scene_unmap_reuse(w, arg);
	page = rsim_page_alloc(w, SCENE_DRIVER);
	if (!page || rsim_map(d, SCENE_IOVA, page, RSIM_PAGE_SIZE, true))
		return;
	rsim_unmap(d, SCENE_IOVA, RSIM_PAGE_SIZE);
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) || scene_map_cached(w) ||
			scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_task(w, "unmap", unmap_twice) ||
			scene_task(w, "dma", scene_dma_a) ||
			scene_task(w, "reset", scene_reset_a));
}

const struct rsim_scene scene_fenced_list = {
	.name = "fenced-list",
	.what = "pages are unmapped one after the other while the device is"
		" reset; invalidations may go unanswered",
	.build = build,
	.config.inv_timeout_ms = 500,
};
