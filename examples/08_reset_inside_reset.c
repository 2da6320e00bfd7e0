/* SPDX-License-Identifier: MIT */
/*
 * Chapter 8: a reset inside a reset.
 *
 * Some devices need a reset of their own: prepare, then a function that does
 * an FLR (which prepares again), then a wait, then done. What happens to the
 * inner pair is told by each protocol in its own way: 7.0 refuses it, and the
 * FLR is never done though the reset reports success; the seed patch lets the
 * inner done() open the device while the outer reset goes on; later ones count.
 */
#include <rsim/rsim.h>

#include <stdlib.h>

int main(void)
{
	static const char *const bugs[] = { "B06a", "C01b" };
	unsigned b, p;

	for (b = 0; b < 2; b++) {
		const struct rsim_bug *bug = rsim_bug_find(bugs[b]);

		printf("%s: %s\n", bug->id, bug->title);
		for (p = 1; rsim_proto_at(p); p++) {
			struct rsim_bug_result r;

			if (rsim_bug_run(bug, rsim_proto_at(p), &r))
				return 1;
			printf("  %-10s  %s\n", rsim_proto_at(p)->name,
			       r.verdict == RSIM_VERDICT_BUG ? r.why : "ok");
			free(r.trace);
			free(r.report);
		}
	}
	return 0;
}
