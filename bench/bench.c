/* SPDX-License-Identifier: MIT */
/*
 * What rsim costs on this host: bench [--quick]. Not a test: the numbers
 * depend on the machine and are compared by people. Every figure is the best
 * of some rounds, for what disturbs a measurement only makes it slower.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rsim/rsim.h>

enum { BUSES = 256, SLOTS = 256 };

static unsigned rounds = 5;
static unsigned scale = 1;	/* --quick divides by it */

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void row(const char *what, uint64_t value, const char *unit,
		const char *aim)
{
	printf("%-52s %9" PRIu64 " %-12s %s\n", what, value, unit, aim);
	fflush(stdout);
}

struct scene {
	struct rsim *w;
	struct rsim_dev *port, *dev;
};

static struct scene scene_new(enum rsim_iommu iommu)
{
	struct rsim_config c = { .iommu = iommu };
	struct scene s = { .w = rsim_new(&c) };

	must(s.w, "no memory");
	s.port = rsim_dev_add(s.w, &(struct rsim_dev_desc){
		.type = RSIM_ROOT_PORT,
		.caps = RSIM_CAP_ACS | RSIM_CAP_PM,
		.at = { 0, 0, 1 << 3 },
	});
	must(s.port, rsim_error(s.w));
	s.dev = rsim_dev_add(s.w, &(struct rsim_dev_desc){
		.parent = s.port,
		.caps = RSIM_CAP_FLR | RSIM_CAP_PM | RSIM_CAP_ATS |
			RSIM_CAP_MSIX,
	});
	must(s.dev, rsim_error(s.w));
	return s;
}

static void pair(struct scene *s)
{
	const struct rsim_proto *p = rsim_world_proto(s->w);

	must(!p->prepare(s->dev), "prepare() failed");
	p->done(s->dev, true);
}

static void reset(struct scene *s)
{
	must(!rsim_reset_function(s->dev), "the reset failed");
}

/* Best ns of one @call, with the trace on (emptied now and then) or off. */
static uint64_t measure(struct scene *s, void (*call)(struct scene *s),
			unsigned calls, bool trace)
{
	uint64_t best = UINT64_MAX;
	unsigned r, i;

	rsim_trace_enable(s->w, trace);
	for (r = 0; r < rounds; r++) {
		uint64_t t = now();

		for (i = 0; i < calls; i++) {
			call(s);
			if (i % 64 == 63)
				rsim_trace_clear(s->w);
		}
		t = (now() - t) / calls;
		if (t < best)
			best = t;
	}
	rsim_trace_enable(s->w, true);
	rsim_trace_clear(s->w);
	return best;
}

static void both(enum rsim_iommu iommu, const char *method,
		 void (*call)(struct scene *s), unsigned calls,
		 const char *what, const char *aim)
{
	struct scene s = scene_new(iommu);
	char text[80];

	calls /= scale;
	must(rsim_reset_method_store(s.dev, method) > 0, "no such method");
	snprintf(text, sizeof(text), "%s, trace off", what);
	row(text, measure(&s, call, calls, false), "ns", aim);
	snprintf(text, sizeof(text), "%s, trace on", what);
	row(text, measure(&s, call, calls, true), "ns", "");
	rsim_free(s.w);
}

static void resets(void)
{
	both(RSIM_IOMMU_SMMUV3, "flr", pair, 400000,
	     "prepare() and done(), SMMUv3", "< 200");
	both(RSIM_IOMMU_VTD, "flr", pair, 400000,
	     "prepare() and done(), VT-d", "< 200");
	both(RSIM_IOMMU_AMD, "flr", pair, 400000,
	     "prepare() and done(), AMD", "< 200");
	both(RSIM_IOMMU_SMMUV3, "flr", reset, 100000,
	     "pci_reset_function() by FLR", "< 2000");
	both(RSIM_IOMMU_SMMUV3, "bus", reset, 100000,
	     "pci_reset_function() by bus reset", "");
	both(RSIM_IOMMU_SMMUV3, "pm", reset, 100000,
	     "pci_reset_function() by D3hot", "");
}

/* The text of @count conventional functions of 256 bytes, all on root buses,
 * in as many PCI domains as it takes. */
static char *dump_of(unsigned count, size_t *len)
{
	char *text = malloc((size_t)count * 960), *p = text;
	unsigned i, off, k;

	must(text, "no memory");
	for (i = 0; i < count; i++) {
		p += sprintf(p, "%04x:%02x:%02x.%x\n", i / (BUSES * SLOTS),
			     i / SLOTS % BUSES, i % SLOTS >> 3, i & 7);
		for (off = 0; off < 256; off += 16) {
			p += sprintf(p, "%02x:", off);
			for (k = 0; k < 16; k++) {
				static const uint8_t head[16] = {
					0x34, 0x12, 1, 0, 6, 0, 0, 0,
					0, 0, 0, 2, 0, 0, 0x80, 0,
				};

				p += sprintf(p, " %02x", off ? 0 : head[k]);
			}
			*p++ = '\n';
		}
	}
	*len = (size_t)(p - text);
	return text;
}

static void load(unsigned count)
{
	uint64_t best = UINT64_MAX;
	unsigned r;
	size_t len;
	char *text = dump_of(count, &len);

	for (r = 0; r < 3; r++) {
		struct rsim *w = rsim_new(NULL);
		uint64_t t = now();

		must(w && !rsim_machine_parse(w, text, len, "bench"),
		     w ? rsim_error(w) : "no memory");
		t = now() - t;
		if (t < best)
			best = t;
		rsim_free(w);
	}
	free(text);
	row("functions of 256 bytes loaded from a dump, a second",
	    (uint64_t)count * 1000000000u / best, "functions", "");
}

/* Endpoints of 4096 bytes with capabilities, many PCI domains. */
static void build(unsigned count)
{
	uint64_t best = UINT64_MAX;
	struct rsim_memory empty, full;
	unsigned r, i;

	for (r = 0; r < 3; r++) {
		struct rsim *w = rsim_new(NULL);
		struct rsim_dev_desc d = {
			.type = RSIM_RCIEP,
			.caps = RSIM_CAP_FLR | RSIM_CAP_PM | RSIM_CAP_MSIX,
		};
		uint64_t t;

		must(w, "no memory");
		rsim_trace_enable(w, false);
		empty = rsim_memory(w);
		t = now();
		for (i = 0; i < count; i++) {
			d.at.domain = i / (BUSES * SLOTS / 8);
			d.at.bus = (uint8_t)(i / (SLOTS / 8));
			d.at.devfn = (uint8_t)(i % (SLOTS / 8) << 3);
			must(rsim_dev_add(w, &d), rsim_error(w));
		}
		t = now() - t;
		if (t < best)
			best = t;
		full = rsim_memory(w);
		rsim_free(w);
	}
	row("rsim_dev_add() of that many functions", best / 1000000, "ms",
	    count == 100000 ? "< 1000" : "");
	row("rsim_dev_add()", best / count, "ns", "");
	row("bytes a function, what a snapshot copies",
	    (full.hot - empty.hot) / count, "bytes", "");
	row("bytes a function, all", (full.hot - empty.hot + full.cold -
				      empty.cold) / count, "bytes", "< 1024");
}

int main(int argc, char **argv)
{
	unsigned functions = 100000;

	if (argc > 1 && !strcmp(argv[1], "--quick")) {
		rounds = 2;
		scale = 20;
		functions = 10000;
	} else if (argc > 1) {
		fprintf(stderr, "usage: bench [--quick]\n");
		return 2;
	}
	printf("%s%s: rsim %s, %u rounds, %u functions\n", argv[0],
	       argc > 1 ? " --quick" : "", rsim_version(), rounds, functions);
	printf("%-52s %9s %-12s %s\n", "what", "value", "unit", "aim");
	resets();
	load(functions);
	build(functions);
	return 0;
}
