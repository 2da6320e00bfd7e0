/* SPDX-License-Identifier: MIT */
/*
 * reset.h - resetting a function as Linux does.
 */
#ifndef RSIM_RESET_H
#define RSIM_RESET_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* pci_reset_fn_methods[]; 0 ends a list. */
enum rsim_method {
	RSIM_METHOD_NONE,
	RSIM_METHOD_DEVICE_SPECIFIC,
	RSIM_METHOD_ACPI,
	RSIM_METHOD_FLR,
	RSIM_METHOD_AF_FLR,
	RSIM_METHOD_PM,
	RSIM_METHOD_BUS,
	RSIM_METHOD_CXL_BUS,
	RSIM_METHODS
};

/* "flr" and so on; NULL for RSIM_METHOD_NONE and past the last. */
RSIM_API const char *rsim_method_name(enum rsim_method method);
/* The methods of a function in the order in which they are tried. */
RSIM_API const uint8_t *rsim_dev_methods(const struct rsim_dev *dev);

/*
 * pci_reset_function(): locks the bridge above and the device, saves and
 * disables it, tries its methods until one does not answer -ENOTTY, restores.
 * Returns 0; -ENOTTY: no method, or none worked (a time-out too is -ENOTTY);
 * -EINVAL: pm, and the device is not in D0; the errno of prepare(); -ENOMEM:
 * before anything was done, the host has no memory. May sleep.
 */
RSIM_API int rsim_reset_function(struct rsim_dev *dev);
/* pci_reset_function_locked(): the caller holds the device lock. */
RSIM_API int rsim_reset_function_locked(struct rsim_dev *dev);
/* pci_try_reset_function(): -EAGAIN when the device lock is taken. */
RSIM_API int rsim_try_reset_function(struct rsim_dev *dev);
/* __pci_reset_function_locked(): the walk alone, nothing saved. */
RSIM_API int rsim_reset_walk(struct rsim_dev *dev);
/* One method, as the walk calls it, or its probe. */
RSIM_API int rsim_reset_method(struct rsim_dev *dev, enum rsim_method method,
			       bool probe);

/* device_lock() and the config access lock, as pci_dev_lock() takes them. */
RSIM_API void rsim_dev_lock(struct rsim_dev *dev);
RSIM_API bool rsim_dev_trylock(struct rsim_dev *dev);
RSIM_API void rsim_dev_unlock(struct rsim_dev *dev);

/*
 * Writes @text into the sysfs file reset_method. Returns the length of the
 * text, or -ENOENT (the file does not exist: no method when the device was
 * added), -EINVAL (a word that is no method, or one that the device does not
 * support), -ENOMEM.
 */
RSIM_API long rsim_reset_method_store(struct rsim_dev *dev, const char *text);
/* Reads it: names with a space between and a newline, or nothing. Returns the
 * length, -ENOENT, or -EINVAL when @size is too small. */
RSIM_API long rsim_reset_method_show(struct rsim_dev *dev, char *buf,
				     size_t size);
/* Writes into the sysfs file reset: the length, -EINVAL (not 1), -ENOENT, or
 * the errno of rsim_reset_function(). */
RSIM_API long rsim_reset_store(struct rsim_dev *dev, const char *text);

/*
 * The paths that have no prepare()/done() around them, in any revision:
 * the hot reset of a whole bus (pci_reset_bus() of VFIO), and AER's of a port
 * (pci_bus_error_reset()). 0, -EAGAIN (a lock of the subtree is taken; only
 * pci_reset_bus), -ENOTTY (not resettable, or a time-out).
 */
RSIM_API int rsim_hot_reset(struct rsim_dev *dev);
RSIM_API int rsim_bus_error_reset(struct rsim_dev *bridge);

/*
 * More paths of that kind: a Downstream Port Containment event, which takes
 * the link below @port down before anybody can prepare; Linux waits for it to
 * come back (-ENOTTY: it does not). And a fatal error that AER reports of a
 * root complex integrated endpoint: pcie_reset_flr(), fenced, but without the
 * device lock and without saving anything.
 */
RSIM_API int rsim_dpc_event(struct rsim_dev *port);
RSIM_API int rsim_aer_fatal(struct rsim_dev *rciep);

/* A driver's error handlers; each may be NULL. */
struct rsim_driver {
	const char *name;
	void (*reset_prepare)(struct rsim_dev *dev, void *ctx);
	void (*reset_done)(struct rsim_dev *dev, void *ctx);
};
/* Binds a driver (NULL: unbinds). @driver must live as long as the world. */
RSIM_API void rsim_dev_bind(struct rsim_dev *dev,
			    const struct rsim_driver *driver, void *ctx);

/*
 * A device-specific reset. The table is searched from the last one added to
 * the first, then rsim's own (Linux' quirks); the first match decides. Device
 * 0xffff matches every device of the vendor. reset() answers 0 or an errno,
 * -ENOTTY from a probe that says no. prepare() and done() are called around
 * it. All strings and the struct must live as long as the world.
 */
struct rsim_device_reset {
	uint16_t vendor, device;
	int (*reset)(struct rsim_dev *dev, bool probe);
};
RSIM_API int rsim_device_reset_add(struct rsim *w,
				   const struct rsim_device_reset *quirk);
/* pcie_reset_flr(), for such functions to call: it nests the pair. */
RSIM_API int rsim_pcie_reset_flr(struct rsim_dev *dev, bool probe);

#ifdef __cplusplus
}
#endif
#endif
