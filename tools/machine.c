/* SPDX-License-Identifier: MIT */
/* rsim machine: one line a function. */
#include "tool.h"

#include <linux/pci_regs.h>

struct options {
	struct rsim_config config;
	const char *dump;
	bool export;
};

enum { OPT_KERNEL = 256, OPT_IOMMU, OPT_EXPORT };

static const struct argp_option options[] = {
	{ "kernel", OPT_KERNEL, "VERSION", 0,
	  "PCI code of Linux 6.12, 7.0 or 7.3 (default)", 0 },
	{ "iommu", OPT_IOMMU, "KIND", 0,
	  "vtd (default), smmuv3, amd or none: a dump cannot say", 0 },
	{ "export", OPT_EXPORT, NULL, 0,
	  "write the dump back from the model's config space", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_KERNEL:
		o->config.kernel = tool_kernel(arg, state);
		return 0;
	case OPT_IOMMU:
		o->config.iommu = tool_iommu(arg, state);
		return 0;
	case OPT_EXPORT:
		o->export = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->dump)
			argp_usage(state);
		o->dump = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->dump)
			argp_error(state, "which DUMP?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static void print_methods(const struct rsim_dev *dev)
{
	const uint8_t *m = rsim_dev_methods(dev);
	unsigned i;

	putchar('\t');
	if (!m[0])
		putchar('-');
	for (i = 0; i < RSIM_METHODS && m[i]; i++)
		printf("%s%s", i ? "," : "", rsim_method_name(m[i]));
}

/* The lowest address of the group stands for it. */
static void print_group(const struct rsim_dev *dev)
{
	const struct rsim_group *g = rsim_dev_group(dev);
	char low[RSIM_BDF_TEXT];
	struct rsim_bdf best;
	struct rsim_dev *d;

	if (!g) {
		printf("\t-");
		return;
	}
	best = rsim_dev_bdf(rsim_group_first(g));
	for (d = rsim_group_first(g); d; d = rsim_group_next(d)) {
		struct rsim_bdf b = rsim_dev_bdf(d);

		if (b.domain < best.domain ||
		    (b.domain == best.domain &&
		     (b.bus < best.bus ||
		      (b.bus == best.bus && b.devfn < best.devfn))))
			best = b;
	}
	printf("\t%s", rsim_bdf_text(best, low));
}

static const char *ats_word(const struct rsim_dev *dev)
{
	if (!rsim_dev_ext_cap(dev, PCI_EXT_CAP_ID_ATS))
		return "-";
	return rsim_dev_ats_enabled(dev) ? "on" : "cap";
}

static void print_table(struct rsim *w)
{
	struct rsim_dev *dev;

	printf("#bdf\tgroup\treset_methods\tredetected\tats\n");
	for (dev = rsim_dev_next(w, NULL); dev; dev = rsim_dev_next(w, dev)) {
		char bdf[RSIM_BDF_TEXT];
		const char *ats = ats_word(dev);

		printf("%s", rsim_bdf_text(rsim_dev_bdf(dev), bdf));
		print_group(dev);
		print_methods(dev);
		rsim_reset_method_store(dev, "default");
		print_methods(dev);
		printf("\t%s\n", ats);
	}
}

int verb_machine(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, "DUMP",
		"Prints what Linux makes of every function in DUMP, the text of"
		" `lspci -D -xxxx`: its address, the lowest address of its"
		" IOMMU group, its reset methods as found at enumeration and"
		" after writing `default` to reset_method, and whether ATS is"
		" there (cap) or on.", NULL, NULL, NULL
	};
	struct options o = { .config.iommu = RSIM_IOMMU_VTD };
	struct rsim *w;
	int ret = EXIT_OK;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	w = rsim_new(&o.config);
	if (!w || rsim_machine_load(w, o.dump)) {
		fprintf(stderr, "rsim: %s\n", w ? rsim_error(w) : "no memory");
		ret = EXIT_USAGE;
	} else if (o.export) {
		ret = rsim_machine_export(w, stdout) ? EXIT_USAGE : EXIT_OK;
	} else {
		print_table(w);
	}
	rsim_free(w);
	return ret;
}
