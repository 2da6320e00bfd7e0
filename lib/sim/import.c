/* SPDX-License-Identifier: MIT */
#include "sim/import.h"
#include "base/host.h"
#include "sim/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char has_nul[] = "a NUL byte: not the text of lspci -xxxx";

static int bad(struct import *m, const char *what)
{
	return world_error(m->w, -EINVAL, "%s:%u: %s", m->name, m->line, what);
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The function that was being read is complete. */
static int close_fn(struct import *m)
{
	struct import_fn *f;

	if (!m->open)
		return 0;
	f = &m->fns[m->count - 1];
	m->open = false;
	if (m->filled != HW_CONV_SIZE && m->filled != HW_EXT_SIZE) {
		char bdf[RSIM_BDF_TEXT];

		return world_error(m->w, -EINVAL,
				   "%s:%u: %s has %u bytes, expected 256 or "
				   "4096 (lspci -xxxx as root)",
				   m->name, f->line,
				   rsim_bdf_text(f->bdf, bdf), m->filled);
	}
	f->cfg = host_alloc(&m->w->e.host, m->filled);
	if (!f->cfg)
		return world_error(m->w, -ENOMEM, "%s: no memory", m->name);
	memcpy(f->cfg, m->cfg, m->filled);
	f->size = m->filled;
	return 0;
}

static int open_fn(struct import *m, const struct rsim_bdf *bdf)
{
	if (m->count == m->cap) {
		uint32_t cap = m->cap ? m->cap * 2 : 64;
		struct import_fn *p = host_realloc(&m->w->e.host, m->fns,
						   cap * sizeof(*p));

		if (!p)
			return world_error(m->w, -ENOMEM, "%s: no memory",
					   m->name);
		m->fns = p;
		m->cap = cap;
	}
	m->fns[m->count++] = (struct import_fn){ .bdf = *bdf,
						 .line = m->line };
	m->open = true;
	m->filled = 0;
	return 0;
}

/* "0000:01:00.0 Ethernet controller: ..." */
static int header_line(struct import *m, const char *s)
{
	size_t n = strcspn(s, " \t");
	struct rsim_bdf bdf;
	char word[32];
	int ret;

	if (n >= sizeof(word))
		return bad(m, "expected a function's address, as 0000:01:00.0");
	memcpy(word, s, n);
	word[n] = '\0';
	if (rsim_bdf_parse(word, &bdf))
		return bad(m, "expected a function's address, as 0000:01:00.0,"
			      " or bytes, as '10: 00 ff ...'");
	ret = close_fn(m);
	return ret ? ret : open_fn(m, &bdf);
}

/* Is this a line of bytes: hex digits, a colon, a space? */
static bool is_bytes(const char *s)
{
	unsigned n = 0;

	while (nibble(s[n]) >= 0)
		n++;
	return n >= 2 && n <= 4 && s[n] == ':' &&
	       (s[n + 1] == ' ' || !s[n + 1]);
}

static int bytes_line(struct import *m, const char *s)
{
	unsigned off = 0, i;

	if (!m->open)
		return bad(m, "bytes before any function's address");
	for (; *s != ':'; s++)
		off = off * 16 + (unsigned)nibble(*s);
	s++;
	if (off != m->filled)
		return bad(m, off < m->filled
				      ? "this offset was there already"
				      : "offsets must follow each other by 10");
	if (off + 16 > HW_EXT_SIZE)
		return bad(m, "a function has at most 4096 bytes");
	for (i = 0; i < 16; i++, s += 3) {
		int hi, lo;

		if (s[0] != ' ')
			return bad(m, "expected 16 bytes in a line");
		hi = nibble(s[1]);
		lo = hi < 0 ? -1 : nibble(s[2]);
		if (lo < 0)
			return bad(m, s[1] ? "expected a byte, two hex digits"
					   : "expected 16 bytes in a line");
		m->cfg[off + i] = (uint8_t)(hi << 4 | lo);
	}
	while (*s == ' ')
		s++;
	if (*s)
		return bad(m, "expected the end of the line after 16 bytes");
	m->filled += 16;
	return 0;
}

static int one_line(struct import *m, char *s, size_t n)
{
	m->line++;
	if (memchr(s, '\0', n))
		return bad(m, has_nul);
	if (n && s[n - 1] == '\r')
		n--;
	s[n] = '\0';
	/* Empty lines, and what lspci -v says in between. */
	if (!n || *s == ' ' || *s == '\t')
		return 0;
	return is_bytes(s) ? bytes_line(m, s) : header_line(m, s);
}

int import_feed(struct import *m, const char *s, size_t n)
{
	while (n) {
		const char *end = memchr(s, '\n', n);
		size_t take = end ? (size_t)(end - s) : n;
		int ret;

		/* Names may be long, bytes never are. */
		if (m->carried + take >= sizeof(m->carry)) {
			size_t room = sizeof(m->carry) - 1 - m->carried;

			m->line++;
			if (memchr(s, '\0', take))
				return bad(m, has_nul);
			if (m->carried + take > 65536)
				return bad(m, "the line is no text of lspci");
			m->line--;
			memcpy(m->carry + m->carried, s, room);
			m->carried += room;
		} else {
			memcpy(m->carry + m->carried, s, take);
			m->carried += take;
		}
		if (!end)
			return 0;
		ret = one_line(m, m->carry, m->carried);
		m->carried = 0;
		if (ret)
			return ret;
		s += take + 1;
		n -= take + 1;
	}
	return 0;
}

static int by_bdf(const void *a, const void *b)
{
	const struct import_fn *x = a, *y = b;
	uint64_t p = (uint64_t)x->bdf.domain << 16 | x->bdf.bus << 8 |
		     x->bdf.devfn;
	uint64_t q = (uint64_t)y->bdf.domain << 16 | y->bdf.bus << 8 |
		     y->bdf.devfn;

	return p < q ? -1 : p > q ? 1 : (int)x->line - (int)y->line;
}

int import_end(struct import *m)
{
	char bdf[RSIM_BDF_TEXT];
	uint32_t i;
	int ret = 0;

	if (m->carried)
		ret = one_line(m, m->carry, m->carried);
	m->carried = 0;
	if (!ret && m->count)
		ret = close_fn(m);
	if (ret)
		return ret;
	if (!m->count)
		return world_error(m->w, -EINVAL,
				   "%s:%u: no function: expected the text of "
				   "lspci -xxxx", m->name, m->line);
	qsort(m->fns, m->count, sizeof(*m->fns), by_bdf);
	for (i = 1; i < m->count; i++) {
		const struct import_fn *f = &m->fns[i];

		if (f[-1].bdf.domain != f->bdf.domain ||
		    f[-1].bdf.bus != f->bdf.bus ||
		    f[-1].bdf.devfn != f->bdf.devfn)
			continue;
		return world_error(m->w, -EINVAL,
				   "%s:%u: %s was there already, in line %u",
				   m->name, f->line,
				   rsim_bdf_text(f->bdf, bdf), f[-1].line);
	}
	return 0;
}

void import_free(struct import *m)
{
	uint32_t i;

	for (i = 0; i < m->count; i++)
		free(m->fns[i].cfg);
	free(m->fns);
	m->fns = NULL;
	m->count = m->cap = 0;
}
