/* SPDX-License-Identifier: MIT */
/*
 * B12.
 */
#include "scene/scene.h"

static void first_dma(struct rsim *w, void *arg)
{
	struct rsim_dev *a = scene_a(w);

	(void)arg;
	rsim_deferred_attach(a, rsim_group_default(rsim_dev_group(a)));
}

static int build(struct rsim *w, void *arg)
{
	(void)arg;
	return scene_ok(!rsim_dev_add(w, &(struct rsim_dev_desc){
				.name = "a", .type = RSIM_RCIEP,
				.at = { .devfn = 1 << 3 },
				.caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
				.attach_deferred = true }) ||
			scene_task(w, "reset", scene_reset_a) ||
			scene_task(w, "dma_map", first_dma));
}

const struct rsim_scene scene_deferred = {
	.name = "deferred",
	.what = "a reset, and the first DMA of a device whose attach was"
		" deferred",
	.build = build,
};
