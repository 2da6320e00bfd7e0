/* SPDX-License-Identifier: MIT */
/*
 * Chapter 1: a reset.
 *
 * A machine of two functions: a root port, and below it an endpoint that can
 * do a Function Level Reset and has an Address Translation Cache. We reset
 * the endpoint as `echo 1 > /sys/bus/pci/devices/.../reset` would.
 *
 * Read the trace from the left: virtual time in ms, the function, what
 * happened. prepare() parks the device: its stream entry aborts everything.
 * Then the FLR, 100 ms as the specification wants, one look whether it is
 * ready, and done() gives the device its domain back.
 */
#include <rsim/rsim.h>

int main(void)
{
	struct rsim *w = rsim_new(NULL);
	struct rsim_dev *port, *dev;

	port = rsim_dev_add(w, &(struct rsim_dev_desc){
		.name = "port", .type = RSIM_ROOT_PORT,
		.at = { .devfn = 0x10 },
	});
	dev = rsim_dev_add(w, &(struct rsim_dev_desc){
		.name = "nic", .parent = port,
		.caps = RSIM_CAP_FLR | RSIM_CAP_PM | RSIM_CAP_ATS,
	});
	rsim_trace_clear(w);	/* forget the enumeration */

	printf("reset: %d\n", rsim_reset_function(dev));
	printf("it took %llu ms\n\n",
	       (unsigned long long)(rsim_now(w) / RSIM_NS_PER_MS));
	rsim_trace_print(w, stdout, 0, RSIM_TRACE_STORY);
	rsim_free(w);
	return 0;
}
