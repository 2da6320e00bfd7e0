/* SPDX-License-Identifier: MIT */
/*
 * Chapter 7: the whole group.
 *
 * Two devices share a group, and both are reset. On the seed patch the flag
 * belongs to the group: the second done() clears it for both and opens its own
 * device, the first done() finds nothing to do, and its device stays parked
 * though its reset succeeded. The explorer tries all schedules and tells the
 * shortest; on 7.1, where each device counts for itself, there is none.
 */
#include <rsim/rsim.h>

static void explore(const char *proto)
{
	struct rsim_explore_config config = {
		.proto = rsim_proto_find(proto),
		.rule = "restored",
	};
	struct rsim_exploration x;

	if (rsim_explore(rsim_scene_find("two-resets"), &config, &x))
		return;
	printf("%s: %s after %llu states\n", proto,
	       x.verdict == RSIM_EXPLORED_FOUND ? "found" : "never",
	       (unsigned long long)x.states);
	if (x.story)
		printf("%s\n%s", x.story, x.report);
	rsim_exploration_fini(&x);
}

int main(void)
{
	explore("on-success");
	explore("v7.1");
	return 0;
}
