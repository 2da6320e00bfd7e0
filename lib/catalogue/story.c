/* SPDX-License-Identifier: MIT */
#include "catalogue/story.h"
#include "base/assert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void story_na(struct story *s, const char *why)
{
	s->na = true;
	snprintf(s->why, sizeof(s->why), "%s", why);
}

void story_expect(struct story *s, bool holds, const char *rule,
		  const char *otherwise)
{
	if (holds || s->failed || s->broken_rule)
		return;
	s->broken_rule = rule;
	snprintf(s->why, sizeof(s->why), "%s", otherwise);
	rsim_note(s->w, otherwise);
}

bool story_needs_fence(struct story *s)
{
	if (strcmp(s->proto->name, "none"))
		return false;
	story_na(s, "there is no fence to judge");
	return true;
}

bool story_needs_report(struct story *s)
{
	if (s->proto->broken)
		return false;
	story_na(s, "the driver reports no broken device to this protocol");
	return true;
}

/* The kernel that a protocol belongs to. */
static enum rsim_kernel kernel_of(const struct rsim_proto *proto)
{
	if (!strcmp(proto->name, "none"))
		return RSIM_KERNEL_6_12;
	if (!strcmp(proto->name, "v7.0") || !strcmp(proto->name, "on-success"))
		return RSIM_KERNEL_7_0;
	return RSIM_KERNEL_7_3;
}

void story_machine_with(struct story *s, unsigned port_caps,
			struct rsim_dev_desc a)
{
	unsigned i;

	s->config.proto = s->proto;
	s->config.kernel = kernel_of(s->proto);
	/* The hardware gives up on an invalidation before its driver does. */
	if (!s->config.inv_timeout_ms)
		s->config.inv_timeout_ms = 500;
	s->w = rsim_new(&s->config);
	if (!s->w) {
		s->failed = true;
		return;
	}
	s->port = rsim_dev_add(s->w, &(struct rsim_dev_desc){
		.name = "port", .type = RSIM_ROOT_PORT,
		.caps = RSIM_CAP_ACS | port_caps, .at = { .devfn = 0x10 },
	});
	a.name = "a";
	if (!a.parent)
		a.parent = s->port;
	s->a = s->port ? rsim_dev_add(s->w, &a) : NULL;
	s->checks = s->a ? rsim_checks_new(s->w) : NULL;
	if (!s->checks) {
		s->failed = true;
		return;
	}
	for (i = 0; i < 4 && s->rules[i]; i++)
		rsim_checks_only(s->checks, s->rules[i]);
	rsim_trace_clear(s->w);
	s->group = rsim_dev_group(s->a);
	s->domain = rsim_group_domain(s->group);
}

void story_machine(struct story *s, unsigned caps)
{
	story_machine_with(s, 0, (struct rsim_dev_desc){
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS | caps,
	});
}

void story_sibling(struct story *s, unsigned caps)
{
	struct rsim_dev *port;

	if (s->failed)
		return;
	port = rsim_dev_add(s->w, &(struct rsim_dev_desc){
		.name = "port2", .type = RSIM_ROOT_PORT,
		.caps = RSIM_CAP_ACS, .at = { .devfn = 0x18 },
	});
	s->b = port ? rsim_dev_add(s->w, &(struct rsim_dev_desc){
		.name = "b", .parent = port, .group = s->group,
		.caps = RSIM_CAP_FLR | RSIM_CAP_ATS | caps,
	}) : NULL;
	s->failed = !s->b;
	if (!s->failed)
		rsim_trace_clear(s->w);
}

void story_stale(struct story *s, struct rsim_dev *dev)
{
	s->page = rsim_page_alloc(s->w, STORY_DRIVER);
	if (!s->page || rsim_map(s->domain, STORY_IOVA, s->page,
				 RSIM_PAGE_SIZE, true)) {
		s->failed = true;
		return;
	}
	rsim_dma_access(dev, RSIM_NO_PASID, STORY_IOVA, true);
	story_fault(s, RSIM_FAULT_ATC_INV, dev, 0, 0);
	rsim_unmap(s->domain, STORY_IOVA, RSIM_PAGE_SIZE);
	rsim_page_free(s->w, s->page);
	rsim_page_alloc(s->w, STORY_SOMEBODY_ELSE);
}

void story_write(struct story *s, struct rsim_dev *dev)
{
	(void)s;
	rsim_dma(dev, RSIM_AT_TRANSLATED, RSIM_NO_PASID, STORY_IOVA, true);
}

void story_task(struct story *s, const char *name, rsim_task_fn fn)
{
	if (rsim_task_add(s->w, name, fn, s) < 0)
		s->failed = true;
}

void story_fault(struct story *s, enum rsim_fault_point point,
		 struct rsim_dev *dev, int64_t value, uint32_t count)
{
	if (rsim_fault_add(s->w, &(struct rsim_fault){
		.point = point, .dev = dev, .value = value, .count = count,
	}))
		s->failed = true;
}

static const struct chapter *const books[] = {
	core_chapters, between_chapters, timeout_chapters, pci_chapters,
};

static const struct chapter *chapter_at(unsigned i)
{
	unsigned b;

	for (b = 0; b < sizeof(books) / sizeof(books[0]); b++) {
		const struct chapter *c = books[b];

		for (; c->bug.id; c++)
			if (!i--)
				return c;
	}
	return NULL;
}

const struct rsim_bug *rsim_bug_at(unsigned i)
{
	const struct chapter *c = chapter_at(i);

	return c ? &c->bug : NULL;
}

const struct rsim_bug *rsim_bug_find(const char *id)
{
	const struct rsim_bug *b;
	unsigned i;

	for (i = 0; id && (b = rsim_bug_at(i)); i++)
		if (!strcmp(b->id, id))
			return b;
	return NULL;
}

/* The first of the story's rules, in its order, that was broken. */
static void judge(const struct chapter *ch, struct story *s,
		  struct rsim_bug_result *out)
{
	const struct rsim_violation *v;
	unsigned r, i;

	rsim_checks_end(s->checks);
	for (r = 0; r < 4 && ch->rules[r]; r++)
		for (i = 0; (v = rsim_checks_at(s->checks, i)); i++) {
			if (strcmp(v->rule->name, ch->rules[r]))
				continue;
			out->verdict = RSIM_VERDICT_BUG;
			snprintf(out->rule, sizeof(out->rule), "%s",
				 v->rule->name);
			snprintf(out->why, sizeof(out->why), "%s", v->what);
			return;
		}
	if (!s->broken_rule)
		return;
	out->verdict = RSIM_VERDICT_BUG;
	snprintf(out->rule, sizeof(out->rule), "%s", s->broken_rule);
	snprintf(out->why, sizeof(out->why), "%s", s->why);
}

int rsim_bug_run(const struct rsim_bug *bug, const struct rsim_proto *proto,
		 struct rsim_bug_result *out)
{
	struct story s = { .proto = proto };
	const struct chapter *ch = NULL;
	unsigned i;

	MISUSE_IF(!bug || !proto || !out, "rsim_bug_run",
		  "an argument is NULL");
	for (i = 0; (ch = chapter_at(i)) && &ch->bug != bug; i++)
		;
	MISUSE_IF(!ch, "rsim_bug_run", "bug is none of the catalogue");
	memset(out, 0, sizeof(*out));
	s.rules = ch->rules;
	ch->tell(&s);
	if (!s.failed && s.na) {
		out->verdict = RSIM_VERDICT_NA;
		snprintf(out->why, sizeof(out->why), "%s", s.why);
	} else if (!s.failed) {
		judge(ch, &s, out);
		out->trace = rsim_trace_text(s.w, 0, RSIM_TRACE_STORY);
		out->report = rsim_checks_report(s.checks);
		s.failed = !out->trace || !out->report || rsim_status(s.w);
	}
	rsim_checks_free(s.checks);
	rsim_free(s.w);
	if (!s.failed)
		return 0;
	free(out->trace);
	free(out->report);
	memset(out, 0, sizeof(*out));
	return -ENOMEM;
}
