/* SPDX-License-Identifier: MIT */
/*
 * The text of `lspci -xxxx`, changed where it stands before the machine is
 * made of it: so Linux finds the changed values when it enumerates.
 */
#include "kt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kt_dump_load(struct kt_dump *d, const char *path)
{
	*d = (struct kt_dump){ .path = path, .text = kt_read_file(path) };
	d->len = strlen(d->text);
}

static const char *next_line(const char *s)
{
	s += strcspn(s, "\n");
	return *s ? s + 1 : s;
}

static bool header(const char *s, struct rsim_bdf *bdf)
{
	size_t n = strcspn(s, " \t\n");
	char word[16];

	/* 01:00.0 or 0000:01:00.0 */
	if ((n != 7 && n != 12) || s[n - 2] != '.')
		return false;
	memcpy(word, s, n);
	word[n] = '\0';
	return !rsim_bdf_parse(word, bdf);
}

bool kt_dump_next(const struct kt_dump *d, size_t *at, struct rsim_bdf *bdf)
{
	const char *s = d->text + *at;

	for (; *s; s = next_line(s))
		if (header(s, bdf)) {
			*at = (size_t)(next_line(s) - d->text);
			return true;
		}
	return false;
}

/* Where the function's bytes begin, or NULL. */
static char *section(const struct kt_dump *d, struct rsim_bdf want)
{
	struct rsim_bdf bdf;
	size_t at = 0;

	while (kt_dump_next(d, &at, &bdf))
		if (kt_same_bdf(bdf, want))
			return d->text + at;
	return NULL;
}

bool kt_dump_has(const struct kt_dump *d, struct rsim_bdf bdf)
{
	return section(d, bdf) != NULL;
}

/* The two digits of a byte, or NULL. */
static char *digits(const struct kt_dump *d, struct rsim_bdf bdf, unsigned off)
{
	const char *s = section(d, bdf);
	struct rsim_bdf other;

	for (; s && *s && !header(s, &other); s = next_line(s)) {
		char *end;
		unsigned long line = strtoul(s, &end, 16);

		if (end != s && *end == ':' && line == (off & ~15u))
			return end + 2 + 3 * (off & 15);
	}
	return NULL;
}

int kt_byte(const struct kt_dump *d, struct rsim_bdf bdf, unsigned off)
{
	const char *s = digits(d, bdf, off);
	char two[3] = { 0 };

	if (!s)
		return -1;
	memcpy(two, s, 2);
	return (int)strtoul(two, NULL, 16);
}

uint32_t kt_get(const struct kt_dump *d, struct rsim_bdf bdf, unsigned off,
		unsigned size)
{
	uint32_t val = 0;
	unsigned i;

	for (i = 0; i < size; i++)
		val |= (uint32_t)(kt_byte(d, bdf, off + i) & 0xff) << 8 * i;
	return val;
}

void kt_put(struct kt_dump *d, struct rsim_bdf bdf, unsigned off,
	    unsigned size, uint32_t val)
{
	unsigned i;

	for (i = 0; i < size; i++) {
		char *s = digits(d, bdf, off + i), two[3];

		if (!s)
			return;
		snprintf(two, sizeof(two), "%02x", val >> 8 * i & 0xff);
		memcpy(s, two, 2);
	}
}

unsigned kt_cap(const struct kt_dump *d, struct rsim_bdf bdf, uint8_t id)
{
	unsigned pos = kt_get(d, bdf, 0x34, 1) & ~3u, left = 48;

	if (!(kt_get(d, bdf, 6, 2) & 0x10))
		return 0;
	for (; pos >= 0x40 && left--; pos = kt_get(d, bdf, pos + 1, 1) & ~3u)
		if (kt_get(d, bdf, pos, 1) == id)
			return pos;
	return 0;
}

unsigned kt_ext_cap(const struct kt_dump *d, struct rsim_bdf bdf, uint16_t id)
{
	unsigned pos = 0x100, left = 1024;

	while (pos >= 0x100 && left-- && kt_byte(d, bdf, pos) >= 0) {
		uint32_t head = kt_get(d, bdf, pos, 4);

		if (!head || head == ~0u)
			break;
		if ((head & 0xffff) == id)
			return pos;
		pos = head >> 20 & ~3u;
	}
	return 0;
}

void kt_dump_remove(struct kt_dump *d, struct rsim_bdf bdf)
{
	char *s = section(d, bdf);
	const char *end = s;
	struct rsim_bdf other;

	if (!s)
		return;
	while (*end && !header(end, &other))
		end = next_line(end);
	/* From the start of its header, which is the line before. */
	for (s--; s > d->text && s[-1] != '\n';)
		s--;
	memmove(s, end, strlen(end) + 1);
	d->len = strlen(d->text);
}

void kt_clone(struct kt_dump *d, struct rsim_bdf from, struct rsim_bdf to,
	      unsigned below)
{
	const char *s = section(d, from), *end = s;
	struct rsim_bdf other;
	char bdf[RSIM_BDF_TEXT], other_bdf[RSIM_BDF_TEXT];
	size_t n, at;

	while (*end && !header(end, &other))
		end = next_line(end);
	n = (size_t)(end - s);
	rsim_bdf_text(to, bdf);
	rsim_bdf_text(from, other_bdf);
	printf("note: %s has no %s: a copy of %s takes its place\n", d->path,
	       bdf, other_bdf);
	at = (size_t)(s - d->text);
	d->text = kt_grow(d->text, d->len + n + 64);
	d->len += (size_t)sprintf(d->text + d->len, "\n%s a copy\n", bdf);
	memmove(d->text + d->len, d->text + at, n);
	d->len += n;
	d->text[d->len] = '\0';
	if (below) {
		kt_put(d, to, 0x18, 1, to.bus);
		kt_put(d, to, 0x19, 1, below);
		kt_put(d, to, 0x1a, 1, below);
	}
}
