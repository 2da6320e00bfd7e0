/* SPDX-License-Identifier: MIT */
#include "sim/world.h"
#include "base/assert.h"
#include "base/host.h"
#include "os/reset/reset.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INV_TIMEOUT_MS = 90000 };	/* 60 s + 50 %, PCIe 10.3.1 */

const char *rsim_version(void)
{
	return RSIM_VERSION;
}

static size_t memory_limit(const struct rsim_config *c)
{
	/* Pages of config space are found by a 32-bit offset. */
	size_t most = sizeof(void *) > 4 ? (size_t)0xffff0000u : 1u << 28;
	size_t want = c->memory ? c->memory
				: sizeof(void *) > 4 ? 1u << 30 : 1u << 28;

	return want < most ? want : most;
}

static const struct iommu_ops *driver_of(enum rsim_iommu iommu)
{
	switch (iommu) {
	case RSIM_IOMMU_SMMUV3:
		return &smmuv3_ops;
	case RSIM_IOMMU_VTD:
		return &vtd_ops;
	case RSIM_IOMMU_AMD:
		return &amd_ops;
	case RSIM_IOMMU_LOG:
		return &log_ops;
	case RSIM_IOMMU_NONE:
		break;
	}
	return NULL;
}

static int wire(struct rsim *w, const struct rsim_config *c)
{
	struct engine *e = &w->e;
	struct os *os = &w->os;

	e->world = w;
	e->arena = w->arena;
	e->trace = &w->side->trace;
	e->host = c->host;
	e->seed = c->seed;
	w->arena->host = &e->host;
	w->hw.e = e;
	w->hw.atc_flush_on_disable = c->atc_flush_on_disable;
	w->hw.iommu.style = c->iommu;
	w->hw.iommu.check_translated = !c->no_atschk;
	w->hw.iommu.queue.timeout_ms =
		c->inv_timeout_ms ? c->inv_timeout_ms : INV_TIMEOUT_MS;
	w->hw.iommu.queue.abort_all = c->iommu == RSIM_IOMMU_VTD;
	os->e = e;
	os->hw = &w->hw;
	os->proto = c->proto ? c->proto : rsim_proto_find("on-success");
	os->iommu = c->iommu;
	os->kernel = c->kernel;
	os->ops = driver_of(c->iommu);
	os->identity_default = c->identity_default;
	os->static_blocked = !c->no_static_blocked;
	os->no_ats = c->no_ats;
	os->asid_lock.name = "IOMMU driver";
	os->blocked = domain_new(os, RSIM_DOMAIN_BLOCKED, "blocking", 0);
	os->identity = domain_new(os, RSIM_DOMAIN_IDENTITY, "identity", 0);
	if (!os->blocked || !os->identity)
		return -ENOMEM;
	return fiber_init(e->arena, &e->scheduler, NULL, NULL);
}

struct rsim *rsim_new(const struct rsim_config *config)
{
	static const struct rsim_config defaults;
	struct rsim_side *side;
	struct arena *arena;
	struct rsim *w;

	if (!config)
		config = &defaults;
	MISUSE_IF((unsigned)config->iommu > RSIM_IOMMU_NONE, "rsim_new",
		  "config.iommu is no IOMMU");
	MISUSE_IF((unsigned)config->kernel > RSIM_KERNEL_6_12, "rsim_new",
		  "config.kernel is no kernel");
	side = host_alloc(&config->host, sizeof(*side));
	if (!side)
		return NULL;
	arena = arena_new(&config->host, memory_limit(config));
	w = arena ? arena_hot(arena, sizeof(*w)) : NULL;
	if (w) {
		w->arena = arena;
		w->side = side;
		if (!wire(w, config))
			return w;
	}
	if (arena)
		arena_free_all(arena);
	free(side->trace.events);
	free(side);
	return NULL;
}

void rsim_free(struct rsim *w)
{
	struct rsim_side *side;

	if (!w)
		return;
	MISUSE_IF(w->e.running, "rsim_free", "is called from a task");
	fiber_fini(w->arena, &w->e.scheduler);
	side = w->side;
	arena_free_all(w->arena);
	free(side->trace.events);
	free(side);
}

int world_error(struct rsim *w, int ret, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->side->error, sizeof(w->side->error), fmt, ap);
	va_end(ap);
	return ret;
}

const char *rsim_error(const struct rsim *w)
{
	MISUSE_IF(!w, "rsim_error", "w is NULL");
	return w->side->error;
}

int rsim_status(const struct rsim *w)
{
	MISUSE_IF(!w, "rsim_status", "w is NULL");
	return w->side->trace.failed ? -ENOMEM : 0;
}

rsim_ns rsim_now(const struct rsim *w)
{
	MISUSE_IF(!w, "rsim_now", "w is NULL");
	w->side->trace.asked |= ASKED_TIME;
	digest_answer(w->os.e, w->e.now);
	return w->e.now;
}

struct rsim_memory rsim_memory(const struct rsim *w)
{
	MISUSE_IF(!w, "rsim_memory", "w is NULL");
	return (struct rsim_memory){ w->arena->hot, w->arena->cold };
}

const struct rsim_proto *rsim_world_proto(const struct rsim *w)
{
	MISUSE_IF(!w, "rsim_world_proto", "w is NULL");
	return w->os.proto;
}

int rsim_task_add(struct rsim *w, const char *name, rsim_task_fn fn, void *arg)
{
	MISUSE_IF(!w, "rsim_task_add", "w is NULL");
	MISUSE_IF(!name || !fn, "rsim_task_add", "name or fn is NULL");
	return engine_task_add(&w->e, name, fn, arg);
}

int rsim_run(struct rsim *w)
{
	MISUSE_IF(!w, "rsim_run", "w is NULL");
	return engine_run(&w->e);
}

void rsim_sleep(struct rsim *w, rsim_ns ns)
{
	MISUSE_IF(!w, "rsim_sleep", "w is NULL");
	engine_sleep(&w->e, 0, ns);
}

void rsim_yield(struct rsim *w)
{
	MISUSE_IF(!w, "rsim_yield", "w is NULL");
	engine_point(&w->e, "yield");
}

static struct task *current(struct rsim *w)
{
	return w->e.current ? w->e.tasks[w->e.current - 1] : NULL;
}

void rsim_atomic_begin(struct rsim *w)
{
	MISUSE_IF(!w, "rsim_atomic_begin", "w is NULL");
	if (current(w))
		current(w)->atomic++;
}

void rsim_atomic_end(struct rsim *w)
{
	MISUSE_IF(!w, "rsim_atomic_end", "w is NULL");
	MISUSE_IF(current(w) && !current(w)->atomic, "rsim_atomic_end",
		  "without a begin");
	if (current(w))
		current(w)->atomic--;
}

void rsim_set_chooser(struct rsim *w, rsim_chooser fn, void *ctx)
{
	MISUSE_IF(!w, "rsim_set_chooser", "w is NULL");
	w->e.chooser = fn;
	w->e.chooser_ctx = ctx;
}

uint32_t rsim_choose(struct rsim *w, const char *site, uint32_t n)
{
	uint32_t pick;

	MISUSE_IF(!w || !site || !n, "rsim_choose", "an argument is 0");
	pick = engine_choose(&w->e, site, n);
	digest_observe(&w->e, digest_mix(digest_string(0, site), pick));
	return pick;
}

int rsim_fault_add(struct rsim *w, const struct rsim_fault *fault)
{
	MISUSE_IF(!w, "rsim_fault_add", "w is NULL");
	MISUSE_IF(!fault, "rsim_fault_add", "fault is NULL");
	if (fault->point == RSIM_FAULT_GONE) {
		MISUSE_IF(!fault->dev, "rsim_fault_add",
			  "\"gone\" needs a device");
		fault->dev->fn.gone_at =
			w->e.now + (rsim_ns)fault->value * RSIM_NS_PER_MS;
		trace_add(&w->e, RSIM_EV_FAULT, fault->dev->fn.id,
			  "gone, in ms")->a = (uint64_t)fault->value;
		return 0;
	}
	return fault_add(&w->e, fault, fault->dev ? fault->dev->fn.id : 0);
}

void rsim_fault_clear(struct rsim *w, enum rsim_fault_point point,
		      struct rsim_dev *dev)
{
	MISUSE_IF(!w, "rsim_fault_clear", "w is NULL");
	fault_clear(&w->e, point, dev ? dev->fn.id : 0);
}

int rsim_fault_parse(struct rsim *w, const char *text, struct rsim_fault *out)
{
	const char *why;

	MISUSE_IF(!w || !text || !out, "rsim_fault_parse",
		  "an argument is NULL");
	why = fault_read(text, out);
	return why ? world_error(w, -EINVAL, "fault '%.80s': %s", text, why)
		   : 0;
}

int rsim_device_reset_add(struct rsim *w, const struct rsim_device_reset *quirk)
{
	MISUSE_IF(!w, "rsim_device_reset_add", "w is NULL");
	MISUSE_IF(!quirk || !quirk->reset, "rsim_device_reset_add",
		  "quirk has no reset function");
	return os_device_reset_add(&w->os, quirk);
}
