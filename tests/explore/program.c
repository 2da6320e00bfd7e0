/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define IOVA ((rsim_iova)0x10000)
#define MEMORY ((rsim_phys)1 << 32)

enum kind {
	RESET, DEV_LOCK, DEV_TRYLOCK, ATTACH, DETACH, REPLACE, CLAIM, RELEASE,
	MAP, UNMAP, PAGE_FREE, PAGE_ALLOC, DMA, DMA_ACCESS, PASID_ATTACH,
	PASID_DETACH, STORE, SLEEP, CHOOSE, ASK, CFG, YIELD, KINDS
};

static const char *const names[KINDS] = {
	"reset", "lock", "trylock", "attach", "detach", "replace", "claim",
	"release", "map", "unmap", "page-free", "page-alloc", "dma",
	"dma-access", "pasid-attach", "pasid-detach", "store", "sleep",
	"choose", "ask", "cfg", "yield",
};

/* What a task remembers between its operations. */
struct memory {
	struct rsim_group *group;
	struct rsim_dev *dev;
	unsigned number;
	rsim_phys page;		/* its own; 0: none */
	bool pasid;		/* it has attached the one of its number */
};

struct rsim_dev *program_dev(struct rsim *w, unsigned n)
{
	struct rsim_bdf at = { .devfn = (uint8_t)(n << 3) };

	return rsim_dev_find(w, at);
}

/* Domains of the programs, made after Linux' own: the last two. */
static struct rsim_domain *domain(struct rsim *w, unsigned n)
{
	uint32_t id = 0;

	while (rsim_domain_numbered(w, id + 1) &&
	       strcmp(rsim_domain_name(rsim_domain_numbered(w, id + 1)),
		      n ? "sva" : "vfio"))
		id++;
	return rsim_domain_numbered(w, id + 1);
}

static void reset_op(struct rsim *w, const struct op *op, struct memory *m)
{
	static const char *const lists[] = { "default", "flr", "pm flr" };

	(void)w;
	switch (op->kind) {
	case RESET:
		rsim_try_reset_function(m->dev);
		break;
	case DEV_LOCK:
		rsim_dev_lock(m->dev);
		rsim_dev_unlock(m->dev);
		break;
	case DEV_TRYLOCK:
		if (rsim_dev_trylock(m->dev))
			rsim_dev_unlock(m->dev);
		break;
	case STORE:
		rsim_reset_method_store(m->dev, lists[op->arg % 3]);
		break;
	case CFG:
		rsim_user_cfg_read(m->dev, 4, 2);
		break;
	}
}

static void domain_op(struct rsim *w, const struct op *op, struct memory *m)
{
	switch (op->kind) {
	case ATTACH:
		rsim_attach_group(m->group, domain(w, 0));
		break;
	case DETACH:
		rsim_detach_group(m->group);
		break;
	case REPLACE:
		rsim_replace_group(m->group, domain(w, 0));
		break;
	case CLAIM:
		rsim_claim_dma_owner(m->group);
		break;
	case RELEASE:
		rsim_release_dma_owner(m->group);
		break;
	case PASID_ATTACH:
		if (!m->pasid)
			m->pasid = !rsim_attach_pasid(m->dev, m->number,
						      domain(w, 1));
		break;
	case PASID_DETACH:
		if (m->pasid)
			rsim_detach_pasid(m->dev, m->number);
		m->pasid = false;
		break;
	}
}

static void memory_op(struct rsim *w, const struct op *op, struct memory *m)
{
	rsim_iova iova = IOVA + op->arg % 2 * RSIM_PAGE_SIZE;
	struct rsim_domain *d =
		rsim_group_default(m->group);

	switch (op->kind) {
	case MAP:
		rsim_map(d, iova, MEMORY + op->arg % 2 * RSIM_PAGE_SIZE,
			 RSIM_PAGE_SIZE, op->arg % 4 > 1);
		break;
	case UNMAP:
		rsim_unmap(d, iova, RSIM_PAGE_SIZE);
		break;
	case PAGE_FREE:
		if (m->page)
			rsim_page_free(w, m->page);
		m->page = 0;
		break;
	case PAGE_ALLOC:
		if (!m->page)
			m->page = rsim_page_alloc(w, m->number + 10);
		break;
	case DMA:
		rsim_dma(m->dev, op->arg / 2 % 3,
			 op->arg & 64 ? m->number : RSIM_NO_PASID, iova,
			 op->arg & 32);
		break;
	case DMA_ACCESS:
		rsim_dma_access(m->dev, RSIM_NO_PASID, iova, op->arg & 32);
		break;
	}
}

/* Whatever can be asked of a world. */
static uint64_t answer(struct rsim *w, unsigned what, const struct memory *m)
{
	struct rsim_domain *d;

	switch (what % 10) {
	case 0:
		return rsim_dev_blocked(m->dev);
	case 1:
		return rsim_dev_atc_count(m->dev);
	case 2:
		return rsim_dev_ats_enabled(m->dev);
	case 3:
		return rsim_page_owner(w, MEMORY) != 0;
	case 4:
		return rsim_page_generation(w, MEMORY) > 1;
	case 5:
		return rsim_group_owned(m->group);
	case 6:
		return rsim_group_fenced(m->group);
	case 7:
		d = rsim_dev_hw_domain(m->dev, RSIM_NO_PASID);
		return d ? rsim_domain_number(d) % 2 : 0;
	case 8:
		return rsim_cfg_peek(m->dev, 4, 2) != 0;
	}
	return rsim_dev_methods(m->dev)[0] == RSIM_METHOD_FLR;
}

/* Asks, lets others run, and acts on what it heard. */
static void ask(struct rsim *w, const struct op *op, struct memory *m)
{
	uint64_t heard = answer(w, op->arg, m);

	rsim_yield(w);
	if (heard)
		rsim_dma(m->dev, RSIM_AT_UNTRANSLATED, RSIM_NO_PASID, IOVA,
			 true);
	else
		rsim_dma(m->dev, RSIM_AT_TRANSLATION_REQUEST, RSIM_NO_PASID,
			 IOVA, false);
}

static void other_op(struct rsim *w, const struct op *op, struct memory *m)
{
	uint32_t pick;

	switch (op->kind) {
	case SLEEP:
		rsim_sleep(w, (op->arg % 3 + 1) * 50 * RSIM_NS_PER_MS);
		break;
	case CHOOSE:
		pick = rsim_choose(w, "three", 3);
		rsim_yield(w);
		if (pick)
			rsim_dma(m->dev, pick - 1, RSIM_NO_PASID, IOVA, true);
		break;
	case ASK:
		ask(w, op, m);
		break;
	case YIELD:
		rsim_yield(w);
		break;
	}
}

static void task(struct rsim *w, void *arg)
{
	const struct program_task *t = arg;
	struct memory m = { .number = t->number };
	unsigned i;

	m.group = rsim_dev_group(program_dev(w, 1));
	m.page = MEMORY + (t->number - 1) * RSIM_PAGE_SIZE;
	for (i = 0; i < t->count; i++) {
		const struct op *op = &t->ops[i];

		m.dev = program_dev(w, op->dev);
		reset_op(w, op, &m);
		domain_op(w, op, &m);
		memory_op(w, op, &m);
		other_op(w, op, &m);
	}
}

static int machine(struct rsim *w, const struct program *p)
{
	static const char *const dev_names[] = { "a", "b" };
	struct rsim_group *group = NULL;
	unsigned n;

	for (n = 1; n <= p->devs; n++) {
		struct rsim_dev *d = rsim_dev_add(w, &(struct rsim_dev_desc){
			.name = dev_names[n - 1], .type = RSIM_RCIEP,
			.at = { .devfn = (uint8_t)(n << 3) },
			.caps = RSIM_CAP_FLR | RSIM_CAP_ATS | p->caps,
			.group = group, .new_group = !group,
		});

		if (!d)
			return -ENOMEM;
		group = rsim_dev_group(d);
	}
	for (n = 0; n < MAX_TASKS; n++)
		if (!rsim_page_alloc(w, n + 1))
			return -ENOMEM;
	if (!rsim_domain_alloc(group, "vfio") ||
	    !rsim_domain_alloc(group, "sva"))
		return -ENOMEM;
	if (p->claimed && rsim_claim_dma_owner(group))
		return -EBUSY;
	return rsim_map(rsim_group_default(group), IOVA, MEMORY,
			RSIM_PAGE_SIZE, true);
}

static int build(struct rsim *w, void *arg)
{
	struct program *p = arg;
	int ret = machine(w, p);
	unsigned i;

	for (i = 0; !ret && i < p->fault_count; i++)
		ret = rsim_fault_add(w, &(struct rsim_fault){
			.point = p->faults[i], .optional = true });
	for (i = 0; ret >= 0 && i < p->task_count; i++) {
		char name[16];

		snprintf(name, sizeof(name), "task %u", i + 1);
		ret = rsim_task_add(w, name, task, &p->tasks[i]);
	}
	return ret < 0 ? ret : 0;
}

static unsigned draw(uint64_t *s, unsigned n)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return (unsigned)((*s * 0x2545f4914f6cdd1du >> 33) % n);
}

/* Operations of many steps must be rare, or nothing can be enumerated. */
static uint8_t draw_kind(uint64_t *s)
{
	static const uint8_t often[] = {
		RESET, RESET, UNMAP, UNMAP, UNMAP, DMA, DMA, DMA, DMA_ACCESS,
		DMA_ACCESS, PAGE_FREE, PAGE_FREE, PAGE_ALLOC, ASK, ASK, MAP,
	};

	return (uint8_t)(draw(s, 2) ? often[draw(s, sizeof(often))]
				    : draw(s, KINDS));
}

void program_make(struct program *p, uint64_t seed)
{
	static const enum rsim_fault_point points[] = {
		RSIM_FAULT_READY, RSIM_FAULT_ATC_INV, RSIM_FAULT_ATC_INV_UR,
		RSIM_FAULT_ATC_KEEP, RSIM_FAULT_NO_RESET, RSIM_FAULT_ATTACH,
		RSIM_FAULT_PASID, RSIM_FAULT_ALLOC, RSIM_FAULT_IRQ,
	};
	uint64_t s = seed * 0x9e3779b97f4a7c15u + 1;
	unsigned i, k;

	memset(p, 0, sizeof(*p));
	p->seed = seed;
	for (i = 0; i < 8; i++)
		draw(&s, 2);
	p->devs = 1 + draw(&s, 2);
	p->caps = (draw(&s, 2) ? RSIM_CAP_PM : 0u) |
		  (draw(&s, 2) ? RSIM_CAP_PASID : 0u);
	p->fault_count = draw(&s, MAX_FAULTS + 1);
	for (i = 0; i < p->fault_count; i++)
		p->faults[i] = points[draw(&s, sizeof(points) /
						       sizeof(points[0]))];
	p->task_count = draw(&s, 3) ? 2 : 3;
	for (i = 0; i < p->task_count; i++) {
		struct program_task *t = &p->tasks[i];

		t->program = p;
		t->number = i + 1;
		t->count = 2 + draw(&s, draw(&s, 3) ? 2 : 4);
		for (k = 0; k < t->count; k++)
			t->ops[k] = (struct op){
				draw_kind(&s),
				(uint8_t)(1 + draw(&s, p->devs)),
				(uint8_t)draw(&s, 128),
			};
	}
	for (i = draw(&s, 5), k = 0; k <= i && rsim_proto_at(k); k++)
		p->proto = rsim_proto_at(k);
	p->scene = (struct rsim_scene){
		.name = "random", .build = build, .arg = p,
		.config = {
			.iommu = draw(&s, 3), .kernel = draw(&s, 2),
			.inv_timeout_ms = 200,
			.no_static_blocked = !draw(&s, 6),
			.memory = 2u << 20,
		},
	};
}

/*
 * Two tasks of which one has looked before the other changes and changes back
 * what it saw: only what it remembers tells the two orders apart.
 */
bool program_directed(struct program *p, unsigned n)
{
	static const struct op tasks[][2][2] = {
		{ { { ASK, 1, 3 }, { YIELD, 1, 0 } },
		  { { PAGE_FREE, 1, 0 }, { PAGE_ALLOC, 1, 0 } } },
		{ { { DMA_ACCESS, 1, 32 }, { YIELD, 1, 0 } },
		  { { CLAIM, 1, 0 }, { RELEASE, 1, 0 } } },
		/* AMD: the device's ATS is on before the entry is open. */
		{ { { DMA_ACCESS, 1, 32 }, { YIELD, 1, 0 } },
		  { { RELEASE, 1, 0 }, { YIELD, 1, 0 } } },
		{ { { UNMAP, 1, 0 }, { DMA, 1, 36 } },
		  { { PAGE_FREE, 1, 0 }, { PAGE_ALLOC, 1, 0 } } },
	};
	unsigned i;

	if (n >= sizeof(tasks) / sizeof(tasks[0]))
		return false;
	program_make(p, n + 1);
	p->devs = 1;
	p->caps = p->fault_count = 0;
	p->task_count = 2;
	p->proto = rsim_proto_find("quarantine");
	p->claimed = n == 2;
	p->scene.config = (struct rsim_config){
		.memory = 2u << 20,
		.iommu = p->claimed ? RSIM_IOMMU_AMD : RSIM_IOMMU_SMMUV3,
	};
	for (i = 0; i < 2; i++) {
		/* Whose page is mapped is task 1: let it be the other one. */
		struct program_task *t = &p->tasks[i];

		t->program = p;
		t->number = 2 - i;
		t->count = 2;
		memcpy(t->ops, tasks[n][i], sizeof(tasks[n][i]));
	}
	return true;
}

void program_print(const struct program *p)
{
	unsigned i, k;

	printf("program %llu: %u devices, caps %x, %s, IOMMU %d, kernel %d\n",
	       (unsigned long long)p->seed, p->devs, p->caps, p->proto->name,
	       (int)p->scene.config.iommu, (int)p->scene.config.kernel);
	for (i = 0; i < p->fault_count; i++)
		printf("  fault %s\n", rsim_fault_name(p->faults[i]));
	for (i = 0; i < p->task_count; i++) {
		printf("  task %u:", i + 1);
		for (k = 0; k < p->tasks[i].count; k++)
			printf(" %s(%u,%u)", names[p->tasks[i].ops[k].kind],
			       p->tasks[i].ops[k].dev, p->tasks[i].ops[k].arg);
		printf("\n");
	}
}
