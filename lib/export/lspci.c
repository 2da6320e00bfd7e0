/* SPDX-License-Identifier: MIT */
/* Config space as `lspci -xxxx` prints it and `lspci -F` reads it. */
#include "base/assert.h"
#include "hw/function.h"
#include "sim/world.h"

#include <errno.h>
#include <stdio.h>

#include <rsim/machine.h>

int rsim_machine_export(struct rsim *w, FILE *to)
{
	struct rsim_dev *dev;

	MISUSE_IF(!w || !to, "rsim_machine_export", "an argument is NULL");
	for (dev = rsim_dev_next(w, NULL); dev; dev = rsim_dev_next(w, dev)) {
		unsigned size = dev->fn.cfg.layout->key.size, off, i;
		char bdf[RSIM_BDF_TEXT];

		fprintf(to, "%s %04x: %04x:%04x\n",
			rsim_bdf_text(dev->fn.bdf, bdf), dev->class_code >> 8,
			dev->vendor, dev->device);
		for (off = 0; off < size; off += 16) {
			fprintf(to, "%02x:", off);
			for (i = 0; i < 16; i++)
				fprintf(to, " %02x",
					hw_fn_byte(&dev->fn, off + i));
			fputc('\n', to);
		}
		fputc('\n', to);
	}
	return ferror(to) ? -EIO : 0;
}
