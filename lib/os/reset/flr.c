/* SPDX-License-Identifier: MIT */
/* Models: pcie_reset_flr(), pcie_flr(). */
#include "os/reset/reset.h"

#include <errno.h>

static int flr_fenced(struct rsim_dev *dev)
{
	unsigned ctl = fn_cap(&dev->fn, HW_CAP_EXP) + PCI_EXP_DEVCTL;
	uint32_t val = os_cfg_read(dev, ctl, 2);

	os_cfg_write(dev, ctl, 2, val | PCI_EXP_DEVCTL_BCR_FLR);
	if (dev->imm_ready)
		return 0;
	os_msleep(dev, 100);
	return pci_dev_wait(dev, "FLR", RESET_READY_POLL_MS);
}

int pcie_flr(struct rsim_dev *dev)
{
	struct engine *e = dev_engine(dev);
	int ret = 0;

	trace_call(e, dev->fn.id, "pcie_flr");
	if (dev->os->kernel == RSIM_KERNEL_7_3 &&
	    os_cfg_read(dev, PCI_COMMAND, 4) == ~0u) {
		trace_log(e, dev->fn.id, "config space inaccessible, no FLR",
			  0);
		return trace_ret(e, dev->fn.id, "pcie_flr", -ENOTTY);
	}
	/* Before the fence: the device's own transactions drain first. */
	if (!pci_wait_for_pending_transaction(dev))
		trace_log(e, dev->fn.id, "transactions pending, FLR anyway",
			  0);
	ret = fence_prepare(dev);
	if (!ret)
		ret = fence_done(dev, flr_fenced(dev));
	return trace_ret(e, dev->fn.id, "pcie_flr", ret);
}

int pcie_reset_flr(struct rsim_dev *dev, bool probe)
{
	if (dev->quirks & RSIM_QUIRK_NO_FLR || !dev->has_flr)
		return -ENOTTY;
	return probe ? 0 : pcie_flr(dev);
}
