/* SPDX-License-Identifier: MIT */
/*
 * One event, one line: time in ms, task (where there are tasks), function,
 * then what happened, indented by the calls around it.
 */
#include "export/text.h"
#include "base/assert.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *domain_name(const struct rsim *w, uint64_t id)
{
	return id && id <= w->os.domain_count ? w->os.domains[id - 1]->name
					      : "none";
}

static const char *task_name(const struct rsim *w, unsigned id)
{
	return id && id <= w->e.name_count ? w->e.task_names[id - 1] : "";
}

static const char *dev_name(const struct rsim *w, uint32_t id)
{
	const struct hw_fn *fn = id && id <= w->hw.fn_count ? w->hw.fns[id - 1]
							     : NULL;
	const char *name;

	if (!fn)
		return id ? "removed" : "";
	name = fn_cdev(fn)->name ? fn_cdev(fn)->name : "?";
	/* Domain 0 goes without saying. */
	return !strncmp(name, "0000:", 5) ? name + 5 : name;
}

static const char *reg_name(const struct rsim *w, const struct rsim_event *ev)
{
	static const struct {
		uint8_t cap, off;
		const char *name;
	} regs[] = {
		{ HW_CAP_EXP, PCI_EXP_DEVCTL, "DEVCTL" },
		{ HW_CAP_EXP, PCI_EXP_DEVSTA, "DEVSTA" },
		{ HW_CAP_EXP, PCI_EXP_LNKCTL, "LNKCTL" },
		{ HW_CAP_EXP, PCI_EXP_LNKSTA, "LNKSTA" },
		{ HW_CAP_EXP, PCI_EXP_SLTCTL, "SLTCTL" },
		{ HW_CAP_EXP, PCI_EXP_SLTSTA, "SLTSTA" },
		{ HW_CAP_EXP, PCI_EXP_RTCTL, "RTCTL" },
		{ HW_CAP_EXP, PCI_EXP_DEVCTL2, "DEVCTL2" },
		{ HW_CAP_EXP, PCI_EXP_LNKCTL2, "LNKCTL2" },
		{ HW_CAP_PM, PCI_PM_CTRL, "PMCSR" },
		{ HW_CAP_AF, PCI_AF_CTRL, "AF_CTRL" },
		{ HW_CAP_MSIX, PCI_MSIX_FLAGS, "MSIX_FLAGS" },
		{ HW_CAP_ATS, PCI_ATS_CAP, "ATS_CAP" },
		{ HW_CAP_ATS, PCI_ATS_CTRL, "ATS_CTRL" },
		{ HW_CAP_ACS, PCI_ACS_CTRL, "ACS_CTRL" },
		{ HW_CAP_SRIOV, PCI_SRIOV_CTRL, "SRIOV_CTRL" },
		{ HW_CAP_CXL_PORT, RSIM_CXL_PORT_CTL, "CXL_PORT_CTL" },
	};
	const struct hw_fn *fn = w->hw.fns[ev->dev - 1];
	unsigned i;

	if (ev->a == PCI_VENDOR_ID)
		return "VENDOR_ID";
	if (ev->a == PCI_COMMAND)
		return "COMMAND";
	if (!fn)
		return "";
	if (ev->a == PCI_BRIDGE_CONTROL && fn_is_bridge(fn))
		return "BRIDGE_CTL";
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		if (fn_cap(fn, regs[i].cap) &&
		    ev->a == fn_cap(fn, regs[i].cap) + regs[i].off)
			return regs[i].name;
	return "";
}

static void cfg_text(const struct rsim *w, const struct rsim_event *ev,
		     struct text *t)
{
	const char *name = reg_name(w, ev);

	text_printf(t, "%s%u 0x%03x%s%s = 0x%0*" PRIx64,
		    ev->kind == RSIM_EV_CFG_READ ? "R" : "W", ev->size * 8u,
		    (unsigned)ev->a, *name ? " " : "", name, ev->size * 2,
		    ev->b);
}

static void pasid_text(struct text *t, const struct rsim_event *ev)
{
	if (ev->obj)
		text_printf(t, " pasid %u", ev->obj);
}

static void dma_text(struct text *t, const struct rsim_event *ev)
{
	text_printf(t, "DMA %s 0x%" PRIx64, ev->what, ev->a);
	pasid_text(t, ev);
	if (ev->ret) {
		text_printf(t, ": %s",
			    ev->ret == -EPERM ? "aborted by the IOMMU"
			    : ev->ret == -EFAULT ? "no translation"
			    : ev->ret == -EOPNOTSUPP ? "not supported"
			    : ev->ret == -ENODEV ? "unreachable"
			    : ev->ret == -EACCES ? "bus mastering is off"
						 : "not now");
		return;
	}
	text_printf(t, " -> page 0x%" PRIx64, ev->b);
	if (ev->size)
		text_printf(t, "  *** no longer its own ***");
}

static void driver_text(const struct rsim *w, const struct rsim_event *ev,
			struct text *t)
{
	if (ev->kind == RSIM_EV_PASID)
		text_printf(t, "pasid %u: %s <- %s", ev->obj,
			    domain_name(w, ev->a), domain_name(w, ev->b));
	else
		text_printf(t, "attach %s <- %s", domain_name(w, ev->a),
			    domain_name(w, ev->b));
	if (ev->ret)
		text_printf(t, " = %d", ev->ret);
}

static void ms_text(struct text *t, const char *what, uint64_t ns)
{
	text_printf(t, "%s %" PRIu64, what, ns / 1000000);
	if (ns % 1000000)
		text_printf(t, ".%06" PRIu64, ns % 1000000);
	text_printf(t, " ms");
}

static void cmd_text(const struct rsim_event *ev, struct text *t)
{
	text_printf(t, "iommu: %s", ev->what);
	if (strcmp(ev->what, "ATC_INV"))
		return;
	pasid_text(t, ev);
	if (ev->b)
		text_printf(t, " 0x%" PRIx64 "+0x%" PRIx64, ev->a, ev->b);
	else
		text_printf(t, " all");
}

/* What Linux does. False: it is something else. */
static bool os_body(const struct rsim *w, const struct rsim_event *ev,
		    struct text *t)
{
	switch ((enum rsim_event_kind)ev->kind) {
	case RSIM_EV_CALL:
		text_printf(t, "%s(%s)", ev->what, ev->a ? "probe" : "");
		break;
	case RSIM_EV_RET:
		if (ev->ret == TRACE_VOID)
			text_printf(t, "%s ends", ev->what);
		else
			text_printf(t, "%s = %d", ev->what, ev->ret);
		break;
	case RSIM_EV_CFG_READ:
	case RSIM_EV_CFG_WRITE:
		cfg_text(w, ev, t);
		break;
	case RSIM_EV_SLEEP:
		ms_text(t, ev->what, ev->a);
		break;
	case RSIM_EV_LOCK:
		text_printf(t, "lock %s", ev->what);
		break;
	case RSIM_EV_UNLOCK:
		text_printf(t, "unlock %s", ev->what);
		break;
	case RSIM_EV_ATTACH:
	case RSIM_EV_PASID:
		driver_text(w, ev, t);
		break;
	case RSIM_EV_DOMAIN:
		text_printf(t, "domain %s: %s",
			    ev->a ? domain_name(w, ev->a) : "blocking",
			    ev->what);
		if (ev->ret)
			text_printf(t, " = %d", ev->ret);
		break;
	case RSIM_EV_MAP:
		text_printf(t, "map %s 0x%" PRIx64 " -> page 0x%" PRIx64,
			    domain_name(w, ev->obj), ev->a, ev->b);
		break;
	case RSIM_EV_UNMAP:
		text_printf(t, "unmap %s 0x%" PRIx64,
			    domain_name(w, ev->obj), ev->a);
		break;
	case RSIM_EV_DRIVER:
		text_printf(t, "driver: %s", ev->what);
		break;
	case RSIM_EV_WARN:
		text_printf(t, "WARN %s", ev->what);
		break;
	case RSIM_EV_LOG:
		text_printf(t, "log: %s", ev->what);
		if (ev->a)
			text_printf(t, " (%" PRIu64 ")", ev->a);
		break;
	default:
		return false;
	}
	return true;
}

/* What the silicon and the test do. */
static void hw_body(const struct rsim_event *ev, struct text *t)
{
	switch ((enum rsim_event_kind)ev->kind) {
	case RSIM_EV_HW:
		text_printf(t, "hw: %s", ev->what);
		break;
	case RSIM_EV_STE:
		text_printf(t, "iommu: stream entry: %s", ev->what);
		break;
	case RSIM_EV_CMD:
		cmd_text(ev, t);
		break;
	case RSIM_EV_ATC:
		text_printf(t, "ATC %s 0x%" PRIx64 " -> page 0x%" PRIx64,
			    ev->what, ev->a, ev->b);
		pasid_text(t, ev);
		break;
	case RSIM_EV_DMA:
		dma_text(t, ev);
		break;
	case RSIM_EV_PAGE:
		text_printf(t, "page 0x%" PRIx64 " %s, owner %u", ev->a,
			    ev->what, ev->obj);
		break;
	case RSIM_EV_FAULT:
		text_printf(t, "FAULT %s", ev->what);
		if (ev->a == RSIM_NEVER)
			text_printf(t, " = never");
		else if (ev->a)
			text_printf(t, " = %" PRId64, (int64_t)ev->a);
		break;
	case RSIM_EV_TASK:
		text_printf(t, "task %s", ev->what);
		break;
	case RSIM_EV_NOTE:
		text_printf(t, "-- %s", ev->what);
		break;
	default:
		break;
	}
}

void export_event(const struct rsim *w, const struct rsim_event *ev,
		  unsigned depth, unsigned times, struct text *t)
{
	text_printf(t, "%9" PRIu64 ".%03" PRIu64 "  ", ev->time / 1000000,
		    ev->time / 1000 % 1000);
	if (w->e.name_count)
		text_printf(t, "%-8.12s ", task_name(w, ev->task));
	text_printf(t, "%-8s %*s", dev_name(w, ev->dev), depth * 2, "");
	if (!os_body(w, ev, t))
		hw_body(ev, t);
	if (times > 1)
		text_printf(t, ", %u times", times);
	text_add(t, "\n", 1);
}

/* Calls that a reader of a story can do without. */
static bool small_call(const char *what)
{
	static const char *const small[] = {
		"pci_save_state", "pci_restore_state", "pci_enable_ats",
		"pci_disable_ats", "pci_dev_save_and_disable",
		"pci_dev_restore", "__pci_reset_function_locked",
		"pcie_flr", "pci_bridge_wait_for_secondary_bus",
		"pciehp_reset_slot",
	};
	unsigned i;

	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++)
		if (!strcmp(what, small[i]))
			return true;
	return false;
}

/* Config accesses that change what the story is about. */
static bool telling_access(const struct rsim *w, const struct rsim_event *ev)
{
	static const char *const telling[] = {
		"DEVCTL", "PMCSR", "AF_CTRL", "BRIDGE_CTL", "ATS_CTRL",
		"CXL_PORT_CTL",
	};
	const char *name = reg_name(w, ev);
	unsigned i;

	for (i = 0; i < sizeof(telling) / sizeof(telling[0]); i++)
		if (!strcmp(name, telling[i]))
			return true;
	return false;
}

static bool shown(const struct rsim *w, const struct rsim_event *ev,
		  enum rsim_trace_detail detail)
{
	if (detail == RSIM_TRACE_ALL)
		return true;
	switch ((enum rsim_event_kind)ev->kind) {
	case RSIM_EV_CFG_READ:
	case RSIM_EV_LOCK:
	case RSIM_EV_UNLOCK:
		return false;
	case RSIM_EV_CFG_WRITE:
		return telling_access(w, ev);
	case RSIM_EV_CALL:
	case RSIM_EV_RET:
		return !small_call(ev->what);
	case RSIM_EV_CMD:
		return !strcmp(ev->what, "ATC_INV") || strchr(ev->what, ' ');
	default:
		return true;
	}
}

/* The next event after @i that is shown, or the count. */
static size_t next_shown(const struct rsim *w, size_t i,
			 enum rsim_trace_detail detail)
{
	const struct trace *t = &w->side->trace;

	for (i++; i < t->count; i++)
		if (shown(w, &t->events[i], detail))
			break;
	return i;
}

/* Two waits of a poll, which a story tells as one. */
static bool same_wait(const struct rsim_event *a, const struct rsim_event *b)
{
	return a->kind == RSIM_EV_SLEEP && b->kind == RSIM_EV_SLEEP &&
	       a->a == b->a && a->task == b->task && a->dev == b->dev;
}

/* Depth counts the enclosing calls that are shown, for each task. */
static void story(const struct rsim *w, size_t from,
		  enum rsim_trace_detail detail, struct text *t)
{
	const struct rsim_event *all = w->side->trace.events;
	size_t count = w->side->trace.count, i, next;
	int depth[ENGINE_MAX_TASKS + 1] = { 0 };

	i = from < count && shown(w, &all[from], detail)
		    ? from : next_shown(w, from, detail);
	for (; i < count; i = next) {
		const struct rsim_event *ev = &all[i];
		int *d = &depth[ev->task];
		unsigned times = 1;

		next = next_shown(w, i, detail);
		while (next < count && detail == RSIM_TRACE_STORY &&
		       same_wait(ev, &all[next])) {
			next = next_shown(w, next, detail);
			times++;
		}
		if (ev->kind == RSIM_EV_RET && *d)
			--*d;
		export_event(w, ev, (unsigned)*d, times, t);
		if (ev->kind == RSIM_EV_CALL)
			++*d;
	}
}

char *rsim_trace_text(const struct rsim *w, size_t from,
		      enum rsim_trace_detail detail)
{
	struct text t = { 0 };

	MISUSE_IF(!w, "rsim_trace_text", "w is NULL");
	t.host = &w->e.host;
	text_add(&t, "", 0);
	story(w, from, detail, &t);
	if (!t.failed)
		return t.buf;
	text_free(&t);
	return NULL;
}

int rsim_trace_print(const struct rsim *w, FILE *to, size_t from,
		     enum rsim_trace_detail detail)
{
	char *s;
	int ret;

	MISUSE_IF(!w || !to, "rsim_trace_print", "an argument is NULL");
	s = rsim_trace_text(w, from, detail);
	if (!s)
		return -ENOMEM;
	ret = fputs(s, to) < 0 ? -EIO : 0;
	free(s);
	return ret;
}

size_t rsim_trace_count(const struct rsim *w)
{
	MISUSE_IF(!w, "rsim_trace_count", "w is NULL");
	return w->side->trace.count;
}

const struct rsim_event *rsim_trace_at(const struct rsim *w, size_t i)
{
	MISUSE_IF(!w, "rsim_trace_at", "w is NULL");
	MISUSE_IF(i >= w->side->trace.count, "rsim_trace_at",
		  "there are not so many events");
	return &w->side->trace.events[i];
}

void rsim_trace_clear(struct rsim *w)
{
	MISUSE_IF(!w, "rsim_trace_clear", "w is NULL");
	trace_forget(&w->e);
	w->side->trace.failed = false;
}

void rsim_trace_enable(struct rsim *w, bool on)
{
	MISUSE_IF(!w, "rsim_trace_enable", "w is NULL");
	w->side->trace.off = !on;
}

void rsim_note(struct rsim *w, const char *text)
{
	char *copy;

	MISUSE_IF(!w || !text, "rsim_note", "an argument is NULL");
	if (w->side->trace.off)
		return;
	copy = arena_strdup(w->arena, text);
	if (copy)
		trace_add(&w->e, RSIM_EV_NOTE, 0, copy);
	else
		w->side->trace.failed = true;
}

static unsigned count(const struct rsim *w, enum rsim_event_kind kind,
		      uint32_t dev, const char *what)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < w->side->trace.count; i++) {
		const struct rsim_event *ev = &w->side->trace.events[i];

		n += ev->kind == kind && (!dev || ev->dev == dev) &&
		     (!what || !strcmp(ev->what, what));
	}
	return n;
}

unsigned rsim_warn_count(const struct rsim *w, const char *fn)
{
	MISUSE_IF(!w, "rsim_warn_count", "w is NULL");
	return count(w, RSIM_EV_WARN, 0, fn);
}

unsigned rsim_log_count(const struct rsim *w, struct rsim_dev *dev,
			const char *msg)
{
	MISUSE_IF(!w, "rsim_log_count", "w is NULL");
	return count(w, RSIM_EV_LOG, dev ? dev->fn.id : 0, msg);
}
