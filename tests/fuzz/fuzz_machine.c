/* SPDX-License-Identifier: MIT */
/*
 * Machines of some functions with odd config spaces: each begins as one of a
 * few that work, and then has bytes changed. The input is binary, so that
 * few of its mutations are mere syntax errors.
 */
#include "use.h"

#include <linux/pci_regs.h>

enum { MAX_FNS = 12, TEXT_MAX = MAX_FNS * 14000 };

struct text {
	char *buf;
	size_t len;
};

static void put_cap(uint8_t *cfg, unsigned at, uint8_t id, uint8_t next)
{
	cfg[at] = id;
	cfg[at + 1] = next;
}

static void put_ext(uint8_t *cfg, unsigned at, unsigned id, unsigned next)
{
	uint32_t head = id | 1u << 16 | (uint32_t)next << 20;

	memcpy(cfg + at, &head, 4);
}

static void begin(uint8_t *cfg, uint8_t kind)
{
	static const uint8_t types[] = {
		PCI_EXP_TYPE_ENDPOINT, PCI_EXP_TYPE_ROOT_PORT,
		PCI_EXP_TYPE_UPSTREAM, PCI_EXP_TYPE_DOWNSTREAM,
		PCI_EXP_TYPE_PCI_BRIDGE, PCI_EXP_TYPE_RC_END,
		PCI_EXP_TYPE_ENDPOINT, PCI_EXP_TYPE_PCIE_BRIDGE,
	};
	uint8_t type = types[kind % 8];

	memset(cfg, 0, 4096);
	memcpy(cfg, (const uint8_t[]){ 0x34, 0x12, 1, 0, 6, 0, 0x10, 0 }, 8);
	if (kind % 8 == 6)
		memset(cfg, 0xff, 4);
	if (type != PCI_EXP_TYPE_ENDPOINT && type != PCI_EXP_TYPE_RC_END)
		cfg[PCI_HEADER_TYPE] = 1;
	cfg[PCI_CAPABILITY_LIST] = 0x40;
	put_cap(cfg, 0x40, PCI_CAP_ID_EXP, 0x80);
	cfg[0x40 + PCI_EXP_FLAGS] = (uint8_t)(type << 4 | 2);
	cfg[0x40 + PCI_EXP_DEVCAP + 3] = 0x10;	/* FLR */
	cfg[0x40 + PCI_EXP_LNKCAP + 2] = 0x10;	/* reports DLL Link Active */
	cfg[0x40 + PCI_EXP_LNKSTA + 1] = 0x20;
	put_cap(cfg, 0x80, PCI_CAP_ID_PM, 0x90);
	put_cap(cfg, 0x90, PCI_CAP_ID_AF, 0xa0);
	cfg[0x90 + PCI_AF_LENGTH] = 6;
	cfg[0x90 + PCI_AF_CAP] = 3;
	put_cap(cfg, 0xa0, PCI_CAP_ID_MSI, 0xc0);
	put_cap(cfg, 0xc0, PCI_CAP_ID_MSIX, 0);
	put_ext(cfg, 0x100, PCI_EXT_CAP_ID_ATS, 0x110);
	cfg[0x104] = 0x20;
	cfg[0x107] = 0x80;
	put_ext(cfg, 0x110, PCI_EXT_CAP_ID_PASID, 0x120);
	put_ext(cfg, 0x120, PCI_EXT_CAP_ID_SRIOV, 0x170);
	memcpy(cfg + 0x120 + PCI_SRIOV_TOTAL_VF, (uint8_t[]){ 4 }, 1);
	cfg[0x120 + PCI_SRIOV_VF_OFFSET] = 1;
	cfg[0x120 + PCI_SRIOV_VF_STRIDE] = 1;
	cfg[0x120 + PCI_SRIOV_CTRL] = 1;
	put_ext(cfg, 0x170, PCI_EXT_CAP_ID_ACS, 0x180);
	put_ext(cfg, 0x180, PCI_EXT_CAP_ID_PRI, 0x190);
	put_ext(cfg, 0x190, PCI_EXT_CAP_ID_ERR, 0x1d0);
	put_ext(cfg, 0x1d0, PCI_EXT_CAP_ID_DVSEC, 0);
	memcpy(cfg + 0x1d4, (uint8_t[]){ 0x98, 0x1e, 0x80, 2, 3, 0 }, 6);
}

static void put_fn(struct text *t, unsigned bus, unsigned devfn,
		   const uint8_t *cfg, unsigned size)
{
	static const char digits[] = "0123456789abcdef";
	unsigned i;

	t->len += (size_t)sprintf(t->buf + t->len, "%02x:%02x.%x\n", bus,
				  devfn >> 3, devfn & 7);
	for (i = 0; i < size; i++) {
		if (i % 16 == 0)
			t->len += (size_t)sprintf(t->buf + t->len, "%02x:", i);
		t->buf[t->len++] = ' ';
		t->buf[t->len++] = digits[cfg[i] >> 4];
		t->buf[t->len++] = digits[cfg[i] & 15];
		if (i % 16 == 15)
			t->buf[t->len++] = '\n';
	}
}

static void make_fn(struct text *t, struct input *in)
{
	uint8_t kind = take(in), bus = take(in), devfn = take(in);
	unsigned changes = take(in) % 32;
	uint8_t cfg[4096];

	begin(cfg, kind);
	if (cfg[PCI_HEADER_TYPE])
		cfg[PCI_SECONDARY_BUS] = cfg[PCI_SUBORDINATE_BUS] = take(in);
	while (changes--) {
		unsigned off = (take(in) << 8 | take(in)) & 0xfff;

		/* Most of what matters is in the first 512 bytes. */
		if (off >= 0x800)
			off &= 0x1ff;
		cfg[off] = take(in);
	}
	put_fn(t, kind & 0x10 ? bus : bus % 4, devfn, cfg,
	       kind & 0x20 ? 256 : 4096);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct rsim *w = fuzz_world(take(&in));
	unsigned fns = take(&in) % MAX_FNS + 1;
	struct text t = { malloc(TEXT_MAX), 0 };

	if (!t.buf)
		abort();
	while (fns--)
		make_fn(&t, &in);
	if (!rsim_machine_parse(w, t.buf, t.len, "input"))
		use_machine(w, &in);
	else if (!*rsim_error(w) || rsim_dev_next(w, NULL))
		abort();
	free(t.buf);
	rsim_free(w);
	return 0;
}
