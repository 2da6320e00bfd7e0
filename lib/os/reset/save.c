/* SPDX-License-Identifier: MIT */
/*
 * Models: pci_dev_save_and_disable(), pci_save_state(), pci_dev_restore(),
 * pci_restore_state() in the order of 7.3.4.
 * Not modelled: VC, ReBAR, L1 substates, PRI and PASID (their state is
 * kept by drivers that rsim has not), and the walks of capability lists.
 */
#include "os/reset/reset.h"

/* Registers of the PCI Express capability that are kept, in Linux' order. */
static const struct {
	uint8_t off;
	bool link, slot, root, v2;
} exp_regs[SAVED_EXP] = {	/* Linux has SLTCTL2 here too, but not in the
				 * list of registers that exist */
	{ PCI_EXP_DEVCTL, false, false, false, false },
	{ PCI_EXP_LNKCTL, true, false, false, false },
	{ PCI_EXP_SLTCTL, false, true, false, false },
	{ PCI_EXP_RTCTL, false, false, true, false },
	{ PCI_EXP_DEVCTL2, false, false, false, true },
	{ PCI_EXP_LNKCTL2, true, false, false, true },
};

static bool has_exp_reg(const struct rsim_dev *dev, unsigned i)
{
	unsigned flags = dev->fn.cfg.layout->key.exp_flags;
	unsigned type = (flags & PCI_EXP_FLAGS_TYPE) >> 4;
	bool rc = type == PCI_EXP_TYPE_RC_END || type == PCI_EXP_TYPE_RC_EC;

	if (exp_regs[i].v2 && (flags & PCI_EXP_FLAGS_VERS) < 2)
		return false;
	if (exp_regs[i].link && rc)
		return false;
	if (exp_regs[i].slot && (!(flags & PCI_EXP_FLAGS_SLOT) ||
				 (type != PCI_EXP_TYPE_ROOT_PORT &&
				  type != PCI_EXP_TYPE_DOWNSTREAM)))
		return false;
	return !exp_regs[i].root || type == PCI_EXP_TYPE_ROOT_PORT ||
	       type == PCI_EXP_TYPE_RC_EC;
}

static const uint8_t aer_regs[SAVED_AER] = {
	PCI_ERR_UNCOR_MASK, PCI_ERR_UNCOR_SEVER, PCI_ERR_COR_MASK, PCI_ERR_CAP,
	PCI_ERR_ROOT_COMMAND,
};

static unsigned aer_count(const struct rsim_dev *dev)
{
	unsigned type = (dev->fn.cfg.layout->key.exp_flags &
			 PCI_EXP_FLAGS_TYPE) >> 4;

	return type == PCI_EXP_TYPE_ROOT_PORT || type == PCI_EXP_TYPE_RC_EC
		       ? SAVED_AER : SAVED_AER - 1;
}

typedef uint32_t (*read_fn)(struct rsim_dev *dev, unsigned off, unsigned size);

static void save_with(struct rsim_dev *dev, read_fn rd)
{
	unsigned exp = fn_cap(&dev->fn, HW_CAP_EXP);
	unsigned aer = fn_cap(&dev->fn, HW_CAP_AER);
	unsigned pcix = fn_cap(&dev->fn, HW_CAP_PCIX);
	unsigned dpc = fn_cap(&dev->fn, HW_CAP_DPC);
	struct os_saved *s = dev->saved;
	unsigned i;

	for (i = 0; i < SAVED_HEADER; i++)
		s->header[i] = rd(dev, 4 * i, 4);
	for (i = 0; exp && i < SAVED_EXP; i++)
		if (has_exp_reg(dev, i))
			s->exp[i] = (uint16_t)rd(dev, exp + exp_regs[i].off,
						 2);
	if (pcix)
		s->pcix = (uint16_t)rd(dev, pcix + 2, 2);
	if (dpc)
		s->dpc = (uint16_t)rd(dev, dpc + 6, 2);
	for (i = 0; aer && i < aer_count(dev); i++)
		s->aer[i] = rd(dev, aer + aer_regs[i], 4);
}

static uint32_t peek(struct rsim_dev *dev, unsigned off, unsigned size)
{
	return fn_peek(&dev->fn, off, size);
}

void os_note_msi(struct rsim_dev *dev)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_MSI);
	unsigned kind = dev->fn.cfg.layout->key.msi_flags;
	struct os_saved *s = dev->saved;
	bool wide = kind & PCI_MSI_FLAGS_64BIT;

	if (!p)
		return;
	s->msi.flags = (uint16_t)peek(dev, p + PCI_MSI_FLAGS, 2);
	s->msi.lo = peek(dev, p + PCI_MSI_ADDRESS_LO, 4);
	s->msi.hi = wide ? peek(dev, p + PCI_MSI_ADDRESS_HI, 4) : 0;
	s->msi.data = (uint16_t)peek(dev, p + (wide ? PCI_MSI_DATA_64
						    : PCI_MSI_DATA_32), 2);
	if (kind & PCI_MSI_FLAGS_MASKBIT)
		s->msi.mask = peek(dev, p + (wide ? PCI_MSI_MASK_64
						  : PCI_MSI_MASK_32), 4);
}

void os_save_initial(struct rsim_dev *dev)
{
	save_with(dev, peek);
	os_note_msi(dev);
	dev->saved->valid = dev->os->kernel == RSIM_KERNEL_7_3;
}

void os_save_state(struct rsim_dev *dev)
{
	trace_call(dev_engine(dev), dev->fn.id, "pci_save_state");
	save_with(dev, os_cfg_read);
	dev->saved->valid = true;
	trace_done(dev_engine(dev), dev->fn.id, "pci_save_state");
}

/* From the last register of the range to the first; writes what differs. */
static void restore_range(struct rsim_dev *dev, unsigned first, unsigned last,
			  bool force)
{
	unsigned i = last + 1;

	while (i-- > first) {
		uint32_t want = dev->saved->header[i];

		if (os_cfg_read(dev, 4 * i, 4) != want || force)
			os_cfg_write(dev, 4 * i, 4, want);
	}
}

static void restore_header(struct rsim_dev *dev)
{
	switch (dev->fn.cfg.layout->key.header) {
	case PCI_HEADER_TYPE_NORMAL:
		restore_range(dev, 10, 15, false);
		restore_range(dev, 4, 9, false);
		restore_range(dev, 0, 3, false);
		break;
	case PCI_HEADER_TYPE_BRIDGE:
		restore_range(dev, 12, 15, false);
		restore_range(dev, 9, 11, true);
		restore_range(dev, 0, 8, false);
		break;
	default:
		restore_range(dev, 0, 15, false);
	}
}

static void aer_clear(struct rsim_dev *dev, unsigned reg)
{
	uint32_t v = os_cfg_read(dev, reg, 4);

	os_cfg_write(dev, reg, 4, v);
}

static void restore_aer(struct rsim_dev *dev)
{
	unsigned aer = fn_cap(&dev->fn, HW_CAP_AER), i;

	if (!aer)
		return;
	if (aer_count(dev) == SAVED_AER)
		aer_clear(dev, aer + PCI_ERR_ROOT_STATUS);
	aer_clear(dev, aer + PCI_ERR_COR_STATUS);
	aer_clear(dev, aer + PCI_ERR_UNCOR_STATUS);
	for (i = 0; i < aer_count(dev); i++)
		os_cfg_write(dev, aer + aer_regs[i], 4, dev->saved->aer[i]);
}

/* pci_intx(dev, 0): interrupts come as messages again. */
static void intx_off(struct rsim_dev *dev)
{
	uint32_t cmd = os_cfg_read(dev, PCI_COMMAND, 2);

	if (!(cmd & PCI_COMMAND_INTX_DISABLE))
		os_cfg_write(dev, PCI_COMMAND, 2,
			     cmd | PCI_COMMAND_INTX_DISABLE);
}

/* pci_write_msg_msi(): the number of vectors, then the message. */
static void write_msi(struct rsim_dev *dev, unsigned p)
{
	bool wide = dev->fn.cfg.layout->key.msi_flags & PCI_MSI_FLAGS_64BIT;
	const struct os_saved *s = dev->saved;
	uint32_t flags = os_cfg_read(dev, p + PCI_MSI_FLAGS, 2);

	flags &= ~(uint32_t)PCI_MSI_FLAGS_QSIZE;
	os_cfg_write(dev, p + PCI_MSI_FLAGS, 2,
		     flags | (s->msi.flags & PCI_MSI_FLAGS_QSIZE));
	os_cfg_write(dev, p + PCI_MSI_ADDRESS_LO, 4, s->msi.lo);
	if (wide)
		os_cfg_write(dev, p + PCI_MSI_ADDRESS_HI, 4, s->msi.hi);
	os_cfg_write(dev, p + (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32), 2,
		     s->msi.data);
	os_cfg_read(dev, p + PCI_MSI_FLAGS, 2);
}

static void restore_msi(struct rsim_dev *dev)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_MSI);
	unsigned kind = dev->fn.cfg.layout->key.msi_flags;
	uint32_t flags;

	if (!dev->msi_on || !p)
		return;
	intx_off(dev);
	flags = os_cfg_read(dev, p + PCI_MSI_FLAGS, 2);
	os_cfg_write(dev, p + PCI_MSI_FLAGS, 2,
		     flags & ~(uint32_t)PCI_MSI_FLAGS_ENABLE);
	if (!dev->disconnected)
		write_msi(dev, p);
	flags = os_cfg_read(dev, p + PCI_MSI_FLAGS, 2);
	if (kind & PCI_MSI_FLAGS_MASKBIT)
		os_cfg_write(dev, p + (kind & PCI_MSI_FLAGS_64BIT
					       ? PCI_MSI_MASK_64
					       : PCI_MSI_MASK_32), 4,
			     dev->saved->msi.mask);
	flags &= ~(uint32_t)PCI_MSI_FLAGS_QSIZE;
	flags |= dev->saved->msi.flags & PCI_MSI_FLAGS_QSIZE;
	os_cfg_write(dev, p + PCI_MSI_FLAGS, 2, flags | PCI_MSI_FLAGS_ENABLE);
}

/* The table lies in memory space: decoding is on while it is written. */
static void restore_msix(struct rsim_dev *dev)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_MSIX) + PCI_MSIX_FLAGS;
	uint32_t flags, cmd;

	if (!dev->msix_on || !fn_cap(&dev->fn, HW_CAP_MSIX))
		return;
	intx_off(dev);
	flags = os_cfg_read(dev, p, 2);
	os_cfg_write(dev, p, 2,
		     flags | PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	cmd = os_cfg_read(dev, PCI_COMMAND, 2);
	os_cfg_write(dev, PCI_COMMAND, 2, cmd | PCI_COMMAND_MEMORY);
	os_cfg_write(dev, PCI_COMMAND, 2, cmd);
	flags = os_cfg_read(dev, p, 2);
	os_cfg_write(dev, p, 2, flags & ~(uint32_t)PCI_MSIX_FLAGS_MASKALL);
}

static void restore_acs(struct rsim_dev *dev)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_ACS);
	uint32_t cap, ctl;

	if (!p || !dev->os->ops)
		return;	/* Linux asks for ACS where there is an IOMMU */
	/* 7.3 has read what the function can do when it found it. */
	cap = dev->os->kernel == RSIM_KERNEL_7_3
		      ? fn_peek(&dev->fn, p + PCI_ACS_CAP, 2)
		      : os_cfg_read(dev, p + PCI_ACS_CAP, 2);
	ctl = os_cfg_read(dev, p + PCI_ACS_CTRL, 2);
	ctl |= cap & (PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF);
	os_cfg_write(dev, p + PCI_ACS_CTRL, 2, ctl);
}

/* sriov_restore_state(): the VFs come back, without what they held. */
static void restore_iov(struct rsim_dev *dev)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_SRIOV), i;
	const struct os_iov *iov = dev->iov;
	uint32_t ctl;

	if (!p || !iov)
		return;
	ctl = os_cfg_read(dev, p + PCI_SRIOV_CTRL, 2);
	if (ctl & PCI_SRIOV_CTRL_VFE)
		return;
	ctl &= ~(uint32_t)PCI_SRIOV_CTRL_ARI;
	ctl |= iov->ctrl & PCI_SRIOV_CTRL_ARI;
	os_cfg_write(dev, p + PCI_SRIOV_CTRL, 2, ctl);
	for (i = 0; i < 6; i++) {
		os_cfg_read(dev, p + PCI_SRIOV_CTRL, 2);
		if (!iov->bar[i])
			continue;
		os_cfg_write(dev, p + PCI_SRIOV_BAR + 4 * i, 4,
			     iov->bar[i]);
		if (i < 5 && (iov->bar[i] & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
				     PCI_BASE_ADDRESS_MEM_TYPE_64) {
			i++;
			os_cfg_write(dev, p + PCI_SRIOV_BAR + 4 * i, 4,
				     iov->bar[i]);
			os_cfg_read(dev, p + PCI_SRIOV_CTRL, 2);
		}
	}
	os_cfg_write(dev, p + PCI_SRIOV_SYS_PGSIZE, 4, iov->pgsz);
	os_cfg_write(dev, p + PCI_SRIOV_NUM_VF, 2, iov->num_vfs);
	os_cfg_read(dev, p + PCI_SRIOV_VF_OFFSET, 2);
	os_cfg_read(dev, p + PCI_SRIOV_VF_STRIDE, 2);
	os_cfg_write(dev, p + PCI_SRIOV_CTRL, 2, iov->ctrl);
	if (iov->ctrl & PCI_SRIOV_CTRL_VFE)
		os_msleep(dev, 100);
}

static void pci_restore_state(struct rsim_dev *dev)
{
	unsigned exp = fn_cap(&dev->fn, HW_CAP_EXP), i;

	if (!dev->saved->valid)
		return;
	for (i = 0; exp && i < SAVED_EXP; i++)
		if (has_exp_reg(dev, i))
			os_cfg_write(dev, exp + exp_regs[i].off, 2,
				     dev->saved->exp[i]);
	pci_restore_ats_state(dev);
	if (fn_cap(&dev->fn, HW_CAP_DPC))
		os_cfg_write(dev, fn_cap(&dev->fn, HW_CAP_DPC) + 6, 2,
			     dev->saved->dpc);
	restore_aer(dev);
	restore_header(dev);
	if (fn_cap(&dev->fn, HW_CAP_PCIX))
		os_cfg_write(dev, fn_cap(&dev->fn, HW_CAP_PCIX) + 2, 2,
			     dev->saved->pcix);
	restore_msi(dev);
	restore_msix(dev);
	restore_acs(dev);
	restore_iov(dev);
	/* 7.3 keeps it for a device whose registers cannot be read next
	 * time: then the last state that was saved is restored. */
	dev->saved->valid = dev->os->kernel == RSIM_KERNEL_7_3;
}

void os_restore_state(struct rsim_dev *dev)
{
	trace_call(dev_engine(dev), dev->fn.id, "pci_restore_state");
	pci_restore_state(dev);
	trace_done(dev_engine(dev), dev->fn.id, "pci_restore_state");
}

/* Since 7.0 a driver that has no say in a reset is at least mentioned. */
static void no_handler(struct rsim_dev *dev, const char *what)
{
	if (dev->driver && dev->os->kernel != RSIM_KERNEL_6_12)
		trace_log(dev_engine(dev), dev->fn.id, what, 0);
}

void pci_dev_save_and_disable(struct rsim_dev *dev)
{
	struct engine *e = dev_engine(dev);

	trace_call(e, dev->fn.id, "pci_dev_save_and_disable");
	if (dev->driver && dev->driver->reset_prepare) {
		trace_add(e, RSIM_EV_DRIVER, dev->fn.id, "reset_prepare");
		dev->driver->reset_prepare(dev, dev->driver_ctx);
	} else {
		no_handler(dev, "resetting under its driver");
	}
	if (dev->pm_cap && dev->current_state) {
		os_cfg_write(dev, dev->pm_cap + PCI_PM_CTRL, 2, 0);
		dev->current_state = 0;
	}
	if (dev->os->kernel != RSIM_KERNEL_7_0 &&
	    os_cfg_read(dev, PCI_COMMAND, 4) == ~0u) {
		trace_log(e, dev->fn.id,
			  "config space inaccessible, nothing saved", 0);
	} else {
		os_save_state(dev);
		os_cfg_write(dev, PCI_COMMAND, 2, PCI_COMMAND_INTX_DISABLE);
	}
	trace_done(e, dev->fn.id, "pci_dev_save_and_disable");
}

void pci_dev_restore(struct rsim_dev *dev)
{
	struct engine *e = dev_engine(dev);

	trace_call(e, dev->fn.id, "pci_dev_restore");
	os_restore_state(dev);
	if (dev->driver && dev->driver->reset_done) {
		trace_add(e, RSIM_EV_DRIVER, dev->fn.id, "reset_done");
		dev->driver->reset_done(dev, dev->driver_ctx);
	} else {
		no_handler(dev, "reset under its driver");
	}
	trace_done(e, dev->fn.id, "pci_dev_restore");
}
