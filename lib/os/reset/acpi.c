/* SPDX-License-Identifier: MIT */
/* Models: pci_dev_acpi_reset(). What _RST does to the
 * device is the platform's affair: here, a conventional reset. */
#include "os/reset/reset.h"

#include <errno.h>

int pci_dev_acpi_reset(struct rsim_dev *dev, bool probe)
{
	int ret = 0;

	if (!dev->acpi_rst)
		return -ENOTTY;
	if (probe)
		return 0;
	ret = fence_prepare(dev);
	if (ret)
		return ret;
	if (fault_hits(dev_engine(dev), RSIM_FAULT_ACPI_RST, dev->fn.id,
		       NULL)) {
		trace_log(dev_engine(dev), dev->fn.id, "_RST failed", 0);
		ret = -ENOTTY;
	} else {
		trace_add(dev_engine(dev), RSIM_EV_DRIVER, dev->fn.id, "_RST");
		hw_fn_reset(&dev->fn, HW_RESET_ACPI);
	}
	return fence_done(dev, ret);
}
