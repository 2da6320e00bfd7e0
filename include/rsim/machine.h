/* SPDX-License-Identifier: MIT */
/*
 * machine.h - real machines: in from what `lspci -xxxx` printed, and out.
 */
#ifndef RSIM_MACHINE_H
#define RSIM_MACHINE_H

#include <rsim/base.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Adds every function of a dump to a world that is still empty. The text is
 * that of `lspci -xxxx` (with or without -D, as root), 256 or 4096 bytes a
 * function; lines that start with white space are skipped. Virtual functions,
 * whose first bytes read ffff:ffff, get the IDs that their PF gives. @name
 * stands for the text in messages.
 *
 * Returns 0; -EINVAL: malformed, rsim_error() says file, line and what was
 * expected; -ENOMEM; for a file also the errno of opening or reading it.
 * After an error the world is empty as before. Cost: about 10 us a function
 * of 4096 bytes, most of it reading hex.
 */
RSIM_API int rsim_machine_load(struct rsim *w, const char *path);
RSIM_API int rsim_machine_parse(struct rsim *w, const char *text, size_t len,
				const char *name);

/*
 * Writes the config space of all functions as the silicon holds it now, in
 * the format of the dump: `lspci -F` reads it. 0, -EIO.
 */
RSIM_API int rsim_machine_export(struct rsim *w, FILE *to);

/*
 * Runs a conformance script (docs/conformance.md) on the IOMMU core with
 * protocol @proto and hands the transcript to @write piece by piece. Lines
 * that start with two spaces are recorded answers and are skipped. @w only
 * lends its host and takes the error. 0; -EINVAL with rsim_error(); -ENOMEM;
 * or what @write returned, if not 0.
 */
RSIM_API int rsim_conform(struct rsim *w, const char *text, size_t len,
			  const char *name, const struct rsim_proto *proto,
			  int (*write)(void *ctx, const char *s, size_t n),
			  void *ctx);

#ifdef __cplusplus
}
#endif
#endif
