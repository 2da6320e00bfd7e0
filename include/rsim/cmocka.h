/* SPDX-License-Identifier: MIT */
/*
 * cmocka.h - explorations as assertions. Include <cmocka.h> first.
 */
#ifndef RSIM_CMOCKA_H
#define RSIM_CMOCKA_H

#include <rsim/explore.h>

#include <stdio.h>

/*
 * Fails the test with the story if any schedule of @scene breaks a rule, or
 * if a bound was hit before all were run. @config may be NULL.
 */
#define rsim_assert_never(scene, config)                                       \
	do {                                                                   \
		struct rsim_exploration rsim_x_;                               \
		int rsim_ret_ = rsim_explore(scene, config, &rsim_x_);         \
                                                                               \
		if (rsim_ret_)                                                 \
			fail_msg("exploring: errno %d", -rsim_ret_);           \
		if (rsim_x_.verdict == RSIM_EXPLORED_FOUND) {                  \
			fprintf(stderr, "%s\n%sreplay: %s\n", rsim_x_.story,   \
				rsim_x_.report, rsim_x_.replay);               \
			rsim_exploration_fini(&rsim_x_);                       \
			fail_msg("a schedule breaks a rule");                  \
		}                                                              \
		if (rsim_x_.verdict == RSIM_EXPLORED_BOUND)                    \
			fail_msg("not exhausted: %s", rsim_x_.bound);          \
		rsim_exploration_fini(&rsim_x_);                               \
	} while (0)

/* Fails the test unless some schedule of @scene breaks the rule @name. */
#define rsim_assert_found(scene, config, name)                                 \
	do {                                                                   \
		struct rsim_exploration rsim_x_;                               \
		int rsim_ret_ = rsim_explore(scene, config, &rsim_x_);         \
                                                                               \
		if (rsim_ret_)                                                 \
			fail_msg("exploring: errno %d", -rsim_ret_);           \
		if (rsim_x_.verdict != RSIM_EXPLORED_FOUND)                    \
			fail_msg("no schedule breaks %s", name);               \
		assert_string_equal(rsim_x_.rule, name);                       \
		rsim_exploration_fini(&rsim_x_);                               \
	} while (0)

#endif
