/* SPDX-License-Identifier: MIT */
/*
 * Any text as a dump. The last bytes say what happens to the machine, if it
 * is one; so a dump of a real machine is an input as it is.
 */
#include "use.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t tail = size < 64 ? 0 : 64;
	struct input in = { data + size - tail, tail };
	struct rsim *w = fuzz_world(take(&in));
	int ret = rsim_machine_parse(w, (const char *)data, size, "input");

	if (!ret)
		use_machine(w, &in);
	else if (!*rsim_error(w) || rsim_dev_next(w, NULL))
		abort();
	rsim_free(w);
	return 0;
}
