/* SPDX-License-Identifier: MIT */
/* The answers in a transcript, as docs/conformance.md describes them. */
#include "sim/conform.h"

#include <string.h>

static const char *shown(struct rsim_domain *d)
{
	return d ? d->name : "none";
}

void conform_print_events(struct conform *c)
{
	size_t n = rsim_trace_count(c->w);

	for (; c->seen < n; c->seen++) {
		const struct rsim_event *ev = rsim_trace_at(c->w, c->seen);
		struct os *os = &c->w->os;
		struct hw_fn *fn = ev->dev ? c->w->hw.fns[ev->dev - 1] : NULL;
		const char *name = fn ? fn_dev(fn)->name : "";
		struct rsim_domain *to, *from;

		switch (ev->kind) {
		case RSIM_EV_ATTACH:
		case RSIM_EV_PASID:
			to = os->domains[ev->a - 1];
			from = ev->b ? os->domains[ev->b - 1] : NULL;
			if (ev->kind == RSIM_EV_ATTACH)
				text_printf(&c->out, "  attach %s", name);
			else
				text_printf(&c->out, "  pasid %s %u", name,
					    ev->obj);
			text_printf(&c->out, " %s <- %s", shown(to),
				    shown(from));
			if (ev->ret)
				text_printf(&c->out, " = %d", ev->ret);
			text_printf(&c->out, "\n");
			break;
		case RSIM_EV_DOMAIN:
			if (strcmp(ev->what, "alloc blocking"))
				break;
			text_printf(&c->out, "  alloc blocking");
			if (ev->ret)
				text_printf(&c->out, " = %d", ev->ret);
			text_printf(&c->out, "\n");
			break;
		case RSIM_EV_DRIVER:
			text_printf(&c->out, "  %s %s\n", ev->what, name);
			break;
		case RSIM_EV_WARN:
			text_printf(&c->out, "  WARN %s\n", ev->what);
			break;
		case RSIM_EV_LOG:
			if (!strcmp(ev->what, "kept_blocked") ||
			    !strcmp(ev->what, "require_direct"))
				text_printf(&c->out, "  warn %s %s\n", name,
					    ev->what);
			break;
		}
	}
}

void conform_print_state(struct conform *c)
{
	rsim_pasid p;
	unsigned i, k;

	for (i = 0; i < c->group_count; i++) {
		struct rsim_group *g = c->groups[i];
		const char *sep = "";

		text_printf(&c->out,
			    "  = g%u domain=%s fenced=%d owned=%u pasids=", i,
			    shown(g->domain), rsim_group_fenced(g),
			    g->owner_cnt);
		for (p = rsim_group_next_pasid(g, 0); p != RSIM_NO_PASID;
		     p = rsim_group_next_pasid(g, p), sep = ",")
			text_printf(&c->out, "%s%u:%s", sep, p,
				    shown(rsim_group_pasid(g, p)));
		text_printf(&c->out, "%s\n", g->pasid_count ? "" : "-");
	}
	for (i = 0; i < c->dev_count; i++) {
		struct rsim_dev *d = c->devs[i];
		const char *sep = "";

		if (!d->group)
			continue;
		text_printf(&c->out, "  = %s rid=%s pasids=", d->name,
			    shown(d->hw_rid));
		for (k = 0; k < d->hw_pasid_count; k++, sep = ",")
			text_printf(&c->out, "%s%u:%s", sep,
				    d->hw_pasids[k].pasid,
				    shown(d->hw_pasids[k].domain));
		text_printf(&c->out, "%s\n", *sep ? "" : "-");
	}
}
