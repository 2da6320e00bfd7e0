/* SPDX-License-Identifier: MIT */
/* From the text of a trace to the events of the task that ran the command. */
#include "kt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 64 };

struct frame {
	const char *name;
	const struct kt_function *fn;
	size_t at;		/* its event + 1; 0: none */
	bool driver, method;
	bool has_ret;
	int ret;
};

struct parser {
	struct kt_trace *t;
	unsigned line;
	struct frame stack[MAX_DEPTH];
	unsigned depth;
	bool scan;		/* the command removes and finds functions */
	bool repeated;		/* a line without durations: no call is open */
};

static _Noreturn void bad(const struct parser *p, const char *expected)
{
	kt_die(p->t->path, p->line, "expected %s", expected);
}

static struct frame *top(struct parser *p)
{
	return p->depth ? &p->stack[p->depth - 1] : NULL;
}

/* Of a removal and a scan, only these calls and what is in them count. */
static bool scan_root(const char *name)
{
	const struct kt_function *fn = kt_function(name, strlen(name));

	return fn && (fn->role == ROLE_ATTACH ||
		      !strcmp(name, "pci_init_reset_methods") ||
		      !strcmp(name, "__iommu_device_set_domain"));
}

static bool left_out(struct parser *p)
{
	if (!p->scan || (p->depth && scan_root(p->stack[0].name)))
		return false;
	p->t->skipped[WHY_SCAN]++;
	return true;
}

static struct kt_ev *event(struct parser *p, enum kt_kind kind)
{
	struct kt_ev *ev = kt_add(&p->t->list, kind);
	const struct frame *f = top(p);

	ev->line = p->line;
	ev->in = f ? f->name : "";
	ev->driver = f && f->driver;
	ev->method = f && f->method;
	return ev;
}

/* A callback of the driver is what runs first or last and is not the PCI
 * core's. */
static const char *callback(struct parser *p, const struct kt_function *fn,
			    const char *name)
{
	const struct frame *f = top(p);

	if (fn || !f || !strncmp(name, "pci_", 4))
		return NULL;
	if (!strcmp(f->name, "pci_dev_save_and_disable"))
		return "reset_prepare";
	return !strcmp(f->name, "pci_dev_restore") ? "reset_done" : NULL;
}

static bool in_call(const struct parser *p, const char *name)
{
	unsigned i;

	for (i = 0; i < p->depth; i++)
		if (!strcmp(p->stack[i].name, name))
			return true;
	return false;
}

static void unknown(struct parser *p, const char *name)
{
	static const char *said[16];
	unsigned i;

	for (i = 0; i < 16 && said[i]; i++)
		if (!strcmp(said[i], name))
			return;
	if (i < 16)
		said[i] = name;
	printf("note: %s:%u: %s() is in no table (--list); what is in it is "
	       "compared\n", p->t->path, p->line, name);
}

static void enter(struct parser *p, const char *name, int probe)
{
	const struct kt_function *fn = kt_function(name, strlen(name));
	const char *cb = callback(p, fn, name);
	const struct frame *up = top(p);
	struct frame f = { .name = name, .fn = fn };
	struct kt_ev *ev = NULL;

	f.driver = cb || (up && up->driver);
	f.method = (up && up->method) || (fn && probe == 0);
	if (cb) {
		event(p, KT_CALLBACK)->fn = cb;
	} else if (f.driver) {
		p->t->skipped[WHY_DRIVER]++;
	} else if ((!p->depth && scan_root(name)) || !left_out(p)) {
		switch (fn ? fn->role : ROLE_UNKNOWN) {
		case ROLE_MODEL:
		case ROLE_CALL:
			ev = event(p, KT_CALL);
			ev->fn = fn->name;
			ev->probe = probe;
			break;
		case ROLE_FLUSH:
			event(p, KT_FLUSH)->fn = fn->model;
			break;
		case ROLE_ATTACH:
			if (!in_call(p, "__iommu_attach_device")) {
				p->t->skipped[WHY_RELEASE]++;
				break;
			}
			ev = event(p, KT_ATTACH);
			ev->fn = fn->model;
			break;
		case ROLE_HELPER:
			p->t->skipped[WHY_HELPER]++;
			break;
		case ROLE_INNER:
			p->t->skipped[WHY_INNER]++;
			break;
		default:
			unknown(p, name);
			p->t->skipped[WHY_HELPER]++;
		}
	}
	if (p->depth == MAX_DEPTH)
		kt_die(p->t->path, p->line, "calls are nested too deeply");
	f.at = ev ? (size_t)(ev - p->t->list.ev) + 1 : 0;
	p->stack[p->depth++] = f;
	if (!strcmp(name, "pci_restore_msi_state"))
		p->t->restores = true;
}

static void leave(struct parser *p, const char *name)
{
	struct frame f;
	struct kt_ev *ev;

	if (!p->depth || strcmp(top(p)->name, name))
		kt_die(p->t->path, p->line,
		       "expected the end of %s, got that of %s",
		       p->depth ? top(p)->name : "nothing", name);
	f = *top(p);
	p->depth--;
	if (!f.at)
		return;
	ev = &p->t->list.ev[f.at - 1];
	if (f.fn->role == ROLE_ATTACH) {
		ev->has_ret = f.has_ret;
		ev->ret = f.ret;
	} else if (f.fn->role == ROLE_MODEL) {
		ev = event(p, KT_END);
		ev->fn = f.name;
		ev->has_ret = f.has_ret;
		ev->ret = f.ret;
		if (!f.has_ret)
			p->t->skipped[WHY_RET]++;
	}
}

static void access_line(struct parser *p, char *s)
{
	static const struct {
		const char *name;
		unsigned off;
	} named[] = {
		{ "VENDOR", 0 }, { "COMMAND", 4 }, { "STATUS", 6 },
		{ "CAP_PTR", 0x34 }, { "BRIDGE_CONTROL", 0x3e },
	};
	bool write = *s == 'W';
	unsigned bits = 0, i, off = ~0u;
	char bdf[24], reg[24];
	uint32_t val;
	struct kt_ev *ev;

	if (sscanf(s + 1, "%u %23s %23[^= ]=0x%x", &bits, bdf, reg, &val) !=
		    4 || (bits != 8 && bits != 16 && bits != 32))
		bad(p, "an access, as \"R16 01:00.0 0x48=0x0\"");
	for (i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (!strcmp(reg, named[i].name))
			off = named[i].off;
	if (off == ~0u && sscanf(reg, "0x%x", &off) != 1)
		bad(p, "a register: an offset as 0x48, VENDOR, COMMAND, "
		       "STATUS, CAP_PTR or BRIDGE_CONTROL");
	if (off % (bits / 8) || off >= 4096)
		bad(p, "an aligned offset below 0x1000");
	/* The grouping of a new function, which comes before its attach. */
	if (!strstr(s, "[pci_acs_enabled]") && left_out(p))
		return;
	ev = event(p, write ? KT_WRITE : KT_READ);
	if (rsim_bdf_parse(bdf, &ev->dev))
		bad(p, "a function, as 01:00.0");
	ev->off = off;
	ev->size = bits / 8;
	ev->val = val;
	if (ev->driver)
		p->t->skipped[WHY_DRIVER]++;
}

/* "... 17 config reads (pci_find_capability, pci_save_state)" */
static void reads_line(struct parser *p, char *s)
{
	bool walk = false, counted = false;
	struct kt_ev *ev;
	unsigned n;
	char *at;

	at = strchr(s, '(');
	if (!at || sscanf(s, "... %u config reads (", &n) != 1)
		bad(p, "\"... N config reads (functions)\"");
	for (at++; *at && *at != ')';) {
		size_t len = strcspn(at, ",)");
		const struct kt_function *fn = kt_function(at, len);

		if (fn && fn->role == ROLE_WALK)
			walk = true;
		else
			counted = true;
		at += len;
		at += strspn(at, ", ");
	}
	if (left_out(p))
		return;
	if (top(p) && top(p)->driver) {
		p->t->skipped[WHY_DRIVER]++;
		return;
	}
	if (walk)
		p->t->skipped[WHY_WALK]++;
	if (!counted)
		return;
	ev = event(p, KT_READS);
	ev->n = n;
	ev->mixed = walk;
}

static void sleep_line(struct parser *p, const char *s, bool leaf)
{
	unsigned ms;

	if (sscanf(s, "msleep(msecs=0x%x)", &ms) != 1)
		bad(p, "\"msleep(msecs=0x64)\"");
	if (top(p) && top(p)->driver)
		p->t->skipped[WHY_DRIVER]++;
	else if (!left_out(p))
		event(p, KT_SLEEP)->val = ms;
	if (!leaf) {
		if (p->depth == MAX_DEPTH)
			kt_die(p->t->path, p->line, "calls nested too deeply");
		p->stack[p->depth++] = (struct frame){ .name = "msleep" };
	}
}

/* "f(probe=0x0)", "f()  19 us", "f [module](pdev=0x1) {", "... );" */
static void call_line(struct parser *p, char *s)
{
	char *open = strchr(s, '('), *close = open ? strchr(open, ')') : NULL;
	const char *after, *arg;
	int probe = -1;
	bool leaf;

	if (!close || open == s)
		bad(p, "a call, an access, a return or an end");
	after = close + 1 + strspn(close + 1, " ");
	leaf = p->repeated || *after == ';' ||
	       (*after >= '0' && *after <= '9');
	if (!leaf && *after && *after != '{')
		bad(p, "a duration, ';' or '{' after the call");
	if (!strncmp(s, "msleep(", 7)) {
		sleep_line(p, s, leaf);
		return;
	}
	arg = strstr(open, "probe=");
	if (arg && arg < close)
		probe = (int)strtol(arg + 6, NULL, 0);
	s[strcspn(s, " (")] = '\0';
	enter(p, s, probe);
	if (leaf)
		leave(p, s);
}

static void return_line(struct parser *p, char *s)
{
	char *ret = strstr(s, " ret=");
	struct frame *f = top(p);

	if (!ret)
		bad(p, "\"<- function ret=N\"");
	*ret = '\0';
	if (!f || strcmp(f->name, s + 3))
		kt_die(p->t->path, p->line, "%s returns, but is not running",
		       s + 3);
	f->has_ret = true;
	f->ret = (int)strtol(ret + 5, NULL, 10);
}

static void body_line(struct parser *p, char *s);

/* "[125 times:] A / B" */
static void times_line(struct parser *p, char *s)
{
	unsigned n, i;
	int used = 0;
	char *second;

	if (sscanf(s, "[%u times:]%n", &n, &used) != 1 || !used || n > 100000)
		bad(p, "\"[N times:] A / B\"");
	s += used + strspn(s + used, " ");
	second = strstr(s, " / ");
	p->repeated = true;
	for (i = 0; i < n; i++) {
		size_t len = second ? (size_t)(second - s) : strlen(s);
		char *copy = kt_alloc(len + 1);

		memcpy(copy, s, len);
		copy[len] = '\0';
		body_line(p, copy);
		if (second)
			body_line(p, strcpy(kt_alloc(strlen(second)),
					    second + 3));
	}
	p->repeated = false;
}

static void body_line(struct parser *p, char *s)
{
	s += strspn(s, " ");
	if (*s == '}') {
		s += 1 + strspn(s + 1, " ");
		s[strcspn(s, " ")] = '\0';
		leave(p, s);
	} else if (!strncmp(s, "<- ", 3)) {
		return_line(p, s);
	} else if (*s == '[') {
		times_line(p, s);
	} else if (!strncmp(s, "... ", 4)) {
		reads_line(p, s);
	} else if ((*s == 'R' || *s == 'W') && s[1] >= '0' && s[1] <= '9') {
		access_line(p, s);
	} else if (*s) {
		call_line(p, s);
	}
}

static const char *header_value(char *s, const char *key)
{
	size_t n = strlen(key);

	if (strncmp(s, "# ", 2) || strncmp(s + 2, key, n) || s[2 + n] != ':')
		return NULL;
	s += 3 + n;
	return s + strspn(s, " ");
}

static void header_line(struct parser *p, char *s)
{
	struct kt_trace *t = p->t;
	unsigned vendor, id;
	const char *v;
	char *at;

	if ((v = header_value(s, "reset_method")))
		t->methods = v;
	else if ((v = header_value(s, "reset_method now")))
		t->methods_now = v;
	else if ((v = header_value(s, "command")))
		t->command = v;
	else if (!strncmp(s, "# device ", 9)) {
		t->device = s + 9;
		at = strstr(s, " driver ");
		if (!at || sscanf(s + 9, "%*s 0x%x:0x%x", &vendor, &id) != 2)
			bad(p, "\"# device BDF 0xVVVV:0xDDDD driver ...\"");
		t->vendor = (uint16_t)vendor;
		t->id = (uint16_t)id;
		at += 8;
		if (*at != ' ' && strncmp(at, "group ", 6))
			sscanf(at, "%31s", t->driver);
		t->identity = strstr(at, "type identity") != NULL;
	} else if (!strncmp(s, "# rc=", 5)) {
		t->rc = atoi(s + 5);
		at = strstr(s, "output:");
		t->output = at ? at + 7 : "";
	} else if ((v = header_value(s, "lspci")) &&
		   !strncmp(v, "ATSCtl:", 7)) {
		t->ats_off = strstr(v, "Enable-") != NULL;
	}
}

/* The task of the command: the one that enters the kernel through sysfs, or
 * (for commands that no recorded call stands for) the first. */
static const char *main_task(char *text)
{
	const char *first = NULL, *now = NULL;
	char *s;

	for (s = text; s; s = strchr(s, '\n')) {
		s += *s == '\n';
		if (!strncmp(s, "--- task ", 9)) {
			now = s + 9;
			first = first ? first : now;
		}
		if (now && (!strncmp(s, "  reset_store(", 14) ||
			    !strncmp(s, "  reset_method_store(", 21)))
			return now;
	}
	return first;
}

static void names(struct kt_trace *t)
{
	const char *base = strrchr(t->path, '/');
	const char *end;

	base = base ? base + 1 : t->path;
	end = strstr(base, "--");
	if (!end)
		end = base + strlen(base);
#define HAS(word) (strstr(base, word) && strstr(base, word) < end)
	t->speed5 = HAS("-speed5");
	t->nativehp = HAS("-nativehp");
	t->pt = HAS("-pt") || t->identity;
#undef HAS
}

void kt_parse(struct kt_trace *t, const char *path)
{
	struct parser p = { .t = t };
	size_t task_len;
	const char *task;
	bool mine = false;
	char *s, *next;

	*t = (struct kt_trace){ .path = path, .rc = -1, .device = "",
				.methods_now = NULL, .command = "",
				.output = "" };
	t->text = kt_read_file(path);
	task = main_task(t->text);
	task_len = task ? strcspn(task, "\r\n") : 0;
	task = task ? strcpy(kt_alloc(strlen(task) + 1), task) : "";
	for (s = t->text; s && *s; s = next) {
		next = strchr(s, '\n');
		if (next)
			*next++ = '\0';
		s[strcspn(s, "\r")] = '\0';
		p.line++;
		if (*s == '#') {
			header_line(&p, s);
			p.scan = strstr(t->command, "/remove") != NULL;
		} else if (!strncmp(s, "--- task ", 9)) {
			mine = strlen(s + 9) == task_len &&
			       !memcmp(s + 9, task, task_len);
		} else if (*s == ' ' && !mine) {
			t->skipped[WHY_TASK]++;
		} else if (*s == ' ') {
			body_line(&p, s);
		} else if (*s) {
			bad(&p, "a header (#), \"--- task NAME\" or a line "
				"that starts with a space");
		}
	}
	if (!*t->command)
		bad(&p, "a line \"# command: ...\" above the tasks");
	names(t);
	kt_merge_polls(&t->list);
}
