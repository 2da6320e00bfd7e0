/* SPDX-License-Identifier: MIT */
/* Any text as a conformance script; a case of the recorded ones is a seed. */
#include "use.h"

static int nowhere(void *ctx, const char *s, size_t n)
{
	(void)ctx;
	(void)s;
	(void)n;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned i;

	for (i = 0; rsim_proto_at(i); i++) {
		struct rsim *w = rsim_new(NULL);
		int ret;

		if (!w)
			abort();
		ret = rsim_conform(w, (const char *)data, size, "input",
				   rsim_proto_at(i), nowhere, NULL);
		if (ret && !*rsim_error(w))
			abort();
		rsim_free(w);
	}
	return 0;
}
