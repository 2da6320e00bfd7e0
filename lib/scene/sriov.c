/* SPDX-License-Identifier: MIT */
/*
 * Finds B17, which upstream accepts.
 */
#include "scene/scene.h"

static struct rsim_dev *vf(struct rsim *w)
{
	struct rsim_bdf at = { .bus = 1, .devfn = 1 };

	return rsim_dev_find(w, at);
}

static void unmap_vf(struct rsim *w, void *arg)
{
	struct rsim_dev *v = vf(w);

	(void)arg;
	rsim_dma_access(v, RSIM_NO_PASID, SCENE_IOVA, true);
	rsim_unmap(rsim_get_domain(v), SCENE_IOVA, RSIM_PAGE_SIZE);
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(scene_endpoint(w, 0, &(struct rsim_dev_desc){
				.caps = RSIM_CAP_FLR | RSIM_CAP_ATS |
					RSIM_CAP_SRIOV,
				.vfs = 1, .ready_ms.flr = 50 }) ||
			!rsim_dev_add(w, &(struct rsim_dev_desc){
				.name = "vf", .type = RSIM_VF,
				.parent = scene_a(w), .at = { .devfn = 1 },
				.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
				.new_group = true }) ||
			rsim_map(rsim_get_domain(vf(w)), SCENE_IOVA,
				 rsim_page_alloc(w, SCENE_DRIVER),
				 RSIM_PAGE_SIZE, true) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "vf driver", unmap_vf));
}

const struct rsim_scene scene_sriov = {
	.name = "sriov",
	.what = "a PF is reset while its VF's driver unmaps a page",
	.build = build,
	.config.inv_timeout_ms = 500,
};
