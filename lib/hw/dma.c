/* SPDX-License-Identifier: MIT */
/*
 * Models: requests that a function issues itself.
 * Spec: PCIe 10.2.1 (the AT field), 10.2.2 to 10.2.4, 7.5.1.1.3 (Bus Master
 * Enable covers every one of them).
 */
#include "hw/function.h"

#include <errno.h>

static int verdict_errno(enum hw_verdict v)
{
	switch (v) {
	case HW_OK:
		return 0;
	case HW_FAULT:
		return -EFAULT;
	case HW_UR:
		return -EOPNOTSUPP;
	case HW_ABORTED:
		break;
	}
	return -EPERM;
}

/*
 * One that is in a reset that will end issues nothing. One whose reset never
 * ends does: its firmware hangs, its DMA engine may not, and Linux must be safe
 * from it.
 */
static bool in_reset(struct hw_fn *fn)
{
	if (fn->resetting)
		hw_fn_settle(fn);
	return fn->resetting && fn->ready_at != HW_TIME_NEVER;
}

/* May the function issue requests at all? */
static int can_issue(struct hw_fn *fn)
{
	/* A reset of the PF is one of its VFs. */
	if (in_reset(fn) || (fn->pf && in_reset(fn->pf)))
		return -EAGAIN;
	if (!hw_fn_reachable(fn))
		return -ENODEV;
	if (fn->d_state)
		return -EAGAIN;
	/* Bus Master Enable is a bit of the device: one that hangs cannot be
	 * trusted to honour it. */
	if (!fn->resetting &&
	    !(fn_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER))
		return -EACCES;
	return 0;
}

static void dma_event(struct hw_fn *fn, const char *what, struct hw_dma *d)
{
	struct rsim_event *ev = trace_add(fn->hw->e, RSIM_EV_DMA, fn->id, what);

	ev->a = d->addr;
	ev->b = d->pa;
	ev->ret = d->ret;
	ev->obj = d->pasid == RSIM_NO_PASID ? 0 : d->pasid;
	ev->size = d->stale;
}

static void touch(struct hw_fn *fn, struct hw_dma *d, const uint32_t *wanted)
{
	struct hw_page *p = hw_page_at(fn->hw, d->pa);

	if (!p)
		return;
	d->stale = !p->owner || (wanted && p->generation != *wanted);
	if (d->perm & HW_WRITE)
		p->writes++;
}

static struct hw_request request(struct hw_fn *fn, const struct hw_dma *d)
{
	return (struct hw_request){
		.ste = fn->ste, .pasid = d->pasid, .addr = d->addr,
		.perm = d->perm,
	};
}

void hw_dma_untranslated(struct hw_fn *fn, struct hw_dma *d)
{
	struct hw_request r = request(fn, d);
	struct hw_map m;

	d->ret = can_issue(fn);
	if (!d->ret)
		d->ret = verdict_errno(hw_iommu_untranslated(fn->hw, &r, &m));
	if (!d->ret) {
		d->pa = m.pa + (d->addr - m.iova);
		touch(fn, d, NULL);
	}
	dma_event(fn, "untranslated", d);
}

void hw_dma_translate(struct hw_fn *fn, struct hw_dma *d)
{
	struct hw_request r = request(fn, d);
	struct hw_map m;
	enum hw_verdict v;

	d->ret = can_issue(fn);
	if (!d->ret && (fn->ats_lost || !hw_fn_ats_enabled(fn)))
		d->ret = -EOPNOTSUPP;
	if (!d->ret) {
		v = hw_iommu_translation_request(fn->hw, &r, &m);
		fn->ats_lost = v == HW_UR;
		d->ret = verdict_errno(v);
	}
	if (!d->ret) {
		struct hw_page *p;

		d->pa = m.pa + (d->addr - m.iova);
		p = hw_page_at(fn->hw, d->pa);
		dma_event(fn, "translation request", d);
		hw_atc_fill(fn, &(struct hw_atc_entry){
			.iova = d->addr & ~(RSIM_PAGE_SIZE - 1),
			.pa = d->pa & ~(RSIM_PAGE_SIZE - 1),
			.size = RSIM_PAGE_SIZE,
			.pasid = d->pasid,
			.perm = m.perm,
			.generation = p ? p->generation : 0,
		});
		return;
	}
	dma_event(fn, "translation request", d);
}

void hw_dma_translated(struct hw_fn *fn, struct hw_dma *d)
{
	const struct hw_atc_entry *n = hw_atc_lookup(fn, d->pasid, d->addr);
	struct hw_request r = request(fn, d);

	d->ret = can_issue(fn);
	if (!d->ret && (!n || (n->perm & d->perm) != d->perm))
		d->ret = -EFAULT;
	if (!d->ret)
		d->ret = verdict_errno(hw_iommu_translated(fn->hw, &r));
	if (!d->ret) {
		d->pa = n->pa + (d->addr - n->iova);
		touch(fn, d, &n->generation);
	}
	dma_event(fn, "translated", d);
}
