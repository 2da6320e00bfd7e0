/* SPDX-License-Identifier: MIT */
/*
 * Models: pci_reset_bus_function(), the slot and the parent variant of it,
 * pci_bridge_secondary_bus_reset().
 */
#include "os/reset/reset.h"

#include <errno.h>

/* pci_find_dvsec_capability(): two words of each DVSEC until one fits. */
unsigned cxl_port_dvsec(struct rsim_dev *port)
{
	unsigned size = port->fn.cfg.layout->key.size;
	unsigned pos = 0x100, left = 1024;

	for (; pos >= 0x100 && pos + 12 <= size && left--;
	     pos = fn_peek(&port->fn, pos, 4) >> 20 & ~3u) {
		uint32_t head = fn_peek(&port->fn, pos, 4), vendor, id;

		if (!head || head == ~0u)
			break;
		if ((head & 0xffff) != PCI_EXT_CAP_ID_DVSEC)
			continue;
		vendor = os_cfg_read(port, pos + RSIM_DVSEC_HEADER1, 2);
		id = os_cfg_read(port, pos + RSIM_DVSEC_HEADER2, 2);
		if (vendor == RSIM_CXL_VENDOR && id == RSIM_CXL_DVSEC_PORT)
			return pos;
	}
	return 0;
}

/* cxl_sbr_masked(): does the port ignore a secondary bus reset? */
static bool cxl_sbr_masked(struct rsim_dev *port)
{
	unsigned p = cxl_port_dvsec(port);
	uint32_t ctl;

	if (!p)
		return false;
	ctl = os_cfg_read(port, p + RSIM_CXL_PORT_CTL, 2);
	return ctl != 0xffff && !(ctl & RSIM_CXL_PORT_UNMASK_SBR);
}

int pci_bridge_secondary_bus_reset(struct rsim_dev *bridge)
{
	struct engine *e = dev_engine(bridge);
	uint32_t ctl;
	int ret;

	trace_call(e, bridge->fn.id, "pci_bridge_secondary_bus_reset");
	if (!bridge->block_cfg && !bridge->os->sbr_warned) {
		bridge->os->sbr_warned = true;
		trace_log(e, bridge->fn.id, "unlocked secondary bus reset", 0);
	}
	ctl = os_cfg_read(bridge, PCI_BRIDGE_CONTROL, 2);
	ctl |= PCI_BRIDGE_CTL_BUS_RESET;
	os_cfg_write(bridge, PCI_BRIDGE_CONTROL, 2, ctl);
	os_msleep(bridge, 2);
	ctl &= ~(uint32_t)PCI_BRIDGE_CTL_BUS_RESET;
	os_cfg_write(bridge, PCI_BRIDGE_CONTROL, 2, ctl);
	ret = pci_bridge_wait_for_secondary_bus(bridge, "bus reset");
	return trace_ret(e, bridge->fn.id, "pci_bridge_secondary_bus_reset",
			 ret);
}

/*
 * pciehp_reset_slot(). Up to 7.0 the slot's own link and presence events are
 * masked while the bus is reset; 7.3 ignores them without touching registers.
 */
static int pciehp_reset_slot(struct rsim_dev *port, bool probe)
{
	unsigned e = fn_cap(&port->fn, HW_CAP_EXP);
	uint16_t mask = PCI_EXP_SLTCTL_DLLSCE, status = PCI_EXP_SLTSTA_DLLSC;
	bool by_hand = port->os->kernel != RSIM_KERNEL_7_3;
	uint32_t ctl = 0;
	int ret;

	if (probe)
		return 0;
	if (by_hand) {
		if (!(fn_peek(&port->fn, e + PCI_EXP_SLTCAP, 4) &
		      PCI_EXP_SLTCAP_ABP)) {
			mask |= PCI_EXP_SLTCTL_PDCE;
			status |= PCI_EXP_SLTSTA_PDC;
		}
		ctl = os_cfg_read(port, e + PCI_EXP_SLTCTL, 2);
		os_cfg_write(port, e + PCI_EXP_SLTCTL, 2, ctl & ~mask);
	}
	ret = pci_bridge_secondary_bus_reset(port);
	if (by_hand) {
		os_cfg_write(port, e + PCI_EXP_SLTSTA, 2, status);
		os_cfg_write(port, e + PCI_EXP_SLTCTL, 2, ctl | mask);
	}
	return ret;
}

int pci_reset_hotplug_slot(struct rsim_dev *dev, bool probe)
{
	struct rsim_dev *bridge = dev_bridge(dev);
	int ret;

	if (!dev->slot_pciehp || !bridge)
		return -ENOTTY;
	trace_call_probe(dev_engine(dev), dev->fn.id, "pciehp_reset_slot",
			 probe);
	ret = pciehp_reset_slot(bridge, probe);
	return trace_ret(dev_engine(dev), dev->fn.id, "pciehp_reset_slot",
			 ret);
}

/* pci_dev_reset_slot_function(). */
static int reset_slot_function(struct rsim_dev *dev, bool probe)
{
	if (dev->multifunction || dev->fn.below ||
	    dev->quirks & RSIM_QUIRK_NO_BUS_RESET)
		return -ENOTTY;
	return pci_reset_hotplug_slot(dev, probe);
}

/* pci_parent_bus_reset(): only for a device that is alone on its bus. */
static int reset_parent_bus(struct rsim_dev *dev, bool probe)
{
	struct hw_bus *bus = dev->fn.bus;

	if (!bus->bridge || dev->fn.below ||
	    dev->quirks & RSIM_QUIRK_NO_BUS_RESET)
		return -ENOTTY;
	if (bus->first != &dev->fn || dev->fn.next)
		return -ENOTTY;
	return probe ? 0 : pci_bridge_secondary_bus_reset(fn_dev(bus->bridge));
}

static int bus_fenced(struct rsim_dev *dev, bool probe)
{
	int ret = reset_slot_function(dev, probe);

	return ret == -ENOTTY ? reset_parent_bus(dev, probe) : ret;
}

int pci_reset_bus_function(struct rsim_dev *dev, bool probe)
{
	struct rsim_dev *bridge = dev_bridge(dev);
	int ret;

	if (bridge && dev->os->kernel == RSIM_KERNEL_6_12) {
		if (cxl_sbr_masked(bridge))
			return probe ? 0 : -ENOTTY;
	} else if (bridge && bridge->is_cxl && cxl_sbr_masked(bridge)) {
		return -ENOTTY;
	}
	if (probe && !dev->os->proto->probe_fences)
		return bus_fenced(dev, true);
	ret = fence_prepare(dev);
	return ret ? ret : fence_done(dev, bus_fenced(dev, probe));
}
