/* SPDX-License-Identifier: MIT */
/*
 * Every scene with every protocol, explored, in a form that can be compared:
 * the text must be the same whatever built the library and this.
 * Usage: print-all [reexecute] [jobs=N] [times=N]: N times, which must agree.
 */
#include <rsim/explore.h>
#include <rsim/proto.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdicts[] = { "never", "found", "bound" };

static bool same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && !strcmp(a, b));
}

static bool same(const struct rsim_exploration *a,
		 const struct rsim_exploration *b)
{
	return a->verdict == b->verdict && a->states == b->states &&
	       a->steps == b->steps && a->executions == b->executions &&
	       a->violations == b->violations && a->faults == b->faults &&
	       a->preemptions == b->preemptions && a->length == b->length &&
	       !strcmp(a->rule, b->rule) && same_text(a->story, b->story) &&
	       same_text(a->report, b->report) &&
	       same_text(a->replay, b->replay) && same_text(a->bound, b->bound);
}

static void print(const char *name, const struct rsim_proto *proto,
		  const struct rsim_exploration *x)
{
	printf("== %s/%s: %s, %llu states, %llu steps, %llu ends,"
	       " %llu violations\n",
	       name, proto->name, verdicts[x->verdict],
	       (unsigned long long)x->states, (unsigned long long)x->steps,
	       (unsigned long long)x->executions,
	       (unsigned long long)x->violations);
	if (x->bound)
		printf("bound: %s\n", x->bound);
	if (!x->replay)
		return;
	printf("%s: %u faults, %u preemptions, %u steps\n%s\n%s%s", x->rule,
	       x->faults, x->preemptions, x->length, x->replay, x->report,
	       x->story);
}

static int fail(const char *name, const struct rsim_proto *proto,
		const char *what)
{
	fprintf(stderr, "%s/%s: %s\n", name, proto->name, what);
	return 1;
}

/* The replay string must lead to the same story. */
static int replay(const char *name, const struct rsim_proto *proto,
		  const struct rsim_exploration *x)
{
	struct rsim_exploration r;
	int bad;

	if (!x->replay)
		return 0;
	if (rsim_replay(x->replay, &r)) {
		fail(name, proto, r.story ? r.story : "out of memory");
		rsim_exploration_fini(&r);
		return 1;
	}
	bad = strcmp(r.rule, x->rule) || strcmp(r.story, x->story) ||
	      strcmp(r.report, x->report) || strcmp(r.replay, x->replay) ||
	      r.faults != x->faults || r.preemptions != x->preemptions ||
	      r.length != x->length;
	rsim_exploration_fini(&r);
	return bad ? fail(name, proto, "the replay tells something else") : 0;
}

static int scene(const struct rsim_scene *s, const struct rsim_proto *proto,
		 struct rsim_explore_config c, unsigned times)
{
	struct rsim_exploration x, again;
	int ret = 0;

	c.proto = proto;
	if (rsim_explore(s, &c, &x))
		return fail(s->name, proto, "cannot be explored");
	print(s->name, proto, &x);
	while (!ret && times-- > 1) {
		if (rsim_explore(s, &c, &again)) {
			ret = fail(s->name, proto, "cannot be explored");
			break;
		}
		if (!same(&x, &again))
			ret = fail(s->name, proto, "differs the next time");
		rsim_exploration_fini(&again);
	}
	if (!ret)
		ret = replay(s->name, proto, &x);
	rsim_exploration_fini(&x);
	return ret;
}

int main(int argc, char **argv)
{
	unsigned times = 1, i, p;
	struct rsim_explore_config c = { .reexecute = false };
	int ret = 0, n;

	for (n = 1; n < argc; n++) {
		if (!strcmp(argv[n], "reexecute"))
			c.reexecute = true;
		else if (!strncmp(argv[n], "jobs=", 5))
			c.jobs = (unsigned)strtoul(argv[n] + 5, NULL, 10);
		else if (!strncmp(argv[n], "times=", 6))
			times = (unsigned)strtoul(argv[n] + 6, NULL, 10);
	}
	for (i = 0; rsim_scene_at(i); i++)
		for (p = 0; rsim_proto_at(p); p++)
			ret |= scene(rsim_scene_at(i), rsim_proto_at(p), c,
				     times);
	return ret;
}
