/* SPDX-License-Identifier: MIT */
/*
 * Models: pci_device_group(), pci_for_each_dma_alias(), pci_acs_enabled()
 * with the quirks of pci_dev_specific_acs_enabled() that need no more than a
 * device's IDs [D612].
 */
#include "os/dev.h"

/* Source Validation, Request and Completion Redirect, Upstream Forwarding. */
#define REQ_ACS                                                                \
	(PCI_ACS_SV | PCI_ACS_RR | PCI_ACS_CR | PCI_ACS_UF)

static unsigned pcie_type(const struct rsim_dev *dev)
{
	return (dev->fn.cfg.layout->key.exp_flags & PCI_EXP_FLAGS_TYPE) >> 4;
}

/*
 * Multifunction endpoints whose vendor says that the functions cannot reach
 * each other (pci_quirk_mf_endpoint_acs). Their own ACS bits then only need
 * to be free of what a single function lacks.
 */
static const struct {
	uint16_t vendor, device;
} isolated_functions[] = {
	{ 0x1077, 0x2031 }, { 0x1077, 0x2532 }, { 0x1077, 0x8031 },
	{ 0x8086, 0x10c6 }, { 0x8086, 0x10db }, { 0x8086, 0x10dd },
	{ 0x8086, 0x10e1 }, { 0x8086, 0x10f1 }, { 0x8086, 0x10f7 },
	{ 0x8086, 0x10f8 }, { 0x8086, 0x10f9 }, { 0x8086, 0x10fa },
	{ 0x8086, 0x10fb }, { 0x8086, 0x10fc }, { 0x8086, 0x1507 },
	{ 0x8086, 0x1514 }, { 0x8086, 0x151c }, { 0x8086, 0x1529 },
	{ 0x8086, 0x152a }, { 0x8086, 0x154d }, { 0x8086, 0x154f },
	{ 0x8086, 0x1551 }, { 0x8086, 0x1558 }, { 0x8086, 0x1509 },
	{ 0x8086, 0x150e }, { 0x8086, 0x150f }, { 0x8086, 0x1510 },
	{ 0x8086, 0x1511 }, { 0x8086, 0x1516 }, { 0x8086, 0x1527 },
	{ 0x8086, 0x10c9 }, { 0x8086, 0x10e6 }, { 0x8086, 0x10e7 },
	{ 0x8086, 0x10e8 }, { 0x8086, 0x150a }, { 0x8086, 0x150d },
	{ 0x8086, 0x1518 }, { 0x8086, 0x1526 }, { 0x8086, 0x10a7 },
	{ 0x8086, 0x10a9 }, { 0x8086, 0x10d6 }, { 0x8086, 0x1521 },
	{ 0x8086, 0x1522 }, { 0x8086, 0x1523 }, { 0x8086, 0x1524 },
	{ 0x8086, 0x105e }, { 0x8086, 0x105f }, { 0x8086, 0x1060 },
	{ 0x8086, 0x10d9 }, { 0x8086, 0x15b7 }, { 0x8086, 0x15b8 },
};

/* 1: isolated, 0: not, -1: no quirk knows. */
static int acs_quirk(const struct rsim_dev *dev)
{
	unsigned i, n = sizeof(isolated_functions) /
			sizeof(isolated_functions[0]);

	for (i = 0; i < n; i++)
		if (isolated_functions[i].vendor == dev->vendor &&
		    isolated_functions[i].device == dev->device)
			return 1;
	/* Intel says so of all its root complex integrated endpoints; the
	 * quirk answers for conventional functions there too. */
	if (dev->vendor == 0x8086 && dev_is_pcie(dev) &&
	    pcie_type(dev) == PCI_EXP_TYPE_RC_END)
		return 1;
	return -1;
}

static bool acs_bits(struct rsim_dev *dev)
{
	unsigned p = fn_cap(&dev->fn, HW_CAP_ACS), want = REQ_ACS;

	if (!p)
		return false;
	/* What the function lacks needs no enabling, save egress control. */
	want &= fn_peek(&dev->fn, p + PCI_ACS_CAP, 2) | PCI_ACS_EC;
	return (os_cfg_read(dev, p + PCI_ACS_CTRL, 2) & want) == want;
}

static bool acs_enabled(struct rsim_dev *dev)
{
	int quirk = acs_quirk(dev);

	if (quirk >= 0)
		return quirk;
	if (!dev_is_pcie(dev))
		return false;
	switch (pcie_type(dev)) {
	case PCI_EXP_TYPE_PCIE_BRIDGE:
	case PCI_EXP_TYPE_PCI_BRIDGE:
	case PCI_EXP_TYPE_RC_EC:
		return false;
	case PCI_EXP_TYPE_DOWNSTREAM:
	case PCI_EXP_TYPE_ROOT_PORT:
		return acs_bits(dev);
	default:
		return !dev->multifunction || acs_bits(dev);
	}
}

/* From @dev up to the root bus. */
static bool acs_path_enabled(struct rsim_dev *dev)
{
	for (; dev; dev = dev_bridge(dev))
		if (!acs_enabled(dev))
			return false;
	return true;
}

/*
 * Walks the functions whose requester ID stands in for @dev's. Stops at the
 * first that has a group; *last is the one nearest to the root.
 */
static struct rsim_group *alias_group(struct rsim_dev *dev,
				      struct rsim_dev **last)
{
	struct rsim_dev *b;

	*last = dev;
	if (dev->group)
		return dev->group;
	for (b = dev_bridge(dev); b; b = dev_bridge(b)) {
		if (dev_is_pcie(b)) {
			unsigned type = pcie_type(b);

			if (type != PCI_EXP_TYPE_PCI_BRIDGE &&
			    type != PCI_EXP_TYPE_PCIE_BRIDGE)
				continue;
		}
		*last = b;
		if (b->group)
			return b->group;
	}
	return NULL;
}

/* Functions of the same slot that are not isolated from it. */
static struct rsim_group *function_group(struct rsim_dev *dev)
{
	struct hw_fn *fn;

	if (!dev->multifunction || acs_enabled(dev))
		return NULL;
	for (fn = dev->fn.bus->first; fn; fn = fn->next) {
		struct rsim_dev *other = fn_dev(fn);

		if (other == dev || !other->group ||
		    fn->bdf.devfn >> 3 != dev->fn.bdf.devfn >> 3 ||
		    acs_enabled(other))
			continue;
		return other->group;
	}
	return NULL;
}

struct rsim_group *pci_device_group(struct rsim_dev *dev)
{
	struct rsim_group *g;
	struct rsim_dev *b;

	g = alias_group(dev, &dev);
	/* Upstream, to where ACS keeps peers apart. */
	for (b = dev_bridge(dev); !g && b; b = dev_bridge(b)) {
		if (acs_path_enabled(b))
			break;
		dev = b;
		g = b->group;
	}
	if (!g)
		g = dev->group;
	if (!g)
		g = function_group(dev);
	return g ? g : group_new(dev->os);
}
