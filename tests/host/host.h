/* SPDX-License-Identifier: MIT */
/* A host whose memory runs out when a test says so, and files of a test. */
#ifndef RSIM_TESTS_HOST_H
#define RSIM_TESTS_HOST_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/pci_regs.h>
#include <rsim/rsim.h>

/* Allocation number @refuse (from 1; 0: none) fails, or also all after it. */
struct host {
	unsigned long seen, refuse;
	bool all_after;
};

static inline bool host_allow(void *ctx, size_t bytes)
{
	struct host *h = ctx;

	(void)bytes;
	h->seen++;
	if (!h->refuse || h->seen < h->refuse)
		return true;
	return h->seen > h->refuse && !h->all_after;
}

static inline void host_arm(struct host *h, unsigned long n, bool all_after)
{
	*h = (struct host){ .refuse = n, .all_after = all_after };
}

/* Was an allocation refused since it was armed? Nothing is from now on. */
static inline bool host_refused(struct host *h)
{
	bool refused = h->refuse && h->seen >= h->refuse;

	h->refuse = 0;
	return refused;
}

static inline char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	size_t cap = 1 << 20;
	char *s = malloc(cap);

	if (!f || !s)
		fail_msg("%s: %s", path, strerror(errno));
	*len = fread(s, 1, cap - 1, f);
	assert_true(*len < cap - 1);
	s[*len] = '\0';
	fclose(f);
	return s;
}

/* What rsim_machine_export() writes. free() it. */
static inline char *exported(struct rsim *w)
{
	char *s = NULL;
	size_t len;
	FILE *f = open_memstream(&s, &len);

	assert_non_null(f);
	assert_int_equal(rsim_machine_export(w, f), 0);
	fclose(f);
	return s;
}

/* The dumps of tests/data, by the name of their machine. */
static const char *const dumps[] = {
	"amdvi", "arm-smmuv3", "cxl-vtd", "i440fx", "noiommu-switch",
	"vtd-rootports", "vtd-switch",
};
enum { DUMPS = sizeof(dumps) / sizeof(dumps[0]) };

static inline char *read_dump(unsigned i, size_t *len)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/machines/%s/lspci-xxxx.txt",
		 RSIM_TEST_DATA, dumps[i]);
	return read_file(path, len);
}

#endif
