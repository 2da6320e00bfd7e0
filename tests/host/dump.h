/* SPDX-License-Identifier: MIT */
/* The text of a dump, made of bytes that a test chooses. */
#ifndef RSIM_TESTS_HOST_DUMP_H
#define RSIM_TESTS_HOST_DUMP_H

#include "host.h"

struct dump {
	char buf[65536];
	size_t len;
};

static inline void put(struct dump *d, const char *s)
{
	size_t n = strlen(s);

	assert_true(d->len + n < sizeof(d->buf));
	memcpy(d->buf + d->len, s, n + 1);
	d->len += n;
}

static inline void put_bytes(struct dump *d, const uint8_t *cfg, unsigned from,
		      unsigned to)
{
	char word[16];
	unsigned i;

	for (i = from; i < to; i++) {
		if (i % 16 == 0) {
			snprintf(word, sizeof(word), "%02x:", i);
			put(d, word);
		}
		snprintf(word, sizeof(word), " %02x", cfg[i]);
		put(d, word);
		if (i % 16 == 15)
			put(d, "\n");
	}
}

/* A function without anything, which the cases below dress up. */
static inline uint8_t *plain(void)
{
	static uint8_t cfg[4096];

	memset(cfg, 0, sizeof(cfg));
	memcpy(cfg, (const uint8_t[]){ 0x34, 0x12, 1, 0 }, 4);
	cfg[PCI_CLASS_DEVICE + 1] = 2;
	return cfg;
}

static inline uint8_t *with_cap(uint8_t *cfg, unsigned at, uint8_t id,
				uint8_t next)
{
	cfg[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
	if (!cfg[PCI_CAPABILITY_LIST])
		cfg[PCI_CAPABILITY_LIST] = (uint8_t)at;
	cfg[at] = id;
	cfg[at + 1] = next;
	return cfg;
}

static inline uint8_t *express(unsigned type)
{
	uint8_t *cfg = with_cap(plain(), 0x40, PCI_CAP_ID_EXP, 0);

	cfg[0x40 + PCI_EXP_FLAGS] = (uint8_t)(type << 4 | 2);
	return cfg;
}

static inline uint8_t *port(uint8_t secondary)
{
	uint8_t *cfg = express(PCI_EXP_TYPE_ROOT_PORT);

	cfg[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	cfg[PCI_CLASS_DEVICE] = 4;
	cfg[PCI_CLASS_DEVICE + 1] = 6;
	cfg[PCI_SECONDARY_BUS] = cfg[PCI_SUBORDINATE_BUS] = secondary;
	return cfg;
}

static inline uint8_t *vf(void)
{
	uint8_t *cfg = express(PCI_EXP_TYPE_ENDPOINT);

	memset(cfg, 0xff, 4);
	return cfg;
}

static inline uint8_t *ext(uint8_t *cfg, unsigned at, unsigned id,
			   unsigned next)
{
	uint32_t head = id | 1u << 16 | (uint32_t)next << 20;
	unsigned i;

	for (i = 0; i < 4; i++)
		cfg[at + i] = (uint8_t)(head >> 8 * i);
	return cfg;
}

static inline void put_fn(struct dump *d, const char *bdf, const uint8_t *cfg,
		   unsigned size)
{
	put(d, bdf);
	put(d, " a function\n");
	put_bytes(d, cfg, 0, size);
}

#endif
