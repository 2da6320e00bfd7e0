/* SPDX-License-Identifier: MIT */
/* Walks both in step until they differ. */
#include "kt.h"

#include <stdio.h>
#include <string.h>

enum { CONTEXT = 4, HEADER_DWORDS = 16 };

struct walk {
	struct kt_trace *t;
	struct kt_result *r;
	size_t i, j;		/* next of the kernel's, of the model's */
	size_t agreed;
	unsigned header;	/* reads of it in this pci_save_state() */
};

static bool same(const struct kt_ev *a, const struct kt_ev *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case KT_CALL:
		return !strcmp(a->fn, b->fn) &&
		       (a->probe < 0 || a->probe == b->probe);
	case KT_END:
	case KT_ATTACH:
		return !strcmp(a->fn, b->fn) &&
		       (!a->has_ret || (b->has_ret && a->ret == b->ret));
	case KT_READ:
	case KT_WRITE:
	case KT_POLL:
		return kt_same_bdf(a->dev, b->dev) && a->off == b->off &&
		       a->size == b->size && a->val == b->val;
	case KT_SLEEP:
		return a->val == b->val;
	case KT_FLUSH:
	case KT_CALLBACK:
		return !strcmp(a->fn, b->fn);
	case KT_READS:
		break;
	}
	return false;
}

static bool header_read(const struct walk *w, const struct kt_ev *ev)
{
	return ev->kind == KT_READ && ev->size == 4 &&
	       ev->off < 4 * HEADER_DWORDS &&
	       kt_same_bdf(ev->dev, w->t->target);
}

/* Reads without values. Where others are counted in, at most so many. */
static bool reads(struct walk *w, const struct kt_ev *a)
{
	unsigned n = 0;

	while (n < a->n && w->j + n < w->r->list.count &&
	       header_read(w, &w->r->list.ev[w->j + n]))
		n++;
	if (n < a->n && !a->mixed)
		return false;
	w->header += n;
	w->agreed += n;
	w->j += n;
	w->i++;
	return true;
}

static bool step(struct walk *w)
{
	const struct kt_ev *a = &w->t->list.ev[w->i];

	if (a->kind == KT_READS)
		return reads(w, a);
	if (w->j >= w->r->list.count || !same(a, &w->r->list.ev[w->j]))
		return false;
	if (a->kind == KT_CALL && !strcmp(a->fn, "pci_save_state"))
		w->header = 0;
	/* The sum is exact even where a line counts walks in. */
	if (a->kind == KT_END && !strcmp(a->fn, "pci_save_state") &&
	    w->header != HEADER_DWORDS)
		return false;
	if (a->kind == KT_POLL)
		w->t->skipped[WHY_COUNT]++;
	w->agreed++;
	w->i++;
	w->j++;
	return true;
}

static void line(const char *what, const struct kt_ev *ev, bool number)
{
	printf("%s", what);
	if (number)
		printf("%5u: ", ev->line);
	kt_print(ev);
	putchar('\n');
}

static int differ(const struct walk *w)
{
	const struct kt_list *a = &w->t->list, *b = &w->r->list;
	size_t k, first = w->i > CONTEXT ? w->i - CONTEXT : 0;

	if (w->i < a->count)
		printf("%s:%u: the model differs\n", w->t->path,
		       a->ev[w->i].line);
	else
		printf("%s: the model does more\n", w->t->path);
	for (k = first; k < w->i; k++)
		line("  agreed   ", &a->ev[k], true);
	if (w->i < a->count)
		line("  expected ", &a->ev[w->i], true);
	else
		printf("  expected the end\n");
	if (w->j < b->count)
		line("  got             ", &b->ev[w->j], false);
	else
		printf("  got             the end\n");
	for (k = w->i + 1; k < w->i + CONTEXT && k < a->count; k++)
		line("  kernel   ", &a->ev[k], true);
	for (k = w->j + 1; k < w->j + CONTEXT && k < b->count; k++)
		line("  model           ", &b->ev[k], false);
	return 1;
}

/* Without white space at the ends. */
static bool same_text(const char *a, const char *b)
{
	static const char blank[] = " \t\r\n";
	size_t n, m;

	a += strspn(a, blank);
	b += strspn(b, blank);
	for (n = strlen(a); n && strchr(blank, a[n - 1]);)
		n--;
	for (m = strlen(b); m && strchr(blank, b[m - 1]);)
		m--;
	return n == m && !memcmp(a, b, n);
}

static int results(const struct walk *w)
{
	const struct kt_trace *t = w->t;
	const char *error = strstr(t->output, "write error: ");
	const char *got = w->r->ret < 0 ? strerror((int)-w->r->ret) : "success";
	struct rsim_bdf bdf;
	char first[24] = "";

	if (t->rc >= 0 && (t->rc == 0) != (w->r->ret >= 0)) {
		printf("%s: expected rc=%d, got: %s\n", t->path, t->rc, got);
		return 1;
	}
	if (error && !same_text(error + 13, got)) {
		printf("%s: expected \"%s\", got \"%s\"\n", t->path,
		       error + 13, got);
		return 1;
	}
	sscanf(t->device, "%23s", first);
	if (t->methods_now && !rsim_bdf_parse(*first ? first : "-", &bdf) &&
	    kt_same_bdf(bdf, t->target) &&
	    !same_text(t->methods_now, w->r->methods_now)) {
		printf("%s: expected reset_method \"%s\", got \"%s\"\n",
		       t->path, t->methods_now, w->r->methods_now);
		return 1;
	}
	return 0;
}

int kt_compare(struct kt_trace *t, struct kt_result *r)
{
	struct walk w = { .t = t, .r = r };
	size_t left_out = 0;
	unsigned i;

	for (;;) {
		/* Input, counted when it was read. */
		if (w.i < t->list.count && t->list.ev[w.i].driver &&
		    t->list.ev[w.i].kind != KT_CALLBACK) {
			w.i++;
			continue;
		}
		if (w.i == t->list.count)
			break;
		if (!step(&w))
			return differ(&w);
	}
	if (w.j < r->list.count)
		return differ(&w);
	if (results(&w))
		return 1;
	for (i = 0; i < WHYS; i++)
		left_out += t->skipped[i] + r->skipped[i];
	for (i = 0; i < WHYS; i++)
		if (t->skipped[i] + r->skipped[i])
			printf("  %zu: %s\n", t->skipped[i] + r->skipped[i],
			       kt_why_name(i));
	printf("ok: %zu events agree, %zu not compared\n", w.agreed, left_out);
	return 0;
}
