/* SPDX-License-Identifier: MIT */
/*
 * Models: pci_init_reset_methods(), __pci_reset_function_locked() and its
 * callers with their locks.
 */
#include "base/assert.h"
#include "os/reset/reset.h"

#include <errno.h>
#include <string.h>

reset_fn const reset_methods[RSIM_METHODS] = {
	[RSIM_METHOD_DEVICE_SPECIFIC] = pci_dev_specific_reset,
	[RSIM_METHOD_ACPI] = pci_dev_acpi_reset,
	[RSIM_METHOD_FLR] = pcie_reset_flr,
	[RSIM_METHOD_AF_FLR] = pci_af_flr,
	[RSIM_METHOD_PM] = pci_pm_reset,
	[RSIM_METHOD_BUS] = pci_reset_bus_function,
	[RSIM_METHOD_CXL_BUS] = cxl_reset_bus_function,
};

/* What the trace calls them: Linux' functions. */
static const char *const functions[RSIM_METHODS] = {
	[RSIM_METHOD_DEVICE_SPECIFIC] = "pci_dev_specific_reset",
	[RSIM_METHOD_ACPI] = "pci_dev_acpi_reset",
	[RSIM_METHOD_FLR] = "pcie_reset_flr",
	[RSIM_METHOD_AF_FLR] = "pci_af_flr",
	[RSIM_METHOD_PM] = "pci_pm_reset",
	[RSIM_METHOD_BUS] = "pci_reset_bus_function",
	[RSIM_METHOD_CXL_BUS] = "cxl_reset_bus_function",
};

static const char *const names[RSIM_METHODS] = {
	[RSIM_METHOD_DEVICE_SPECIFIC] = "device_specific",
	[RSIM_METHOD_ACPI] = "acpi",
	[RSIM_METHOD_FLR] = "flr",
	[RSIM_METHOD_AF_FLR] = "af_flr",
	[RSIM_METHOD_PM] = "pm",
	[RSIM_METHOD_BUS] = "bus",
	[RSIM_METHOD_CXL_BUS] = "cxl_bus",
};

const char *rsim_method_name(enum rsim_method method)
{
	return (unsigned)method < RSIM_METHODS ? names[method] : NULL;
}

const uint8_t *rsim_dev_methods(const struct rsim_dev *dev)
{
	unsigned i;

	MISUSE_IF(!dev, "rsim_dev_methods", "dev is NULL");
	for (i = 0; i < RSIM_METHODS; i++)
		digest_answer(dev_engine(dev), dev->methods[i]);
	return dev->methods;
}

int os_call_method(struct rsim_dev *dev, unsigned m, bool probe)
{
	trace_call_probe(dev_engine(dev), dev->fn.id, functions[m], probe);
	return trace_ret(dev_engine(dev), dev->fn.id, functions[m],
			 reset_methods[m](dev, probe));
}

void pci_init_reset_methods(struct rsim_dev *dev)
{
	unsigned m, n = 0;

	trace_call(dev_engine(dev), dev->fn.id, "pci_init_reset_methods");
	for (m = 1; m < RSIM_METHODS; m++) {
		int ret = os_call_method(dev, m, true);

		if (!ret)
			dev->methods[n++] = (uint8_t)m;
		else if (ret != -ENOTTY)
			break;	/* all later methods are missing */
	}
	memset(dev->methods + n, 0, RSIM_METHODS - n);
	trace_done(dev_engine(dev), dev->fn.id, "pci_init_reset_methods");
}

static int walk(struct rsim_dev *dev)
{
	unsigned i;

	for (i = 0; i < RSIM_METHODS && dev->methods[i]; i++) {
		int ret = os_call_method(dev, dev->methods[i], false);

		if (ret != -ENOTTY)
			return ret;
	}
	return -ENOTTY;
}

static int reset_function_locked(struct rsim_dev *dev)
{
	trace_call(dev_engine(dev), dev->fn.id, "__pci_reset_function_locked");
	return trace_ret(dev_engine(dev), dev->fn.id,
			 "__pci_reset_function_locked", walk(dev));
}

/* What a reset may write must have memory before it starts: then only the
 * machine can fail, not the host. */
static int reset_own(struct rsim_dev *dev)
{
	struct rsim_dev *bridge = dev_bridge(dev);

	if (os_own(dev) || (dev->fn.below && os_own_bus(dev)))
		return -ENOMEM;
	return bridge ? os_own_bus(bridge) : 0;
}

static int save_walk_restore(struct rsim_dev *dev)
{
	int ret;

	pci_dev_save_and_disable(dev);
	ret = reset_function_locked(dev);
	pci_dev_restore(dev);
	return ret;
}

/* pci_dev_lock(). */
static void lock(struct rsim_dev *dev)
{
	mutex_lock(dev_engine(dev), &dev->lock);
	mutex_lock(dev_engine(dev), &dev->cfg_lock);
	dev->block_cfg = true;
}

static bool trylock(struct rsim_dev *dev)
{
	if (!mutex_trylock(dev_engine(dev), &dev->lock))
		return false;
	if (mutex_trylock(dev_engine(dev), &dev->cfg_lock)) {
		dev->block_cfg = true;
		return true;
	}
	mutex_unlock(dev_engine(dev), &dev->lock);
	return false;
}

static void unlock(struct rsim_dev *dev)
{
	dev->block_cfg = false;
	mutex_unlock(dev_engine(dev), &dev->cfg_lock);
	mutex_unlock(dev_engine(dev), &dev->lock);
}

void rsim_dev_lock(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_lock", "dev is NULL");
	MISUSE_IF(mutex_held(dev_engine(dev), &dev->lock), "rsim_dev_lock",
		  "the caller holds the lock already");
	lock(dev);
}

bool rsim_dev_trylock(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_trylock", "dev is NULL");
	return trylock(dev);
}

void rsim_dev_unlock(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_unlock", "dev is NULL");
	MISUSE_IF(!mutex_held(dev_engine(dev), &dev->lock), "rsim_dev_unlock",
		  "the caller does not hold the lock");
	unlock(dev);
}

int rsim_reset_function(struct rsim_dev *dev)
{
	struct rsim_dev *bridge;
	int ret;

	MISUSE_IF(!dev, "rsim_reset_function", "dev is NULL");
	bridge = dev_bridge(dev);
	if (reset_own(dev))
		return -ENOMEM;
	trace_call(dev_engine(dev), dev->fn.id, "pci_reset_function");
	if (!dev->methods[0])
		return trace_ret(dev_engine(dev), dev->fn.id,
				 "pci_reset_function", -ENOTTY);
	/* The bridge first: a bus reset below it must not be raced. */
	if (bridge)
		lock(bridge);
	lock(dev);
	ret = save_walk_restore(dev);
	unlock(dev);
	if (bridge)
		unlock(bridge);
	return trace_ret(dev_engine(dev), dev->fn.id, "pci_reset_function",
			 ret);
}

int rsim_reset_function_locked(struct rsim_dev *dev)
{
	int ret = -ENOTTY;

	MISUSE_IF(!dev, "rsim_reset_function_locked", "dev is NULL");
	MISUSE_IF(!mutex_held(dev_engine(dev), &dev->lock),
		  "rsim_reset_function_locked",
		  "the caller does not hold the device lock");
	if (reset_own(dev))
		return -ENOMEM;
	trace_call(dev_engine(dev), dev->fn.id, "pci_reset_function_locked");
	if (dev->methods[0])
		ret = save_walk_restore(dev);
	return trace_ret(dev_engine(dev), dev->fn.id,
			 "pci_reset_function_locked", ret);
}

int rsim_try_reset_function(struct rsim_dev *dev)
{
	int ret;

	MISUSE_IF(!dev, "rsim_try_reset_function", "dev is NULL");
	if (reset_own(dev))
		return -ENOMEM;
	trace_call(dev_engine(dev), dev->fn.id, "pci_try_reset_function");
	if (!dev->methods[0]) {
		ret = -ENOTTY;
	} else if (!trylock(dev)) {
		ret = -EAGAIN;
	} else {
		ret = save_walk_restore(dev);
		unlock(dev);
	}
	return trace_ret(dev_engine(dev), dev->fn.id, "pci_try_reset_function",
			 ret);
}

int rsim_reset_walk(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_reset_walk", "dev is NULL");
	return reset_own(dev) ? -ENOMEM : reset_function_locked(dev);
}

int rsim_reset_method(struct rsim_dev *dev, enum rsim_method method,
		      bool probe)
{
	MISUSE_IF(!dev, "rsim_reset_method", "dev is NULL");
	MISUSE_IF(!method || (unsigned)method >= RSIM_METHODS,
		  "rsim_reset_method", "no such method");
	return reset_own(dev) ? -ENOMEM : os_call_method(dev, method, probe);
}

void rsim_dev_bind(struct rsim_dev *dev, const struct rsim_driver *driver,
		   void *ctx)
{
	MISUSE_IF(!dev, "rsim_dev_bind", "dev is NULL");
	dev->driver = driver;
	dev->driver_ctx = ctx;
}
