/* SPDX-License-Identifier: MIT */
/* struct pci_dev: what Linux knows of a function. */
#ifndef RSIM_LIB_OS_DEV_H
#define RSIM_LIB_OS_DEV_H

#include "engine/sync.h"
#include "hw/topology.h"
#include "os/iommu/iommu.h"
#include "os/os.h"

#include <rsim/reset.h>

enum { SAVED_HEADER = 16, SAVED_EXP = 6, SAVED_AER = 5 };

/*
 * What pci_save_state() keeps; allocated when a device is first used. Linux
 * 7.3 saves it when it finds a device. Here that is done before a reset or a
 * driver can change the registers for the first time, which comes to the same.
 */
struct os_saved {
	bool valid;
	uint32_t header[SAVED_HEADER];
	uint16_t exp[SAVED_EXP];
	uint32_t aer[SAVED_AER];
	uint16_t pcix;
	uint16_t dpc;
	struct {		/* struct msi_desc: the message */
		uint16_t flags, data;
		uint32_t lo, hi, mask;
	} msi;
};

/* A PF's SR-IOV settings, as Linux made them. */
struct os_iov {
	uint16_t total, ctrl, num_vfs;
	uint32_t pgsz, bar[6];
};

/* A PASID that the driver put on the device. */
struct os_hw_pasid {
	rsim_pasid pasid;
	struct rsim_domain *domain;
};

struct rsim_dev {
	struct hw_fn fn;	/* the silicon; Linux goes through os_cfg_* */
	struct os *os;
	const char *name;
	/* found at enumeration */
	uint16_t vendor, device;
	uint32_t class_code;
	unsigned quirks;	/* enum rsim_quirk */
	uint16_t ats_cap;	/* 0: none, or not to be used */
	uint16_t pm_cap;	/* 0: none */
	uint16_t d3hot_ms, d3cold_ms;
	uint32_t max_pasids;
	bool multifunction, imm_ready, untrusted, acpi_rst, has_flr;
	bool is_cxl;		/* the Flex Bus port trained to CXL */
	bool link_reports;	/* link_active_reporting */
	bool slot_pciehp;	/* its slot is owned by pciehp */
	bool msi_on, msix_on;	/* as the bound driver left it */
	bool has_reset_files;	/* the sysfs files exist */
	bool require_direct;
	bool ats_refused;	/* platform or IOMMU do not let it use ATS */
	uint8_t speed;		/* of a port: enum rsim_speed */
	struct os_iov *iov;	/* of a PF */
	/* state */
	bool in_driver;		/* a callback about it runs */
	bool attach_deferred;
	bool disconnected;
	bool ats_broken;	/* shut off until a reset succeeds */
	bool ats_enabled;	/* what Linux believes */
	bool block_cfg;		/* user config accesses wait */
	uint8_t ats_stu;
	uint8_t current_state;	/* D0 .. D3hot */
	uint8_t methods[RSIM_METHODS];
	struct mutex lock, cfg_lock;
	struct mutex sysfs;	/* held while a sysfs file is in use: a device
				 * is not removed before that is over */
	uint16_t sysfs_users;
	bool removing;		/* its files are gone already */
	struct os_saved *saved;
	const struct rsim_driver *driver;
	void *driver_ctx;
	/* IOMMU */
	struct rsim_group *group;
	struct rsim_dev *group_next;
	struct rsim_fence_dev fence;
	struct rsim_domain *hw_rid;	/* last attached by the driver */
	struct os_hw_pasid *hw_pasids;
	uint32_t hw_pasid_count, hw_pasid_cap;
	struct {			/* SMMUv3: arm_smmu_master */
		bool cd_in_ste;		/* the STE points to the CD table */
		bool ste_ats;
		bool ats;		/* master->ats_enabled: invalidations
					 * must reach it. Outlives the device's
					 * Enable until the tables are safe */
	} smmu;
};

static inline struct rsim_dev *fn_dev(struct hw_fn *fn)
{
	return (struct rsim_dev *)fn;
}

static inline const struct rsim_dev *fn_cdev(const struct hw_fn *fn)
{
	return (const struct rsim_dev *)fn;
}

static inline struct engine *dev_engine(const struct rsim_dev *dev)
{
	return dev->os->e;
}

/* pci_upstream_bridge(), NULL on a root bus. A VF has its PF's. */
static inline struct rsim_dev *dev_bridge(const struct rsim_dev *dev)
{
	const struct hw_bus *bus = dev->fn.bus;

	while (!bus->bridge && bus->parent)
		bus = bus->parent;
	return bus->bridge ? fn_dev(bus->bridge) : NULL;
}

static inline bool dev_is_pcie(const struct rsim_dev *dev)
{
	return fn_cap(&dev->fn, HW_CAP_EXP) != 0;
}

/* Remembers the MSI message that the registers hold. */
void os_note_msi(struct rsim_dev *dev);
/* The state as it is now, as if it had been saved before; no accesses. */
void os_save_initial(struct rsim_dev *dev);

/* Everything that a reset of @dev may write has memory of its own after
 * this. 0 or -ENOMEM. */
int os_own(struct rsim_dev *dev);
/* The same for all functions below a bridge, and the bridge. */
int os_own_bus(struct rsim_dev *bridge);

/* PCI config accesses of Linux: events (os/cfg.c). */
uint32_t os_cfg_read(struct rsim_dev *dev, unsigned off, unsigned size);
void os_cfg_write(struct rsim_dev *dev, unsigned off, unsigned size,
		  uint32_t val);
void os_msleep(struct rsim_dev *dev, unsigned ms);

/* os/ats.c: drivers/pci/ats.c */
bool pci_ats_supported(const struct rsim_dev *dev);
int pci_enable_ats(struct rsim_dev *dev, unsigned shift);
void pci_disable_ats(struct rsim_dev *dev);
void pci_restore_ats_state(struct rsim_dev *dev);

#endif
