/* SPDX-License-Identifier: MIT */
#include "check/facts.h"
#include "base/host.h"
#include "sim/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PREPARE "pci_dev_reset_iommu_prepare"
#define DONE "pci_dev_reset_iommu_done"

bool facts_is_method(const char *function)
{
	static const char *const methods[] = {
		"pci_dev_specific_reset", "pci_dev_acpi_reset",
		"pcie_reset_flr",	  "pci_af_flr",
		"pci_pm_reset",		  "pci_reset_bus_function",
		"cxl_reset_bus_function",
	};
	unsigned i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(function, methods[i]))
			return true;
	return false;
}

static struct fact *fact(struct facts *f, uint32_t dev)
{
	static struct fact nobody;
	struct fact *p;
	uint32_t cap = f->cap ? f->cap : 16;

	while (cap <= dev)
		cap *= 2;
	if (cap != f->cap) {
		p = host_realloc(&f->w->e.host, f->of, cap * sizeof(*p));
		if (!p) {
			f->failed = true;
			memset(&nobody, 0, sizeof(nobody));
			return &nobody;
		}
		memset(p + f->cap, 0, (cap - f->cap) * sizeof(*p));
		f->of = p;
		f->cap = cap;
	}
	p = &f->of[dev];
	p->pub.dev = dev;
	return p;
}

/* Who is attached to what before anything was watched. */
int facts_init(struct facts *f, struct rsim *w)
{
	struct rsim_dev *dev;
	unsigned i;

	f->w = w;
	for (dev = rsim_dev_next(w, NULL); dev; dev = rsim_dev_next(w, dev)) {
		struct rsim_facts *p = &fact(f, dev->fn.id)->pub;

		if (f->failed)
			return -ENOMEM;
		p->domain = dev->hw_rid ? dev->hw_rid->id : 0;
		p->has_ste = dev->fn.ste && w->os.iommu != RSIM_IOMMU_LOG;
		if (p->has_ste) {
			p->ste_kind = dev->fn.ste->kind;
			p->ste_ats = dev->fn.ste->eats;
		}
		for (i = 0; i < dev->hw_pasid_count && i < 8; i++) {
			p->pasids[i].pasid = dev->hw_pasids[i].pasid;
			p->pasids[i].domain = dev->hw_pasids[i].domain->id;
		}
	}
	return f->failed ? -ENOMEM : 0;
}

void facts_fini(struct facts *f)
{
	free(f->of);
	f->of = NULL;
	f->cap = 0;
}

static void set_pasid(struct rsim_facts *p, const struct rsim_event *ev,
		      bool blocked)
{
	unsigned i, free_slot = 8;

	for (i = 0; i < 8; i++) {
		if (p->pasids[i].domain && p->pasids[i].pasid == ev->obj)
			break;
		if (!p->pasids[i].domain && free_slot == 8)
			free_slot = i;
	}
	if (i == 8)
		i = free_slot;
	if (i == 8)
		return;
	p->pasids[i].pasid = blocked ? 0 : ev->obj;
	p->pasids[i].domain = blocked ? 0 : (uint32_t)ev->a;
}

static void method_begins(struct facts *f, const struct rsim_event *ev)
{
	unsigned *n = &f->task[ev->task].methods;
	struct rsim_facts *p = &fact(f, ev->dev)->pub;

	if (*n == FACTS_STACK)
		return;
	f->task[ev->task].method[*n].dev = ev->dev;
	f->task[ev->task].method[*n].probe = ev->a;
	++*n;
	if (ev->a) {
		p->probing = true;
	} else if (!p->in_method) {
		p->in_method = true;
		p->method_prepared = false;
		p->resets_before = p->resets;
	}
}

/* The pair is over for a device that done() was not called for, too. */
static void window_ends(struct facts *f, uint32_t dev)
{
	struct rsim_facts *p = &fact(f, dev)->pub;

	if (p->window)
		p->window--;
}

static void before_call(struct facts *f, const struct rsim_event *ev)
{
	struct rsim_facts *p;

	if (facts_is_method(ev->what))
		method_begins(f, ev);
	if (!strcmp(ev->what, PREPARE))
		f->task[ev->task].fencing = ev->dev;
	if (!strcmp(ev->what, DONE)) {
		f->task[ev->task].fencing = ev->dev;
		f->task[ev->task].in_done = true;
		window_ends(f, ev->dev);
		p = &fact(f, ev->dev)->pub;
		if (p->in_reset && !p->dirty)
			p->dirty = "its reset never ended";
	}
}

static void before_ret(struct facts *f, const struct rsim_event *ev)
{
	if (!strcmp(ev->what, PREPARE)) {
		f->task[ev->task].fencing = 0;
		if (!ev->ret) {
			fact(f, ev->dev)->pub.window++;
			fact(f, ev->dev)->pub.method_prepared = true;
		}
	}
	if (!strcmp(ev->what, DONE)) {
		f->task[ev->task].fencing = 0;
		f->task[ev->task].in_done = false;
	}
}

static void before_hw(struct rsim_facts *p, const struct rsim_event *ev)
{
	if (strstr(ev->what, "begins"))
		p->in_reset = true;
	if (!strcmp(ev->what, "does not answer"))
		p->dirty = "it did not answer an invalidation";
	if (!strcmp(ev->what, "is reset")) {
		p->in_reset = false;
		p->resets++;
		p->dirty = NULL;
	}
	if (strstr(ev->what, "nothing was reset"))
		p->in_reset = false;
}

void facts_before(struct facts *f, const struct rsim_event *ev)
{
	if (ev->task >= FACTS_TASKS)
		return;
	f->current = ev->task;
	switch (ev->kind) {
	case RSIM_EV_CALL:
		before_call(f, ev);
		break;
	case RSIM_EV_RET:
		before_ret(f, ev);
		break;
	case RSIM_EV_LOG:
		/* done() will not be called: the caller says so instead. */
		if (!strcmp(ev->what, "kept_blocked") &&
		    !f->task[ev->task].in_done)
			window_ends(f, ev->dev);
		break;
	case RSIM_EV_HW:
		before_hw(&fact(f, ev->dev)->pub, ev);
		break;
	case RSIM_EV_FAULT:
		if (!strcmp(ev->what, "atc-keep"))
			fact(f, ev->dev)->pub.dirty =
				"a reset left its ATC filled";
		break;
	}
}

static void method_ends(struct facts *f, const struct rsim_event *ev)
{
	unsigned *n = &f->task[ev->task].methods, i;
	struct rsim_facts *p = &fact(f, ev->dev)->pub;
	bool probe, outer = true;

	if (!*n)
		return;
	probe = f->task[ev->task].method[--*n].probe;
	for (i = 0; i < *n; i++)
		if (f->task[ev->task].method[i].dev == ev->dev)
			outer = false;
	if (!outer)
		return;
	if (probe) {
		p->probing = false;
		return;
	}
	p->in_method = false;
	if (!p->method_prepared)
		return;
	p->reset_failed = ev->ret != 0;
	if (ev->ret && !p->dirty)
		p->dirty = "its last reset failed";
}

static void ste_written(struct facts *f, const struct rsim_event *ev)
{
	struct rsim_dev *dev = rsim_dev_numbered(f->w, ev->dev), *d;

	/* Who shares the requester ID shares the entry. */
	for (d = dev && dev->group ? dev->group->first : NULL; d;
	     d = d->group_next) {
		struct rsim_facts *p;

		if (d->fn.ste != dev->fn.ste)
			continue;
		p = &fact(f, d->fn.id)->pub;
		p->has_ste = true;
		p->ste_kind = (uint8_t)ev->a;
		p->ste_ats = ev->b;
	}
}

static void undo(struct fact *p, const char *what)
{
	if (!strcmp(what, "attach_dev failed"))
		p->pub.domain = p->before.domain;
	if (!strcmp(what, "set_dev_pasid failed"))
		memcpy(p->pub.pasids, p->before.pasids, sizeof(p->pub.pasids));
}

void facts_after(struct facts *f, const struct rsim_event *ev)
{
	const struct rsim_domain *to;

	if (ev->task >= FACTS_TASKS)
		return;
	switch (ev->kind) {
	case RSIM_EV_RET:
		if (facts_is_method(ev->what))
			method_ends(f, ev);
		break;
	/* A callback is taken to work until it says that it failed. */
	case RSIM_EV_ATTACH:
		fact(f, ev->dev)->before = fact(f, ev->dev)->pub;
		fact(f, ev->dev)->pub.domain = (uint32_t)ev->a;
		break;
	case RSIM_EV_PASID:
		fact(f, ev->dev)->before = fact(f, ev->dev)->pub;
		to = rsim_domain_numbered(f->w, (uint32_t)ev->a);
		set_pasid(&fact(f, ev->dev)->pub, ev,
			  to && !domain_is_paging(to));
		break;
	case RSIM_EV_LOG:
		undo(fact(f, ev->dev), ev->what);
		break;
	case RSIM_EV_STE:
		ste_written(f, ev);
		break;
	}
}

const struct rsim_facts *facts_of_const(const struct facts *f, uint32_t dev)
{
	static const struct rsim_facts unknown;

	return dev < f->cap ? &f->of[dev].pub : &unknown;
}

uint64_t *facts_memory(struct facts *f, uint32_t dev, unsigned rule)
{
	return &fact(f, dev)->memory[rule];
}

uint32_t facts_fencing(const struct facts *f)
{
	return f->task[f->current].fencing;
}
