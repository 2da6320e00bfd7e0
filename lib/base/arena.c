/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/assert.h"
#include "base/host.h"

#include <string.h>
#include <sys/mman.h>

#define ALIGN16(n) (((n) + 15) & ~(size_t)15)

struct arena *arena_new(const struct rsim_host *host, size_t size)
{
	struct arena *a;

	size = (size + 65535) & ~(size_t)65535;
	if (!host_allows(host, size))
		return NULL;
	/* Untouched pages cost nothing: the range is large, its use small. */
	a = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (a == MAP_FAILED)
		return NULL;
	a->host = host;
	a->size = size;
	a->hot = ALIGN16(sizeof(*a));
	return a;
}

void arena_free_all(struct arena *a)
{
	munmap(a, a->size);
}

/* The free list of a block of @bytes (a multiple of 16), or -1: too large. */
static int size_class(size_t bytes)
{
	size_t cap = (size_t)ARENA_SMALL * 16;
	int c = ARENA_SMALL - 1;

	if (bytes <= cap)
		return bytes ? (int)(bytes / 16) - 1 : 0;
	while (cap < bytes) {
		cap <<= 1;
		if (++c == ARENA_CLASSES)
			return -1;
	}
	return c;
}

static size_t class_bytes(int c, size_t bytes)
{
	if (c < 0)
		return ALIGN16(bytes);
	return c < ARENA_SMALL ? (size_t)(c + 1) * 16
			       : (size_t)ARENA_SMALL * 16
					 << (c - ARENA_SMALL + 1);
}

static bool fits(const struct arena *a, size_t bytes)
{
	size_t used = a->hot + a->cold;

	return bytes <= a->size && used <= a->size - bytes;
}

static void *refuse(struct arena *a)
{
	a->refused = true;
	return NULL;
}

void *arena_hot(struct arena *a, size_t bytes)
{
	int c = size_class(ALIGN16(bytes));
	void *p;

	if (!host_allows(a->host, bytes))
		return refuse(a);
	if (c >= 0 && a->free[c]) {
		p = a->free[c];
		a->free[c] = a->free[c]->next;
		memset(p, 0, sizeof(struct arena_free));
		return p;
	}
	bytes = class_bytes(c, bytes);
	if (!fits(a, bytes))
		return refuse(a);
	p = (char *)a + a->hot;
	a->hot += bytes;
	return p;
}

void arena_release(struct arena *a, void *p, size_t bytes)
{
	int c = size_class(ALIGN16(bytes));

	if (!p)
		return;
	memset(p, 0, class_bytes(c, bytes));
	if (c < 0)
		return;	/* a large block is only ever a grown table */
	((struct arena_free *)p)->next = a->free[c];
	a->free[c] = p;
}

void *arena_cold(struct arena *a, size_t bytes)
{
	if (!host_allows(a->host, bytes))
		return refuse(a);
	bytes = ALIGN16(bytes);
	if (!fits(a, bytes))
		return refuse(a);
	a->cold += bytes;
	return (char *)a + a->size - a->cold;
}

char *arena_strdup(struct arena *a, const char *s)
{
	size_t n = strlen(s) + 1;
	char *p = arena_cold(a, n);

	if (p)
		memcpy(p, s, n);
	return p;
}
