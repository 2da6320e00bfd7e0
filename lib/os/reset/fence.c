/* SPDX-License-Identifier: MIT */
/*
 * Models: the seven call sites of pci_dev_reset_iommu_prepare() and
 * pci_dev_reset_iommu_done() in drivers/pci [V7, SEED, S1].
 */
#include "os/reset/reset.h"

int fence_prepare(struct rsim_dev *dev)
{
	struct engine *e = dev_engine(dev);
	int ret;

	trace_call(e, dev->fn.id, "pci_dev_reset_iommu_prepare");
	ret = trace_ret(e, dev->fn.id, "pci_dev_reset_iommu_prepare",
			dev->os->proto->prepare(dev));
	if (ret)
		trace_log(e, dev->fn.id, "cannot stop the IOMMU",
			  (uint64_t)-ret);
	return ret;
}

int fence_done(struct rsim_dev *dev, int ret)
{
	const struct rsim_proto *proto = dev->os->proto;
	struct engine *e = dev_engine(dev);

	if (proto->done_rule == RSIM_DONE_ON_SUCCESS && ret &&
	    pci_ats_supported(dev)) {
		trace_log(e, dev->fn.id, "kept_blocked", 0);
		return ret;
	}
	trace_call(e, dev->fn.id, "pci_dev_reset_iommu_done");
	proto->done(dev, ret == 0);
	trace_done(e, dev->fn.id, "pci_dev_reset_iommu_done");
	return ret;
}
