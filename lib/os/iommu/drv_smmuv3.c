/* SPDX-License-Identifier: MIT */
/*
 * Models: arm-smmu-v3.c of 7.0 (attach in three steps).
 * Turning ATS on: stream entry, invalidate the ATC, then the device's Enable.
 * Turning it off: Enable, then the stream entry, then the ATC.
 */
#include "os/dev.h"

#include <errno.h>

enum { SYNC_POLL_MS = 1000 };	/* of a CMD_SYNC */

/*
 * True when everything was answered. Otherwise it is logged, and that is all
 * that most callers make of it: a time-out is ignored, an ATC invalidation
 * error acknowledged and its command forgotten. The quarantine series is
 * about what should happen instead.
 */
static bool sync(struct os *os)
{
	switch (hw_invq_sync(os->hw, SYNC_POLL_MS)) {
	case HW_SYNC_TIMEOUT:
		trace_log(os->e, 0, "CMD_SYNC timed out", SYNC_POLL_MS);
		return false;
	case HW_SYNC_ERROR:
		trace_log(os->e, 0, "ATC invalidation error", 0);
		return false;
	case HW_SYNC_DONE:
		break;
	}
	return true;
}

/* One invalidation with a sync of its own: the answer is this device's. */
static void atc_inv(struct rsim_dev *dev, rsim_pasid pasid, rsim_iova iova,
		    uint64_t size)
{
	const struct rsim_proto *proto = dev->os->proto;

	digest_enter(dev_engine(dev));
	hw_invq_atc(dev->os->hw, &dev->fn, pasid, iova, size);
	if (!sync(dev->os) && proto->broken)
		proto->broken(dev);
	digest_leave(dev_engine(dev), 0);
}

static void write_ste(struct rsim_dev *dev, enum hw_ste_kind kind,
		      const struct hw_pagetable *pt, bool eats)
{
	static const char *const names[2][3] = {
		{ "abort", "bypass", "translate" },
		{ "abort, EATS", "bypass, EATS", "translate, EATS" },
	};
	struct hw_ste *ste = dev->fn.ste;
	struct engine *e = dev_engine(dev);

	digest_enter(e);
	digest_observe(e, (uint64_t)(pt ? pt->id : 0) << 8 | kind << 1 | eats);
	engine_point(e, "STE");
	/* Who wanted ATS may have found out meanwhile that it is broken. */
	eats = eats && !dev->ats_broken;
	ste->kind = (uint8_t)kind;
	ste->pt = pt;
	ste->eats = eats;
	trace_ab(e, RSIM_EV_STE, dev->fn.id, names[eats][kind], kind, eats);
	hw_invq_cmd(dev->os->hw, &dev->fn, "CFGI_STE");
	sync(dev->os);
	digest_leave(e, eats);
	dev->smmu.ste_ats = eats;
}

static bool ats_wanted(const struct rsim_dev *dev)
{
	return pci_ats_supported(dev) && !dev->ats_refused && !dev->ats_broken;
}

/* arm_smmu_attach_prepare(): what comes before the tables are written. */
struct attach_state {
	bool want, was;
};

static int attach_prepare(struct attach_state *s, struct rsim_dev *dev,
			  rsim_pasid pasid, struct rsim_domain *to, bool ats)
{
	s->want = ats && ats_wanted(dev);
	s->was = dev->smmu.ats;
	digest_observe(dev_engine(dev), (uint64_t)s->want << 1 | s->was);
	if (domain_is_paging(to) && domain_add_user(to, dev, pasid))
		return -ENOMEM;
	if (s->was && !s->want && dev->ats_enabled)
		pci_disable_ats(dev);
	return 0;
}

/* arm_smmu_attach_commit(): what comes after. */
static void attach_commit(const struct attach_state *s, struct rsim_dev *dev,
			  rsim_pasid pasid, struct rsim_domain *old)
{
	if (s->want && !s->was) {
		atc_inv(dev, RSIM_NO_PASID, 0, 0);
		/* Not what was found broken while this attach ran. */
		if (!dev->ats_broken && !dev->ats_enabled)
			pci_enable_ats(dev, 12);
	} else if (s->want) {
		atc_inv(dev, pasid, 0, 0);
	} else if (s->was) {
		atc_inv(dev, RSIM_NO_PASID, 0, 0);
	}
	if (old && domain_is_paging(old))
		domain_remove_user(old, dev, pasid);
	dev->smmu.ats = s->want && !dev->ats_broken;
}

static int attach(struct rsim_dev *dev, struct rsim_domain *domain,
		  struct rsim_domain *old)
{
	bool cds = dev->fn.ste->pasid_count > 0;
	struct attach_state s;
	enum hw_ste_kind kind = HW_STE_TRANSLATE;

	if (domain->type == RSIM_DOMAIN_IDENTITY)
		kind = HW_STE_BYPASS;
	else if (domain->type == RSIM_DOMAIN_BLOCKED)
		kind = HW_STE_ABORT;
	digest_observe(dev_engine(dev), (uint64_t)domain->id << 1 | cds);
	mutex_lock_next(dev_engine(dev), &dev->os->asid_lock);
	/* PASIDs in use keep the CD table, and with it ATS. */
	if (attach_prepare(&s, dev, RSIM_NO_PASID, domain,
			   cds || domain_is_paging(domain))) {
		mutex_unlock(dev_engine(dev), &dev->os->asid_lock);
		return -ENOMEM;
	}
	write_ste(dev, kind, domain_is_paging(domain) ? &domain->pt : NULL,
		  s.want);
	dev->smmu.cd_in_ste = cds || domain_is_paging(domain);
	/* The same domain again leaves one entry in its list. */
	attach_commit(&s, dev, RSIM_NO_PASID, old);
	mutex_unlock(dev_engine(dev), &dev->os->asid_lock);
	return 0;
}

/*
 * arm_smmu_update_ste(): a RID that is blocked or identity gets a CD table
 * for its PASIDs, and its own requests end or pass in substream 0.
 */
static void update_ste(struct rsim_dev *dev, bool ats)
{
	struct rsim_domain *sid = dev->os->proto->domain_of(dev);

	if (dev->smmu.cd_in_ste && dev->smmu.ste_ats == ats)
		return;
	write_ste(dev,
		  sid && sid->type == RSIM_DOMAIN_IDENTITY ? HW_STE_BYPASS
							   : HW_STE_ABORT,
		  NULL, ats);
	dev->smmu.cd_in_ste = true;
}

static int remove_pasid(struct rsim_dev *dev, rsim_pasid pasid,
			struct rsim_domain *old)
{
	struct rsim_domain *sid;

	mutex_lock_next(dev_engine(dev), &dev->os->asid_lock);
	hw_ste_set_pasid(dev->os->hw, dev->fn.ste, pasid, NULL);
	hw_invq_cmd(dev->os->hw, &dev->fn, "CFGI_CD");
	sync(dev->os);
	if (dev->smmu.ats)
		atc_inv(dev, pasid, 0, 0);
	if (old && domain_is_paging(old))
		domain_remove_user(old, dev, pasid);
	mutex_unlock(dev_engine(dev), &dev->os->asid_lock);
	if (dev->fn.ste->pasid_count)
		return 0;
	/* The last one is gone: a blocked or identity RID does without the CD
	 * table again, and this is what turns ATS off. */
	sid = dev->os->proto->domain_of(dev);
	if (sid && !domain_is_paging(sid))
		attach(dev, sid, sid);
	return 0;
}

static int set_pasid(struct rsim_dev *dev, rsim_pasid pasid,
		     struct rsim_domain *domain, struct rsim_domain *old)
{
	struct attach_state s;
	int ret;

	if (!domain_is_paging(domain))
		return remove_pasid(dev, pasid, old);
	mutex_lock_next(dev_engine(dev), &dev->os->asid_lock);
	ret = attach_prepare(&s, dev, pasid, domain, true);
	if (!ret)
		ret = hw_ste_set_pasid(dev->os->hw, dev->fn.ste, pasid,
				       &domain->pt);
	if (!ret) {
		hw_invq_cmd(dev->os->hw, &dev->fn, "CFGI_CD");
		sync(dev->os);
		update_ste(dev, s.want);
		attach_commit(&s, dev, pasid, old);
	}
	mutex_unlock(dev_engine(dev), &dev->os->asid_lock);
	return ret;
}

/*
 * arm_smmu_domain_inv_range(): the IOMMU's TLB, then one ATC_INV for each
 * user of the domain that has ATS on, then one CMD_SYNC for all. An error of
 * that does not say whose it is. Where somebody wants to know, each device is
 * asked again, alone, before the flush returns.
 */
static void flush(struct rsim_domain *domain, rsim_iova iova, uint64_t size)
{
	struct os *os = domain->os;
	unsigned i;

	hw_invq_cmd(os->hw, NULL, "TLBI");
	for (i = 0; i < domain->user_count; i++)
		if (domain->users[i].dev->smmu.ats)
			hw_invq_atc(os->hw, &domain->users[i].dev->fn,
				    domain->users[i].pasid, iova, size);
	/* Who they were is not needed again. */
	digest_forget(os->e, 0);
	if (sync(os) || !os->proto->broken)
		return;
	for (i = 0; i < domain->user_count; i++)
		if (domain->users[i].dev->smmu.ats) {
			digest_forget(os->e, i + 1);
			atc_inv(domain->users[i].dev, domain->users[i].pasid,
				iova, size);
		}
}

static void block_ats(struct rsim_dev *dev)
{
	struct hw_ste *ste = dev->fn.ste;

	dev->ats_broken = true;
	if (dev->ats_enabled)
		pci_disable_ats(dev);
	/* One bit, in one write: an attach may be writing the rest. */
	engine_point(dev_engine(dev), "STE");
	ste->eats = false;
	dev->smmu.ste_ats = false;
	trace_ab(dev_engine(dev), RSIM_EV_STE, dev->fn.id, "EATS cleared",
		 ste->kind, false);
	hw_invq_cmd(dev->os->hw, &dev->fn, "CFGI_STE");
	sync(dev->os);
	dev->smmu.ats = false;
}

static void reset_device_done(struct rsim_dev *dev)
{
	dev->ats_broken = false;
}

const struct iommu_ops smmuv3_ops = {
	.attach = attach,
	.set_pasid = set_pasid,
	.flush = flush,
	.block_ats = block_ats,
	.reset_device_done = reset_device_done,
};
