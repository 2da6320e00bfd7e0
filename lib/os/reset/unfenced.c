/* SPDX-License-Identifier: MIT */
/*
 * Models: the resets that no revision puts prepare() and done() around:
 * pci_reset_bus(), as VFIO's hot reset uses it, and
 * pci_bus_error_reset() of AER. The IOMMU is told nothing.
 */
#include "base/assert.h"
#include "os/reset/reset.h"

#include <errno.h>

/* pci_bus_resettable(): NO_BUS_RESET anywhere, the bridge included, forbids. */
static bool below_resettable(const struct hw_bus *bus)
{
	const struct hw_fn *fn;

	for (fn = bus->first; fn; fn = fn->next) {
		if (fn_cdev(fn)->quirks & RSIM_QUIRK_NO_BUS_RESET)
			return false;
		if (fn->below && !below_resettable(fn->below))
			return false;
	}
	return true;
}

static bool resettable(const struct hw_bus *bus)
{
	return bus && bus->bridge &&
	       !(fn_cdev(bus->bridge)->quirks & RSIM_QUIRK_NO_BUS_RESET) &&
	       below_resettable(bus);
}

typedef void (*each_fn)(struct rsim_dev *dev);

static void for_each(struct hw_bus *bus, each_fn fn)
{
	struct hw_fn *f;

	for (f = bus->first; f; f = f->next) {
		fn(fn_dev(f));
		if (f->below)
			for_each(f->below, fn);
	}
}

static void unlock_before(struct hw_bus *bus, struct hw_fn *stop, bool *hit)
{
	struct hw_fn *f;

	for (f = bus->first; f && !*hit; f = f->next) {
		if (f == stop) {
			*hit = true;
			return;
		}
		rsim_dev_unlock(fn_dev(f));
		if (f->below)
			unlock_before(f->below, stop, hit);
	}
}

/* The first function whose lock is taken, or NULL when all were locked. */
static struct hw_fn *trylock_bus(struct hw_bus *bus)
{
	struct hw_fn *f, *busy;

	for (f = bus->first; f; f = f->next) {
		if (!rsim_dev_trylock(fn_dev(f)))
			return f;
		busy = f->below ? trylock_bus(f->below) : NULL;
		if (busy)
			return busy;
	}
	return NULL;
}

static bool trylock_all(struct hw_bus *bus)
{
	struct rsim_dev *bridge = fn_dev(bus->bridge);
	struct hw_fn *busy;
	bool hit = false;

	if (!rsim_dev_trylock(bridge))
		return false;
	busy = trylock_bus(bus);
	if (!busy)
		return true;
	unlock_before(bus, busy, &hit);
	rsim_dev_unlock(bridge);
	return false;
}

/* pci_bus_restore_locked(): a bridge comes back before what is behind it. */
static void restore_bus(struct hw_bus *bus)
{
	struct hw_fn *f;

	for (f = bus->first; f; f = f->next) {
		pci_dev_restore(fn_dev(f));
		if (!f->below)
			continue;
		pci_bridge_wait_for_secondary_bus(fn_dev(f), "bus reset");
		restore_bus(f->below);
	}
}

/* pci_try_reset_bus(). */
static int try_reset_bus(struct rsim_dev *bridge)
{
	struct hw_bus *bus = bridge->fn.below;
	int ret;

	if (!trylock_all(bus))
		return -EAGAIN;
	for_each(bus, pci_dev_save_and_disable);
	ret = pci_bridge_secondary_bus_reset(bridge);
	restore_bus(bus);
	for_each(bus, rsim_dev_unlock);
	rsim_dev_unlock(bridge);
	return ret;
}

/* Everything that is saved needs room for it. */
static int own_saved(struct hw_bus *bus)
{
	struct hw_fn *f;

	for (f = bus->first; f; f = f->next)
		if (os_own(fn_dev(f)) || (f->below && own_saved(f->below)))
			return -ENOMEM;
	return 0;
}

int rsim_hot_reset(struct rsim_dev *dev)
{
	struct hw_bus *bus;

	MISUSE_IF(!dev, "rsim_hot_reset", "dev is NULL");
	bus = dev->fn.bus;
	if (!resettable(bus))
		return -ENOTTY;
	if (os_own_bus(fn_dev(bus->bridge)) || own_saved(bus))
		return -ENOMEM;
	trace_call(dev_engine(dev), dev->fn.id, "pci_reset_bus");
	return trace_ret(dev_engine(dev), dev->fn.id, "pci_reset_bus",
			 try_reset_bus(fn_dev(bus->bridge)));
}

int rsim_dpc_event(struct rsim_dev *port)
{
	struct engine *e;

	MISUSE_IF(!port || !port->fn.below, "rsim_dpc_event",
		  "port is NULL or no bridge");
	if (os_own_bus(port))
		return -ENOMEM;
	e = dev_engine(port);
	trace_call(e, port->fn.id, "dpc_reset_link");
	/* The hardware took the link down; clearing the trigger releases it. */
	hw_bus_assert(&port->fn);
	os_msleep(port, 1);
	hw_bus_deassert(&port->fn);
	return trace_ret(e, port->fn.id, "dpc_reset_link",
			 pci_bridge_wait_for_secondary_bus(port, "DPC"));
}

int rsim_aer_fatal(struct rsim_dev *rciep)
{
	MISUSE_IF(!rciep, "rsim_aer_fatal", "rciep is NULL");
	MISUSE_IF(dev_bridge(rciep), "rsim_aer_fatal",
		  "the function is not on a root bus");
	if (os_own(rciep))
		return -ENOMEM;
	return os_call_method(rciep, RSIM_METHOD_FLR, false);
}

int rsim_bus_error_reset(struct rsim_dev *bridge)
{
	struct engine *e;
	int ret;

	MISUSE_IF(!bridge, "rsim_bus_error_reset", "bridge is NULL");
	if (!resettable(bridge->fn.below))
		return -ENOTTY;
	if (os_own_bus(bridge))
		return -ENOMEM;
	e = dev_engine(bridge);
	trace_call(e, bridge->fn.id, "pci_bus_error_reset");
	/* It waits for the locks and neither saves nor restores. */
	rsim_dev_lock(bridge);
	for_each(bridge->fn.below, rsim_dev_lock);
	ret = pci_bridge_secondary_bus_reset(bridge);
	for_each(bridge->fn.below, rsim_dev_unlock);
	rsim_dev_unlock(bridge);
	return trace_ret(e, bridge->fn.id, "pci_bus_error_reset", ret);
}
