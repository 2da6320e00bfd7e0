/* SPDX-License-Identifier: MIT */
/*
 * Best first over states: fewest faults, then preemptions, then steps. A state
 * is expanded once, by the cheapest way to it that is known then; a second
 * search, which tells apart who ran last, makes the story the cheapest. Workers
 * expand a round of states; what they found is taken over in the order of the
 * states, so that nothing depends on who was faster.
 */
#include "base/assert.h"
#include "explore/jobs.h"
#include "explore/overrun.h"
#include "explore/replay.h"
#include "explore/sample.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_STATES 10000000u
#define DEFAULT_MEMORY ((size_t)(sizeof(void *) > 4 ? 4096u : 1024u) << 20)
/* States between two calls of progress(). */
#define PROGRESS_STATES 20000u

/* Somebody looked at what the keys so far do not tell apart. */
enum { SEARCH_AGAIN = 2 };

struct search {
	const struct rsim_explore_config *config;
	struct rsim_exploration *out;
	struct states states;
	struct jobs jobs;
	unsigned asked;		/* what keys tell apart: enum asked */
	uint64_t below;		/* looks for a cheaper story; 0: for any */
	size_t memory;		/* of the snapshots */
	uint32_t load[JOBS_MAX];	/* states that wait, by owner */
	time_t deadline;	/* 0: none */
	uint64_t told;		/* states at the last progress() */
	/* the best violation so far: a step from a state */
	bool found;
	uint64_t best_cost;
	uint32_t best_from;
	struct step best_step;
};

static void note_story(struct search *s, const struct arrival *a)
{
	if (s->found && a->node.cost >= s->best_cost)
		return;
	s->found = true;
	s->best_cost = a->node.cost;
	s->best_from = a->node.parent;
	s->best_step = a->step;
}

/* The first to arrive in a state. */
static int found_state(struct search *s, struct arrival *a, uint32_t *slot)
{
	s->out->states++;
	if (a->what == ARRIVED_OPEN) {
		*slot = s->states.count;
		if (a->node.snap)
			s->memory += a->node.snap->size;
		if (states_add(&s->states, &a->node))
			return -ENOMEM;
		s->load[a->node.owner]++;
		a->node.snap = NULL;
		return 0;
	}
	s->out->executions++;
	*slot = STATE_END;
	if (a->what == ARRIVED_BAD_END) {
		*slot = STATE_BAD_END;
		s->out->violations++;
		note_story(s, a);
	}
	return 0;
}

/* Two workers have a snapshot of it: it goes to who has less to do. */
static void give(struct search *s, struct node *n, struct node *other)
{
	struct snapshot *snap = n->snap;

	if (!other->snap || s->load[other->owner] >= s->load[n->owner])
		return;
	s->load[n->owner]--;
	s->load[other->owner]++;
	s->memory += other->snap->size - snap->size;
	n->owner = other->owner;
	n->snap = other->snap;
	other->snap = snap;
}

/* One run goes on and on: who is it? 1: that is enough. */
static int too_late(struct search *s, const struct arrival *a)
{
	const struct worker *w = &s->jobs.workers[0];
	char buf[160];

	snprintf(buf, sizeof(buf), "task %s still runs after %u steps",
		 w->run.w->e.task_names[a->node.task - 1],
		 worker_max_steps(w));
	s->out->bound = "steps";
	s->out->story = strdup(buf);
	return s->out->story ? 1 : -ENOMEM;
}

/* 1: that is enough. */
static int take_over(struct search *s, struct arrival *a)
{
	struct node *n;
	uint32_t *slot;

	if (a->what == ARRIVED_BROKEN) {
		s->out->violations++;
		note_story(s, a);
	}
	if (a->ruined) {
		s->out->bound = a->ruined;
		return 1;
	}
	if (a->what == ARRIVED_BROKEN)
		return 0;
	if (a->what == ARRIVED_TOO_LATE)
		return too_late(s, a);
	if (a->what == ARRIVED_BEYOND) {
		if (!s->below && states_find(&s->states, a->key) == STATE_NEW)
			s->out->bound = a->node.cost >> 48 >
						s->config->max_faults &&
					s->config->max_faults
						? "faults" : "preemptions";
		return 0;
	}
	slot = states_slot(&s->states, a->key);
	if (!slot)
		return -ENOMEM;
	if (*slot == STATE_NEW)
		return found_state(s, a, slot);
	if (*slot == STATE_BAD_END)
		note_story(s, a);
	if (*slot == STATE_END || *slot == STATE_BAD_END)
		return 0;
	n = &s->states.nodes[*slot];
	if (n->expanded)
		return 0;
	give(s, n, &a->node);
	return a->node.cost < n->cost
		       ? states_cheaper(&s->states, *slot, &a->node) : 0;
}

/* Nothing that is still to come can be cheaper than the story we have. */
static bool is_shortest(const struct search *s, uint32_t n)
{
	return s->found && !s->config->all &&
	       (s->config->as_found ||
		s->states.nodes[n].cost + cost_of(0, 0, 1) >= s->best_cost);
}

/* What the round's states led to. 1: that is enough. */
static int take_over_round(struct search *s)
{
	uint64_t max = s->config->max_states ? s->config->max_states
					     : DEFAULT_STATES;
	uint32_t i, k, count;
	int ret;

	for (i = 0; i < s->jobs.size; i++) {
		struct node *n = &s->states.nodes[s->jobs.round[i]];
		struct arrival *a = jobs_arrivals(&s->jobs, i, &count);

		if (is_shortest(s, s->jobs.round[i]))
			return 1;
		if (n->snap) {
			s->memory -= n->snap->size;
			s->load[n->owner]--;
			snapshot_drop(&s->jobs.workers[n->owner].base,
				      n->snap);
			n->snap = NULL;
		}
		s->out->steps += s->jobs.steps[i];
		for (k = 0; k < count; k++)
			if ((ret = take_over(s, &a[k])))
				return ret;
		if (s->out->states > max) {
			s->out->bound = "states";
			return 1;
		}
	}
	return 0;
}

static bool is_out_of_bounds(struct search *s)
{
	size_t max = s->config->max_memory ? s->config->max_memory
					   : DEFAULT_MEMORY;
	size_t now = s->memory + jobs_memory(&s->jobs);

	if (now > s->out->peak_memory)
		s->out->peak_memory = now;
	if (now > max)
		s->out->bound = "memory";
	else if (s->deadline && time(NULL) >= s->deadline)
		s->out->bound = "seconds";
	else
		return false;
	return true;
}

static int search_loop(struct search *s)
{
	int ret = 0;

	while (!ret) {
		s->jobs.size = states_take(&s->states, s->jobs.round,
					   JOBS_ROUND, !s->below);
		if (!s->jobs.size || is_shortest(s, s->jobs.round[0]))
			break;
		ret = jobs_run(&s->jobs);
		if (!ret && jobs_asked(&s->jobs) & ~s->asked)
			ret = SEARCH_AGAIN;
		if (!ret)
			ret = take_over_round(s);
		jobs_clear(&s->jobs);
		if (!ret && is_out_of_bounds(s))
			break;
		if (s->config->progress &&
		    s->out->states - s->told >= PROGRESS_STATES) {
			s->told = s->out->states;
			s->config->progress(s->config->ctx, s->out);
		}
	}
	return ret == SEARCH_AGAIN || ret < 0 ? ret : 0;
}

static int tell(struct search *s, const struct rsim_scene *scene,
		const struct rsim_proto *proto)
{
	struct step *path;
	unsigned count;
	int ret = states_path(&s->states, s->best_from, &path, &count);

	if (ret)
		return ret;
	free(s->out->story);
	s->out->story = NULL;
	path[count++] = s->best_step;
	ret = replay_path(scene, proto, path, count, s->out);
	free(path);
	return ret;
}

/* Who is told of states as they come is told by one. */
static unsigned jobs_of(const struct rsim_explore_config *c, bool undo)
{
	unsigned jobs = c->jobs ? c->jobs : 1;

	if (!undo || c->final || c->broken)
		return 1;
	return jobs > JOBS_MAX ? JOBS_MAX : jobs;
}

static int search_start(struct search *s, const struct worker *first)
{
	struct arrival begin = { .what = ARRIVED_OPEN };
	struct worker *w = &s->jobs.workers[0];
	uint32_t *slot;
	int ret = jobs_start(&s->jobs, first,
			     jobs_of(s->config, first->undo));

	if (ret)
		return ret;
	slot = states_slot(&s->states, worker_key(w));
	if (first->undo)
		begin.node.snap = snapshot_take(&w->base);
	if (!slot || (first->undo && !begin.node.snap))
		return -ENOMEM;
	return found_state(s, &begin, slot);
}

/* What is different from one search of a scene to the next. */
struct pass {
	unsigned asked;		/* enum asked */
	uint64_t below;
	uint64_t cost;		/* of the story, once there is one */
};

static int search(const struct rsim_scene *scene,
		  const struct rsim_proto *proto,
		  const struct rsim_explore_config *config, struct pass *pass,
		  struct rsim_exploration *out)
{
	struct search *s = calloc(1, sizeof(*s));
	int ret;

	if (!s)
		return -ENOMEM;
	memset(out, 0, sizeof(*out));
	s->config = config;
	s->out = out;
	s->asked = pass->asked;
	s->below = pass->below;
	if (config->max_seconds)
		s->deadline = time(NULL) + config->max_seconds;
	ret = search_start(s, &(struct worker){
		.scene = scene, .proto = proto, .config = config,
		.states = &s->states, .asked = pass->asked,
		.undo = SNAPSHOT_POSSIBLE && !config->reexecute &&
			!fiber_watched(),
		.below = pass->below,
		.exact = pass->below || config->max_preemptions });
	if (!ret)
		ret = search_loop(s);
	pass->asked |= jobs_asked(&s->jobs);
	pass->cost = s->best_cost;
	out->verdict = s->found ? RSIM_EXPLORED_FOUND
		       : out->bound ? RSIM_EXPLORED_BOUND
				    : RSIM_EXPLORED_NEVER;
	if (!ret && s->found)
		ret = tell(s, scene, proto);
	jobs_fini(&s->jobs);
	states_fini(&s->states);
	free(s);
	if (ret)
		rsim_exploration_fini(out);
	return ret;
}

/*
 * A state is expanded by the first way to it, though another, with somebody
 * else running last, may need fewer preemptions from there on. So a second
 * search, in which those are two states, looks for a cheaper story. It is
 * given up where it becomes much longer than the first was.
 */
static int look_for_cheaper(const struct rsim_scene *scene,
			    const struct rsim_proto *proto,
			    const struct rsim_explore_config *config,
			    struct pass *pass, struct rsim_exploration *out)
{
	struct rsim_explore_config c = {
		.max_faults = config->max_faults,
		.max_states = 4 * out->states + 1000,
		.max_steps = config->max_steps, .jobs = config->jobs,
		.reexecute = config->reexecute,
	};
	struct rsim_exploration cheaper;
	int ret;

	pass->below = pass->cost;
	ret = search(scene, proto, &c, pass, &cheaper);
	if (!ret && cheaper.verdict == RSIM_EXPLORED_FOUND) {
		cheaper.states = out->states;
		cheaper.steps = out->steps;
		cheaper.executions = out->executions;
		cheaper.violations = out->violations;
		cheaper.peak_memory = out->peak_memory;
		cheaper.bound = out->bound;
		rsim_exploration_fini(out);
		*out = cheaper;
	} else if (!ret) {
		rsim_exploration_fini(&cheaper);
	}
	return ret < 0 ? ret : 0;
}

static int explore_all(const struct rsim_scene *scene,
		       const struct rsim_proto *proto,
		       const struct rsim_explore_config *config,
		       struct rsim_exploration *out)
{
	struct pass pass = { 0 };
	int ret;

	do
		ret = search(scene, proto, config, &pass, out);
	while (ret == SEARCH_AGAIN);
	if (!ret && out->verdict == RSIM_EXPLORED_FOUND &&
	    !out->bound && !config->max_preemptions && !config->as_found)
		ret = look_for_cheaper(scene, proto, config, &pass, out);
	if (ret)
		rsim_exploration_fini(out);
	return ret;
}

/* Samples; a violation is then looked for near by, for its shortest story,
 * and told as it was found if it is not met again in time. */
static int explore_some(const struct rsim_scene *scene,
			const struct rsim_proto *proto,
			const struct rsim_explore_config *config,
			struct rsim_exploration *out)
{
	struct rsim_explore_config near = { .max_states = 200000 };
	struct rsim_exploration shortest = { .verdict = RSIM_EXPLORED_NEVER };
	struct step *path = NULL;
	unsigned count = 0;
	int ret = sample(scene, proto, config, out, &path, &count);

	if (!ret && out->verdict == RSIM_EXPLORED_FOUND && !config->as_found)
		ret = explore_all(scene, proto, &near, &shortest);
	if (!ret && shortest.verdict == RSIM_EXPLORED_FOUND) {
		shortest.executions = out->executions;
		shortest.steps = out->steps;
		shortest.states = 0;
		*out = shortest;
	} else if (!ret && out->verdict == RSIM_EXPLORED_FOUND) {
		rsim_exploration_fini(&shortest);
		ret = replay_path(scene, proto, path, count, out);
	}
	free(path);
	return ret;
}

/* One of rsim's rules, or one of the scene's own. */
static void judge_by(struct rsim_scene *scene, const char *rule)
{
	const struct rsim_rule *own = NULL;
	unsigned i;

	for (i = 0; i < 4 && scene->own[i]; i++)
		if (!strcmp(scene->own[i]->name, rule))
			own = scene->own[i];
	memset(scene->rules, 0, sizeof(scene->rules));
	memset(scene->own, 0, sizeof(scene->own));
	if (own)
		scene->own[0] = own;
	else
		scene->rules[0] = rule;
}

int rsim_explore(const struct rsim_scene *scene,
		 const struct rsim_explore_config *config,
		 struct rsim_exploration *out)
{
	static const struct rsim_explore_config defaults;
	const struct rsim_proto *proto;
	struct rsim_scene judged;
	int ret;

	MISUSE_IF(!scene || !scene->build || !out, "rsim_explore",
		  "an argument is NULL");
	memset(out, 0, sizeof(*out));
	if (!config)
		config = &defaults;
	proto = config->proto ? config->proto : rsim_proto_find("on-success");
	judged = *scene;
	if (config->rule)
		judge_by(&judged, config->rule);
	overrun_begin(config->max_step_seconds);
	ret = config->strategy == RSIM_STRATEGY_EXHAUSTIVE
		      ? explore_all(&judged, proto, config, out)
		      : explore_some(&judged, proto, config, out);
	overrun_end();
	return ret;
}
