/* SPDX-License-Identifier: MIT */
/* What a fuzz target does to a machine once there is one. */
#ifndef RSIM_TESTS_FUZZ_USE_H
#define RSIM_TESTS_FUZZ_USE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rsim/rsim.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *data;
	size_t size;
};

/* The next byte; zeros when there are no more. */
static inline uint8_t take(struct input *in)
{
	if (!in->size)
		return 0;
	in->size--;
	return *in->data++;
}

/* A world of one of the 60 kinds that @choice means. */
static inline struct rsim *fuzz_world(uint8_t choice)
{
	struct rsim_config c = {
		.proto = rsim_proto_at(choice % 5),
		.iommu = (enum rsim_iommu)(choice / 5 % 5),
		.kernel = (enum rsim_kernel)(choice / 25 % 3),
		.identity_default = choice / 75 % 2,
		.no_static_blocked = choice / 150 % 2,
		.memory = 1 << 24,
	};
	struct rsim *w;

	if (c.iommu == RSIM_IOMMU_LOG)
		c.iommu = RSIM_IOMMU_NONE;
	w = rsim_new(&c);
	if (!w)
		abort();
	return w;
}

static inline void break_it(struct rsim *w, struct rsim_dev *dev,
			    uint8_t choice)
{
	struct rsim_fault f = {
		.point = (enum rsim_fault_point)(choice % RSIM_FAULT_POINTS),
		.dev = choice & 0x80 || choice % RSIM_FAULT_POINTS ==
				RSIM_FAULT_GONE ? dev : NULL,
		.count = choice & 0x40 ? 1 : 0,
	};

	if (f.point == RSIM_FAULT_GONE)
		f.value = 50;
	rsim_fault_add(w, &f);
}

/* One thing that a user of the library may do to @dev. */
static inline void use(struct rsim *w, struct rsim_dev *dev, uint8_t choice,
		       struct input *in)
{
	static const char *const methods[] = {
		"default", "flr", "pm", "bus", "af_flr", "cxl_bus", "",
		"flr bus",
	};
	struct rsim_group *g = rsim_dev_group(dev);
	unsigned off = (take(in) << 8 | take(in)) & 0xfff;

	switch (choice % 12) {
	case 0:
	case 1:
		rsim_reset_function(dev);
		break;
	case 2:
		rsim_reset_method_store(dev, methods[off % 8]);
		break;
	case 3:
		rsim_hot_reset(dev);
		break;
	case 4:
		break_it(w, dev, (uint8_t)off);
		break;
	case 5:
		rsim_user_cfg_write(dev, off & ~3u, 4,
				    take(in) * 0x01010101u);
		break;
	case 6:
		rsim_cfg_write(dev, off & ~1u, 2, take(in) * 0x101u);
		break;
	case 7:
		rsim_cfg_read(dev, off & ~3u, 4);
		break;
	case 8:
		rsim_dma_access(dev, RSIM_NO_PASID, off << 12, off & 1);
		break;
	case 9:
		rsim_dev_unplug(dev);
		break;
	case 10:
		rsim_dev_replug(dev);
		break;
	case 11:
		if (g && !rsim_claim_dma_owner(g))
			rsim_release_dma_owner(g);
		break;
	}
}

static inline void check_text(struct rsim *w)
{
	char *text = rsim_trace_text(w, 0, RSIM_TRACE_ALL), *line;

	if (!text)
		abort();
	/* Every line is a line of text. */
	for (line = text; *line; line++)
		if ((unsigned char)*line < ' ' && *line != '\n')
			abort();
	free(text);
}

/* Twenty bytes or so of @in decide what happens to which functions. */
static inline void use_machine(struct rsim *w, struct input *in)
{
	struct rsim_dev *dev = rsim_dev_next(w, NULL);
	FILE *null = fopen("/dev/null", "w");
	unsigned left = 24;

	while (dev && left--) {
		uint8_t choice = take(in), skip = take(in) % 8;

		while (skip-- && rsim_dev_next(w, dev))
			dev = rsim_dev_next(w, dev);
		use(w, dev, choice, in);
		if (choice & 0x80)
			dev = rsim_dev_next(w, NULL);
	}
	if (null) {
		rsim_machine_export(w, null);
		fclose(null);
	}
	check_text(w);
}

#endif
