/* SPDX-License-Identifier: MIT */
/*
 * Models: pci_dev_specific_reset() and its table.
 *
 * The registers behind BAR 0 are not modelled. What a quirk polls for there
 * is found at the first look, or never with the fault "quirk"; mapping the
 * BAR fails with the fault "iomap". None of the quirks that do an FLR hands
 * its result on: that is Linux (candidate C01 of the bug catalogue).
 */
#include "base/assert.h"
#include "os/reset/reset.h"

#include <errno.h>

enum {
	IVB_POLL_MS = 10, IVB_TIMEOUT_MS = 10000,
	NVME_POLL_MS = 100,
	NVME_TIMEOUT_MS = 5500,	/* (CAP.TO + 1) * 500 with CAP.TO = 10 */
	SOLIDIGM_DELAY_MS = 250,
	HINIC_POLL_MS = 20, HINIC_TIMEOUT_MS = 15000,
};

/* An entry that the user added; it comes before the table. */
struct device_reset {
	const struct rsim_device_reset *quirk;
	struct device_reset *next;
};

static bool iomap_fails(struct rsim_dev *dev)
{
	return fault_hits(dev_engine(dev), RSIM_FAULT_IOMAP, dev->fn.id, NULL);
}

static void mmio(struct rsim_dev *dev, const char *what)
{
	trace_add(dev_engine(dev), RSIM_EV_DRIVER, dev->fn.id, what);
}

/* Polls a register; a time-out is a message and no more. */
static void poll(struct rsim_dev *dev, unsigned step_ms, unsigned timeout_ms)
{
	unsigned ms;

	if (!fault_hits(dev_engine(dev), RSIM_FAULT_QUIRK, dev->fn.id, NULL))
		return;
	for (ms = 0; ms < timeout_ms; ms += step_ms)
		os_msleep(dev, step_ms);
	trace_log(dev_engine(dev), dev->fn.id, "device-specific poll ran out",
		  timeout_ms);
}

static int reset_intel_82599_vf(struct rsim_dev *dev, bool probe)
{
	if (!probe)
		pcie_flr(dev);
	return 0;
}

static int reset_ivb_igd(struct rsim_dev *dev, bool probe)
{
	if (probe)
		return 0;
	if (iomap_fails(dev))
		return -ENOMEM;
	mmio(dev, "writes reset registers");
	hw_fn_reset(&dev->fn, HW_RESET_ACPI);
	poll(dev, IVB_POLL_MS, IVB_TIMEOUT_MS);
	mmio(dev, "writes the end of the reset");
	return 0;
}

static int reset_nvme_a804(struct rsim_dev *dev, bool probe)
{
	uint32_t cmd;

	if (dev->class_code != 0x010802 || pcie_reset_flr(dev, true) ||
	    !os_cfg_read(dev, PCI_BASE_ADDRESS_0, 4))
		return -ENOTTY;
	if (probe)
		return 0;
	if (iomap_fails(dev))
		return -ENOTTY;
	cmd = os_cfg_read(dev, PCI_COMMAND, 2);
	os_cfg_write(dev, PCI_COMMAND, 2, cmd | PCI_COMMAND_MEMORY);
	mmio(dev, "clears CC.EN and CC.SHN");
	poll(dev, NVME_POLL_MS, NVME_TIMEOUT_MS);
	pcie_flr(dev);
	return 0;
}

static int reset_solidigm(struct rsim_dev *dev, bool probe)
{
	if (probe)
		return pcie_reset_flr(dev, true);
	pcie_reset_flr(dev, false);
	os_msleep(dev, SOLIDIGM_DELAY_MS);
	return 0;
}

static int reset_chelsio(struct rsim_dev *dev, bool probe)
{
	unsigned msix = fn_cap(&dev->fn, HW_CAP_MSIX);
	uint32_t cmd, flags;

	if ((dev->device & 0xf000) != 0x4000)
		return -ENOTTY;
	if (probe)
		return 0;
	cmd = os_cfg_read(dev, PCI_COMMAND, 2);
	os_cfg_write(dev, PCI_COMMAND, 2, cmd | PCI_COMMAND_MASTER);
	os_save_state(dev);
	if (msix) {
		flags = os_cfg_read(dev, msix + PCI_MSIX_FLAGS, 2);
		if (!(flags & PCI_MSIX_FLAGS_ENABLE))
			os_cfg_write(dev, msix + PCI_MSIX_FLAGS, 2,
				     flags | PCI_MSIX_FLAGS_ENABLE |
					     PCI_MSIX_FLAGS_MASKALL);
	}
	pcie_flr(dev);
	os_restore_state(dev);
	os_cfg_write(dev, PCI_COMMAND, 2, cmd);
	return 0;
}

static int reset_hinic_vf(struct rsim_dev *dev, bool probe)
{
	if (probe)
		return 0;
	if (iomap_fails(dev))
		return -ENOTTY;
	mmio(dev, "asks the firmware for its reset capability");
	mmio(dev, "tells the firmware of the reset");
	pcie_flr(dev);
	os_cfg_write(dev, PCI_VENDOR_ID, 2, 0);
	poll(dev, HINIC_POLL_MS, HINIC_TIMEOUT_MS);
	return 0;
}

#define ANY 0xffff

static const struct rsim_device_reset table[] = {
	{ 0x8086, 0x10ed, reset_intel_82599_vf },
	{ 0x8086, 0x0156, reset_ivb_igd },
	{ 0x8086, 0x0166, reset_ivb_igd },
	{ 0x144d, 0xa804, reset_nvme_a804 },
	{ 0x8086, 0x0953, reset_solidigm },
	{ 0x8086, 0x0a54, reset_solidigm },
	{ 0x025e, 0xf1ac, reset_solidigm },
	{ 0x1425, ANY, reset_chelsio },
	{ 0x19e5, 0x375e, reset_hinic_vf },
};

static bool matches(const struct rsim_device_reset *q,
		    const struct rsim_dev *dev)
{
	return (q->vendor == ANY || q->vendor == dev->vendor) &&
	       (q->device == ANY || q->device == dev->device);
}

static const struct rsim_device_reset *find(const struct rsim_dev *dev)
{
	const struct device_reset *d;
	unsigned i;

	for (d = dev->os->quirks; d; d = d->next)
		if (matches(d->quirk, dev))
			return d->quirk;
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (matches(&table[i], dev))
			return &table[i];
	return NULL;
}

int pci_dev_specific_reset(struct rsim_dev *dev, bool probe)
{
	const struct rsim_device_reset *q = find(dev);
	int ret;

	if (!q)
		return -ENOTTY;
	if (probe && !dev->os->proto->probe_fences)
		return q->reset(dev, true);
	ret = fence_prepare(dev);
	return ret ? ret : fence_done(dev, q->reset(dev, probe));
}

int os_device_reset_add(struct os *os, const struct rsim_device_reset *quirk)
{
	struct device_reset *d = arena_cold(os->e->arena, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->quirk = quirk;
	d->next = os->quirks;
	os->quirks = d;
	return 0;
}

int rsim_pcie_reset_flr(struct rsim_dev *dev, bool probe)
{
	MISUSE_IF(!dev, "rsim_pcie_reset_flr", "dev is NULL");
	return pcie_reset_flr(dev, probe);
}
