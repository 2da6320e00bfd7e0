/* SPDX-License-Identifier: MIT */
/*
 * Chapter 10: your own protocol.
 *
 * A protocol is a struct of hooks; take one of rsim's and change what you
 * want to try. Here: the seed patch, but done() also runs after a failure if
 * the device has no translation cached that Linux knows of - a tempting idea,
 * for Linux knows what it mapped. Linux does not know what the device kept.
 * The rules find out, and say which event broke which one.
 */
#include "chapter.h"

#include <stdlib.h>

static struct rsim_proto mine;

/* "Nothing is mapped, so nothing can be stale": it is parked no more. */
static void let_go(struct rsim_dev *dev, void *ctx)
{
	(void)ctx;
	rsim_note(rsim_dev_world(dev), "nothing is mapped: let it go");
	mine.done(dev, true);
}

int main(void)
{
	static const struct rsim_driver driver = { "mine", NULL, let_go };
	struct rsim_checks *checks;
	struct rsim_dev *dev;
	struct rsim *w;
	char *report;
	rsim_phys page;

	mine = *rsim_proto_find("on-success");
	mine.name = "mine";
	w = rsim_new(&(struct rsim_config){ .proto = &mine });
	dev = chapter_nic(w);
	checks = rsim_checks_new(w);
	rsim_dev_bind(dev, &driver, NULL);

	page = rsim_page_alloc(w, 1);
	rsim_map(rsim_get_domain(dev), 0x10000, page, RSIM_PAGE_SIZE, true);
	rsim_dma_access(dev, RSIM_NO_PASID, 0x10000, true);
	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_ATC_INV, .dev = dev });
	rsim_fault_add(w, &(struct rsim_fault){
		.point = RSIM_FAULT_READY, .dev = dev });
	rsim_unmap(rsim_get_domain(dev), 0x10000, RSIM_PAGE_SIZE);
	rsim_reset_function(dev);

	printf("%u rules broken\n", rsim_checks_end(checks));
	report = rsim_checks_report(checks);
	fputs(report, stdout);
	free(report);
	rsim_checks_free(checks);
	rsim_free(w);
	return 0;
}
