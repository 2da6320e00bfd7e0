/* SPDX-License-Identifier: MIT */
/*
 * Models: pci_wait_for_pending(), pci_dev_wait(), pcie_failed_link_retrain(),
 * pci_bridge_wait_for_secondary_bus().
 */
#include "os/reset/reset.h"

#include <errno.h>

bool pci_wait_for_pending(struct rsim_dev *dev, unsigned off, uint16_t mask)
{
	unsigned i;

	for (i = 0; i < 4; i++) {
		if (i)
			os_msleep(dev, 100u << (i - 1));
		if (!(os_cfg_read(dev, off, 2) & mask))
			return true;
	}
	return false;
}

bool pci_wait_for_pending_transaction(struct rsim_dev *dev)
{
	if (!dev_is_pcie(dev))
		return true;
	return pci_wait_for_pending(dev, fn_cap(&dev->fn, HW_CAP_EXP) +
						 PCI_EXP_DEVSTA,
				    PCI_EXP_DEVSTA_TRPND);
}

static unsigned port_type(const struct rsim_dev *dev)
{
	return (dev->fn.cfg.layout->key.exp_flags & PCI_EXP_FLAGS_TYPE) >> 4;
}

/* pcie_downstream_port(): links start here. */
static bool downstream_port(const struct rsim_dev *dev)
{
	unsigned type = port_type(dev);

	return dev_is_pcie(dev) && (type == PCI_EXP_TYPE_ROOT_PORT ||
				    type == PCI_EXP_TYPE_DOWNSTREAM ||
				    type == PCI_EXP_TYPE_PCIE_BRIDGE);
}

/* Polls DLL Link Active every ms. 0 or -ETIMEDOUT. */
static int wait_for_link(struct rsim_dev *port, unsigned timeout_ms)
{
	unsigned sta = fn_cap(&port->fn, HW_CAP_EXP) + PCI_EXP_LNKSTA, ms;

	/* Linux does not look once more after the last sleep. */
	for (ms = 0; ms < timeout_ms; ms++) {
		if (os_cfg_read(port, sta, 2) & PCI_EXP_LNKSTA_DLLLA)
			return 0;
		os_msleep(port, 1);
	}
	return -ETIMEDOUT;
}

/* Retrains at 2.5 GT/s a link that trained once and then went down. */
static int retrain(struct rsim_dev *port, unsigned e, uint32_t ctl2)
{
	uint32_t ctl;

	trace_log(dev_engine(port), port->fn.id, "retraining the link", 0);
	os_cfg_write(port, e + PCI_EXP_LNKCTL2, 2,
		     (ctl2 & ~(uint32_t)PCI_EXP_LNKCTL2_TLS) |
			     PCI_EXP_LNKCTL2_TLS_2_5GT);
	ctl = os_cfg_read(port, e + PCI_EXP_LNKCTL, 2);
	os_cfg_write(port, e + PCI_EXP_LNKCTL, 2, ctl | PCI_EXP_LNKCTL_RL);
	if (!wait_for_link(port, RETRAIN_TIMEOUT_MS))
		return 0;
	os_cfg_write(port, e + PCI_EXP_LNKCTL2, 2, ctl2);
	os_cfg_write(port, e + PCI_EXP_LNKCTL, 2, ctl | PCI_EXP_LNKCTL_RL);
	return -ENOTTY;
}

static int pcie_failed_link_retrain(struct rsim_dev *port)
{
	unsigned e = fn_cap(&port->fn, HW_CAP_EXP);
	uint32_t sta, ctl2;
	int ret = -ENOTTY;

	if (!downstream_port(port) || !port->link_reports ||
	    (port->fn.cfg.layout->key.exp_flags & PCI_EXP_FLAGS_VERS) < 2)
		return -ENOTTY;
	sta = os_cfg_read(port, e + PCI_EXP_LNKSTA, 2);
	ctl2 = os_cfg_read(port, e + PCI_EXP_LNKCTL2, 2);
	if (sta & PCI_EXP_LNKSTA_LBMS && !(sta & PCI_EXP_LNKSTA_DLLLA) &&
	    sta != 0xffff) {
		ret = retrain(port, e, ctl2);
		if (ret)
			return ret;
	}
	/* Parts known to need it would now have their speed limit lifted;
	 * rsim has none of them, only the read that looks is left. */
	os_cfg_read(port, e + PCI_EXP_LNKCTL2, 2);
	return ret;
}

static bool root_has_rrs_sv(struct rsim_dev *dev)
{
	struct rsim_dev *b = dev_bridge(dev), *top = NULL;

	for (; b; b = dev_bridge(b))
		top = b;
	return top && dev_is_pcie(dev) &&
	       port_type(top) == PCI_EXP_TYPE_ROOT_PORT &&
	       fn_peek(&top->fn, fn_cap(&top->fn, HW_CAP_EXP) + PCI_EXP_RTCTL,
		       2) & PCI_EXP_RTCTL_RRS_SVE;
}

static bool ready(struct rsim_dev *dev, bool rrs_sv)
{
	uint32_t id;

	if (!rrs_sv)
		return os_cfg_read(dev, PCI_COMMAND, 4) != ~0u;
	id = os_cfg_read(dev, PCI_VENDOR_ID, 4);
	if ((id & 0xffff) == 0x0001)
		return false;
	/* 7.0 took all ones, from a device that is gone, for ready. */
	if (dev->os->kernel == RSIM_KERNEL_7_0)
		return true;
	if (id == ~0u && dev->fn.pf)
		id = os_cfg_read(dev, PCI_COMMAND, 4);
	return id != ~0u;
}

static int dev_wait(struct rsim_dev *dev, unsigned timeout_ms)
{
	struct engine *e = dev_engine(dev);
	struct rsim_dev *bridge = dev_bridge(dev);
	bool may_retrain = dev_is_pcie(dev) && bridge;
	bool rrs_sv = root_has_rrs_sv(dev);
	unsigned delay = 1;

	for (;;) {
		if (dev->disconnected)
			return -ENOTTY;
		if (ready(dev, rrs_sv))
			break;
		if (delay > timeout_ms) {
			trace_log(e, dev->fn.id, "not ready, giving up",
				  delay - 1);
			return -ENOTTY;
		}
		if (delay > RESET_WAIT_MS) {
			if (may_retrain) {
				may_retrain = false;
				if (!pcie_failed_link_retrain(bridge)) {
					delay = 1;
					continue;
				}
			}
			trace_log(e, dev->fn.id, "not ready, waiting",
				  delay - 1);
		}
		os_msleep(dev, delay);
		delay *= 2;
	}
	if (delay > RESET_WAIT_MS)
		trace_log(e, dev->fn.id, "ready", delay - 1);
	return 0;
}

int pci_dev_wait(struct rsim_dev *dev, const char *what, unsigned timeout_ms)
{
	(void)what;	/* Linux names the reset in its messages */
	trace_call(dev_engine(dev), dev->fn.id, "pci_dev_wait");
	return trace_ret(dev_engine(dev), dev->fn.id, "pci_dev_wait",
			 dev_wait(dev, timeout_ms));
}

/* pci_bus_max_d3cold_delay(): the largest, but at least the smaller of 100
 * and the smallest. */
static unsigned bus_delay(const struct hw_bus *bus)
{
	unsigned min = 100, max = 0;
	const struct hw_fn *fn;

	for (fn = bus->first; fn; fn = fn->next) {
		unsigned d = fn_cdev(fn)->d3cold_ms;

		min = d < min ? d : min;
		max = d > max ? d : max;
	}
	return max > min ? max : min;
}

static int wait_slow_link(struct rsim_dev *bridge, struct rsim_dev *child,
			  const char *what, unsigned delay)
{
	unsigned sta = fn_cap(&bridge->fn, HW_CAP_EXP) + PCI_EXP_LNKSTA;

	os_msleep(bridge, delay);
	if (!pci_dev_wait(child, what, RESET_WAIT_MS - delay))
		return 0;
	if (!bridge->link_reports)
		return -ENOTTY;
	if (!(os_cfg_read(bridge, sta, 2) & PCI_EXP_LNKSTA_DLLLA))
		return -ENOTTY;
	return pci_dev_wait(child, what, RESET_READY_POLL_MS - RESET_WAIT_MS);
}

static int wait_fast_link(struct rsim_dev *bridge, struct rsim_dev *child,
			  const char *what, unsigned delay)
{
	if (!bridge->link_reports) {
		os_msleep(bridge, 1000 + delay);
	} else {
		os_msleep(bridge, 20);
		if (wait_for_link(bridge, RETRAIN_TIMEOUT_MS) &&
		    pcie_failed_link_retrain(bridge)) {
			trace_log(dev_engine(bridge), bridge->fn.id,
				  "link did not become active", delay);
			return -ENOTTY;
		}
		os_msleep(bridge, delay);
	}
	return pci_dev_wait(child, what, RESET_READY_POLL_MS - delay);
}

static int wait_for_bus(struct rsim_dev *bridge, const char *what)
{
	struct hw_bus *bus = bridge->fn.below;
	struct rsim_dev *child;
	unsigned delay;

	if (bridge->disconnected || !bus || !bus->first)
		return 0;
	delay = bus_delay(bus);
	if (!delay)
		return 0;
	child = fn_dev(bus->first);
	if (!dev_is_pcie(bridge)) {
		os_msleep(bridge, 1000 + delay);
		return 0;
	}
	if (!downstream_port(bridge))
		return 0;
	if (bridge->speed <= RSIM_SPEED_5)
		return wait_slow_link(bridge, child, what, delay);
	return wait_fast_link(bridge, child, what, delay);
}

int pci_bridge_wait_for_secondary_bus(struct rsim_dev *bridge,
				      const char *what)
{
	trace_call(dev_engine(bridge), bridge->fn.id,
		   "pci_bridge_wait_for_secondary_bus");
	return trace_ret(dev_engine(bridge), bridge->fn.id,
			 "pci_bridge_wait_for_secondary_bus",
			 wait_for_bus(bridge, what));
}
