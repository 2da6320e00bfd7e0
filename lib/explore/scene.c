/* SPDX-License-Identifier: MIT */
/*
 * Generic scenes: tasks do ordinary things on a small machine, hardware may
 * fail, and the explorer finds out what can come of it.
 */
#include <rsim/explore.h>
#include <rsim/rsim.h>

#include <errno.h>
#include <string.h>

#define IOVA ((rsim_iova)0x10000)
enum { DRIVER = 1, SOMEBODY_ELSE = 2 };

/* The machine of a scene is found again by the places of its functions. */
static struct rsim_dev *dev(struct rsim *w, unsigned n)
{
	struct rsim_bdf at = { .devfn = (uint8_t)(n << 3) };

	return rsim_dev_find(w, at);
}

static struct rsim_dev *a(struct rsim *w)
{
	return dev(w, 1);
}

static struct rsim_dev *b(struct rsim *w)
{
	return dev(w, 2);
}

/* Root complex endpoints: nothing above them serialises their resets. */
static int machine(struct rsim *w, unsigned count, unsigned caps)
{
	struct rsim_group *group = NULL;
	unsigned n;

	for (n = 1; n <= count; n++) {
		struct rsim_dev *d = rsim_dev_add(w, &(struct rsim_dev_desc){
			.name = n == 1 ? "a" : "b", .type = RSIM_RCIEP,
			.at = { .devfn = (uint8_t)(n << 3) },
			.caps = RSIM_CAP_FLR | RSIM_CAP_ATS | caps,
			.group = group, .new_group = !group,
		});

		if (!d)
			return -ENOMEM;
		group = rsim_dev_group(d);
	}
	return 0;
}

static int may_fail(struct rsim *w, enum rsim_fault_point point)
{
	return rsim_fault_add(w, &(struct rsim_fault){
		.point = point, .optional = true });
}

static int map_page(struct rsim *w)
{
	rsim_phys page = rsim_page_alloc(w, DRIVER);

	return page ? rsim_map(rsim_get_domain(a(w)), IOVA, page,
			       RSIM_PAGE_SIZE, true)
		    : -ENOMEM;
}

/* The tasks. */
static void reset_a(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_try_reset_function(a(w));
}

static void reset_b(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_try_reset_function(b(w));
}

static void dma_a(struct rsim *w, void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		rsim_dma_access(a(w), RSIM_NO_PASID, IOVA, true);
		rsim_remember(w, i);
	}
}

/* A driver unmaps its page; the allocator gives it to somebody else. */
static void unmap_and_reuse(struct rsim *w, void *arg)
{
	struct rsim_domain *d = rsim_group_default(rsim_dev_group(a(w)));

	(void)arg;
	rsim_unmap(d, IOVA, RSIM_PAGE_SIZE);
	rsim_page_free(w, (rsim_phys)1 << 32);
	rsim_page_alloc(w, SOMEBODY_ELSE);
}

static void attach_detach_free(struct rsim *w, void *arg)
{
	struct rsim_group *g = rsim_dev_group(a(w));
	struct rsim_domain *vfio = rsim_domain_alloc(g, "vfio");

	(void)arg;
	if (!vfio)
		return;
	if (!rsim_attach_group(g, vfio))
		rsim_detach_group(g);
	rsim_domain_free(vfio);
}

static void probe_a(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_reset_method_store(a(w), "default");
}

static void unbind_pasid(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_detach_pasid(a(w), 1);
}

static int add(struct rsim *w, const char *name, rsim_task_fn fn)
{
	int n = rsim_task_add(w, name, fn, NULL);

	return n < 0 ? n : 0;
}

/* The scenes. */
static int reset_and_reuse(struct rsim *w, void *arg)
{
	int ret = machine(w, 1, 0);

	(void)arg;
	if (!ret)
		ret = map_page(w);
	if (!ret)
		ret = may_fail(w, RSIM_FAULT_ATC_INV);
	if (!ret)
		ret = may_fail(w, RSIM_FAULT_READY);
	if (!ret)
		ret = add(w, "reset", reset_a);
	if (!ret)
		ret = add(w, "dma", dma_a);
	return ret ? ret : add(w, "unmap", unmap_and_reuse);
}

static int two_resets(struct rsim *w, void *arg)
{
	int ret = machine(w, 2, 0);

	(void)arg;
	if (!ret)
		ret = add(w, "reset a", reset_a);
	return ret ? ret : add(w, "reset b", reset_b);
}

static int teardown(struct rsim *w, void *arg)
{
	int ret = machine(w, 1, 0);

	(void)arg;
	if (!ret)
		ret = add(w, "reset", reset_a);
	return ret ? ret : add(w, "vfio", attach_detach_free);
}

static int probe(struct rsim *w, void *arg)
{
	int ret = machine(w, 1, RSIM_CAP_PM);

	(void)arg;
	if (!ret)
		ret = may_fail(w, RSIM_FAULT_READY);
	if (!ret)
		ret = add(w, "reset", reset_a);
	return ret ? ret : add(w, "probe", probe_a);
}

static int pasid_exit(struct rsim *w, void *arg)
{
	int ret = machine(w, 1, RSIM_CAP_PASID);
	struct rsim_domain *sva;

	(void)arg;
	if (ret)
		return ret;
	sva = rsim_domain_alloc(rsim_dev_group(a(w)), "sva");
	if (!sva)
		return -ENOMEM;
	ret = rsim_attach_pasid(a(w), 1, sva);
	if (!ret)
		ret = add(w, "reset", reset_a);
	return ret ? ret : add(w, "exit", unbind_pasid);
}

static const struct rsim_scene scenes[] = {
	{ .name = "reset-and-reuse",
	  .what = "a reset, the device's DMA, and a page that is unmapped and"
		  " reused; invalidations and the reset may fail",
	  .build = reset_and_reuse,
	  .config.inv_timeout_ms = 500,
	  .rules = { "stale-dma", "not-unfenced-dirty" } },
	{ .name = "two-resets",
	  .what = "both devices of a group are reset",
	  .build = two_resets },
	{ .name = "teardown",
	  .what = "a reset, and VFIO attaches, detaches and frees a domain",
	  .build = teardown },
	{ .name = "probe",
	  .what = "a reset that may fail, and a write of default to"
		  " reset_method",
	  .build = probe,
	  .rules = { "not-unfenced-dirty", "blocked-in-reset", "balanced" } },
	{ .name = "pasid-exit",
	  .what = "a reset, and a process with a PASID on the device exits",
	  .build = pasid_exit },
};

const struct rsim_scene *rsim_scene_at(unsigned i)
{
	return i < sizeof(scenes) / sizeof(scenes[0]) ? &scenes[i] : NULL;
}

const struct rsim_scene *rsim_scene_find(const char *name)
{
	unsigned i;

	for (i = 0; name && rsim_scene_at(i); i++)
		if (!strcmp(scenes[i].name, name))
			return &scenes[i];
	return NULL;
}
