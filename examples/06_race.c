/* SPDX-License-Identifier: MIT */
/*
 * Chapter 6: the race.
 *
 * A device resets; meanwhile VFIO closes: it detaches the group and frees the
 * domain. On 7.0 the fence refuses even the detach, so the core keeps naming a
 * domain that is gone, and done() attaches it (CVE-2026-52952). Two tasks, and
 * a rule that watches.
 */
#include "chapter.h"

#include <stdlib.h>

static struct rsim_dev *nic;
static struct rsim_domain *vfio;

static void reset(struct rsim *w, void *arg)
{
	(void)w;
	(void)arg;
	rsim_reset_function(nic);
}

static void close_vfio(struct rsim *w, void *arg)
{
	(void)arg;
	rsim_sleep(w, 10 * RSIM_NS_PER_MS);	/* in the middle of the FLR */
	rsim_detach_group(rsim_dev_group(nic));
	rsim_domain_free(vfio);
}

int main(void)
{
	struct rsim *w = rsim_new(&(struct rsim_config){
		.proto = rsim_proto_find("v7.0"),
	});
	struct rsim_checks *checks;
	char *report;

	nic = chapter_nic(w);
	vfio = rsim_domain_alloc(rsim_dev_group(nic), "vfio");
	rsim_attach_group(rsim_dev_group(nic), vfio);
	checks = rsim_checks_new(w);
	rsim_checks_only(checks, "no-freed-domain");
	rsim_trace_clear(w);

	rsim_task_add(w, "reset", reset, NULL);
	rsim_task_add(w, "close", close_vfio, NULL);
	rsim_run(w);

	rsim_checks_end(checks);
	report = rsim_checks_report(checks);
	fputs(report, stdout);
	free(report);
	rsim_checks_free(checks);
	return chapter_end(w);
}
