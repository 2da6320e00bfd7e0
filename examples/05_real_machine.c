/* SPDX-License-Identifier: MIT */
/*
 * Chapter 5: a real machine.
 *
 * The text of `lspci -D -xxxx` is enough to rebuild a machine: its buses, its
 * capabilities, what Linux finds to reset and which functions share a group.
 * We load one, reset its network card, and let the card vanish while the
 * reset sleeps. Each method in turn gives up, and the card stays parked.
 */
#include <rsim/rsim.h>

int main(int argc, char **argv)
{
	const char *dump = argc > 1 ? argv[1] : "lspci-xxxx.txt";
	struct rsim *w = rsim_new(&(struct rsim_config){
		.iommu = RSIM_IOMMU_VTD,
	});
	struct rsim_dev *nic;
	struct rsim_bdf at;
	char methods[64];

	if (rsim_machine_load(w, dump)) {
		fprintf(stderr, "%s\n", rsim_error(w));
		rsim_free(w);
		return 1;
	}
	rsim_bdf_parse("0000:01:00.0", &at);
	nic = rsim_dev_find(w, at);
	rsim_reset_method_show(nic, methods, sizeof(methods));
	printf("%s is %04x:%04x, below %s; methods: %s\n", rsim_dev_name(nic),
	       rsim_dev_vendor(nic), rsim_dev_device(nic),
	       rsim_dev_name(rsim_dev_upstream(nic)), methods);

	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_GONE, .dev = nic, .value = 50,
	});
	rsim_reset_function(nic);
	rsim_trace_print(w, stdout, 0, RSIM_TRACE_STORY);
	rsim_free(w);
	return 0;
}
