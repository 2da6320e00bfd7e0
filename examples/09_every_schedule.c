/* SPDX-License-Identifier: MIT */
/*
 * Chapter 9: every schedule.
 *
 * What the seed patch promises: one device, alone in its group, reset by one
 * method; its page is unmapped and given to somebody else at any moment; any
 * invalidation may stay unanswered and the reset may never end. In how many
 * of all these runs does the device reach that page? "never" means that all
 * of them were run.
 */
#include <rsim/rsim.h>

#include <string.h>

int main(void)
{
	unsigned i, p;

	printf("%-13s", "");
	for (p = 0; rsim_proto_at(p); p++)
		printf("  %11s", rsim_proto_at(p)->name);
	for (i = 0; rsim_scene_at(i); i++) {
		const struct rsim_scene *scene = rsim_scene_at(i);

		if (strncmp(scene->name, "single-", 7))
			continue;
		printf("\n%-13s", scene->name);
		for (p = 0; rsim_proto_at(p); p++) {
			struct rsim_explore_config config = {
				.proto = rsim_proto_at(p),
				.rule = "stale-dma",
			};
			struct rsim_exploration x;
			char text[32] = "never";

			if (rsim_explore(scene, &config, &x))
				return 1;
			if (x.verdict == RSIM_EXPLORED_FOUND)
				snprintf(text, sizeof(text), "in %u steps",
					 x.length);
			printf("  %11s", text);
			rsim_exploration_fini(&x);
		}
	}
	putchar('\n');
	return 0;
}
