/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "base/host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool text_room(struct text *t, size_t n)
{
	size_t cap = t->cap ? t->cap : 256;
	char *p;

	if (t->failed)
		return false;
	if (t->cap > t->len && t->cap - t->len > n)
		return true;
	while (cap - t->len <= n)
		cap *= 2;
	p = host_realloc(t->host, t->buf, cap);
	if (!p) {
		t->failed = true;
		return false;
	}
	t->buf = p;
	t->cap = cap;
	return true;
}

void text_add(struct text *t, const char *s, size_t n)
{
	if (!text_room(t, n))
		return;
	memcpy(t->buf + t->len, s, n);
	t->len += n;
	t->buf[t->len] = '\0';
}

void text_printf(struct text *t, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n > 0)
		text_add(t, line, (size_t)n < sizeof(line) ? (size_t)n
							   : sizeof(line) - 1);
}

void text_free(struct text *t)
{
	free(t->buf);
	t->buf = NULL;
	t->len = t->cap = 0;
}
