/* SPDX-License-Identifier: MIT */
/* Runs the command of a trace on the model. */
#include "command.h"
#include "hw/function.h"
#include "sim/world.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char cb_begins[] = "the driver's callback begins";
static const char cb_ends[] = "the driver's callback ends";

struct run {
	struct kt_trace *t;
	struct kt_command command;
	struct kt_gone gone;
	struct kt_result *r;
	struct rsim *w;
	struct rsim_dev *dev;
	struct rsim_driver driver;
	uint32_t number;	/* of dev, which may be removed */
	size_t at;		/* in the trace, behind the last callback */
	/* of a function that was removed, until it is found again */
	struct hw_bus *bus;
	struct hw_fn_init init;
	struct os_platform platform;
	uint8_t cfg[HW_EXT_SIZE];
};

/* Writes what the driver wrote in its next callback of that name. */
static void replay(struct run *run, const char *name)
{
	const struct kt_list *l = &run->t->list;
	size_t i;

	rsim_note(run->w, cb_begins);
	for (i = run->at; i < l->count; i++)
		if (l->ev[i].kind == KT_CALLBACK &&
		    !strcmp(l->ev[i].fn, name))
			break;
	for (i++; i < l->count && l->ev[i].driver; i++) {
		const struct kt_ev *ev = &l->ev[i];
		struct rsim_dev *dev = rsim_dev_find(run->w, ev->dev);

		if (ev->kind == KT_WRITE && dev)
			rsim_cfg_write(dev, ev->off, ev->size, ev->val);
	}
	run->at = i;
	rsim_note(run->w, cb_ends);
}

static void reset_prepare(struct rsim_dev *dev, void *ctx)
{
	(void)dev;
	replay(ctx, "reset_prepare");
}

static void reset_done(struct rsim_dev *dev, void *ctx)
{
	(void)dev;
	replay(ctx, "reset_done");
}

static void bind(struct run *run)
{
	const struct kt_list *l = &run->t->list;
	size_t i;

	run->driver.name = run->t->driver;
	for (i = 0; i < l->count; i++) {
		if (l->ev[i].kind != KT_CALLBACK)
			continue;
		if (!strcmp(l->ev[i].fn, "reset_prepare"))
			run->driver.reset_prepare = reset_prepare;
		else
			run->driver.reset_done = reset_done;
	}
	if (*run->t->driver || run->driver.reset_prepare ||
	    run->driver.reset_done)
		rsim_dev_bind(run->dev, &run->driver, run);
}

/* The recorded devices keep their registers in a soft reset only. */
static uint32_t choose(void *ctx, const char *site, uint32_t n)
{
	struct run *run = ctx;
	size_t i = rsim_trace_count(run->w);

	(void)n;
	if (strcmp(site, rsim_fault_name(RSIM_FAULT_NO_RESET)))
		return 0;
	while (i-- > 0) {
		const struct rsim_event *ev = rsim_trace_at(run->w, i);

		if (ev->kind == RSIM_EV_HW &&
		    ev->dev == run->number &&
		    strstr(ev->what, "begins"))
			return !strcmp(ev->what, "soft reset begins");
	}
	return 0;
}

static void plug(struct run *run, bool in)
{
	struct rsim_dev *dev = NULL;

	/* The port's bus numbers were moved: the whole bus is affected. */
	while ((dev = rsim_dev_next(run->w, dev))) {
		if (rsim_dev_bdf(dev).bus != run->t->target.bus)
			continue;
		if (in)
			rsim_dev_replug(dev);
		else
			rsim_dev_unplug(dev);
	}
}

static void gone_task(struct rsim *w, void *arg)
{
	struct run *run = arg;

	rsim_sleep(w, (rsim_ns)(run->gone.at * RSIM_NS_PER_MS));
	plug(run, false);
	if (run->gone.back < 0)
		return;
	rsim_sleep(w, (rsim_ns)((run->gone.back - run->gone.at) *
				RSIM_NS_PER_MS));
	plug(run, true);
}

/* What the model keeps of a function when the kernel forgets it. */
static void remove_fn(struct run *run, struct rsim_dev *dev)
{
	unsigned i, size = dev->fn.cfg.layout->key.size;

	if (dev->fn.below || run->bus || dev->iov)
		kt_die(run->t->path, 0, "expected the removal of one function "
		       "that is neither a bridge nor a PF");
	for (i = 0; i < size; i++)
		run->cfg[i] = hw_fn_byte(&dev->fn, i);
	run->bus = dev->fn.bus;
	run->init = (struct hw_fn_init){
		.bdf = dev->fn.bdf, .type = dev->fn.type, .cfg = run->cfg,
		.size = size, .timing = *dev->fn.timing, .pf = dev->fn.pf,
	};
	run->platform = (struct os_platform){
		.vf_vendor = dev->vendor, .vf_device = dev->device,
		.ats_refused = dev->ats_refused,
	};
	rsim_dev_remove(dev);
}

static void rescan(struct run *run)
{
	if (!run->bus)
		kt_die(run->t->path, 0, "expected a removal before the rescan");
	if (world_add(run->w, run->bus, &run->init, &run->platform, &run->dev))
		kt_die(run->t->path, 0, "%s", rsim_error(run->w));
	run->bus = NULL;
}

static void command_task(struct rsim *w, void *arg)
{
	struct run *run = arg;
	unsigned i;

	for (i = 0; i < run->command.count; i++) {
		const struct kt_write *wr = &run->command.writes[i];
		struct rsim_dev *dev = rsim_dev_find(w, wr->bdf);

		if (wr->file != KT_RESCAN && !dev)
			kt_die(run->t->path, 0, "the command writes to a "
			       "function that the dump does not have");
		switch (wr->file) {
		case KT_RESET:
			run->r->ret = rsim_reset_store(dev, wr->text);
			break;
		case KT_RESET_METHOD:
			run->r->ret = rsim_reset_method_store(dev, wr->text);
			break;
		case KT_REMOVE:
			remove_fn(run, dev);
			break;
		case KT_RESCAN:
			rescan(run);
			break;
		}
	}
}

static void go(struct run *run)
{
	struct rsim_fault keep = {
		.point = RSIM_FAULT_NO_RESET, .dev = run->dev,
		.optional = true,
	};

	run->number = rsim_dev_number(run->dev);
	rsim_set_chooser(run->w, choose, run);
	rsim_fault_add(run->w, &keep);
	rsim_trace_clear(run->w);
	if (run->gone.at == 0)
		plug(run, false);
	if (run->gone.at <= 0 && run->gone.back < 0) {
		command_task(run->w, run);
		return;
	}
	rsim_task_add(run->w, "command", command_task, run);
	rsim_task_add(run->w, "gone", gone_task, run);
	if (rsim_run(run->w))
		kt_die(run->t->path, 0, "the model is deadlocked");
}

static const char *domain_kind(const struct rsim *w, uint64_t id)
{
	switch (w->os.domains[id - 1]->type) {
	case RSIM_DOMAIN_BLOCKED:
		return "blocking";
	case RSIM_DOMAIN_IDENTITY:
		return "identity";
	}
	return "paging";
}

/* Names of the calls that enclose an event. */
struct calls {
	const char *name[64];
	unsigned depth;
};

static const char *flush_name(const char *what)
{
	if (!strcmp(what, "context-cache flush"))
		return "context cache";
	if (!strcmp(what, "IOTLB flush"))
		return "IOTLB";
	return !strcmp(what, "ATC_INV") ? "device IOTLB" : what;
}

static struct rsim_bdf bdf_of(struct rsim *w, uint32_t id)
{
	const struct hw_fn *fn = id ? w->hw.fns[id - 1] : NULL;

	return fn ? fn->bdf : (struct rsim_bdf){ 0 };
}

static void access_event(struct run *run, const struct rsim_event *e,
			 struct kt_ev *ev)
{
	ev->dev = bdf_of(run->w, e->dev);
	/* A function that was removed: the command's. */
	if (!run->w->hw.fns[e->dev - 1])
		ev->dev = run->t->target;
	ev->off = (unsigned)e->a;
	ev->size = e->size;
	ev->val = (uint32_t)e->b;
}

static void call_event(struct run *run, const struct rsim_event *e,
		       struct calls *c, struct kt_list *l)
{
	const struct kt_function *fn = kt_function(e->what, strlen(e->what));
	bool call = e->kind == RSIM_EV_CALL;
	struct kt_ev *ev;

	if (!call && c->depth)
		c->depth--;
	if (!fn || fn->role != ROLE_MODEL) {
		printf("note: the model's call %s is in no table\n", e->what);
	} else {
		ev = kt_add(l, call ? KT_CALL : KT_END);
		ev->fn = e->what;
		ev->in = c->depth ? c->name[c->depth - 1] : "";
		ev->probe = call ? (int)e->a : -1;
		ev->has_ret = !call && e->ret != TRACE_VOID;
		ev->ret = e->ret;
	}
	if (call && c->depth < 64)
		c->name[c->depth++] = e->what;
	(void)run;
}

static void one_event(struct run *run, const struct rsim_event *e,
		      struct calls *c)
{
	const char *in = c->depth ? c->name[c->depth - 1] : "";
	struct kt_list *l = &run->r->list;
	struct kt_ev *ev = NULL;

	switch ((enum rsim_event_kind)e->kind) {
	case RSIM_EV_CALL:
	case RSIM_EV_RET:
		call_event(run, e, c, l);
		return;
	case RSIM_EV_CFG_READ:
	case RSIM_EV_CFG_WRITE:
		ev = kt_add(l, e->kind == RSIM_EV_CFG_READ ? KT_READ
							   : KT_WRITE);
		access_event(run, e, ev);
		break;
	case RSIM_EV_SLEEP:
		if (!strcmp(in, "pci_pm_reset")) {
			run->r->skipped[WHY_D3]++;
			return;
		}
		ev = kt_add(l, KT_SLEEP);
		ev->val = (uint32_t)(e->a / RSIM_NS_PER_MS);
		break;
	case RSIM_EV_LOCK:
	case RSIM_EV_UNLOCK:
		if (strcmp(e->what, "config access")) {
			run->r->skipped[WHY_LOCKS]++;
			return;
		}
		ev = kt_add(l, KT_CALL);
		ev->fn = e->kind == RSIM_EV_LOCK ? "pci_cfg_access_lock"
						 : "pci_cfg_access_unlock";
		break;
	case RSIM_EV_ATTACH:
		ev = kt_add(l, KT_ATTACH);
		ev->fn = domain_kind(run->w, e->a);
		ev->has_ret = true;
		ev->ret = e->ret;
		break;
	case RSIM_EV_CMD:
		if (!strncmp(e->what, "SYNC", 4))
			return;
		ev = kt_add(l, KT_FLUSH);
		ev->fn = flush_name(e->what);
		break;
	case RSIM_EV_DRIVER:
		ev = kt_add(l, KT_CALLBACK);
		ev->fn = e->what;
		break;
	default:
		return;
	}
	ev->in = in;
}

static void collect(struct run *run)
{
	size_t i, n = rsim_trace_count(run->w);
	struct calls calls = { .depth = 0 };
	bool in_driver = false;

	for (i = 0; i < n; i++) {
		const struct rsim_event *e = rsim_trace_at(run->w, i);

		/* The command's task is the first, or there are none. */
		if (e->task > 1)
			continue;
		if (e->kind == RSIM_EV_NOTE)
			in_driver = !strcmp(e->what, cb_begins);
		else if (!in_driver)
			one_event(run, e, &calls);
	}
	kt_merge_polls(&run->r->list);
}

void kt_run(struct kt_trace *t, const struct kt_dump *d, struct kt_result *r)
{
	struct rsim_config config = {
		.proto = rsim_proto_find("v7.1"), .iommu = RSIM_IOMMU_VTD,
		.kernel = RSIM_KERNEL_7_3, .identity_default = t->pt,
	};
	struct run run = { .t = t, .r = r };
	struct kt_dump dump = *d;
	long ret;

	kt_command(t, &run.command);
	t->target = run.command.target;
	kt_prime(t, &dump);
	run.gone = kt_when_gone(t);
	run.w = rsim_new(&config);
	if (!run.w)
		kt_die("kernel-trace", 0, "no memory");
	if (rsim_machine_parse(run.w, dump.text, dump.len, d->path))
		kt_die(d->path, 0, "%s", rsim_error(run.w));
	run.dev = rsim_dev_find(run.w, t->target);
	bind(&run);
	if (t->methods && run.command.writes[0].file != KT_REMOVE) {
		ret = rsim_reset_method_store(run.dev, t->methods);
		if (ret < 0 && (*t->methods || ret != -ENOENT))
			printf("%s: the model refuses the reset methods "
			       "\"%s\": %s\n", t->path, t->methods,
			       strerror((int)-ret));
	}
	go(&run);
	collect(&run);
	if (run.bus || rsim_reset_method_show(run.dev, r->methods_now,
					      sizeof(r->methods_now)) < 0)
		*r->methods_now = '\0';
	/* Strings of the world are still needed: it lives until exit. */
}
