/* SPDX-License-Identifier: MIT */
#include "explore/replay.h"
#include "base/assert.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is this step what would happen anyway? */
static bool is_default(const struct run *r, const struct step *s)
{
	unsigned i;

	for (i = 0; i < s->count; i++)
		if (s->pick[i])
			return false;
	return s->task == run_default(r);
}

static void write_step(struct text *t, unsigned at, const struct step *s)
{
	unsigned i;

	text_printf(t, "%u=%u", at, s->task);
	for (i = 0; i < s->count; i++)
		if (s->pick[i])
			text_printf(t, "!%u", i);
	text_add(t, ",", 1);
}

static const char *turn(const struct run *r, const struct step *s, char *buf,
			size_t n)
{
	const struct engine *e = &r->w->e;
	unsigned i;

	for (i = 0; i < s->count; i++)
		if (s->pick[i])
			return "the wrong turn: a fault";
	snprintf(buf, n, "the wrong turn: task %s goes on",
		 e->tasks[s->task - 1]->name);
	return buf;
}

/* The last step that deviates: from there on everything is as usual. */
static unsigned wrong_turn(const struct rsim_scene *scene,
			   const struct rsim_proto *proto,
			   const struct step *path, unsigned count)
{
	unsigned i, last = count;
	struct run r;

	if (run_start(&r, scene, proto))
		return count;
	for (i = 0; i < count; i++) {
		if (!is_default(&r, &path[i]))
			last = i;
		run_step(&r, &path[i]);
	}
	run_end(&r);
	return last;
}

int replay_path(const struct rsim_scene *scene, const struct rsim_proto *proto,
		const struct step *path, unsigned count,
		struct rsim_exploration *out)
{
	unsigned mark = wrong_turn(scene, proto, path, count), i;
	struct text t = { 0 };
	char buf[80];
	struct run r;
	int ret = run_start(&r, scene, proto);

	if (ret)
		return ret;
	t.host = &r.w->e.host;
	text_printf(&t, "%s/%s/", scene->name, proto->name);
	out->faults = out->preemptions = out->length = 0;
	for (i = 0; i < count; i++) {
		if (!is_default(&r, &path[i]))
			write_step(&t, i, &path[i]);
		if (i == mark)
			rsim_note(r.w, turn(&r, &path[i], buf, sizeof(buf)));
		out->preemptions += run_preempts(&r, path[i].task);
		run_step(&r, &path[i]);
		out->faults += run_faults(&r);
		out->length++;
	}
	text_printf(&t, "#%u", count);
	if (!run_able(&r))
		run_finish(&r);
	if (r.checks->count)
		snprintf(out->rule, sizeof(out->rule), "%s",
			 r.checks->violations[0].rule->name);
	out->story = rsim_trace_text(r.w, 0, RSIM_TRACE_STORY);
	out->report = rsim_checks_report(r.checks);
	out->replay = t.buf;
	out->verdict = r.checks->count ? RSIM_EXPLORED_FOUND
				       : RSIM_EXPLORED_NEVER;
	run_end(&r);
	return t.failed || !out->story || !out->report ? -ENOMEM : 0;
}

static int complain(struct rsim_exploration *out, const char *why)
{
	out->story = strdup(why);
	return out->story ? -EINVAL : -ENOMEM;
}

/* "7=1!0!2," into a step; NULL: malformed. */
static const char *read_step(const char *s, unsigned *at, struct step *step)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);

	memset(step, 0, sizeof(*step));
	if (end == s || *end != '=' || n > 1u << 20)
		return NULL;
	*at = (unsigned)n;
	s = end + 1;
	n = strtoul(s, &end, 10);
	if (end == s || !n || n > ENGINE_MAX_TASKS)
		return NULL;
	step->task = (uint8_t)n;
	while (*end == '!') {
		s = end + 1;
		n = strtoul(s, &end, 10);
		if (end == s || n >= RUN_CHOICES)
			return NULL;
		step->pick[n] = 1;
		if (step->count <= n)
			step->count = (uint8_t)(n + 1);
	}
	return *end == ',' ? end + 1 : NULL;
}

/* Turns the deviations into a whole path by running them. */
static int make_path(const struct rsim_scene *scene,
		     const struct rsim_proto *proto, const char *s,
		     struct step **path, unsigned *count,
		     struct rsim_exploration *out)
{
	const char *hash = strchr(s, '#');
	unsigned long total = hash ? strtoul(hash + 1, NULL, 10) : 0;
	unsigned i, at = 0;
	struct step next = { 0 };
	struct run r;
	int ret;

	*count = 0;
	if (!hash || total > 1u << 20)
		return complain(out, "a replay string ends in #STEPS");
	*path = calloc(total + 1, sizeof(**path));
	ret = *path ? run_start(&r, scene, proto) : -ENOMEM;
	if (ret)
		return ret;
	if (*s != '#' && !(s = read_step(s, &at, &next)))
		ret = complain(out, "a step is malformed: expected"
				    " N=TASK!CHOICE,");
	for (i = 0; !ret && i < total; i++) {
		struct step *p = &(*path)[i];

		p->task = (uint8_t)run_default(&r);
		if (next.task && at == i) {
			*p = next;
			next.task = 0;
			if (*s != '#' && !(s = read_step(s, &at, &next)))
				ret = complain(out, "a step is malformed");
		}
		if (!ret && (!p->task || p->task > r.w->e.task_count ||
			     !(run_able(&r) & 1u << (p->task - 1))))
			ret = complain(out, "the scene does not go that way");
		if (!ret)
			run_step(&r, p);
	}
	*count = (unsigned)total;
	run_end(&r);
	return ret;
}

int rsim_replay_scene(const struct rsim_scene *scene, const char *replay,
		      struct rsim_exploration *out)
{
	const char *proto_at, *steps;
	const struct rsim_proto *proto;
	struct step *path = NULL;
	char name[64] = "";
	unsigned count;
	int ret;

	MISUSE_IF(!scene || !replay || !out, "rsim_replay_scene",
		  "an argument is NULL");
	memset(out, 0, sizeof(*out));
	proto_at = strchr(replay, '/');
	steps = proto_at ? strchr(proto_at + 1, '/') : NULL;
	if (!steps || (size_t)(steps - proto_at) > sizeof(name))
		return complain(out, "expected SCENE/PROTO/STEPS");
	memcpy(name, proto_at + 1, (size_t)(steps - proto_at - 1));
	proto = rsim_proto_find(name);
	if (!proto)
		proto = scene->config.proto;
	if (!proto)
		return complain(out, "there is no such protocol");
	ret = make_path(scene, proto, steps + 1, &path, &count, out);
	if (!ret)
		ret = replay_path(scene, proto, path, count, out);
	free(path);
	return ret;
}

int rsim_replay(const char *replay, struct rsim_exploration *out)
{
	const struct rsim_scene *scene;
	char name[64] = "";
	size_t n;

	MISUSE_IF(!replay || !out, "rsim_replay", "an argument is NULL");
	memset(out, 0, sizeof(*out));
	n = strcspn(replay, "/");
	if (n < sizeof(name))
		memcpy(name, replay, n);
	scene = rsim_scene_find(name);
	if (!scene)
		return complain(out, "there is no such scene");
	return rsim_replay_scene(scene, replay, out);
}

void rsim_exploration_fini(struct rsim_exploration *out)
{
	if (!out)
		return;
	free(out->story);
	free(out->report);
	free(out->replay);
	memset(out, 0, sizeof(*out));
}

void rsim_remember(struct rsim *w, uint64_t value)
{
	MISUSE_IF(!w, "rsim_remember", "w is NULL");
	if (!w->e.current || !w->e.exploring)
		return;
	digest_update(&w->e);
	w->e.tasks[w->e.current - 1]->digest.now = digest_mix(0, value);
}
