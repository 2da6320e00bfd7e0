/* SPDX-License-Identifier: MIT */
/* Models: drivers/pci/ats.c. */
#include "os/dev.h"

#include <errno.h>

bool pci_ats_supported(const struct rsim_dev *dev)
{
	if (!dev->ats_cap || dev->untrusted)
		return false;
	/* A VF needs a PF that passes the same test; 4f2cd6091ac4, which
	 * 6.12.117 has too and 7.0 has not. */
	if (dev->fn.pf && dev->os->kernel != RSIM_KERNEL_7_0)
		return fn_cdev(dev->fn.pf)->ats_cap &&
		       !fn_cdev(dev->fn.pf)->untrusted;
	return true;
}

int pci_enable_ats(struct rsim_dev *dev, unsigned shift)
{
	uint16_t ctrl = PCI_ATS_CTRL_ENABLE;

	trace_call(dev_engine(dev), dev->fn.id, "pci_enable_ats");
	if (!pci_ats_supported(dev) || shift < PCI_ATS_MIN_STU)
		return trace_ret(dev_engine(dev), dev->fn.id,
				 "pci_enable_ats", -EINVAL);
	if (dev->ats_enabled) {
		trace_warn(dev_engine(dev), dev->fn.id, "pci_enable_ats");
		return trace_ret(dev_engine(dev), dev->fn.id,
				 "pci_enable_ats", -EBUSY);
	}
	if (dev->fn.pf) {
		if (fn_dev(dev->fn.pf)->ats_stu != shift)
			return trace_ret(dev_engine(dev), dev->fn.id,
					 "pci_enable_ats", -EINVAL);
	} else {
		dev->ats_stu = (uint8_t)shift;
		ctrl |= PCI_ATS_CTRL_STU(shift - PCI_ATS_MIN_STU);
	}
	os_cfg_write(dev, dev->ats_cap + PCI_ATS_CTRL, 2, ctrl);
	dev->ats_enabled = true;
	return trace_ret(dev_engine(dev), dev->fn.id, "pci_enable_ats", 0);
}

void pci_disable_ats(struct rsim_dev *dev)
{
	uint32_t ctrl;

	trace_call(dev_engine(dev), dev->fn.id, "pci_disable_ats");
	if (!dev->ats_enabled)
		trace_warn(dev_engine(dev), dev->fn.id, "pci_disable_ats");
	ctrl = os_cfg_read(dev, dev->ats_cap + PCI_ATS_CTRL, 2);
	os_cfg_write(dev, dev->ats_cap + PCI_ATS_CTRL, 2,
		     ctrl & ~(uint32_t)PCI_ATS_CTRL_ENABLE);
	dev->ats_enabled = false;
	trace_done(dev_engine(dev), dev->fn.id, "pci_disable_ats");
}

void pci_restore_ats_state(struct rsim_dev *dev)
{
	uint16_t ctrl = PCI_ATS_CTRL_ENABLE;

	if (!dev->ats_enabled)
		return;
	if (!dev->fn.pf)
		ctrl |= PCI_ATS_CTRL_STU(dev->ats_stu - PCI_ATS_MIN_STU);
	os_cfg_write(dev, dev->ats_cap + PCI_ATS_CTRL, 2, ctrl);
}
