/* SPDX-License-Identifier: MIT */
/*
 * Runs scripts against the IOMMU core and prints what happened, in the format
 * in which answers of the kernel's own functions were recorded
 * (docs/conformance.md). A line of the script may end in anything but what it
 * must contain is said when it is missing.
 */
#include "base/assert.h"
#include "base/host.h"
#include "os/reset/reset.h"
#include "sim/conform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rsim/machine.h>

enum { MAX_WORDS = 8 };

static int bad(struct conform *c, const char *expected)
{
	return world_error(c->outer, -EINVAL, "%s:%u: expected %s", c->name,
			   c->line, expected);
}

static int no_memory(struct conform *c)
{
	return world_error(c->outer, -ENOMEM, "%s:%u: no memory", c->name,
			   c->line);
}

/* "g12" with letter 'g' gives 12; -1: it is something else. */
static int index_of(const char *word, char letter, unsigned count)
{
	unsigned long n;
	char *end;

	if (word[0] != letter || word[1] < '0' || word[1] > '9')
		return -1;
	n = strtoul(word + 1, &end, 10);
	return *end || n >= count ? -1 : (int)n;
}

static struct rsim_domain *domain_of(struct conform *c, const char *word)
{
	unsigned i;

	for (i = 0; i < c->domain_count; i++)
		if (!strcmp(c->domain_names[i], word))
			return c->domains[i];
	return NULL;
}

/* "key=123", as an unsigned number. */
static bool setting(const char *word, const char *key, unsigned long *out)
{
	size_t n = strlen(key);
	char *end;

	if (strncmp(word, key, n) || word[n] != '=' || !word[n + 1])
		return false;
	*out = strtoul(word + n + 1, &end, 10);
	return !*end && *out <= 1u << 20;
}

static bool number(const char *word, long *out)
{
	char *end;

	errno = 0;
	*out = strtol(word, &end, 0);
	return *word && !*end && !errno && *out >= -4095 && *out <= 1 << 20;
}

static int answer(struct conform *c, bool has_value, int ret)
{
	conform_print_events(c);
	if (has_value)
		text_printf(&c->out, "  ret %d\n", ret);
	else
		text_printf(&c->out, "  ret void\n");
	conform_print_state(c);
	return 0;
}

static int do_case(struct conform *c, char **word)
{
	(void)word;
	rsim_free(c->w);
	c->group_count = c->dev_count = c->domain_count = 0;
	c->seen = 0;
	c->w = rsim_new(&c->config);
	return c->w ? 0 : no_memory(c);
}

static int do_group(struct conform *c, char **word)
{
	struct rsim_group *g;
	unsigned long blocked;

	if (c->group_count == CONFORM_NAMES ||
	    index_of(word[1], 'g', CONFORM_NAMES) != (int)c->group_count)
		return bad(c, "the next group: g0, g1, ... at most g63");
	if (!setting(word[2], "static_blocked", &blocked))
		return bad(c, "static_blocked=0 or =1");
	g = group_new(&c->w->os);
	if (!g)
		return no_memory(c);
	g->static_blocked = blocked;
	g->instance = (uint16_t)(c->group_count + 1);
	c->groups[c->group_count++] = g;
	return 0;
}

static int do_dev(struct conform *c, char **word)
{
	struct rsim_dev_desc d = { .type = RSIM_RCIEP, .name = word[1] };
	unsigned long ats, pasids, direct, deferred;
	int g = index_of(word[2], 'g', c->group_count);
	struct rsim_dev *dev;

	if (c->dev_count == CONFORM_NAMES ||
	    index_of(word[1], 'd', CONFORM_NAMES) != (int)c->dev_count)
		return bad(c, "the next device: d0, d1, ... at most d63");
	if (g < 0 && strcmp(word[2], "-"))
		return bad(c, "a group of this case, or -");
	if (!setting(word[3], "ats", &ats) ||
	    !setting(word[4], "pasids", &pasids) ||
	    !setting(word[5], "require_direct", &direct) ||
	    !setting(word[6], "deferred", &deferred))
		return bad(c, "ats= pasids= require_direct= deferred=");
	d.at.devfn = (uint8_t)(c->dev_count << 3);
	d.at.bus = (uint8_t)(c->dev_count >> 5);
	if (ats)
		d.caps |= RSIM_CAP_ATS;
	if (pasids)
		d.caps |= RSIM_CAP_PASID;
	d.max_pasids = (uint32_t)pasids;
	d.require_direct = direct;
	d.attach_deferred = deferred;
	d.group = g < 0 ? NULL : c->groups[g];
	d.no_iommu = g < 0;
	dev = rsim_dev_add(c->w, &d);
	if (!dev)
		return world_error(c->outer, -ENOMEM, "%s:%u: %s", c->name,
				   c->line, rsim_error(c->w));
	c->devs[c->dev_count++] = dev;
	c->seen = rsim_trace_count(c->w);
	return 0;
}

static int do_domain(struct conform *c, char **word)
{
	int g = index_of(word[2], 'g', c->group_count);
	unsigned n = c->domain_count;

	if (n == CONFORM_NAMES || domain_of(c, word[1]) ||
	    strlen(word[1]) >= sizeof(c->domain_names[0]))
		return bad(c, "a new domain of at most 7 letters, at most 64");
	if (g < 0)
		return bad(c, "a group of this case");
	c->domains[n] = rsim_domain_alloc(c->groups[g], word[1]);
	if (!c->domains[n])
		return no_memory(c);
	strcpy(c->domain_names[n], word[1]);
	c->domain_count++;
	c->seen = rsim_trace_count(c->w);
	return 0;
}

static struct rsim_dev *dev_word(struct conform *c, const char *word)
{
	int i = index_of(word, 'd', c->dev_count);

	return i < 0 ? NULL : c->devs[i];
}

static int do_prepare(struct conform *c, char **word)
{
	struct rsim_dev *dev = dev_word(c, word[1]);

	if (!dev)
		return bad(c, "a device of this case");
	return answer(c, true, c->w->os.proto->prepare(dev));
}

static int do_done(struct conform *c, char **word)
{
	struct rsim_dev *dev = dev_word(c, word[1]);

	if (!dev)
		return bad(c, "a device of this case");
	if (strcmp(word[2], "ok") && strcmp(word[2], "fail"))
		return bad(c, "ok or fail");
	fence_done(dev, strcmp(word[2], "ok") ? -ENOTTY : 0);
	return answer(c, false, 0);
}

static struct rsim_group *group_word(struct conform *c, const char *word)
{
	int i = index_of(word, 'g', c->group_count);

	/* A group without devices has no driver that could answer. */
	return i < 0 || !c->groups[i]->first ? NULL : c->groups[i];
}

static int do_attach(struct conform *c, char **word)
{
	struct rsim_group *g = group_word(c, word[1]);
	struct rsim_domain *d = domain_of(c, word[2]);

	if (!g || !d)
		return bad(c, "a group with devices and a domain");
	return answer(c, true, rsim_attach_group(g, d));
}

static int do_on_group(struct conform *c, char **word)
{
	struct rsim_group *g = group_word(c, word[1]);

	if (!g)
		return bad(c, "a group with devices");
	if (!strcmp(word[0], "claim"))
		return answer(c, true, rsim_claim_dma_owner(g));
	if (!strcmp(word[0], "detach"))
		rsim_detach_group(g);
	else
		rsim_release_dma_owner(g);
	return answer(c, false, 0);
}

static int do_deferred(struct conform *c, char **word)
{
	struct rsim_dev *dev = dev_word(c, word[1]);

	if (!dev)
		return bad(c, "a device of this case");
	if (!dev->group)
		return answer(c, true, 0);
	return answer(c, true,
		      rsim_deferred_attach(dev, dev->group->default_domain));
}

static int do_pasid(struct conform *c, char **word)
{
	struct rsim_dev *dev = dev_word(c, word[1]);
	struct rsim_domain *d = domain_of(c, word[3]);
	long pasid;

	if (!dev || !number(word[2], &pasid) || pasid < 0 || !d)
		return bad(c, "a device, a PASID and a domain");
	if (!strcmp(word[0], "attach_pasid"))
		return answer(c, true, rsim_attach_pasid(
					       dev, (rsim_pasid)pasid, d));
	return answer(c, true, rsim_replace_pasid(dev, (rsim_pasid)pasid, d));
}

static int do_detach_pasid(struct conform *c, char **word)
{
	struct rsim_dev *dev = dev_word(c, word[1]);
	long pasid;

	if (!dev || !dev->group || !number(word[2], &pasid) || pasid < 0 ||
	    !rsim_group_pasid(dev->group, (rsim_pasid)pasid))
		return bad(c, "a device and a PASID that is attached");
	rsim_detach_pasid(dev, (rsim_pasid)pasid);
	return answer(c, false, 0);
}

static int do_fail(struct conform *c, char **word)
{
	struct rsim_fault f = { .count = 1 };
	bool alloc = !strcmp(word[1], "alloc");
	long err;

	if (!number(word[alloc ? 2 : 3], &err) || err >= 0)
		return bad(c, "a negative errno");
	f.value = err;
	if (alloc) {
		f.point = RSIM_FAULT_ALLOC;
	} else {
		f.dev = dev_word(c, word[2]);
		if (!f.dev)
			return bad(c, "a device of this case");
		if (!strcmp(word[1], "attach"))
			f.point = RSIM_FAULT_ATTACH;
		else if (!strcmp(word[1], "pasid"))
			f.point = RSIM_FAULT_PASID;
		else
			return bad(c, "fail attach, fail pasid or fail alloc");
	}
	/* "The next one": a later line replaces what is still waiting. */
	rsim_fault_clear(c->w, f.point, f.dev);
	return rsim_fault_add(c->w, &f) ? no_memory(c) : 0;
}

static const struct {
	const char *name;
	unsigned words;		/* at least, the name included */
	int (*run)(struct conform *c, char **word);
} commands[] = {
	{ "case", 2, do_case },
	{ "group", 3, do_group },
	{ "dev", 7, do_dev },
	{ "domain", 3, do_domain },
	{ "prepare", 2, do_prepare },
	{ "done", 3, do_done },
	{ "attach", 3, do_attach },
	{ "detach", 2, do_on_group },
	{ "claim", 2, do_on_group },
	{ "release", 2, do_on_group },
	{ "deferred", 2, do_deferred },
	{ "attach_pasid", 4, do_pasid },
	{ "replace_pasid", 4, do_pasid },
	{ "detach_pasid", 3, do_detach_pasid },
	{ "fail", 3, do_fail },
};

static int run_line(struct conform *c, char *s)
{
	char *word[MAX_WORDS + 1] = { NULL }, *save = NULL, *p;
	unsigned n = 0, i;

	for (p = strtok_r(s, " ", &save); p && n < MAX_WORDS;
	     p = strtok_r(NULL, " ", &save))
		word[n++] = p;
	for (i = n; i < MAX_WORDS; i++)
		word[i] = s + strlen(s);	/* "" */
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, word[0]))
			continue;
		if (n < commands[i].words)
			return bad(c, "more words in this line");
		if (!c->w && commands[i].run != do_case)
			return bad(c, "'case N' first");
		return commands[i].run(c, word);
	}
	return bad(c, "case, group, dev, domain, prepare, done, attach, detach,"
		      " claim, release, deferred, attach_pasid, replace_pasid,"
		      " detach_pasid or fail");
}

static int line(struct conform *c, const char *s, size_t n)
{
	char copy[256];
	int ret;

	c->line++;
	if (n >= 2 && s[0] == ' ' && s[1] == ' ')
		return 0;
	if (n && s[n - 1] == '\r')
		n--;
	if (n >= sizeof(copy) || memchr(s, '\0', n))
		return bad(c, "a line of text of at most 255 characters");
	memcpy(copy, s, n);
	copy[n] = '\0';
	text_add(&c->out, copy, n);
	text_add(&c->out, "\n", 1);
	if (copy[strspn(copy, " ")]) {
		ret = run_line(c, copy);
		if (ret)
			return ret;
	}
	if (c->out.failed ||
	    (c->w && (c->w->arena->refused || rsim_status(c->w))))
		return no_memory(c);
	if (c->out.len < 32768)
		return 0;
	ret = c->write(c->ctx, c->out.buf, c->out.len);
	c->out.len = 0;
	return ret;
}

int rsim_conform(struct rsim *w, const char *text, size_t len,
		 const char *name, const struct rsim_proto *proto,
		 int (*write)(void *ctx, const char *s, size_t n), void *ctx)
{
	struct conform *c;
	int ret = 0;

	MISUSE_IF(!w || !text || !name || !proto || !write, "rsim_conform",
		  "an argument is NULL");
	c = host_alloc(&w->e.host, sizeof(*c));
	if (!c)
		return world_error(w, -ENOMEM, "%s: no memory", name);
	c->outer = w;
	c->name = name;
	c->write = write;
	c->ctx = ctx;
	c->out.host = &w->e.host;
	c->config = (struct rsim_config){
		.proto = proto, .iommu = RSIM_IOMMU_LOG,
		.memory = 1 << 20, .host = w->e.host,
	};
	while (len && !ret) {
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;

		ret = line(c, text, n);
		text += end ? n + 1 : n;
		len -= end ? n + 1 : n;
	}
	if (!ret && c->out.len)
		ret = write(ctx, c->out.buf, c->out.len);
	rsim_free(c->w);
	text_free(&c->out);
	free(c);
	return ret;
}
