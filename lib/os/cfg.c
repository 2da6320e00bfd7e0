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

void os_cfg_write(struct rsim_dev *dev, unsigned off, unsigned size,
		  uint32_t val)
{
	struct rsim_event *ev;

	engine_point(dev_engine(dev), "config write");
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

int os_own(struct rsim_dev *dev)
{
	if (!dev->saved)
		dev->saved = arena_hot(dev_engine(dev)->arena,
				       sizeof(*dev->saved));
	if (!dev->saved || hw_config_own(dev->fn.hw, &dev->fn.cfg))
		return -ENOMEM;
	/* An FLR of a PF clears the VFs' registers too. */
	if (fn_cap(&dev->fn, HW_CAP_SRIOV)) {
		struct hw_fn *vf;

		for (vf = dev->fn.bus->first; vf; vf = vf->next)
			if (vf->pf == &dev->fn &&
			    hw_config_own(vf->hw, &vf->cfg))
				return -ENOMEM;
	}
	return 0;
}

static int own_below(struct hw_bus *bus)
{
	struct hw_fn *fn;

	for (fn = bus->first; fn; fn = fn->next) {
		if (hw_config_own(fn->hw, &fn->cfg))
			return -ENOMEM;
		if (fn->below && own_below(fn->below))
			return -ENOMEM;
	}
	return 0;
}

int os_own_bus(struct rsim_dev *bridge)
{
	if (hw_config_own(bridge->fn.hw, &bridge->fn.cfg))
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

/* A driver that writes the enable bits of MSI and MSI-X knows that it did. */
static void note_msi(struct rsim_dev *dev)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_MSI);

	if (p)
		dev->msi_on = fn_peek(&dev->fn, p + PCI_MSI_FLAGS, 2) &
			      PCI_MSI_FLAGS_ENABLE;
	p = fn_cap(&dev->fn, HW_CAP_MSIX);
	if (p)
		dev->msix_on = fn_peek(&dev->fn, p + PCI_MSIX_FLAGS, 2) &
			       PCI_MSIX_FLAGS_ENABLE;
}

int rsim_cfg_write(struct rsim_dev *dev, unsigned off, unsigned size,
		   uint32_t val)
{
	check_access(dev, "rsim_cfg_write", off, size);
	if (os_own(dev) || (dev->fn.below && os_own_bus(dev)))
		return -ENOMEM;
	os_cfg_write(dev, off, size, val);
	note_msi(dev);
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
