/* SPDX-License-Identifier: MIT */
/* Models: pci_pm_reset(). */
#include "os/reset/reset.h"

#include <errno.h>

/*
 * pci_dev_d3_sleep() sleeps in a range, from the delay to 20 % (at least
 * 1 ms) more. Virtual time takes its lower end.
 */
static void d3_sleep(struct rsim_dev *dev)
{
	if (dev->d3hot_ms)
		os_msleep(dev, dev->d3hot_ms);
}

int pci_pm_reset(struct rsim_dev *dev, bool probe)
{
	unsigned ctrl = dev->pm_cap + PCI_PM_CTRL;
	uint32_t csr;
	int ret;

	if (!dev->pm_cap || dev->quirks & RSIM_QUIRK_NO_PM_RESET)
		return -ENOTTY;
	/* All ones, from a device that is gone, has this bit set too. */
	csr = os_cfg_read(dev, ctrl, 2);
	if (csr & PCI_PM_CTRL_NO_SOFT_RESET)
		return -ENOTTY;
	if (probe)
		return 0;
	if (dev->current_state != 0)
		return -EINVAL;
	ret = fence_prepare(dev);
	if (ret)
		return ret;
	csr &= ~(uint32_t)PCI_PM_CTRL_STATE_MASK;
	os_cfg_write(dev, ctrl, 2, csr | 3);
	d3_sleep(dev);
	os_cfg_write(dev, ctrl, 2, csr);
	d3_sleep(dev);
	return fence_done(dev, pci_dev_wait(dev, "PM D3hot->D0",
					    RESET_READY_POLL_MS));
}
