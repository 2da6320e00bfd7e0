/* SPDX-License-Identifier: MIT */
/*
 * base.h - the types and conventions that every other header uses.
 *
 * Ownership: a function named rsim_*_add() or rsim_*_alloc() makes an object
 * that the world owns; it lives until the matching _free() or rsim_free().
 * A function named rsim_*_new() makes an object that the caller owns.
 *
 * Errors come in three classes that never mix:
 *  - misuse (NULL, an object of another world, wrong order) stops in an
 *    assertion that names the call; see rsim_set_misuse_handler();
 *  - a failure of the host (memory, malformed input) is NULL or a negative
 *    errno, with a sentence in rsim_error();
 *  - a modelled outcome is the negative errno that Linux would return.
 */
#ifndef RSIM_BASE_H
#define RSIM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define RSIM_API __attribute__((visibility("default")))
#define RSIM_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define RSIM_API
#define RSIM_PRINTF(f, a)
#endif

/* Virtual time, in nanoseconds since the world was made. */
typedef uint64_t rsim_ns;
/* An address as a device uses it (input of the IOMMU). */
typedef uint64_t rsim_iova;
/* An address in the machine's memory (output of the IOMMU). */
typedef uint64_t rsim_phys;
/* A Process Address Space ID, 20 bits; RSIM_NO_PASID means "none". */
typedef uint32_t rsim_pasid;

#define RSIM_NO_PASID ((rsim_pasid)0xffffffffu)
#define RSIM_PAGE_SIZE ((uint64_t)4096)
#define RSIM_NS_PER_MS ((rsim_ns)1000000)
/* A duration that never ends, where a duration in ms is asked for. */
#define RSIM_NEVER ((uint32_t)0xffffffffu)

struct rsim;		/* a world: one machine and the Linux on it */
struct rsim_dev;	/* a PCI function and its struct pci_dev */
struct rsim_group;	/* an IOMMU group */
struct rsim_domain;	/* an IOMMU domain */
struct rsim_proto;	/* a revision of prepare()/done() */

/*
 * What to do on misuse of the API: file, line and a sentence that names the
 * call and the argument. The default prints the sentence and calls abort().
 * A handler may longjmp() out (as CMocka's does); if it returns, abort() is
 * called. NULL restores the default. One handler for the whole process.
 */
typedef void (*rsim_misuse_fn)(const char *file, int line, const char *what);
RSIM_API void rsim_set_misuse_handler(rsim_misuse_fn handler);

#ifdef __cplusplus
}
#endif
#endif
