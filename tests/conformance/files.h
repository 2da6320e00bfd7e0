/* SPDX-License-Identifier: MIT */
/* Recorded files, and words in their lines. */
#ifndef RSIM_TESTS_FILES_H
#define RSIM_TESTS_FILES_H

#include "helper.h"

#include <stdio.h>

/* The whole file, NUL-terminated; the caller frees it. */
static inline char *read_all(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *text;
	long size;

	if (!f)
		fail_msg("%s: %s", path, strerror(errno));
	fseek(f, 0, SEEK_END);
	size = ftell(f);
	rewind(f);
	text = malloc((size_t)size + 1);
	assert_non_null(text);
	*len = fread(text, 1, (size_t)size, f);
	assert_int_equal(*len, size);
	text[*len] = '\0';
	fclose(f);
	return text;
}

#endif
