/* SPDX-License-Identifier: MIT */
/*
 * Looks for Q04: two flushes share the queue. The error of the one must not
 * end in the other's sync, or the one goes on as if all were well.
 */
#include "scene/scene.h"

enum { OTHER_IOVA = 0x20000 };

static int map_other(struct rsim *w)
{
	rsim_phys page = rsim_page_alloc(w, SCENE_DRIVER);

	return page ? rsim_map(rsim_get_domain(scene_a(w)), OTHER_IOVA, page,
			       RSIM_PAGE_SIZE, true)
		    : -12;
}

static void unmap_other(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_unmap(rsim_group_default(rsim_dev_group(scene_a(w))), OTHER_IOVA,
		   RSIM_PAGE_SIZE);
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_rcieps(w, 1, 0) || scene_map_cached(w) ||
			map_other(w) || scene_may(w, RSIM_FAULT_ATC_INV) ||
			scene_task(w, "unmap", scene_unmap_reuse) ||
			scene_task(w, "other unmap", unmap_other) ||
			scene_task(w, "dma", scene_dma_a));
}

const struct rsim_scene scene_two_flushes = {
	.name = "two-flushes",
	.what = "two pages of a device are unmapped at once, and one is reused;"
		" invalidations may go unanswered",
	.build = build,
	.config.inv_timeout_ms = 500,
};
