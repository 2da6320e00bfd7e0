/* SPDX-License-Identifier: MIT */
/*
 * catalogue.h - the bugs that upstream found, each as a story that runs on
 * any protocol: it breaks a rule where history says so.
 */
#ifndef RSIM_CATALOGUE_H
#define RSIM_CATALOGUE_H

#include <rsim/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct rsim_bug {
	const char *id;		/* "B05" */
	const char *title;
	const char *source;	/* when and by whom it was reported */
};

/* The bugs in order of their ids; NULL past the last. And by id. */
RSIM_API const struct rsim_bug *rsim_bug_at(unsigned i);
RSIM_API const struct rsim_bug *rsim_bug_find(const char *id);

enum rsim_verdict {
	RSIM_VERDICT_OK,	/* no rule of the story was broken */
	RSIM_VERDICT_BUG,
	RSIM_VERDICT_NA,	/* the protocol has nothing to judge there */
};

struct rsim_bug_result {
	enum rsim_verdict verdict;
	char rule[32];		/* that was broken; "" for none */
	char why[160];		/* what was broken, or why not applicable */
	char *trace;		/* the story's text; free() it */
	char *report;		/* of the rules; free() it */
};

/*
 * Tells the story of @bug with @proto. Each protocol runs with the kernel it
 * belongs to: none with 6.12, v7.0 and on-success with 7.0, others with 7.3.
 * 0, or -ENOMEM and nothing in *out.
 */
RSIM_API int rsim_bug_run(const struct rsim_bug *bug,
			  const struct rsim_proto *proto,
			  struct rsim_bug_result *out);

/*
 * The state machine of a protocol as a Mermaid diagram, found by running it
 * with one device: every order of prepare, done and attach. free() it. NULL:
 * the host has no memory. Cost: some hundred small worlds.
 */
RSIM_API char *rsim_proto_diagram(const struct rsim_proto *proto);

#ifdef __cplusplus
}
#endif
#endif
