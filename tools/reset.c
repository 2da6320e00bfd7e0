/* SPDX-License-Identifier: MIT */
/* rsim reset: one reset of one function, told. */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FAULTS = 16 };

struct options {
	struct rsim_config config;
	const char *dump, *method;
	struct rsim_bdf bdf;
	bool has_bdf, all;
	const char *fault[MAX_FAULTS];
	unsigned faults;
};

enum { OPT_METHOD = 256, OPT_PROTO, OPT_FAULT, OPT_KERNEL, OPT_IOMMU, OPT_ALL };

static const struct argp_option options[] = {
	{ "method", OPT_METHOD, "NAME", 0,
	  "write NAME to reset_method first, as flr or 'flr bus'", 0 },
	{ "proto", OPT_PROTO, "NAME", 0,
	  "the protocol (default: on-success)", 0 },
	{ "fault", OPT_FAULT, "POINT[=VALUE][*COUNT]", 0,
	  "break something; --fault=help lists the points", 0 },
	{ "kernel", OPT_KERNEL, "VERSION", 0, "6.12, 7.0 or 7.3 (default)", 0 },
	{ "iommu", OPT_IOMMU, "KIND", 0,
	  "vtd (default), smmuv3, amd or none", 0 },
	{ "all", OPT_ALL, NULL, 0, "print every event, not only the story", 0 },
	{ 0 }
};

static void list_faults(void)
{
	unsigned p;

	for (p = 0; rsim_fault_name(p); p++)
		printf("%-14s %s\n", rsim_fault_name(p), rsim_fault_help(p));
}

static void parse_arg(struct options *o, char *arg, struct argp_state *state)
{
	if (!o->dump) {
		o->dump = arg;
	} else if (!o->has_bdf) {
		if (rsim_bdf_parse(arg, &o->bdf))
			argp_error(state, "'%s' is no address; expected"
				   " [DDDD:]BB:DD.F", arg);
		o->has_bdf = true;
	} else {
		argp_usage(state);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_METHOD:
		o->method = arg;
		return 0;
	case OPT_PROTO:
		o->config.proto = tool_proto(arg, state);
		return 0;
	case OPT_FAULT:
		if (!strcmp(arg, "help")) {
			list_faults();
			exit(EXIT_OK);
		}
		if (o->faults == MAX_FAULTS)
			argp_error(state, "at most %d faults", MAX_FAULTS);
		o->fault[o->faults++] = arg;
		return 0;
	case OPT_KERNEL:
		o->config.kernel = tool_kernel(arg, state);
		return 0;
	case OPT_IOMMU:
		o->config.iommu = tool_iommu(arg, state);
		return 0;
	case OPT_ALL:
		o->all = true;
		return 0;
	case ARGP_KEY_ARG:
		parse_arg(o, arg, state);
		return 0;
	case ARGP_KEY_END:
		if (!o->has_bdf)
			argp_error(state, "which DUMP, which function?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static int complain(const char *what)
{
	fprintf(stderr, "rsim: %s\n", what);
	return EXIT_USAGE;
}

/* Points that are not about a function at all, or about the port above. */
static struct rsim_dev *fault_dev(enum rsim_fault_point p,
				  struct rsim_dev *dev)
{
	struct rsim_dev *up = rsim_dev_upstream(dev);

	switch (p) {
	case RSIM_FAULT_ALLOC:
	case RSIM_FAULT_ALLOC_DEFAULT:
		return NULL;
	case RSIM_FAULT_LINK:
	case RSIM_FAULT_CFG_READ:
		return up;
	default:
		return dev;
	}
}

static int break_things(struct rsim *w, struct options *o,
			struct rsim_dev *dev)
{
	unsigned i;

	for (i = 0; i < o->faults; i++) {
		struct rsim_fault f;

		if (rsim_fault_parse(w, o->fault[i], &f))
			return complain(rsim_error(w));
		f.dev = fault_dev(f.point, dev);
		if (rsim_fault_add(w, &f))
			return complain("too many faults");
	}
	return EXIT_OK;
}

static const char *state_word(const struct rsim_dev *dev)
{
	if (!rsim_dev_group(dev))
		return "no IOMMU";
	return rsim_dev_blocked(dev) ? "parked" : "open";
}

static int reset(struct rsim *w, struct options *o)
{
	enum rsim_trace_detail detail = o->all ? RSIM_TRACE_ALL
					       : RSIM_TRACE_STORY;
	struct rsim_dev *dev = rsim_dev_find(w, o->bdf);
	char bdf[RSIM_BDF_TEXT];
	long ret;

	if (!dev) {
		fprintf(stderr, "rsim: %s: there is no function %s\n", o->dump,
			rsim_bdf_text(o->bdf, bdf));
		return EXIT_USAGE;
	}
	if (o->method) {
		ret = rsim_reset_method_store(dev, o->method);
		if (ret < 0) {
			rsim_trace_print(w, stdout, 0, detail);
			fprintf(stderr, "rsim: reset_method: '%s' is not for "
				"%s: errno %ld\n", o->method,
				rsim_bdf_text(o->bdf, bdf), -ret);
			return EXIT_USAGE;
		}
	}
	if (break_things(w, o, dev))
		return EXIT_USAGE;
	ret = rsim_reset_store(dev, "1");
	if (ret == -ENOENT)
		ret = -ENOTTY;	/* no method, no file: as a reset would say */
	else if (ret > 0)
		ret = 0;
	rsim_trace_print(w, stdout, 0, detail);
	if (rsim_status(w))
		return complain("no memory: the trace is not complete");
	printf("result=%ld resets=%u state=%s ats=%s fenced=%d proto=%s\n",
	       ret, rsim_dev_resets(dev), state_word(dev),
	       rsim_dev_ats_enabled(dev) ? "on" : "off",
	       rsim_dev_group(dev) ? rsim_group_fenced(rsim_dev_group(dev)) : 0,
	       rsim_world_proto(w)->name);
	return ret ? EXIT_FOUND : EXIT_OK;
}

int verb_reset(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, "DUMP BDF",
		"Resets the function BDF of the machine in DUMP as writing 1 to"
		" its sysfs file does, and prints what happened. The last line"
		" has the result: 0 or a negative errno; whether the device is"
		" open or parked; whether its group is fenced. Exit 1: the"
		" reset failed.", NULL, NULL, NULL
	};
	struct options o = { .config.iommu = RSIM_IOMMU_VTD };
	struct rsim *w;
	int ret;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	w = rsim_new(&o.config);
	if (!w)
		return complain("no memory");
	ret = rsim_machine_load(w, o.dump) ? complain(rsim_error(w))
					   : reset(w, &o);
	rsim_free(w);
	return ret;
}
