/* SPDX-License-Identifier: MIT */
/*
 * Best first over states: fewest faults, then preemptions, then steps. A state
 * is expanded once, when it is first reached, which is the cheapest way to it;
 * so the first violation that is no dearer than all that waits is the shortest
 * story. States wait as snapshots, or as paths that are run again.
 */
#include "base/assert.h"
#include "explore/key.h"
#include "explore/replay.h"
#include "explore/sample.h"
#include "explore/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_STATES 10000000u
#define DEFAULT_MEMORY ((size_t)(sizeof(void *) > 4 ? 4096u : 1024u) << 20)

/* How a state was reached. */
struct node {
	uint32_t parent;	/* index */
	uint8_t task;
	uint8_t last;		/* that ran */
	uint32_t picks;		/* bit n: choice n was the other one */
	uint64_t cost;		/* faults, preemptions, steps */
	struct snapshot *snap;	/* while it waits */
};

struct search {
	const struct rsim_scene *scene;
	const struct rsim_proto *proto;
	const struct rsim_explore_config *config;
	struct rsim_exploration *out;
	struct run run;
	struct base base;
	bool undo;
	/* states found, by number; hash table of their keys */
	struct node *nodes;
	uint32_t count, cap;
	struct key *keys;
	uint32_t key_cap;
	/* those that wait: a heap by cost, then by number */
	uint32_t *heap;
	uint32_t waiting, heap_cap;
	size_t memory;
	/* the world is in this state, unless something ran since */
	uint32_t here;
	bool is_here;
	time_t deadline;	/* 0: none */
	/* the best violation so far: a step from a state */
	bool found;
	uint64_t best_cost;
	uint32_t best_from;
	struct step best_step;
	bool best_is_end;	/* it broke when nothing could go on */
};

static uint64_t cost_of(unsigned faults, unsigned preemptions, unsigned steps)
{
	return (uint64_t)faults << 48 | (uint64_t)preemptions << 32 | steps;
}

static bool less(const struct search *s, uint32_t a, uint32_t b)
{
	uint64_t x = s->nodes[a].cost, y = s->nodes[b].cost;

	return x < y || (x == y && a < b);
}

static int heap_push(struct search *s, uint32_t n)
{
	uint32_t i = s->waiting;

	if (i == s->heap_cap) {
		uint32_t cap = s->heap_cap ? s->heap_cap * 2 : 1024;
		uint32_t *p = realloc(s->heap, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		s->heap = p;
		s->heap_cap = cap;
	}
	s->waiting++;
	for (; i && less(s, n, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = n;
	return 0;
}

static uint32_t heap_pop(struct search *s)
{
	uint32_t top = s->heap[0], n = s->heap[--s->waiting], i = 0;

	for (;;) {
		uint32_t c = 2 * i + 1;

		if (c >= s->waiting)
			break;
		if (c + 1 < s->waiting && less(s, s->heap[c + 1], s->heap[c]))
			c++;
		if (!less(s, s->heap[c], n))
			break;
		s->heap[i] = s->heap[c];
		i = c;
	}
	s->heap[i] = n;
	return top;
}

static int keys_grow(struct search *s)
{
	uint32_t cap = s->key_cap ? s->key_cap * 2 : 4096, i, h;
	struct key *new = calloc(cap, sizeof(*new));

	if (!new)
		return -ENOMEM;
	for (i = 0; i < s->key_cap; i++) {
		if (!s->keys[i].a && !s->keys[i].b)
			continue;
		for (h = (uint32_t)s->keys[i].a; new[h & (cap - 1)].a ||
						new[h & (cap - 1)].b; h++)
			;
		new[h & (cap - 1)] = s->keys[i];
	}
	free(s->keys);
	s->keys = new;
	s->key_cap = cap;
	return 0;
}

/* 1: a new state, 0: seen before, -ENOMEM. */
static int visit(struct search *s, struct key k)
{
	uint32_t h;

	if (s->count * 2 >= s->key_cap && keys_grow(s))
		return -ENOMEM;
	for (h = (uint32_t)k.a;; h++) {
		struct key *at = &s->keys[h & (s->key_cap - 1)];

		if (at->a == k.a && at->b == k.b)
			return 0;
		if (at->a || at->b)
			continue;
		*at = k;
		return 1;
	}
}

static struct step step_of(const struct node *n)
{
	struct step st = { .task = n->task };
	unsigned i;

	for (i = 0; i < RUN_CHOICES; i++)
		if (n->picks & 1u << i) {
			st.pick[i] = 1;
			st.count = (uint8_t)(i + 1);
		}
	return st;
}

/* The steps from the beginning to node @n; *path is the caller's to free. */
static int path_to(const struct search *s, uint32_t n, struct step **path,
		   unsigned *count)
{
	unsigned len = 0, i;
	uint32_t at;

	for (at = n; at; at = s->nodes[at].parent)
		len++;
	*path = calloc(len + 1, sizeof(**path));
	if (!*path)
		return -ENOMEM;
	*count = len;
	for (at = n, i = len; at; at = s->nodes[at].parent)
		(*path)[--i] = step_of(&s->nodes[at]);
	return 0;
}

/* Puts the world into state @n. */
static int go_to(struct search *s, uint32_t n)
{
	struct step *path;
	unsigned count, i;
	int ret;

	if (s->is_here && s->here == n)
		return 0;
	s->here = n;
	s->is_here = true;
	if (s->undo) {
		snapshot_restore(&s->base, s->nodes[n].snap);
		run_forget_violations(&s->run);
		s->run.last = s->nodes[n].last;
		return 0;
	}
	ret = path_to(s, n, &path, &count);
	if (ret)
		return ret;
	run_end(&s->run);
	ret = run_start(&s->run, s->scene, s->proto);
	for (i = 0; !ret && i < count; i++)
		run_step(&s->run, &path[i]);
	if (!ret)
		run_forget_violations(&s->run);
	free(path);
	return ret;
}

static int add_node(struct search *s, uint32_t parent, const struct step *st,
		    uint64_t cost)
{
	struct node *n;
	unsigned i;

	if (s->count == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 1024;
		struct node *p = realloc(s->nodes, cap * sizeof(*p));

		if (!p)
			return -ENOMEM;
		s->nodes = p;
		s->cap = cap;
	}
	n = &s->nodes[s->count];
	*n = (struct node){ .parent = parent, .task = st->task,
			    .last = st->task, .cost = cost };
	for (i = 0; i < st->count; i++)
		if (st->pick[i])
			n->picks |= 1u << i;
	if (s->undo) {
		n->snap = snapshot_take(&s->base);
		if (!n->snap)
			return -ENOMEM;
		s->memory += n->snap->size;
	}
	if (s->memory + s->base.bytes > s->out->peak_memory)
		s->out->peak_memory = s->memory + s->base.bytes;
	return heap_push(s, s->count++);
}

static void note_violation(struct search *s, uint32_t from,
			   const struct step *st, uint64_t cost, bool end)
{
	unsigned i;

	s->out->violations++;
	for (i = 0; s->config->broken && i < s->run.checks->count; i++)
		s->config->broken(s->config->ctx,
				  &s->run.checks->violations[i]);
	if (s->found && cost >= s->best_cost)
		return;
	s->found = true;
	s->best_cost = cost;
	s->best_from = from;
	s->best_step = *st;
	s->best_is_end = end;
}

static bool out_of_bounds(struct search *s, uint64_t cost)
{
	const struct rsim_explore_config *c = s->config;

	if (c->max_faults && cost >> 48 > c->max_faults)
		s->out->bound = "faults";
	else if (c->max_preemptions &&
		 (cost >> 32 & 0xffff) > c->max_preemptions)
		s->out->bound = "preemptions";
	else
		return false;
	return true;
}

/* The state after a step: broken, seen, final, or new. */
static int arrive(struct search *s, uint32_t from, bool broke, uint64_t cost)
{
	const struct step *st = &s->run.step;
	int ret;

	s->out->steps++;
	if (broke) {
		note_violation(s, from, st, cost, false);
		return 0;
	}
	ret = visit(s, state_key(s->run.w, &s->run.checks->facts));
	if (ret <= 0)
		return ret;
	s->out->states++;
	if (run_able(&s->run))
		return add_node(s, from, st, cost);
	s->out->executions++;
	if (s->config->final)
		s->config->final(s->config->ctx, s->run.w);
	if (run_finish(&s->run))
		note_violation(s, from, st, cost, true);
	return 0;
}

/* The next answers to try after those of the step that just ran: the last
 * one that can be raised is; false: all were tried. */
static bool next_picks(const struct run *r, struct step *st)
{
	unsigned i = r->asked;

	while (i > 0) {
		i--;
		if (r->step.pick[i] + 1 < r->of[i]) {
			memcpy(st->pick, r->step.pick, sizeof(st->pick));
			st->pick[i]++;
			st->count = (uint8_t)(i + 1);
			memset(st->pick + i + 1, 0, RUN_CHOICES - i - 1);
			return true;
		}
	}
	return false;
}

static int take_steps(struct search *s, uint32_t n, unsigned task)
{
	struct step st = { .task = (uint8_t)task };
	uint64_t base = s->nodes[n].cost;
	int ret;

	do {
		bool preempts, broke;
		uint64_t cost;

		ret = go_to(s, n);
		if (ret)
			return ret;
		preempts = run_preempts(&s->run, task);
		broke = run_step(&s->run, &st);
		s->is_here = false;
		s->run.step.count = s->run.asked;
		cost = base + cost_of(run_faults(&s->run), preempts, 1);
		if (!out_of_bounds(s, cost))
			ret = arrive(s, n, broke, cost);
	} while (!ret && next_picks(&s->run, &st));
	return ret;
}

static int expand(struct search *s, uint32_t n)
{
	unsigned able, task;
	int ret = go_to(s, n);

	able = ret ? 0 : run_able(&s->run);
	for (task = 1; !ret && able >> (task - 1); task++)
		if (able & 1u << (task - 1))
			ret = take_steps(s, n, task);
	if (s->nodes[n].snap) {
		s->memory -= s->nodes[n].snap->size;
		free(s->nodes[n].snap);
		s->nodes[n].snap = NULL;
	}
	return ret;
}

static int search_loop(struct search *s)
{
	uint64_t max = s->config->max_states ? s->config->max_states
					     : DEFAULT_STATES;
	size_t memory = s->config->max_memory ? s->config->max_memory
					      : DEFAULT_MEMORY;
	int ret = 0;

	while (s->waiting && !ret) {
		uint32_t n = heap_pop(s);

		/* Nothing that waits is cheaper than the story we have. */
		if (s->found && !s->config->all &&
		    s->nodes[n].cost >= s->best_cost)
			break;
		ret = expand(s, n);
		if (s->out->states > max)
			s->out->bound = "states";
		else if (s->memory + s->base.bytes > memory)
			s->out->bound = "memory";
		else if (s->deadline && time(NULL) >= s->deadline)
			s->out->bound = "seconds";
		else
			continue;
		break;
	}
	return ret;
}

static int tell(struct search *s)
{
	struct step *path;
	unsigned count;
	int ret = path_to(s, s->best_from, &path, &count);

	if (ret)
		return ret;
	path[count++] = s->best_step;
	ret = replay_path(s->scene, s->proto, path, count, s->out);
	free(path);
	return ret;
}

static void search_fini(struct search *s)
{
	uint32_t i;

	for (i = 0; i < s->count; i++)
		free(s->nodes[i].snap);
	free(s->nodes);
	free(s->keys);
	free(s->heap);
	base_fini(&s->base);
	run_end(&s->run);
}

static int explore_all(const struct rsim_scene *scene,
		       const struct rsim_proto *proto,
		       const struct rsim_explore_config *config,
		       struct rsim_exploration *out)
{
	struct search s = { .scene = scene, .proto = proto, .config = config,
			    .out = out };
	struct step start = { 0 };
	int ret;

	s.deadline = config->max_seconds ? time(NULL) + config->max_seconds
					 : 0;
	s.undo = SNAPSHOT_POSSIBLE && !s.config->reexecute;
	ret = run_start(&s.run, scene, s.proto);
	if (!ret)
		base_init(&s.base, s.run.w, &s.run.checks->facts);
	if (!ret)
		ret = visit(&s, state_key(s.run.w, &s.run.checks->facts));
	if (ret > 0) {
		out->states = 1;
		ret = add_node(&s, 0, &start, 0);
	}
	if (!ret)
		ret = search_loop(&s);
	out->verdict = s.found ? RSIM_EXPLORED_FOUND
		       : out->bound ? RSIM_EXPLORED_BOUND
				    : RSIM_EXPLORED_NEVER;
	if (!ret && s.found)
		ret = tell(&s);
	search_fini(&s);
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
	struct rsim_exploration shortest;
	struct step *path = NULL;
	unsigned count = 0;
	int ret = sample(scene, proto, config, out, &path, &count);

	if (!ret && out->verdict == RSIM_EXPLORED_FOUND) {
		ret = explore_all(scene, proto, &near, &shortest);
		if (!ret && shortest.verdict == RSIM_EXPLORED_FOUND) {
			shortest.executions = out->executions;
			shortest.steps = out->steps;
			shortest.states = 0;
			*out = shortest;
		} else if (!ret) {
			rsim_exploration_fini(&shortest);
			ret = replay_path(scene, proto, path, count, out);
		}
	}
	free(path);
	return ret;
}

int rsim_explore(const struct rsim_scene *scene,
		 const struct rsim_explore_config *config,
		 struct rsim_exploration *out)
{
	static const struct rsim_explore_config defaults;
	const struct rsim_proto *proto;
	struct rsim_scene judged;

	MISUSE_IF(!scene || !scene->build || !out, "rsim_explore",
		  "an argument is NULL");
	memset(out, 0, sizeof(*out));
	if (!config)
		config = &defaults;
	proto = config->proto ? config->proto : rsim_proto_find("on-success");
	judged = *scene;
	if (config->rule) {
		memset(judged.rules, 0, sizeof(judged.rules));
		judged.rules[0] = config->rule;
	}
	if (config->strategy == RSIM_STRATEGY_EXHAUSTIVE)
		return explore_all(&judged, proto, config, out);
	return explore_some(&judged, proto, config, out);
}
