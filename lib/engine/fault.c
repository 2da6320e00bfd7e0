/* SPDX-License-Identifier: MIT */
#include "engine/fault.h"
#include "base/assert.h"
#include "engine/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Indexed by enum rsim_fault_point. */
static const struct {
	const char *name;
	int64_t fallback;	/* the value when none is given */
	const char *help;
	bool code;		/* happens to code; others to silicon, whose
				 * state then shows it */
} points[RSIM_FAULT_POINTS] = {
	{ "ready", RSIM_NEVER,
	  "ms from a reset until the function answers (default: never)" },
	{ "trpnd", 0, "Transactions Pending stays set" },
	{ "atc-inv", 0, "an Invalidate Request is not answered" },
	{ "atc-inv-ur", 0, "an Invalidate Request is answered UR, not done" },
	{ "atc-keep", 0, "a reset that completes leaves the ATC filled" },
	{ "no-reset", 0, "a reset is acknowledged but not performed" },
	{ "gone", 0, "surprise removal, so many ms from now (default: 0)" },
	{ "link", 0, "the link stays down after a bus reset" },
	{ "acpi-rst", 0, "the firmware's _RST fails", true },
	{ "cfg-read", 0, "the control register of a CXL port is unreadable",
	  true },
	{ "iomap", 0, "BAR 0 cannot be mapped (device-specific resets)",
	  true },
	{ "irq", 0, "the IOMMU's error interrupt cannot run", true },
	{ "quirk", 0, "what a device-specific reset polls for never comes",
	  true },
	{ "alloc", -ENOMEM, "errno of allocating a blocking domain", true },
	{ "alloc-default", -ENOMEM, "errno of allocating a default domain",
	  true },
	{ "attach", -ENOMEM, "errno of the driver's attach_dev", true },
	{ "pasid", -ENOMEM, "errno of the driver's set_dev_pasid", true },
};

const char *rsim_fault_name(enum rsim_fault_point point)
{
	return (unsigned)point < RSIM_FAULT_POINTS ? points[point].name : NULL;
}

const char *rsim_fault_help(enum rsim_fault_point point)
{
	return (unsigned)point < RSIM_FAULT_POINTS ? points[point].help : NULL;
}

int fault_add(struct engine *e, const struct rsim_fault *f, uint32_t dev)
{
	MISUSE_IF((unsigned)f->point >= RSIM_FAULT_POINTS, "rsim_fault_add",
		  "no such fault point");
	if (e->fault_count == ENGINE_MAX_FAULTS)
		return -ENOMEM;
	e->faults[e->fault_count++] = (struct fault){
		.value = f->value ? f->value : points[f->point].fallback,
		.dev = dev,
		.left = f->count,
		.point = (uint8_t)f->point,
		.optional = f->optional,
	};
	e->fault_mask |= 1u << f->point;
	return 0;
}

static void fault_remove(struct engine *e, unsigned i)
{
	enum rsim_fault_point point = e->faults[i].point;
	unsigned k;

	e->fault_count--;
	for (k = i; k < e->fault_count; k++)
		e->faults[k] = e->faults[k + 1];
	memset(&e->faults[e->fault_count], 0, sizeof(e->faults[0]));
	e->fault_mask &= ~(1u << point);
	for (k = 0; k < e->fault_count; k++)
		e->fault_mask |= 1u << e->faults[k].point;
}

void fault_clear(struct engine *e, enum rsim_fault_point point, uint32_t dev)
{
	unsigned i = e->fault_count;

	while (i-- > 0)
		if (e->faults[i].point == point &&
		    (!dev || e->faults[i].dev == dev))
			fault_remove(e, i);
}

static bool decide(struct engine *e, enum rsim_fault_point point)
{
	bool yes = engine_choose(e, points[point].name, 2);

	if (points[point].code)
		digest_observe(e, digest_mix(point, yes));
	return yes;
}

bool fault_search(struct engine *e, enum rsim_fault_point point, uint32_t dev,
		  int64_t *value)
{
	unsigned i;

	for (i = 0; i < e->fault_count; i++) {
		struct fault *f = &e->faults[i];

		if (f->point != point || (f->dev && f->dev != dev))
			continue;
		if (f->optional && !decide(e, point))
			return false;
		if (value)
			*value = f->value;
		trace_add(e, RSIM_EV_FAULT, dev, points[point].name)->a =
			(uint64_t)f->value;
		if (f->left && --f->left == 0)
			fault_remove(e, i);
		return true;
	}
	return false;
}

static const char *read_value(const char *s, const char *end, int64_t *out)
{
	char *stop;

	if ((size_t)(end - s) == 5 && !memcmp(s, "never", 5)) {
		*out = RSIM_NEVER;
		return NULL;
	}
	errno = 0;
	*out = strtoll(s, &stop, 0);
	if (stop != end || s == end || errno)
		return "the value after '=' must be a number or 'never'";
	return NULL;
}

const char *fault_read(const char *text, struct rsim_fault *out)
{
	size_t n = strcspn(text, "=*");
	const char *rest = text + n;
	unsigned p;

	*out = (struct rsim_fault){ .point = RSIM_FAULT_POINTS };
	for (p = 0; p < RSIM_FAULT_POINTS; p++)
		if (strlen(points[p].name) == n &&
		    !memcmp(points[p].name, text, n))
			out->point = p;
	if (out->point == RSIM_FAULT_POINTS)
		return "there is no fault point of that name";
	if (*rest == '=') {
		const char *end = rest + strcspn(rest, "*");
		const char *why = read_value(rest + 1, end, &out->value);

		if (why)
			return why;
		rest = end;
	}
	if (*rest == '*') {
		char *stop;
		unsigned long long count = strtoull(rest + 1, &stop, 10);

		if (*stop || stop == rest + 1 || !count || count > UINT32_MAX)
			return "the count after '*' must be a number from 1";
		out->count = (uint32_t)count;
	}
	return NULL;
}
