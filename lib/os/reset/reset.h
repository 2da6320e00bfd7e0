/* SPDX-License-Identifier: MIT */
/* The reset methods and what they share. */
#ifndef RSIM_LIB_OS_RESET_RESET_H
#define RSIM_LIB_OS_RESET_RESET_H

#include "os/dev.h"

/* Linux' constants, in ms. */
enum {
	RESET_READY_POLL_MS = 60000,
	RESET_WAIT_MS = 1000,
	RETRAIN_TIMEOUT_MS = 1000,
};

typedef int (*reset_fn)(struct rsim_dev *dev, bool probe);

int pci_dev_specific_reset(struct rsim_dev *dev, bool probe);
int pci_dev_acpi_reset(struct rsim_dev *dev, bool probe);
int pcie_reset_flr(struct rsim_dev *dev, bool probe);
int pcie_flr(struct rsim_dev *dev);
int pci_af_flr(struct rsim_dev *dev, bool probe);
int pci_pm_reset(struct rsim_dev *dev, bool probe);
int pci_reset_bus_function(struct rsim_dev *dev, bool probe);
int cxl_reset_bus_function(struct rsim_dev *dev, bool probe);

/* prepare() as a method calls it: on an error it must return at once. */
int fence_prepare(struct rsim_dev *dev);
/* What a method does about done() when it ends with @ret; returns @ret. */
int fence_done(struct rsim_dev *dev, int ret);

/* wait.c */
bool pci_wait_for_pending(struct rsim_dev *dev, unsigned off, uint16_t mask);
bool pci_wait_for_pending_transaction(struct rsim_dev *dev);
int pci_dev_wait(struct rsim_dev *dev, const char *what, unsigned timeout_ms);
int pci_bridge_wait_for_secondary_bus(struct rsim_dev *bridge,
				      const char *what);

/* bus.c */
int pci_bridge_secondary_bus_reset(struct rsim_dev *bridge);
int pci_reset_hotplug_slot(struct rsim_dev *dev, bool probe);
/* Offset of the CXL port DVSEC as Linux looks for it, 0: none. */
unsigned cxl_port_dvsec(struct rsim_dev *port);

/* save.c */
void os_save_state(struct rsim_dev *dev);	/* pci_save_state() */
void os_restore_state(struct rsim_dev *dev);	/* pci_restore_state() */
void pci_dev_save_and_disable(struct rsim_dev *dev);
void pci_dev_restore(struct rsim_dev *dev);

/* walk.c */
extern reset_fn const reset_methods[RSIM_METHODS];
void pci_init_reset_methods(struct rsim_dev *dev);
int os_call_method(struct rsim_dev *dev, unsigned m, bool probe);

/* device_specific.c */
int os_device_reset_add(struct os *os, const struct rsim_device_reset *quirk);

#endif
