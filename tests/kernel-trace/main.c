/* SPDX-License-Identifier: MIT */
/*
 * kernel-trace DUMP TRACE: does the model do what the kernel did? Exit 0: yes;
 * 1: no, and here is the first difference; 2: bad usage or input.
 */
#include "kt.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void kt_die(const char *file, unsigned line, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	if (line)
		fprintf(stderr, "%s:%u: ", file, line);
	else
		fprintf(stderr, "%s: ", file);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(2);
}

void *kt_grow(void *p, size_t bytes)
{
	p = realloc(p, bytes);
	if (!p)
		kt_die("kernel-trace", 0, "no memory");
	return p;
}

void *kt_alloc(size_t bytes)
{
	return kt_grow(NULL, bytes);
}

char *kt_read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t cap = 65536, n = 0, got;
	char *buf = kt_alloc(cap);

	if (!f)
		kt_die(path, 0, "cannot be opened");
	while ((got = fread(buf + n, 1, cap - n - 1, f)) > 0) {
		n += got;
		if (cap - n < 4096) {
			cap *= 2;
			buf = kt_grow(buf, cap);
		}
	}
	if (ferror(f))
		kt_die(path, 0, "cannot be read");
	fclose(f);
	buf[n] = '\0';
	if (strlen(buf) != n)
		kt_die(path, 0, "has a NUL byte: expected text");
	return buf;
}

struct kt_ev *kt_add(struct kt_list *l, enum kt_kind kind)
{
	if (l->count == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 256;
		l->ev = kt_grow(l->ev, l->cap * sizeof(*l->ev));
	}
	l->ev[l->count] = (struct kt_ev){ .kind = kind, .fn = "", .in = "",
					  .probe = -1 };
	return &l->ev[l->count++];
}

static bool is_poll(const struct kt_ev *a)
{
	return a[0].kind == KT_READ && !a[0].driver &&
	       a[1].kind == KT_SLEEP && a[1].val == 1;
}

static bool same_read(const struct kt_ev *a, const struct kt_ev *b)
{
	return kt_same_bdf(a->dev, b->dev) && a->off == b->off &&
	       a->size == b->size && a->val == b->val;
}

void kt_merge_polls(struct kt_list *l)
{
	size_t from = 0, to = 0;

	while (from < l->count) {
		struct kt_ev ev = l->ev[from];

		if (from + 1 >= l->count || !is_poll(&l->ev[from])) {
			l->ev[to++] = ev;
			from++;
			continue;
		}
		ev.kind = KT_POLL;
		for (; from + 1 < l->count && is_poll(&l->ev[from]) &&
		       same_read(&l->ev[from], &ev); from += 2)
			ev.n++;
		l->ev[to++] = ev;
	}
	l->count = to;
}

void kt_print(const struct kt_ev *ev)
{
	char bdf[RSIM_BDF_TEXT];
	const char *s;

	rsim_bdf_text(ev->dev, bdf);
	s = ev->dev.domain ? bdf : bdf + 5;
	switch (ev->kind) {
	case KT_CALL:
		printf("%s(%s)", ev->fn, ev->probe == 1 ? "probe" : "");
		break;
	case KT_END:
		printf("end of %s", ev->fn);
		break;
	case KT_READ:
	case KT_WRITE:
	case KT_POLL:
		printf("%c%u %s 0x%x = 0x%x", ev->kind == KT_WRITE ? 'W' : 'R',
		       8 * ev->size, s, ev->off, ev->val);
		if (ev->kind == KT_POLL)
			printf(", msleep(1), %u times", ev->n);
		break;
	case KT_READS:
		printf("%u reads of the header", ev->n);
		break;
	case KT_SLEEP:
		printf("msleep(%u)", ev->val);
		break;
	case KT_ATTACH:
		printf("attach to %s domain", ev->fn);
		break;
	case KT_FLUSH:
		printf("flush of %s", ev->fn);
		break;
	case KT_CALLBACK:
		printf("driver's %s", ev->fn);
		break;
	}
	if (ev->has_ret)
		printf(" = %d", ev->ret);
	if (*ev->in)
		printf("  in %s", ev->in);
}

int main(int argc, char **argv)
{
	struct kt_result result = { 0 };
	struct kt_trace trace;
	struct kt_dump dump;

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		kt_print_list();
		return 0;
	}
	if (argc != 3) {
		fprintf(stderr, "usage: kernel-trace DUMP TRACE\n"
				"       kernel-trace --list\n");
		return 2;
	}
	kt_dump_load(&dump, argv[1]);
	kt_parse(&trace, argv[2]);
	kt_run(&trace, &dump, &result);
	return kt_compare(&trace, &result);
}
