/* SPDX-License-Identifier: MIT */
/* Models: pci_af_flr(). */
#include "os/reset/reset.h"

#include <errno.h>

static int af_fenced(struct rsim_dev *dev, unsigned af)
{
	os_cfg_write(dev, af + PCI_AF_CTRL, 1, PCI_AF_CTRL_FLR);
	if (dev->imm_ready)
		return 0;
	os_msleep(dev, 100);
	return pci_dev_wait(dev, "AF_FLR", RESET_READY_POLL_MS);
}

int pci_af_flr(struct rsim_dev *dev, bool probe)
{
	unsigned af = fn_cap(&dev->fn, HW_CAP_AF);
	uint32_t cap;
	int ret;

	if (!af || dev->quirks & RSIM_QUIRK_NO_FLR)
		return -ENOTTY;
	cap = os_cfg_read(dev, af + PCI_AF_CAP, 1);
	if (!(cap & PCI_AF_CAP_TP) || !(cap & PCI_AF_CAP_FLR))
		return -ENOTTY;
	if (probe)
		return 0;
	/* The word at the control byte has the status in its upper half. */
	if (!pci_wait_for_pending(dev, af + PCI_AF_CTRL, PCI_AF_STATUS_TP << 8))
		trace_log(dev_engine(dev), dev->fn.id,
			  "transactions pending, FLR anyway", 0);
	ret = fence_prepare(dev);
	return ret ? ret : fence_done(dev, af_fenced(dev, af));
}
