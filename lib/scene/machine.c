/* SPDX-License-Identifier: MIT */
/* The standard tasks on one function of a real machine. */
#include "scene/scene.h"

#include <errno.h>

static struct rsim_dev *there(struct rsim *w, const void *arg)
{
	const struct rsim_machine_scene *m = arg;

	return rsim_dev_find(w, m->bdf);
}

static void reset(struct rsim *w, void *arg)
{
	rsim_try_reset_function(there(w, arg));
}

static void dma(struct rsim *w, void *arg)
{
	unsigned i;

	for (i = 0; i < 2; i++) {
		rsim_dma_access(there(w, arg), RSIM_NO_PASID, SCENE_IOVA,
				true);
		rsim_remember(w, i);
	}
}

static void unmap(struct rsim *w, void *arg)
{
	rsim_unmap(rsim_group_default(rsim_dev_group(there(w, arg))),
		   SCENE_IOVA, RSIM_PAGE_SIZE);
	rsim_page_free(w, (rsim_phys)1 << 32);
	rsim_page_alloc(w, SCENE_SOMEBODY_ELSE);
}

static int task(struct rsim *w, const char *name, rsim_task_fn fn, void *arg)
{
	int n = rsim_task_add(w, name, fn, arg);

	return n < 0 ? n : 0;
}

static int build(struct rsim *w, void *arg)
{
	const struct rsim_machine_scene *m = arg;
	struct rsim_dev *dev;
	rsim_phys page;
	int ret = rsim_machine_load(w, m->dump);

	if (ret)
		return ret;
	dev = there(w, arg);
	if (!dev)
		return -ENODEV;
	if (!rsim_dev_group(dev) || !rsim_dev_methods(dev)[0])
		return -ENOTTY;
	page = rsim_page_alloc(w, SCENE_DRIVER);
	if (!page)
		return -ENOMEM;
	ret = rsim_map(rsim_get_domain(dev), SCENE_IOVA, page, RSIM_PAGE_SIZE,
		       true);
	if (!ret)
		ret = scene_may(w, RSIM_FAULT_ATC_INV);
	if (!ret)
		ret = scene_may(w, RSIM_FAULT_READY);
	if (!ret)
		ret = task(w, "reset", reset, arg);
	if (!ret)
		ret = task(w, "dma", dma, arg);
	return ret ? ret : task(w, "unmap", unmap, arg);
}

struct rsim_scene rsim_machine_scene(const struct rsim_machine_scene *where,
				     enum rsim_iommu iommu)
{
	return (struct rsim_scene){
		.name = "machine",
		.what = "a reset, DMA, and an unmap on a real machine",
		.build = build,
		.arg = (void *)(uintptr_t)where,
		.config = { .iommu = iommu, .inv_timeout_ms = 500,
			    .memory = 64u << 20 },
	};
}
