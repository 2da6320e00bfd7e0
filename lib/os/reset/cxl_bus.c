/* SPDX-License-Identifier: MIT */
/*
 * Models: cxl_reset_bus_function(). Its prepare() and
 * done() enclose those of the bus reset: bug B01 of 7.0.
 */
#include "os/reset/reset.h"

#include <errno.h>

static int cxl_fenced(struct rsim_dev *dev, struct rsim_dev *bridge,
		      unsigned ctl, uint32_t was)
{
	bool masked = !(was & RSIM_CXL_PORT_UNMASK_SBR);
	int ret;

	if (masked)
		os_cfg_write(bridge, ctl, 2, was | RSIM_CXL_PORT_UNMASK_SBR);
	trace_call(dev_engine(dev), dev->fn.id, "pci_reset_bus_function");
	ret = trace_ret(dev_engine(dev), dev->fn.id, "pci_reset_bus_function",
			pci_reset_bus_function(dev, false));
	if (masked)
		os_cfg_write(bridge, ctl, 2, was);
	return ret;
}

int cxl_reset_bus_function(struct rsim_dev *dev, bool probe)
{
	struct rsim_dev *bridge = dev_bridge(dev);
	unsigned dvsec;
	uint32_t was;
	int ret;

	if (!bridge)
		return -ENOTTY;
	dvsec = cxl_port_dvsec(bridge);
	if (!dvsec)
		return -ENOTTY;
	if (probe)
		return 0;
	was = os_cfg_read(bridge, dvsec + RSIM_CXL_PORT_CTL, 2);
	if (fault_hits(dev_engine(dev), RSIM_FAULT_CFG_READ, bridge->fn.id,
		       NULL))
		return -ENOTTY;
	ret = fence_prepare(dev);
	if (ret)
		return ret;
	return fence_done(dev, cxl_fenced(dev, bridge,
					  dvsec + RSIM_CXL_PORT_CTL, was));
}
