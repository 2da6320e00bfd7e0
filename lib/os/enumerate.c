/* SPDX-License-Identifier: MIT */
/*
 * Models: pci_setup_device(), pci_init_capabilities(), pci_device_add(),
 * pci_destroy_dev(), and the flags that quirks.c sets.
 */
#include "os/enumerate.h"
#include "base/assert.h"
#include "os/reset/reset.h"

#include <errno.h>
#include <string.h>

enum { D3HOT_MS = 10, D3COLD_MS = 100 };

static const struct {
	uint16_t vendor, device, mask;
	uint16_t flags;
} quirk_ids[] = {
	{ 0x1022, 0x1487, 0xffff, RSIM_QUIRK_NO_FLR },
	{ 0x1022, 0x148c, 0xffff, RSIM_QUIRK_NO_FLR },
	{ 0x1022, 0x149c, 0xffff, RSIM_QUIRK_NO_FLR },
	{ 0x1022, 0x7901, 0xffff, RSIM_QUIRK_NO_FLR },
	{ 0x8086, 0x1502, 0xffff, RSIM_QUIRK_NO_FLR },
	{ 0x8086, 0x1503, 0xffff, RSIM_QUIRK_NO_FLR },
	{ 0x14c3, 0x0616, 0xffff, RSIM_QUIRK_NO_FLR },
	{ 0x14c3, 0x7925, 0xffff, RSIM_QUIRK_NO_FLR },
	{ 0x15b3, 0xcb84, 0xffff, RSIM_QUIRK_NO_PM_RESET },
	{ 0x15b3, 0xcf6c, 0xffff, RSIM_QUIRK_NO_PM_RESET },
	{ 0x15b3, 0xcf70, 0xffff, RSIM_QUIRK_NO_PM_RESET },
	{ 0x15b3, 0xcf80, 0xffff, RSIM_QUIRK_NO_PM_RESET },
	{ 0x10de, 0x2340, 0xffc0, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x10de, 0x22ce, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x10de, 0x22d0, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x168c, 0x0030, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x168c, 0x0032, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x168c, 0x003c, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x168c, 0x0033, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x168c, 0x0034, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x168c, 0x003e, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x17cb, 0x1103, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x17cb, 0x1107, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x17cb, 0x0308, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x177d, 0xa100, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x104c, 0xb005, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
	{ 0x1b21, 0x1164, 0xffff, RSIM_QUIRK_NO_BUS_RESET },
};

static unsigned quirks_by_id(const struct rsim_dev *dev)
{
	unsigned flags = 0, i;

	for (i = 0; i < sizeof(quirk_ids) / sizeof(quirk_ids[0]); i++)
		if (quirk_ids[i].vendor == dev->vendor &&
		    quirk_ids[i].device == (dev->device & quirk_ids[i].mask))
			flags |= quirk_ids[i].flags;
	/* SolidRun's SNET device, revision 1 only. */
	if (dev->vendor == 0x1d46 && dev->device == 0x1000 &&
	    fn_peek(&dev->fn, PCI_REVISION_ID, 1) == 1)
		flags |= RSIM_QUIRK_NO_FLR;
	/* ATI's graphics below a bridge. */
	if (dev->vendor == 0x1002 && dev->class_code >> 8 == 0x0300 &&
	    dev_bridge(dev))
		flags |= RSIM_QUIRK_NO_PM_RESET;
	return flags;
}

/* pcie_get_speed_cap(): the fastest speed of the vector, or of LNKCAP where
 * that is one of the two from before the vector. An unknown speed compares as
 * faster than all. Since 6.13 LNKCAP limits the vector. */
static uint8_t port_speed(const struct rsim_dev *dev)
{
	unsigned e = fn_cap(&dev->fn, HW_CAP_EXP), i;
	uint32_t vector = 0, max;

	if (!e)
		return 0;
	max = fn_peek(&dev->fn, e + PCI_EXP_LNKCAP, 4) & PCI_EXP_LNKCAP_SLS;
	if ((dev->fn.cfg.layout->key.exp_flags & PCI_EXP_FLAGS_VERS) > 1)
		vector = fn_peek(&dev->fn, e + PCI_EXP_LNKCAP2, 4);
	if (dev->os->kernel != RSIM_KERNEL_6_12)
		vector &= (2u << max) - 1;
	vector &= 0xfe;	/* Supported Link Speeds Vector */
	if (!vector && (max == RSIM_SPEED_2_5 || max == RSIM_SPEED_5))
		return (uint8_t)max;
	for (i = 6; i >= 1; i--)
		if (vector & 1u << i)
			return (uint8_t)i;
	return RSIM_SPEED_64;
}

/* set_pcie_cxl(): did the link train to CXL? A child's arrival updates the
 * port above it. */
static void note_cxl(struct rsim_dev *dev)
{
	unsigned f = fn_cap(&dev->fn, HW_CAP_CXL_FLEXBUS);

	dev->is_cxl = f && fn_peek(&dev->fn, f + RSIM_CXL_FLEXBUS_STATUS, 2) &
				   (RSIM_CXL_FLEXBUS_CACHE |
				    RSIM_CXL_FLEXBUS_MEM);
}

static int note_iov(struct rsim_dev *dev)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_SRIOV), i;

	if (!p)
		return 0;
	dev->iov = arena_cold(dev_engine(dev)->arena, sizeof(*dev->iov));
	if (!dev->iov)
		return -ENOMEM;
	dev->iov->total = (uint16_t)fn_peek(&dev->fn, p + PCI_SRIOV_TOTAL_VF,
					    2);
	dev->iov->ctrl = (uint16_t)fn_peek(&dev->fn, p + PCI_SRIOV_CTRL, 2);
	dev->iov->num_vfs = (uint16_t)fn_peek(&dev->fn, p + PCI_SRIOV_NUM_VF,
					      2);
	dev->iov->pgsz = fn_peek(&dev->fn, p + PCI_SRIOV_SYS_PGSIZE, 4);
	for (i = 0; i < 6; i++)
		dev->iov->bar[i] = fn_peek(&dev->fn, p + PCI_SRIOV_BAR + 4 * i,
					   4);
	return 0;
}

static void note_ids(struct rsim_dev *dev, const struct os_platform *p)
{
	dev->vendor = (uint16_t)fn_peek(&dev->fn, PCI_VENDOR_ID, 2);
	dev->device = (uint16_t)fn_peek(&dev->fn, PCI_DEVICE_ID, 2);
	if (dev->fn.pf) {
		dev->vendor = p->vf_vendor;
		dev->device = p->vf_device;
	}
	dev->class_code = fn_peek(&dev->fn, PCI_CLASS_REVISION, 4) >> 8;
	/* Function numbers above 0 say it by themselves. A VF never does. */
	dev->multifunction = !dev->fn.pf &&
			     (fn_peek(&dev->fn, PCI_HEADER_TYPE, 1) & 0x80 ||
			      dev->fn.bdf.devfn & 7);
}

static void note_capabilities(struct rsim_dev *dev,
			      const struct os_platform *p)
{
	unsigned e = fn_cap(&dev->fn, HW_CAP_EXP);
	unsigned msi = fn_cap(&dev->fn, HW_CAP_MSI);
	unsigned msix = fn_cap(&dev->fn, HW_CAP_MSIX);

	dev->quirks = p->quirks | quirks_by_id(dev);
	dev->pm_cap = (uint16_t)fn_cap(&dev->fn, HW_CAP_PM);
	dev->d3hot_ms = p->d3hot_no_delay ? 0 : D3HOT_MS;
	/* Without power management no delay is set at all (9b). */
	dev->d3cold_ms = dev->pm_cap && !p->no_d3cold_delay ? D3COLD_MS : 0;
	dev->has_flr = dev->fn.cfg.layout->key.flr;
	dev->imm_ready = fn_peek(&dev->fn, PCI_STATUS, 2) &
			 PCI_STATUS_IMM_READY;
	dev->ats_cap = (uint16_t)fn_cap(&dev->fn, HW_CAP_ATS);
	if (dev->os->no_ats || dev->quirks & RSIM_QUIRK_NO_ATS)
		dev->ats_cap = 0;
	dev->current_state = dev->fn.d_state;
	dev->speed = port_speed(dev);
	dev->link_reports = e && fn_peek(&dev->fn, e + PCI_EXP_LNKCAP, 4) &
					 PCI_EXP_LNKCAP_DLLLARC;
	dev->msi_on = msi && fn_peek(&dev->fn, msi + PCI_MSI_FLAGS, 2) &
				     PCI_MSI_FLAGS_ENABLE;
	dev->msix_on = msix && fn_peek(&dev->fn, msix + PCI_MSIX_FLAGS, 2) &
				       PCI_MSIX_FLAGS_ENABLE;
	if (fn_cap(&dev->fn, HW_CAP_PASID))
		dev->max_pasids = p->max_pasids ? p->max_pasids : 1u << 16;
	note_cxl(dev);
	if (dev_bridge(dev))
		note_cxl(dev_bridge(dev));
}

/* pciehp owns a slot: it is hot-pluggable and its interrupt is enabled. */
static bool below_pciehp(const struct rsim_dev *dev)
{
	const struct hw_fn *b = dev->fn.bus->bridge;
	unsigned e = b ? fn_cap(b, HW_CAP_EXP) : 0;

	return e && b->cfg.layout->key.exp_flags & PCI_EXP_FLAGS_SLOT &&
	       !(dev->fn.bdf.devfn >> 3) &&
	       fn_peek(b, e + PCI_EXP_SLTCAP, 4) & PCI_EXP_SLTCAP_HPC &&
	       fn_peek(b, e + PCI_EXP_SLTCTL, 2) & PCI_EXP_SLTCTL_HPIE;
}

int os_device_add(struct os *os, struct rsim_dev *dev,
		  const struct os_platform *p)
{
	char bdf[RSIM_BDF_TEXT];
	int ret;

	dev->os = os;
	dev->name = p->name ? arena_strdup(os->e->arena, p->name)
			    : arena_strdup(os->e->arena,
					   rsim_bdf_text(dev->fn.bdf, bdf));
	if (!dev->name)
		return -ENOMEM;
	dev->lock = (struct mutex){ .name = "device", .dev = dev->fn.id,
				    .tried = true };
	dev->cfg_lock = (struct mutex){ .name = "config access",
					.dev = dev->fn.id, .tried = true };
	dev->sysfs = (struct mutex){ .name = "sysfs", .dev = dev->fn.id };
	dev->untrusted = p->untrusted;
	dev->acpi_rst = p->acpi_rst;
	dev->require_direct = p->require_direct;
	dev->attach_deferred = p->attach_deferred;
	dev->ats_refused = p->ats_refused;
	note_ids(dev, p);
	note_capabilities(dev, p);
	ret = note_iov(dev);
	if (ret)
		return ret;
	/* Before the slot driver and the IOMMU know of the device. */
	pci_init_reset_methods(dev);
	dev->has_reset_files = dev->methods[0] != RSIM_METHOD_NONE;
	dev->slot_pciehp = below_pciehp(dev);
	if (p->alias_of)
		dev->fn.ste = p->alias_of->fn.ste;
	return p->no_iommu ? 0 : group_probe_device(dev, p->group,
						    p->new_group);
}

void os_device_remove(struct rsim_dev *dev)
{
	/* sysfs keeps the device until a reset through it is over. */
	dev->removing = true;
	mutex_lock(dev_engine(dev), &dev->sysfs);
	mutex_lock(dev_engine(dev), &dev->lock);
	trace_add(dev_engine(dev), RSIM_EV_HW, dev->fn.id, "is removed");
	group_release_device(dev);
	mutex_unlock(dev_engine(dev), &dev->lock);
	arena_release(dev_engine(dev)->arena, dev->saved, sizeof(*dev->saved));
}
