/* SPDX-License-Identifier: MIT */
/* What the public API tells of a function. */
#include "os/dev.h"
#include "base/assert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rsim_bdf rsim_dev_bdf(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_bdf", "dev is NULL");
	return dev->fn.bdf;
}

const char *rsim_dev_name(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_name", "dev is NULL");
	return dev->name;
}

uint32_t rsim_dev_number(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_number", "dev is NULL");
	return dev->fn.id;
}

struct rsim *rsim_dev_world(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_world", "dev is NULL");
	return dev->os->e->world;
}

uint16_t rsim_dev_vendor(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_vendor", "dev is NULL");
	return dev->vendor;
}

uint16_t rsim_dev_device(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_device", "dev is NULL");
	return dev->device;
}

struct rsim_dev *rsim_dev_upstream(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_upstream", "dev is NULL");
	return dev_bridge(dev);
}

struct rsim_dev *rsim_dev_pf(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_pf", "dev is NULL");
	return dev->fn.pf ? fn_dev(dev->fn.pf) : NULL;
}

uint16_t rsim_dev_requester(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_requester", "dev is NULL");
	return dev->fn.ste ? (uint16_t)dev->fn.ste->key
			   : hw_requester(&dev->fn);
}

struct rsim_group *rsim_dev_group(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_group", "dev is NULL");
	return dev->group;
}

bool rsim_dev_ats_supported(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_ats_supported", "dev is NULL");
	return pci_ats_supported(dev);
}

/* A task may act on it later: then it is part of what the task has seen. */
static uint32_t answer(const struct rsim_dev *dev, uint32_t value)
{
	digest_answer(dev_engine(dev), value);
	return value;
}

bool rsim_dev_ats_enabled(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_ats_enabled", "dev is NULL");
	return answer(dev, hw_fn_ats_enabled(&dev->fn));
}

unsigned rsim_dev_atc_count(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_atc_count", "dev is NULL");
	return answer(dev, hw_atc_count(&dev->fn));
}

uint32_t rsim_dev_resets(const struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_resets", "dev is NULL");
	return answer(dev, dev->fn.resets);
}

struct rsim_domain *rsim_dev_hw_domain(const struct rsim_dev *dev,
				       rsim_pasid pasid)
{
	struct rsim_domain *d = NULL;
	unsigned i;

	MISUSE_IF(!dev, "rsim_dev_hw_domain", "dev is NULL");
	if (pasid == RSIM_NO_PASID)
		d = dev->hw_rid;
	for (i = 0; i < dev->hw_pasid_count; i++)
		if (dev->hw_pasids[i].pasid == pasid)
			d = dev->hw_pasids[i].domain;
	answer(dev, d ? d->id : 0);
	return d;
}

bool rsim_dev_blocked(const struct rsim_dev *dev)
{
	const struct hw_ste *ste;

	MISUSE_IF(!dev, "rsim_dev_blocked", "dev is NULL");
	ste = dev->fn.ste;
	return answer(dev, ste && ste->kind == HW_STE_ABORT && !ste->eats &&
				   !ste->pasid_count);
}

unsigned rsim_dev_cap(const struct rsim_dev *dev, uint8_t id)
{
	uint8_t cfg[HW_CONV_SIZE];

	MISUSE_IF(!dev, "rsim_dev_cap", "dev is NULL");
	memcpy(cfg, hw_config_at(dev->fn.hw, &dev->fn.cfg, 0), sizeof(cfg));
	return hw_find_cap(cfg, id);
}

unsigned rsim_dev_ext_cap(const struct rsim_dev *dev, uint16_t id)
{
	unsigned pos = 0x100, left = 1024;

	MISUSE_IF(!dev, "rsim_dev_ext_cap", "dev is NULL");
	while (pos >= 0x100 && pos + 4 <= dev->fn.cfg.layout->key.size &&
	       left--) {
		uint32_t head = fn_peek(&dev->fn, pos, 4);

		if (!head || head == ~0u)
			break;
		if ((head & 0xffff) == id)
			return pos;
		pos = head >> 20 & ~3u;
	}
	return 0;
}

void rsim_dev_unplug(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_unplug", "dev is NULL");
	dev->fn.gone_at = dev_engine(dev)->now;
	trace_add(dev_engine(dev), RSIM_EV_HW, dev->fn.id, "is unplugged");
}

void rsim_dev_replug(struct rsim_dev *dev)
{
	MISUSE_IF(!dev, "rsim_dev_replug", "dev is NULL");
	dev->fn.gone_at = HW_TIME_NEVER;
	trace_add(dev_engine(dev), RSIM_EV_HW, dev->fn.id, "is back");
}

void rsim_dev_set_power_state(struct rsim_dev *dev, unsigned d)
{
	MISUSE_IF(!dev, "rsim_dev_set_power_state", "dev is NULL");
	MISUSE_IF(d > 4, "rsim_dev_set_power_state", "no such state");
	dev->current_state = (uint8_t)d;
}

int rsim_bdf_parse(const char *text, struct rsim_bdf *out)
{
	unsigned long part[4] = { 0, 0, 0, 0 };	/* domain bus device function */
	const char *s = text, *dot;
	unsigned colons = 0, i;
	char *end;

	MISUSE_IF(!text || !out, "rsim_bdf_parse", "an argument is NULL");
	for (dot = s; *dot && *dot != '.'; dot++)
		colons += *dot == ':';
	if (colons < 1 || colons > 2 || *dot != '.')
		return -EINVAL;
	for (i = colons == 2 ? 0 : 1; i < 4; i++) {
		static const unsigned long max[] = { 0xffffffff, 0xff, 0x1f,
						     7 };
		char want = i < 2 ? ':' : i == 2 ? '.' : '\0';

		if (!strchr("0123456789abcdefABCDEF", *s) || !*s)
			return -EINVAL;
		errno = 0;
		part[i] = strtoul(s, &end, 16);
		if (errno || *end != want || part[i] > max[i] || end - s > 8)
			return -EINVAL;
		s = end + 1;
	}
	out->domain = (uint32_t)part[0];
	out->bus = (uint8_t)part[1];
	out->devfn = (uint8_t)(part[2] << 3 | part[3]);
	return 0;
}

char *rsim_bdf_text(struct rsim_bdf bdf, char buf[RSIM_BDF_TEXT])
{
	snprintf(buf, RSIM_BDF_TEXT, "%04x:%02x:%02x.%x", (unsigned)bdf.domain,
		 bdf.bus, bdf.devfn >> 3, bdf.devfn & 7);
	return buf;
}
