/* SPDX-License-Identifier: MIT */
/*
 * The state machine of a protocol, found by running it: one device, every
 * sequence of prepare, done after a good or a failed reset, and an attach,
 * nested at most twice.
 */
#include "base/assert.h"
#include "base/text.h"
#include "os/reset/reset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rsim/catalogue.h>
#include <rsim/dev.h>

enum { MAX_STATES = 32, MAX_PATH = 8, LABEL = 96 };

enum step { PREPARE, DONE_OK, DONE_FAIL, ATTACH, STEPS };

static const char *const step_names[STEPS] = {
	"prepare", "done after success", "done after failure", "attach",
};

struct state {
	char label[LABEL];
	uint8_t path[MAX_PATH];	/* steps that lead here */
	unsigned len;
};

struct diagram {
	const struct rsim_proto *proto;
	struct state states[MAX_STATES];
	unsigned count;
	struct text out;
};

struct run {
	struct rsim *w;
	struct rsim_dev *dev;
	struct rsim_domain *vfio;
	int prepared;		/* pairs that are open */
	char answer[32];	/* of the last step */
};

static void step(struct run *r, enum step s)
{
	unsigned warns = rsim_warn_count(r->w, NULL);
	struct rsim_group *g = rsim_dev_group(r->dev);
	int ret = 0;

	switch (s) {
	case PREPARE:
		ret = r->dev->os->proto->prepare(r->dev);
		r->prepared += !ret;
		break;
	case DONE_OK:
	case DONE_FAIL:
		fence_done(r->dev, s == DONE_OK ? 0 : -ENOTTY);
		r->prepared--;
		break;
	case ATTACH:
		ret = rsim_attach_group(g, r->vfio);
		if (!ret)
			rsim_detach_group(g);
		break;
	case STEPS:
		break;
	}
	snprintf(r->answer, sizeof(r->answer), "%s%s",
		 ret == -EBUSY ? ", EBUSY" : ret ? ", error" : "",
		 rsim_warn_count(r->w, NULL) > warns ? ", WARN" : "");
}

static int start(struct run *r, const struct rsim_proto *proto)
{
	memset(r, 0, sizeof(*r));
	r->w = rsim_new(&(struct rsim_config){ .proto = proto,
					       .memory = 1 << 20 });
	r->dev = r->w ? rsim_dev_add(r->w, &(struct rsim_dev_desc){
		.type = RSIM_RCIEP, .caps = RSIM_CAP_FLR | RSIM_CAP_ATS,
	}) : NULL;
	r->vfio = r->dev ? rsim_domain_alloc(rsim_dev_group(r->dev), "vfio")
			 : NULL;
	return r->vfio ? 0 : -ENOMEM;
}

static void describe(const struct run *r, char label[LABEL])
{
	struct rsim_group *g = rsim_dev_group(r->dev);
	int n = snprintf(label, LABEL, "%s%s",
			 rsim_dev_blocked(r->dev) ? "parked" : "open",
			 rsim_group_fenced(g) ? ", group fenced" : "");

	if (r->prepared > 0)
		n += snprintf(label + n, LABEL - (size_t)n,
			      r->prepared == 1 ? ", in a reset"
					       : ", in a nested reset");
	if (rsim_fence_dev(r->dev)->reset_depth)
		snprintf(label + n, LABEL - (size_t)n, ", depth %u",
			 rsim_fence_dev(r->dev)->reset_depth);
}

static unsigned find(struct diagram *d, const char *label,
		     const struct state *from, enum step s)
{
	struct state *new;
	unsigned i;

	for (i = 0; i < d->count; i++)
		if (!strcmp(d->states[i].label, label))
			return i;
	if (d->count == MAX_STATES || (from && from->len == MAX_PATH))
		return MAX_STATES;
	new = &d->states[d->count++];
	memset(new, 0, sizeof(*new));
	strcpy(new->label, label);
	if (from) {
		memcpy(new->path, from->path, sizeof(new->path));
		new->len = from->len;
		new->path[new->len++] = (uint8_t)s;
	}
	return i;
}

/* One step from a state that is reached by its path. */
static int edge(struct diagram *d, unsigned from, enum step s)
{
	struct state *state = &d->states[from];
	char label[LABEL];
	struct run r;
	unsigned i, to;
	int ret = start(&r, d->proto);

	for (i = 0; !ret && i < state->len; i++)
		step(&r, state->path[i]);
	/* Nobody calls done() without prepare(), or nests without end. */
	if (ret || (s == PREPARE && r.prepared >= 2) ||
	    ((s == DONE_OK || s == DONE_FAIL) && r.prepared < 1)) {
		rsim_free(r.w);
		return ret;
	}
	step(&r, s);
	describe(&r, label);
	to = find(d, label, state, s);
	if (to < MAX_STATES && (s != ATTACH || *r.answer))
		text_printf(&d->out, "    s%u --> s%u: %s%s\n", from, to,
			    step_names[s], r.answer);
	rsim_free(r.w);
	return 0;
}

char *rsim_proto_diagram(const struct rsim_proto *proto)
{
	static const struct rsim_host host;
	struct text head = { .host = &host };
	struct diagram *d;
	char label[LABEL];
	unsigned i, s;
	struct run r;
	int ret;

	MISUSE_IF(!proto, "rsim_proto_diagram", "proto is NULL");
	d = calloc(1, sizeof(*d));
	if (!d)
		return NULL;
	d->proto = proto;
	d->out.host = &host;
	ret = start(&r, proto);
	if (!ret) {
		describe(&r, label);
		find(d, label, NULL, STEPS);
	}
	rsim_free(r.w);
	for (i = 0; !ret && i < d->count; i++)
		for (s = 0; !ret && s < STEPS; s++)
			ret = edge(d, i, s);
	text_printf(&head, "stateDiagram-v2\n    [*] --> s0\n");
	for (i = 0; i < d->count; i++)
		text_printf(&head, "    s%u: %s\n", i, d->states[i].label);
	if (d->out.len)
		text_add(&head, d->out.buf, d->out.len);
	if (ret || d->out.failed)
		text_free(&head);
	text_free(&d->out);
	free(d);
	return head.failed ? NULL : head.buf;
}
