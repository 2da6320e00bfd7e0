/* SPDX-License-Identifier: MIT */
/*
 * Models: pci_read_config_*(), pci_write_config_*(), msleep(), and what must
 * have memory before they run.
 */
#include "base/assert.h"
#include "os/dev.h"

#include <errno.h>

uint32_t os_cfg_read(struct rsim_dev *dev, unsigned off, unsigned size)
{
	uint32_t val = hw_cfg_read(&dev->fn, off, size);
	struct rsim_event *ev = trace_add(dev_engine(dev), RSIM_EV_CFG_READ,
					  dev->fn.id, "");

	ev->a = off;
	ev->b = val;
	ev->size = (uint8_t)size;
	return val;
}

/* Registers whose writes others than the writer can notice. */
static bool noticed(const struct rsim_dev *dev, unsigned off)
{
	return off == PCI_COMMAND || off == PCI_BRIDGE_CONTROL ||
	       off == fn_cap(&dev->fn, HW_CAP_EXP) + PCI_EXP_DEVCTL ||
	       off == fn_cap(&dev->fn, HW_CAP_PM) + PCI_PM_CTRL ||
	       off == fn_cap(&dev->fn, HW_CAP_AF) + PCI_AF_CTRL ||
	       off == fn_cap(&dev->fn, HW_CAP_ATS) + PCI_ATS_CTRL ||
	       off == fn_cap(&dev->fn, HW_CAP_SRIOV) + PCI_SRIOV_CTRL ||
	       off == fn_cap(&dev->fn, HW_CAP_CXL_PORT) + RSIM_CXL_PORT_CTL;
}

void os_cfg_write(struct rsim_dev *dev, unsigned off, unsigned size,
		  uint32_t val)
{
	struct rsim_event *ev;

	if (noticed(dev, off)) {
		digest_observe(dev_engine(dev), (uint64_t)off << 32 | val);
		engine_point(dev_engine(dev), "config write");
	}
	ev = trace_add(dev_engine(dev), RSIM_EV_CFG_WRITE, dev->fn.id, "");
	ev->a = off;
	ev->b = val;
	ev->size = (uint8_t)size;
	hw_cfg_write(&dev->fn, off, size, val);
}

void os_msleep(struct rsim_dev *dev, unsigned ms)
{
	engine_sleep(dev_engine(dev), dev->fn.id, ms * RSIM_NS_PER_MS);
}

static int own_one(struct rsim_dev *dev)
{
	if (!dev->saved) {
		dev->saved = arena_hot(dev_engine(dev)->arena,
				       sizeof(*dev->saved));
		if (!dev->saved)
			return -ENOMEM;
		os_save_initial(dev);
	}
	return hw_config_own(dev->fn.hw, &dev->fn.cfg);
}

int os_own(struct rsim_dev *dev)
{
	struct hw *hw = dev->fn.hw;
	uint32_t i;

	if (own_one(dev))
		return -ENOMEM;
	/* A reset of a PF clears the registers of its VFs too, wherever their
	 * bus is. */
	for (i = 0; fn_cap(&dev->fn, HW_CAP_SRIOV) && i < hw->fn_count; i++)
		if (hw->fns[i] && hw->fns[i]->pf == &dev->fn &&
		    own_one(fn_dev(hw->fns[i])))
			return -ENOMEM;
	return 0;
}

static int own_below(struct hw_bus *bus)
{
	struct hw_fn *fn;

	for (fn = bus->first; fn; fn = fn->next) {
		if (os_own(fn_dev(fn)))
			return -ENOMEM;
		if (fn->below && own_below(fn->below))
			return -ENOMEM;
	}
	return 0;
}

int os_own_bus(struct rsim_dev *bridge)
{
	if (own_one(bridge))
		return -ENOMEM;
	return bridge->fn.below ? own_below(bridge->fn.below) : 0;
}

static void check_access(struct rsim_dev *dev, const char *call, unsigned off,
			 unsigned size)
{
	MISUSE_IF(!dev, call, "dev is NULL");
	MISUSE_IF(size != 1 && size != 2 && size != 4, call,
		  "size is not 1, 2 or 4");
	MISUSE_IF(off % size || off >= HW_EXT_SIZE, call,
		  "the offset is unaligned or out of range");
}

uint32_t rsim_cfg_read(struct rsim_dev *dev, unsigned off, unsigned size)
{
	check_access(dev, "rsim_cfg_read", off, size);
	return os_cfg_read(dev, off, size);
}

/* The byte that an access wrote at @at; -1: it wrote others. */
static int written(unsigned at, unsigned off, unsigned size, uint32_t val)
{
	return off <= at && at < off + size
		       ? (int)(val >> 8 * (at - off) & 0xff) : -1;
}

/* A driver that writes the enable bits of MSI and MSI-X knows that it did,
 * whether the device is there or not. */
static void note_msi(struct rsim_dev *dev, unsigned off, unsigned size,
		     uint32_t val)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_MSI);
	int byte;

	if (p && off + size > p && off < p + PCI_MSI_MASK_64 + 4) {
		byte = written(p + PCI_MSI_FLAGS, off, size, val);
		if (byte >= 0)
			dev->msi_on = byte & PCI_MSI_FLAGS_ENABLE;
		os_note_msi(dev);
	}
	p = fn_cap(&dev->fn, HW_CAP_MSIX);
	byte = p ? written(p + PCI_MSIX_FLAGS + 1, off, size, val) : -1;
	if (byte >= 0)
		dev->msix_on = byte & PCI_MSIX_FLAGS_ENABLE >> 8;
}

int rsim_cfg_write(struct rsim_dev *dev, unsigned off, unsigned size,
		   uint32_t val)
{
	check_access(dev, "rsim_cfg_write", off, size);
	if (os_own(dev) || (dev->fn.below && os_own_bus(dev)))
		return -ENOMEM;
	os_cfg_write(dev, off, size, val);
	note_msi(dev, off, size, val);
	return 0;
}

/* User space waits until the config access lock is free. */
static void wait_cfg(struct rsim_dev *dev)
{
	mutex_lock(dev_engine(dev), &dev->cfg_lock);
	mutex_unlock(dev_engine(dev), &dev->cfg_lock);
}

uint32_t rsim_user_cfg_read(struct rsim_dev *dev, unsigned off, unsigned size)
{
	check_access(dev, "rsim_user_cfg_read", off, size);
	wait_cfg(dev);
	return os_cfg_read(dev, off, size);
}

int rsim_user_cfg_write(struct rsim_dev *dev, unsigned off, unsigned size,
			uint32_t val)
{
	check_access(dev, "rsim_user_cfg_write", off, size);
	wait_cfg(dev);
	return rsim_cfg_write(dev, off, size, val);
}

uint32_t rsim_cfg_peek(const struct rsim_dev *dev, unsigned off, unsigned size)
{
	check_access((struct rsim_dev *)(uintptr_t)dev, "rsim_cfg_peek", off,
		     size);
	if (off + size > dev->fn.cfg.layout->key.size)
		return ~0u >> (32 - 8 * size);
	digest_answer(dev_engine(dev), fn_peek(&dev->fn, off, size));
	return fn_peek(&dev->fn, off, size);
}

int rsim_cfg_poke(struct rsim_dev *dev, unsigned off, unsigned size,
		  uint32_t val)
{
	check_access(dev, "rsim_cfg_poke", off, size);
	if (off + size > dev->fn.cfg.layout->key.size)
		return -EINVAL;
	if (hw_config_own(dev->fn.hw, &dev->fn.cfg) ||
	    hw_config_own_page(dev->fn.hw, &dev->fn.cfg, off / HW_PAGE))
		return -ENOMEM;
	hw_config_set(dev->fn.hw, &dev->fn.cfg, off, size, val);
	return 0;
}
