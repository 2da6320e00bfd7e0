/* SPDX-License-Identifier: MIT */
/*
 * dev.h - PCI functions: how to describe one, add it, look at it, touch it.
 */
#ifndef RSIM_DEV_H
#define RSIM_DEV_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Domain, bus, device and function number, as in 0000:01:00.0. */
struct rsim_bdf {
	uint32_t domain;
	uint8_t bus;
	uint8_t devfn;	/* device << 3 | function */
};

enum rsim_dev_type {
	RSIM_ENDPOINT,		/* PCI Express endpoint */
	RSIM_ROOT_PORT,
	RSIM_UPSTREAM_PORT,	/* of a switch */
	RSIM_DOWNSTREAM_PORT,	/* of a switch */
	RSIM_PCIE_PCI_BRIDGE,	/* PCI Express to conventional PCI */
	RSIM_RCIEP,		/* root complex integrated endpoint */
	RSIM_CONVENTIONAL,	/* conventional PCI function */
	RSIM_PCI_BRIDGE,	/* conventional PCI-to-PCI bridge */
	RSIM_VF,		/* SR-IOV virtual function; @parent is its PF */
};

/* Capabilities, ORed into rsim_dev_desc.caps. */
enum rsim_cap {
	RSIM_CAP_PM = 1 << 0,		/* power management; resets on D3hot */
	RSIM_CAP_NO_SOFT_RESET = 1 << 1, /* ... D3hot keeps all (with PM) */
	RSIM_CAP_FLR = 1 << 2,		/* Function Level Reset (PCIe) */
	RSIM_CAP_AF_FLR = 1 << 3,	/* Advanced Features FLR */
	RSIM_CAP_MSIX = 1 << 4,
	RSIM_CAP_AER = 1 << 5,
	RSIM_CAP_ATS = 1 << 6,
	RSIM_CAP_PRI = 1 << 7,
	RSIM_CAP_PASID = 1 << 8,
	RSIM_CAP_ACS = 1 << 9,		/* SV, RR, CR, UF enabled by Linux */
	RSIM_CAP_ARI = 1 << 10,
	RSIM_CAP_SRIOV = 1 << 11,	/* with rsim_dev_desc.vfs */
	RSIM_CAP_CXL_PORT = 1 << 12,	/* CXL port, SBR masked */
	RSIM_CAP_RRS_SV = 1 << 13,	/* root port: RRS visibility enabled */
	RSIM_CAP_IMM_READY = 1 << 14,	/* Immediate Readiness */
	RSIM_CAP_NO_LINK_REPORT = 1 << 15, /* port: no DLL Link Active bit */
	RSIM_CAP_MULTIFUNCTION = 1 << 16,
	RSIM_CAP_SLOT = 1 << 17,	/* port: hot-plug slot of pciehp's */
};

/* What Linux' quirk tables say, for functions they do not know by ID. */
enum rsim_quirk {
	RSIM_QUIRK_NO_FLR = 1 << 0,
	RSIM_QUIRK_NO_PM_RESET = 1 << 1,
	RSIM_QUIRK_NO_BUS_RESET = 1 << 2,
	RSIM_QUIRK_NO_ATS = 1 << 3,	/* ATS is broken: ats_cap is 0 */
};

/* Link speed of a port; 0 is 16 GT/s. */
enum rsim_speed {
	RSIM_SPEED_DEFAULT,
	RSIM_SPEED_2_5, RSIM_SPEED_5, RSIM_SPEED_8,
	RSIM_SPEED_16, RSIM_SPEED_32, RSIM_SPEED_64,
};

/*
 * One function. All zero: a PCI Express endpoint on the root bus 0 that has
 * no capability but PCI Express and is ready as soon as it is reset.
 */
struct rsim_dev_desc {
	const char *name;	/* for the trace; NULL: its BDF. Copied */
	enum rsim_dev_type type;
	struct rsim_dev *parent; /* the bridge above; NULL: a root bus */
	struct rsim_bdf at;	/* domain and bus count on root buses only */
	unsigned caps;		/* enum rsim_cap */
	unsigned quirks;	/* enum rsim_quirk */
	uint16_t vendor, device; /* 0: 1234:0001 */
	uint32_t class_code;	/* 24 bits; 0: by type */
	/* time from the end of a reset to ready, in ms; RSIM_NEVER: never */
	struct {
		uint32_t flr, af_flr, pm, bus, acpi;
	} ready_ms;
	uint32_t link_train_ms;	/* port: from reset to DLL Link Active */
	enum rsim_speed speed;	/* port */
	bool d3hot_no_delay;	/* d3hot_delay 0 instead of 10 ms */
	bool no_d3cold_delay;	/* d3cold_delay 0 instead of 100 ms */
	bool acpi_rst;		/* the firmware has _RST for it */
	bool untrusted;		/* external-facing: Linux refuses it ATS */
	bool require_direct;	/* firmware demands a 1:1 mapping (RMRR) */
	bool attach_deferred;	/* first attach is deferred (kdump) */
	bool no_iommu;		/* not behind the IOMMU */
	uint16_t vfs;		/* with RSIM_CAP_SRIOV: TotalVFs */
	uint32_t max_pasids;	/* with RSIM_CAP_PASID; 0: 1 << 16 */
	struct rsim_dev *alias_of; /* its requests carry this function's RID */
	struct rsim_group *group; /* share this group instead of Linux' rules */
	bool new_group;		/* a group of its own instead of the rules */
};

/*
 * Adds a function, as the enumeration of a bus or a hot-add would: its config
 * space is made, Linux initialises its capabilities and reset methods, it
 * joins its IOMMU group and is attached to the group's domain.
 *
 * Returns NULL when the host has no memory, or with rsim_error() set when the
 * place is taken or out of range, the parent is no bridge, or the driver
 * refuses the attach. The world owns the result. Cost: about a microsecond.
 */
RSIM_API struct rsim_dev *rsim_dev_add(struct rsim *w,
				       const struct rsim_dev_desc *desc);

/*
 * Takes a function without anything below it (nor VFs) out of the system: Linux
 * releases it from its group (iommu_release_device) and forgets it. The
 * handle is dead afterwards. Waits for a reset that runs (sysfs keeps the
 * device until then).
 */
RSIM_API void rsim_dev_remove(struct rsim_dev *dev);

/* The function at @bdf, or NULL. O(1). */
RSIM_API struct rsim_dev *rsim_dev_find(struct rsim *w, struct rsim_bdf bdf);
/* The next function after @prev in order of BDF (NULL: the first). */
RSIM_API struct rsim_dev *rsim_dev_next(struct rsim *w, struct rsim_dev *prev);

/*
 * Reads "[DDDD:]BB:DD.F". Returns 0 or -EINVAL. rsim_bdf_text() writes
 * "DDDD:BB:DD.F" into @buf, which it returns.
 */
RSIM_API int rsim_bdf_parse(const char *text, struct rsim_bdf *out);
#define RSIM_BDF_TEXT 20
RSIM_API char *rsim_bdf_text(struct rsim_bdf bdf, char buf[RSIM_BDF_TEXT]);

/* What a function is. Names are owned by the world. */
RSIM_API struct rsim_bdf rsim_dev_bdf(const struct rsim_dev *dev);
RSIM_API const char *rsim_dev_name(const struct rsim_dev *dev);
RSIM_API uint32_t rsim_dev_number(const struct rsim_dev *dev);
RSIM_API struct rsim *rsim_dev_world(const struct rsim_dev *dev);
RSIM_API uint16_t rsim_dev_vendor(const struct rsim_dev *dev);
RSIM_API uint16_t rsim_dev_device(const struct rsim_dev *dev);
/* The bridge above, or NULL on a root bus. */
RSIM_API struct rsim_dev *rsim_dev_upstream(const struct rsim_dev *dev);
/* A VF's PF, or NULL. */
RSIM_API struct rsim_dev *rsim_dev_pf(const struct rsim_dev *dev);
/* The requester ID under which the IOMMU knows it. Functions with the same
 * one share a stream entry. */
RSIM_API uint16_t rsim_dev_requester(const struct rsim_dev *dev);
/* The function of this number, or NULL: removed, or none. */
RSIM_API struct rsim_dev *rsim_dev_numbered(struct rsim *w, uint32_t number);
/* The IOMMU group, or NULL. */
RSIM_API struct rsim_group *rsim_dev_group(const struct rsim_dev *dev);
/* pci_ats_supported(): a usable ATS capability and a trusted device. */
RSIM_API bool rsim_dev_ats_supported(const struct rsim_dev *dev);
/* The Enable bit of the ATS capability as the silicon holds it. */
RSIM_API bool rsim_dev_ats_enabled(const struct rsim_dev *dev);
/* Translations that its ATC holds now. */
RSIM_API unsigned rsim_dev_atc_count(const struct rsim_dev *dev);
/* How often the function was really reset (the silicon, not a return value). */
RSIM_API uint32_t rsim_dev_resets(const struct rsim_dev *dev);
/* What the driver last attached to the RID or to a PASID; NULL: nothing. */
RSIM_API struct rsim_domain *rsim_dev_hw_domain(const struct rsim_dev *dev,
						rsim_pasid pasid);
/* Does the hardware let none of its requests through? */
RSIM_API bool rsim_dev_blocked(const struct rsim_dev *dev);

/*
 * Config space as Linux sees it: an event, side effects included. @size is 1,
 * 2 or 4, @off a multiple of it. All ones where nothing answers.
 */
RSIM_API uint32_t rsim_cfg_read(struct rsim_dev *dev, unsigned off,
				unsigned size);
/* 0, or -ENOMEM and nothing written: the host has no memory. */
RSIM_API int rsim_cfg_write(struct rsim_dev *dev, unsigned off, unsigned size,
			    uint32_t val);
/*
 * Config space from user space (setpci, VFIO): waits while Linux holds the
 * config access lock. A write that starts an FLR does start it.
 */
RSIM_API uint32_t rsim_user_cfg_read(struct rsim_dev *dev, unsigned off,
				     unsigned size);
RSIM_API int rsim_user_cfg_write(struct rsim_dev *dev, unsigned off,
				 unsigned size, uint32_t val);
/* The bytes the silicon holds, without an access; for assertions. */
RSIM_API uint32_t rsim_cfg_peek(const struct rsim_dev *dev, unsigned off,
				unsigned size);
/* Sets bytes behind everybody's back, read-only ones too; for tests. 0,
 * -EINVAL (past the end) or -ENOMEM. */
RSIM_API int rsim_cfg_poke(struct rsim_dev *dev, unsigned off, unsigned size,
			   uint32_t val);

/* Offset of a capability, or of an extended one; 0: none. */
RSIM_API unsigned rsim_dev_cap(const struct rsim_dev *dev, uint8_t id);
RSIM_API unsigned rsim_dev_ext_cap(const struct rsim_dev *dev, uint16_t id);

/* Surprise removal, and (for tests) the way back. */
RSIM_API void rsim_dev_unplug(struct rsim_dev *dev);
RSIM_API void rsim_dev_replug(struct rsim_dev *dev);

/* What Linux believes the power state is: 0 (D0) or 3 (D3hot). */
RSIM_API void rsim_dev_set_power_state(struct rsim_dev *dev, unsigned d);

#ifdef __cplusplus
}
#endif
#endif
