/* SPDX-License-Identifier: MIT */
/* Assertions that are never compiled out. */
#ifndef RSIM_LIB_BASE_ASSERT_H
#define RSIM_LIB_BASE_ASSERT_H

#include <rsim/base.h>

_Noreturn void rsim_misuse(const char *file, int line, const char *call,
			   const char *what);

/* The caller of public function @call broke its contract. */
#define MISUSE_IF(cond, call, what)                                            \
	do {                                                                   \
		if (__builtin_expect(!!(cond), 0))                             \
			rsim_misuse(__FILE__, __LINE__, call, what);           \
	} while (0)

/* A broken promise inside the library. */
#define MUST(cond) MISUSE_IF(!(cond), "internal", "broken: " #cond)

#endif
