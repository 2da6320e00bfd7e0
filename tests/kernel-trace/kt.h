/* SPDX-License-Identifier: MIT */
/*
 * Compares the model with what a real kernel did: parse.c reads a recorded
 * trace, table.c says what counts, dump.c and prime.c put the machine into
 * the state that the trace starts from, run.c runs the same command on the
 * model, compare.c walks both in step.
 */
#ifndef KERNEL_TRACE_KT_H
#define KERNEL_TRACE_KT_H

#include <rsim/rsim.h>

enum kt_kind {
	KT_CALL,	/* enters fn; probe, or -1 */
	KT_END,		/* leaves fn; ret when has_ret */
	KT_READ, KT_WRITE,
	KT_READS,	/* n reads of the header, values not recorded */
	KT_SLEEP,	/* val ms */
	KT_POLL,	/* READ and a sleep of 1 ms, once or more often */
	KT_ATTACH,	/* the driver attaches to a domain of kind fn */
	KT_FLUSH,	/* an invalidation, fn says of what */
	KT_CALLBACK,	/* the bound driver's callback: fn, as the model
			 * calls it */
};

struct kt_ev {
	enum kt_kind kind;
	unsigned line;		/* of the trace; of the model: event number */
	const char *fn;
	const char *in;		/* function around it */
	struct rsim_bdf dev;
	unsigned off, size;
	uint32_t val;
	unsigned n;
	int probe, ret;
	bool has_ret;
	bool mixed;		/* READS: others are counted in, too */
	bool driver;		/* inside a callback: input, not compared */
	bool method;		/* inside a reset method that is no probe */
};

struct kt_list {
	struct kt_ev *ev;
	size_t count, cap;
};

/* Why something in a trace is not compared; the rows of table.c. */
enum kt_why {
	WHY_COMPARED,
	WHY_HELPER, WHY_WALK, WHY_INNER, WHY_RET, WHY_DRIVER, WHY_TASK,
	WHY_SCAN, WHY_D3, WHY_COUNT, WHY_LOCKS, WHY_RELEASE,
	WHYS
};

enum kt_role {
	ROLE_UNKNOWN,
	ROLE_MODEL,	/* the model has a call of that name */
	ROLE_CALL,	/* compared as a call without an end */
	ROLE_HELPER,	/* what is inside is compared, the call is not */
	ROLE_INNER,	/* the kernel's bookkeeping */
	ROLE_WALK,	/* reads by it are walks of capability lists */
	ROLE_ATTACH, ROLE_FLUSH,
	ROLE_SLEEP,
};

struct kt_function {
	const char *name;
	enum kt_role role;
	const char *model;	/* what the model calls it, if not so */
};

const struct kt_function *kt_function(const char *name, size_t n);
const char *kt_why_name(enum kt_why why);
void kt_print_list(void);

struct kt_trace {
	const char *path;
	char *text;		/* strings point into it */
	const char *device;	/* header lines, "" when absent */
	const char *methods, *methods_now, *command, *output;
	char driver[32];
	uint16_t vendor, id;
	int rc;			/* -1: not said */
	bool identity, ats_off;
	bool speed5, nativehp, pt;	/* suffixes of the topology */
	bool restores;		/* pci_restore_msi_state() was seen */
	struct rsim_bdf target;	/* the function in the command */
	struct kt_list list;	/* the command's task */
	size_t skipped[WHYS];
};

/* Prints "file:line: ..." and ends the program with 2. */
_Noreturn void kt_die(const char *file, unsigned line, const char *fmt, ...)
	RSIM_PRINTF(3, 4);
/* malloc() and realloc() that do not fail. */
void *kt_alloc(size_t bytes);
void *kt_grow(void *p, size_t bytes);
char *kt_read_file(const char *path);

struct kt_ev *kt_add(struct kt_list *l, enum kt_kind kind);
/* Merges reads followed by 1 ms of sleep, which repeat, to polls. */
void kt_merge_polls(struct kt_list *l);
void kt_print(const struct kt_ev *ev);

void kt_parse(struct kt_trace *t, const char *path);

/* The text of a dump, and its bytes where they stand in it (dump.c). */
struct kt_dump {
	const char *path;
	char *text;
	size_t len;
};

void kt_dump_load(struct kt_dump *d, const char *path);
bool kt_dump_has(const struct kt_dump *d, struct rsim_bdf bdf);
/* The next function after @prev (NULL: the first); false at the end. */
bool kt_dump_next(const struct kt_dump *d, size_t *at, struct rsim_bdf *bdf);
/* -1 where there is no such byte. */
int kt_byte(const struct kt_dump *d, struct rsim_bdf bdf, unsigned off);
uint32_t kt_get(const struct kt_dump *d, struct rsim_bdf bdf, unsigned off,
		unsigned size);
void kt_put(struct kt_dump *d, struct rsim_bdf bdf, unsigned off,
	    unsigned size, uint32_t val);
unsigned kt_cap(const struct kt_dump *d, struct rsim_bdf bdf, uint8_t id);
unsigned kt_ext_cap(const struct kt_dump *d, struct rsim_bdf bdf, uint16_t id);
/* Takes a function out. */
void kt_dump_remove(struct kt_dump *d, struct rsim_bdf bdf);
/* Appends a copy of @from at @to; a bridge gets the bus number @below. */
void kt_clone(struct kt_dump *d, struct rsim_bdf from, struct rsim_bdf to,
	      unsigned below);

/* When the device left and came back, in ms of the model's time. */
struct kt_gone {
	double at, back;	/* negative: does not happen */
};

/* Changes the dump to what the trace says the machine was. */
void kt_prime(const struct kt_trace *t, struct kt_dump *d);
/* From the sleeps before and after the reads that found nothing. */
struct kt_gone kt_when_gone(const struct kt_trace *t);

/* Runs the command; the model's events. */
struct kt_result {
	struct kt_list list;
	long ret;		/* of the last write to a sysfs file */
	char methods_now[128];
	size_t skipped[WHYS];
};
void kt_run(struct kt_trace *t, const struct kt_dump *d, struct kt_result *r);

/* 0 and the line "ok: ...", or 1 and the first difference. */
int kt_compare(struct kt_trace *t, struct kt_result *r);

static inline bool kt_same_bdf(struct rsim_bdf a, struct rsim_bdf b)
{
	return a.domain == b.domain && a.bus == b.bus && a.devfn == b.devfn;
}

#endif
